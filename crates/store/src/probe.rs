//! The machine's own limits, measured beside the product's figures.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::{StoreError, sqlite_threads};

/// How many single-row transactions a second the embedded database makes durable in a folder, one
/// after the other, with the settings of the store.
///
/// # Errors
/// Where the folder cannot be written.
#[allow(clippy::disallowed_methods, reason = "this measures the machine")]
pub fn durable_commits_a_second(folder: &Path, within: Duration) -> Result<f64, StoreError> {
    let path = folder.join("probe.db");
    let mut conn = sqlite_threads::open(&path, "full", 2_048)?;
    conn.batch("create table if not exists probe (id integer primary key, body text)")?;
    let (began, mut commits) = (Instant::now(), 0_u32);
    while began.elapsed() < within {
        conn.batch("begin immediate; insert into probe (body) values ('one row of a hundred characters or so, as a \
                    single act would write it to be kept'); commit")?;
        commits += 1;
    }
    let rate = f64::from(commits) / began.elapsed().as_secs_f64();
    drop(conn);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
    Ok(rate)
}
