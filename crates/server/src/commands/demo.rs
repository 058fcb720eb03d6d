//! `shanzhi demo`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Demo, Globals};
use crate::demo::accounts::{self, DemoAccount};
use crate::demo::{MIDU, county, lives};
use crate::home::Home;
use crate::output;

/// Creates the demonstration county if it is not there, gives its accounts a new password, and
/// plays matters.
pub fn run(globals: &Globals, options: &Demo, as_json: bool) -> anyhow::Result<ExitCode> {
    let home = Home::open(globals)?;
    home.serve_all()?;
    create_if_absent(&home)?;
    let accounts = accounts::renew(&home)?;
    play(&home, options.matters, options.seed, as_json)?;
    output::say(as_json, &json!(accounts), || {
        for account in &accounts {
            println!(
                "{:24} {}  {} {}",
                account.login, account.password, account.role, account.unit
            );
        }
    });
    Ok(ExitCode::SUCCESS)
}

/// For `serve --demo`: the county with so many matters where it is not there yet, and its accounts
/// with a new password.
pub fn prepare(home: &Home, matters: u32, as_json: bool) -> anyhow::Result<Vec<DemoAccount>> {
    let fresh = create_if_absent(home)?;
    let accounts = accounts::renew(home)?;
    if fresh {
        play(home, matters, 1, as_json)?;
    }
    Ok(accounts)
}

fn create_if_absent(home: &Home) -> anyhow::Result<bool> {
    let absent = home.service.county(MIDU).is_err();
    if absent {
        county::create(home)?;
    }
    Ok(absent)
}

fn play(home: &Home, matters: u32, seed: u64, as_json: bool) -> anyhow::Result<()> {
    if matters == 0 {
        return Ok(());
    }
    let bar = output::bar(as_json, u64::from(matters), "matters");
    lives::play(home, matters, seed, &bar)?;
    bar.finish_and_clear();
    Ok(())
}
