//! Reading the national division codes: GB/T 2260 and the statistics codes below it.
//!
//! Twelve digits: six of the county, three of the township (001-099 street offices, 100-199 towns,
//! 200-399 townships, 400-599 the like), three of the village (001-199 residents' committees,
//! 200-399 village committees, 400-599 the like). Below: fourteen digits for a group, fifteen for a
//! grid. The same number can mean another place in the civil-affairs codes.

use std::collections::{BTreeMap, HashMap};

use crate::catalogue::{Catalogue, Level};
use crate::ids::{County, UnitId};
use crate::time::Day;

use super::Unit;

/// The most units a county may have; a file with more is not one county's.
const MAX_UNITS: usize = 50_000;

/// A division as a file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Division {
    /// Its code: 6, 9, 12, 14 or 15 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The row in the file, by the number a person sees beside it.
    pub row: usize,
}

/// A line of a file, by the number a person sees beside it, with its cells.
pub type Line = (usize, Vec<String>);

/// What is wrong with a row of a file: the rule's words are under `row`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowFault {
    /// The row, by the number a person sees beside it; 0 for the file as a whole.
    pub row: usize,
    /// The column, where one is at fault.
    pub column: Option<String>,
    /// The rule: the key of its words under `row`.
    pub rule: &'static str,
    /// What the words are filled with.
    pub args: Vec<(&'static str, String)>,
}

impl RowFault {
    /// A fault of a row.
    #[must_use]
    pub fn new(row: usize, rule: &'static str, args: Vec<(&'static str, String)>) -> Self {
        Self { row, column: None, rule, args }
    }
}

/// Picks the divisions of one county out of a table of codes and names (the columns may be called
/// `code` or `code12`, and `name`). Rows of other counties and of levels above are passed over.
/// Answers the divisions with every bad row; a file without the columns is one fault of row 0.
#[must_use]
pub fn parse_rows(
    header: &[String],
    rows: &[Line],
    county: County,
) -> (Vec<Division>, Vec<RowFault>) {
    let column = |names: &[&str]| {
        header.iter().position(|h| names.contains(&h.trim().trim_start_matches('\u{feff}')))
    };
    let (Some(code_at), Some(name_at)) = (column(&["code12", "code"]), column(&["name"])) else {
        return (
            Vec::new(),
            vec![RowFault::new(0, "no-columns", vec![("columns", "code, name".into())])],
        );
    };
    let mut found = Vec::new();
    let mut faults = Vec::new();
    let prefix = county.to_string();
    for (row, cells) in rows {
        let row = *row;
        let cell = |at: usize| cells.get(at).map_or("", |c| c.trim());
        let (code, name) = (cell(code_at), cell(name_at));
        let shaped = !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit());
        if !shaped || !matches!(code.len(), 2 | 4 | 6 | 9 | 12 | 14 | 15) {
            faults.push(RowFault::new(
                row,
                "bad-code",
                vec![("code", code.chars().take(20).collect())],
            ));
        } else if !code.starts_with(&prefix) {
            let above = code.trim_end_matches('0');
            if !prefix.starts_with(above) && code.len() > 12 {
                faults.push(RowFault::new(row, "other-county", vec![("code", code.into())]));
            }
        } else if name.is_empty() || name.chars().count() > 60 {
            faults.push(RowFault::new(row, "bad-name", vec![("code", code.into())]));
        } else {
            found.push(Division { code: code.to_owned(), name: name.to_owned(), row });
        }
    }
    if found.len() > MAX_UNITS {
        faults.push(RowFault::new(0, "too-many-units", vec![("max", MAX_UNITS.to_string())]));
    }
    (found, faults)
}

/// Turns the divisions of one county into units, each under the unit its code lies in. Faults of
/// rows that were found before are reported with its own.
///
/// # Errors
/// Those, and every row whose code is doubled, has no parent in the file, or fits no declared level.
pub fn divisions(
    (found, mut faults): (Vec<Division>, Vec<RowFault>),
    county: County,
    catalogue: &Catalogue,
    since: Day,
) -> Result<Vec<Unit>, Vec<RowFault>> {
    let levels = chain(catalogue);
    let mut units: BTreeMap<UnitId, Unit> = BTreeMap::new();
    let mut rows: HashMap<UnitId, usize> = HashMap::new();
    for division in &found {
        let Some((id, parent, depth)) = place(&division.code) else {
            faults.push(RowFault::new(
                division.row,
                "bad-code",
                vec![("code", division.code.clone())],
            ));
            continue;
        };
        let Some(level) = level_at(catalogue, &levels, depth, id) else {
            faults.push(RowFault::new(
                division.row,
                "no-level",
                vec![("code", division.code.clone())],
            ));
            continue;
        };
        if let Some(first) = rows.insert(id, division.row) {
            let args = vec![("code", division.code.clone()), ("first", first.to_string())];
            faults.push(RowFault::new(division.row, "twice", args));
            continue;
        }
        units.insert(id, unit(id, parent, level, division, since));
    }
    for unit in units.values() {
        if unit.parent.is_some_and(|p| !units.contains_key(&p)) {
            let args = vec![("code", unit.id.to_string())];
            faults.push(RowFault::new(rows[&unit.id], "no-parent", args));
        }
    }
    if !units.contains_key(&UnitId(county.0 * 1_000_000_000)) {
        faults.push(RowFault::new(0, "no-county", vec![("code", county.to_string())]));
    }
    faults.sort();
    if faults.is_empty() { Ok(units.into_values().collect()) } else { Err(faults) }
}

/// The offices that the catalogue declares beside each division.
#[must_use]
pub fn offices(divisions: &[Unit], catalogue: &Catalogue) -> Vec<Unit> {
    let mut all = Vec::new();
    for division in divisions.iter().filter(|d| d.is_place()) {
        for office in catalogue.offices.values().filter(|o| o.at.text == division.level) {
            all.push(Unit {
                id: UnitId(division.id.0 + i64::from(office.number)),
                parent: Some(division.id),
                office: Some(office.id.text.clone()),
                name: office.name.replace("{place}", &division.place),
                holds: true,
                ..division.clone()
            });
        }
    }
    all
}

fn unit(
    id: UnitId,
    parent: Option<UnitId>,
    level: &Level,
    division: &Division,
    since: Day,
) -> Unit {
    let centre = level.centre.as_deref();
    let system = if division.code.len() > 12 { "local" } else { "nbs" };
    Unit {
        id,
        parent,
        level: level.id.text.clone(),
        office: None,
        name: centre.unwrap_or("{place}").replace("{place}", &division.name),
        place: division.name.clone(),
        holds: centre.is_some(),
        code_system: system.to_owned(),
        since,
        until: None,
    }
}

/// The levels that have a centre, from the top down.
fn chain(catalogue: &Catalogue) -> Vec<&Level> {
    let mut chain: Vec<&Level> = catalogue.levels.values().filter(|l| l.under.is_none()).collect();
    while let Some(next) = chain.last().and_then(|top| {
        let below = |l: &&Level| {
            l.under.as_ref().is_some_and(|u| u.text == top.id.text) && l.centre.is_some()
        };
        catalogue.levels.values().find(below)
    }) {
        if chain.len() > 8 {
            break;
        }
        chain.push(next);
    }
    chain
}

/// A group or grid level hangs below the lowest centre: the first declared is the group.
fn level_at<'c>(
    catalogue: &'c Catalogue,
    chain: &[&'c Level],
    depth: usize,
    id: UnitId,
) -> Option<&'c Level> {
    if depth < 3 {
        return chain.get(depth).copied();
    }
    let lowest = chain.last()?;
    let mut places = catalogue.levels.values().filter(|l| {
        l.centre.is_none() && l.under.as_ref().is_some_and(|u| u.text == lowest.id.text)
    });
    if id.suffix() < 600 { places.next() } else { places.nth(1) }
}

/// The unit of a code, the unit above it, and how deep it lies below the county.
fn place(code: &str) -> Option<(UnitId, Option<UnitId>, usize)> {
    let number: i64 = code.parse().ok()?;
    let twelve = match code.len() {
        6 => number * 1_000_000,
        9 => number * 1000,
        12 => number,
        14 if (1..=99).contains(&(number % 100)) => {
            let id = number / 100 * 1000 + 199 + number % 100;
            return Some((UnitId(id), Some(UnitId::centre(number / 100)), 3));
        }
        15 if (200..=999).contains(&(number % 1000)) => {
            return Some((UnitId(number), Some(UnitId::centre(number / 1000)), 3));
        }
        _ => return None,
    };
    let (township, village) = (twelve / 1000 % 1000, twelve % 1000);
    let parent = match (township, village) {
        (0, 0) => return Some((UnitId::centre(twelve), None, 0)),
        (0, _) => return None,
        (_, 0) => (UnitId::centre(twelve / 1_000_000 * 1_000_000), 1),
        _ => (UnitId::centre(twelve / 1000 * 1000), 2),
    };
    Some((UnitId::centre(twelve), Some(parent.0), parent.1))
}
