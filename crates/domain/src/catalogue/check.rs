//! Checks of the shared files against each other.

use std::collections::HashSet;

use super::definition::{Catalogue, List};
use super::finding::{Finding, nearest};
use super::sheet::Term;
use crate::words::Words;

/// How many missing texts of one language are named in one run.
const MOST_MISSING: usize = 20;

/// Where findings of one file go.
pub struct Notes<'a> {
    /// The file.
    pub file: &'a str,
    /// What was found so far.
    pub findings: &'a mut Vec<Finding>,
}

impl Notes<'_> {
    /// Notes a mistake on a line.
    pub fn note(&mut self, line: u32, rule: &'static str, args: Vec<(&'static str, String)>) {
        self.findings.push(Finding { file: self.file.to_owned(), line, rule, args });
    }

    /// Notes a name that is declared a second time.
    pub fn twice(&mut self, key: &str, term: &Term) {
        let args = vec![("key", key.to_owned()), ("name", term.text.clone())];
        self.note(term.line, "twice", args);
    }

    /// Notes a name that nothing declares, with the one that was probably meant.
    pub fn unknown<'n>(&mut self, what: &str, term: &Term, known: impl Iterator<Item = &'n str>) {
        let known: Vec<&str> = known.collect();
        let hint = nearest(&term.text, known.iter().copied())
            .map_or_else(|| known.join(", "), str::to_owned);
        let args = vec![("what", what.to_owned()), ("name", term.text.clone()), ("known", hint)];
        self.note(term.line, "unknown-name", args);
    }

    /// Notes each term that is not among the declared names.
    pub fn all_known<'n, 't>(
        &mut self,
        what: &str,
        terms: impl IntoIterator<Item = &'t Term>,
        known: impl Iterator<Item = &'n str> + Clone,
    ) {
        for term in terms {
            if !known.clone().any(|k| k == term.text) {
                self.unknown(what, term, known.clone());
            }
        }
    }
}

/// The items of a list that stand under another stand under one of the same list.
pub fn list(list: &List, notes: &mut Notes<'_>) {
    let names = list.items.keys().map(String::as_str);
    notes.all_known("item", list.items.values().filter_map(|i| i.under.as_ref()), names);
}

/// Levels form one tree without a cycle, offices stand at levels, posts name roles, and an extension
/// can be added to its limit.
pub fn shared(catalogue: &Catalogue, findings: &mut Vec<Finding>) {
    levels(catalogue, &mut Notes { file: "levels.toml", findings });
    let mut notes = Notes { file: "clocks.toml", findings };
    for rule in catalogue.rules.values() {
        if rule.extend.is_some_and(|e| rule.within.and(e).is_none()) {
            notes.note(rule.id.line, "extension-unit", vec![("name", rule.id.text.clone())]);
        }
    }
    let mut notes = Notes { file: "roles.toml", findings };
    let role_names = catalogue.roles.keys().map(String::as_str);
    notes.all_known("role", catalogue.groups.values().flatten(), role_names);
    for role in catalogue
        .roles
        .values()
        .filter(|r| r.exclusive && (r.handles || r.sealed || r.sees > super::Sight::Nothing))
    {
        notes.note(role.id.line, "administrator-sees", vec![("name", role.id.text.clone())]);
    }
}

fn levels(catalogue: &Catalogue, notes: &mut Notes<'_>) {
    let level_names = catalogue.levels.keys().map(String::as_str);
    let role_names = catalogue.roles.keys().map(String::as_str);
    notes.all_known(
        "level",
        catalogue.levels.values().filter_map(|l| l.under.as_ref()),
        level_names.clone(),
    );
    let tops: Vec<&Term> =
        catalogue.levels.values().filter(|l| l.under.is_none()).map(|l| &l.id).collect();
    if tops.len() != 1 {
        let names = tops.iter().map(|t| t.as_str()).collect::<Vec<_>>().join(", ");
        let line = tops.get(1).map_or(1, |t| t.line);
        notes.note(line, "one-top-level", vec![("names", names)]);
    }
    for level in catalogue.levels.values() {
        let mut seen = HashSet::from([level.id.as_str()]);
        let mut at = level;
        while let Some(above) = at.under.as_ref().and_then(|u| catalogue.levels.get(u.as_str())) {
            if !seen.insert(above.id.as_str()) {
                notes.note(level.id.line, "level-cycle", vec![("name", level.id.text.clone())]);
                break;
            }
            at = above;
        }
        notes.all_known("role", &level.posts, role_names.clone());
    }
    let mut numbers = HashSet::new();
    for office in catalogue.offices.values() {
        notes.all_known("level", [&office.at], level_names.clone());
        notes.all_known("role", &office.posts, role_names.clone());
        if !numbers.insert((office.at.text.clone(), office.number)) {
            let args = vec![("key", "number".to_owned()), ("name", office.number.to_string())];
            notes.note(office.id.line, "twice", args);
        }
    }
}

/// A declared language has every text of the product.
pub fn words(words: &Words, locale: &str, file: &str, findings: &mut Vec<Finding>) {
    let own: HashSet<&str> = words.keys(locale).collect();
    let mut missing: Vec<&str> =
        Words::built_in().keys("zh").filter(|k| !own.contains(k)).collect();
    missing.sort_unstable();
    missing.truncate(MOST_MISSING);
    for key in missing {
        let args = vec![("key", key.to_owned()), ("locale", locale.to_owned())];
        findings.push(Finding {
            file: file.to_owned(),
            line: 1,
            rule: "missing-translation",
            args,
        });
    }
}
