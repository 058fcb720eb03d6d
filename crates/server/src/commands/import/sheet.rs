//! Reading a file as rows of cells by column.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use app::import::SheetRow;
use documents::table::{self, Table};

/// Reads a whole table.
pub fn read(file: &Path) -> anyhow::Result<Table> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match table::read(&name, &bytes) {
        Ok(table) => Ok(table),
        Err(fault) => bail!("{}: {fault}", file.display()),
    }
}

/// The rows of a table by column, and the lines whose cells cannot be trusted.
pub fn rows(table: Table) -> (Vec<String>, Vec<SheetRow>, Vec<u32>) {
    let distrusted: Vec<u32> = table.faults.iter().map(documents::table::RowFault::line).collect();
    let header = table.header;
    let rows = table.rows.into_iter().map(|row| SheetRow {
        line: row.line,
        cells: header.iter().cloned().zip(row.cells).collect(),
    });
    (header.clone(), rows.collect(), distrusted)
}
