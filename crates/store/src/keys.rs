//! Data keys, wrapped with the master key that is never in the database.

use domain::ids::County;
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    KEYS = "select no, suite, wrapped from data_key where county = ?1 order by no";
    INSERT = "insert into data_key (county, no, suite, wrapped, created_at) values (?1, ?2, ?3, ?4, ?5)";
}

/// A wrapped data key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Its number; the highest seals, all of them open.
    pub no: u32,
    /// The cipher suite, `sm` or `intl`.
    pub suite: String,
    /// The key, sealed with the master key.
    pub wrapped: String,
}

/// Every data key of a county.
///
/// # Errors
/// Failures of the store.
pub fn keys(conn: &mut Conn, county: County) -> Result<Vec<WrappedKey>, StoreError> {
    conn.query(&KEYS, params![county], |row| {
        Ok(WrappedKey {
            no: u32::try_from(row.int(0)?).map_err(|e| StoreError::corrupt("data_key", e))?,
            suite: row.text(1)?,
            wrapped: row.text(2)?,
        })
    })
}

/// Adds a data key.
///
/// # Errors
/// [`StoreError::Taken`] if its number is there.
pub fn insert(
    conn: &mut Conn,
    county: County,
    key: &WrappedKey,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(&INSERT, params![county, key.no, &key.suite, &key.wrapped, now]).map(drop)
}
