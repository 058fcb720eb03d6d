//! `shanzhi catalogue …`.

use std::path::Path;
use std::process::ExitCode;

use domain::catalogue::{Finding, Source, load};
use domain::rehearsal::{BareStage, Miss, Scenario, play, scenarios};
use domain::time::Day;
use serde_json::json;

use crate::cli::{Catalogue, Globals};
use crate::{output, source};

/// Checks, writes or lists a catalogue.
pub fn run(globals: &Globals, what: &Catalogue, as_json: bool) -> anyhow::Result<ExitCode> {
    match what {
        Catalogue::Check { dir } => {
            check(globals, dir.as_deref().or(globals.catalogue.as_deref()), as_json)
        }
        Catalogue::Write { dir } => {
            source::write(&source::built_in(), dir)?;
            Ok(ExitCode::SUCCESS)
        }
        Catalogue::Days { dir } => days(dir.as_deref().or(globals.catalogue.as_deref())),
    }
}

fn check(globals: &Globals, dir: Option<&Path>, as_json: bool) -> anyhow::Result<ExitCode> {
    let source = source::read(dir)?;
    let (findings, misses) = examine(&source);
    let lang = globals.lang.as_str();
    let found = findings.iter().map(|f| {
        json!({
            "file": f.file, "line": f.line, "rule": f.rule,
            "cause": f.cause(lang), "remedy": f.remedy(lang),
        })
    });
    let missed = misses
        .iter()
        .map(|m| json!({ "file": m.file, "line": m.line, "rule": "scenario", "cause": m.what }));
    let value: Vec<_> = found.chain(missed).collect();
    output::say(as_json, &json!(value), || {
        let line = |f: &Finding| {
            format!("{}:{}: {}\n    {}", f.file, f.line, f.cause(lang), f.remedy(lang))
        };
        for finding in &findings {
            println!("{}", line(finding));
        }
        for miss in &misses {
            println!("{}:{}: {}", miss.file, miss.line, miss.what);
        }
        println!("{} files, {} finding(s)", source.0.len(), value.len());
    });
    Ok(if value.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What is wrong with the files, and, where they are sound, which scenarios come out otherwise.
fn examine(source: &Source) -> (Vec<Finding>, Vec<Miss>) {
    let read =
        load(source, &[]).and_then(|catalogue| Ok((scenarios(source, &catalogue)?, catalogue)));
    match read {
        Err(findings) => (findings, Vec::new()),
        Ok((scenarios, catalogue)) => {
            let play =
                |s: &Scenario| play(s, &mut BareStage::new(&catalogue)).err().unwrap_or_default();
            (Vec::new(), scenarios.iter().flat_map(play).collect())
        }
    }
}

fn days(dir: Option<&Path>) -> anyhow::Result<ExitCode> {
    let catalogue = load(&source::read(dir)?, &[]).map_err(app::Error::Catalogue)?;
    let years = catalogue.calendar.years();
    let span = years
        .first()
        .zip(years.last())
        .and_then(|(a, b)| Some((Day::of(a.year, 1, 1)?, Day::of(b.year, 12, 31)?)));
    for day in span.into_iter().flat_map(|(from, to)| from.0..=to.0).map(Day) {
        println!("{day} {}", u8::from(catalogue.calendar.is_workday(day)));
    }
    Ok(ExitCode::SUCCESS)
}
