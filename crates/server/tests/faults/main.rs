//! What no user can do and every machine does one day: it is killed, loses its power, fills its
//! disk, loses its database, meets clients that never finish. Every test drives the real program.
//!
//! An act counts as acknowledged when a client has read its answer and has the answer in a file of
//! its own. After the fault every acknowledged act must be there, nothing may be there twice, and
//! `shanzhi verify` must find nothing wrong. Seeds are printed; `SHANZHI_SEED` repeats one.

#![allow(clippy::disallowed_methods, reason = "faults are timed by the machine's clock")]

mod backup;
mod client;
mod county;
mod drain;
mod full;
mod kill;
mod load;
mod outage;
mod pair;
mod panics;
mod postgres;
mod power;
mod program;
mod shim;
mod slow;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tests that fill the machine run one after another, or they would measure each other.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the program has what only tests of a debug build may have; said loudly where it has not.
fn is_debug() -> bool {
    if !cfg!(debug_assertions) {
        println!("NOT TESTED: a release build does not fail on purpose");
    }
    cfg!(debug_assertions)
}

/// A seed, printed so that a failure can be repeated.
fn seed(of: &str) -> u64 {
    let given = std::env::var("SHANZHI_SEED").ok().and_then(|s| s.parse().ok());
    let fresh = || {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(1, |d| d.as_nanos() as u64)
    };
    let seed = given.unwrap_or_else(fresh);
    println!("{of}: SHANZHI_SEED={seed}");
    seed
}
