//! ODS, the sheet of LibreOffice and of several domestic office suites.
//!
//! Not by calamine: its reader of this format never ends on a file that breaks off, unfolds every
//! repeated row in memory, and does not know merged cells.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::super::{MAX_CELL_CHARS, ReadFault, Table};
use super::grid::{Area, Grid};
use super::kind::Kind;
use super::{ReadOptions, value, zip};

const DAMAGED: ReadFault = ReadFault::Damaged { kind: "ods" };

pub(super) fn read(bytes: &[u8], options: &ReadOptions) -> Result<Table, ReadFault> {
    let mut archive = zip::open(bytes, Kind::Ods)?;
    if let Some(list) = zip::part(&mut archive, "META-INF/manifest.xml", Kind::Ods)?
        && is_encrypted(Xml::new(BufReader::new(list)))?
    {
        return Err(ReadFault::Protected);
    }
    let content = zip::part(&mut archive, "content.xml", Kind::Ods)?.ok_or(DAMAGED)?;
    sheets(Xml::new(BufReader::new(content)), options)
}

fn is_encrypted(mut list: Xml<impl BufRead>) -> Result<bool, ReadFault> {
    loop {
        match list.next()? {
            Event::Start(e) if e.name().as_ref() == "manifest:encryption-data" => return Ok(true),
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

/// Goes through the sheets up to the wanted one, or the first shown one that holds anything.
fn sheets(mut xml: Xml<impl BufRead>, options: &ReadOptions) -> Result<Table, ReadFault> {
    let mut hidden = HashSet::new();
    let mut style = String::new();
    let mut found = false;
    loop {
        let (name, style_name) = match xml.next()? {
            Event::Start(e) => match e.name().as_ref() {
                "style:style" => {
                    style = attribute(&e, "style:name")?.unwrap_or_default();
                    continue;
                }
                "style:table-properties" => {
                    if attribute(&e, "table:display")?.as_deref() == Some("false") {
                        hidden.insert(style.clone());
                    }
                    continue;
                }
                "table:table" => (attribute(&e, "table:name")?, attribute(&e, "table:style-name")?),
                _ => continue,
            },
            Event::Eof => {
                let missing = options.sheet.is_some() && !found;
                return Err(if missing { ReadFault::NoSheet } else { ReadFault::Empty });
            }
            _ => continue,
        };
        let meant = match &options.sheet {
            Some(wanted) => name.as_ref() == Some(wanted),
            None => !style_name.is_some_and(|s| hidden.contains(&s)),
        };
        if !meant {
            xml.skip("table:table")?;
            continue;
        }
        found = true;
        let mut sheet = Sheet::default();
        sheet.read(&mut xml)?;
        if !sheet.grid.is_empty() {
            return sheet.grid.finish(&sheet.areas, options);
        }
    }
}

/// A sheet while it is read.
#[derive(Default)]
struct Sheet {
    grid: Grid,
    areas: Vec<Area>,
    row: u32,
}

impl Sheet {
    fn read(&mut self, xml: &mut Xml<impl BufRead>) -> Result<(), ReadFault> {
        loop {
            let repeated = match xml.next()? {
                Event::Start(e) => match e.name().as_ref() {
                    "table:table-row" => number(&e, "table:number-rows-repeated")?,
                    // Drawings and forms may hold tables of their own.
                    "table:shapes" => {
                        xml.skip("table:shapes")?;
                        continue;
                    }
                    "office:forms" => {
                        xml.skip("office:forms")?;
                        continue;
                    }
                    _ => continue,
                },
                Event::End(e) if e.name().as_ref() == "table:table" => return Ok(()),
                Event::Eof => return Err(DAMAGED),
                _ => continue,
            };
            self.read_row(xml, repeated)?;
            self.row = self.row.saturating_add(repeated);
        }
    }

    fn read_row(&mut self, xml: &mut Xml<impl BufRead>, rows: u32) -> Result<(), ReadFault> {
        let mut column = 0_u32;
        let mut cells = Vec::new();
        loop {
            let (cell, covered) = match xml.next()? {
                Event::Start(e) => match e.name().as_ref() {
                    "table:table-cell" => (Cell::new(&e)?, false),
                    "table:covered-table-cell" => (Cell::new(&e)?, true),
                    _ => continue,
                },
                Event::End(e) if e.name().as_ref() == "table:table-row" => break,
                Event::Eof => return Err(DAMAGED),
                _ => continue,
            };
            let repeated = cell.repeated;
            let (wide, high) = (cell.wide, cell.high);
            let value = cell.finish(
                xml,
                if covered { "table:covered-table-cell" } else { "table:table-cell" },
            )?;
            if wide > 1 || high > 1 {
                let last = (self.row.saturating_add(high - 1), column.saturating_add(wide - 1));
                self.areas.push(Area { first: (self.row, column), last });
            }
            // What lies under a merged cell is not seen by anybody.
            if !covered && !value.text.trim().is_empty() {
                cells.push((column, repeated, value));
            }
            column = column.saturating_add(repeated);
        }
        for row in self.row..self.row.saturating_add(rows) {
            if cells.is_empty() {
                break;
            }
            for (first, repeated, value) in &cells {
                for column in *first..first.saturating_add(*repeated) {
                    self.grid.put_value(row, column, value.clone())?;
                }
            }
        }
        Ok(())
    }
}

/// A cell by its attributes; the text within is read after them.
struct Cell {
    repeated: u32,
    wide: u32,
    high: u32,
    /// The value, where an attribute says it.
    said: Option<value::Text>,
    is_error: bool,
    is_empty: bool,
}

impl Cell {
    fn new(e: &BytesStart<'_>) -> Result<Self, ReadFault> {
        let kind = attribute(e, "office:value-type")?;
        let said = match kind.as_deref() {
            Some("float" | "percentage" | "currency") => attribute(e, "office:value")?
                .map(|v| v.parse().map(value::number_text).map_err(|_| DAMAGED))
                .transpose()?,
            Some("date") => attribute(e, "office:date-value")?.map(|v| value::iso_stamp(&v).into()),
            Some("time") => {
                attribute(e, "office:time-value")?.map(|v| value::iso_length(&v).into())
            }
            Some("boolean") => attribute(e, "office:boolean-value")?
                .map(|v| value::truth_text(v.eq_ignore_ascii_case("true")).to_owned().into()),
            Some("string") => attribute(e, "office:string-value")?.map(value::Text::from),
            _ => None,
        };
        Ok(Self {
            repeated: number(e, "table:number-columns-repeated")?,
            wide: number(e, "table:number-columns-spanned")?,
            high: number(e, "table:number-rows-spanned")?,
            said,
            is_error: attribute(e, "calcext:value-type")?.as_deref() == Some("error"),
            is_empty: kind.is_none(),
        })
    }

    fn finish(self, xml: &mut Xml<impl BufRead>, end: &str) -> Result<value::Text, ReadFault> {
        let shown = shown_text(xml, end)?;
        if self.is_error {
            let error = Some(value::known_sign(&shown));
            return Ok(value::Text { text: shown, digits_lost: false, error });
        }
        if self.is_empty {
            return Ok(String::new().into());
        }
        Ok(self.said.unwrap_or_else(|| shown.into()))
    }
}

/// The text of a cell: its paragraphs, without remarks and drawings.
fn shown_text(xml: &mut Xml<impl BufRead>, end: &str) -> Result<String, ReadFault> {
    let mut text = String::new();
    let mut paragraphs = 0_u32;
    loop {
        match xml.next()? {
            Event::Start(e) => match e.name().as_ref() {
                "text:p" => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    paragraphs += 1;
                }
                "text:s" => {
                    let spaces = number(&e, "text:c")?.min(MAX_CELL_CHARS as u32 + 1);
                    text.extend(std::iter::repeat_n(' ', spaces as usize));
                }
                "text:tab" => text.push('\t'),
                "text:line-break" => text.push('\n'),
                "office:annotation" => xml.skip("office:annotation")?,
                "draw:frame" => xml.skip("draw:frame")?,
                _ => {}
            },
            Event::Text(t) if paragraphs > 0 => text.push_str(&t.xml10_content()),
            Event::CData(t) if paragraphs > 0 => text.push_str(&t.xml10_content()),
            Event::GeneralRef(e) if paragraphs > 0 => push_entity(&mut text, &e)?,
            Event::End(e) if e.name().as_ref() == end => return Ok(text),
            Event::Eof => return Err(DAMAGED),
            _ => {}
        }
        // What is left is still too long, so that the grid refuses it with its place.
        if text.len() > MAX_CELL_CHARS * 8 {
            text.truncate(text.floor_char_boundary(MAX_CELL_CHARS * 8));
        }
    }
}

fn push_entity(text: &mut String, entity: &BytesRef<'_>) -> Result<(), ReadFault> {
    if let Some(known) = resolve_xml_entity(entity) {
        text.push_str(known);
        return Ok(());
    }
    text.push(entity.resolve_char_ref().ok().flatten().ok_or(DAMAGED)?);
    Ok(())
}

fn attribute(e: &BytesStart<'_>, name: &str) -> Result<Option<String>, ReadFault> {
    let found = e.try_get_attribute(name).map_err(|_| DAMAGED)?;
    found
        .map(|a| a.normalized_value(XmlVersion::Implicit1_0).map(String::from).map_err(|_| DAMAGED))
        .transpose()
}

/// A count among the attributes: at least 1, and 1 where it is not said.
fn number(e: &BytesStart<'_>, name: &str) -> Result<u32, ReadFault> {
    let said = attribute(e, name)?.map(|v| v.parse().map_err(|_| DAMAGED)).transpose()?;
    Ok(said.unwrap_or(1).max(1))
}

/// The events of a part, empty elements as a start and an end.
struct Xml<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> Xml<R> {
    fn new(part: R) -> Self {
        let mut reader = Reader::from_reader(part);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new() }
    }

    fn next(&mut self) -> Result<Event<'_>, ReadFault> {
        self.buffer.clear();
        self.reader.read_event_into(&mut self.buffer).map_err(|_| DAMAGED)
    }

    /// Passes over the rest of an element whose start was just read.
    fn skip(&mut self, name: &str) -> Result<(), ReadFault> {
        self.buffer.clear();
        let end = quick_xml::name::QName(name);
        self.reader.read_to_end_into(end, &mut self.buffer).map(|_| ()).map_err(|_| DAMAGED)
    }
}
