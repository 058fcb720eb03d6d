//! Taking the good rows of a table: all of them in one transaction, or none.

use std::collections::BTreeMap;
use std::sync::Arc;

use documents::table::{self as tables, Table, column_letters};
use domain::ids::RecordId;
use domain::matter::{Refusal, Rule};
use domain::register::{Author, Deed, Register, Row, SheetFault, Territory, Where};
use domain::words::Words;
use store::Conn;
use store::records::imports;
pub use store::records::imports::Import;
use store::records::tallies::{self, Sums};

use super::AtRegister;
use super::pen::RecordPen;
use super::table::{Checker, by_rule, whole};
use crate::accounts::note;
use crate::{CountyState, Credential, Error, Service};

/// What is wrong with a row, a cell or the header, never with what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The column's letters; none where the row as a whole is at fault.
    pub column: Option<String>,
    /// What stands above the column.
    pub heading: Option<String>,
    /// The rule.
    pub rule: &'static str,
    /// Where its words are: `refusal` or `table`.
    words: &'static str,
    args: Vec<(&'static str, String)>,
    /// The article behind it.
    pub law: Option<String>,
}

impl RowFault {
    pub(super) fn of(header: &[String], at: Where) -> Self {
        let Where { column, refusal } = at;
        Self {
            column: column.map(column_letters),
            heading: column.and_then(|at| header.get(at).cloned()),
            rule: refusal.rule.name(),
            words: "refusal",
            args: refusal.args,
            law: refusal.law,
        }
    }

    pub(super) fn of_table(fault: &tables::RowFault) -> Self {
        let args = fault.args();
        let column = args.iter().find(|(name, _)| *name == "column").map(|(_, c)| c.clone());
        Self { column, heading: None, rule: fault.rule(), words: "table", args, law: None }
    }

    pub(super) fn of_header(fault: &SheetFault, header: &[String]) -> Self {
        let plain = |rule, args| Self {
            column: None,
            heading: None,
            rule,
            words: "table",
            args,
            law: None,
        };
        match fault {
            SheetFault::NoColumn(name) => plain("no-column", vec![("name", name.clone())]),
            SheetFault::ColumnTwice(_, first, second) => plain(
                "column-twice",
                vec![
                    ("name", header.get(*second).cloned().unwrap_or_default()),
                    ("first", column_letters(*first)),
                    ("second", column_letters(*second)),
                ],
            ),
        }
    }

    /// What is wrong, in a language. `field` gives what people call a field.
    #[must_use]
    pub fn message(&self, words: &Words, locale: &str, field: &dyn Fn(&str) -> String) -> String {
        let named = |(name, value): &(&'static str, String)| match *name {
            "name" if self.rule == "no-column" => (*name, field(value)),
            _ => (*name, value.clone()),
        };
        let args: Vec<(&'static str, String)> = self.args.iter().map(named).collect();
        match self.words {
            "refusal" => words.say(locale, &format!("refusal.{}.message", self.rule), &args),
            _ => words.say(locale, &format!("table.{}", self.rule), &args),
        }
    }
}

/// A row that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReport {
    /// The number that a person sees beside the row.
    pub line: u32,
    /// Everything that is wrong with it.
    pub faults: Vec<RowFault>,
}

/// A row that can be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good {
    /// The number that a person sees beside the row.
    pub line: u32,
    /// The record that it would be.
    pub row: Row,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// How many rows there are.
    pub rows: usize,
    /// Those that can be taken.
    pub good: Vec<Good>,
    /// Those that the register has already.
    pub already: Vec<u32>,
    /// Those that cannot.
    pub bad: Vec<RowReport>,
    /// Why no row can be read at all.
    pub header: Vec<RowFault>,
    /// Columns that are not read.
    pub unread: Vec<String>,
}

impl ImportReport {
    /// How often each rule is broken.
    #[must_use]
    pub fn by_rule(&self) -> BTreeMap<&'static str, usize> {
        by_rule(&self.bad)
    }
}

/// Takes the good rows of a table that somebody handed in: checked again, because the county has gone on
/// meanwhile, and written in one transaction.
///
/// # Errors
/// [`Error::Missing`] for a table that is somebody else's or done with; failures of the store.
pub fn take(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    import: &Import,
    table: &Table,
) -> Result<(AtRegister, ImportReport), Error> {
    let at = AtRegister::open(conn, service, credential, &import.register)?;
    let (state, now) = (&at.desk.state, at.desk.now);
    if at.writes.is_empty() || at.desk.who.person != import.person {
        return Err(Refusal::new(Rule::NoPostMay).into());
    }
    let checker = Checker::new(conn, state, (&at.register, &at.writes), table, now)?;
    let report = whole(conn, checker, table)?;
    let post = at.desk.posts().first().map(|p| (p.role.clone(), p.unit));
    let (role, unit) = post.map_or((String::new(), None), |(r, u)| (r, Some(u)));
    let person = Some(at.desk.who.person);
    let author = Author { person, role, unit, file: Some(import.id.to_string()) };
    let county = at.desk.who.county;
    write(conn, service, state, &at.register, &author, &report.good)?;
    let refused = (report.rows - report.good.len()) as i64;
    imports::done(conn, county, import.id, now, (report.good.len() as i64, refused))?;
    let said = format!("{} {} {}/{}", import.register, import.id, report.good.len(), report.rows);
    note(conn, service, county, person, "register-imported", &said)?;
    Ok((at, report))
}

/// Writes good rows as records.
fn write(
    conn: &mut Conn,
    service: &Service,
    state: &CountyState,
    register: &Register,
    author: &Author,
    good: &[Good],
) -> Result<(), Error> {
    let now = service.now();
    let mut sums = Sums::new();
    for Good { line, row } in good {
        let file = author.file.as_ref().map(|file| format!("{file}:{line}"));
        let author = Author { file, ..author.clone() };
        let pen = RecordPen { state, register, author: &author, now };
        let id = RecordId(service.db().ids().next(conn, state.county)?);
        let (unit, fields) = (row.unit, row.fields.clone());
        let deed = Deed::Entered { register: register.id.text.clone(), unit, fields };
        pen.write(conn, id, None, deed, &mut sums)?;
    }
    tallies::add(conn, state.county, &sums)?;
    Ok(())
}

/// Checks the rows of a table in the name of the machine's operator, and takes the good ones unless it is a
/// dry run: all in one transaction.
///
/// # Errors
/// [`Error::Missing`] for no such register; failures of the store.
pub fn take_rows(
    conn: &mut Conn,
    service: &Service,
    state: &Arc<CountyState>,
    register: &str,
    (name, table): (&str, &Table),
    dry_run: bool,
) -> Result<ImportReport, Error> {
    let register = state.catalogue.registers.get(register).ok_or(Error::Missing)?;
    let roster = state.roster(conn)?;
    let root = roster.org.root().ok_or(Error::Missing)?;
    let whole_county = [Territory::below(root)];
    let checker = Checker::new(conn, state, (register, &whole_county), table, service.now())?;
    let report = whole(conn, checker, table)?;
    if dry_run || report.good.is_empty() {
        return Ok(report);
    }
    let file = Some(name.chars().take(60).collect());
    let author = Author { person: None, role: String::new(), unit: None, file };
    write(conn, service, state, register, &author, &report.good)?;
    let said = format!("{} {}/{}", register.id.text, report.good.len(), report.rows);
    note(conn, service, state.county, None, "register-imported", &said)?;
    Ok(report)
}
