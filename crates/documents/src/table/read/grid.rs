//! The cells of a sheet while it is read, within limits.

use super::super::{MAX_CELL_CHARS, MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT};
use super::super::{ReadFault, Row, RowFault, Table};
use super::value::Text;
use super::{ReadOptions, head};

/// Rows above the table that do not count as its rows: titles and the header.
const ABOVE: usize = 16;

/// An area of merged cells, first and last included, counted from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub first: (u32, u32),
    pub last: (u32, u32),
}

/// The cells that hold anything. An empty cell costs nothing, however many a sheet declares.
#[derive(Default)]
pub(super) struct Grid {
    rows: Vec<Row>,
    cells: usize,
    text: usize,
    faults: Vec<RowFault>,
}

impl Grid {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn remark(&mut self, fault: RowFault) {
        if self.faults.len() < Table::MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    /// Puts a value into a cell, and remarks on what it cannot be trusted for.
    pub(super) fn put_value(
        &mut self,
        row: u32,
        column: u32,
        value: Text,
    ) -> Result<(), ReadFault> {
        let (line, at) = (row.saturating_add(1), column as usize);
        self.put(row, column, value.text)?;
        if let Some(sign) = value.error {
            self.remark(RowFault::ErrorCell { line, column: Some(at), sign });
        } else if value.digits_lost {
            self.remark(RowFault::DigitsLost { line, column: at });
        }
        Ok(())
    }

    /// The last row that got a cell, counted as a person does.
    pub(super) fn last_line(&self) -> u32 {
        self.rows.last().map_or(1, |r| r.line)
    }

    /// Puts a text into a cell; row and column count from 0.
    fn put(&mut self, row: u32, column: u32, text: String) -> Result<(), ReadFault> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let line = row.saturating_add(1);
        let column = column as usize;
        if column >= MAX_COLUMNS {
            return Err(ReadFault::TooManyColumns { line });
        }
        if text.len() > MAX_CELL_CHARS && text.chars().count() > MAX_CELL_CHARS {
            return Err(ReadFault::CellTooLong { line, column });
        }
        self.text += text.len();
        if self.text > MAX_TEXT {
            return Err(ReadFault::TooMuchText);
        }
        if self.rows.last().is_none_or(|r| r.line != line) {
            if self.rows.len() >= MAX_ROWS + ABOVE {
                return Err(ReadFault::TooManyRows);
            }
            let width = self.rows.last().map_or(0, |r| r.cells.len());
            self.rows.push(Row { line, cells: Vec::with_capacity(width) });
        }
        let Some(Row { cells, .. }) = self.rows.last_mut() else { return Ok(()) };
        if cells.len() <= column {
            self.cells += column + 1 - cells.len();
            if self.cells > MAX_CELLS {
                return Err(ReadFault::TooManyCells);
            }
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
        Ok(())
    }

    /// Makes the table: a merged cell's value fills its area, as far as there are rows that hold
    /// something of their own.
    pub(super) fn finish(
        mut self,
        areas: &[Area],
        options: &ReadOptions,
    ) -> Result<Table, ReadFault> {
        self.in_order();
        let width = self.rows.iter().map(|r| r.cells.len()).max().unwrap_or(0);
        let mut steps = 0;
        for area in areas {
            self.fill(*area, width, &mut steps)?;
        }
        head::table(self.rows, self.faults, options)
    }

    /// Rows come in order in every sheet that Excel wrote, but nothing keeps another program from
    /// writing them otherwise.
    fn in_order(&mut self) {
        if self.rows.is_sorted_by(|a, b| a.line < b.line) {
            return;
        }
        self.rows.sort_by_key(|r| r.line);
        self.rows.dedup_by(|later, row| {
            if later.line != row.line {
                return false;
            }
            if row.cells.len() < later.cells.len() {
                row.cells.resize(later.cells.len(), String::new());
            }
            for (cell, text) in row.cells.iter_mut().zip(&mut later.cells) {
                if !text.is_empty() {
                    *cell = std::mem::take(text);
                }
            }
            true
        });
    }

    fn fill(&mut self, area: Area, width: usize, steps: &mut usize) -> Result<(), ReadFault> {
        let ((top, left), (bottom, right)) = (area.first, area.last);
        let (left, right) = (left as usize, (right as usize).min(width.saturating_sub(1)));
        let from = self.rows.partition_point(|r| r.line <= top);
        let until = self.rows.partition_point(|r| r.line <= bottom.saturating_add(1));
        let Some(first) = self.rows.get(from) else { return Ok(()) };
        if first.line != top.saturating_add(1) || left > right || until <= from {
            return Ok(());
        }
        let Some(text) = first.cells.get(left).filter(|t| !t.is_empty()).cloned() else {
            return Ok(());
        };
        // Areas never overlap in a real sheet, so all of them together visit each cell once.
        *steps += (until - from) * (right + 1 - left);
        if *steps > MAX_CELLS {
            return Err(ReadFault::TooManyCells);
        }
        for row in &mut self.rows[from..until] {
            if row.cells.len() <= right {
                self.cells += right + 1 - row.cells.len();
                row.cells.resize(right + 1, String::new());
            }
            for cell in row.cells[left..=right].iter_mut().filter(|c| c.is_empty()) {
                self.text += text.len();
                cell.clone_from(&text);
            }
        }
        if self.cells > MAX_CELLS {
            return Err(ReadFault::TooManyCells);
        }
        if self.text > MAX_TEXT { Err(ReadFault::TooMuchText) } else { Ok(()) }
    }
}
