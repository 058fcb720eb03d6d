//! `shanzhi import …`.

mod matters;
mod org;
mod people;
mod register;
pub mod sheet;

use std::process::ExitCode;

use domain::org::RowFault;
use domain::words::Words;
use serde_json::{Value, json};

use crate::cli::{Globals, Import};
use crate::home::Home;
use crate::output;

/// Brings in units, people, matters, or a county out of a backup.
pub fn run(globals: &Globals, what: &Import, as_json: bool) -> anyhow::Result<ExitCode> {
    let home = Home::open(globals)?;
    match what {
        Import::Org { file, county, since, dry_run } => {
            let options = org::Options { file, county, since, dry_run: *dry_run };
            org::run(globals, &home, &options, as_json)
        }
        Import::People { file, county, dry_run } => {
            people::run(globals, &home, file, county, *dry_run, as_json)
        }
        Import::Matters { file, mapping, county, dry_run, report } => {
            let options =
                matters::Options { file, mapping, dry_run: *dry_run, report: report.as_deref() };
            matters::run(globals, &home, county, &options, as_json)
        }
        Import::Register { register, file, county, dry_run } => {
            register::run(globals, &home, (register, file), county, *dry_run, as_json)
        }
        Import::County { file, county, key } => {
            super::backup::restore(&home, file, key.as_deref(), Some(county), as_json)
        }
    }
}

/// Says what is wrong with a row, in a language.
fn say(lang: &str, rule: &str, args: &[(&'static str, String)]) -> String {
    Words::built_in().say(lang, &format!("row.{rule}.message"), args)
}

/// Prints every bad row; nothing was changed.
fn faults(lang: &str, faults: &[RowFault], as_json: bool) -> ExitCode {
    let value: Vec<Value> = faults
        .iter()
        .map(|f| json!({ "row": f.row, "rule": f.rule, "message": say(lang, f.rule, &f.args) }))
        .collect();
    output::say(as_json, &json!({ "changed": false, "faults": value }), || {
        for fault in faults {
            println!("{}: {}", fault.row, say(lang, fault.rule, &fault.args));
        }
        println!("{} row(s) are wrong, nothing was changed", faults.len());
    });
    ExitCode::from(1)
}
