//! Writing CSV as Excel and WPS open it: UTF-8 with its mark, RFC 4180.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::super::WriteFault;
use super::{Column, amount, cells};

/// Without these bytes Excel on a Chinese Windows takes the file for GBK.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Writes a table as CSV and gives the number of its rows.
///
/// # Errors
/// A row that is not as wide as the header, or a file that cannot be written.
pub fn write_csv<W, I>(writer: W, header: &[Column], rows: I) -> Result<u64, WriteFault>
where
    W: Write,
    I: IntoIterator<Item: IntoIterator<Item: AsRef<str>>>,
{
    let mut csv = CsvWriter::new(writer, header)?;
    for row in rows {
        csv.row(row)?;
    }
    csv.finish()
}

/// A CSV file that gets its rows one at a time. Without [`CsvWriter::finish`] it may lack its end.
pub struct CsvWriter<W: Write> {
    inner: csv::Writer<W>,
    numeric: Vec<bool>,
    rows: u64,
}

impl<W: Write> CsvWriter<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn new(mut writer: W, header: &[Column]) -> Result<Self, WriteFault> {
        writer.write_all(MARK)?;
        let mut inner = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(writer);
        inner
            .write_record(header.iter().map(|c| guarded(&c.name).into_owned()))
            .map_err(io_error)?;
        Ok(Self { inner, numeric: header.iter().map(|c| c.numeric).collect(), rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// A row that is not as wide as the header, or a file that cannot be written.
    pub fn row<R>(&mut self, row: R) -> Result<(), WriteFault>
    where
        R: IntoIterator<Item: AsRef<str>>,
    {
        for (cell, numeric) in
            cells(row, self.numeric.len(), self.rows + 2)?.iter().zip(&self.numeric)
        {
            let text = cell.as_ref();
            let field =
                if *numeric && amount(text).is_some() { text.into() } else { guarded(text) };
            self.inner.write_field(field.as_bytes()).map_err(io_error)?;
        }
        self.inner.write_record(None::<&[u8]>).map_err(io_error)?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the file and gives the number of its rows.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn finish(mut self) -> Result<u64, WriteFault> {
        self.inner.flush()?;
        Ok(self.rows)
    }
}

/// A cell that is text when the file is opened. Whoever fills in a form chooses what stands in a
/// cell, and Excel runs what looks like a formula (CWE-1236); with an apostrophe before it, it is
/// shown. XLSX says for each cell that it is text and needs no such thing.
fn guarded(text: &str) -> Cow<'_, str> {
    if looks_like_formula(text) { format!("'{text}").into() } else { text.into() }
}

/// Whether a cell begins as a formula does. The wide signs are what a Chinese keyboard gives, and
/// spreadsheets take them for the narrow ones.
pub(in super::super) fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

fn io_error(error: csv::Error) -> WriteFault {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => io::Error::other(format!("{other:?}")).into(),
    }
}
