//! Files made by hand, so that each test shows what it is about.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A packed file of named parts.
pub fn packed<N: AsRef<str>, B: AsRef<[u8]>>(parts: &[(N, B)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let stored = name.as_ref() == "mimetype";
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        zip.start_file(name.as_ref(), SimpleFileOptions::default().compression_method(method))
            .expect("a part");
        zip.write_all(bytes.as_ref()).expect("its bytes");
    }
    zip.finish().expect("a zip").into_inner()
}

/// The parts of a workbook with one sheet, whose rows are given as XML.
pub fn xlsx_parts(rows: &str, after: &str, shared: &str) -> Vec<(&'static str, String)> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let related =
        |list: &str| format!(r#"<Relationships xmlns="{PACKAGE}">{list}</Relationships>"#);
    vec![
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            related(&format!(
                r#"<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>"#
            )),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="一" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            related(&format!(
                r#"<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>"#
            )),
        ),
        ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{MAIN}" {shared}</sst>"#)),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                r#"<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>"#
            ),
        ),
    ]
}

/// A workbook with one sheet, whose rows are given as XML.
pub fn xlsx(rows: &str) -> Vec<u8> {
    packed(&xlsx_parts(rows, "", "><si><t>甲</t></si>"))
}

/// The parts of an OpenDocument sheet, whose tables are given as XML.
pub fn ods_parts(tables: &str) -> Vec<(&'static str, String)> {
    const NAMES: &str = concat!(
        r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" "#,
        r#"xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" "#,
        r#"xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" "#,
        r#"xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" "#,
        r#"xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0""#,
    );
    vec![
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        ("META-INF/manifest.xml", "<manifest:manifest/>".to_owned()),
        (
            "content.xml",
            format!(
                r#"<office:document-content {NAMES}><office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
            ),
        ),
    ]
}

pub fn ods(tables: &str) -> Vec<u8> {
    packed(&ods_parts(tables))
}

/// A record of an XLS workbook.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut record = kind.to_le_bytes().to_vec();
    record.extend((data.len() as u16).to_le_bytes());
    record.extend(data);
    record
}

/// Numbers of two bytes one after the other.
pub fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}

/// A shared text of an XLS workbook.
pub fn shared(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [words(&[units.len() as u16]), vec![1], words(&units)].concat()
}

/// The stream of an XLS workbook: its shared texts, then its sheets by name and records.
pub fn biff(texts: &[&str], sheets: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut list = (texts.len() as u32).to_le_bytes().repeat(2);
    list.extend(texts.iter().flat_map(|t| shared(t)));
    biff_with(&record(0xfc, &list), sheets)
}

/// The same, with the records of the shared texts as they are given.
pub fn biff_with(texts: &[u8], sheets: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let begin = |kind: u16| record(0x809, &words(&[0x600, kind, 0, 0, 0, 0, 0, 0]));
    let end = record(0x0a, &[]);
    // Format 0 is general, 14 a date, 21 a time, 22 both.
    let formats: Vec<u8> = [0, 14, 21, 22]
        .iter()
        .flat_map(|f| record(0xe0, &[words(&[0, *f]), vec![0; 16]].concat()))
        .collect();
    let head = [begin(5), record(0x42, &words(&[1200])), formats].concat();
    let named = |at: usize, name: &str| {
        let units: Vec<u16> = name.encode_utf16().collect();
        let tail = [vec![0, 0, units.len() as u8, 1], words(&units)].concat();
        record(0x85, &[(at as u32).to_le_bytes().to_vec(), tail].concat())
    };
    let names: usize = sheets.iter().map(|(n, _)| named(0, n).len()).sum();
    let mut at = head.len() + names + texts.len() + end.len();
    let mut list = Vec::new();
    let mut bodies = Vec::new();
    for (name, records) in sheets {
        list.extend(named(at, name));
        let body = [begin(0x10), records.clone(), end.clone()].concat();
        at += body.len();
        bodies.extend(body);
    }
    [head, list, texts.to_vec(), end, bodies].concat()
}

/// A cell of an XLS sheet with a shared text.
pub fn text_cell(row: u16, column: u16, text: u16) -> Vec<u8> {
    record(0xfd, &words(&[row, column, 0, text, 0]))
}

/// A cell of an XLS sheet with a number in one of the formats.
pub fn number_cell(row: u16, column: u16, format: u16, number: f64) -> Vec<u8> {
    record(0x203, &[words(&[row, column, format]), number.to_le_bytes().to_vec()].concat())
}

/// An XLS file as Excel lays it out: sectors of 512 bytes, small streams in the mini stream.
pub fn xls(stream: &[u8]) -> Vec<u8> {
    compound("Workbook", stream)
}

pub fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const END: u32 = 0xffff_fffe;
    let mini = stream.len() < 4096;
    let body = stream.len().div_ceil(512).max(1) as u32;
    let minis = if mini { stream.len().div_ceil(64) as u32 } else { 0 };
    let mini_sectors = u32::from(mini);
    let tables = (1..).find(|t| t * 128 >= t + 1 + mini_sectors + body).expect("enough");
    let (list, mini_table, first) = (tables, tables + 1, tables + 1 + mini_sectors);

    let mut header = vec![0_u8; 512];
    header[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    let short = [(24, 0x3e), (26, 3), (28, 0xfffe), (30, 9), (32, 6)];
    short.iter().for_each(|(at, v)| header[*at..at + 2].copy_from_slice(&u16::to_le_bytes(*v)));
    let start = if mini { mini_table } else { END };
    let long = [(44, tables), (48, list), (56, 4096), (60, start), (64, mini_sectors), (68, END)];
    long.iter().for_each(|(at, v)| header[*at..at + 4].copy_from_slice(&u32::to_le_bytes(*v)));
    for at in 0..109 {
        let id = if at < tables { at } else { u32::MAX };
        header[76 + at as usize * 4..80 + at as usize * 4].copy_from_slice(&id.to_le_bytes());
    }

    let chain = |first: u32, n: u32| (1..n).map(move |i| first + i).chain([END]);
    let mut table: Vec<u32> = vec![0xffff_fffd; tables as usize];
    table.push(END);
    table.extend(std::iter::repeat_n(END, mini_sectors as usize));
    table.extend(chain(first, body));
    table.resize(tables as usize * 128, u32::MAX);

    let entry = |name: &str, kind: u8, start: u32, size: u32| {
        let mut entry = vec![0_u8; 128];
        let units = words(&name.encode_utf16().collect::<Vec<_>>());
        entry[..units.len()].copy_from_slice(&units);
        entry[64] = units.len() as u8 + 2;
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&size.to_le_bytes());
        entry
    };
    let root = if mini {
        entry("Root Entry", 5, first, body * 512)
    } else {
        entry("Root Entry", 5, END, 0)
    };
    let own = entry(name, 2, if mini { 0 } else { first }, stream.len() as u32);

    let bytes =
        |numbers: Vec<u32>| numbers.iter().flat_map(|n| n.to_le_bytes()).collect::<Vec<u8>>();
    let mut file = [header, bytes(table), root, own, vec![0; 256]].concat();
    if mini {
        let mut table: Vec<u32> = chain(0, minis).collect();
        table.resize(128, u32::MAX);
        file.extend(bytes(table));
    }
    file.extend(stream);
    file.resize(512 * (1 + first + body) as usize, 0);
    file
}
