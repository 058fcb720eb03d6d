//! Lists that people keep under a name.

use domain::ids::{County, PersonId};

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    OF = "select id, name, question from saved_list where county = ?1 and person = ?2 order by id limit 100";
    KEEP = "insert into saved_list (county, person, id, name, question) values (?1, ?2, ?3, ?4, ?5)";
    FORGET = "delete from saved_list where county = ?1 and person = ?2 and id = ?3";
}

/// A list under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedList {
    /// Its id.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// The query of the list's address.
    pub question: String,
}

/// The lists of a person, in the order of their keeping.
///
/// # Errors
/// Failures of the store.
pub fn of(conn: &mut Conn, county: County, person: PersonId) -> Result<Vec<SavedList>, StoreError> {
    conn.query(&OF, params![county, person], |row| {
        Ok(SavedList { id: row.int(0)?, name: row.text(1)?, question: row.text(2)? })
    })
}

/// Keeps a list.
///
/// # Errors
/// Failures of the store.
pub fn keep(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    saved: &SavedList,
) -> Result<(), StoreError> {
    conn.execute(&KEEP, params![county, person, saved.id, &saved.name, &saved.question]).map(drop)
}

/// Drops a list; whether it was there.
///
/// # Errors
/// Failures of the store.
pub fn forget(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    id: i64,
) -> Result<bool, StoreError> {
    Ok(conn.execute(&FORGET, params![county, person, id])? > 0)
}
