//! The rules of the field, and nothing else.
//!
//! A county's work is declared (`catalogue`), and one small engine carries it out (`matter`).
//! This crate reads no file, asks no clock, draws no random number and knows no database: every
//! fact it needs is an argument, so every answer can be repeated and proved.
//!
//! Start at [`matter::decide`], then [`matter::fold`]; [`catalogue::load`] turns a county's files
//! into what both of them read.

pub mod access;
pub mod catalogue;
pub mod clock;
pub mod codes;
pub mod ids;
pub mod kind;
pub mod label;
pub mod matter;
pub mod meeting;
pub mod notice;
pub mod org;
pub mod paper;
pub mod person;
pub mod register;
pub mod rehearsal;
pub mod search;
pub mod suggest;

pub mod time;
pub mod words;
