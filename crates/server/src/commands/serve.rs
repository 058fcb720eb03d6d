//! `shanzhi serve`.

use std::process::ExitCode;

use anyhow::Context;
use app::jobs::Runner;
use app::notices::Courier;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use web::{Options, Web};

use crate::cli::{Globals, Serve};
use crate::commands::demo;
use crate::demo::accounts::DemoAccount;
use crate::home::Home;
use crate::output;
use crate::panics;
use crate::ways;

/// Serves until SIGTERM or SIGINT, then lets requests under way end.
pub fn run(globals: &Globals, options: &Serve, as_json: bool) -> anyhow::Result<ExitCode> {
    logs();
    panics::log();
    let _held = Home::hold(globals)?;
    let synchronous = if is_on("SHANZHI_UNSAFE_NORMAL") { "normal" } else { "full" };
    let home = Home::open_with(globals, synchronous)?;
    home.serve_all()?;
    let accounts = match options.demo {
        Some(matters) => demo::prepare(&home, matters, as_json)?,
        None => Vec::new(),
    };
    let counties = home.service.counties();
    let names: Vec<String> = counties.iter().map(|c| c.county.to_string()).collect();
    home.service.use_ways(ways::read(&globals.data)?);
    let runner = Runner::start(&home.service)?;
    let courier = Courier::start(&home.service)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let web = Web::new(
        home.service.clone(),
        Options { tls: options.behind_tls, faults: is_on("SHANZHI_FAULTS") },
    );
    runtime.block_on(async {
        // Whoever has read the address may ask for the end at once.
        let (mut term, mut int) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let listener = tokio::net::TcpListener::bind(&options.listen).await;
        let listener = listener.with_context(|| format!("cannot listen on {}", options.listen))?;
        let running = web::serve(listener, web::router(&web))?;
        let address = format!("http://{}", running.address);
        let said = json!({ "address": address, "counties": names, "accounts": accounts });
        output::say(as_json, &said, || println!("{}", greeting(&address, &names, &accounts)));
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        running.stop().await;
        anyhow::Ok(())
    })?;
    drop(courier);
    drop(runner);
    drop(runtime);
    Ok(ExitCode::SUCCESS)
}

/// One line: the address, and in a demonstration the accounts and their password.
fn greeting(address: &str, counties: &[String], accounts: &[DemoAccount]) -> String {
    let line = format!("善治 Shanzhi {address} ({})", counties.join(", "));
    let Some(first) = accounts.first() else { return line };
    let logins: Vec<&str> = accounts.iter().map(|a| a.login.as_str()).collect();
    format!("{line}  密码 password {}  账号 accounts {}", first.password, logins.join(" "))
}

/// Whether a variable asks for what only tests of a debug build may have: a release build knows none.
fn is_on(variable: &str) -> bool {
    cfg!(debug_assertions) && std::env::var_os(variable).is_some()
}

/// Logs as JSON lines on standard error; what is logged is set by `RUST_LOG`.
fn logs() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // A second start in one process, as tests do, keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_env_filter(filter)
        .try_init();
}
