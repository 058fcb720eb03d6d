//! `shanzhi export`.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use app::export::{COLUMNS, each};
use documents::table::{Column, CsvWriter, WriteFault, XlsxWriter};
use serde_json::json;

use crate::cli::{Export, Globals};
use crate::home::Home;
use crate::output;

/// One writer for both forms.
enum Sheet {
    Csv(Box<CsvWriter<BufWriter<File>>>),
    Xlsx(Box<XlsxWriter<BufWriter<File>>>),
}

/// Writes every matter of a county to a table, one row each. Nothing in it belongs to a person.
pub fn run(globals: &Globals, options: &Export, as_json: bool) -> anyhow::Result<ExitCode> {
    if options.file.exists() {
        bail!("{} exists already", options.file.display());
    }
    let home = Home::open(globals)?;
    let state = home.county(&options.county)?;
    let mut sheet = open(&options.file)?;
    let mut conn = home.service.db().own_connection()?;
    let bar = output::bar(as_json, 0, "matters");
    let mut failed = None;
    let rows =
        each(&mut conn, &state, &globals.lang, home.service.now(), &mut |row: &[String]| {
            bar.inc(1);
            match put(&mut sheet, row) {
                Ok(()) => true,
                Err(fault) => {
                    failed = Some(fault);
                    false
                }
            }
        })?;
    bar.finish_and_clear();
    if let Some(fault) = failed {
        bail!("{}: {fault}", options.file.display());
    }
    close(sheet).map_err(|f| anyhow::anyhow!("{}: {f}", options.file.display()))?;
    output::say(as_json, &json!({ "rows": rows, "file": options.file }), || {
        println!("{rows} matters")
    });
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> anyhow::Result<Sheet> {
    let columns: Vec<Column> = COLUMNS.iter().map(|name| Column::text(*name)).collect();
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let out = || {
        File::create(path)
            .map(BufWriter::new)
            .with_context(|| format!("{} cannot be written", path.display()))
    };
    let explain = |f: WriteFault| anyhow::anyhow!("{}: {f}", path.display());
    match extension.as_deref() {
        Some("csv") => Ok(Sheet::Csv(Box::new(CsvWriter::new(out()?, &columns).map_err(explain)?))),
        Some("xlsx") => Ok(Sheet::Xlsx(Box::new(
            XlsxWriter::new(out()?, "matters", &columns).map_err(explain)?,
        ))),
        _ => bail!("the file must end in .csv or .xlsx"),
    }
}

fn put(sheet: &mut Sheet, row: &[String]) -> Result<(), WriteFault> {
    match sheet {
        Sheet::Csv(w) => w.row(row).map(drop),
        Sheet::Xlsx(w) => w.row(row).map(drop),
    }
}

fn close(sheet: Sheet) -> Result<u64, WriteFault> {
    match sheet {
        Sheet::Csv(w) => w.finish(),
        Sheet::Xlsx(w) => w.finish(),
    }
}
