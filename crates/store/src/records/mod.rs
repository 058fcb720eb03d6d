//! Records of registers: rows as the fold of their events, found by id, in lists, by what falls due.

pub mod imports;
pub mod search;
pub mod tallies;

use domain::ids::{County, MatterId, RecordId, UnitId};
use domain::register::{Record, RecordEvent, Stage, Territory};
use domain::time::{Day, Instant};

use crate::chain::{Hash, START, from_blob, link};
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

statements! {
    INSERT = "insert into record (county, id, register, unit, stage, title, due_on, version, head, body) \
              values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    UPDATE = "update record set unit = ?4, stage = ?5, title = ?6, due_on = ?7, version = ?8, head = ?9, body = ?10 \
              where county = ?1 and id = ?2 and version = ?3";
    EVENT = "insert into record_event (county, record, seq, recorded_at, hash, body) values (?1, ?2, ?3, ?4, ?5, ?6)";
    GET = "select id, head, body from record where county = ?1 and id = ?2";
    EVENTS = "select seq, recorded_at, hash, body from record_event \
              where county = ?1 and record = ?2 and seq > ?3 order by seq limit ?4";
    /// The first row beyond a place of the list, and those after it.
    PAGE = "select id, head, body from record where county = ?1 and register = ?2 and stage = ?3 and unit <= ?4 \
            and (unit, title, id) > (?5, ?6, ?7) order by unit, title, id limit ?8";
    DUE = "select id, head, body, due_on from record where county = ?1 and register = ?2 and due_on is not null \
           and due_on < ?3 and (due_on, id) > (?4, ?5) and unit >= ?6 and unit <= ?7 order by due_on, id limit ?8";
    NAMED = "select id from record where county = ?1 and register = ?2 and stage = 'standing' and unit >= ?3 \
             and unit <= ?4 and title = ?5 order by unit, title, id limit 3";
    NAMES = "select unit, title, id from record where county = ?1 and register = ?2 and stage = 'standing' \
             order by unit, title, id limit ?3";
    IDS = "select id from record where county = ?1 and id > ?2 order by id limit ?3";
    ROW = "select register, unit, stage, title, due_on, version from record where county = ?1 and id = ?2";
    KEY = "insert into record_key (county, key, record) values (?1, ?2, ?3)";
    KEY_OF = "select record from record_key where county = ?1 and key = ?2";
    DROP_KEY = "delete from record_key where county = ?1 and key = ?2 and record = ?3";
    LINK = "insert into record_link (county, target, register, field, record) values (?1, ?2, ?3, ?4, ?5)";
    UNLINK = "delete from record_link where county = ?1 and target = ?2 and register = ?3 and field = ?4 and record = ?5";
    LINKED = "select record from record_link where county = ?1 and target = ?2 and register = ?3 and field = ?4 \
              order by record limit ?5";
    POINTS = "select record from record_link where county = ?1 and target = ?2 and register = ?3 and field = ?4 \
              and record = ?5";
}

type Answer<T> = Result<T, StoreError>;

/// The most records that are read as pointing to one.
const LINKED_MAX: i64 = 500;

/// A record with the end of its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The record; personal values are sealed.
    pub record: Record,
    /// The hash of its last event.
    pub head: Hash,
}

/// What a row is listed by, beside what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    /// What it is called.
    pub title: &'a str,
    /// When something of it is to be seen to.
    pub due_on: Option<Day>,
}

/// A place in a list: by unit, then by title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The unit.
    pub unit: UnitId,
    /// The title.
    pub title: String,
    /// The record.
    pub id: RecordId,
}

impl Cursor {
    /// Before everything of a territory.
    #[must_use]
    pub fn before(territory: Territory) -> Self {
        Self { unit: territory.first, title: String::new(), id: RecordId(0) }
    }
}

/// Writes an event and the row that it makes.
///
/// # Errors
/// [`StoreError::Changed`] where somebody else was faster.
pub fn append(
    conn: &mut Conn,
    county: County,
    before: Option<&Stored>,
    event: &RecordEvent,
    after: &Record,
    listed: Listed<'_>,
) -> Answer<Hash> {
    let corrupt = |e| StoreError::corrupt("record", e);
    let body = serde_json::to_string(event).map_err(corrupt)?;
    let start = before.map_or(START, |s| s.head);
    // Records and matters are drawn from one range of numbers, so a link is of one of them only.
    let head = link(&start, county, MatterId(after.id.0), event.seq, event.at, &body);
    let row = serde_json::to_string(after).map_err(corrupt)?;
    let (stage, title, due_on) = (after.stage().name(), listed.title, listed.due_on);
    let (id, unit, version) = (after.id, after.unit, after.version);
    let done = match before {
        None => conn.execute(
            &INSERT,
            params![county, id, &after.register, unit, stage, title, due_on, version, &head, row],
        )?,
        Some(stored) => conn.execute(
            &UPDATE,
            params![
                county,
                id,
                stored.record.version,
                unit,
                stage,
                title,
                due_on,
                version,
                &head,
                row
            ],
        )?,
    };
    if done == 0 {
        return Err(StoreError::Changed);
    }
    conn.execute(&EVENT, params![county, id, event.seq, event.at, &head, body])?;
    Ok(head)
}

/// A record.
///
/// # Errors
/// Failures of the store.
pub fn get(conn: &mut Conn, county: County, id: RecordId) -> Answer<Option<Stored>> {
    conn.first(&GET, params![county, id], stored)
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its number.
    pub seq: u32,
    /// When it was written.
    pub recorded_at: Instant,
    /// Its link.
    pub hash: Hash,
    /// What it says.
    pub body: String,
}

impl EventRow {
    /// The event.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn event(&self) -> Answer<RecordEvent> {
        serde_json::from_str(&self.body).map_err(|e| StoreError::corrupt("record_event", e))
    }
}

/// The events of a record beyond a number, in order.
///
/// # Errors
/// Failures of the store.
pub fn events(
    conn: &mut Conn,
    county: County,
    id: RecordId,
    after: u32,
    limit: i64,
) -> Answer<Vec<EventRow>> {
    conn.query(&EVENTS, params![county, id, after, limit], |row| {
        Ok(EventRow {
            seq: u32::try_from(row.int(0)?).map_err(|e| StoreError::corrupt("record_event", e))?,
            recorded_at: Instant(row.int(1)?),
            hash: from_blob(&row.blob(2)?, "record_event")?,
            body: row.text(3)?,
        })
    })
}

/// Records of a territory beyond a place, by unit and title.
///
/// # Errors
/// Failures of the store.
pub fn page(
    conn: &mut Conn,
    county: County,
    (register, stage): (&str, Stage),
    territory: Territory,
    after: &Cursor,
    limit: i64,
) -> Answer<Vec<Stored>> {
    let (unit, title, id) = (after.unit, after.title.as_str(), after.id);
    let params = params![county, register, stage.name(), territory.last, unit, title, id, limit];
    conn.query(&PAGE, params, stored)
}

/// Records of a territory of which something falls due before a day, beyond a place, the earliest first.
///
/// # Errors
/// Failures of the store.
pub fn due(
    conn: &mut Conn,
    county: County,
    register: &str,
    territory: Territory,
    before: Day,
    after: (Day, RecordId),
    limit: i64,
) -> Answer<Vec<(Day, Stored)>> {
    let (first, last) = (territory.first, territory.last);
    let params = params![county, register, before, after.0, after.1, first, last, limit];
    conn.query(&DUE, params, |row| Ok((day(row.int(3)?)?, stored(row)?)))
}

/// Up to three records of a title in a territory.
///
/// # Errors
/// Failures of the store.
pub fn named(
    conn: &mut Conn,
    county: County,
    register: &str,
    territory: Territory,
    title: &str,
) -> Answer<Vec<RecordId>> {
    let params = params![county, register, territory.first, territory.last, title];
    conn.query(&NAMED, params, |row| Ok(RecordId(row.int(0)?)))
}

/// The titles of a register's records that stand, with their units, up to a limit.
///
/// # Errors
/// Failures of the store.
pub fn names(
    conn: &mut Conn,
    county: County,
    register: &str,
    limit: i64,
) -> Answer<Vec<(UnitId, String, RecordId)>> {
    conn.query(&NAMES, params![county, register, limit], |row| {
        Ok((UnitId(row.int(0)?), row.text(1)?, RecordId(row.int(2)?)))
    })
}

/// The ids of a county's records beyond one, in order.
///
/// # Errors
/// Failures of the store.
pub fn ids(conn: &mut Conn, county: County, after: RecordId, limit: i64) -> Answer<Vec<RecordId>> {
    conn.query(&IDS, params![county, after, limit], |row| Ok(RecordId(row.int(0)?)))
}

/// The columns of a row that lists read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowOf {
    /// The register.
    pub register: String,
    /// The unit.
    pub unit: UnitId,
    /// The stage's word.
    pub stage: String,
    /// The title.
    pub title: String,
    /// When something is to be seen to.
    pub due_on: Option<Day>,
    /// The version.
    pub version: i64,
}

/// The columns of a row.
///
/// # Errors
/// Failures of the store.
pub fn row(conn: &mut Conn, county: County, id: RecordId) -> Answer<Option<RowOf>> {
    conn.first(&ROW, params![county, id], |row| {
        Ok(RowOf {
            register: row.text(0)?,
            unit: UnitId(row.int(1)?),
            stage: row.text(2)?,
            title: row.text(3)?,
            due_on: row.opt_int(4)?.map(day).transpose()?,
            version: row.int(5)?,
        })
    })
}

/// Takes a key for a record. Where somebody else was faster by a moment, the transaction is tried again.
///
/// # Errors
/// [`StoreError::Taken`] where another record has it.
pub fn take_key(conn: &mut Conn, county: County, key: &[u8], record: RecordId) -> Answer<()> {
    let taken = conn.execute(&KEY, params![county, key, record]);
    if taken == Err(StoreError::Taken) {
        conn.lost();
    }
    taken.map(drop)
}

/// The record that has a key.
///
/// # Errors
/// Failures of the store.
pub fn key_of(conn: &mut Conn, county: County, key: &[u8]) -> Answer<Option<RecordId>> {
    conn.first(&KEY_OF, params![county, key], |row| Ok(RecordId(row.int(0)?)))
}

/// Gives back a key of a record.
///
/// # Errors
/// Failures of the store.
pub fn drop_key(conn: &mut Conn, county: County, key: &[u8], record: RecordId) -> Answer<()> {
    conn.execute(&DROP_KEY, params![county, key, record]).map(drop)
}

/// Says that a field of a record points to another.
///
/// # Errors
/// Failures of the store.
pub fn put_link(
    conn: &mut Conn,
    county: County,
    target: RecordId,
    (register, field): (&str, &str),
    record: RecordId,
) -> Answer<()> {
    conn.execute(&LINK, params![county, target, register, field, record]).map(drop)
}

/// Takes such a link away.
///
/// # Errors
/// Failures of the store.
pub fn drop_link(
    conn: &mut Conn,
    county: County,
    target: RecordId,
    (register, field): (&str, &str),
    record: RecordId,
) -> Answer<()> {
    conn.execute(&UNLINK, params![county, target, register, field, record]).map(drop)
}

/// The records that stand and point to one by a field of their register.
///
/// # Errors
/// Failures of the store.
pub fn linked(
    conn: &mut Conn,
    county: County,
    target: RecordId,
    (register, field): (&str, &str),
) -> Answer<Vec<RecordId>> {
    let params = params![county, target, register, field, LINKED_MAX];
    conn.query(&LINKED, params, |row| Ok(RecordId(row.int(0)?)))
}

/// Whether a record is known to point to another.
///
/// # Errors
/// Failures of the store.
pub fn points(
    conn: &mut Conn,
    county: County,
    target: RecordId,
    (register, field): (&str, &str),
    record: RecordId,
) -> Answer<bool> {
    let params = params![county, target, register, field, record];
    Ok(conn.first(&POINTS, params, |row| row.int(0))?.is_some())
}

fn day(n: i64) -> Answer<Day> {
    i32::try_from(n).map(Day).map_err(|e| StoreError::corrupt("record", e))
}

fn stored(row: &Row<'_>) -> Answer<Stored> {
    let record = serde_json::from_str(row.str(2)?).map_err(|e| StoreError::corrupt("record", e))?;
    Ok(Stored { record, head: from_blob(&row.blob(1)?, "record")? })
}
