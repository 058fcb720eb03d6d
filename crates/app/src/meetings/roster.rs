//! Rooms and the duty roster of a county: kept by who has the right, for the own unit and those below.

use domain::access::has_right;
use domain::catalogue::Right;
use domain::ids::{PersonId, UnitId};
use domain::matter::{Refusal, Rule, clean};
use domain::org::RowFault;
use domain::time::Day;
use store::Conn;
use store::rooms::{self as kept, Duty, Room};

use crate::accounts::note;
use crate::import::SheetRow;
use crate::{Credential, Desk, Error, Service};

/// The longest name of a room, in characters, and the most people in one.
const NAME_CHARS: usize = 60;
const HOLDS_MAX: i64 = 2_000;
/// The longest time that one entry of the roster covers, days.
const DUTY_DAYS: i32 = 400;

/// A room to be added, or changed where it has an id.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// The room, where it is there.
    pub id: Option<i64>,
    /// The unit it belongs to.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// How many people it holds.
    pub holds: i64,
}

/// What an import of a roster did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DutyReport {
    /// The lines that were taken.
    pub taken: Vec<u32>,
    /// The others, each with what is wrong.
    pub faults: Vec<RowFault>,
}

/// Whether somebody keeps the roster of a unit.
#[must_use]
pub fn may_keep(desk: &Desk, unit: UnitId) -> bool {
    desk.posts().into_iter().any(|post| {
        has_right(&[post], Right::KeepRoster, &desk.state.catalogue)
            && desk.roster.org.is_within(unit, post.unit)
    })
}

fn keeper(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    unit: UnitId,
) -> Result<Desk, Error> {
    let desk = Desk::open(conn, service, credential)?;
    if desk.roster.org.unit(unit).is_none() {
        return Err(Refusal::of(Rule::UnknownUnit, "unit").into());
    }
    if may_keep(&desk, unit) { Ok(desk) } else { Err(Error::NoRight(Right::KeepRoster)) }
}

/// The rooms of a county with whoever looks.
///
/// # Errors
/// Not signed in; failures of the store.
pub fn rooms_of(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
) -> Result<(Desk, Vec<Room>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let rooms = kept::rooms(conn, desk.who.county)?;
    Ok((desk, rooms))
}

/// Adds a room or changes it.
///
/// # Errors
/// [`Error::NoRight`]; a name that is empty, too long or taken; failures of the store.
pub fn put_room(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    new: &NewRoom,
) -> Result<i64, Error> {
    let desk = keeper(conn, service, credential, new.unit)?;
    let county = desk.who.county;
    let name = clean(&new.name, false);
    if name.is_empty() {
        return Err(Refusal::of(Rule::Required, "name").into());
    }
    if name.chars().count() > NAME_CHARS {
        return Err(Refusal::of(Rule::TooLong, "name").with("max", NAME_CHARS).into());
    }
    if !(1..=HOLDS_MAX).contains(&new.holds) {
        let refusal = Refusal::of(Rule::OutOfRange, "holds").with("min", 1);
        return Err(refusal.with("max", HOLDS_MAX).into());
    }
    if let Some(id) = new.id {
        let own = |r: &Room| r.id == id && r.unit == new.unit;
        if !kept::rooms(conn, county)?.iter().any(own) {
            return Err(Error::Missing);
        }
    }
    if kept::room_named(conn, county, new.unit, &name)?.is_some_and(|id| Some(id) != new.id) {
        return Err(Refusal::of(Rule::AlreadyThere, "name").into());
    }
    let id = match new.id {
        Some(id) => id,
        None => service.db().ids().next(conn, county)?,
    };
    let room = Room { id, unit: new.unit, name, holds: new.holds, ended_on: None };
    kept::put_room(conn, county, &room)?;
    note(conn, service, county, Some(desk.who.person), "room-kept", &id.to_string())?;
    Ok(id)
}

/// Ends the use of a room from today on. Meetings that are called there stay as they are.
///
/// # Errors
/// [`Error::NoRight`]; [`Error::Missing`] for none; failures of the store.
pub fn end_room(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    id: i64,
) -> Result<(), Error> {
    let county = credential.county();
    let found = kept::rooms(conn, county)?.into_iter().find(|r| r.id == id);
    let desk = keeper(conn, service, credential, found.ok_or(Error::Missing)?.unit)?;
    kept::end_room(conn, county, id, desk.now.day())?;
    note(conn, service, county, Some(desk.who.person), "room-ended", &id.to_string())
}

/// Who is on duty on some day from the first to the last of these, with whoever looks.
///
/// # Errors
/// Not signed in; failures of the store.
pub fn duty_of(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (first, last): (Day, Day),
) -> Result<(Desk, Vec<Duty>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let duty = kept::on_duty(conn, desk.who.county, first, last)?;
    Ok((desk, duty))
}

/// Puts somebody on duty at a unit.
///
/// # Errors
/// [`Error::NoRight`]; somebody without that post there, or days that make no sense; failures of the store.
pub fn put_duty(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (person, role, unit): (PersonId, &str, UnitId),
    (from, until): (Day, Day),
) -> Result<(), Error> {
    let desk = keeper(conn, service, credential, unit)?;
    put(conn, service, &desk, (person, role, unit), (from, until))
}

fn put(
    conn: &mut Conn,
    service: &Service,
    desk: &Desk,
    (person, role, unit): (PersonId, &str, UnitId),
    (from, until): (Day, Day),
) -> Result<(), Error> {
    let county = desk.who.county;
    if until <= from || until.0 - from.0 > DUTY_DAYS {
        let refusal = Refusal::of(Rule::OutOfRange, "until").with("min", from);
        return Err(refusal.with("max", from.plus(DUTY_DAYS)).into());
    }
    if !desk.roster.org.posts_at(person, unit, from).any(|p| p.role == role) {
        return Err(Refusal::of(Rule::NotThere, "person").into());
    }
    let id = service.db().ids().next(conn, county)?;
    let role = role.to_owned();
    kept::put_duty(conn, county, &Duty { id, person, role, unit, from, until })?;
    let detail = format!("{person} {unit} {from}");
    note(conn, service, county, Some(desk.who.person), "duty-kept", &detail)
}

/// Takes an entry out of the roster.
///
/// # Errors
/// [`Error::NoRight`]; [`Error::Missing`] for none at the unit that is named; failures of the store.
pub fn end_duty(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (id, unit): (i64, UnitId),
) -> Result<(), Error> {
    let desk = keeper(conn, service, credential, unit)?;
    let county = desk.who.county;
    let all = kept::on_duty(conn, county, Day(i32::MIN / 2), Day(i32::MAX / 2))?;
    if !all.iter().any(|d| d.id == id && d.unit == unit) || !kept::end_duty(conn, county, id)? {
        return Err(Error::Missing);
    }
    note(conn, service, county, Some(desk.who.person), "duty-ended", &id.to_string())
}

/// The columns of a roster.
const COLUMNS: [&str; 5] = ["person", "role", "unit", "from", "until"];
/// The most rows of one import.
const ROWS_MAX: usize = 5_000;

/// The rows of a roster as somebody pasted it, from a spreadsheet or a text with commas, and those that
/// cannot be trusted. The columns may have their names in any language.
///
/// # Errors
/// A text without these columns, or with too many rows.
pub fn rows_of_text(
    text: &str,
    service: &Service,
    credential: &Credential,
) -> Result<(Vec<SheetRow>, Vec<RowFault>), Error> {
    let words = &service.county(credential.county())?.catalogue.words;
    let table = documents::table::read("roster.csv", text.as_bytes())
        .map_err(|_| Refusal::of(Rule::WrongType, "rows").with("expected", COLUMNS.join(", ")))?;
    let known = |said: &str| {
        let told = |column: &&str| {
            let key = format!("meeting.column-{column}");
            *column == said || words.locales().any(|l| words.say(l, &key, &[]) == said)
        };
        COLUMNS.iter().find(|c| told(c)).map(|c| (*c).to_owned())
    };
    let header: Vec<String> =
        table.header.iter().map(|h| known(h).unwrap_or_else(|| h.clone())).collect();
    if let Some(lacks) = COLUMNS.iter().find(|c| !header.iter().any(|h| h == *c)) {
        return Err(Refusal::of(Rule::Required, "rows").with("column", lacks).into());
    }
    if table.rows.len() > ROWS_MAX {
        return Err(Refusal::of(Rule::TooMany, "rows").with("max", ROWS_MAX).into());
    }
    let distrusted: Vec<u32> = table.faults.iter().map(documents::table::RowFault::line).collect();
    let faults = distrusted
        .iter()
        .map(|line| RowFault::new(*line as usize, "not-mapped", vec![("column", String::new())]));
    let faults = faults.collect();
    let rows = table.rows.into_iter().filter(|r| !distrusted.contains(&r.line)).map(|row| {
        SheetRow { line: row.line, cells: header.iter().cloned().zip(row.cells).collect() }
    });
    Ok((rows.collect(), faults))
}

/// Reads a roster from a table: `person` (the name or the number), `role` (its id or label), `unit` (its
/// name, digits or a division's code), `from` and `until` (the last day). Good rows are kept, the others
/// are answered with what is wrong.
///
/// # Errors
/// Not signed in; failures of the store.
pub fn import_duty(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    rows: &[SheetRow],
) -> Result<DutyReport, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let mut report = DutyReport::default();
    for row in rows {
        let fault = |rule: &'static str, name: &'static str, value: &str| {
            RowFault::new(row.line as usize, rule, vec![(name, value.to_owned())])
        };
        let read = match read_duty(&desk, row) {
            Ok(read) => read,
            Err(column) => {
                report.faults.push(fault("not-mapped", "column", column));
                continue;
            }
        };
        let (person, role, unit, days) = read;
        if !may_keep(&desk, unit) {
            report.faults.push(fault("not-kept-here", "column", "unit"));
            continue;
        }
        match put(conn, service, &desk, (person, &role, unit), days) {
            Ok(()) => report.taken.push(row.line),
            Err(Error::Refused(refused)) => {
                let first = refused.first().and_then(|r| r.field.clone()).unwrap_or_default();
                report.faults.push(fault("not-mapped", "column", &first));
            }
            Err(other) => return Err(other),
        }
    }
    Ok(report)
}

type DutyRow = (PersonId, String, UnitId, (Day, Day));

fn read_duty(desk: &Desk, row: &SheetRow) -> Result<DutyRow, &'static str> {
    let org = &desk.roster.org;
    let said = row.cell("unit").ok_or("unit")?;
    let by_name = || org.units().find(|u| u.name == said);
    let by_id = said.parse::<UnitId>().ok().and_then(|id| org.unit(id));
    let unit = by_id.or_else(|| org.place(said)).or_else(by_name).ok_or("unit")?.id;
    let said = row.cell("role").ok_or("role")?;
    let mut roles = desk.state.catalogue.roles.values();
    let role = roles.find(|r| r.id.text == said || r.label.0.values().any(|l| l == said));
    let role = role.ok_or("role")?.id.text.clone();
    let day = |column: &'static str| {
        row.cell(column).and_then(|text| text.parse::<Day>().ok()).ok_or(column)
    };
    let (from, last) = (day("from")?, day("until")?);
    let said = row.cell("person").ok_or("person")?;
    let at_unit = |p: &&PersonId| org.posts_at(**p, unit, from).any(|post| post.role == role);
    let named = |p: &&PersonId| {
        p.to_string() == said || desk.roster.names.get(p).is_some_and(|name| name == said)
    };
    let mut found = org.staff(unit).iter().filter(at_unit).filter(named);
    let person = *found.next().ok_or("person")?;
    // Of two with one name only their numbers tell which is meant.
    if found.any(|other| *other != person) {
        return Err("person");
    }
    Ok((person, role, unit, (from, last.plus(1))))
}
