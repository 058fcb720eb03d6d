//! What happened, in order of time, for whoever follows the county from outside: each act leaves a
//! row in its own transaction.

use domain::ids::{County, MatterId};
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    INSERT = "insert into outbox (county, at, matter, seq, action) values (?1, ?2, ?3, ?4, ?5)";
    AFTER = "select at, matter, seq, action from outbox \
             where county = ?1 and (at, matter, seq) > (?2, ?3, ?4) and at < ?5 order by at, matter, seq limit ?6";
    DROP_OLD = "delete from outbox where county = ?1 and at < ?2";
}

/// An act that others may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub at: Instant,
    /// On which matter.
    pub matter: MatterId,
    /// Which event of it.
    pub seq: u32,
    /// Which action.
    pub action: String,
}

/// Leaves a notice.
///
/// # Errors
/// Failures of the store.
pub fn insert(conn: &mut Conn, county: County, notice: &Notice) -> Result<(), StoreError> {
    conn.execute(&INSERT, params![county, notice.at, notice.matter, notice.seq, &notice.action])
        .map(drop)
}

/// The notices after a place in the order, up to an instant.
///
/// # Errors
/// Failures of the store.
pub fn after(
    conn: &mut Conn,
    county: County,
    (at, matter, seq): (Instant, MatterId, u32),
    before: Instant,
    limit: i64,
) -> Result<Vec<Notice>, StoreError> {
    conn.query(&AFTER, params![county, at, matter, seq, before, limit], |row| {
        Ok(Notice {
            at: Instant(row.int(0)?),
            matter: MatterId(row.int(1)?),
            seq: u32::try_from(row.int(2)?).map_err(|e| StoreError::corrupt("outbox", e))?,
            action: row.text(3)?,
        })
    })
}

/// Forgets notices before an instant.
///
/// # Errors
/// Failures of the store.
pub fn drop_before(conn: &mut Conn, county: County, before: Instant) -> Result<usize, StoreError> {
    conn.execute(&DROP_OLD, params![county, before])
}
