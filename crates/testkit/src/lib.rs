//! What the tests of the store, the application and the API start from: a small county, made
//! through the real set-up on a throw-away database of either engine, a clock that is set by hand,
//! and a client that calls the real router in the process. For tests only.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test that cannot go on should stop")]

mod client;
mod clock;
mod contract;
mod county;
mod data;
mod database;
mod servers;
mod stage;
mod walk;

pub use client::{Answer, Client};
pub use clock::ManualClock;
pub use contract::Contract;
pub use county::{CODE, County, PASSWORD, at, files, shipped};
pub use data::{real_data, real_rows};
pub use database::{Database, Engine};
pub use servers::{FakeServer, Handed, Mood, dead_port};
pub use stage::{STAGE, ServiceStage};
pub use walk::Walker;
