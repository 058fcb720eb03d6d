//! What kind of file it is, by its name and by its bytes, and whether the two agree.
//!
//! Offices rename files, and older systems write web pages under the name `.xls`. Reading such a
//! file as what it is not gives nonsense rows, so the person is told what it really is.

use super::super::ReadFault;
use super::cfb::Compound;
use super::zip;

/// The kinds of tables that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Csv,
    Xlsx,
    Xls,
    Ods,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
        }
    }

    /// The kind by the ending of a name.
    pub(super) fn said_by(name: &str) -> Result<Self, ReadFault> {
        let ending = name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        match ending.as_str() {
            "csv" | "tsv" | "txt" => Ok(Self::Csv),
            "xlsx" | "xlsm" => Ok(Self::Xlsx),
            // WPS keeps its own `.et` in the same form as Excel 97.
            "xls" | "et" => Ok(Self::Xls),
            "ods" => Ok(Self::Ods),
            // A name may be anybody's, so only what looks like an ending is repeated.
            _ if ending.len() <= 8 && ending.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Err(ReadFault::UnknownKind { ending })
            }
            _ => Err(ReadFault::UnknownKind { ending: String::new() }),
        }
    }
}

/// What the bytes are.
enum Found {
    Kind(Kind),
    /// The outer form of a kind, too damaged to see what is inside.
    Torn(Kind),
    Protected,
    Other(&'static str),
}

/// The kind that name and bytes agree on.
pub(super) fn agree(said: Kind, bytes: &[u8]) -> Result<Kind, ReadFault> {
    if bytes.is_empty() {
        return Err(ReadFault::Empty);
    }
    match found(bytes) {
        Found::Kind(kind) if kind == said => Ok(kind),
        Found::Kind(kind) => Err(ReadFault::WrongName { said: said.name(), found: kind.name() }),
        Found::Torn(_) if said != Kind::Csv => Err(ReadFault::Damaged { kind: said.name() }),
        Found::Torn(kind) => Err(ReadFault::WrongName { said: said.name(), found: kind.name() }),
        Found::Protected => Err(ReadFault::Protected),
        Found::Other(found) => Err(ReadFault::WrongName { said: said.name(), found }),
    }
}

fn found(bytes: &[u8]) -> Found {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return match zip::contents(bytes) {
            Some("xlsx") => Found::Kind(Kind::Xlsx),
            Some("ods") => Found::Kind(Kind::Ods),
            Some(other) => Found::Other(other),
            None => Found::Torn(Kind::Xlsx),
        };
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return match Compound::open(bytes) {
            None => Found::Torn(Kind::Xls),
            Some(file) if file.has("EncryptedPackage") => Found::Protected,
            Some(file) if file.has("Workbook") || file.has("Book") => Found::Kind(Kind::Xls),
            Some(file) if file.has("WordDocument") => Found::Other("doc"),
            Some(_) => Found::Other("unknown"),
        };
    }
    for (start, other) in [
        (&b"%PDF"[..], "pdf"),
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"Rar!", "rar"),
        (b"7z\xbc\xaf", "7z"),
        (b"\x1f\x8b", "gz"),
        (b"{\\rtf", "rtf"),
    ] {
        if bytes.starts_with(start) {
            return Found::Other(other);
        }
    }
    if is_page(bytes) { Found::Other("html") } else { Found::Kind(Kind::Csv) }
}

/// Whether a text is a web page or an XML file rather than a table of text.
fn is_page(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let start = text[..text.len().min(16)].to_ascii_lowercase();
    [
        &b"<html"[..],
        b"<!doctype",
        b"<table",
        b"<?xml",
        b"<meta",
        b"<head",
        b"<style",
        b"<div",
        b"<body",
    ]
    .iter()
    .any(|tag| start.starts_with(tag))
}
