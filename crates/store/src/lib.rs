//! The only SQL of the product: one set of statements for embedded SQLite and for PostgreSQL.
//!
//! The store is synchronous. `Db::write` hands a closure to a writer and answers after the commit
//! that holds it; `Db::read` hands one to a reader. What differs between the engines is in
//! [`dialect`] and in `migrations/*.{sqlite,pg}.sql`, nowhere else.

mod conn;
mod db;
mod dialect;
mod error;
mod migrate;
mod postgres_threads;
mod sql;
mod sqlite_threads;
mod task;
mod value;

pub mod accounts;
pub mod anchors;
pub mod catalogues;
pub mod chain;
pub mod counted;
pub mod counties;
pub mod deliveries;
pub mod disk;
pub mod dump;
pub mod ids;
pub mod keys;
pub mod leases;
pub mod logs;
pub mod matters;
pub mod meetings;
pub mod notices;
pub mod org;
pub mod outbox;
pub mod papers;
pub mod probe;
pub mod records;
pub mod replies;
pub mod rooms;
pub mod saved;
pub mod search;
pub mod seats;
pub mod tallies;
pub mod tasks;
pub mod worklist;

pub use conn::Conn;
pub use db::{Db, Place};
pub use dialect::Dialect;
pub use error::StoreError;
pub use sql::{Sql, statements_that_serve, upkeep_statements};
pub use task::Pending;
pub use value::{Row, V};
