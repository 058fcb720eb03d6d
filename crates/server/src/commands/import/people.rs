//! `shanzhi import people`.

use std::path::Path;
use std::process::ExitCode;

use app::Error;
use app::import::import_people;
use domain::org::RowFault;
use serde_json::json;
use store::{Conn, StoreError};

use super::{faults, sheet};
use crate::cli::{CountyOption, Globals};
use crate::home::Home;
use crate::output;

/// Why the transaction is rolled back.
enum Stop {
    Dry(usize),
    Faults(Vec<RowFault>),
    Failed(Error),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Adds people with their posts: all of them, or nothing and every bad row.
pub fn run(
    globals: &Globals,
    home: &Home,
    file: &Path,
    county: &CountyOption,
    dry_run: bool,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let state = home.county(county)?;
    let (_, rows, _) = sheet::rows(sheet::read(file)?);
    let service = home.service.clone();
    let write = move |conn: &mut Conn| match import_people(conn, &service, &state, &rows)
        .map_err(Stop::Failed)?
    {
        Ok(people) if dry_run => Err(Stop::Dry(people.len())),
        Ok(people) => Ok(people.len()),
        Err(faults) => Err(Stop::Faults(faults)),
    };
    let count = match home.service.db().write(write).wait() {
        Ok(count) | Err(Stop::Dry(count)) => count,
        Err(Stop::Faults(found)) => return Ok(faults(&globals.lang, &found, as_json)),
        Err(Stop::Failed(error)) => return Err(error.into()),
    };
    output::say(as_json, &json!({ "changed": !dry_run, "people": count }), || {
        println!(
            "{count} people; {}",
            if dry_run { "dry run, nothing was changed" } else { "imported" }
        );
    });
    Ok(ExitCode::SUCCESS)
}
