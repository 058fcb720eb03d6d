//! Papers: what an office prints, signs, sends and files, as PDF.
//!
//! A paper is a template and a value. [`Press`] loads fonts and templates once and then turns
//! values into PDFs; it knows no database, no clock and no file outside its fonts. The templates
//! are trusted and belong to the catalogue (`catalogue/documents/`); the value is not trusted: it
//! reaches the template as JSON, never as source, so nothing that a person wrote is ever read as
//! markup.
//!
//! Each template `x.typ` has a sheet `x.toml` beside it that names its fields; [`Press::missing`]
//! lists what must still be filled in before the paper may be issued, [`Press::frozen`] gives the
//! text that is kept and its SM3 digest, and [`Press::dossier`] binds a whole file (卷宗).
//!
//! The same value gives the same bytes: no time of printing, no random name goes into the file.

mod dossier;
mod fault;
mod fonts;
mod freeze;
mod qr;
mod value;
mod world;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::{Datetime, Smart};
use typst::layout::PageRanges;
use typst::{World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use world::{Desk, Shelf};

pub use domain::paper::{Field, Item, Missing, Sheet};
pub use dossier::{Gap, MAX_PAGES, MAX_PARTS, Part, ScanFormat};
pub use fault::PaperFault;
pub use fonts::Fonts;
pub use freeze::{Frozen, digest, digest_of, frozen};
pub use value::MAX_BYTES;

/// How often a layout may stay unused before the memory of it is given back.
const KEEP_AGES: usize = 8;

/// Fonts and templates, ready to print. Cheap to share, costly to make: an office has one.
#[derive(Debug)]
pub struct Press {
    shelf: Shelf,
    sheets: BTreeMap<String, Sheet>,
    items: Vec<Item>,
}

/// What came out of the press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Whether it keeps to PDF/A-2b, the form for archives. A paper without a date cannot, nor one
    /// with a character that no font has, such as an emoji.
    pub archival: bool,
    /// What the typesetter remarked, for tests and logs; none of it names a person.
    pub remarks: Vec<String>,
}

impl Press {
    /// Sets up a press from fonts and the files of `catalogue/documents`, as pairs of name and
    /// text: `x.typ` and `x.toml` for each paper, `_x.typ` for what they share, `dossier.toml`
    /// for the items of a dossier.
    ///
    /// # Errors
    /// A sheet that cannot be read, a template without a sheet, a shared part that is missing.
    pub fn new<N, T>(
        fonts: Fonts,
        files: impl IntoIterator<Item = (N, T)>,
    ) -> Result<Self, PaperFault>
    where
        N: AsRef<str>,
        T: Into<String>,
    {
        let mut sheets = BTreeMap::new();
        let mut sources = BTreeMap::new();
        let mut items = Vec::new();
        for (name, text) in files {
            let (name, text) = (name.as_ref(), text.into());
            match name.rsplit_once('.') {
                Some(("sources", "toml")) => {}
                Some(("dossier", "toml")) => items = read(name, &text, domain::paper::items)?,
                Some((stem, "toml")) => {
                    sheets.insert(stem.to_owned(), read(name, &text, |t| Sheet::read(stem, t))?);
                }
                Some((stem, "typ")) if is_name(stem) => {
                    sources.insert(stem.to_owned(), text);
                }
                _ => return Err(PaperFault::sheet(name, "this file has no place here")),
            }
        }
        for stem in sources.keys().filter(|stem| !stem.starts_with('_')) {
            if !sheets.contains_key(stem) {
                return Err(PaperFault::sheet(&format!("{stem}.toml"), "the sheet is missing"));
            }
        }
        if let Some(stem) = sheets.keys().find(|stem| !sources.contains_key(*stem)) {
            return Err(PaperFault::sheet(&format!("{stem}.typ"), "the template is missing"));
        }
        Ok(Self { shelf: Shelf::new(fonts, sources), sheets, items })
    }

    /// The names of all templates, in order.
    pub fn templates(&self) -> impl Iterator<Item = (&str, &Sheet)> {
        self.sheets.iter().map(|(name, sheet)| (name.as_str(), sheet))
    }

    /// The sheet of a template: its label, its law and its fields.
    ///
    /// # Errors
    /// No such template.
    pub fn sheet(&self, template: &str) -> Result<&Sheet, PaperFault> {
        self.sheets
            .get(template)
            .ok_or_else(|| PaperFault::NoTemplate { name: fault::shorten(template) })
    }

    /// The fields that a template cannot do without.
    ///
    /// # Errors
    /// No such template.
    pub fn required(&self, template: &str) -> Result<Vec<&Field>, PaperFault> {
        Ok(self.sheet(template)?.fields.iter().filter(|field| field.must).collect())
    }

    /// What must still be filled in before the paper may be issued.
    ///
    /// # Errors
    /// No such template.
    pub fn missing(&self, template: &str, value: &Value) -> Result<Vec<Missing>, PaperFault> {
        Ok(self.sheet(template)?.missing(value))
    }

    /// Prints a paper. Nothing need be filled in: what is missing stays a blank for the pen.
    ///
    /// `value.verify = { url, code, digest }` marks an issued paper: its number, digest and QR
    /// code are printed. Without it the foot of every page says that this is a draft (草稿).
    ///
    /// # Errors
    /// No such template, a value too large, or a template that fails on it.
    pub fn print(&self, template: &str, value: &Value) -> Result<Printed, PaperFault> {
        self.sheet(template)?;
        let value = value::clean(value)?;
        let mut desk = Desk::new(&self.shelf, world::printing(template));
        desk.put("data.json", value::bytes(&json!({ "data": value, "qr": qr::of(&value)? }))?);
        let stamp = Stamp { ident: freeze::digest(&value::bytes(&value)?), on: dated(&value) };
        self.run(template, &desk, &stamp)
    }

    /// Sets and exports what lies on the desk.
    fn run(&self, name: &str, desk: &Desk<'_>, stamp: &Stamp) -> Result<Printed, PaperFault> {
        let Warned { output, warnings } = typst::compile::<PagedDocument>(desk);
        let printed = output.map_err(|found| told(name, desk, &found)).and_then(|document| {
            let (pdf, archival) = export(name, desk, &document, stamp)?;
            let remarks = warnings.iter().map(|w| at(name, desk, w).to_string()).collect();
            Ok(Printed { pdf, pages: document.pages().len(), archival, remarks })
        });
        typst::comemo::evict(KEEP_AGES);
        printed
    }
}

/// Reads a sheet; its first mistake is the fault. Languages are the catalogue's affair.
fn read<T>(
    name: &str,
    text: &str,
    read: impl FnOnce(&domain::catalogue::Table<'_>) -> T,
) -> Result<T, PaperFault> {
    let locales = ["zh".to_owned(), "en".to_owned()];
    let sheet = domain::catalogue::Sheet::new(name, text, &locales);
    let value = sheet.read(text, read);
    match sheet.into_findings().first() {
        Some(found) => {
            Err(PaperFault::sheet(name, &format!("line {}: {}", found.line, found.cause("en"))))
        }
        None => Ok(value),
    }
}

/// Names of files are small letters, digits and dashes; shared parts begin with an underscore.
fn is_name(name: &str) -> bool {
    let plain = name.strip_prefix('_').unwrap_or(name);
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !plain.is_empty() && plain.len() <= 60 && plain.bytes().all(good)
}

/// What goes into the PDF besides its pages; both come from the value, so that the same value gives
/// the same bytes.
struct Stamp {
    ident: String,
    on: Option<Timestamp>,
}

/// The day that a paper says it is of.
fn dated(value: &Value) -> Option<Timestamp> {
    let text = ["date", "time", "filed"].iter().find_map(|key| value[key].as_str())?;
    let day: jiff::civil::Date = text.get(..10)?.parse().ok()?;
    let (year, month, day) = (day.year().into(), day.month(), day.day());
    let day = Datetime::from_ymd_hms(year, month.try_into().ok()?, day.try_into().ok()?, 0, 0, 0)?;
    Some(Timestamp::new_utc(day))
}

/// Archives want PDF/A, and PDF/A wants a date; a paper that cannot be one is still a paper.
fn export(
    name: &str,
    desk: &Desk<'_>,
    document: &PagedDocument,
    stamp: &Stamp,
) -> Result<(Vec<u8>, bool), PaperFault> {
    let options = |standards| PdfOptions {
        ident: Smart::Custom(format!("{name} {}", stamp.ident)),
        creator: Smart::Custom(None),
        timestamp: stamp.on,
        page_ranges: None::<PageRanges>,
        standards,
        tagged: true,
        pretty: false,
    };
    if let Ok(archive) = PdfStandards::new(&[PdfStandard::A_2b])
        && let Ok(pdf) = typst_pdf::pdf(document, &options(archive))
    {
        return Ok((pdf, true));
    }
    typst_pdf::pdf(document, &options(PdfStandards::default()))
        .map(|pdf| (pdf, false))
        .map_err(|found| told(name, desk, &found))
}

fn told(name: &str, desk: &Desk<'_>, found: &[SourceDiagnostic]) -> PaperFault {
    found.first().map_or_else(
        || PaperFault::Template {
            template: name.to_owned(),
            file: String::new(),
            line: 0,
            message: "it failed without a reason".to_owned(),
        },
        |first| at(name, desk, first),
    )
}

/// A fault with file and line. The message is the typesetter's and may quote a template, which is
/// ours; where it would quote a value it is cut short.
fn at(name: &str, desk: &Desk<'_>, found: &SourceDiagnostic) -> PaperFault {
    let file = found.span.id();
    let line = file
        .and_then(|id| desk.source(id).ok())
        .zip(desk.range(found.span))
        .and_then(|(source, range)| source.lines().byte_to_line(range.start));
    PaperFault::Template {
        template: name.to_owned(),
        file: file.map_or_else(String::new, |id| id.vpath().get_without_slash().to_owned()),
        line: line.map_or(0, |line| line + 1),
        message: fault::shorten(&found.message),
    }
}
