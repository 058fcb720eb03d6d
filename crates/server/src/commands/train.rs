//! `shanzhi train`: teaching the suggestion of categories from texts that people have classed.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use app::suggest::{Example, learn, model_of};
use app::{CountyState, Error};
use domain::suggest::{Model, Text};
use serde_json::json;
use store::Conn;

use super::import::sheet;
use crate::cli::{Globals, Train};
use crate::home::Home;
use crate::output;

/// How many folds the cross-validation has.
const FOLDS: usize = 10;

/// Trains a model, says how well it does on texts it has not seen, and keeps it for the county.
pub fn run(globals: &Globals, options: &Train, as_json: bool) -> anyhow::Result<ExitCode> {
    let home = Home::open(globals)?;
    let state = home.county(&options.county)?;
    let (header, rows, _) = sheet::rows(sheet::read(&options.file)?);
    for column in [&options.title, &options.text, &options.label] {
        if !header.contains(column) {
            bail!("the file has no column \"{column}\"; it has: {}", header.join(", "));
        }
    }
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    let mut examples = Vec::new();
    for row in &rows {
        let Some(label) = row.cell(&options.label) else { continue };
        match app::suggest::category(&state, &options.kind, label) {
            Some(class) => examples.push(Example {
                title: row.cell(&options.title).unwrap_or_default().to_owned(),
                text: row.cell(&options.text).unwrap_or_default().to_owned(),
                class,
            }),
            None => *unknown.entry(label.to_owned()).or_default() += 1,
        }
    }
    let learned = learn(&state, &options.kind, &examples, FOLDS).context("nothing was learned")?;
    let (service, held, kind, body) =
        (home.service.clone(), state.clone(), options.kind.clone(), learned.body.clone());
    let keep = move |conn: &mut Conn| {
        store::catalogues::put_classifier(conn, held.county, &kind, &body, service.now())
            .map_err(Error::from)
    };
    home.service.db().write(keep).wait()?;
    let scores = &learned.scores;
    let value = json!({
        "texts": scores.texts, "accuracy": scores.accuracy, "first_two": scores.first_two,
        "macro_f1": scores.macro_f1, "folds": FOLDS, "bytes": learned.body.len(), "unknown_labels": unknown,
    });
    output::say(as_json, &value, || {
        let (texts, a, f1) = (scores.texts, scores.accuracy, scores.macro_f1);
        println!("{texts} texts, {FOLDS}-fold cross-validated: accuracy {a:.3}, macro F1 {f1:.3}");
        for class in &scores.classes {
            println!("  {:20} {:4} texts, F1 {:.3}", class.class, class.texts, class.f1);
        }
        for (label, count) in &unknown {
            println!("  {label}: {count} texts left out, no such category");
        }
    });
    Ok(ExitCode::SUCCESS)
}

/// What was learned about the texts of a kind.
pub fn model(home: &Home, state: &Arc<CountyState>, kind: &str) -> anyhow::Result<Option<Model>> {
    let (held, kind) = (state.clone(), kind.to_owned());
    Ok(home.service.db().read(move |conn: &mut Conn| model_of(conn, &held, &kind)).wait()?)
}

/// The likeliest class of a text.
pub fn best(model: &Model, title: &str, text: &str) -> Option<String> {
    model.suggest(Text { title, body: text }).into_iter().next().map(|s| s.class)
}
