//! What can be wrong with a table. The words are elsewhere: here are rules and what fills them in.

use std::io;

use super::{MAX_BYTES, MAX_CELL_CHARS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT};

/// What the words of a rule are filled with.
type Args = Vec<(&'static str, String)>;

/// Why a file is not read. Columns count from 0, lines from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadFault {
    /// The file has more bytes than are read whole.
    #[error("the file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Nothing stands in the file, or in any sheet that is shown.
    #[error("the file holds no table")]
    Empty,
    /// The name says no kind of table that is read.
    #[error("files of this kind are not read")]
    UnknownKind {
        /// The ending of the name, where it is a short and plain one.
        ending: String,
    },
    /// The bytes are of another kind than the name says.
    #[error("the name says {said}, the bytes say {found}")]
    WrongName {
        /// The kind by the name.
        said: &'static str,
        /// The kind by the bytes.
        found: &'static str,
    },
    /// The file breaks off or breaks the rules of its kind.
    #[error("the {kind} file is damaged")]
    Damaged {
        /// The kind of file.
        kind: &'static str,
    },
    /// The file asks for a password.
    #[error("the file is protected by a password")]
    Protected,
    /// The file has no sheet of the wanted name.
    #[error("no such sheet")]
    NoSheet,
    /// The wanted header row holds nothing.
    #[error("no header in line {line}")]
    NoHeader {
        /// The wanted row.
        line: u32,
    },
    /// The file is small only as long as it is packed.
    #[error("the file unpacks to more than its size allows")]
    Swells,
    /// The table has too many rows.
    #[error("more than {MAX_ROWS} rows")]
    TooManyRows,
    /// A row reaches beyond the last column that is read.
    #[error("more than {MAX_COLUMNS} columns in line {line}")]
    TooManyColumns {
        /// The row.
        line: u32,
    },
    /// The table has too many cells to be held in memory.
    #[error("more than {MAX_CELLS} cells")]
    TooManyCells,
    /// The table has too much text to be held in memory.
    #[error("more than {MAX_TEXT} bytes of text")]
    TooMuchText,
    /// A cell is longer than any cell of Excel.
    #[error("more than {MAX_CELL_CHARS} characters in line {line}, column {column}")]
    CellTooLong {
        /// The row.
        line: u32,
        /// The column.
        column: usize,
    },
    /// A row is longer than any row; most often a quotation mark is never closed.
    #[error("the row that begins in line {line} is too long")]
    RowTooLong {
        /// The row.
        line: u32,
    },
    /// A quotation mark opens a cell and is never closed.
    #[error("the quotation mark in the row of line {line} is never closed")]
    OpenQuote {
        /// The row.
        line: u32,
    },
    /// Bytes that are neither UTF-8 nor GB18030.
    #[error("unknown characters in line {line}")]
    BadCharacters {
        /// The line of the text.
        line: u32,
    },
    /// A byte that no text has.
    #[error("line {line} is not text")]
    NotText {
        /// The line of the text.
        line: u32,
    },
    /// The table has no column of the wanted name.
    #[error("no column {name:?}")]
    NoColumn {
        /// The wanted name.
        name: String,
    },
    /// The table has the wanted column twice.
    #[error("two columns {name:?}")]
    ColumnTwice {
        /// The wanted name.
        name: String,
        /// The first of them.
        first: usize,
        /// The second of them.
        second: usize,
    },
    /// The file cannot be read where it lies.
    #[error("reading failed: {0}")]
    Io(io::ErrorKind),
    /// One row is at fault; the rows after it can still be read.
    #[error(transparent)]
    Row(#[from] RowFault),
}

impl ReadFault {
    /// The rule: the key of its words.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Empty => "empty",
            Self::UnknownKind { .. } => "unknown-kind",
            Self::WrongName { .. } => "wrong-name",
            Self::Damaged { .. } => "damaged",
            Self::Protected => "protected",
            Self::NoSheet => "no-sheet",
            Self::NoHeader { .. } => "no-header",
            Self::Swells => "swells",
            Self::TooManyRows => "too-many-rows",
            Self::TooManyColumns { .. } => "too-many-columns",
            Self::TooManyCells => "too-many-cells",
            Self::TooMuchText => "too-much-text",
            Self::CellTooLong { .. } => "cell-too-long",
            Self::RowTooLong { .. } => "row-too-long",
            Self::OpenQuote { .. } => "open-quote",
            Self::BadCharacters { .. } => "bad-characters",
            Self::NotText { .. } => "not-text",
            Self::NoColumn { .. } => "no-column",
            Self::ColumnTwice { .. } => "column-twice",
            Self::Io(_) => "not-readable",
            Self::Row(fault) => fault.rule(),
        }
    }

    /// What the words are filled with: limits, places and names of kinds, never what stands in a
    /// cell.
    #[must_use]
    pub fn args(&self) -> Args {
        match self {
            Self::TooLarge => vec![("max-mib", (MAX_BYTES >> 20).to_string())],
            Self::UnknownKind { ending } => vec![("ending", ending.clone())],
            Self::WrongName { said, found } => {
                vec![("said", (*said).to_owned()), ("found", (*found).to_owned())]
            }
            Self::Damaged { kind } => vec![("kind", (*kind).to_owned())],
            Self::TooManyRows => vec![("max", MAX_ROWS.to_string())],
            Self::TooManyColumns { line } => {
                vec![("line", line.to_string()), ("max", MAX_COLUMNS.to_string())]
            }
            Self::TooManyCells => vec![("max", MAX_CELLS.to_string())],
            Self::TooMuchText => vec![("max-mib", (MAX_TEXT >> 20).to_string())],
            Self::CellTooLong { line, column } => {
                let mut args = place(*line, *column);
                args.push(("max", MAX_CELL_CHARS.to_string()));
                args
            }
            Self::NoHeader { line }
            | Self::RowTooLong { line }
            | Self::OpenQuote { line }
            | Self::BadCharacters { line }
            | Self::NotText { line } => vec![("line", line.to_string())],
            Self::NoColumn { name } => vec![("name", name.clone())],
            Self::ColumnTwice { name, first, second } => vec![
                ("name", name.clone()),
                ("first", column_letters(*first)),
                ("second", column_letters(*second)),
            ],
            Self::Row(fault) => fault.args(),
            Self::Empty | Self::Protected | Self::NoSheet | Self::Swells | Self::Io(_) => vec![],
        }
    }
}

/// What is wrong with one row or one cell of a table that is read all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// A formula has no value. The cell holds the sign of the error, such as `#REF!`.
    #[error("{sign} in line {line}")]
    ErrorCell {
        /// The row.
        line: u32,
        /// The column; none where the workbook does not tell.
        column: Option<usize>,
        /// The sign of the error.
        sign: &'static str,
    },
    /// A number of more than 15 digits: Excel has already put zeros in place of the rest. Numbers
    /// of identity cards and accounts are lost in this way unless they are kept as text.
    #[error("digits are lost in line {line}, column {column}")]
    DigitsLost {
        /// The row.
        line: u32,
        /// The column.
        column: usize,
    },
    /// A row of a CSV file has more cells than the header, so its cells may have moved.
    #[error("line {line} has more cells than the header")]
    TooWide {
        /// The row.
        line: u32,
        /// How many columns the header has.
        columns: usize,
    },
}

impl RowFault {
    /// The rule: the key of its words.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::ErrorCell { .. } => "error-cell",
            Self::DigitsLost { .. } => "digits-lost",
            Self::TooWide { .. } => "too-wide",
        }
    }

    /// The row.
    #[must_use]
    pub fn line(&self) -> u32 {
        match self {
            Self::ErrorCell { line, .. }
            | Self::DigitsLost { line, .. }
            | Self::TooWide { line, .. } => *line,
        }
    }

    /// What the words are filled with.
    #[must_use]
    pub fn args(&self) -> Args {
        match self {
            Self::ErrorCell { line, column, sign } => vec![
                ("line", line.to_string()),
                ("column", column.map(column_letters).unwrap_or_default()),
                ("sign", (*sign).to_owned()),
            ],
            Self::DigitsLost { line, column } => place(*line, *column),
            Self::TooWide { line, columns } => {
                vec![("line", line.to_string()), ("columns", columns.to_string())]
            }
        }
    }
}

/// Why a table is not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault {
    /// A row has more or fewer cells than the header.
    #[error("row {line} has {found} cells and the header {columns}")]
    Width {
        /// The row of the file, the header being 1.
        line: u64,
        /// How many columns the header has.
        columns: usize,
        /// How many cells the row has.
        found: usize,
    },
    /// A cell is longer than Excel keeps.
    #[error("more than {MAX_CELL_CHARS} characters in row {line}, column {column}")]
    CellTooLong {
        /// The row of the file, the header being 1.
        line: u64,
        /// The column.
        column: usize,
    },
    /// The sheet is full: Excel keeps 1,048,576 rows and 16,384 columns.
    #[error("the sheet is full")]
    SheetFull,
    /// The file cannot be written, most often for want of space.
    #[error("writing failed: {0}")]
    Io(#[from] io::Error),
}

impl WriteFault {
    /// The rule: the key of its words.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Width { .. } => "row-width",
            Self::CellTooLong { .. } => "cell-too-long",
            Self::SheetFull => "sheet-full",
            Self::Io(_) => "not-writable",
        }
    }

    /// What the words are filled with.
    #[must_use]
    pub fn args(&self) -> Args {
        match self {
            Self::Width { line, columns, found } => vec![
                ("line", line.to_string()),
                ("columns", columns.to_string()),
                ("found", found.to_string()),
            ],
            Self::CellTooLong { line, column } => vec![
                ("line", line.to_string()),
                ("column", column_letters(*column)),
                ("max", MAX_CELL_CHARS.to_string()),
            ],
            Self::SheetFull | Self::Io(_) => vec![],
        }
    }
}

fn place(line: u32, column: usize) -> Args {
    vec![("line", line.to_string()), ("column", column_letters(column))]
}

/// The letters that spreadsheets show above a column: 0 is `A`, 26 is `AA`.
#[must_use]
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::column_letters;

    #[test]
    fn columns_are_named_as_spreadsheets_name_them() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (51, "AZ"),
            (52, "BA"),
            (499, "SF"),
            (701, "ZZ"),
            (702, "AAA"),
        ] {
            assert_eq!(column_letters(column), letters);
        }
    }
}
