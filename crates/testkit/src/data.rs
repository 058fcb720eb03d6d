//! Real messages, where they are there. They may name people: a test that fails prints their
//! numbers, never their texts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::database::say_skipped;

/// The folder of the real data; none where it is missing, which is said aloud.
pub fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("SHANZHI_TEST_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.join("messages.csv").is_file() {
        return Some(folder);
    }
    say_skipped(&format!("no real messages in {}; set SHANZHI_TEST_DATA", folder.display()));
    None
}

/// The rows of a table, by column.
pub fn real_rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a readable table");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}
