//! The catalogue that ships is sound.
use std::collections::BTreeMap;
use std::path::Path;

use domain::catalogue::{Source, load};

fn shipped() -> Source {
    fn walk(at: &Path, base: &Path, into: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(at).expect("catalogue folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, base, into);
            } else if path.extension().is_some_and(|e| e == "toml") {
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

#[test]
fn the_shipped_catalogue_has_no_finding() {
    if let Err(findings) = load(&shipped(), &[]) {
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        panic!("{}", lines.join("\n"));
    }
}
