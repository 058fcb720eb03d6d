//! Tables as offices really send them, and as somebody might who means harm.

mod csv;
mod fuzz;
mod limits;
mod made;
mod names;
mod ods;
mod write;
mod xls;
mod xlsx;

use documents::table::{ReadFault, ReadOptions, Table, read};

/// The header and the rows of a table, cells joined by a bar.
fn shown(table: &Table) -> Vec<String> {
    let rows = table.rows.iter().map(|r| format!("{} {}", r.line, r.cells.join("|")));
    [format!("{} {}", table.header_line, table.header.join("|"))].into_iter().chain(rows).collect()
}

fn rows_of(name: &str, bytes: &[u8]) -> Vec<String> {
    shown(&read(name, bytes).expect("a table"))
}

fn fault_of(name: &str, bytes: &[u8]) -> ReadFault {
    read(name, bytes).expect_err("a fault")
}

fn sheet(name: &str) -> ReadOptions {
    ReadOptions { sheet: Some(name.to_owned()), ..ReadOptions::default() }
}
