//! The application on both databases: scenarios, random walks, checks that find what was altered,
//! real messages.

mod backup;
mod meetings;
mod notices;
mod real;
mod registers;
mod scenarios;
mod servers;
mod tamper;
mod walk;
