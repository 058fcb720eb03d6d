//! Writing XLSX in constant memory: each finished row goes to a temporary file that has no name.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rust_xlsxwriter::{ColNum, Format, IgnoreError, RowNum, Workbook, Worksheet, XlsxError};

use super::super::{MAX_CELL_CHARS, WriteFault};
use super::{Column, amount, cells};

/// Rows that decide how wide the columns are; a list seldom changes after these.
const MEASURED: u64 = 2_000;
/// The narrowest and the widest column, in narrow characters.
const WIDTHS: (usize, usize) = (8, 60);
/// The last row of a sheet, the header being the first.
const LAST_ROW: u64 = 1_048_575;

/// Writes a table as an XLSX workbook with one sheet and gives the number of its rows. The header
/// is bold and stays in sight, columns are as wide as what stands in them, and every cell is text
/// but for the amounts of numeric columns.
///
/// # Errors
/// A row that is not as wide as the header, a cell or table beyond what Excel keeps, or a file
/// that cannot be written.
pub fn write_xlsx<W, I>(
    writer: W,
    sheet: &str,
    header: &[Column],
    rows: I,
) -> Result<u64, WriteFault>
where
    W: Write + Send,
    I: IntoIterator<Item: IntoIterator<Item: AsRef<str>>>,
{
    let mut xlsx = XlsxWriter::new(writer, sheet, header)?;
    for row in rows {
        xlsx.row(row)?;
    }
    xlsx.finish()
}

/// A workbook that gets its rows one at a time. Nothing reaches the writer before
/// [`XlsxWriter::finish`].
pub struct XlsxWriter<W: Write + Send> {
    writer: W,
    book: Workbook,
    columns: Vec<Measured>,
    rows: u64,
    /// Whether the temporary file lacks something that it should have.
    broken: bool,
}

struct Measured {
    numeric: bool,
    width: usize,
}

impl<W: Write + Send> XlsxWriter<W> {
    /// Begins the workbook with the header of its sheet.
    ///
    /// # Errors
    /// Too many or too long columns, or no room for the temporary file.
    pub fn new(writer: W, sheet: &str, header: &[Column]) -> Result<Self, WriteFault> {
        let mut book = Workbook::new();
        let page = book.add_worksheet_with_constant_memory().map_err(|e| fault(e, 1, 0))?;
        page.set_name(sheet_name(sheet)).map_err(|e| fault(e, 1, 0))?;
        page.set_freeze_panes(1, 0).map_err(|e| fault(e, 1, 0))?;
        // Every printed page begins with the header.
        page.set_repeat_rows(0, 0).map_err(|e| fault(e, 1, 0))?;
        let bold = Format::new().set_bold();
        let mut columns = Vec::with_capacity(header.len());
        for (at, column) in header.iter().enumerate() {
            let place = ColNum::try_from(at).map_err(|_| WriteFault::SheetFull)?;
            page.write_string_with_format(0, place, &column.name, &bold)
                .map_err(|e| fault(e, 1, at))?;
            columns.push(Measured { numeric: column.numeric, width: width(&column.name) });
        }
        Ok(Self { writer, book, columns, rows: 0, broken: false })
    }

    /// Adds a row. After a fault the row is not in the table.
    ///
    /// # Errors
    /// A row that is not as wide as the header, a cell or table beyond what Excel keeps, or no
    /// room for the temporary file.
    pub fn row<R>(&mut self, row: R) -> Result<(), WriteFault>
    where
        R: IntoIterator<Item: AsRef<str>>,
    {
        let line = self.rows + 2;
        let cells = cells(row, self.columns.len(), line)?;
        if self.rows >= LAST_ROW {
            return Err(WriteFault::SheetFull);
        }
        let too_long = |c: &R::Item| {
            let text = c.as_ref();
            text.len() > MAX_CELL_CHARS && text.encode_utf16().count() > MAX_CELL_CHARS
        };
        if let Some(column) = cells.iter().position(too_long) {
            return Err(WriteFault::CellTooLong { line, column });
        }
        if self.broken {
            return Err(no_room());
        }
        let at = (self.rows + 1) as RowNum;
        let measured = self.rows < MEASURED;
        let Self { book, columns, .. } = self;
        // The library stops with a panic when the disk of the temporary file is full.
        let writing = AssertUnwindSafe(|| {
            let page = book.worksheet_from_index(0).map_err(|e| fault(e, line, 0))?;
            for (place, (cell, column)) in cells.iter().zip(columns).enumerate() {
                let text = cell.as_ref();
                if measured {
                    column.width = column.width.max(width(text));
                }
                put(page, at, place, text, column.numeric).map_err(|e| fault(e, line, place))?;
            }
            Ok(())
        });
        let outcome = catch_unwind(writing).unwrap_or_else(|_| Err(no_room()));
        self.broken = outcome.is_err();
        self.rows += u64::from(outcome.is_ok());
        outcome
    }

    /// Writes the workbook and gives the number of its rows.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(mut self) -> Result<u64, WriteFault> {
        let rows = self.rows;
        if self.broken {
            return Err(no_room());
        }
        let writing = AssertUnwindSafe(move || {
            let page = self.book.worksheet_from_index(0).map_err(|e| fault(e, rows, 0))?;
            for (place, column) in self.columns.iter().enumerate() {
                let at = place as ColNum;
                let width = (column.width + 2).clamp(WIDTHS.0, WIDTHS.1);
                page.set_column_width(at, width as f64).map_err(|e| fault(e, 1, place))?;
                // Codes are text on purpose; Excel need not mark each of them as a mistake.
                let marked = IgnoreError::NumberStoredAsText;
                if rows > 0 {
                    page.ignore_error_range(1, at, rows as RowNum, at, marked)
                        .map_err(|e| fault(e, 1, place))?;
                }
            }
            self.book.save_to_writer(&mut self.writer).map_err(|e| fault(e, rows, 0))?;
            self.writer.flush()?;
            Ok(rows)
        });
        catch_unwind(writing).unwrap_or_else(|_| Err(no_room()))
    }
}

fn put(
    page: &mut Worksheet,
    row: RowNum,
    column: usize,
    text: &str,
    numeric: bool,
) -> Result<(), XlsxError> {
    let column = ColNum::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)?;
    match amount(text).filter(|_| numeric) {
        Some(number) => page.write_number(row, column, number)?,
        None => page.write_string(row, column, text)?,
    };
    Ok(())
}

/// How wide a text is, in narrow characters, by its longest line. From U+2E80 on nearly all
/// characters are Chinese, Japanese or Korean ones and twice as wide.
fn width(text: &str) -> usize {
    let line =
        |line: &str| line.chars().take(WIDTHS.1).map(|c| if c < '\u{2e80}' { 1 } else { 2 }).sum();
    text.lines().map(line).max().unwrap_or(0)
}

/// A name that Excel allows for a sheet: at most 31 characters, none of `[]:*?/\`, no apostrophe
/// at either end.
fn sheet_name(name: &str) -> String {
    let plain = |c: char| {
        if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control() {
            ' '
        } else {
            c
        }
    };
    let mut units = 0;
    let mut short: String = name.chars().map(plain).collect();
    short = short
        .trim_matches(['\'', ' '])
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= 31
        })
        .collect();
    let short = short.trim_matches(['\'', ' ']);
    if short.is_empty() { "Sheet1".to_owned() } else { short.to_owned() }
}

fn fault(error: XlsxError, line: u64, column: usize) -> WriteFault {
    match error {
        XlsxError::MaxStringLengthExceeded => WriteFault::CellTooLong { line, column },
        XlsxError::RowColumnLimitError => WriteFault::SheetFull,
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error.into(),
        // The other errors speak of names and parameters, never of cells.
        other => io::Error::other(other.to_string()).into(),
    }
}

fn no_room() -> WriteFault {
    io::Error::from(io::ErrorKind::StorageFull).into()
}
