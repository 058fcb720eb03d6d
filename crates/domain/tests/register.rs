//! Registers: what ships is sound, records are checked by the law, tables are read row by row.

mod support;

mod register {
    mod access;
    mod duties;
    mod import;
    mod records;
}
