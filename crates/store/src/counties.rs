//! The counties of a database.

use domain::ids::County;
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Sql, StoreError};

statements! {
    INSERT = "insert into county (county, name, org_version, catalogue, calendar, created_at) \
              values (?1, ?2, 0, '', '', ?3)";
    GET = "select name, org_version, catalogue, calendar from county where county = ?1";
    ORG_CHANGED = "update county set org_version = org_version + 1 where county = ?1";
    TAKE_AWAY = "delete from county where county = ?1 and org_version = 0";
    TAKE_KEYS = "delete from data_key where county = ?1";
    TAKE_KINDS = "delete from kind_version where county = ?1";
    STARTED = "update county set catalogue = ?2, calendar = ?3 where county = ?1";
}

const LIST: Sql = Sql {
    name: "counties::LIST",
    text: "select county, name from county order by county",
    only: None,
};

/// Statements that go over all counties.
pub(crate) const UPKEEP: &[Sql] = &[LIST];

/// What is known of a county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountyRow {
    /// Its name.
    pub name: String,
    /// Grows with every change of its units and posts.
    pub org_version: i64,
    /// The digest of the catalogue it was last served with.
    pub catalogue: String,
    /// The calendar version it was last served with.
    pub calendar: String,
}

/// Adds a county.
///
/// # Errors
/// [`StoreError::Taken`] if it is there.
pub fn insert(conn: &mut Conn, county: County, name: &str, now: Instant) -> Result<(), StoreError> {
    conn.execute(&INSERT, params![county, name, now]).map(drop)
}

/// A county, if it is there.
///
/// # Errors
/// Failures of the store.
pub fn get(conn: &mut Conn, county: County) -> Result<Option<CountyRow>, StoreError> {
    conn.first(&GET, params![county], |row| {
        Ok(CountyRow {
            name: row.text(0)?,
            org_version: row.int(1)?,
            catalogue: row.text(2)?,
            calendar: row.text(3)?,
        })
    })
}

/// Tells every process that the county's units or posts changed.
///
/// # Errors
/// Failures of the store.
pub fn org_changed(conn: &mut Conn, county: County) -> Result<(), StoreError> {
    conn.execute(&ORG_CHANGED, params![county]).map(drop)
}

/// Remembers what the county is served with.
///
/// # Errors
/// Failures of the store.
pub fn started(
    conn: &mut Conn,
    county: County,
    catalogue: &str,
    calendar: &str,
) -> Result<(), StoreError> {
    conn.execute(&STARTED, params![county, catalogue, calendar]).map(drop)
}

/// Every county of the database.
///
/// # Errors
/// Failures of the store.
pub fn list(conn: &mut Conn) -> Result<Vec<(County, String)>, StoreError> {
    conn.query(&LIST, &[], |row| Ok((County(row.int(0)?), row.text(1)?)))
}

/// Takes away a county that never had a unit: an import that found a bad row leaves nothing behind.
///
/// # Errors
/// Failures of the store.
pub fn take_away(conn: &mut Conn, county: County) -> Result<(), StoreError> {
    if conn.execute(&TAKE_AWAY, params![county])? > 0 {
        conn.execute(&TAKE_KEYS, params![county])?;
        conn.execute(&TAKE_KINDS, params![county])?;
    }
    Ok(())
}
