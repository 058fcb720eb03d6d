//! Meetings, and the quarters of an hour that they take of rooms and people.

use std::fmt;

use domain::ids::{County, MatterId, PersonId, UnitId};
use domain::meeting::Span;
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "insert into meeting (county, id, matter, sort, unit, room, venue, from_at, until_at, state, called_by, \
              called_at, version) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'planned', ?10, ?11, 1)";
    MOVE = "update meeting set room = ?4, venue = ?5, from_at = ?6, until_at = ?7, version = version + 1 \
            where county = ?1 and id = ?2 and version = ?3 and state = 'planned'";
    END = "update meeting set state = ?4, event = ?5, version = version + 1 \
           where county = ?1 and id = ?2 and version = ?3 and state = 'planned'";
    TOUCH = "update meeting set version = version + 1 where county = ?1 and id = ?2 and version = ?3";
    GET = "select id, matter, sort, unit, room, venue, from_at, until_at, state, called_by, called_at, event, version \
           from meeting where county = ?1 and id = ?2";
    OF_MATTER = "select id, matter, sort, unit, room, venue, from_at, until_at, state, called_by, called_at, event, \
                 version from meeting where county = ?1 and matter = ?2 order by from_at, id limit 200";
    OF_DAYS = "select id, matter, sort, unit, room, venue, from_at, until_at, state, called_by, called_at, event, \
               version from meeting where county = ?1 and from_at >= ?2 and from_at < ?3 and state <> 'cancelled' \
               order by from_at, id limit ?4";
    OF_SLOTS = "select m.id, m.matter, m.sort, m.unit, m.room, m.venue, m.from_at, m.until_at, m.state, m.called_by, \
                m.called_at, m.event, m.version from slot s join meeting m on m.county = s.county and m.id = s.meeting \
                and m.from_at = s.at where s.county = ?1 and s.whose = ?2 and s.id = ?3 and s.at >= ?4 and s.at < ?5 \
                order by s.at";
    TAKE = "insert into slot (county, whose, id, at, meeting) values (?1, ?2, ?3, ?4, ?5)";
    GIVE = "delete from slot where county = ?1 and meeting = ?2";
    GIVE_ONE = "delete from slot where county = ?1 and meeting = ?2 and whose = ?3 and id = ?4";
    TAKEN = "select s.meeting, m.from_at, m.until_at from slot s join meeting m on m.county = s.county \
             and m.id = s.meeting where s.county = ?1 and s.whose = ?2 and s.id = ?3 and s.at >= ?4 and s.at < ?5 \
             and s.meeting <> ?6 order by s.at limit 1";
}

type Answer<T> = Result<T, StoreError>;

/// How far a meeting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is to come, or goes on.
    Planned,
    /// It was held and put on record.
    Held,
    /// It was called off.
    Cancelled,
}

impl Stage {
    /// Its word in the store and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Held => "held",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Its id.
    pub id: i64,
    /// The matter it is about.
    pub matter: MatterId,
    /// Its sort, as declared.
    pub sort: String,
    /// The unit that called it.
    pub unit: UnitId,
    /// The room; none where it is held elsewhere.
    pub room: Option<i64>,
    /// Where, if in no room.
    pub venue: Option<String>,
    /// When.
    pub span: Span,
    /// How far it is.
    pub stage: Stage,
    /// Who called it.
    pub called_by: PersonId,
    /// When it was called.
    pub called_at: Instant,
    /// The number of the matter's event that has its record, or why it was called off.
    pub event: Option<u32>,
    /// How often it was changed, from 1.
    pub version: u32,
}

/// Whose time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// A room's.
    Room(i64),
    /// A person's.
    Person(PersonId),
}

impl Whose {
    fn key(self) -> (&'static str, i64) {
        match self {
            Self::Room(id) => ("room", id),
            Self::Person(id) => ("person", id.0),
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whose, id) = self.key();
        write!(f, "{whose} {id}")
    }
}

/// Adds a meeting; its time is taken by [`take`].
///
/// # Errors
/// Failures of the store.
pub fn insert(conn: &mut Conn, county: County, m: &Meeting) -> Answer<()> {
    let params = params![
        county,
        m.id,
        m.matter,
        &m.sort,
        m.unit,
        m.room,
        m.venue.as_ref(),
        m.span.from,
        m.span.until,
        m.called_by,
        m.called_at,
    ];
    conn.execute(&INSERT, params).map(drop)
}

/// Writes a planned meeting's new time and place, where nobody changed it since it was read.
///
/// # Errors
/// [`StoreError::Changed`].
pub fn relocate(conn: &mut Conn, county: County, m: &Meeting) -> Answer<()> {
    let (room, venue) = (m.room, m.venue.as_ref());
    let params = params![county, m.id, m.version, room, venue, m.span.from, m.span.until];
    changed(conn.execute(&MOVE, params)?)
}

/// Ends a planned meeting, where nobody changed it since it was read.
///
/// # Errors
/// [`StoreError::Changed`].
pub fn end(
    conn: &mut Conn,
    county: County,
    m: &Meeting,
    stage: Stage,
    event: Option<u32>,
) -> Answer<()> {
    changed(conn.execute(&END, params![county, m.id, m.version, stage.name(), event])?)
}

/// Counts a change of something that belongs to a meeting, where nobody changed it since it was read.
///
/// # Errors
/// [`StoreError::Changed`].
pub fn touch(conn: &mut Conn, county: County, m: &Meeting) -> Answer<()> {
    changed(conn.execute(&TOUCH, params![county, m.id, m.version])?)
}

fn changed(rows: usize) -> Answer<()> {
    if rows == 0 { Err(StoreError::Changed) } else { Ok(()) }
}

/// A meeting.
///
/// # Errors
/// Failures of the store.
pub fn get(conn: &mut Conn, county: County, id: i64) -> Answer<Option<Meeting>> {
    Ok(conn.query(&GET, params![county, id], read)?.pop())
}

/// The meetings about a matter, in order.
///
/// # Errors
/// Failures of the store.
pub fn of_matter(conn: &mut Conn, county: County, matter: MatterId) -> Answer<Vec<Meeting>> {
    conn.query(&OF_MATTER, params![county, matter], read)
}

/// The meetings of the county that begin within a time and were not called off, in order.
///
/// # Errors
/// Failures of the store.
pub fn between(conn: &mut Conn, county: County, span: Span, limit: i64) -> Answer<Vec<Meeting>> {
    conn.query(&OF_DAYS, params![county, span.from, span.until, limit], read)
}

/// The meetings that take the time of a room or a person and begin within a time, in order.
///
/// # Errors
/// Failures of the store.
pub fn of(conn: &mut Conn, county: County, whose: Whose, span: Span) -> Answer<Vec<Meeting>> {
    let (whose, id) = whose.key();
    conn.query(&OF_SLOTS, params![county, whose, id, span.from, span.until], read)
}

/// The first other meeting that takes some of a time, with when it is.
///
/// # Errors
/// Failures of the store.
pub fn taken(
    conn: &mut Conn,
    county: County,
    whose: Whose,
    span: Span,
    but: i64,
) -> Answer<Option<(i64, Span)>> {
    let (whose, id) = whose.key();
    conn.first(&TAKEN, params![county, whose, id, span.from, span.until, but], |row| {
        Ok((row.int(0)?, Span { from: Instant(row.int(1)?), until: Instant(row.int(2)?) }))
    })
}

/// Takes the time of a room or a person for a meeting. Where somebody else was faster by a moment, the
/// transaction is tried again on what is there then.
///
/// # Errors
/// [`StoreError::Taken`] where the time belongs to another meeting.
pub fn take(conn: &mut Conn, county: County, whose: Whose, span: Span, meeting: i64) -> Answer<()> {
    let (whose, id) = whose.key();
    for at in span.quarters() {
        if let Err(error) = conn.execute(&TAKE, params![county, whose, id, at, meeting]) {
            if error == StoreError::Taken {
                conn.lost();
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Gives back all the time that a meeting has taken.
///
/// # Errors
/// Failures of the store.
pub fn give_back(conn: &mut Conn, county: County, meeting: i64) -> Answer<()> {
    conn.execute(&GIVE, params![county, meeting]).map(drop)
}

/// Gives back the time of one room or person.
///
/// # Errors
/// Failures of the store.
pub fn release(conn: &mut Conn, county: County, whose: Whose, meeting: i64) -> Answer<()> {
    let (whose, id) = whose.key();
    conn.execute(&GIVE_ONE, params![county, meeting, whose, id]).map(drop)
}

fn read(row: &Row<'_>) -> Answer<Meeting> {
    let stage = match row.str(8)? {
        "planned" => Stage::Planned,
        "held" => Stage::Held,
        "cancelled" => Stage::Cancelled,
        _ => return Err(StoreError::corrupt("meeting", "an unknown stage")),
    };
    let number = |n: i64| u32::try_from(n).map_err(|e| StoreError::corrupt("meeting", e));
    Ok(Meeting {
        id: row.int(0)?,
        matter: MatterId(row.int(1)?),
        sort: row.text(2)?,
        unit: UnitId(row.int(3)?),
        room: row.opt_int(4)?,
        venue: row.opt_text(5)?,
        span: Span { from: Instant(row.int(6)?), until: Instant(row.int(7)?) },
        stage,
        called_by: PersonId(row.int(9)?),
        called_at: Instant(row.int(10)?),
        event: row.opt_int(11)?.map(number).transpose()?,
        version: number(row.int(12)?)?,
    })
}
