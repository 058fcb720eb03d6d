//! A table as records: which column is which field, and each row as a draft or as named faults.

use std::collections::{BTreeMap, HashMap};

use super::cell::{self, Lookups, bare};
use super::check::UNIT;
use super::definition::Register;
use super::draft::{complete, keys, value};
use super::places::NoPlace;
use crate::ids::UnitId;
use crate::matter::{Refusal, Refused, Rule, Value};

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The owner, or a part of its name.
    Owner,
    /// A field.
    Field(String),
    /// Nothing that the register knows.
    Unknown,
}

/// Why a table as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetFault {
    /// No column has what every record needs: the field's id, or `unit`.
    NoColumn(String),
    /// Two columns have the same.
    ColumnTwice(String, usize, usize),
}

/// The columns of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet<'r> {
    register: &'r Register,
    /// What each column is.
    pub columns: Vec<Column>,
}

/// Where something is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Where {
    /// The column, from 0; none where the row as a whole is at fault or a column is missing.
    pub column: Option<usize>,
    /// What is wrong.
    pub refusal: Refusal,
}

/// Everything that is wrong with a row.
pub type RowFaults = Vec<Where>;

/// A row that can be a record. Personal values are plain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Whose it is.
    pub unit: UnitId,
    /// What it says.
    pub fields: BTreeMap<String, Value>,
    /// What no other record says: see [`keys`].
    pub keys: Vec<String>,
}

impl<'r> Sheet<'r> {
    /// Finds out what the columns of a header are.
    ///
    /// # Errors
    /// Each fault for which no row could be read.
    pub fn of(register: &'r Register, header: &[String]) -> Result<Self, Vec<SheetFault>> {
        let mut names: HashMap<String, Column> = HashMap::new();
        for declared in register.fields.values() {
            let field = &declared.field;
            let labels = field.label.0.values().chain(&declared.aliases).chain([&field.id.text]);
            for name in labels {
                names.entry(heading(name)).or_insert_with(|| Column::Field(field.id.text.clone()));
            }
        }
        let owner = &register.owner;
        let unit = UNIT.to_owned();
        for name in owner.label.0.values().chain(&owner.aliases).chain([&unit]) {
            names.insert(heading(name), Column::Owner);
        }
        let known = |h: &String| names.get(&heading(h)).cloned().unwrap_or(Column::Unknown);
        let columns: Vec<Column> = header.iter().map(known).collect();
        let faults = faults(register, &columns);
        if faults.is_empty() { Ok(Self { register, columns }) } else { Err(faults) }
    }

    /// The columns that are not read.
    pub fn unread(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(|(_, c)| **c == Column::Unknown).map(|(at, _)| at)
    }

    /// Reads a row.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its column.
    pub fn row(&self, cells: &[String], lookups: Lookups<'_>) -> Result<Row, RowFaults> {
        let mut faults = RowFaults::new();
        let unit = self.unit(cells, lookups, &mut faults);
        let mut fields = BTreeMap::new();
        for (at, column) in self.columns.iter().enumerate() {
            let Column::Field(id) = column else { continue };
            let text = cells.get(at).map_or("", |c| c.trim());
            let Some(declared) = self.register.field(id).filter(|_| !text.is_empty()) else {
                continue;
            };
            let place = format!("fields.{id}");
            let read = cell::read(declared, text, &place, unit, lookups)
                .and_then(|json| value(self.register, id, &json, &place, lookups.known));
            match read {
                Ok(value) => {
                    fields.insert(id.clone(), value);
                }
                Err(refusal) => faults.push(Where { column: Some(at), refusal }),
            }
        }
        // What is wrong with the whole is told beside what is wrong with its parts, but nobody is told
        // that a field is missing where its cell is there and wrong.
        let whole = complete(self.register, fields, lookups.known.now.day());
        let fields = match whole {
            Ok(fields) => fields,
            Err(Refused(refusals)) => {
                for refusal in refusals {
                    let column = self.column_of(&refusal);
                    if !faults.iter().any(|f| f.column == column && column.is_some()) {
                        faults.push(Where { column, refusal });
                    }
                }
                BTreeMap::new()
            }
        };
        match unit {
            Some(unit) if faults.is_empty() => {
                let keys = keys(self.register, unit, &fields);
                Ok(Row { unit, fields, keys })
            }
            _ => Err(faults),
        }
    }

    fn column_of(&self, refusal: &Refusal) -> Option<usize> {
        let id = refusal.field.as_deref()?.strip_prefix("fields.")?;
        self.columns.iter().position(|c| matches!(c, Column::Field(f) if f == id))
    }

    fn unit(
        &self,
        cells: &[String],
        lookups: Lookups<'_>,
        faults: &mut RowFaults,
    ) -> Option<UnitId> {
        let owners = || self.columns.iter().zip(cells).filter(|(c, _)| **c == Column::Owner);
        let column = self.columns.iter().position(|c| *c == Column::Owner);
        let fits =
            |id: UnitId| lookups.known.org.unit(id).is_some_and(|u| self.register.can_belong_to(u));
        let mut fault = |rule: Rule| {
            faults.push(Where { column, refusal: Refusal::of(rule, UNIT) });
            None
        };
        if owners().all(|(_, cell)| cell.trim().is_empty()) {
            return fault(Rule::Required);
        }
        match lookups.places.find(owners().map(|(_, cell)| cell.as_str()), fits) {
            Ok(unit) if fits(unit) => Some(unit),
            Ok(_) => fault(Rule::NotOwner),
            Err(NoPlace::Several) => fault(Rule::SeveralOfName),
            Err(NoPlace::Unknown) => fault(Rule::UnknownOwner),
        }
    }
}

fn faults(register: &Register, columns: &[Column]) -> Vec<SheetFault> {
    let mut faults = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (at, column) in columns.iter().enumerate() {
        let Column::Field(id) = column else { continue };
        if let Some(first) = seen.insert(id, at) {
            faults.push(SheetFault::ColumnTwice(id.clone(), first, at));
        }
    }
    if !columns.contains(&Column::Owner) {
        faults.push(SheetFault::NoColumn(UNIT.to_owned()));
    }
    for declared in register.fields.values().filter(|f| f.required) {
        if !seen.contains_key(declared.field.id.as_str()) {
            faults.push(SheetFault::NoColumn(declared.field.id.text.clone()));
        }
    }
    faults
}

/// A heading without what people put around it: spaces, breaks, asterisks, remarks in brackets.
fn heading(text: &str) -> String {
    let text = bare(text);
    let text = text.split(['(', '[']).next().filter(|t| !t.is_empty()).unwrap_or(&text);
    text.chars().filter(|c| *c != '*' && *c != ':').collect()
}
