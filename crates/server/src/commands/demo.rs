//! `shanzhi demo`.

use std::process::ExitCode;

use serde_json::json;

use crate::cli::{Demo, Globals};
use crate::demo::{MIDU, accounts, county, lives};
use crate::home::Home;
use crate::output;

/// Creates the demonstration county if it is not there, gives its accounts a new password, and
/// plays matters.
pub fn run(globals: &Globals, options: &Demo, as_json: bool) -> anyhow::Result<ExitCode> {
    let home = Home::open(globals)?;
    home.serve_all()?;
    if home.service.county(MIDU).is_err() {
        county::create(&home)?;
    }
    let accounts = accounts::renew(&home)?;
    if options.matters > 0 {
        let bar = output::bar(as_json, u64::from(options.matters), "matters");
        lives::play(&home, options.matters, options.seed, &bar)?;
        bar.finish_and_clear();
    }
    output::say(as_json, &json!(accounts), || {
        for account in &accounts {
            println!("{:24} {}  {} {}", account.login, account.password, account.role, account.unit);
        }
    });
    Ok(ExitCode::SUCCESS)
}
