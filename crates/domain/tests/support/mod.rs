//! What every test of the domain starts from: the shipped catalogue, a small county, and a matter
//! that is led through its life by hand.
#![allow(dead_code, unused_imports, reason = "each test file takes what it needs of this")]

mod county;
mod life;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use domain::catalogue::{Catalogue, Source, load};

pub use county::County;
pub use life::{Life, and, at, consents, dispute, request, with};

/// The files of the catalogue that ships.
pub fn shipped() -> Source {
    fn walk(at: &Path, base: &Path, into: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(at).expect("catalogue folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, base, into);
            } else if path.extension().is_some_and(|e| e == "toml" || e == "typ") {
                let name = path.strip_prefix(base).expect("inside").to_string_lossy().into_owned();
                into.insert(name, std::fs::read_to_string(&path).expect("readable"));
            }
        }
    }
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let mut files = BTreeMap::new();
    walk(&base, &base, &mut files);
    Source(files)
}

/// The shipped files and a third kind of matter, which is nothing but files.
pub fn with_third_kind() -> Source {
    let mut source = shipped();
    let mut add = |name: &str, text: &str| source.0.insert(name.to_owned(), text.to_owned());
    add("kinds/site-check.toml", include_str!("third_kind/site-check.toml"));
    add("documents/check-record.toml", include_str!("third_kind/check-record.toml"));
    add("documents/check-record.typ", include_str!("third_kind/check-record.typ"));
    add("lists/hazards.toml", include_str!("third_kind/hazards.toml"));
    add("scenarios/site-check.toml", include_str!("third_kind/scenario.toml"));
    let rule =
        "\n[rule.site-mend]\nwithin = \"2 workdays\"\nwarn = \"1 workday\"\nlaw = \"本地规定\"\n";
    source.0.get_mut("clocks.toml").expect("limits").push_str(rule);
    source
}

/// Some files as a catalogue that must be sound.
pub fn loaded(source: &Source) -> Catalogue {
    loaded_with(source, &[])
}

/// Some files and earlier versions of kinds as a catalogue that must be sound.
pub fn loaded_with(source: &Source, earlier: &[String]) -> Catalogue {
    load(source, earlier).unwrap_or_else(|findings| {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"))
    })
}

/// The catalogue that ships.
pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| loaded(&shipped()))
}

/// Replaces a text that must stand exactly once in a file.
pub fn edit(source: &mut Source, file: &str, old: &str, new: &str) {
    let text = source.0.get_mut(file).unwrap_or_else(|| panic!("no file {file}"));
    assert_eq!(text.matches(old).count(), 1, "{old:?} must stand once in {file}");
    *text = text.replace(old, new);
}

/// The seed of a test: from the variable, or the one that is always run.
pub fn seed(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).map_or(usual, |text| text.parse().expect("a seed is a whole number"))
}
