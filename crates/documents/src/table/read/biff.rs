//! The records of an XLS workbook ([MS-XLS]), checked before calamine reads them.
//!
//! calamine sets memory aside for what records declare: a sheet of four billion rows, a label of
//! 64 KiB in ten bytes, a rectangle from the first cell to a single one far away. And it writes out
//! every formula, whose names can be a hundred times as long as the formula. A failure to get
//! memory ends the whole program, so such records are refused here, or emptied where they say
//! nothing that a table needs.

use std::ops::Range;

use super::super::{MAX_TEXT, ReadFault};

const DAMAGED: ReadFault = ReadFault::Damaged { kind: "xls" };
/// The most cells of the rectangles around the contents of all sheets: a full sheet of 45 columns.
const MAX_SPREAD: u64 = 3_000_000;
/// The most sheets of a workbook.
const MAX_SHEETS: usize = 1_000;
/// A record that calamine passes over.
const IGNORED: [u8; 2] = 0x0092_u16.to_le_bytes();

const EOF: u16 = 0x000a;
const BOF: u16 = 0x0809;
const CONTINUE: u16 = 0x003c;
const FORMULA: u16 = 0x0006;
const FORMULA_TEXT: u16 = 0x0207;

/// Checks a workbook stream and empties what calamine had better not read.
pub(super) fn tame(stream: &mut [u8]) -> Result<(), ReadFault> {
    let book = globals(stream)?;
    let mut sum = Sum::default();
    for start in book.sheets {
        sheet(stream, start, &book.texts, &mut sum)?;
    }
    Ok(())
}

#[derive(Default)]
struct Globals {
    /// Where each sheet begins.
    sheets: Vec<usize>,
    /// The lengths of the shared texts, in characters.
    texts: Vec<usize>,
}

/// What all sheets come to.
#[derive(Default)]
struct Sum {
    spread: u64,
    text: usize,
    bytes: usize,
}

/// The kind of the record at some place, and where its data is.
fn record(stream: &[u8], at: usize) -> Result<Option<(u16, Range<usize>)>, ReadFault> {
    if at >= stream.len() {
        return Ok(None);
    }
    let head = stream.get(at..at + 4).ok_or(DAMAGED)?;
    let (kind, length) = (u16_of(head, 0)?, usize::from(u16_of(head, 2)?));
    if at + 4 + length > stream.len() {
        return Err(DAMAGED);
    }
    Ok(Some((kind, at + 4..at + 4 + length)))
}

fn globals(stream: &mut [u8]) -> Result<Globals, ReadFault> {
    let mut book = Globals::default();
    let mut at = 0;
    while let Some((kind, data)) = record(stream, at)? {
        match kind {
            EOF => break,
            // Without its password a protected workbook is noise.
            0x002f => return Err(ReadFault::Protected),
            0x0085 => book.sheets.push(u32_of(&stream[data.clone()], 0)? as usize),
            0x00fc => book.texts = shared_texts(stream, data.clone())?,
            // Names and the sheets of other workbooks serve formulas only.
            0x0017 | 0x0018 => stream[at..at + 2].copy_from_slice(&IGNORED),
            _ => {}
        }
        at = data.end;
    }
    let starts = book.sheets.len();
    book.sheets.sort_unstable();
    book.sheets.dedup();
    let outside = book.sheets.last().is_some_and(|s| *s >= stream.len());
    if starts != book.sheets.len() || starts > MAX_SHEETS || outside {
        Err(DAMAGED)
    } else {
        Ok(book)
    }
}

fn sheet(stream: &mut [u8], start: usize, texts: &[usize], sum: &mut Sum) -> Result<(), ReadFault> {
    let mut depth = 0_u32;
    let mut formula = false;
    let mut at = start;
    let (mut top, mut left) = (u64::MAX, u64::MAX);
    let (mut bottom, mut right) = (0, 0);
    while let Some((kind, data)) = record(stream, at)? {
        // Sheets lie beside each other. Where they overlap, each of a thousand could be the whole
        // file again.
        sum.bytes += data.end - at;
        if sum.bytes > stream.len() * 2 {
            return Err(DAMAGED);
        }
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            // The declared size of the sheet is only a hint.
            0x0200 => stream[at..at + 2].copy_from_slice(&IGNORED),
            _ => {}
        }
        // The text that a formula gave lies where the formula is, and without one in the first cell.
        formula |= kind == FORMULA && depth <= 1;
        if kind == FORMULA_TEXT && !formula {
            (top, left) = (0, 0);
        }
        if let Some(columns) = cells(kind, &mut stream[data.clone()], texts, sum)? {
            let row = u64::from(u16_of(&stream[data.clone()], 0)?);
            let column = u64::from(u16_of(&stream[data.clone()], 2)?);
            (top, left) = (top.min(row), left.min(column));
            (bottom, right) = (bottom.max(row), right.max(column + columns - 1));
        }
        at = data.end;
    }
    if top <= bottom && left <= right {
        sum.spread += (bottom - top + 1) * (right - left + 1);
    }
    if sum.spread > MAX_SPREAD { Err(ReadFault::TooManyCells) } else { Ok(()) }
}

/// How many cells a record fills, none where it is not one of cells.
fn cells(
    kind: u16,
    data: &mut [u8],
    texts: &[usize],
    sum: &mut Sum,
) -> Result<Option<u64>, ReadFault> {
    match kind {
        // Number, truth value or error, short number.
        0x0203 | 0x0205 | 0x027e => Ok(Some(1)),
        // Several short numbers: two bytes of row, two of column, six for each, two for the last.
        0x00bd => Ok(Some((data.len().saturating_sub(6) / 6) as u64)).map(|n| n.filter(|n| *n > 0)),
        // A shared text.
        0x00fd => {
            let index = u32_of(data, 6)? as usize;
            // Three bytes are the most that UTF-8 takes for two of UTF-16.
            sum.text += texts.get(index).map_or(0, |length| length * 3);
            if sum.text > MAX_TEXT { Err(ReadFault::TooMuchText) } else { Ok(Some(1)) }
        }
        // A text of its own, and the text that a formula gave.
        0x0204 | 0x00d6 => whole(data, 6).map(|()| Some(1)),
        FORMULA_TEXT => whole(data, 0).map(|()| None),
        FORMULA => {
            if let Some(length) = data.get_mut(20..22) {
                length.fill(0);
            }
            Ok(Some(1))
        }
        // Merged cells: their number, then eight bytes for each.
        0x00e5 if usize::from(u16_of(data, 0)?) * 8 + 2 > data.len().min(0xffff) => Err(DAMAGED),
        _ => Ok(None),
    }
}

/// Whether a text is as long as it says.
fn whole(data: &[u8], at: usize) -> Result<(), ReadFault> {
    let length = usize::from(u16_of(data, at)?);
    if at + 2 + length > data.len() { Err(DAMAGED) } else { Ok(()) }
}

/// The lengths of the shared texts, which run on through the records that continue theirs.
fn shared_texts(stream: &[u8], data: Range<usize>) -> Result<Vec<usize>, ReadFault> {
    let mut parts = vec![&stream[data.clone()]];
    let mut at = data.end;
    while let Some((CONTINUE, more)) = record(stream, at)? {
        at = more.end;
        parts.push(&stream[more]);
    }
    let mut run = Run { rest: parts[0].get(8..).ok_or(DAMAGED)?, more: parts[1..].iter() };
    let mut lengths = Vec::new();
    while !run.rest.is_empty() || run.turn() {
        if run.rest.is_empty() {
            continue;
        }
        lengths.push(run.text().ok_or(DAMAGED)?);
    }
    Ok(lengths)
}

/// Shared texts that are being walked through.
struct Run<'s> {
    rest: &'s [u8],
    more: std::slice::Iter<'s, &'s [u8]>,
}

impl Run<'_> {
    /// Goes on to the record that continues this one.
    fn turn(&mut self) -> bool {
        match self.more.next() {
            Some(part) => {
                self.rest = part;
                true
            }
            None => false,
        }
    }

    fn take(&mut self, n: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    /// Passes over one text and gives its length in characters.
    fn text(&mut self) -> Option<usize> {
        let head = self.take(3)?;
        let (length, flags) = (usize::from(u16_of(head, 0).ok()?), head[2]);
        let runs = if flags & 8 != 0 { usize::from(u16_of(self.take(2)?, 0).ok()?) } else { 0 };
        let extra = if flags & 4 != 0 { u32_of(self.take(4)?, 0).ok()? as usize } else { 0 };
        let mut width = 1 + usize::from(flags & 1);
        let mut left = length;
        while left > 0 {
            let n = left.min(self.rest.len() / width);
            self.take(n * width)?;
            left -= n;
            if left > 0 {
                if !self.turn() {
                    return None;
                }
                // The rest of a text begins with saying anew how wide its characters are.
                width = 1 + usize::from(self.take(1)?[0] & 1);
            }
        }
        let mut passed = runs * 4 + extra;
        while passed > 0 {
            let n = passed.min(self.rest.len());
            self.take(n)?;
            passed -= n;
            if passed > 0 && !self.turn() {
                return None;
            }
        }
        Some(length)
    }
}

fn u16_of(data: &[u8], at: usize) -> Result<u16, ReadFault> {
    let bytes = data.get(at..at + 2).ok_or(DAMAGED)?;
    Ok(u16::from_le_bytes([bytes[0], bytes[1]]))
}

fn u32_of(data: &[u8], at: usize) -> Result<u32, ReadFault> {
    let bytes = data.get(at..at + 4).ok_or(DAMAGED)?;
    Ok(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}
