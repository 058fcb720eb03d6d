//! The catalogue: built into the program, or a folder of the county's own.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use domain::catalogue::Source;
use include_dir::{Dir, include_dir};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../catalogue");

/// The most files a catalogue may have, and the most bytes of one.
const MAX_FILES: usize = 5_000;
const MAX_BYTES: u64 = 4 << 20;

/// The catalogue built into the program.
pub fn built_in() -> Source {
    fn walk(dir: &Dir<'_>, into: &mut BTreeMap<String, String>) {
        for file in dir.files() {
            if let Some(text) = file.contents_utf8() {
                into.insert(file.path().to_string_lossy().into_owned(), text.to_owned());
            }
        }
        for dir in dir.dirs() {
            walk(dir, into);
        }
    }
    let mut files = BTreeMap::new();
    walk(&BUILT_IN, &mut files);
    Source(files)
}

/// A catalogue from a folder, or the one built in.
pub fn read(dir: Option<&Path>) -> anyhow::Result<Source> {
    let Some(dir) = dir else { return Ok(built_in()) };
    let mut files = BTreeMap::new();
    walk(dir, dir, &mut files)
        .with_context(|| format!("the catalogue {} cannot be read", dir.display()))?;
    Ok(Source(files))
}

fn walk(at: &Path, base: &Path, into: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(at)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            walk(&path, base, into)?;
        } else if path.extension().is_some_and(|e| e == "toml" || e == "typ") {
            if entry.metadata()?.len() > MAX_BYTES || into.len() >= MAX_FILES {
                bail!("{} is too large, or there are too many files", path.display());
            }
            let name = path.strip_prefix(base)?.to_string_lossy().replace('\\', "/");
            into.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}

/// Writes a catalogue to a folder.
pub fn write(source: &Source, dir: &Path) -> anyhow::Result<()> {
    if dir.exists() {
        bail!("{} exists already", dir.display());
    }
    for (name, text) in &source.0 {
        let path = dir.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
