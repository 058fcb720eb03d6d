//! Units: importing a county's tree, finding a unit by what people type.

use domain::catalogue::Right;
use domain::ids::{County, UnitId};
use domain::org::{Line, RowFault, Unit, divisions, offices, parse_rows};
use domain::search::{initials, spell};
use domain::time::Day;
use store::Conn;
use store::counties;

use crate::accounts::{demand, note};
use crate::{CountyState, Credential, Desk, Error, Service};

/// What an import of an org tree did or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrgReport {
    /// Divisions in the file.
    pub divisions: usize,
    /// Offices that the catalogue puts beside them.
    pub offices: usize,
    /// Every bad row; with any, nothing was changed.
    pub faults: Vec<RowFault>,
}

/// Reads a county's tree from the rows of a file.
///
/// # Errors
/// The report with its faults is no error; the catalogue is needed to know the levels.
pub fn read_tree(
    state: &CountyState,
    header: &[String],
    rows: &[Line],
    since: Day,
) -> (OrgReport, Vec<Unit>) {
    let county = state.county;
    match divisions(parse_rows(header, rows, county), county, &state.catalogue, since) {
        Err(faults) => (OrgReport { faults, ..OrgReport::default() }, Vec::new()),
        Ok(mut units) => {
            let beside = offices(&units, &state.catalogue);
            let report =
                OrgReport { divisions: units.len(), offices: beside.len(), faults: Vec::new() };
            units.extend(beside);
            (report, units)
        }
    }
}

/// Puts units into a county, all of them or none.
///
/// # Errors
/// Failures of the store.
pub fn put_units(
    conn: &mut Conn,
    service: &Service,
    county: County,
    units: &[Unit],
) -> Result<(), Error> {
    for unit in units {
        store::org::put_unit(conn, county, unit)?;
    }
    counties::org_changed(conn, county)?;
    note(conn, service, county, None, "units-imported", &units.len().to_string())
}

/// Renames or ends a unit.
///
/// # Errors
/// [`Error::NoRight`], failures of the store.
pub fn change_unit(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    unit: &Unit,
) -> Result<(), Error> {
    let who = demand(conn, service, credential, Right::ManageSystem)?;
    store::org::put_unit(conn, who.county, unit)?;
    counties::org_changed(conn, who.county)?;
    note(conn, service, who.county, Some(who.person), "unit-changed", &unit.id.to_string())
}

/// The units under one, or all that match what was typed: characters, pinyin or initials.
///
/// # Errors
/// Failures of the store; not signed in.
pub fn units(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    parent: Option<UnitId>,
    typed: Option<&str>,
) -> Result<Vec<Unit>, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let typed = typed.map(|t| t.trim().to_lowercase()).filter(|t| !t.is_empty());
    let fits = |unit: &Unit| {
        let below = parent.is_none_or(|p| unit.parent == Some(p) || unit.id == p);
        below && typed.as_ref().is_none_or(|t| fits(&unit.name, t))
    };
    let mut found: Vec<Unit> = desk.roster.org.units().filter(|u| fits(u)).cloned().collect();
    found.sort_by_key(|u| u.id);
    Ok(found)
}

/// Whether the name of a unit fits what was typed: characters, pinyin or initials, in small letters.
#[must_use]
pub fn fits(name: &str, typed: &str) -> bool {
    name.contains(typed) || initials(name).starts_with(typed) || spell(name).starts_with(typed)
}
