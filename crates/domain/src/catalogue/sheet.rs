//! Reading one TOML file so that every mistake is found in one run, each with its line.
//!
//! A deserialiser stops at the first mistake; these readers note it, put a harmless value in its
//! place and go on.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{Finding, nearest};
use crate::label::{FIRST_LOCALE, Label};

/// A word of a file and the line it stands on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Term {
    /// The word.
    pub text: String,
    /// The line, from 1.
    pub line: u32,
}

impl Term {
    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq<str> for Term {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

/// One file being read, and what was found in it so far.
pub struct Sheet<'a> {
    name: &'a str,
    lines: Vec<usize>,
    locales: &'a [String],
    findings: RefCell<Vec<Finding>>,
}

impl<'a> Sheet<'a> {
    /// Starts reading a file; its labels must have a text in each of the languages.
    #[must_use]
    pub fn new(name: &'a str, text: &str, locales: &'a [String]) -> Self {
        let lines = text.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self { name, lines, locales, findings: RefCell::default() }
    }

    /// Parses the text as TOML and reads it as a table. Syntax errors become findings, and then the
    /// only ones: what is read from a file that is broken is not what its author wrote.
    pub fn read<T>(&self, text: &str, read: impl FnOnce(&Table<'_>) -> T) -> T {
        let (table, errors) = DeTable::parse_recoverable(text);
        let top = Table::new(self, table.get_ref(), 1, String::new());
        let value = read(&top);
        top.report_unknown();
        if !errors.is_empty() {
            self.findings.borrow_mut().clear();
        }
        for error in errors {
            let line = error.span().map_or(1, |span| self.line(span));
            self.note(line, "syntax", vec![("error", error.message().to_owned())]);
        }
        value
    }

    /// Notes a mistake on a line.
    pub fn note(&self, line: u32, rule: &'static str, args: Vec<(&'static str, String)>) {
        self.findings.borrow_mut().push(Finding { file: self.name.to_owned(), line, rule, args });
    }

    /// What was found.
    #[must_use]
    pub fn into_findings(self) -> Vec<Finding> {
        self.findings.into_inner()
    }

    fn line(&self, span: Range<usize>) -> u32 {
        self.lines.partition_point(|start| *start <= span.start) as u32 + 1
    }
}

/// One table of a file. Keys that nobody asked for are reported when it is left.
pub struct Table<'a> {
    sheet: &'a Sheet<'a>,
    map: &'a DeTable<'a>,
    /// The line of its header.
    pub line: u32,
    path: String,
    asked: RefCell<HashSet<&'static str>>,
    open: Cell<bool>,
}

impl<'a> Table<'a> {
    fn new(sheet: &'a Sheet<'a>, map: &'a DeTable<'a>, line: u32, path: String) -> Self {
        Self { sheet, map, line, path, asked: RefCell::default(), open: Cell::new(false) }
    }

    /// Notes a mistake on a line of this table's file.
    pub fn note(&self, line: u32, rule: &'static str, args: Vec<(&'static str, String)>) {
        self.sheet.note(line, rule, args);
    }

    fn get(&self, key: &'static str) -> Option<(&'a DeValue<'a>, u32)> {
        self.asked.borrow_mut().insert(key);
        self.map.get(key).map(|value| (value.get_ref(), self.sheet.line(value.span())))
    }

    fn name_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong_type(&self, key: &str, line: u32, expected: &str) {
        let args = vec![("key", self.name_of(key)), ("expected", expected.to_owned())];
        self.note(line, "wrong-type", args);
    }

    fn missing(&self, key: &str) {
        self.note(self.line, "missing-key", vec![("key", self.name_of(key))]);
    }

    /// Whether a key is there.
    #[must_use]
    pub fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// The line of a key's value; of the table where the key is missing.
    #[must_use]
    pub fn line_of(&self, key: &'static str) -> u32 {
        self.get(key).map_or(self.line, |(_, line)| line)
    }

    /// A text, if the key is there.
    pub fn opt_text(&self, key: &'static str) -> Option<Term> {
        let (value, line) = self.get(key)?;
        match value {
            DeValue::String(text) => Some(Term { text: text.as_ref().to_owned(), line }),
            _ => {
                self.wrong_type(key, line, "text");
                None
            }
        }
    }

    /// A text that must be there.
    pub fn text(&self, key: &'static str) -> Term {
        let found = self.opt_text(key);
        if found.is_none() && !self.map.contains_key(key) {
            self.missing(key);
        }
        found.unwrap_or(Term { text: String::new(), line: self.line })
    }

    /// A text read by its own rule, if the key is there; `expected` says what the rule wants.
    pub fn opt_parsed<T: std::str::FromStr>(&self, key: &'static str, expected: &str) -> Option<T> {
        let term = self.opt_text(key)?;
        let parsed = term.text.parse().ok();
        if parsed.is_none() {
            self.wrong_type(key, term.line, expected);
        }
        parsed
    }

    /// A text read by its own rule that must be there.
    pub fn text_as<T: std::str::FromStr>(&self, key: &'static str, expected: &str) -> Option<T> {
        if !self.map.contains_key(key) {
            self.missing(key);
        }
        self.opt_parsed(key, expected)
    }

    /// A whole number, if the key is there, between two bounds.
    pub fn opt_int(&self, key: &'static str, bounds: Range<i64>) -> Option<i64> {
        let (value, line) = self.get(key)?;
        let number = match value {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|n| bounds.contains(n));
        if number.is_none() {
            self.wrong_type(
                key,
                line,
                &format!("a whole number from {} to {}", bounds.start, bounds.end - 1),
            );
        }
        number
    }

    /// A whole number that must be there.
    pub fn int(&self, key: &'static str, bounds: Range<i64>) -> i64 {
        let low = bounds.start;
        let found = self.opt_int(key, bounds);
        if found.is_none() && !self.map.contains_key(key) {
            self.missing(key);
        }
        found.unwrap_or(low)
    }

    /// Yes or no; no where the key is missing.
    pub fn flag(&self, key: &'static str) -> bool {
        match self.get(key) {
            Some((DeValue::Boolean(flag), _)) => *flag,
            Some((_, line)) => {
                self.wrong_type(key, line, "true or false");
                false
            }
            None => false,
        }
    }

    /// A list of texts; empty where the key is missing.
    pub fn texts(&self, key: &'static str) -> Vec<Term> {
        self.get(key).map(|(value, line)| self.terms(key, value, line)).unwrap_or_default()
    }

    fn terms(&self, key: &str, value: &DeValue<'_>, line: u32) -> Vec<Term> {
        let DeValue::Array(items) = value else {
            self.wrong_type(key, line, "a list of texts");
            return Vec::new();
        };
        let mut terms: Vec<Term> = Vec::new();
        for item in items.iter() {
            let line = self.sheet.line(item.span());
            match item.get_ref() {
                DeValue::String(text) if terms.iter().any(|t| t.text == text.as_ref()) => {
                    let args = vec![("key", self.name_of(key)), ("name", text.as_ref().to_owned())];
                    self.note(line, "twice", args);
                }
                DeValue::String(text) => terms.push(Term { text: text.as_ref().to_owned(), line }),
                _ => self.wrong_type(key, line, "a list of texts"),
            }
        }
        terms
    }

    /// A text in every language of the catalogue, as `{ zh = "…", en = "…" }`.
    pub fn opt_label(&self, key: &'static str) -> Option<Label> {
        let (value, line) = self.get(key)?;
        let mut label = Label::default();
        match value {
            DeValue::Table(table) => {
                for (locale, text) in table.iter() {
                    let (locale, at) = (locale.get_ref().as_ref(), self.sheet.line(text.span()));
                    if !self.sheet.locales.iter().any(|l| l == locale) {
                        self.note(
                            at,
                            "unknown-locale",
                            vec![("key", self.name_of(key)), ("locale", locale.to_owned())],
                        );
                    }
                    match text.get_ref() {
                        DeValue::String(text) if !text.trim().is_empty() => {
                            label.0.insert(locale.to_owned(), text.as_ref().to_owned());
                        }
                        _ => self.wrong_type(key, at, "a text that is not empty"),
                    }
                }
            }
            DeValue::String(text) => {
                label.0.insert(FIRST_LOCALE.to_owned(), text.as_ref().to_owned());
            }
            _ => {
                self.wrong_type(key, line, "a text in each language");
                return None;
            }
        }
        for locale in self.sheet.locales.iter().filter(|l| !label.0.contains_key(*l)) {
            self.note(
                line,
                "missing-translation",
                vec![("key", self.name_of(key)), ("locale", locale.clone())],
            );
        }
        Some(label)
    }

    /// A text in every language that must be there.
    pub fn label(&self, key: &'static str) -> Label {
        let found = self.opt_label(key);
        if found.is_none() && !self.map.contains_key(key) {
            self.missing(key);
        }
        found.unwrap_or_default()
    }

    /// Reads the table under a key, if it is there.
    pub fn table<T>(&self, key: &'static str, read: impl FnOnce(&Table<'_>) -> T) -> Option<T> {
        let (value, line) = self.get(key)?;
        match value {
            DeValue::Table(map) => Some(self.enter(map, line, self.name_of(key), read)),
            _ => {
                self.wrong_type(key, line, "a table");
                None
            }
        }
    }

    /// Reads each named table under a key: `[state.registered]`, `[state.closed]`.
    pub fn named<T>(
        &self,
        key: &'static str,
        mut read: impl FnMut(Term, &Table<'_>) -> T,
    ) -> Vec<T> {
        let Some((value, line)) = self.get(key) else { return Vec::new() };
        let DeValue::Table(map) = value else {
            self.wrong_type(key, line, "named tables");
            return Vec::new();
        };
        let mut all = Vec::new();
        for (name, value) in map.iter() {
            let line = self.sheet.line(name.span());
            let term = Term { text: name.get_ref().as_ref().to_owned(), line };
            if !is_name(&term.text) {
                self.note(line, "bad-name", vec![("name", term.text.clone())]);
            }
            let path = self.name_of(&format!("{key}.{}", term.text));
            match value.get_ref() {
                DeValue::Table(map) => all.push(self.enter(map, line, path, |t| read(term, t))),
                _ => self.wrong_type(&format!("{key}.{}", term.text), line, "a table"),
            }
        }
        all
    }

    /// Every key of this table with its list of texts: `{ holder = ["mediator"] }`.
    pub fn lists(&self) -> Vec<(Term, Vec<Term>)> {
        self.open.set(true);
        let read = |(key, value): (&Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let key: &std::borrow::Cow<'_, str> = key.get_ref();
            let line = self.sheet.line(value.span());
            let term = Term { text: key.as_ref().to_owned(), line };
            (term, self.terms(key, value.get_ref(), line))
        };
        self.map.iter().map(read).collect()
    }

    /// Every key of this table with its text: `{ "2026-01-01" = "元旦" }`.
    pub fn pairs(&self) -> Vec<(Term, String)> {
        self.open.set(true);
        let mut pairs = Vec::new();
        for (key, value) in self.map.iter() {
            let key_text = key.get_ref().as_ref().to_owned();
            match value.get_ref() {
                DeValue::String(text) => {
                    pairs.push((
                        Term { text: key_text, line: self.sheet.line(key.span()) },
                        text.as_ref().to_owned(),
                    ));
                }
                _ => self.wrong_type(&key_text, self.sheet.line(value.span()), "text"),
            }
        }
        pairs
    }

    /// Notes whatever below this table is neither a table nor a text.
    pub fn all_texts(&self) {
        self.open.set(true);
        for (key, value) in self.map.iter() {
            let (key, line) = (key.get_ref().as_ref(), self.sheet.line(value.span()));
            match value.get_ref() {
                DeValue::String(_) => {}
                DeValue::Table(map) => self.enter(map, line, self.name_of(key), |t| t.all_texts()),
                _ => self.wrong_type(key, line, "text"),
            }
        }
    }

    /// Each table of an array of tables: `[[step]]`.
    pub fn each<T>(&self, key: &'static str, mut read: impl FnMut(&Table<'_>) -> T) -> Vec<T> {
        let Some((value, line)) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value else {
            self.wrong_type(key, line, "a list of tables");
            return Vec::new();
        };
        let mut all = Vec::new();
        for item in items.iter() {
            let line = self.sheet.line(item.span());
            match item.get_ref() {
                DeValue::Table(map) => {
                    all.push(self.enter(map, line, self.name_of(key), &mut read))
                }
                _ => self.wrong_type(key, line, "a list of tables"),
            }
        }
        all
    }

    /// The whole table as JSON, for values that are checked elsewhere.
    pub fn json(&self, key: &'static str) -> Option<serde_json::Value> {
        self.get(key).map(|(value, _)| to_json(value))
    }

    fn enter<T>(
        &self,
        map: &'a DeTable<'a>,
        line: u32,
        path: String,
        read: impl FnOnce(&Table<'_>) -> T,
    ) -> T {
        let table = Table::new(self.sheet, map, line, path);
        let value = read(&table);
        table.report_unknown();
        value
    }

    fn report_unknown(&self) {
        if self.open.get() {
            return;
        }
        let asked = self.asked.borrow();
        for (key, _) in self.map.iter().filter(|(key, _)| !asked.contains(key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let line = self.sheet.line(key.span());
            let meant = nearest(name, asked.iter().copied()).map(str::to_owned);
            let mut known: Vec<&str> = asked.iter().copied().collect();
            known.sort_unstable();
            let hint = meant.unwrap_or_else(|| known.join(", "));
            self.note(line, "unknown-key", vec![("key", self.name_of(name)), ("known", hint)]);
        }
    }
}

/// Names that stand in keys, URLs and the store: small letters, digits and dashes.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 60
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn to_json(value: &DeValue<'_>) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        DeValue::String(text) => Json::String(text.as_ref().to_owned()),
        DeValue::Integer(n) => {
            i64::from_str_radix(n.as_str(), n.radix()).map_or(Json::Null, Json::from)
        }
        DeValue::Float(n) => n.as_str().parse::<f64>().map_or(Json::Null, Json::from),
        DeValue::Boolean(flag) => Json::Bool(*flag),
        DeValue::Datetime(at) => Json::String(at.to_string()),
        DeValue::Array(items) => items.iter().map(|i| to_json(i.get_ref())).collect(),
        DeValue::Table(map) => map
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref().to_owned(), to_json(value.get_ref())))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}
