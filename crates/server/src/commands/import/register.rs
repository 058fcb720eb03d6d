//! `shanzhi import register`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use app::registers::{RowFault, read_table, take_rows};
use domain::register::Register;
use serde_json::{Value as Json, json};
use store::Conn;

use crate::cli::{CountyOption, Globals};
use crate::home::Home;
use crate::output;

/// How many bad rows are printed.
const SHOWN: usize = 50;

/// Checks a table and, unless it is a dry run, takes its good rows: all of them or none.
pub fn run(
    globals: &Globals,
    home: &Home,
    (register, file): (&str, &Path),
    county: &CountyOption,
    dry_run: bool,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let state = home.county(county)?;
    let Some(declared) = state.catalogue.registers.get(register).cloned() else {
        let names: Vec<&str> = state.catalogue.registers.keys().map(String::as_str).collect();
        bail!("there is no register \"{register}\"; there are: {}", names.join(", "));
    };
    let bytes =
        std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let table = match read_table(&name, &bytes) {
        Ok(table) => Arc::new(table),
        Err(app::Error::Table(rule, args)) => {
            let words = &state.catalogue.words;
            bail!(
                "{}: {}",
                file.display(),
                words.say(&globals.lang, &format!("table.{rule}"), &args)
            )
        }
        Err(error) => return Err(error.into()),
    };
    let (service, held, wanted) = (home.service.clone(), state.clone(), register.to_owned());
    let work =
        move |conn: &mut Conn| take_rows(conn, &service, &held, &wanted, (&name, &table), dry_run);
    let report = home.service.db().write(work).wait()?;
    let words = &state.catalogue.words;
    let say = |fault: &RowFault| {
        let message =
            fault.message(words, &globals.lang, &|name| label(&declared, name, &globals.lang));
        let at = [fault.column.as_deref(), fault.heading.as_deref()];
        let at: Vec<&str> = at.into_iter().flatten().collect();
        if at.is_empty() { message } else { format!("{}: {message}", at.join(" ")) }
    };
    let bad: Vec<Json> = report
        .bad
        .iter()
        .map(|row| {
            let faults = row.faults.iter().map(|f| {
                json!({ "column": f.column, "heading": f.heading, "rule": f.rule, "message": say(f) })
            });
            json!({ "row": row.line, "faults": faults.collect::<Vec<_>>() })
        })
        .collect();
    let taken = if dry_run { 0 } else { report.good.len() };
    let value = json!({
        "register": register, "rows": report.rows, "would_take": report.good.len(), "taken": taken,
        "there_already": report.already.len(), "wrong": report.bad.len(), "bad": bad,
        "header": report.header.iter().map(say).collect::<Vec<_>>(), "unread": report.unread,
    });
    output::say(as_json, &value, || {
        report.header.iter().for_each(|fault| println!("{}", say(fault)));
        for row in report.bad.iter().take(SHOWN) {
            let said: Vec<String> = row.faults.iter().map(say).collect();
            println!("{}: {}", row.line, said.join(" "));
        }
        let note = if dry_run { " (dry run, nothing was kept)" } else { "" };
        let (good, already, wrong) = (report.good.len(), report.already.len(), report.bad.len());
        println!(
            "{good} of {} rows taken, {already} there already, {wrong} wrong{note}",
            report.rows
        );
    });
    let sound = report.bad.is_empty() && report.header.is_empty();
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn label(register: &Register, name: &str, lang: &str) -> String {
    match register.field(name) {
        Some(field) => field.field.label.get(lang).to_owned(),
        None => register.owner.label.get(lang).to_owned(),
    }
}
