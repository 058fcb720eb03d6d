//! `shanzhi verify`.

use std::process::ExitCode;

use app::verify::verify;
use domain::words::Words;
use serde_json::json;

use crate::cli::{CountyOption, Globals};
use crate::home::Home;
use crate::output;

/// Verifies one county, or all of them. Anything wrong is printed and exits with 1.
pub fn run(globals: &Globals, option: &CountyOption, as_json: bool) -> anyhow::Result<ExitCode> {
    let home = Home::open(globals)?;
    let counties = match option.county {
        Some(_) => vec![home.county(option)?],
        None => home.serve_all()?,
    };
    let mut sound = true;
    for state in counties {
        let mut conn = home.service.db().own_connection()?;
        let bar = output::bar(as_json, 0, "verify");
        let verdict = verify(&mut conn, &home.service, &state, |done| bar.set_position(done))?;
        bar.finish_and_clear();
        sound &= verdict.broken.is_empty();
        let say = |rule: &str| {
            Words::built_in().say(&globals.lang, &format!("verify.{rule}.message"), &[])
        };
        let broken: Vec<_> = verdict
            .broken
            .iter()
            .map(|b| json!({ "what": b.what, "event": b.event, "rule": b.rule, "message": say(b.rule) }))
            .collect();
        let value = json!({
            "county": state.county, "matters": verdict.matters, "events": verdict.events,
            "days": verdict.days, "broken": broken,
        });
        output::say(as_json, &value, || {
            for b in &verdict.broken {
                let event = b.event.map(|e| format!(" event {e}")).unwrap_or_default();
                println!("{}{event}: {}", b.what, say(b.rule));
            }
            let (m, e, d) = (verdict.matters, verdict.events, verdict.days);
            println!(
                "{}: {m} matters, {e} events, {d} days, {} broken",
                state.county,
                verdict.broken.len()
            );
        });
    }
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
