//! Tables that somebody hands in: laid on the disk sealed, read, checked row by row. A check changes
//! nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use documents::table::{self, Row as Line, Table};
use documents::time::read_stamp;
use domain::catalogue::Catalogue;
use domain::ids::{PersonId, RecordId, UnitId};
use domain::matter::{Refusal, Rule};
use domain::register::{
    Known, Lookups, Places, Register, Row, Sheet, SheetFault, Territory, Where,
};
use domain::time::{Day, Instant};
use store::records::imports::{self, Import};
use store::{Conn, records};

use super::AtRegister;
use super::import::{Good, ImportReport, RowFault, RowReport};
use super::pen::key_hash;
use crate::papers::{keep_file, stored};
use crate::{CountyState, Credential, Error, Roster, Service};

/// The most records of a register that another's rows may point to by their titles.
const NAMES_MAX: i64 = 200_000;

/// A table that lies on the disk and that no row names yet.
#[derive(Debug, Clone)]
pub struct Handed {
    name: String,
    digest: store::chain::Hash,
}

/// Reads a table from its bytes.
///
/// # Errors
/// [`Error::Table`].
pub fn read_table(name: &str, bytes: &[u8]) -> Result<Table, Error> {
    let table = table::read(name, bytes).map_err(|f| Error::Table(f.rule(), f.args()))?;
    if table.faults.len() >= Table::MOST_FAULTS {
        // Beyond these nobody knows which rows can be trusted.
        let max = Table::MOST_FAULTS.to_string();
        return Err(Error::Table("too-many-faults", vec![("max", max)]));
    }
    Ok(table)
}

/// Lays a table on the disk, sealed, until its good rows are taken. Belongs on no thread of the database.
///
/// # Errors
/// A full disk.
pub fn lay_table(
    service: &Service,
    state: &CountyState,
    name: &str,
    bytes: &[u8],
) -> Result<Handed, Error> {
    let name: String = domain::matter::clean(name, false).chars().take(120).collect();
    Ok(Handed { name, digest: keep_file(service, state, bytes)? })
}

/// Remembers a table that was laid on the disk. Answers its id.
///
/// # Errors
/// [`Error::Missing`]; [`Rule::NoPostMay`] where the person keeps nothing of the register.
pub fn handed(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    register: &str,
    handed: &Handed,
) -> Result<i64, Error> {
    let at = AtRegister::open(conn, service, credential, register)?;
    if at.writes.is_empty() {
        return Err(Refusal::new(Rule::NoPostMay).into());
    }
    let county = at.desk.who.county;
    let id = service.db().ids().next(conn, county)?;
    let name = at.desk.state.vault.seal_at(&format!("record-import/{id}/name"), &handed.name)?;
    let import = Import {
        id,
        register: register.to_owned(),
        person: at.desk.who.person,
        digest: handed.digest,
        name,
        at: at.desk.now,
        done_at: None,
        taken: 0,
        refused: 0,
    };
    imports::insert(conn, county, &import)?;
    Ok(id)
}

/// A table that the person handed in and whose rows were not taken yet, read again.
///
/// # Errors
/// [`Error::Missing`] for somebody else's or one that is done with.
pub fn reread(
    service: &Service,
    credential: &Credential,
    id: i64,
) -> Result<(Import, Table), Error> {
    let (within, credential) = (service.clone(), credential.clone());
    let work = move |conn: &mut Conn| -> Result<_, Error> {
        let who = credential.who(conn, within.now())?;
        let import = imports::get(conn, who.county, id)?.ok_or(Error::Missing)?;
        if import.person != who.person || import.done_at.is_some() {
            return Err(Error::Missing);
        }
        Ok((within.county(who.county)?, import))
    };
    let (state, import) = service.db().read(work).wait()?;
    let bytes = stored(service, &state, &import.digest)?;
    let name = state.vault.open_at(&format!("record-import/{id}/name"), &import.name)?;
    let table = read_table(&name, &bytes)?;
    Ok((import, table))
}

/// Titles of a register's records with their units.
type Names = HashMap<String, Vec<(UnitId, RecordId)>>;

/// Checks the rows of one table, some at a time; it remembers what the rows before said.
pub(super) struct Checker {
    state: Arc<CountyState>,
    roster: Arc<Roster>,
    register: Arc<Register>,
    writes: Vec<Territory>,
    header: Vec<String>,
    now: Instant,
    distrusted: HashMap<u32, Vec<RowFault>>,
    names: HashMap<String, Names>,
    people: HashMap<String, Vec<PersonId>>,
    seen: HashMap<[u8; 8], u32>,
}

impl Checker {
    pub fn new(
        conn: &mut Conn,
        state: &Arc<CountyState>,
        (register, writes): (&Arc<Register>, &[Territory]),
        table: &Table,
        now: Instant,
    ) -> Result<Self, Error> {
        let roster = state.roster(conn)?;
        let mut names = HashMap::new();
        for of in register.fields.values().filter_map(|f| f.of.as_ref()) {
            let mut all = Names::new();
            for (unit, title, id) in records::names(conn, state.county, of.as_str(), NAMES_MAX)? {
                all.entry(bare(&title)).or_default().push((unit, id));
            }
            names.insert(of.text.clone(), all);
        }
        let mut people: HashMap<String, Vec<PersonId>> = HashMap::new();
        for (person, name) in &roster.names {
            if !roster.posts(*person, now).is_empty() {
                people.entry(bare(name)).or_default().push(*person);
            }
        }
        let mut distrusted: HashMap<u32, Vec<RowFault>> = HashMap::new();
        for fault in &table.faults {
            distrusted.entry(fault.line()).or_default().push(RowFault::of_table(fault));
        }
        Ok(Self {
            state: state.clone(),
            roster,
            register: register.clone(),
            writes: writes.to_vec(),
            header: table.header.clone(),
            now,
            distrusted,
            names,
            people,
            seen: HashMap::new(),
        })
    }

    /// Why no row of the table can be read, if so.
    pub fn header(&self) -> Result<Vec<String>, Vec<SheetFault>> {
        let sheet = Sheet::of(&self.register, &self.header)?;
        Ok(sheet.unread().map(|at| self.header[at].clone()).filter(|h| !h.is_empty()).collect())
    }

    /// Checks rows that follow those checked before.
    pub fn check(
        &mut self,
        conn: &mut Conn,
        lines: &[Line],
        report: &mut ImportReport,
    ) -> Result<(), Error> {
        let (state, roster, register) =
            (self.state.clone(), self.roster.clone(), self.register.clone());
        let Ok(sheet) = Sheet::of(&register, &self.header) else { return Ok(()) };
        let places = Places::of(&roster.org, self.now.day());
        let catalogue: &Catalogue = &state.catalogue;
        let names = std::mem::take(&mut self.names);
        let people = std::mem::take(&mut self.people);
        let record = |of: &str, title: &str, near: Option<UnitId>| named(&names, of, title, near);
        let person = |name: &str| people.get(&bare(name)).cloned().unwrap_or_default();
        let known = Known { catalogue, org: &roster.org, now: self.now, has: &|_, _| true };
        let lookups =
            Lookups { known, places: &places, day: &read_day, person: &person, record: &record };
        for line in lines {
            report.rows += 1;
            let mut faults = self.distrusted.get(&line.line).cloned().unwrap_or_default();
            match sheet.row(&line.cells, lookups) {
                Ok(row) => match self.stands_against(conn, &row, line.line)? {
                    Against::Nothing if faults.is_empty() => {
                        report.good.push(Good { line: line.line, row });
                        continue;
                    }
                    Against::Nothing => {}
                    Against::Stands if faults.is_empty() => {
                        report.already.push(line.line);
                        continue;
                    }
                    Against::Stands => {}
                    Against::Rule(at) => faults.push(RowFault::of(&self.header, at)),
                },
                Err(at) => faults.extend(at.into_iter().map(|at| RowFault::of(&self.header, at))),
            }
            report.bad.push(RowReport { line: line.line, faults });
        }
        (self.names, self.people) = (names, people);
        Ok(())
    }

    /// What stands against a row that would be a record by itself.
    fn stands_against(&mut self, conn: &mut Conn, row: &Row, line: u32) -> Result<Against, Error> {
        let whole = |refusal| Ok(Against::Rule(Where { column: None, refusal }));
        if !self.writes.iter().any(|t| t.holds(row.unit)) {
            return whole(Refusal::of(Rule::NoPostMay, "unit"));
        }
        let hashes: Vec<[u8; 8]> = row.keys.iter().map(|k| key_hash(&self.state, k)).collect();
        for hash in &hashes {
            if let Some(first) = self.seen.get(hash) {
                return whole(Refusal::new(Rule::RowTwice).with("row", first));
            }
        }
        for hash in &hashes {
            if records::key_of(conn, self.state.county, hash)?.is_some() {
                return Ok(Against::Stands);
            }
        }
        self.seen.extend(hashes.into_iter().map(|hash| (hash, line)));
        Ok(Against::Nothing)
    }
}

enum Against {
    Nothing,
    /// The register has it.
    Stands,
    Rule(Where),
}

/// The records of a title: those of the same unit before those of the same township before all others.
fn named(
    names: &HashMap<String, Names>,
    of: &str,
    title: &str,
    near: Option<UnitId>,
) -> Vec<RecordId> {
    let Some(all) = names.get(of).and_then(|n| n.get(&bare(title))) else { return Vec::new() };
    let unit = near.unwrap_or(UnitId(0));
    let township = Territory::below(UnitId(unit.0 / 1_000_000 * 1_000_000));
    let ways: [&dyn Fn(UnitId) -> bool; 3] = [&|u| u == unit, &|u| township.holds(u), &|_| true];
    for way in ways {
        let found: Vec<RecordId> = all.iter().filter(|(u, _)| way(*u)).map(|(_, id)| *id).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

fn bare(text: &str) -> String {
    domain::codes::tidy_number(text)
}

/// A day in any of the styles of offices; a time beside it says nothing here.
fn read_day(text: &str) -> Option<Day> {
    let at = read_stamp(text)?;
    Day::of(at.year(), at.month(), at.day())
}

/// Checks a whole table for whoever asks; nothing is changed.
///
/// # Errors
/// [`Error::Missing`]; [`Rule::NoPostMay`]; failures of the store.
pub fn check_rows(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    register: &str,
    table: &Table,
) -> Result<(AtRegister, ImportReport), Error> {
    let at = AtRegister::open(conn, service, credential, register)?;
    if at.writes.is_empty() {
        return Err(Refusal::new(Rule::NoPostMay).into());
    }
    let (state, now) = (&at.desk.state, at.desk.now);
    let checker = Checker::new(conn, state, (&at.register, &at.writes), table, now)?;
    let report = whole(conn, checker, table)?;
    Ok((at, report))
}

/// What a checker says of a whole table.
pub(super) fn whole(
    conn: &mut Conn,
    mut checker: Checker,
    table: &Table,
) -> Result<ImportReport, Error> {
    let mut report = ImportReport::default();
    match checker.header() {
        Ok(unread) => report.unread = unread,
        Err(faults) => {
            report.header = faults.iter().map(|f| RowFault::of_header(f, &table.header)).collect();
            return Ok(report);
        }
    }
    checker.check(conn, &table.rows, &mut report)?;
    Ok(report)
}

/// How many rows each rule stands against.
pub(super) fn by_rule(bad: &[RowReport]) -> BTreeMap<&'static str, usize> {
    let mut all = BTreeMap::new();
    for fault in bad.iter().flat_map(|row| &row.faults) {
        *all.entry(fault.rule).or_default() += 1;
    }
    all
}
