//! Random lives of matters, of every kind, under the shipped catalogue and under thousands that
//! differ from it and are still sound: whatever happens, the promises of the engine hold.
//!
//! A failure names its seed: `SHANZHI_SEED=… SHANZHI_LIVES=1 cargo test -p domain --test
//! walk` plays that life again.

mod support;

mod walk {
    mod hostile;
    mod invariants;
    mod lives;
    mod player;
    mod sight;
    mod strange;
    mod telling;
}
