//! The program `shanzhi`.

mod bench;
mod cli;
mod commands;
mod demo;
mod home;
mod output;
mod panics;
mod source;
mod ways;

use std::process::ExitCode;

use clap::Parser;

/// Faster than the system's where many threads make and drop small values: see docs/decisions/0013.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    panics::say();
    let cli = cli::Cli::parse();
    let json = cli.json;
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            output::failure(json, &error);
            ExitCode::from(1)
        }
    }
}
