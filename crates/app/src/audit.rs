//! What an auditor reads: who looked at a matter, and what was done to accounts and settings.

use domain::catalogue::Right;
use domain::ids::MatterCode;
use domain::time::Instant;
use store::Conn;
use store::logs::{Deed, Reading, deeds, readings};
use store::matters::id_of;

use crate::accounts::demand;
use crate::{Credential, Error, Service};

/// Who looked at a matter before an instant, the newest first. The auditor sees the readings, not
/// the matter.
///
/// # Errors
/// [`Error::NoRight`], [`Error::Missing`], failures of the store.
pub fn readers(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    code: MatterCode,
    before: Instant,
    limit: i64,
) -> Result<Vec<Reading>, Error> {
    let who = demand(conn, service, credential, Right::ReadAudit)?;
    let id = id_of(conn, who.county, code)?.ok_or(Error::Missing)?;
    Ok(readings(conn, who.county, id, before, limit)?)
}

/// Administrative acts before an instant, the newest first.
///
/// # Errors
/// [`Error::NoRight`], failures of the store.
pub fn acts(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    before: Instant,
    limit: i64,
) -> Result<Vec<Deed>, Error> {
    let who = demand(conn, service, credential, Right::ReadAudit)?;
    Ok(deeds(conn, who.county, before, limit)?)
}
