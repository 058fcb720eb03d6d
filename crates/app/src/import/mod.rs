//! Bringing in what other systems hold: people, and work orders with the steps that were taken.
//! Every row is tried through the engine itself; a dry run does all of it and keeps nothing.

mod mapping;
mod matters;
mod people;

pub use mapping::{BadMapping, Mapping, ReadTime};
pub use matters::{Fault, Imported, Importer, RowAnswer, Suggest};
pub use people::{PersonRow, import_people};

use std::collections::BTreeMap;

/// A row of a file: its number as a person sees it, and its cells by column.
#[derive(Debug, Clone)]
pub struct SheetRow {
    /// The line or row number in the file.
    pub line: u32,
    /// The cells by the name of their column.
    pub cells: BTreeMap<String, String>,
}

impl SheetRow {
    /// A cell that is not empty.
    #[must_use]
    pub fn cell(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(|c| c.trim()).filter(|c| !c.is_empty())
    }
}
