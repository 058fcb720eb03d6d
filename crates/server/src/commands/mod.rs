//! One file for each command.

pub mod account;
mod backup;
mod bench;
mod catalogue;
mod demo;
mod export;
pub mod import;
mod serve;
mod train;
mod verify;

use std::process::ExitCode;

use anyhow::bail;

use crate::cli::{Cli, Command};

/// Runs a command.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { globals, json, command } = cli;
    if !matches!(globals.lang.as_str(), "zh" | "en") {
        bail!("--lang is zh or en");
    }
    match command {
        Command::Serve(options) => serve::run(&globals, &options, json),
        Command::Demo(options) => demo::run(&globals, &options, json),
        Command::Verify(county) => verify::run(&globals, &county, json),
        Command::Catalogue(what) => catalogue::run(&globals, &what, json),
        Command::Account(what) => account::run(&globals, &what, json),
        Command::Bench(options) => bench::run(&globals, &options, json),
        Command::Import(what) => import::run(&globals, &what, json),
        Command::Export(options) => export::run(&globals, &options, json),
        Command::Backup { file } => backup::backup(&globals, &file, json),
        Command::Restore { file, key } => {
            let home = crate::home::Home::open(&globals)?;
            backup::restore(&home, &file, key.as_deref(), None, json)
        }
        Command::Train(options) => train::run(&globals, &options, json),
    }
}
