//! Counts by month and kind for a unit and everything below it.

use std::sync::Arc;

use domain::access::has_right;
use domain::catalogue::Right;
use domain::ids::UnitId;
use store::Conn;
use store::tallies::{Asked, Count, read};

use crate::{CountyState, Credential, Error, Service};

/// The counts of one unit.
pub struct UnitCounts {
    /// The unit.
    pub unit: UnitId,
    /// The counts, by month, kind and measure.
    pub counts: Vec<Count>,
}

/// The counts of a unit the person's posts cover, and where asked for those of each unit directly
/// below.
///
/// # Errors
/// [`Error::NoRight`]; [`Error::Missing`] for a unit that is not covered; failures of the store.
pub fn tallies(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    unit: Option<UnitId>,
    asked: &Asked,
    children: bool,
) -> Result<(Arc<CountyState>, Vec<UnitCounts>), Error> {
    let now = service.now();
    let who = credential.who(conn, now)?;
    let state = service.county(who.county)?;
    let roster = state.roster(conn)?;
    let posts = roster.posts(who.person, now);
    let able: Vec<_> =
        posts.iter().filter(|p| has_right(&[**p], Right::ReadTallies, &state.catalogue)).collect();
    let unit =
        unit.or_else(|| able.first().map(|p| p.unit)).ok_or(Error::NoRight(Right::ReadTallies))?;
    if able.is_empty() {
        return Err(Error::NoRight(Right::ReadTallies));
    }
    if !able.iter().any(|p| roster.org.is_within(unit, p.unit)) {
        return Err(Error::Missing);
    }
    let mut units = vec![unit];
    if children {
        units
            .extend(roster.org.units().filter(|u| u.parent == Some(unit) && u.holds).map(|u| u.id));
        units[1..].sort_unstable();
    }
    let mut all = Vec::with_capacity(units.len());
    for unit in units {
        all.push(UnitCounts { unit, counts: read(conn, who.county, unit, asked, &roster.org)? });
    }
    Ok((state.clone(), all))
}
