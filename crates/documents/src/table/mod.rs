//! Tables in and out: what an office keeps in Excel or WPS, and what it wants to open there.
//!
//! [`read`] takes a whole file, [`stream_csv`] a large CSV file row by row; [`write_csv`] and
//! [`write_xlsx`] write row by row. A table here is text: what a column means (a date, an amount,
//! a code) is decided by whoever reads it, with `crate::time` and the domain's own readers.
//!
//! No fault carries what stands in a cell, because a fault ends up in logs and a cell may hold
//! anybody's name.

mod fault;
mod read;
mod write;

use domain::codes::narrow;

pub use fault::{ReadFault, RowFault, WriteFault, column_letters};
pub use read::csv::{CsvRows, stream_csv};
pub use read::{ReadOptions, read, read_with};
pub use write::Column;
pub use write::csv::{CsvWriter, write_csv};
pub use write::xlsx::{XlsxWriter, write_xlsx};

/// The largest file that is read whole: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;
/// The most rows of a table, without its header.
pub const MAX_ROWS: usize = 1_000_000;
/// The most columns of a table.
pub const MAX_COLUMNS: usize = 500;
/// The most characters of a cell, which is also the most that Excel keeps.
pub const MAX_CELL_CHARS: usize = 32_767;
/// The most cells of a table held in memory, because rows and columns at their limits together
/// would be 500 million.
pub const MAX_CELLS: usize = 20_000_000;
/// The most text of a table held in memory: 512 MiB. A workbook keeps a repeated text once, so a
/// small file can hold more than any machine.
pub const MAX_TEXT: usize = 512 << 20;

/// A table as a file holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The names of the columns, trimmed; a column without a name has an empty one.
    pub header: Vec<String>,
    /// The row or line of the header. Titles above it are passed over.
    pub header_line: u32,
    /// The rows that hold anything, each as wide as the header.
    pub rows: Vec<Row>,
    /// What single rows and cells say that cannot be trusted, at most [`Table::MOST_FAULTS`].
    /// Whoever imports the table must show them, and must not import those rows.
    pub faults: Vec<RowFault>,
}

impl Table {
    /// The most faults of rows and cells that are kept: nobody reads more.
    pub const MOST_FAULTS: usize = 100;
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The number that a person sees beside the row when the file is open in Excel or WPS.
    pub line: u32,
    /// The cells as text, as many as the header has.
    pub cells: Vec<String>,
}

/// The place of the one column with some name. Spaces, line breaks, full-width letters and the
/// asterisk of a required column make no difference.
///
/// # Errors
/// [`ReadFault::NoColumn`], or [`ReadFault::ColumnTwice`] where a choice would be a guess.
pub fn column(header: &[String], name: &str) -> Result<usize, ReadFault> {
    let wanted = bare_name(name);
    let mut found =
        header.iter().enumerate().filter(|(_, h)| bare_name(h) == wanted).map(|(i, _)| i);
    match (found.next(), found.next()) {
        (None, _) => Err(ReadFault::NoColumn { name: name.to_owned() }),
        (Some(at), None) => Ok(at),
        (Some(first), Some(second)) => {
            Err(ReadFault::ColumnTwice { name: name.to_owned(), first, second })
        }
    }
}

fn bare_name(name: &str) -> String {
    name.chars().map(narrow).filter(|c| !c.is_whitespace() && *c != '*').collect()
}
