//! Who sits on a meeting, who may not sit on a matter, and what a mediator noted of talks with one side.

use domain::ids::{County, MatterId, PersonId, UnitId};
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    INSERT = "insert into seat (county, meeting, no, seat, person, role, unit, signs, recusal) \
              values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    OF = "select no, seat, person, role, unit, signs, recusal, attended, recused_at, ground from seat \
          where county = ?1 and meeting = ?2 order by no";
    ATTENDED = "update seat set attended = ?4 where county = ?1 and meeting = ?2 and no = ?3";
    RECUSED = "update seat set recused_at = ?4, ground = ?5 where county = ?1 and meeting = ?2 and no = ?3 \
               and recused_at is null";
    SITTINGS = "select count(*) from (select 1 from seat where county = ?1 and person = ?2 and recused_at is null \
                limit 10000) n";
    PUT_INTEREST = "insert into interest (county, matter, person, ground, reason, by_person, at) \
                    values (?1, ?2, ?3, ?4, ?5, ?6, ?7) on conflict (county, matter, person) do update set ground = ?4, \
                    reason = ?5, by_person = ?6, at = ?7";
    INTERESTS = "select person, ground, reason, by_person, at from interest where county = ?1 and matter = ?2 \
                 order by at, person";
    NOTE = "insert into caucus (county, meeting, id, person, at, body) values (?1, ?2, ?3, ?4, ?5, ?6)";
    NOTES = "select id, at, body from caucus where county = ?1 and meeting = ?2 and person = ?3 order by id limit 200";
}

type Answer<T> = Result<T, StoreError>;

/// A seat and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its number at the meeting, from 1. A seat that is filled again gets another.
    pub no: i64,
    /// Which seat, as declared.
    pub seat: String,
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: String,
    /// At which unit.
    pub unit: UnitId,
    /// Whether the person signs as a mediator.
    pub signs: bool,
    /// Whether having sat bars from a later suit.
    pub recusal: bool,
    /// Whether the person came; none before the record.
    pub attended: Option<bool>,
    /// When the person stood down.
    pub recused_at: Option<Instant>,
    /// On which ground.
    pub ground: Option<String>,
}

impl Seat {
    /// Whether the person has it still.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.recused_at.is_none()
    }
}

/// Fills a seat.
///
/// # Errors
/// Failures of the store.
pub fn insert(conn: &mut Conn, county: County, meeting: i64, s: &Seat) -> Answer<()> {
    let params =
        params![county, meeting, s.no, &s.seat, s.person, &s.role, s.unit, s.signs, s.recusal];
    conn.execute(&INSERT, params).map(drop)
}

/// The seats of a meeting in order, those stood down from among them.
///
/// # Errors
/// Failures of the store.
pub fn of(conn: &mut Conn, county: County, meeting: i64) -> Answer<Vec<Seat>> {
    conn.query(&OF, params![county, meeting], |row| {
        Ok(Seat {
            no: row.int(0)?,
            seat: row.text(1)?,
            person: PersonId(row.int(2)?),
            role: row.text(3)?,
            unit: UnitId(row.int(4)?),
            signs: row.int(5)? != 0,
            recusal: row.int(6)? != 0,
            attended: row.opt_int(7)?.map(|n| n != 0),
            recused_at: row.opt_int(8)?.map(Instant),
            ground: row.opt_text(9)?,
        })
    })
}

/// Writes down whether somebody came.
///
/// # Errors
/// Failures of the store.
pub fn attended(conn: &mut Conn, county: County, meeting: i64, no: i64, came: bool) -> Answer<()> {
    conn.execute(&ATTENDED, params![county, meeting, no, came]).map(drop)
}

/// Somebody stands down from a seat. Answers whether it was kept until now.
///
/// # Errors
/// Failures of the store.
pub fn recuse(
    conn: &mut Conn,
    county: County,
    (meeting, no): (i64, i64),
    at: Instant,
    ground: &str,
) -> Answer<bool> {
    Ok(conn.execute(&RECUSED, params![county, meeting, no, at, ground])? > 0)
}

/// On how many meetings a person has a seat or had one.
///
/// # Errors
/// Failures of the store.
pub fn sittings(conn: &mut Conn, county: County, person: PersonId) -> Answer<i64> {
    Ok(conn.first(&SITTINGS, params![county, person], |row| row.int(0))?.unwrap_or_default())
}

/// Why somebody may not sit on a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// Who.
    pub person: PersonId,
    /// On which ground, as declared.
    pub ground: String,
    /// The reason, sealed.
    pub reason: String,
    /// Who put it on record.
    pub by: PersonId,
    /// When.
    pub at: Instant,
}

/// Puts on record that somebody may not sit on a matter.
///
/// # Errors
/// Failures of the store.
pub fn put_interest(conn: &mut Conn, county: County, matter: MatterId, i: &Interest) -> Answer<()> {
    let params = params![county, matter, i.person, &i.ground, &i.reason, i.by, i.at];
    conn.execute(&PUT_INTEREST, params).map(drop)
}

/// Who may not sit on a matter by what is on record.
///
/// # Errors
/// Failures of the store.
pub fn interests(conn: &mut Conn, county: County, matter: MatterId) -> Answer<Vec<Interest>> {
    conn.query(&INTERESTS, params![county, matter], |row| {
        Ok(Interest {
            person: PersonId(row.int(0)?),
            ground: row.text(1)?,
            reason: row.text(2)?,
            by: PersonId(row.int(3)?),
            at: Instant(row.int(4)?),
        })
    })
}

/// A mediator's own note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caucus {
    /// Its id.
    pub id: i64,
    /// When it was written.
    pub at: Instant,
    /// What it says, sealed.
    pub body: String,
}

/// Keeps a mediator's note.
///
/// # Errors
/// Failures of the store.
pub fn note(
    conn: &mut Conn,
    county: County,
    meeting: i64,
    person: PersonId,
    note: &Caucus,
) -> Answer<()> {
    let params = params![county, meeting, note.id, person, note.at, &note.body];
    conn.execute(&NOTE, params).map(drop)
}

/// The notes that one person wrote of a meeting. There is no reading of another's.
///
/// # Errors
/// Failures of the store.
pub fn notes(
    conn: &mut Conn,
    county: County,
    meeting: i64,
    person: PersonId,
) -> Answer<Vec<Caucus>> {
    conn.query(&NOTES, params![county, meeting, person], |row| {
        Ok(Caucus { id: row.int(0)?, at: Instant(row.int(1)?), body: row.text(2)? })
    })
}
