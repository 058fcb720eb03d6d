//! Reading tables. `kind` finds out what a file is, `csv`, `xlsx`, `xls` and `ods` read it, `grid`
//! gathers the cells of a sheet, `head` finds the header and makes the table.

mod biff;
mod cfb;
mod charset;
pub(super) mod csv;
mod grid;
mod head;
mod kind;
mod ods;
mod tokens;
mod value;
mod xls;
mod xlsx;
mod zip;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{MAX_BYTES, ReadFault, Table};
use kind::Kind;

/// Which table of a file is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// The sheet; without a name the first one that is shown and holds anything. CSV has none.
    pub sheet: Option<String>,
    /// The row of the header; without it the first row that is not a title.
    pub header_line: Option<u32>,
}

/// Reads the table of a file: CSV (UTF-8 or GB18030; comma, semicolon or tab), XLSX, XLS or ODS,
/// by its name and its bytes. Of a workbook it is the first sheet that is shown and holds
/// anything. Rows without content are left out, a merged cell's value fills its area, a formula
/// is its last value, dates and times are ISO 8601, truth values are `TRUE` and `FALSE`.
///
/// # Errors
/// What keeps the file from being read as a whole; faults of single rows are in the table.
pub fn read(name: &str, bytes: &[u8]) -> Result<Table, ReadFault> {
    read_with(name, bytes, &ReadOptions::default())
}

/// [`read`], with a wanted sheet or header row.
///
/// # Errors
/// As [`read`], and where the wanted sheet or header is not there.
pub fn read_with(name: &str, bytes: &[u8], options: &ReadOptions) -> Result<Table, ReadFault> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadFault::TooLarge);
    }
    let said = Kind::said_by(name)?;
    // The readers of packed and binary formats index into what a file declares about itself, and
    // some of those declarations are lies that end in a panic there. One bad file must not take
    // down the request of somebody else, so a panic here is a damaged file. What a panic cannot
    // stop (endless loops, memory) is checked before such a reader sees the file.
    let reading = AssertUnwindSafe(|| match kind::agree(said, bytes)? {
        Kind::Csv => csv::read(bytes, options),
        Kind::Xlsx => xlsx::read(bytes, options),
        Kind::Xls => xls::read(bytes, options),
        Kind::Ods => ods::read(bytes, options),
    });
    catch_unwind(reading).unwrap_or(Err(ReadFault::Damaged { kind: said.name() }))
}
