//! Tables that were handed in to be imported.

use domain::ids::{County, PersonId};
use domain::time::Instant;

use crate::chain::{Hash, from_blob};
use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    INSERT = "insert into record_import (county, id, register, person, digest, name, at, done_at, taken, refused) \
              values (?1, ?2, ?3, ?4, ?5, ?6, ?7, null, 0, 0)";
    GET = "select register, person, digest, name, at, done_at, taken, refused from record_import \
           where county = ?1 and id = ?2";
    DONE = "update record_import set done_at = ?3, taken = ?4, refused = ?5 \
            where county = ?1 and id = ?2 and done_at is null";
}

/// Every digest that a row names: what a backup takes with it.
pub(crate) const KEPT: crate::Sql = crate::Sql {
    name: "records::imports::KEPT",
    text: "select county, digest from record_import",
    only: None,
};

type Answer<T> = Result<T, StoreError>;

/// A table that was handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: i64,
    /// The register.
    pub register: String,
    /// Who handed it in.
    pub person: PersonId,
    /// SM3 over its bytes.
    pub digest: Hash,
    /// What it was called, sealed.
    pub name: String,
    /// When.
    pub at: Instant,
    /// When its good rows were taken.
    pub done_at: Option<Instant>,
    /// How many rows were taken.
    pub taken: i64,
    /// How many were not.
    pub refused: i64,
}

/// Remembers a table; the file is on the disk already.
///
/// # Errors
/// Failures of the store.
pub fn insert(conn: &mut Conn, county: County, i: &Import) -> Answer<()> {
    let params = params![county, i.id, &i.register, i.person, &i.digest, &i.name, i.at];
    conn.execute(&INSERT, params).map(drop)
}

/// A table.
///
/// # Errors
/// Failures of the store.
pub fn get(conn: &mut Conn, county: County, id: i64) -> Answer<Option<Import>> {
    conn.first(&GET, params![county, id], |row| {
        Ok(Import {
            id,
            register: row.text(0)?,
            person: PersonId(row.int(1)?),
            digest: from_blob(&row.blob(2)?, "record_import")?,
            name: row.text(3)?,
            at: Instant(row.int(4)?),
            done_at: row.opt_int(5)?.map(Instant),
            taken: row.int(6)?,
            refused: row.int(7)?,
        })
    })
}

/// Says that the good rows of a table were taken.
///
/// # Errors
/// [`StoreError::Changed`] where that was done before.
pub fn done(
    conn: &mut Conn,
    county: County,
    id: i64,
    at: Instant,
    (taken, refused): (i64, i64),
) -> Answer<()> {
    if conn.execute(&DONE, params![county, id, at, taken, refused])? == 0 {
        return Err(StoreError::Changed);
    }
    Ok(())
}
