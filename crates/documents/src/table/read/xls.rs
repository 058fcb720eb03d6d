//! XLS, the workbook of Excel 97 to 2003 and of WPS, by calamine, once its container and its
//! records are known to be harmless.

use std::io::Cursor;

use calamine::{Reader, SheetType, SheetVisible, Xls, XlsError};

use super::super::{ReadFault, Table};
use super::cfb::{self, Compound};
use super::grid::{Area, Grid};
use super::xlsx::area;
use super::{ReadOptions, biff, value};

const DAMAGED: ReadFault = ReadFault::Damaged { kind: "xls" };

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Table, ReadFault> {
    let file = Compound::open(bytes).ok_or(DAMAGED)?;
    // Excel 95 and before call it by the second name.
    let name = if file.has("Workbook") { "Workbook" } else { "Book" };
    let mut stream = file.stream(name).ok_or(DAMAGED)?;
    biff::tame(&mut stream)?;
    let mut book: Xls<_> =
        Xls::new(Cursor::new(cfb::wrap(name, &stream))).map_err(|e| fault(&e))?;
    drop(stream);
    let sheets: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|s| match &options.sheet {
            Some(wanted) => s.name == *wanted,
            None => s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible,
        })
        .map(|s| s.name.clone())
        .collect();
    for name in &sheets {
        let grid = cells(&mut book, name)?;
        if !grid.is_empty() {
            let areas = book.merge_cells_by_sheet_name(name).map_err(|e| fault(&e))?;
            let areas: Vec<Area> = areas.iter().map(area).collect();
            return grid.finish(&areas, options);
        }
    }
    let missing = options.sheet.is_some() && sheets.is_empty();
    Err(if missing { ReadFault::NoSheet } else { ReadFault::Empty })
}

fn cells(book: &mut Xls<Cursor<Vec<u8>>>, name: &str) -> Result<Grid, ReadFault> {
    let range = book.worksheet_range(name).map_err(|e| fault(&e))?;
    let (top, left) = range.start().unwrap_or_default();
    let mut grid = Grid::default();
    for (row, column, cell) in range.used_cells() {
        grid.put_value(top + row as u32, left + column as u32, value::of(cell))?;
    }
    Ok(grid)
}

fn fault(error: &XlsError) -> ReadFault {
    match error {
        XlsError::Password => ReadFault::Protected,
        _ => DAMAGED,
    }
}
