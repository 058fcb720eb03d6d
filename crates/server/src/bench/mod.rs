//! Measuring the program from outside: a server of its own as a child process, and clients that
//! speak HTTP to it.

pub mod child;
pub mod client;
pub mod figures;
pub mod people;
pub mod work;
