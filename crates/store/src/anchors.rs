//! The daily root over everything that happened in a county: events, readings, administrative acts. Printed, published or sent to the
//! auditor, it makes a quiet rewriting of the past impossible: a chain alone can be rewritten whole.

use domain::ids::County;
use domain::time::{Day, Instant};
use sm3::{Digest, Sm3};

use crate::chain::{Hash, START, from_blob};
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    LAST = "select day, events, reads, root from anchor where county = ?1 order by day desc limit 1";
    LIST = "select day, events, reads, root from anchor where county = ?1 order by day";
    INSERT = "insert into anchor (county, day, events, reads, root, at) values (?1, ?2, ?3, ?4, ?5, ?6)";
    HASHES = "select matter, seq, hash from event \
              where county = ?1 and recorded_at >= ?2 and recorded_at < ?3 order by recorded_at, matter, seq";
    RECORD_HASHES = "select record, seq, hash from record_event \
                     where county = ?1 and recorded_at >= ?2 and recorded_at < ?3 order by recorded_at, record, seq";
    READS = "select at, nonce, matter, person, unit, role, fields, purpose from read_log \
             where county = ?1 and at >= ?2 and at < ?3 order by at, nonce";
    DEEDS = "select at, nonce, person, action, detail from audit \
             where county = ?1 and at >= ?2 and at < ?3 order by at, nonce";
    FIRST = "select recorded_at from event where county = ?1 order by recorded_at limit 1";
    FIRST_RECORD = "select recorded_at from record_event where county = ?1 order by recorded_at limit 1";
}

/// The root of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The day.
    pub day: Day,
    /// How many events it covers.
    pub events: i64,
    /// How many readings it covers.
    pub reads: i64,
    /// SM3 over the root before it and every event's hash, every reading and every administrative act
    /// of the day, in order.
    pub root: Hash,
}

type Answer<T> = Result<T, StoreError>;

/// The last anchor of a county.
///
/// # Errors
/// Failures of the store.
pub fn last(conn: &mut Conn, county: County) -> Answer<Option<Anchor>> {
    conn.first(&LAST, params![county], anchor)
}

/// Every anchor of a county.
///
/// # Errors
/// Failures of the store.
pub fn list(conn: &mut Conn, county: County) -> Answer<Vec<Anchor>> {
    conn.query(&LIST, params![county], anchor)
}

fn anchor(row: &crate::Row<'_>) -> Answer<Anchor> {
    Ok(Anchor {
        day: Day(i32::try_from(row.int(0)?).map_err(|e| StoreError::corrupt("anchor", e))?),
        events: row.int(1)?,
        reads: row.int(2)?,
        root: from_blob(&row.blob(3)?, "anchor")?,
    })
}

/// The day of the first event.
///
/// # Errors
/// Failures of the store.
pub fn first_day(conn: &mut Conn, county: County) -> Answer<Option<Day>> {
    let of_matters = conn.first(&FIRST, params![county], |row| row.int(0))?;
    let of_records = conn.first(&FIRST_RECORD, params![county], |row| row.int(0))?;
    let first = of_matters.into_iter().chain(of_records).min();
    Ok(first.map(|at| Instant(at).day()))
}

/// Computes the root of a day after the root before it.
///
/// # Errors
/// Failures of the store.
pub fn compute(
    conn: &mut Conn,
    county: County,
    day: Day,
    before: Option<&Anchor>,
) -> Answer<Anchor> {
    let mut hash = Sm3::new();
    hash.update(before.map_or(START, |a| a.root));
    hash.update(day.0.to_be_bytes());
    let (from, until) = (day.start(), day.plus(1).start());
    let (mut events, mut reads) = (0, 0);
    for hashes in [&HASHES, &RECORD_HASHES] {
        conn.each(hashes, params![county, from, until], |row| {
            events += 1;
            hash.update(row.int(0)?.to_be_bytes());
            hash.update(row.int(1)?.to_be_bytes());
            hash.update(row.blob(2)?);
            Ok(())
        })?;
    }
    conn.each(&READS, params![county, from, until], |row| {
        reads += 1;
        for at in 0..5 {
            hash.update(row.int(at)?.to_be_bytes());
        }
        (5..8).try_for_each(|at| add_text(&mut hash, row.str(at)?))
    })?;
    conn.each(&DEEDS, params![county, from, until], |row| {
        hash.update(row.int(0)?.to_be_bytes());
        hash.update(row.int(1)?.to_be_bytes());
        // No person has the number 0: it stands for the command line.
        hash.update(row.opt_int(2)?.unwrap_or_default().to_be_bytes());
        (3..5).try_for_each(|at| add_text(&mut hash, row.str(at)?))
    })?;
    Ok(Anchor { day, events, reads, root: hash.finalize().into() })
}

fn add_text(hash: &mut Sm3, text: &str) -> Answer<()> {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
    Ok(())
}

/// Keeps an anchor for ever.
///
/// # Errors
/// [`StoreError::Taken`] if the day has one.
pub fn insert(conn: &mut Conn, county: County, anchor: &Anchor, now: Instant) -> Answer<()> {
    let params = params![county, anchor.day, anchor.events, anchor.reads, &anchor.root, now];
    conn.execute(&INSERT, params).map(drop)
}
