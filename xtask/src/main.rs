//! `cargo run -p xtask -- tidy`: the house rules that a machine can see.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};

/// The longest file, in lines.
const FILE_LINES: usize = 600;
/// Which of our crates each crate may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("documents", &["domain"]),
    ("app", &["domain", "store", "documents"]),
    ("web", &["app", "domain", "store"]),
    ("server", &["app", "documents", "domain", "store", "web"]),
    ("testkit", &["app", "documents", "domain", "store", "web"]),
];
/// Words that the glossary replaces by one other.
const BANNED: &[(&str, &str)] = &[
    ("whistle", "callout"),
    ("workflow", "procedure"),
    ("ticket", "matter"),
    ("deadline_date", "due_at"),
    ("department_unit", "unit"),
];

fn main() -> ExitCode {
    let asked = std::env::args().nth(1);
    let done = match asked.as_deref() {
        Some("tidy") => tidy(),
        _ => Err(anyhow::anyhow!("usage: xtask tidy")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(1)
        }
    }
}

fn tidy() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("a parent folder")?;
    let files = tracked(root)?;
    let mut faults = Vec::new();
    for file in &files {
        lines(root, file, &mut faults)?;
    }
    directions(root, &mut faults)?;
    kinds(root, &files, &mut faults)?;
    if faults.is_empty() {
        println!("{} files are tidy", files.len());
        return Ok(());
    }
    bail!("{}\n{} fault(s)", faults.join("\n"), faults.len())
}

fn tracked(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let out = Command::new("git").arg("-C").arg(root).args(["ls-files", "-z"]).output()?;
    let names = String::from_utf8(out.stdout)?;
    Ok(names.split('\0').filter(|n| !n.is_empty()).map(PathBuf::from).collect())
}

/// Lengths, banned words, and what belongs to one machine only.
fn lines(root: &Path, file: &Path, faults: &mut Vec<String>) -> anyhow::Result<()> {
    let code = matches!(
        file.extension().and_then(|e| e.to_str()),
        Some("rs" | "ts" | "js" | "css" | "sh")
    );
    let Ok(text) = fs::read_to_string(root.join(file)) else { return Ok(()) };
    if code && text.lines().count() > FILE_LINES {
        faults.push(format!("{}: longer than {FILE_LINES} lines", file.display()));
    }
    if file.extension().is_none_or(|e| e != "rs") || file.starts_with("xtask") {
        return Ok(());
    }
    for (no, line) in text.lines().enumerate() {
        let lower = line.to_lowercase();
        for (word, instead) in BANNED {
            if lower.contains(word) {
                faults.push(format!(
                    "{}:{}: \"{word}\": the glossary says \"{instead}\"",
                    file.display(),
                    no + 1
                ));
            }
        }
        if lower.contains("select ")
            && lower.contains(" from ")
            && lower.contains('"')
            && !may_hold_sql(file)
        {
            faults.push(format!("{}:{}: SQL outside the store", file.display(), no + 1));
        }
    }
    Ok(())
}

fn may_hold_sql(file: &Path) -> bool {
    file.starts_with("crates/store")
        || file.components().any(|c| c.as_os_str() == "tests")
        || file.starts_with("crates/testkit")
}

/// Crates use only what lies below them.
fn directions(root: &Path, faults: &mut Vec<String>) -> anyhow::Result<()> {
    let ours: Vec<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    for (name, may) in MAY_USE {
        let path = root.join("crates").join(name).join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let manifest: toml::Table = text.parse().with_context(|| path.display().to_string())?;
        let used = manifest.get("dependencies").and_then(toml::Value::as_table);
        for used in
            used.into_iter().flat_map(toml::Table::keys).filter(|u| ours.contains(&u.as_str()))
        {
            if !may.contains(&used.as_str()) {
                faults.push(format!("crates/{name}/Cargo.toml: {name} must not use {used}"));
            }
        }
    }
    Ok(())
}

/// No kind of matter is named in the program: kinds are declared.
fn kinds(root: &Path, files: &[PathBuf], faults: &mut Vec<String>) -> anyhow::Result<()> {
    let names: Vec<String> = fs::read_dir(root.join("catalogue/kinds"))?
        .flatten()
        .filter_map(|e| e.path().file_stem().map(|s| s.to_string_lossy().into_owned()))
        .collect();
    // The bench plays one request, the kit of the tests brings one, and descriptions of the API give examples.
    let excused = |file: &Path| {
        file.starts_with("crates/server/src/bench") || file.starts_with("crates/testkit")
    };
    let program = |file: &&PathBuf| {
        file.starts_with("crates") && file.components().any(|c| c.as_os_str() == "src")
    };
    for file in files
        .iter()
        .filter(program)
        .filter(|f| f.extension().is_some_and(|e| e == "rs") && !excused(f))
    {
        let text = fs::read_to_string(root.join(file))?;
        let own = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (no, line) in own.lines().enumerate() {
            let named = names
                .iter()
                .find(|n| line.contains(&format!("\"{n}\"")) && !line.contains("example"));
            if let Some(name) = named {
                faults.push(format!(
                    "{}:{}: the kind \"{name}\" is named in the program",
                    file.display(),
                    no + 1
                ));
            }
        }
    }
    Ok(())
}
