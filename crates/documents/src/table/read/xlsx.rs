//! XLSX, by calamine, cell by cell: a sheet may declare a million empty rows.

use std::io::{BufRead, BufReader, Cursor, Read, Seek};

use calamine::{Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use quick_xml::XmlVersion;
use quick_xml::events::Event;

use super::super::{MAX_CELLS, ReadFault, RowFault, Table};
use super::grid::{Area, Grid};
use super::kind::Kind;
use super::zip::{self, Archive};
use super::{ReadOptions, value};

const DAMAGED: ReadFault = ReadFault::Damaged { kind: "xlsx" };
/// The most bytes of a part that calamine keeps in memory as a whole, other than the shared texts.
/// Workbooks that were copied from each other for years have styles of 10 MiB.
const MAX_PART: u64 = 16 << 20;
/// The most elements of such a part.
const MAX_ELEMENTS: usize = 1_000_000;
/// The most bytes of the shared texts.
const MAX_SHARED: u64 = 256 << 20;

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Table, ReadFault> {
    check(zip::open(bytes, Kind::Xlsx)?)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| fault(&e))?;
    for name in sheets(&book, options) {
        let grid = cells(&mut book, &name)?;
        if !grid.is_empty() {
            let areas = book.merge_cells_by_sheet_name(&name).map_err(|e| fault(&e))?;
            let areas: Vec<Area> = areas.iter().map(area).collect();
            return grid.finish(&areas, options);
        }
    }
    let missing = options.sheet.as_ref().is_some_and(|s| !book.sheet_names().contains(s));
    Err(if missing { ReadFault::NoSheet } else { ReadFault::Empty })
}

/// The names of the sheets that may hold the table. A hidden sheet holds what the workbook's maker
/// keeps for himself, such as the values of choices, unless it is asked for by name.
fn sheets<RS: Read + Seek>(book: &Xlsx<RS>, options: &ReadOptions) -> Vec<String> {
    let all = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
    let meant = all.filter(|s| match &options.sheet {
        Some(wanted) => s.name == *wanted,
        None => s.visible == SheetVisible::Visible,
    });
    meant.map(|s| s.name.clone()).collect()
}

fn cells<RS: Read + Seek>(book: &mut Xlsx<RS>, name: &str) -> Result<Grid, ReadFault> {
    let mut grid = Grid::default();
    let mut reader = book.worksheet_cells_reader(name).map_err(|e| fault(&e))?;
    loop {
        let cell = match reader.next_cell() {
            Ok(Some(cell)) => cell,
            Ok(None) => return Ok(grid),
            // Signs that calamine does not know, such as #SPILL!, come as errors without a place.
            Err(XlsxError::CellError(sign)) => {
                let (line, sign) = (grid.last_line(), value::known_sign(&sign));
                grid.remark(RowFault::ErrorCell { line, column: None, sign });
                continue;
            }
            Err(error) => return Err(fault(&error)),
        };
        let (row, column) = cell.get_position();
        grid.put_value(row, column, value::of(cell.get_value()))?;
    }
}

/// An area as calamine gives it.
pub(super) fn area(merged: &Dimensions) -> Area {
    Area { first: merged.start, last: merged.end }
}

fn fault(error: &XlsxError) -> ReadFault {
    match error {
        XlsxError::Password => ReadFault::Protected,
        _ => DAMAGED,
    }
}

/// Checks what calamine would take on trust. It sets memory aside for as many shared texts as the
/// file declares, and a failure to get memory ends the whole program, which no reader of a file
/// may do.
fn check(mut archive: Archive<'_>) -> Result<(), ReadFault> {
    let workbooks = workbooks(&mut archive)?;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| DAMAGED)?;
        let name = part.name().map_err(|_| DAMAGED)?.replace('\\', "/").to_ascii_lowercase();
        let file = name.rsplit('/').next().unwrap_or("");
        let shared = file == "sharedstrings.xml";
        let kept = matches!(file, "styles.xml" | "theme1.xml") || file.ends_with(".rels");
        if !shared && !kept && !workbooks.iter().any(|w| w == file) {
            continue;
        }
        if part.size() > if shared { MAX_SHARED } else { MAX_PART } {
            return Err(ReadFault::Swells);
        }
        count_elements(BufReader::new(part), if shared { MAX_CELLS } else { MAX_ELEMENTS })?;
    }
    Ok(())
}

/// The file names of what the package calls its workbook, which need not be `workbook.xml`.
fn workbooks(archive: &mut Archive<'_>) -> Result<Vec<String>, ReadFault> {
    let part = zip::part(archive, "_rels/.rels", Kind::Xlsx)?.ok_or(DAMAGED)?;
    let mut names = vec!["workbook.xml".to_owned()];
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part.take(MAX_PART)));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
            Event::Start(e) | Event::Empty(e) => {
                for attribute in e
                    .attributes()
                    .with_checks(false)
                    .flatten()
                    .filter(|a| a.key.as_ref() == "Target")
                {
                    let target =
                        attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| DAMAGED)?;
                    names.push(target.rsplit('/').next().unwrap_or("").to_ascii_lowercase());
                }
            }
            Event::Eof => return Ok(names),
            _ => {}
        }
    }
}

/// Reads through a part as calamine will, and counts.
fn count_elements(part: impl BufRead, most: usize) -> Result<(), ReadFault> {
    let mut reader = quick_xml::Reader::from_reader(part);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    let (mut elements, mut texts, mut declared) = (0_usize, 0_usize, 0_usize);
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(|_| DAMAGED)? {
            Event::Start(e) | Event::Empty(e) => match e.local_name().as_ref() {
                "si" => texts += 1,
                "sst" => {
                    let count = e.try_get_attribute("uniqueCount").map_err(|_| DAMAGED)?;
                    let count = count.map_or(Ok(0), |c| c.value.trim().parse());
                    declared = declared.max(count.unwrap_or(usize::MAX));
                }
                _ => elements += 1,
            },
            Event::Eof => break,
            _ => {}
        }
        // Each text is at least one more element within, so those are not counted beside texts.
        if texts > most || texts == 0 && elements > most {
            return Err(ReadFault::Swells);
        }
    }
    // A writer may count a little wrong; nobody declares a million texts and leaves them out.
    if declared > texts + MAX_ELEMENTS { Err(DAMAGED) } else { Ok(()) }
}
