//! Counts by month and kind for a unit and everything below it.

use domain::access::has_right;
use domain::catalogue::Right;
use domain::ids::UnitId;
use store::Conn;
use store::tallies::{Asked, Count, read};

use crate::{Credential, Desk, Error, Service};

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
) -> Result<(Desk, Vec<UnitCounts>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (posts, org) = (desk.posts(), &desk.roster.org);
    let able: Vec<_> = posts
        .iter()
        .filter(|p| has_right(&[**p], Right::ReadTallies, &desk.state.catalogue))
        .collect();
    let unit =
        unit.or_else(|| able.first().map(|p| p.unit)).ok_or(Error::NoRight(Right::ReadTallies))?;
    if able.is_empty() {
        return Err(Error::NoRight(Right::ReadTallies));
    }
    if !able.iter().any(|p| org.is_within(unit, p.unit)) {
        return Err(Error::Missing);
    }
    let mut units = vec![unit];
    if children {
        units.extend(org.units().filter(|u| u.parent == Some(unit) && u.holds).map(|u| u.id));
        units[1..].sort_unstable();
    }
    let mut all = Vec::with_capacity(units.len());
    for unit in units {
        all.push(UnitCounts { unit, counts: read(conn, desk.who.county, unit, asked, org)? });
    }
    Ok((desk, all))
}
