//! `shanzhi import org`: a county's tree from the national division codes.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use app::setup::add_county;
use app::{Error, Suite};
use documents::table::{ReadOptions, Row, stream_csv};
use domain::ids::County;
use domain::org::Line;
use domain::time::Day;
use serde_json::json;
use store::Conn;

use super::{faults, sheet};
use crate::cli::Globals;
use crate::home::Home;
use crate::output;

/// The tables of a folder that holds the whole country, from the county down.
const COUNTRY: [&str; 3] = ["areas.csv", "streets.csv", "villages.csv"];

/// What the command was told.
pub struct Options<'a> {
    /// A table, or a folder with the tables of the country.
    pub file: &'a Path,
    /// The county's six digits.
    pub county: &'a str,
    /// Since when its units exist.
    pub since: &'a str,
    /// Whether to change nothing.
    pub dry_run: bool,
}

/// Imports a county's tree: all of it, or nothing and every bad row.
pub fn run(
    globals: &Globals,
    home: &Home,
    options: &Options<'_>,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let county =
        options.county.parse().ok().filter(|c: &County| (100_000..1_000_000).contains(&c.0));
    let county = county.context("--county is six digits")?;
    let since: Day = options.since.parse().ok().context("--since is a day such as 2000-01-01")?;
    let dry_run = options.dry_run;
    let (header, rows) = divisions(options.file, county)?;
    home.serve_all()?;
    let there = home.service.county(county).is_ok();
    let name = rows
        .iter()
        .find(|r| is_county(&r.1[0], county))
        .map_or(county.to_string(), |r| r.1[1].clone());
    if !there {
        let (service, name) = (home.service.clone(), name.clone());
        // The catalogue of the county says which levels there are, so the county must be there first;
        // it is taken away again with everything else if a row is wrong.
        let check = move |conn: &mut Conn| add_county(conn, &service, county, &name, Suite::Sm);
        home.service.db().write(check).wait()?;
    }
    let state = home.serve(county)?;
    let (report, units) = app::org::read_tree(&state, &header, &rows, since);
    if !report.faults.is_empty() || dry_run {
        if !there {
            home.service
                .db()
                .write(move |conn: &mut Conn| store::counties::take_away(conn, county))
                .wait()?;
        }
        if !report.faults.is_empty() {
            return Ok(faults(&globals.lang, &report.faults, as_json));
        }
    } else {
        let service = home.service.clone();
        let put = move |conn: &mut Conn| app::org::put_units(conn, &service, county, &units);
        home.service.db().write::<_, Error, _>(put).wait()?;
    }
    let value = json!({
        "changed": !dry_run, "county": county, "name": name,
        "divisions": report.divisions, "offices": report.offices,
    });
    output::say(as_json, &value, || {
        let kept = if dry_run { "dry run, nothing was changed" } else { "imported" };
        println!(
            "{county} {name}: {} divisions, {} offices; {kept}",
            report.divisions, report.offices
        );
    });
    Ok(ExitCode::SUCCESS)
}

fn is_county(code: &str, county: County) -> bool {
    code == county.to_string() || code == format!("{county}000000")
}

/// The rows of one county, out of one file or out of a folder with the tables of the country.
fn divisions(file: &Path, county: County) -> anyhow::Result<(Vec<String>, Vec<Line>)> {
    let files: Vec<PathBuf> = if file.is_dir() {
        COUNTRY.iter().map(|name| file.join(name)).collect()
    } else {
        vec![file.to_owned()]
    };
    let header = vec!["code".to_owned(), "name".to_owned()];
    let mut rows = Vec::new();
    for file in &files {
        let csv = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        if csv {
            of_csv(file, county, files.len() > 1, &mut rows)?
        } else {
            of_book(file, &mut rows)?
        }
    }
    Ok((header, rows))
}

/// Reads a CSV row by row: the villages of the country are more than half a million. Out of the
/// country's tables only the county's own rows are kept; a county's own file is kept whole, so that
/// each of its rows is checked.
fn of_csv(file: &Path, county: County, country: bool, into: &mut Vec<Line>) -> anyhow::Result<()> {
    let open = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let explain =
        |fault: documents::table::ReadFault| anyhow::anyhow!("{}: {fault}", file.display());
    let rows = stream_csv(BufReader::new(open), &ReadOptions::default()).map_err(explain)?;
    let (code, name) = columns(rows.header())?;
    let prefix = county.to_string();
    for row in rows {
        let Row { line, mut cells } = row.map_err(explain)?;
        if !country || cells[code].starts_with(&prefix) {
            into.push((
                line as usize,
                vec![std::mem::take(&mut cells[code]), std::mem::take(&mut cells[name])],
            ));
        }
    }
    Ok(())
}

fn of_book(file: &Path, into: &mut Vec<Line>) -> anyhow::Result<()> {
    let table = sheet::read(file)?;
    let (code, name) = columns(&table.header)?;
    let line =
        |row: Row| (row.line as usize, vec![row.cells[code].clone(), row.cells[name].clone()]);
    into.extend(table.rows.into_iter().map(line));
    Ok(())
}

fn columns(header: &[String]) -> anyhow::Result<(usize, usize)> {
    let find = |names: &[&str]| header.iter().position(|h| names.contains(&h.trim()));
    let code = find(&["code12", "code"]).context("the file has no column code")?;
    Ok((code, find(&["name"]).context("the file has no column name")?))
}
