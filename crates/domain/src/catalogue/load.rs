//! From files to a checked catalogue.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;
use sm3::{Digest, Sm3};

use super::check::Notes;
use super::definition::{Catalogue, List};
use super::finding::Finding;
use super::report::Report;
use super::sheet::{Sheet, Table, Term};
use super::{check, read, report};
use crate::clock::{Calendar, Year};
use crate::kind::{self, Kind};
use crate::label::{FIRST_LOCALE, Label};
use crate::meeting::{self, Meetings};
use crate::notice::{self, Notice};
use crate::paper;
use crate::register;
use crate::words::Words;

/// Where sorts of meeting are declared; a county may have none.
const MEETINGS: &str = "meetings.toml";

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
        let inside =
            move |path: &str| path.strip_prefix(folder).is_some_and(|p| p.starts_with('/'));
        self.0.iter().filter(move |(path, _)| inside(path) && path.ends_with(".toml"))
    }
}

/// Reads and checks a whole catalogue. Earlier versions of kinds, as the store kept them, are read
/// with it, because matters still run under them.
///
/// # Errors
/// Every mistake found, in the order of files and lines.
pub fn load(source: &Source, earlier: &[String]) -> Result<Catalogue, Vec<Finding>> {
    let mut reader =
        Reader { source, locales: vec![FIRST_LOCALE.to_owned()], findings: Vec::new() };
    let (label, version) = reader.top();
    let (levels, offices) = reader.file("levels.toml", read::levels).unwrap_or_default();
    let (roles, groups) = reader.file("roles.toml", read::roles).unwrap_or_default();
    let rules = reader.file("clocks.toml", read::rules).unwrap_or_default();
    let delivery = reader.file("delivery.toml", notice::delivery).unwrap_or_default();
    let lists = reader.lists();
    let calendar = reader.calendar();
    let words = reader.words();
    let papers = reader.papers();
    let paper_sources = reader.file("documents/sources.toml", paper::sources).unwrap_or_default();
    let dossier = reader.file("documents/dossier.toml", paper::items).unwrap_or_default();
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
        registers: IndexMap::new(),
        reports: IndexMap::new(),
        meetings: reader.meetings(),
        notices: IndexMap::new(),
        delivery,
        earlier: HashMap::new(),
        papers,
        paper_sources,
        dossier,
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
    reader.registers(&mut catalogue);
    catalogue.kinds.sort_by(|_, one, _, other| one.order.cmp(&other.order));
    catalogue.reports = reader.reports(&catalogue);
    meeting::check(&catalogue, &mut Notes { file: MEETINGS, findings: &mut reader.findings });
    catalogue.notices = reader.notices(&catalogue);
    paper::check(&catalogue, source, &mut reader.findings);
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
    /// Statistical tables; they count kinds, which are read before them.
    fn reports(&mut self, catalogue: &Catalogue) -> IndexMap<String, Report> {
        let check = |one: &Report, notes: &mut Notes<'_>| report::check(one, catalogue, notes);
        self.each_once("reports", report::reports, |one| &one.id, check)
    }

    /// What the county keeps lists of. Registers refer to each other, so all are read before one is
    /// checked.
    fn registers(&mut self, catalogue: &mut Catalogue) {
        let found = self.folder("registers", |path, t| (path.to_owned(), register::read(t)));
        let mut paths = Vec::new();
        for (path, mut one) in found {
            one.expand(&catalogue.groups);
            if catalogue.registers.contains_key(&one.id.text) {
                Notes { file: &path, findings: &mut self.findings }.twice("register", &one.id);
                continue;
            }
            paths.push((path, one.id.text.clone()));
            catalogue.registers.insert(one.id.text.clone(), Arc::new(one));
        }
        for (path, id) in paths {
            if let Some(one) = catalogue.registers.get(&id) {
                let mut notes = Notes { file: &path, findings: &mut self.findings };
                register::check(one, catalogue, &mut notes);
            }
        }
    }

    /// What people are told of, of every file, and how it leaves the house.
    fn notices(&mut self, catalogue: &Catalogue) -> IndexMap<String, Notice> {
        let mut notes = Notes { file: "delivery.toml", findings: &mut self.findings };
        notice::check_delivery(&catalogue.delivery, catalogue, &mut notes);
        let check = |one: &Notice, notes: &mut Notes<'_>| notice::check(one, catalogue, notes);
        self.each_once("notices", notice::notices, |one| &one.id, check)
    }

    /// What the files of a folder declare, each name once.
    fn each_once<T>(
        &mut self,
        folder: &str,
        read: fn(&Table<'_>) -> Vec<T>,
        id: fn(&T) -> &Term,
        check: impl Fn(&T, &mut Notes<'_>),
    ) -> IndexMap<String, T> {
        let mut all = IndexMap::new();
        for (path, found) in self.folder(folder, |path, t| (path.to_owned(), read(t))) {
            for one in found {
                let mut notes = Notes { file: &path, findings: &mut self.findings };
                check(&one, &mut notes);
                if all.contains_key(&id(&one).text) {
                    notes.twice(folder.trim_end_matches('s'), id(&one));
                    continue;
                }
                all.insert(id(&one).text.clone(), one);
            }
        }
        all
    }

    fn top(&mut self) -> (Label, String) {
        let name = "catalogue.toml";
        let Some(text) = self.source.0.get(name) else {
            self.missing(name);
            return Default::default();
        };
        let declared = Sheet::new(name, text, &[]).read(text, |t| t.texts("locales"));
        let has_first = declared.iter().any(|l| l.text == FIRST_LOCALE);
        let line = declared.first().map_or(1, |l| l.line);
        self.locales = declared.into_iter().map(|l| l.text).collect();
        if !has_first {
            self.locales.insert(0, FIRST_LOCALE.to_owned());
            self.note(name, line, "no-first-locale", vec![("locale", FIRST_LOCALE.to_owned())]);
        }
        let top = |t: &Table<'_>| {
            t.texts("locales");
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
        source
            .folder(folder)
            .map(|(path, text)| self.sheet(path, text, |t| read(path, t)))
            .collect()
    }

    fn sheet<T>(&mut self, name: &str, text: &str, read: impl FnOnce(&Table<'_>) -> T) -> T {
        let sheet = Sheet::new(name, text, &self.locales);
        let value = sheet.read(text, read);
        self.findings.extend(sheet.into_findings());
        value
    }

    fn lists(&mut self) -> IndexMap<String, List> {
        let mut lists = IndexMap::new();
        for (path, found) in self.folder("lists", |path, t| (path.to_owned(), read::lists(t))) {
            for (id, list) in found {
                let mut notes = Notes { file: &path, findings: &mut self.findings };
                check::list(&list, &mut notes);
                if lists.contains_key(&id) {
                    notes.note(
                        list.id.line,
                        "twice",
                        vec![("key", "list".to_owned()), ("name", id)],
                    );
                } else {
                    lists.insert(id, list);
                }
            }
        }
        lists
    }

    fn meetings(&mut self) -> Meetings {
        let source = self.source;
        let text = source.0.get(MEETINGS);
        text.map(|text| self.sheet(MEETINGS, text, meeting::read)).unwrap_or_default()
    }

    /// The sheet beside each template.
    fn papers(&mut self) -> BTreeMap<String, paper::Sheet> {
        let (source, mut papers) = (self.source, BTreeMap::new());
        for (path, text) in source.folder("documents") {
            let stem = path.trim_start_matches("documents/").trim_end_matches(".toml");
            if !["dossier", "sources"].contains(&stem) {
                let sheet = self.sheet(path, text, |t| paper::Sheet::read(stem, t));
                papers.insert(stem.to_owned(), sheet);
            }
        }
        papers
    }

    /// A kind as the store kept it: it was checked when it was new and is only read now.
    fn stored(&mut self, text: &str) -> Kind {
        Sheet::new("stored kind", text, &self.locales).read(text, kind::read)
    }

    fn calendar(&mut self) -> Calendar {
        let (version, hours) =
            self.file("calendars/calendar.toml", read::calendar).unwrap_or_default();
        let mut years: Vec<Year> = Vec::new();
        let source = self.source;
        for (path, text) in
            source.folder("calendars").filter(|(p, _)| !p.ends_with("/calendar.toml"))
        {
            let (year, line) = self.sheet(path, text, read::year);
            if years.iter().any(|y| y.year == year.year) {
                self.note(
                    path,
                    line,
                    "twice",
                    vec![("key", "year".into()), ("name", year.year.to_string())],
                );
            }
            years.push(year);
        }
        Calendar::new(version, hours, years)
    }

    /// The texts of the product in each declared language. Where a file cannot be read, that alone is
    /// found, not everything it therefore lacks.
    fn words(&mut self) -> Words {
        let mut words = Words::default();
        for locale in self.locales.clone() {
            let path = format!("locales/{locale}.toml");
            let source = self.source;
            let Some(text) = source.0.get(&path) else {
                self.missing(&path);
                continue;
            };
            let before = self.findings.len();
            self.sheet(&path, text, |t| t.all_texts());
            words.add(&locale, text);
            if self.findings.len() == before {
                check::words(&words, &locale, &path, &mut self.findings);
            }
        }
        words
    }

    fn missing(&mut self, name: &str) {
        self.note(name, 1, "missing-file", vec![("file", name.to_owned())]);
    }

    fn note(
        &mut self,
        file: &str,
        line: u32,
        rule: &'static str,
        args: Vec<(&'static str, String)>,
    ) {
        self.findings.push(Finding { file: file.to_owned(), line, rule, args });
    }
}
