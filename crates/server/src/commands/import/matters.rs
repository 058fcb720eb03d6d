//! `shanzhi import matters`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use app::import::{Fault, Importer, Mapping, RowAnswer, Suggest};
use app::{CountyState, Error};
use documents::table::{Column, write_csv};
use domain::time::{Day, HOUR_MS, Instant, MINUTE_MS};
use serde_json::json;

use super::{say, sheet};
use crate::cli::{CountyOption, Globals};
use crate::commands::train;
use crate::home::Home;
use crate::output;

/// How many rows wait for a commit together.
const WINDOW: usize = 200;

/// What the command was told.
pub struct Options<'a> {
    /// The table.
    pub file: &'a Path,
    /// The mapping.
    pub mapping: &'a Path,
    /// Whether to keep nothing.
    pub dry_run: bool,
    /// Where the report goes.
    pub report: Option<&'a Path>,
}

/// Imports work orders. Good rows are kept, bad ones are in the report; a row that was imported
/// before is not imported again.
pub fn run(
    globals: &Globals,
    home: &Home,
    county: &CountyOption,
    options: &Options<'_>,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let state = home.county(county)?;
    let (header, rows, distrusted) = sheet::rows(sheet::read(options.file)?);
    let mapping = mapping(options.mapping, &state, &header)?;
    let suggest = match &mapping.suggest {
        Some(_) => suggester(home, &state, &mapping)?,
        None => None,
    };
    let name = options.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let importer =
        Importer::new(&home.service, &state, mapping, &name, options.dry_run, read_time, suggest);
    let bar = output::bar(as_json, rows.len() as u64, "rows");
    let mut answers: Vec<RowAnswer> = Vec::new();
    let mut rows = rows.into_iter().filter(|r| !distrusted.contains(&r.line)).peekable();
    while rows.peek().is_some() {
        answers.extend(importer.import(rows.by_ref().take(WINDOW).collect())?);
        bar.set_position(answers.len() as u64);
    }
    bar.finish_and_clear();
    app::jobs::fold(&home.service, &state)?;
    tell(globals, &answers, &distrusted, options, as_json)
}

fn mapping(file: &Path, state: &CountyState, header: &[String]) -> anyhow::Result<Mapping> {
    let text =
        fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mapping: Mapping = toml::from_str(&text).with_context(|| format!("{}", file.display()))?;
    mapping.check(&state.catalogue, header).with_context(|| format!("{}", file.display()))?;
    Ok(mapping)
}

/// What was learned about the texts of the kind, if `shanzhi train` has been run.
fn suggester(
    home: &Home,
    state: &Arc<CountyState>,
    mapping: &Mapping,
) -> anyhow::Result<Option<Suggest>> {
    let Some(model) = train::model(home, state, &mapping.kind)? else { return Ok(None) };
    Ok(Some(Arc::new(move |title: &str, text: &str| train::best(&model, title, text))))
}

/// Reads a time in any of the styles of offices, as China's civil time.
fn read_time(text: &str) -> Option<Instant> {
    let at = documents::time::read_stamp(text)?;
    let day = Day::of(at.year(), at.month(), at.day())?;
    let ms = i64::from(at.hour()) * HOUR_MS
        + i64::from(at.minute()) * MINUTE_MS
        + i64::from(at.second()) * 1000;
    Some(day.start().plus_ms(ms))
}

fn tell(
    globals: &Globals,
    answers: &[RowAnswer],
    distrusted: &[u32],
    options: &Options<'_>,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut imported, mut before, mut wrong) = (0, 0, distrusted.len());
    for answer in answers {
        match &answer.result {
            Ok(done) if done.before => before += 1,
            Ok(done) => {
                imported += 1;
                *states.entry(&done.state).or_default() += 1;
            }
            Err(_) => wrong += 1,
        }
    }
    if let Some(path) = options.report {
        report(path, globals, answers)?;
    }
    let kept = if options.dry_run { 0 } else { imported };
    let value = json!({
        "rows": answers.len() + distrusted.len(), "imported": kept, "would_import": imported,
        "imported_before": before, "wrong": wrong, "states": states,
    });
    output::say(as_json, &value, || {
        for answer in answers.iter().filter(|a| a.result.is_err()).take(20) {
            println!("{}: {}", answer.line, fault(globals, answer));
        }
        let note = if options.dry_run { " (dry run, nothing was kept)" } else { "" };
        println!("{imported} imported, {before} imported before, {wrong} wrong{note}");
        for (state, count) in &states {
            println!("  {state}: {count}");
        }
    });
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn fault(globals: &Globals, answer: &RowAnswer) -> String {
    let lang = globals.lang.as_str();
    match &answer.result {
        Ok(_) => String::new(),
        Err(Fault::Column(rule, column)) => say(lang, rule, &[("column", column.clone())]),
        Err(Fault::Order) => say(lang, "out-of-order", &[]),
        Err(Fault::Refused(action, refused)) => {
            let words = domain::words::Words::built_in();
            let said = refused.0.iter().map(|r| {
                let at = r.field.as_ref().map(|f| format!("{f}: ")).unwrap_or_default();
                format!("{at}{}", r.message(words, lang))
            });
            let reason = format!("{action}: {}", said.collect::<Vec<_>>().join(" "));
            say(lang, "refused", &[("reason", reason)])
        }
    }
}

/// One line a row: its number, the matter's code and state, the suggestion, or what is wrong.
fn report(path: &Path, globals: &Globals, answers: &[RowAnswer]) -> anyhow::Result<()> {
    let columns = ["row", "code", "state", "before", "suggested", "fault"].map(Column::text);
    let rows = answers.iter().map(|answer| {
        let cells: [String; 6] = match &answer.result {
            Ok(done) => [
                answer.line.to_string(),
                done.code.clone(),
                done.state.clone(),
                if done.before { "1".to_owned() } else { String::new() },
                done.suggested.clone().unwrap_or_default(),
                String::new(),
            ],
            Err(_) => {
                let none = String::new;
                [answer.line.to_string(), none(), none(), none(), none(), fault(globals, answer)]
            }
        };
        cells
    });
    let file =
        fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    write_csv(std::io::BufWriter::new(file), &columns, rows)
        .map_err(|f| Error::Unusable(f.rule()))?;
    Ok(())
}
