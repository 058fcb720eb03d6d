//! The dossier (卷宗): cover, index, every part, back cover, as one PDF.
//!
//! All of it is set in one run, so the typesetter itself knows on which page each part begins and
//! the index cannot be wrong. Papers are printed again from what was frozen; scans (identity
//! cards, evidence, receipts) come as pictures or PDFs.

use serde_json::{Value, json};

use domain::label::Label;

use super::world::Desk;
use super::{Item, Missing, PaperFault, Press, Printed, Stamp, dated, freeze, qr, value};

/// The most parts of a dossier.
pub const MAX_PARTS: usize = 300;
/// The most pages that scans may have together. A thicker dossier is bound in volumes.
pub const MAX_PAGES: usize = 1_000;

/// One part of a dossier.
#[derive(Debug, Clone)]
pub enum Part {
    /// A paper from its template; the items know where it belongs.
    Paper {
        /// The template.
        template: String,
        /// The value as it was frozen, with `verify`.
        value: Value,
    },
    /// Something that came in from outside.
    Scan {
        /// The item it belongs to.
        item: String,
        /// What it is, for the index.
        title: String,
        /// How the pages are kept.
        format: ScanFormat,
        /// One picture a page, or one or more PDFs.
        files: Vec<Vec<u8>>,
    },
}

/// How a scan is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanFormat {
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// Pages.
    Pdf,
}

/// What stands against filing a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The item.
    pub item: String,
    /// What it is called.
    pub label: Label,
    /// The part with blanks, counted from 0; none where the whole item is missing.
    pub part: Option<usize>,
    /// What is blank in it.
    pub missing: Vec<Missing>,
}

impl Press {
    /// The items of a dossier in the order of its index.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// What is missing before these parts may be filed: items without a part, papers with blanks.
    #[must_use]
    pub fn gaps(&self, parts: &[Part]) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for (i, item) in self.items.iter().enumerate() {
            let gap = |part, missing| Gap {
                item: item.id.clone(),
                label: item.label.clone(),
                part,
                missing,
            };
            let here = || parts.iter().enumerate().filter(|(_, p)| self.place(p) == Some(i));
            if item.must && !item.back && here().next().is_none() {
                gaps.push(gap(None, Vec::new()));
            }
            for (n, part) in here() {
                let Part::Paper { template, value } = part else { continue };
                let missing = self.missing(template, value).unwrap_or_default();
                if !missing.is_empty() {
                    gaps.push(gap(Some(n), missing));
                }
            }
        }
        gaps
    }

    /// Binds a dossier. `cover` is the value of cover and back cover: `unit`, `title`, `number`,
    /// `mediators`, `from`, `to`, `filer`, `filed`, `retention`, `remarks`, `checker`, `binder`.
    ///
    /// # Errors
    /// No parts or too many, a part without an item, a scan that cannot be read, or what
    /// [`Press::print`] may say.
    pub fn dossier(&self, cover: &Value, parts: &[Part]) -> Result<Printed, PaperFault> {
        if parts.is_empty() || parts.len() > MAX_PARTS {
            return Err(PaperFault::Parts { most: MAX_PARTS });
        }
        let mut placed = Vec::with_capacity(parts.len());
        for (n, part) in parts.iter().enumerate() {
            let item = self.place(part).ok_or(PaperFault::NoItem { part: n + 1 })?;
            placed.push((item, part));
        }
        placed.sort_by_key(|(item, _)| *item);

        let mut desk = Desk::new(&self.shelf, "_dossier.typ".to_owned());
        let mut scans = 0;
        let mut listed = Vec::with_capacity(parts.len());
        for (n, (item, part)) in placed.into_iter().enumerate() {
            let mut entry = self.lay(n + 1, part, &mut desk, &mut scans)?;
            entry["item"] = json!(item);
            listed.push(entry);
        }
        let item = |item: &Item| json!({ "label": item.label.get("zh"), "back": item.back });
        let items: Vec<Value> = self.items.iter().map(item).collect();
        let cover = value::clean(cover)?;
        let on = dated(&cover);
        let plan = value::bytes(&json!({ "cover": cover, "items": items, "parts": listed }))?;
        let stamp = Stamp { ident: freeze::digest(&plan), on };
        desk.put("data.json", plan);
        self.run("_dossier", &desk, &stamp)
    }

    /// The place of a part in the index.
    fn place(&self, part: &Part) -> Option<usize> {
        self.items.iter().position(|item| match part {
            Part::Paper { template, .. } => item.papers.iter().any(|p| p.text == *template),
            Part::Scan { item: named, .. } => item.id == *named && !item.back,
        })
    }

    /// Lays a part on the desk and says how the binding template finds it.
    fn lay(
        &self,
        number: usize,
        part: &Part,
        desk: &mut Desk<'_>,
        scans: &mut usize,
    ) -> Result<Value, PaperFault> {
        match part {
            Part::Paper { template, value } => {
                let label = self.sheet(template)?.label.get("zh");
                let value = value::clean(value)?;
                let bytes = value::bytes(&json!({ "data": value, "qr": qr::of(&value)? }))?;
                let digest = freeze::digest(&bytes);
                desk.put(&format!("part/{number}.json"), bytes);
                Ok(json!({ "template": template, "title": label, "digest": digest }))
            }
            Part::Scan { title, format, files, .. } => {
                let mut pages = Vec::new();
                let mut digests = Vec::new();
                for file in files {
                    *scans += 1;
                    let path = format!("scan/{scans}.{}", format.ending());
                    let count = format.pages(file).ok_or(PaperFault::Scan { part: number })?;
                    if *scans > MAX_PAGES || pages.len() + count > MAX_PAGES {
                        return Err(PaperFault::Scan { part: number });
                    }
                    pages.extend((1..=count).map(|page| json!({ "path": path, "page": page })));
                    digests.push(freeze::digest(file));
                    desk.put(&path, file.clone());
                }
                let title = value::clean(&json!({ "title": title }))?["title"].take();
                Ok(json!({ "pages": pages, "title": title, "digest": digests }))
            }
        }
    }
}

impl ScanFormat {
    fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Pdf => "pdf",
        }
    }

    /// How many pages the bytes are; nothing where they are not what they are said to be.
    fn pages(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n").then_some(1),
            Self::Jpeg => bytes.starts_with(&[0xff, 0xd8, 0xff]).then_some(1),
            Self::Pdf => {
                let pdf = hayro_syntax::Pdf::new(std::sync::Arc::new(bytes.to_vec())).ok()?;
                Some(pdf.pages().len()).filter(|pages| *pages > 0)
            }
        }
    }
}
