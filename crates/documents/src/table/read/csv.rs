//! CSV: text with a separator, as Excel, WPS and everything else writes it.

use std::collections::VecDeque;
use std::io::{self, Chain, Cursor, Read, Seek, SeekFrom};

use csv::{ReaderBuilder, StringRecord, Terminator};
use encoding_rs::Encoding;

use super::super::{
    MAX_CELL_CHARS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, ReadFault, Row, RowFault, Table,
};
use super::ReadOptions;
use super::charset::{Stop, Text, detect};
use super::head;

/// The most bytes of one row. A quotation mark that is never closed would otherwise gather the
/// rest of the file in one cell.
const MAX_ROW_BYTES: usize = 4 << 20;
/// How much of a file is looked at to find its separator.
const SAMPLE: u64 = 64 << 10;
/// A row after the last: a byte that no text has. Where it ends up inside another cell, a
/// quotation mark was still open.
const END: &[u8] = b"\n\0\n";

/// Reads a CSV file of any size row by row, in constant memory. The file is read three times, so
/// that its encoding is known before its first row is.
///
/// # Errors
/// What keeps the file from being read as a whole.
pub fn stream_csv<R: Read + Seek>(
    mut reader: R,
    options: &ReadOptions,
) -> Result<CsvRows<R>, ReadFault> {
    let rewind = |r: &mut R| r.seek(SeekFrom::Start(0)).map_err(|e| ReadFault::Io(e.kind()));
    rewind(&mut reader)?;
    let encoding = detect(&mut reader).map_err(|e| ReadFault::Io(e.kind()))?;
    rewind(&mut reader)?;
    let mut sample = Vec::new();
    // A fault in the sample is met again, and told, by the rows.
    let _ = Text::new(&mut reader, encoding).take(SAMPLE).read_to_end(&mut sample);
    rewind(&mut reader)?;
    CsvRows::new(Records::new(reader, encoding, separator(&sample)), options)
}

/// Reads a whole CSV file.
pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Table, ReadFault> {
    let stream = stream_csv(Cursor::new(bytes), options)?;
    let mut table = Table {
        header: stream.header.clone(),
        header_line: stream.header_line,
        ..Table::default()
    };
    for row in stream {
        match row {
            Ok(row) => {
                if (table.rows.len() + 2) * table.header.len() > MAX_CELLS {
                    return Err(ReadFault::TooManyCells);
                }
                table.rows.push(row);
            }
            Err(ReadFault::Row(fault)) if table.faults.len() < Table::MOST_FAULTS => {
                table.faults.push(fault);
            }
            Err(ReadFault::Row(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(table)
}

/// The rows of a CSV file below its header. Rows without content are passed over. After a
/// [`ReadFault::Row`] the next row can be read; any other fault is the end.
pub struct CsvRows<R: Read> {
    records: Records<R>,
    header: Vec<String>,
    header_line: u32,
    /// Rows that were read to find the header.
    ahead: VecDeque<Row>,
    rows: usize,
    ended: bool,
}

impl<R: Read> CsvRows<R> {
    fn new(mut records: Records<R>, options: &ReadOptions) -> Result<Self, ReadFault> {
        let mut ahead = Vec::new();
        let at = loop {
            let row = records.next_row()?;
            let last = row.is_none();
            ahead.extend(row);
            if let Some(at) = head::find(&ahead, options.header_line, last)? {
                break at;
            }
        };
        let mut ahead: VecDeque<Row> = ahead.into_iter().skip(at).collect();
        let head = ahead.pop_front().ok_or(ReadFault::Empty)?;
        let header = head.cells.iter().map(|c| c.trim().to_owned()).collect();
        Ok(Self { records, header, header_line: head.line, ahead, rows: 0, ended: false })
    }

    /// The names of the columns.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The row of the header.
    #[must_use]
    pub fn header_line(&self) -> u32 {
        self.header_line
    }

    fn next_row(&mut self) -> Result<Option<Row>, ReadFault> {
        let row = match self.ahead.pop_front() {
            Some(row) => Some(row),
            None => self.records.next_row()?,
        };
        let Some(mut row) = row else { return Ok(None) };
        self.rows += 1;
        if self.rows > MAX_ROWS {
            return Err(ReadFault::TooManyRows);
        }
        let columns = self.header.len();
        if row.cells.len() > columns {
            return Err(RowFault::TooWide { line: row.line, columns }.into());
        }
        row.cells.reserve_exact(columns - row.cells.len());
        row.cells.resize(columns, String::new());
        Ok(Some(row))
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = Result<Row, ReadFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.next_row().transpose();
        self.ended = !matches!(row, Some(Ok(_) | Err(ReadFault::Row(_))));
        row
    }
}

/// The rows of the text that hold anything, header and titles included.
struct Records<R: Read> {
    reader: csv::Reader<Bounded<Chain<Text<R>, &'static [u8]>>>,
    record: StringRecord,
    /// Line breaks inside cells so far. A spreadsheet shows such a row as one, so they do not
    /// count for the number beside the row.
    inner_breaks: u64,
}

impl<R: Read> Records<R> {
    fn new(reader: R, encoding: &'static Encoding, separator: u8) -> Self {
        let text = Text::new(reader, encoding).chain(END);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .terminator(Terminator::Any(b'\n'))
            .from_reader(Bounded { inner: text, left: 0 });
        Self { reader, record: StringRecord::new(), inner_breaks: 0 }
    }

    fn next_row(&mut self) -> Result<Option<Row>, ReadFault> {
        loop {
            self.reader.get_mut().left = MAX_ROW_BYTES;
            match self.reader.read_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(self.fault(&error)),
            }
            let breaks: usize = self.record.iter().map(|c| c.matches('\n').count()).sum();
            let open = self.record.iter().next_back().is_some_and(|c| c.contains('\0'));
            let end = open && self.record.len() == 1 && &self.record[0] == "\0";
            if end {
                return Ok(None);
            }
            // The reader stands behind the line break that ended the row, or at the end of all.
            let behind = breaks as u64 + u64::from(!open);
            let line = u32::try_from(self.line().saturating_sub(behind));
            let line = line.map_err(|_| ReadFault::TooManyRows)?;
            if open {
                return Err(ReadFault::OpenQuote { line });
            }
            self.inner_breaks += breaks as u64;
            // Excel's own hint of the separator is not a row of the table.
            if line == 1 && self.record.get(0) == Some("sep=") {
                continue;
            }
            let cells = self.cells(line)?;
            if !cells.is_empty() {
                return Ok(Some(Row { line, cells }));
            }
        }
    }

    /// The number that a spreadsheet shows beside the row where the reader stands.
    fn line(&self) -> u64 {
        self.reader.position().line().saturating_sub(self.inner_breaks)
    }

    /// The cells up to the last that holds anything.
    fn cells(&self, line: u32) -> Result<Vec<String>, ReadFault> {
        let filled = |at: &usize| self.record.get(*at).is_some_and(|c| !c.trim().is_empty());
        let used = (0..self.record.len()).rev().find(filled).map_or(0, |at| at + 1);
        if used > MAX_COLUMNS {
            return Err(ReadFault::TooManyColumns { line });
        }
        let mut cells = Vec::with_capacity(used);
        for (column, cell) in self.record.iter().take(used).enumerate() {
            if cell.len() > MAX_CELL_CHARS && cell.chars().count() > MAX_CELL_CHARS {
                return Err(ReadFault::CellTooLong { line, column });
            }
            cells.push(unguarded(cell).to_owned());
        }
        Ok(cells)
    }

    fn fault(&self, error: &csv::Error) -> ReadFault {
        let line = u32::try_from(self.line()).unwrap_or(u32::MAX);
        let csv::ErrorKind::Io(error) = error.kind() else {
            return ReadFault::Damaged { kind: "csv" };
        };
        match error.get_ref().and_then(|e| e.downcast_ref::<Stop>()) {
            Some(Stop::BadCharacters) => ReadFault::BadCharacters { line },
            Some(Stop::NotText) => ReadFault::NotText { line },
            Some(Stop::RowTooLong) => {
                let start = self.record.position().map_or(1, csv::Position::line);
                let line = start.saturating_sub(self.inner_breaks);
                ReadFault::RowTooLong { line: u32::try_from(line).unwrap_or(u32::MAX) }
            }
            None => ReadFault::Io(error.kind()),
        }
    }
}

/// The cell without the apostrophe that our own files put before what Excel would take for a
/// formula (see `write::csv`), so that a table comes back as it went out.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if super::super::write::csv::looks_like_formula(rest) => rest,
        _ => cell,
    }
}

/// A reader that gives up within a row that does not end. Line breaks do not count, so that a
/// million empty lines below a table cost nothing.
struct Bounded<R> {
    inner: R,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        let weight = out[..n].iter().filter(|b| **b != b'\n').count();
        self.left =
            self.left.checked_sub(weight).ok_or_else(|| io::Error::other(Stop::RowTooLong))?;
        Ok(n)
    }
}

/// The separator that divides the most rows of a sample into equally many cells.
fn separator(sample: &[u8]) -> u8 {
    const KNOWN: [u8; 3] = [b',', b'\t', b';'];
    if let [b's', b'e', b'p', b'=', separator, b'\n', ..] = sample
        && KNOWN.contains(separator)
    {
        return *separator;
    }
    let mut rows = [[0_u32; KNOWN.len()]; 50];
    let mut used = 0;
    let mut quoted = false;
    for byte in sample {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted && rows[used].iter().any(|n| *n > 0) => {
                used += 1;
                if used == rows.len() - 1 {
                    break;
                }
            }
            byte if !quoted => {
                if let Some(at) = KNOWN.iter().position(|k| k == byte) {
                    rows[used][at] += 1;
                }
            }
            _ => {}
        }
    }
    // The last row of a sample may be cut; alone it is better than nothing.
    let rows = &rows[..used.max(1)];
    let score = |at: &usize| {
        let alike = |n: u32| rows.iter().filter(|r| r[*at] == n).count();
        rows.iter().map(|r| r[*at]).filter(|n| *n > 0).map(|n| (alike(n), n)).max()
    };
    // Of equals the first wins, and `max_by_key` takes the last.
    (0..KNOWN.len()).rev().max_by_key(score).map_or(b',', |at| KNOWN[at])
}
