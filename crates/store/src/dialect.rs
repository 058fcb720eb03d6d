//! The only place that names an engine's way of saying something.

use crate::Sql;

/// Which engine a connection speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

impl Dialect {
    /// The text of a migration for this engine.
    pub fn schema(self, text: &str) -> String {
        let (text_type, blob_type, keyed) = match self {
            Self::Sqlite => ("text", "blob", " without rowid"),
            Self::Postgres => ("text collate \"C\"", "bytea", ""),
        };
        text.replace("{text}", text_type).replace("{blob}", blob_type).replace("{keyed}", keyed)
    }

    /// Begins a read of any length in which everything is seen as it stood at one moment.
    pub fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "begin",
            Self::Postgres => {
                "begin isolation level repeatable read read only; set local statement_timeout = 0"
            }
        }
    }

    /// The text of a statement for PostgreSQL, where parameters are `$1`. SQLite reads `$1` as a
    /// name and would number it by its first appearance, so the source is written with `?1`.
    pub fn postgres(sql: &Sql) -> String {
        let mut text = String::with_capacity(sql.text.len());
        let mut chars = sql.text.chars().peekable();
        while let Some(c) = chars.next() {
            let parameter = c == '?' && chars.peek().is_some_and(char::is_ascii_digit);
            text.push(if parameter { '$' } else { c });
        }
        text
    }
}
