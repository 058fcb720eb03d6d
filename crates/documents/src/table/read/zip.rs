//! The packed files that XLSX and ODS are, held to their word before anything is unpacked.
//!
//! A few kilobytes can unpack to terabytes, and a file's own statement of its size can be a lie.
//! So the statement is checked first, and then that each part keeps to it.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::super::ReadFault;
use super::kind::Kind;
use super::tokens::Pieces;

/// A packed file in memory.
pub(super) type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// The most parts of a file. A register with a photograph for each person has thousands.
const MAX_PARTS: usize = 20_000;
/// The most bytes that all parts unpack to: a million rows of twelve columns are 600 MiB.
const MAX_UNPACKED: u64 = 1 << 30;
/// The most that a part may grow in unpacking. The sheets of real workbooks grow ten- to
/// thirtyfold; what deflate makes of a single repeated byte grows a thousandfold.
const MAX_GROWTH: u64 = 100;
/// Below this size a part may grow as it likes.
const SMALL: u64 = 1 << 20;

/// What a packed file is by the names of its parts; none where it cannot be opened.
pub(super) fn contents(bytes: &[u8]) -> Option<&'static str> {
    let mut archive = directory(bytes)?;
    let names: Vec<String> =
        archive.file_names().flatten().map(|n| n.replace('\\', "/").to_ascii_lowercase()).collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    let under = |folder: &str| names.iter().any(|n| n.starts_with(folder));
    if has("mimetype") {
        let mut kind = String::new();
        let part = archive.by_name("mimetype").ok()?;
        part.take(64).read_to_string(&mut kind).ok()?;
        let sheet = kind.starts_with("application/vnd.oasis.opendocument.spreadsheet");
        return Some(if sheet { "ods" } else { "zip" });
    }
    if has("xl/workbook.bin") {
        return Some("xlsb");
    }
    if has("[content_types].xml") || under("xl/") {
        return Some(match () {
            () if under("word/") => "docx",
            () if under("ppt/") => "pptx",
            () => "xlsx",
        });
    }
    Some("zip")
}

/// Opens a packed file whose parts unpack to what they say, and to no more than is allowed.
pub(super) fn open(bytes: &[u8], kind: Kind) -> Result<Archive<'_>, ReadFault> {
    let damaged = ReadFault::Damaged { kind: kind.name() };
    let mut archive = directory(bytes).ok_or(damaged.clone())?;
    let mut total: u64 = 0;
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|_| damaged.clone())?;
        let (packed, unpacked) = (part.compressed_size(), part.size());
        total = total.saturating_add(unpacked);
        if unpacked > SMALL && unpacked / MAX_GROWTH > packed {
            return Err(ReadFault::Swells);
        }
        if part.encrypted() {
            return Err(ReadFault::Protected);
        }
        if part.name().is_ok_and(|n| is_read(&n)) {
            parts.push((at, unpacked));
        }
    }
    if total > MAX_UNPACKED {
        return Err(ReadFault::Swells);
    }
    for (at, stated) in parts {
        let part = archive.by_index(at).map_err(|_| damaged.clone())?;
        let real = io::copy(&mut part.take(stated + 1), &mut Pieces::default());
        match real {
            Ok(real) if real <= stated => {}
            Err(error) if error.kind() != io::ErrorKind::FileTooLarge => return Err(damaged),
            _ => return Err(ReadFault::Swells),
        }
    }
    Ok(archive)
}

/// Whether a part is one that the readers may unpack; pictures are not.
fn is_read(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".rels") || name == "mimetype"
}

fn directory(bytes: &[u8]) -> Option<Archive<'_>> {
    // The list of parts is read whole, and a part of the list may be all there is of a file.
    let parts = bytes.windows(4).filter(|w| w[0] == b'P' && *w == b"PK\x01\x02").count();
    if parts > MAX_PARTS {
        return None;
    }
    ZipArchive::new(Cursor::new(bytes)).ok()
}

/// A part by its name; none where there is no such part.
pub(super) fn part<'a>(
    archive: &'a mut Archive<'_>,
    name: &str,
    kind: Kind,
) -> Result<Option<impl Read + 'a>, ReadFault> {
    match archive.by_name(name) {
        Ok(part) => Ok(Some(part)),
        Err(ZipError::FileNotFound) => Ok(None),
        Err(_) => Err(ReadFault::Damaged { kind: kind.name() }),
    }
}
