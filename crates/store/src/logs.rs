//! Who read what, and what was done to accounts, posts and settings.

use domain::ids::{County, MatterId, PersonId, UnitId};
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    READ = "insert into read_log (county, at, nonce, matter, person, unit, role, fields, purpose) \
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    READS = "select at, person, unit, role, fields, purpose from read_log \
             where county = ?1 and matter = ?2 and at < ?3 order by at desc limit ?4";
    DONE = "insert into audit (county, at, nonce, person, action, detail) values (?1, ?2, ?3, ?4, ?5, ?6)";
    AUDIT = "select at, person, action, detail from audit where county = ?1 and at < ?2 order by at desc limit ?3";
}

/// One reading of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub at: Instant,
    /// Who.
    pub person: PersonId,
    /// At which unit.
    pub unit: UnitId,
    /// In which role.
    pub role: String,
    /// What was shown: `masked`, or the names of what was opened.
    pub fields: String,
    /// What for.
    pub purpose: String,
}

/// Logs a reading. The nonce keeps two readings of one millisecond apart.
///
/// # Errors
/// Failures of the store.
pub fn read(
    conn: &mut Conn,
    county: County,
    nonce: i64,
    matter: MatterId,
    reading: &Reading,
) -> Result<(), StoreError> {
    let r = reading;
    let params =
        params![county, r.at, nonce, matter, r.person, r.unit, &r.role, &r.fields, &r.purpose];
    conn.execute(&READ, params).map(drop)
}

/// The readings of a matter before an instant, the newest first.
///
/// # Errors
/// Failures of the store.
pub fn readings(
    conn: &mut Conn,
    county: County,
    matter: MatterId,
    before: Instant,
    limit: i64,
) -> Result<Vec<Reading>, StoreError> {
    conn.query(&READS, params![county, matter, before, limit], |row| {
        Ok(Reading {
            at: Instant(row.int(0)?),
            person: PersonId(row.int(1)?),
            unit: UnitId(row.int(2)?),
            role: row.text(3)?,
            fields: row.text(4)?,
            purpose: row.text(5)?,
        })
    })
}

/// One administrative act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When.
    pub at: Instant,
    /// Who; none for the command line.
    pub person: Option<PersonId>,
    /// What.
    pub action: String,
    /// To whom or what; never a secret.
    pub detail: String,
}

/// Logs an administrative act.
///
/// # Errors
/// Failures of the store.
pub fn done(conn: &mut Conn, county: County, nonce: i64, deed: &Deed) -> Result<(), StoreError> {
    let params = params![county, deed.at, nonce, deed.person, &deed.action, &deed.detail];
    conn.execute(&DONE, params).map(drop)
}

/// Administrative acts before an instant, the newest first.
///
/// # Errors
/// Failures of the store.
pub fn deeds(
    conn: &mut Conn,
    county: County,
    before: Instant,
    limit: i64,
) -> Result<Vec<Deed>, StoreError> {
    conn.query(&AUDIT, params![county, before, limit], |row| {
        Ok(Deed {
            at: Instant(row.int(0)?),
            person: row.opt_int(1)?.map(PersonId),
            action: row.text(2)?,
            detail: row.text(3)?,
        })
    })
}
