//! `shanzhi backup` and `shanzhi restore`.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use app::MasterKey;
use app::backup::{self, Restore};
use domain::ids::County;
use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde_json::json;
use store::dump::Dumped;

use crate::cli::Globals;
use crate::home::{Home, key_path};
use crate::output;

/// Writes a backup next to the file and puts it in its place when it is whole and on the disk.
pub fn backup(globals: &Globals, file: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    if file.exists() {
        bail!("{} exists already", file.display());
    }
    let home = Home::open(globals)?;
    let part = part_of(file);
    let written = write(&home, &part, as_json);
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    let Dumped { rows, files, missing } = written?;
    fs::rename(&part, file)?;
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    let key = key_path(&globals.data);
    let said = json!({ "rows": rows, "files": files, "missing_files": missing, "file": file });
    output::say(as_json, &said, || {
        println!("{rows} rows and {files} files in {}", file.display());
        if missing > 0 {
            println!("{missing} files are not on the disk: `shanzhi verify` names them");
        }
        println!(
            "the master key {} is not in it: keep it apart, without it no name can be read",
            key.display()
        );
    });
    Ok(ExitCode::SUCCESS)
}

fn part_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn write(home: &Home, part: &Path, as_json: bool) -> anyhow::Result<Dumped> {
    let out =
        File::create(part).with_context(|| format!("{} cannot be written", part.display()))?;
    let mut out = GzEncoder::new(BufWriter::new(out), Compression::fast());
    let bar = output::bar(as_json, 0, "rows");
    let rows = backup::backup(&home.service, &mut out, None, |rows| bar.set_position(rows))?;
    bar.finish_and_clear();
    let mut out = out.finish()?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(rows)
}

/// Fills an empty database, or adds one county to it.
pub fn restore(
    home: &Home,
    file: &Path,
    key: Option<&Path>,
    only: Option<&str>,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let only: Option<County> =
        only.map(str::parse).transpose().context("--county is six digits")?;
    let key =
        key.map(|path| anyhow::Ok(MasterKey::read(&fs::read_to_string(path)?)?)).transpose()?;
    let options = Restore { key: key.as_ref(), only };
    let (content, keys) = backup::check(&home.service, &mut open(file)?, &options)?;
    let bar = output::bar(as_json, content.rows, "rows");
    let rows = backup::restore(&home.service, &mut open(file)?, &keys, only, |rows| {
        bar.set_position(rows)
    })?;
    bar.finish_and_clear();
    let counties = content.counties.iter().filter(|(c, _)| only.is_none_or(|o| o == *c));
    for (county, _) in counties.clone() {
        let state = home.serve(*county)?;
        let bar = output::bar(as_json, 0, "search entries");
        backup::reindex(&home.service, &state, |done| bar.set_position(done))?;
        bar.finish_and_clear();
    }
    let names: Vec<_> =
        counties.map(|(county, name)| json!({ "county": county, "name": name })).collect();
    output::say(as_json, &json!({ "rows": rows, "counties": names }), || {
        println!("{rows} rows restored")
    });
    Ok(ExitCode::SUCCESS)
}

fn open(file: &Path) -> anyhow::Result<BufReader<MultiGzDecoder<BufReader<File>>>> {
    let file = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(BufReader::new(MultiGzDecoder::new(BufReader::new(file))))
}
