//! Which columns mean what: a small TOML file that a county writes once for each system it takes
//! work orders from.

use std::collections::BTreeMap;

use domain::catalogue::Catalogue;
use domain::kind::Kind;
use domain::time::Instant;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// A mapping that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the mapping: {0}")]
pub struct BadMapping(pub String);

/// How rows become matters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The kind of every row.
    pub kind: String,
    /// Who registers: a role at a unit.
    pub by: Post,
    /// Where it happened, where no column says: a division's code.
    #[serde(default)]
    pub place: Option<String>,
    /// From where it came in, where no column says.
    #[serde(default)]
    pub source: Option<String>,
    /// Columns of the registration.
    pub columns: Columns,
    /// Fields of the kind and the columns they come from.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Fields of the kind and the value they always have.
    #[serde(default)]
    pub constants: BTreeMap<String, Json>,
    /// The party of each row: its role and the columns of its details.
    #[serde(default)]
    pub party: BTreeMap<String, BTreeMap<String, String>>,
    /// A choice field that is suggested from the text where its column is empty.
    #[serde(default)]
    pub suggest: Option<String>,
    /// Values of a column and what they mean, by column.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// The steps that were taken, in order.
    #[serde(default)]
    pub step: Vec<Step>,
}

/// A role at a unit.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// The role.
    pub role: String,
    /// The unit's fifteen digits, or a division's code.
    pub unit: String,
}

/// Columns of the registration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// What tells one row from another: a row imported before is not imported again.
    pub key: String,
    /// When it was brought.
    pub at: String,
    /// What it is about, in one line.
    pub title: String,
    /// Where it happened.
    #[serde(default)]
    pub place: Option<String>,
    /// From where it came in.
    #[serde(default)]
    pub source: Option<String>,
}

/// A step that was taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The action.
    pub action: String,
    /// The column with its time.
    pub at: String,
    /// Who took it.
    pub by: Post,
    /// The step is left out where this column is empty.
    #[serde(default)]
    pub when: Option<String>,
    /// What it says, from columns.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// What it always says.
    #[serde(default)]
    pub data: BTreeMap<String, Json>,
}

impl Mapping {
    /// Checks the mapping against the catalogue and the file's columns.
    ///
    /// # Errors
    /// The first thing that is wrong, naming the key.
    pub fn check(&self, catalogue: &Catalogue, header: &[String]) -> Result<(), BadMapping> {
        let mapping = self;
        let kind = catalogue.kinds.get(&mapping.kind);
        let kind =
            kind.ok_or_else(|| BadMapping(format!("there is no kind \"{}\"", mapping.kind)))?;
        for column in mapping.all_columns() {
            if !header.contains(column) {
                let have = header.join(", ");
                return Err(BadMapping(format!(
                    "the file has no column \"{column}\"; it has: {have}"
                )));
            }
        }
        for field in mapping.fields.keys().chain(mapping.constants.keys()).chain(&mapping.suggest) {
            if !kind.fields.contains_key(field) {
                return Err(BadMapping(format!("the kind has no field \"{field}\"")));
            }
        }
        for step in &mapping.step {
            if !kind.actions.contains_key(&step.action) {
                return Err(BadMapping(format!("the kind has no action \"{}\"", step.action)));
            }
        }
        Ok(())
    }

    fn all_columns(&self) -> impl Iterator<Item = &String> {
        let c = &self.columns;
        let own = [&c.key, &c.at, &c.title].into_iter().chain(&c.place).chain(&c.source);
        let steps = self.step.iter().flat_map(|s| s.columns.values().chain(&s.when).chain([&s.at]));
        own.chain(self.fields.values())
            .chain(self.party.values().flat_map(BTreeMap::values))
            .chain(steps)
    }

    /// A cell's value for a field: translated by the mapping, or for a choice found by the item's
    /// id, label or alias.
    #[must_use]
    pub fn value(
        &self,
        column: &str,
        cell: &str,
        field: &str,
        kind: &Kind,
        catalogue: &Catalogue,
    ) -> Json {
        if let Some(meant) = self.values.get(column).and_then(|v| v.get(cell)) {
            return meant.clone().into();
        }
        let list = kind
            .field(field)
            .and_then(|f| f.list.as_ref())
            .and_then(|l| catalogue.lists.get(l.as_str()));
        let item = list.and_then(|l| {
            let named = |i: &&domain::catalogue::Item| {
                i.id.text == cell
                    || i.label.0.values().any(|t| t == cell)
                    || i.aliases.iter().any(|a| a == cell)
            };
            l.items.values().find(named)
        });
        item.map_or_else(|| cell.into(), |i| i.id.text.clone().into())
    }

    /// The data of a step for a row.
    #[must_use]
    pub fn step_data(
        &self,
        step: &Step,
        row: &super::SheetRow,
        kind: &Kind,
        catalogue: &Catalogue,
    ) -> Map<String, Json> {
        let mut data: Map<String, Json> = step.data.clone().into_iter().collect();
        for (name, column) in &step.columns {
            if let Some(cell) = row.cell(column) {
                data.insert(name.clone(), self.value(column, cell, name, kind, catalogue));
            }
        }
        data
    }
}

/// Reads a time as offices write it; told by the caller, which knows the styles.
pub type ReadTime = fn(&str) -> Option<Instant>;
