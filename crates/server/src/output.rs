//! What commands print: lines for people, one JSON value for scripts, bars for long work.

use std::time::Duration;

use app::Error;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

/// A failure, on standard error.
pub fn failure(as_json: bool, error: &anyhow::Error) {
    if let Some(Error::Catalogue(findings)) = error.downcast_ref::<Error>() {
        for finding in findings {
            eprintln!("{finding}");
        }
    }
    if as_json {
        println!("{}", json!({ "error": format!("{error:#}") }));
    } else {
        eprintln!("shanzhi: {error:#}");
    }
}

/// Prints a value for scripts, or lines for people.
pub fn say(as_json: bool, value: &Value, lines: impl FnOnce()) {
    if as_json {
        println!("{value}");
    } else {
        lines();
    }
}

/// A bar for long work; silent for scripts and where there is no terminal.
pub fn bar(as_json: bool, length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    if as_json {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {per_sec} {eta}");
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
