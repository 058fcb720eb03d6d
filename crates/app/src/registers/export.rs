//! A register as rows of a table, however long it is. Personal fields stay masked.

use documents::table::Column;
use domain::ids::UnitId;
use domain::kind::FieldType;
use domain::matter::Value;
use domain::register::{Record, Register, Stage, remarks};
use domain::time::Day;
use store::Conn;
use store::records::{self, Cursor};

use super::list::{Titles, titles};
use super::{AtRegister, masked};
use crate::{CountyState, Error, Roster};

/// How many records are read at a time.
const STEP: i64 = 1_000;

/// A piece of an export.
pub struct Exported {
    /// The rows, each as wide as the header.
    pub rows: Vec<Vec<String>>,
    /// Where the next piece begins; none at the end.
    pub next: Option<(usize, Cursor)>,
}

/// The header of an export: the owner in two columns, its code and its name, then the fields, then what is
/// to be remarked. It is what an import reads.
#[must_use]
pub fn header(register: &Register, locale: &str, remark: &str, code: &str) -> Vec<Column> {
    let mut all = vec![
        Column::text(code.to_owned()),
        Column::text(register.owner.label.get(locale).to_owned()),
    ];
    all.extend(register.fields.values().map(|f| {
        let label = f.field.label.get(locale).to_owned();
        let number = matches!(f.field.field, FieldType::Number | FieldType::Money);
        if number { Column::number(label) } else { Column::text(label) }
    }));
    all.push(Column::text(remark.to_owned()));
    all
}

/// A piece of a register as rows, beginning at a place.
///
/// # Errors
/// Failures of the store; a key that does not open.
pub fn export(
    conn: &mut Conn,
    at: &AtRegister,
    locale: &str,
    begin: Option<(usize, Cursor)>,
) -> Result<Exported, Error> {
    let (county, today) = (at.desk.who.county, at.desk.now.day());
    let (no, after) = match begin {
        Some(begin) => begin,
        None => match at.reads.first() {
            Some(first) => (0, Cursor::before(*first)),
            None => return Ok(Exported { rows: Vec::new(), next: None }),
        },
    };
    let Some(territory) = at.reads.get(no) else {
        return Ok(Exported { rows: Vec::new(), next: None });
    };
    let list = (at.register.id.as_str(), Stage::Standing);
    let found = records::page(conn, county, list, *territory, &after, STEP)?;
    let next = match found.last() {
        Some(last) if found.len() as i64 == STEP => {
            Some((no, super::list::cursor_of(&at.register, &last.record)))
        }
        _ => at.reads.get(no + 1).map(|t| (no + 1, Cursor::before(*t))),
    };
    let found: Vec<Record> = found.into_iter().map(|stored| stored.record).collect();
    let titles = titles(conn, county, &found)?;
    let mut rows = Vec::with_capacity(found.len());
    for record in &found {
        rows.push(row(at, record, &titles, locale, today)?);
    }
    Ok(Exported { rows, next })
}

fn row(
    at: &AtRegister,
    record: &Record,
    titles: &Titles,
    locale: &str,
    today: Day,
) -> Result<Vec<String>, Error> {
    let (state, roster) = (&at.desk.state, &at.desk.roster);
    let hidden = masked(state, record)?;
    let mut cells = vec![record.unit.to_string(), owner_name(roster, record.unit)];
    for (id, declared) in &at.register.fields {
        let cell = match record.fields.get(id) {
            None => String::new(),
            Some(Value::Personal(_)) => hidden.get(id).cloned().unwrap_or_default(),
            Some(Value::Record(target)) => titles.get(target).cloned().unwrap_or_default(),
            Some(value) => text(value, declared.field.list.as_ref(), state, roster, locale),
        };
        cells.push(cell);
    }
    let lacking = remarks(&at.register, record, today);
    let said = lacking.iter().filter_map(|r| r.duty).map(|d| d.label.get(locale));
    cells.push(said.collect::<Vec<_>>().join("; "));
    Ok(cells)
}

/// Whose a record is, as an import reads it again: an office by its name, a division by its place after that of
/// the township it is in, because villages of a name are many.
#[must_use]
pub fn owner_name(roster: &Roster, unit: UnitId) -> String {
    let Some(unit) = roster.org.unit(unit) else { return String::new() };
    if !unit.is_place() {
        return unit.name.clone();
    }
    let above = unit.parent.and_then(|p| roster.org.unit(p)).filter(|p| p.parent.is_some());
    above.map_or_else(|| unit.place.clone(), |above| format!("{} {}", above.place, unit.place))
}

/// A value as people read it.
#[must_use]
pub fn text(
    value: &Value,
    list: Option<&domain::catalogue::Term>,
    state: &CountyState,
    roster: &Roster,
    locale: &str,
) -> String {
    let item = |id: &String| {
        let item = list.and_then(|l| state.catalogue.item(l.as_str(), id));
        item.map_or(id.as_str(), |i| i.label.get(locale)).to_owned()
    };
    let unit = |id| roster.org.unit(id).map_or(String::new(), |u| u.name.clone());
    let person = |id| roster.names.get(id).cloned().unwrap_or_default();
    match value {
        Value::Choice(id) => item(id),
        Value::Choices(all) => all.iter().map(item).collect::<Vec<_>>().join("、"),
        Value::Money(fen) => format!("{}.{:02}", fen / 100, fen % 100),
        Value::YesNo(yes) => {
            let word = if *yes { "page.yes" } else { "page.no" };
            state.catalogue.words.say(locale, word, &[])
        }
        Value::Place(id) | Value::Unit(id) => unit(*id),
        Value::Units(all) => all.iter().map(|id| unit(*id)).collect::<Vec<_>>().join("、"),
        Value::Person(id) => person(id),
        Value::Persons(all) => all.iter().map(person).collect::<Vec<_>>().join("、"),
        other => domain::register::plain_text(other),
    }
}
