//! People with their posts from a table.

use domain::ids::UnitId;
use domain::org::RowFault;
use store::Conn;

use super::SheetRow;
use crate::accounts::{add_person, give_post};
use crate::{CountyState, Error, Service};

/// A person of a row.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// The row.
    pub line: u32,
    /// The name.
    pub name: String,
    /// The role's id.
    pub role: String,
    /// The unit.
    pub unit: UnitId,
}

/// Reads and adds people, all of them or none. The columns are `name`, `role` (its id or label) and
/// `unit` (fifteen digits, or a division's code).
///
/// # Errors
/// Failures of the store. Bad rows are in the answer, and with any nothing was changed.
pub fn import_people(
    conn: &mut Conn,
    service: &Service,
    state: &CountyState,
    rows: &[SheetRow],
) -> Result<Result<Vec<PersonRow>, Vec<RowFault>>, Error> {
    let roster = state.roster(conn)?;
    let mut faults = Vec::new();
    let mut people = Vec::new();
    for row in rows {
        match read(row, state, &roster.org) {
            Ok(person) => people.push(person),
            Err(column) => {
                let args = vec![("column", column.to_owned())];
                faults.push(RowFault::new(row.line as usize, "not-mapped", args));
            }
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let today = service.now().day();
    for row in &people {
        let person = add_person(conn, service, state.county, &row.name)?;
        if let Err(Error::Unusable(why)) =
            give_post(conn, service, state.county, (person, &row.role, row.unit), today)
        {
            faults.push(RowFault::new(
                row.line as usize,
                "refused",
                vec![("reason", why.to_owned())],
            ));
        }
    }
    if faults.is_empty() { Ok(Ok(people)) } else { Ok(Err(faults)) }
}

fn read(
    row: &SheetRow,
    state: &CountyState,
    org: &domain::org::Org,
) -> Result<PersonRow, &'static str> {
    let name = row.cell("name").filter(|n| n.chars().count() <= 50).ok_or("name")?;
    let said = row.cell("role").ok_or("role")?;
    let named =
        |r: &&domain::catalogue::Role| r.id.text == said || r.label.0.values().any(|l| l == said);
    let role = state.catalogue.roles.values().find(named).ok_or("role")?;
    let code = row.cell("unit").ok_or("unit")?;
    let unit = code.parse::<UnitId>().ok().and_then(|id| org.unit(id)).or_else(|| org.place(code));
    let unit = unit.ok_or("unit")?.id;
    Ok(PersonRow { line: row.line, name: name.to_owned(), role: role.id.text.clone(), unit })
}
