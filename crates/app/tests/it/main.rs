//! The application on both databases: scenarios, random walks, checks that find what was altered,
//! real messages.

mod real;
mod scenarios;
mod tamper;
mod walk;
