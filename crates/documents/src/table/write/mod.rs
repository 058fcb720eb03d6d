//! Writing tables, row by row in constant memory.

pub(super) mod csv;
pub(super) mod xlsx;

use super::WriteFault;

/// A column of a table that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands in the header.
    pub name: String,
    /// Whether its cells are amounts to add up. A code or a number of something is not one, even
    /// if it has only digits.
    pub numeric: bool,
}

impl Column {
    /// A column whose cells are text, whatever they look like.
    #[must_use]
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), numeric: false }
    }

    /// A column whose cells are amounts.
    #[must_use]
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), numeric: true }
    }
}

/// A cell of a numeric column as a number; none where Excel would show another number than the
/// text says: more than 15 digits, leading zeros, or no number at all.
fn amount(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').map_or((digits, None), |(w, p)| (w, Some(p)));
    let plain = |run: &str| !run.is_empty() && run.bytes().all(|b| b.is_ascii_digit());
    let zeros = whole.len() > 1 && whole.starts_with('0');
    let length = whole.len() + part.map_or(0, str::len);
    if !plain(whole) || !part.is_none_or(plain) || zeros || length > 15 {
        return None;
    }
    text.parse().ok()
}

/// The cells of a row, which are as many as the columns.
fn cells<R>(row: R, columns: usize, line: u64) -> Result<Vec<R::Item>, WriteFault>
where
    R: IntoIterator,
{
    let cells: Vec<R::Item> = row.into_iter().collect();
    if cells.len() == columns {
        return Ok(cells);
    }
    Err(WriteFault::Width { line, columns, found: cells.len() })
}
