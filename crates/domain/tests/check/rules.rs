//! Each rule of findings by the smallest mistake that breaks it.

use std::collections::BTreeSet;

use domain::catalogue::{Finding, Source, load};
use domain::label::FIRST_LOCALE;
use domain::words::Words;

use super::beside::BESIDE;
use super::cases::CASES;
use super::edit::{Case, Edit};
use super::registers;
use crate::support::{edit, shipped};

/// Findings of these rules come from the store, which knows the versions that matters run under.
const OF_THE_STORE: &[&str] = &["kind-changed", "kind-gone"];

fn broken(edits: &[Edit]) -> Source {
    let mut source = shipped();
    for change in edits {
        match *change {
            Edit::Replace(file, old, new) => edit(&mut source, file, old, new),
            Edit::Append(file, text) => source.0.entry(file.to_owned()).or_default().push_str(text),
            Edit::Remove(file) => {
                source.0.remove(file).unwrap_or_else(|| panic!("no file {file}"));
            }
        }
    }
    source
}

/// The line on which a marker stands in the broken file; line 1 for a file that is not there.
fn line_of(source: &Source, file: &str, marker: &str) -> u32 {
    let Some(text) = source.0.get(file) else { return 1 };
    let at: Vec<usize> = text.match_indices(marker).map(|(at, _)| at).collect();
    assert_eq!(at.len(), 1, "the marker {marker:?} must stand once in {file}");
    text[..at[0]].matches('\n').count() as u32 + 1
}

fn findings(source: &Source) -> Vec<Finding> {
    load(source, &[]).err().unwrap_or_default()
}

fn shown(findings: &[Finding]) -> String {
    findings.iter().take(5).map(|f| format!("{} {f}", f.rule)).collect::<Vec<_>>().join("\n")
}

fn cases() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(BESIDE).chain(registers::CASES)
}

#[test]
fn each_mistake_is_found_alone_with_its_file_and_line() {
    let mut wrong = Vec::new();
    for Case { rule, edits, at: (file, marker) } in cases() {
        let source = broken(edits);
        let found = findings(&source);
        let line = line_of(&source, file, marker);
        let right = found.len() == 1
            && (found[0].rule, found[0].file.as_str(), found[0].line) == (rule, file, line);
        if !right {
            wrong.push(format!("wanted {rule} at {file}:{line}, found:\n{}", shown(&found)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_rule_of_findings_has_a_case_and_every_case_has_words() {
    let words = Words::built_in();
    let rules: BTreeSet<&str> = words
        .keys(FIRST_LOCALE)
        .filter_map(|key| key.strip_prefix("finding.")?.strip_suffix(".cause"))
        .filter(|rule| !OF_THE_STORE.contains(rule))
        .collect();
    let cases: BTreeSet<&str> = cases().map(|c| c.rule).collect();
    assert_eq!(rules, cases);
}

#[test]
fn every_finding_says_its_cause_and_remedy_with_nothing_left_to_fill() {
    for case in cases() {
        for finding in findings(&broken(case.edits)) {
            for text in ["zh", "en"].iter().flat_map(|l| [finding.cause(l), finding.remedy(l)]) {
                let own = text.replace("{year}", "").replace("{unit}", "").replace("{seq}", "");
                let open = own.contains('{') && case.rule != "no-number";
                assert!(!text.is_empty() && !open, "{}: {text}", case.rule);
            }
        }
    }
}

#[test]
fn mistakes_in_several_files_are_all_found_in_one_run() {
    let rules = [
        "unknown-key",
        "missing-key",
        "day-not-in-year",
        "unknown-word",
        "unused",
        "never-stops",
        "no-route",
    ];
    let cases: Vec<&Case> =
        rules.iter().map(|r| cases().find(|c| c.rule == *r).expect("a case")).collect();
    let edits: Vec<Edit> = cases.iter().flat_map(|c| c.edits.iter().copied()).collect();
    let source = broken(&edits);
    let found: BTreeSet<(String, u32, &str)> =
        findings(&source).into_iter().map(|f| (f.file, f.line, f.rule)).collect();
    let wanted: BTreeSet<(String, u32, &str)> = cases
        .iter()
        .map(|c| (c.at.0.to_owned(), line_of(&source, c.at.0, c.at.1), c.rule))
        .collect();
    assert_eq!(found, wanted);
    let files: BTreeSet<&str> = found.iter().map(|f| f.0.as_str()).collect();
    assert!(files.len() >= 5, "the mistakes are spread: {files:?}");
}

#[test]
fn findings_come_in_the_order_of_files_and_lines() {
    let edits: Vec<Edit> = cases()
        .filter(|c| c.rule == "unused" || c.rule == "unknown-key")
        .flat_map(|c| c.edits.iter().copied())
        .collect();
    let found = findings(&broken(&edits));
    let mut sorted = found.clone();
    sorted.sort();
    assert_eq!(found, sorted);
}
