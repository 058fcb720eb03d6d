//! Checks of sheets, sources and dossier against kinds and templates.

use std::collections::HashSet;

use super::source::{Origin, Sources};
use crate::catalogue::{Catalogue, Finding, Notes, Source, Term, nearest};

/// Where the templates and their sheets lie.
pub const FOLDER: &str = "documents";

/// Every sheet has its template and every template its sheet, what papers are filled from is
/// declared somewhere, and the dossier binds papers that there are.
pub fn check(catalogue: &Catalogue, source: &Source, findings: &mut Vec<Finding>) {
    let names = || catalogue.papers.keys().map(String::as_str);
    for path in source.0.keys() {
        let Some(stem) = path.strip_prefix("documents/").and_then(|p| p.strip_suffix(".typ"))
        else {
            continue;
        };
        if !stem.starts_with('_') && !catalogue.papers.contains_key(stem) {
            let file = format!("{FOLDER}/{stem}.toml");
            let args = vec![("file", file.clone())];
            findings.push(Finding { file, line: 1, rule: "missing-file", args });
        }
    }
    for sheet in catalogue.papers.values() {
        let (file, own) =
            (format!("{FOLDER}/{}.toml", sheet.id), format!("{FOLDER}/{}.typ", sheet.id));
        if !source.0.contains_key(&own) {
            let args = vec![("file", own.clone())];
            findings.push(Finding { file: own, line: 1, rule: "missing-file", args });
        }
        let mut notes = Notes { file: &file, findings };
        sheet.fields.iter().for_each(|field| sources(&field.from, catalogue, &mut notes));
    }
    let file = format!("{FOLDER}/sources.toml");
    let mut notes = Notes { file: &file, findings };
    catalogue.paper_sources.values().for_each(|from| sources(from, catalogue, &mut notes));
    let file = format!("{FOLDER}/dossier.toml");
    let mut notes = Notes { file: &file, findings };
    notes.all_known("document", catalogue.dossier.iter().flat_map(|item| &item.papers), names());
}

/// What is named is declared by some kind; a sheet may serve several.
fn sources(from: &Sources, catalogue: &Catalogue, notes: &mut Notes<'_>) {
    let kinds = || catalogue.kinds.values();
    let verbs = crate::kind::Verb::ALL.iter().flat_map(|v| v.inputs()).map(|input| input.name);
    for (origin, line) in from {
        let (what, name, known): (_, _, HashSet<&str>) = match origin {
            Origin::Parties(Some(role)) | Origin::Names(Some(role)) => (
                "party",
                role,
                kinds().flat_map(|k| k.parties.keys()).map(String::as_str).collect(),
            ),
            Origin::Field(id) => {
                ("field", id, kinds().flat_map(|k| k.fields.keys()).map(String::as_str).collect())
            }
            Origin::Clock(name) => {
                ("clock", name, kinds().flat_map(|k| k.clocks.keys()).map(String::as_str).collect())
            }
            Origin::Paper(name) => {
                ("document", name, catalogue.papers.keys().map(String::as_str).collect())
            }
            Origin::Step(id) => {
                let steps = kinds().flat_map(|k| k.steps.keys()).map(String::as_str);
                ("step", id, steps.chain(verbs.clone()).collect())
            }
            _ => continue,
        };
        // A county need not have every kind that the shipped sheets serve: only what looks like a
        // slip is one.
        if !known.contains(name.as_str()) && nearest(name, known.iter().copied()).is_some() {
            let term = Term { text: name.clone(), line: *line };
            notes.unknown(what, &term, known.into_iter());
        }
    }
}
