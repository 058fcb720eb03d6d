//! What people are told in the page, and the addresses they gave for what is told elsewhere.

use std::fmt;
use std::str::FromStr;

use domain::ids::{County, PersonId};
use domain::notice::Channel;
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    PUT = "insert into notice (county, person, at, id, template, facts) values (?1, ?2, ?3, ?4, ?5, ?6)";
    PAGE = "select at, id, template, facts, read_at from notice \
            where county = ?1 and person = ?2 and (at, id) < (?3, ?4) order by at desc, id desc limit ?5";
    UNREAD = "select at, id, template, facts, read_at from notice \
              where county = ?1 and person = ?2 and read_at is null and (at, id) < (?3, ?4) \
              order by at desc, id desc limit ?5";
    COUNT = "select count(*) from (select 1 from notice where county = ?1 and person = ?2 and read_at is null limit ?3) n";
    READ = "update notice set read_at = ?5 where county = ?1 and person = ?2 and at = ?3 and id = ?4 and read_at is null";
    READ_ALL = "update notice set read_at = ?5 where county = ?1 and person = ?2 and read_at is null and (at, id) <= (?3, ?4)";
    THERE = "select id from notice where county = ?1 and person = ?2 and at = ?3 and id = ?4";
    DROP_OLD = "delete from notice where county = ?1 and at < ?2";
    CONTACT = "insert into contact (county, person, channel, address) values (?1, ?2, ?3, ?4) \
               on conflict (county, person, channel) do update set address = ?4";
    NO_CONTACT = "delete from contact where county = ?1 and person = ?2 and channel = ?3";
    CONTACT_OF = "select address from contact where county = ?1 and person = ?2 and channel = ?3";
}

type Answer<T> = Result<T, StoreError>;

/// The place of a notice among those of its person, the newest first. As text `AT-ID`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When it was given.
    pub at: Instant,
    /// Its number.
    pub id: i64,
}

impl Place {
    /// Before every notice.
    pub const START: Self = Self { at: Instant(i64::MAX), id: i64::MAX };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.0, self.id)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('-').ok_or(())?;
        let number = |t: &str| t.parse::<u64>().ok().and_then(|n| i64::try_from(n).ok());
        Ok(Self { at: Instant(number(at).ok_or(())?), id: number(id).ok_or(())? })
    }
}

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Where it stands.
    pub place: Place,
    /// The declared notice.
    pub template: String,
    /// What fills it, as JSON.
    pub facts: String,
    /// When it was read.
    pub read_at: Option<Instant>,
}

/// Gives a notice to a person.
///
/// # Errors
/// Failures of the store.
pub fn put(conn: &mut Conn, county: County, person: PersonId, given: &Given) -> Answer<()> {
    let Given { place, template, facts, .. } = given;
    conn.execute(&PUT, params![county, person, place.at, place.id, template, facts]).map(drop)
}

/// The notices of a person after a place, the newest first; all, or those that are not read.
///
/// # Errors
/// Failures of the store.
pub fn page(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    unread: bool,
    after: Place,
    limit: i64,
) -> Answer<Vec<Given>> {
    let sql = if unread { &UNREAD } else { &PAGE };
    conn.query(sql, params![county, person, after.at, after.id, limit], |row: &Row<'_>| {
        Ok(Given {
            place: Place { at: Instant(row.int(0)?), id: row.int(1)? },
            template: row.text(2)?,
            facts: row.text(3)?,
            read_at: row.opt_int(4)?.map(Instant),
        })
    })
}

/// How many notices a person has not read, counted as far as `most`.
///
/// # Errors
/// Failures of the store.
pub fn unread(conn: &mut Conn, county: County, person: PersonId, most: i64) -> Answer<i64> {
    let count = conn.first(&COUNT, params![county, person, most], |row| row.int(0))?;
    Ok(count.unwrap_or(0))
}

/// Marks a notice of a person as read; whether there is such a notice.
///
/// # Errors
/// Failures of the store.
pub fn read(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    place: Place,
    now: Instant,
) -> Answer<bool> {
    conn.execute(&READ, params![county, person, place.at, place.id, now])?;
    let there =
        conn.first(&THERE, params![county, person, place.at, place.id], |row| row.int(0))?;
    Ok(there.is_some())
}

/// Marks every notice of a person up to a place as read. What came later stays unread.
///
/// # Errors
/// Failures of the store.
pub fn read_all(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    up_to: Place,
    now: Instant,
) -> Answer<usize> {
    conn.execute(&READ_ALL, params![county, person, up_to.at, up_to.id, now])
}

/// Forgets notices before an instant.
///
/// # Errors
/// Failures of the store.
pub fn drop_before(conn: &mut Conn, county: County, before: Instant) -> Answer<usize> {
    conn.execute(&DROP_OLD, params![county, before])
}

/// Keeps the sealed address of a person for a channel; none forgets it.
///
/// # Errors
/// Failures of the store.
pub fn put_contact(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    channel: Channel,
    address: Option<&str>,
) -> Answer<()> {
    match address {
        Some(sealed) => conn.execute(&CONTACT, params![county, person, channel.name(), sealed]),
        None => conn.execute(&NO_CONTACT, params![county, person, channel.name()]),
    }
    .map(drop)
}

/// The sealed address of a person for a channel.
///
/// # Errors
/// Failures of the store.
pub fn contact(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    channel: Channel,
) -> Answer<Option<String>> {
    conn.first(&CONTACT_OF, params![county, person, channel.name()], |row| row.text(0))
}
