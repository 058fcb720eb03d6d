//! Finding the header of a table.
//!
//! Above the names of the columns an office writes what the table is, who filled it in and until
//! when, mostly in one merged cell across the sheet. Such a row says one thing; a header says
//! several.

use super::super::{MAX_CELLS, MAX_ROWS, ReadFault, Row, RowFault, Table};
use super::ReadOptions;

/// The most rows above a header that are taken for titles.
const MOST_TITLES: usize = 4;

/// Where the header is among the first rows of a table; none where that needs more rows. `all`
/// says that there are no more.
pub(super) fn find(
    rows: &[Row],
    wanted: Option<u32>,
    all: bool,
) -> Result<Option<usize>, ReadFault> {
    if let Some(line) = wanted {
        let at = rows.iter().position(|r| r.line >= line);
        return match at {
            Some(at) if rows[at].line == line => Ok(Some(at)),
            None if !all => Ok(None),
            _ => Err(ReadFault::NoHeader { line }),
        };
    }
    let shown = &rows[..rows.len().min(MOST_TITLES + 1)];
    match shown.iter().position(says_several) {
        Some(at) => Ok(Some(at)),
        // No row says several things: it is a list of one column, and it begins at the top.
        None if all || shown.len() > MOST_TITLES => {
            if rows.is_empty() {
                Err(ReadFault::Empty)
            } else {
                Ok(Some(0))
            }
        }
        None => Ok(None),
    }
}

fn says_several(row: &Row) -> bool {
    let mut said = row.cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty());
    let first = said.next();
    said.any(|c| Some(c) != first)
}

/// Makes the table of a sheet out of its rows.
pub(super) fn table(
    mut rows: Vec<Row>,
    faults: Vec<RowFault>,
    options: &ReadOptions,
) -> Result<Table, ReadFault> {
    let at = find(&rows, options.header_line, true)?.ok_or(ReadFault::Empty)?;
    let head = rows.drain(..=at).next_back().ok_or(ReadFault::Empty)?;
    if rows.len() > MAX_ROWS {
        return Err(ReadFault::TooManyRows);
    }
    // A cell beside the table has its own place, so it cannot move another: its column is kept,
    // without a name.
    let columns = rows.iter().chain([&head]).map(|r| r.cells.len()).max().unwrap_or(0);
    if columns * (rows.len() + 1) > MAX_CELLS {
        return Err(ReadFault::TooManyCells);
    }
    for row in &mut rows {
        row.cells.reserve_exact(columns - row.cells.len());
        row.cells.resize(columns, String::new());
    }
    let mut header: Vec<String> = head.cells.iter().map(|c| c.trim().to_owned()).collect();
    header.resize(columns, String::new());
    let faults = faults.into_iter().filter(|f| f.line() >= head.line).collect();
    Ok(Table { header, header_line: head.line, rows, faults })
}
