//! The inverted index of records. An act writes its entry itself: records change seldom, and what was just
//! imported is to be found at once.

use domain::ids::{County, RecordId};

use crate::dialect::Dialect;
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

/// As for matters: the county above, the record counted down below it.
const COUNTY_SHIFT: u32 = 43;
const RECORD_MAX: i64 = (1 << COUNTY_SHIFT) - 1;

statements! {
    SQLITE_DROP (Sqlite) = "delete from record_search where rowid = ?1";
    SQLITE_PUT (Sqlite) = "insert into record_search (rowid, tokens) values (?1, ?2)";
    SQLITE_FIND (Sqlite) = "select rowid from record_search where record_search match ?1 and rowid > ?2 and rowid < ?3 \
                            order by rowid limit ?4";
    POSTGRES_PUT (Postgres) = "insert into record_search (county, record, tokens) \
                               values (?1, ?2, array_to_tsvector(string_to_array(?3, ' '))) \
                               on conflict (county, record) do update set tokens = excluded.tokens";
    POSTGRES_FIND (Postgres) = "select record from record_search where county = ?1 and tokens @@ (?2::text)::tsquery \
                                and record < ?3 order by record desc limit ?4";
}

type Answer<T> = Result<T, StoreError>;

fn row_id(county: County, record: RecordId) -> i64 {
    (county.0 << COUNTY_SHIFT) | (RECORD_MAX - record.0)
}

/// Writes the entry of a record: tokens divided by single spaces, none of them twice.
///
/// # Errors
/// Failures of the store.
pub fn put(
    conn: &mut Conn,
    county: County,
    record: RecordId,
    tokens: &str,
    is_new: bool,
) -> Answer<()> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let row = row_id(county, record);
            if !is_new {
                conn.execute(&SQLITE_DROP, params![row])?;
            }
            conn.execute(&SQLITE_PUT, params![row, tokens])?;
        }
        Dialect::Postgres => {
            conn.execute(&POSTGRES_PUT, params![county, record, tokens])?;
        }
    }
    Ok(())
}

/// Records that an expression matches, below an id, the newest first; see [`crate::search::render`].
///
/// # Errors
/// Failures of the store.
pub fn find(
    conn: &mut Conn,
    county: County,
    expression: &str,
    below: RecordId,
    limit: i64,
) -> Answer<Vec<RecordId>> {
    match conn.dialect() {
        Dialect::Sqlite => {
            let newest = row_id(county, RecordId(below.0.min(RECORD_MAX)));
            let end = row_id(county, RecordId(0)) + 1;
            conn.query(&SQLITE_FIND, params![expression, newest, end, limit], |row| {
                Ok(RecordId(RECORD_MAX - (row.int(0)? & RECORD_MAX)))
            })
        }
        Dialect::Postgres => {
            conn.query(&POSTGRES_FIND, params![county, expression, below, limit], |row| {
                Ok(RecordId(row.int(0)?))
            })
        }
    }
}
