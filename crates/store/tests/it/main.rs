//! The store on both databases: its statements, its schema, its dumps, and many at once.

mod batch;
mod dump;
mod races;
mod schema;
mod statements;
