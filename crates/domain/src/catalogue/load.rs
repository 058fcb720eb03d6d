//! From files to a checked catalogue.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;
use sm3::{Digest, Sm3};

use super::definition::Catalogue;
use super::finding::Finding;
use super::sheet::{Sheet, Table};
use super::{check, read};
use crate::clock::{Calendar, Year};
use crate::kind::{self, Kind};
use crate::label::{FIRST_LOCALE, Label};
use crate::words::Words;

/// The files of a catalogue by their path inside it, such as `kinds/dispute.toml`.
#[derive(Debug, Clone, Default)]
pub struct Source(pub BTreeMap<String, String>);

impl Source {
    /// SM3 over every path and text.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sm3::new();
        for (path, text) in &self.0 {
            hash.update((path.len() as u64).to_be_bytes());
            hash.update(path);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    fn folder<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a String, &'a String)> {
        let inside = move |path: &str| path.strip_prefix(folder).is_some_and(|p| p.starts_with('/'));
        self.0.iter().filter(move |(path, _)| inside(path) && path.ends_with(".toml"))
    }
}

/// Reads and checks a whole catalogue. Earlier versions of kinds, as the store kept them, are read
/// with it, because matters still run under them.
///
/// # Errors
/// Every mistake found, in the order of files and lines.
pub fn load(source: &Source, earlier: &[String]) -> Result<Catalogue, Vec<Finding>> {
    let mut reader = Reader { source, locales: vec![FIRST_LOCALE.to_owned()], findings: Vec::new() };
    let (label, version) = reader.top();
    let (levels, offices) = reader.file("levels.toml", read::levels).unwrap_or_default();
    let (roles, groups) = reader.file("roles.toml", read::roles).unwrap_or_default();
    let rules = reader.file("clocks.toml", read::rules).unwrap_or_default();
    let mut lists = IndexMap::new();
    for list in reader.folder("lists", |_, t| read::lists(t)) {
        lists.extend(list);
    }
    let calendar = reader.calendar();
    let words = reader.words();
    let mut catalogue = Catalogue {
        label,
        version,
        locales: reader.locales.clone(),
        digest: source.digest(),
        levels,
        offices,
        roles,
        groups,
        lists,
        rules,
        calendar,
        kinds: IndexMap::new(),
        earlier: HashMap::new(),
        words,
    };
    let kinds = reader.folder("kinds", |path, t| (path.to_owned(), kind::read(t)));
    check::shared(&catalogue, &mut reader.findings);
    for (path, mut kind) in kinds {
        kind.expand(&catalogue.groups);
        kind::check(&kind, &catalogue, &path, &mut reader.findings);
        if let Some(first) = catalogue.kinds.get(&kind.id.text) {
            let args = vec![("key", "kind".to_owned()), ("name", first.id.text.clone())];
            reader.findings.push(Finding { file: path, line: kind.id.line, rule: "twice", args });
            continue;
        }
        catalogue.kinds.insert(kind.id.text.clone(), Arc::new(kind));
    }
    for text in earlier {
        let mut kind = reader.stored(text);
        kind.expand(&catalogue.groups);
        catalogue.earlier.insert((kind.id.text.clone(), kind.version), Arc::new(kind));
    }
    if reader.findings.is_empty() {
        return Ok(catalogue);
    }
    reader.findings.sort();
    reader.findings.dedup();
    Err(reader.findings)
}

struct Reader<'s> {
    source: &'s Source,
    locales: Vec<String>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn top(&mut self) -> (Label, String) {
        let name = "catalogue.toml";
        let Some(text) = self.source.0.get(name) else {
            self.missing(name);
            return Default::default();
        };
        let languages = |t: &Table<'_>| t.texts("locales").into_iter().map(|l| l.text).collect::<Vec<_>>();
        let first = Sheet::new(name, text, &[]);
        let declared = first.read(text, languages);
        if declared.iter().any(|l| l == FIRST_LOCALE) {
            self.locales = declared;
        } else {
            self.note(name, "no-first-locale", vec![("locale", FIRST_LOCALE.to_owned())]);
        }
        let top = |t: &Table<'_>| {
            languages(t);
            (t.label("name"), t.text("version").text)
        };
        self.file(name, top).unwrap_or_default()
    }

    /// Reads one file that must be there.
    fn file<T>(&mut self, name: &str, read: impl FnOnce(&Table<'_>) -> T) -> Option<T> {
        match self.source.0.get(name) {
            Some(text) => Some(self.sheet(name, text, read)),
            None => {
                self.missing(name);
                None
            }
        }
    }

    /// Reads every file of a folder.
    fn folder<T>(&mut self, folder: &str, read: impl Fn(&str, &Table<'_>) -> T) -> Vec<T> {
        let source = self.source;
        source.folder(folder).map(|(path, text)| self.sheet(path, text, |t| read(path, t))).collect()
    }

    fn sheet<T>(&mut self, name: &str, text: &str, read: impl FnOnce(&Table<'_>) -> T) -> T {
        let sheet = Sheet::new(name, text, &self.locales);
        let value = sheet.read(text, read);
        self.findings.extend(sheet.into_findings());
        value
    }

    /// A kind as the store kept it: it was checked when it was new and is only read now.
    fn stored(&mut self, text: &str) -> Kind {
        Sheet::new("stored kind", text, &self.locales).read(text, kind::read)
    }

    fn calendar(&mut self) -> Calendar {
        let (version, hours) = self.file("calendars/calendar.toml", read::calendar).unwrap_or_default();
        let mut years: Vec<Year> = Vec::new();
        let source = self.source;
        for (path, text) in source.folder("calendars").filter(|(p, _)| !p.ends_with("/calendar.toml")) {
            let year = self.sheet(path, text, read::year);
            if years.iter().any(|y| y.year == year.year) {
                self.note(path, "twice", vec![("key", "year".into()), ("name", year.year.to_string())]);
            }
            years.push(year);
        }
        Calendar::new(version, hours, years)
    }

    fn words(&mut self) -> Words {
        let mut words = Words::default();
        let source = self.source;
        for (path, text) in source.folder("locales") {
            let locale = path.trim_start_matches("locales/").trim_end_matches(".toml");
            words.add(locale, text);
        }
        check::words(&words, &self.locales, &mut self.findings);
        words
    }

    fn missing(&mut self, name: &str) {
        self.note(name, "missing-file", vec![("file", name.to_owned())]);
    }

    fn note(&mut self, file: &str, rule: &'static str, args: Vec<(&'static str, String)>) {
        self.findings.push(Finding { file: file.to_owned(), line: 1, rule, args });
    }
}
