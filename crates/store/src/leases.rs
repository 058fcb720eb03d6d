//! Background work is claimed by lease, so that of several servers one does it.

use domain::ids::County;
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    CLAIM = "insert into lease (county, name, owner, until) values (?1, ?2, ?3, ?4) \
             on conflict (county, name) do update set owner = ?3, until = ?4 \
             where lease.county = ?1 and (lease.owner = ?3 or lease.until < ?5)";
    RELEASE = "delete from lease where county = ?1 and name = ?2 and owner = ?3";
}

/// Claims or renews a lease until an instant; answers whether this owner has it.
///
/// # Errors
/// Failures of the store.
pub fn claim(
    conn: &mut Conn,
    county: County,
    name: &str,
    owner: &str,
    until: Instant,
    now: Instant,
) -> Result<bool, StoreError> {
    Ok(conn.execute(&CLAIM, params![county, name, owner, until, now])? > 0)
}

/// Gives a lease back before it ends, if this owner has it.
///
/// # Errors
/// Failures of the store.
pub fn release(conn: &mut Conn, county: County, name: &str, owner: &str) -> Result<(), StoreError> {
    conn.execute(&RELEASE, params![county, name, owner]).map(drop)
}
