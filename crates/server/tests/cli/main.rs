//! The command line as an operator uses it: the real program, its output and its exit status.

mod counties;
mod demonstration;
mod program;
mod training;
