//! Lists of records: by unit and title, or by what falls due; and the registers themselves with their counts.

use std::collections::BTreeMap;

use domain::ids::{County, RecordId, UnitId};
use domain::matter::Value;
use domain::register::{Record, Register, Stage, Territory, readable};
use domain::time::Day;
use store::Conn;
use store::records::{self, Cursor, tallies};

use super::AtRegister;
use crate::{Credential, Desk, Error, Service};

/// The most rows of a page.
pub(super) const MAX_ROWS: i64 = 200;

/// Which records are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Those that stand, or those that were ended.
    Stage(Stage),
    /// Those of which something falls due before a day.
    DueBefore(Day),
}

/// Which list is asked for.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The register.
    pub register: String,
    /// Which records.
    pub show: Show,
    /// Only those of a unit and of everything below it.
    pub unit: Option<UnitId>,
    /// Where the page begins.
    pub after: Option<Cursor>,
    /// Where a page of what falls due begins.
    pub after_due: Option<(Day, RecordId)>,
    /// How many rows.
    pub limit: i64,
}

/// A page of a list.
pub struct Page {
    /// Who reads it, and of which register.
    pub at: AtRegister,
    /// The records; personal values are sealed.
    pub rows: Vec<Record>,
    /// The titles of the records that they point to.
    pub pointed: Titles,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
    /// The same of what falls due.
    pub next_due: Option<(Day, RecordId)>,
}

/// A page of records that stand or were ended, by unit and title.
///
/// # Errors
/// [`Error::Missing`] for a register out of reach; failures of the store.
pub fn list(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    listing: &Listing,
) -> Result<Page, Error> {
    let at = AtRegister::open(conn, service, credential, &listing.register)?;
    let Show::Stage(stage) = listing.show else { return due(conn, at, listing) };
    let (county, limit) = (at.desk.who.county, listing.limit.clamp(1, MAX_ROWS));
    let (register, within) = (at.register.id.as_str(), listing.unit.map(Territory::below));
    let mut rows = Vec::new();
    for territory in at.read_within(within) {
        let begin = listing.after.clone().unwrap_or_else(|| Cursor::before(territory));
        // The page goes on inside the territory that it broke off in, and before those that follow.
        let begin = if begin.unit < territory.first { Cursor::before(territory) } else { begin };
        let more = limit + 1 - rows.len() as i64;
        if begin.unit > territory.last || more <= 0 {
            continue;
        }
        rows.extend(records::page(conn, county, (register, stage), territory, &begin, more)?);
    }
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let rows: Vec<Record> = rows.into_iter().map(|stored| stored.record).collect();
    let next = rows.last().filter(|_| more).map(|last| cursor_of(&at.register, last));
    let pointed = titles(conn, county, &rows)?;
    Ok(Page { at, rows, pointed, next, next_due: None })
}

/// The titles of records that others point to.
pub type Titles = BTreeMap<RecordId, String>;

/// The titles of the records that some point to; neighbours mostly point to the same.
pub(super) fn titles(conn: &mut Conn, county: County, rows: &[Record]) -> Result<Titles, Error> {
    let mut all = Titles::new();
    for value in rows.iter().flat_map(|r| r.fields.values()) {
        if let Value::Record(target) = value
            && !all.contains_key(target)
        {
            let title = records::row(conn, county, *target)?.map_or(String::new(), |r| r.title);
            all.insert(*target, title);
        }
    }
    Ok(all)
}

/// Where a record stands in its list.
pub(super) fn cursor_of(register: &Register, record: &Record) -> Cursor {
    let title = record.text(register.title.as_str()).to_owned();
    Cursor { unit: record.unit, title, id: record.id }
}

/// A page of records of which something falls due, the earliest first.
///
/// # Errors
/// As [`list`].
pub fn due(conn: &mut Conn, at: AtRegister, listing: &Listing) -> Result<Page, Error> {
    let Show::DueBefore(before) = listing.show else { return Err(Error::Missing) };
    let (county, limit) = (at.desk.who.county, listing.limit.clamp(1, MAX_ROWS));
    let after = listing.after_due.unwrap_or((Day(i32::MIN), RecordId(0)));
    let within = listing.unit.map(Territory::below);
    let mut found = Vec::new();
    for territory in at.read_within(within) {
        let register = at.register.id.as_str();
        found.extend(records::due(conn, county, register, territory, before, after, limit + 1)?);
    }
    found.sort_by_key(|(day, stored)| (*day, stored.record.id));
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next_due = found.last().filter(|_| more).map(|(day, s)| (*day, s.record.id));
    let rows: Vec<Record> = found.into_iter().map(|(_, stored)| stored.record).collect();
    let pointed = titles(conn, county, &rows)?;
    Ok(Page { at, rows, pointed, next: None, next_due })
}

/// A register with how many records it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The register.
    pub register: String,
    /// How many records stand where the person reads.
    pub standing: i64,
}

/// The registers that somebody reads, in the order of the catalogue.
///
/// # Errors
/// Not signed in; failures of the store.
pub fn overview(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
) -> Result<(Desk, Vec<Overview>), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (county, org, posts) = (desk.who.county, &desk.roster.org, desk.posts());
    let mut all = Vec::new();
    for register in desk.state.catalogue.registers.values() {
        let reads = readable(&posts, register, org);
        if reads.is_empty() {
            continue;
        }
        let mut standing = 0;
        for territory in reads {
            let of = tallies::of(conn, county, (register.id.as_str(), ""), territory)?;
            standing += of.iter().map(|(_, n)| n).sum::<i64>();
        }
        all.push(Overview { register: register.id.text.clone(), standing });
    }
    Ok((desk, all))
}
