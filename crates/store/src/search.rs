//! The inverted index: tokens to matters. An act leaves its search entry in its own transaction;
//! entries are moved into the index in batches, and a search looks at both.

use domain::ids::{County, MatterId};
use domain::search::Clause;

use crate::dialect::Dialect;
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, Row, StoreError};

/// How far a county is shifted in the row ids of the embedded index, where a county's entries must
/// be one range.
const COUNTY_SHIFT: u32 = 43;
/// The greatest matter id that fits below it.
const MATTER_MAX: i64 = (1 << COUNTY_SHIFT) - 1;

statements! {
    PUT = "insert into search_pending (county, matter, version, tokens) values (?1, ?2, ?3, ?4) \
           on conflict (county, matter) do update set version = ?3, tokens = ?4";
    PENDING = "select matter, version, tokens from search_pending where county = ?1 order by matter desc limit ?2";
    MOVED = "delete from search_pending where county = ?1 and matter = ?2 and version = ?3";
    SQLITE_DROP (Sqlite) = "delete from search where rowid = ?1";
    SQLITE_PUT (Sqlite) = "insert into search (rowid, tokens) values (?1, ?2)";
    SQLITE_FIND (Sqlite) = "select rowid from search where search match ?1 and rowid > ?2 and rowid < ?3 \
                            order by rowid limit ?4";
    /// What nobody is writing just now: whoever moves entries waits for no act, so that the two never
    /// stand in each other's way.
    POSTGRES_NEXT (Postgres) = "select matter, version, tokens from search_pending where county = ?1 \
                                order by matter desc limit ?2 for update skip locked";
    POSTGRES_PUT (Postgres) = "insert into search (county, matter, tokens) \
                               values (?1, ?2, array_to_tsvector(string_to_array(?3, ' '))) \
                               on conflict (county, matter) do update set tokens = excluded.tokens";
    POSTGRES_FIND (Postgres) = "select matter from search where county = ?1 and tokens @@ (?2::text)::tsquery \
                                and matter < ?3 order by matter desc limit ?4";
}

type Answer<T> = Result<T, StoreError>;

/// Leaves the search entry of a matter: tokens divided by single spaces, none of them twice.
///
/// # Errors
/// Failures of the store.
pub fn put(
    conn: &mut Conn,
    county: County,
    matter: MatterId,
    version: u32,
    tokens: &str,
) -> Answer<()> {
    conn.execute(&PUT, params![county, matter, version, tokens]).map(drop)
}

/// A search entry that is not yet in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The matter.
    pub matter: MatterId,
    /// The version it is of.
    pub version: u32,
    /// Its tokens.
    pub tokens: String,
}

/// Entries not yet in the index, the newest matters first.
///
/// # Errors
/// Failures of the store.
pub fn waiting(conn: &mut Conn, county: County, limit: i64) -> Answer<Vec<Waiting>> {
    conn.query(&PENDING, params![county, limit], entry)
}

fn entry(row: &Row<'_>) -> Answer<Waiting> {
    let version =
        u32::try_from(row.int(1)?).map_err(|e| StoreError::corrupt("search_pending", e))?;
    Ok(Waiting { matter: MatterId(row.int(0)?), version, tokens: row.text(2)? })
}

/// Moves up to `limit` entries into the index. Answers how many.
///
/// # Errors
/// Failures of the store.
pub fn fold(conn: &mut Conn, county: County, limit: i64) -> Answer<usize> {
    let entries = match conn.dialect() {
        Dialect::Sqlite => waiting(conn, county, limit)?,
        Dialect::Postgres => conn.query(&POSTGRES_NEXT, params![county, limit], entry)?,
    };
    for entry in &entries {
        let Waiting { matter, version, tokens } = entry;
        // Another server may have moved it, or an act replaced it, since it was read.
        if conn.execute(&MOVED, params![county, *matter, *version])? == 0 {
            continue;
        }
        match conn.dialect() {
            Dialect::Sqlite => {
                let row = row_id(county, *matter);
                conn.execute(&SQLITE_DROP, params![row])?;
                conn.execute(&SQLITE_PUT, params![row, tokens])?;
            }
            Dialect::Postgres => {
                conn.execute(&POSTGRES_PUT, params![county, *matter, tokens])?;
            }
        }
    }
    Ok(entries.len())
}

/// The county above, the matter counted down below it: rows in ascending order, the only one in which
/// the engine skips what does not match and takes a batch in one piece, are the newest matters first.
fn row_id(county: County, matter: MatterId) -> i64 {
    (county.0 << COUNTY_SHIFT) | (MATTER_MAX - matter.0)
}

/// Matters of the index that an expression matches, below an id, the newest first. The expression
/// is in the engine's own language, made by [`render`].
///
/// # Errors
/// Failures of the store.
pub fn find(
    conn: &mut Conn,
    county: County,
    expression: &str,
    below: MatterId,
    limit: i64,
) -> Answer<Vec<MatterId>> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let newest = row_id(county, MatterId(below.0.min(MATTER_MAX)));
            let end = row_id(county, MatterId(0)) + 1;
            conn.query(&SQLITE_FIND, params![expression, newest, end, limit], |row| {
                Ok(MatterId(MATTER_MAX - (row.int(0)? & MATTER_MAX)))
            })
        }
        Dialect::Postgres => {
            conn.query(&POSTGRES_FIND, params![county, expression, below, limit], |row| {
                Ok(MatterId(row.int(0)?))
            })
        }
    }
}

/// A condition in an engine's own language. Exact words must have become tokens.
#[must_use]
pub fn render(dialect: Dialect, clause: &Clause) -> String {
    let mut text = String::new();
    put_clause(dialect, clause, &mut text);
    text
}

fn put_clause(dialect: Dialect, clause: &Clause, into: &mut String) {
    let sqlite = dialect == Dialect::Sqlite;
    let quote = if sqlite { '"' } else { '\'' };
    let mut word = |token: &str| {
        into.push(quote);
        // No token holds a quote; one that did would end its word early.
        into.extend(token.chars().filter(|c| !matches!(c, '"' | '\'' | '\\')));
        into.push(quote);
    };
    match clause {
        Clause::Token(token) => word(token),
        Clause::Word(_) => word("unsealed"),
        Clause::And(of) => put_all(dialect, of, if sqlite { " AND " } else { " & " }, into),
        Clause::Or(of) => put_all(dialect, of, if sqlite { " OR " } else { " | " }, into),
    }
}

fn put_all(dialect: Dialect, of: &[Clause], between: &str, into: &mut String) {
    into.push('(');
    for (i, clause) in of.iter().enumerate() {
        if i > 0 {
            into.push_str(between);
        }
        put_clause(dialect, clause, into);
    }
    into.push(')');
}
