//! Data to and from the files that offices exchange.
//!
//! [`table`] reads the tables people send (CSV, XLSX, XLS, ODS) and writes the tables they ask
//! for (CSV, XLSX); [`time`] reads dates the way people write them; [`paper`] prints forms, letters
//! and whole dossiers as PDF; [`media`] says what an uploaded file is. This crate knows no database, no matter and no rule of the field, and
//! it trusts no byte: every file may come from anybody.

pub mod media;
pub mod paper;
pub mod table;
pub mod time;
