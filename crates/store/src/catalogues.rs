//! Kinds as they were when matters were opened under them, keys, and what was learned from texts.

use domain::ids::County;
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    KINDS = "select kind, version, digest, body from kind_version where county = ?1 order by kind, version";
    INSERT_KIND = "insert into kind_version (county, kind, version, digest, body) values (?1, ?2, ?3, ?4, ?5)";
    CLASSIFIER = "select body from classifier where county = ?1 and kind = ?2";
    PUT_CLASSIFIER = "insert into classifier (county, kind, trained_at, body) values (?1, ?2, ?3, ?4) \
                      on conflict (county, kind) do update set trained_at = ?3, body = ?4";
}

/// A version of a kind that matters may run under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindVersion {
    /// The kind.
    pub kind: String,
    /// Its version.
    pub version: u32,
    /// SM3 of its file.
    pub digest: String,
    /// Its file.
    pub body: String,
}

/// Every version of every kind that the county has been served with.
///
/// # Errors
/// Failures of the store.
pub fn kinds(conn: &mut Conn, county: County) -> Result<Vec<KindVersion>, StoreError> {
    conn.query(&KINDS, params![county], |row| {
        Ok(KindVersion {
            kind: row.text(0)?,
            version: u32::try_from(row.int(1)?)
                .map_err(|e| StoreError::corrupt("kind_version", e))?,
            digest: row.text(2)?,
            body: row.text(3)?,
        })
    })
}

/// Keeps a version of a kind for ever.
///
/// # Errors
/// [`StoreError::Taken`] if it is there.
pub fn insert_kind(conn: &mut Conn, county: County, kind: &KindVersion) -> Result<(), StoreError> {
    conn.execute(&INSERT_KIND, params![county, &kind.kind, kind.version, &kind.digest, &kind.body])
        .map(drop)
}

/// What was learned about the texts of a kind.
///
/// # Errors
/// Failures of the store.
pub fn classifier(
    conn: &mut Conn,
    county: County,
    kind: &str,
) -> Result<Option<String>, StoreError> {
    conn.first(&CLASSIFIER, params![county, kind], |row| row.text(0))
}

/// Keeps what was learned about the texts of a kind.
///
/// # Errors
/// Failures of the store.
pub fn put_classifier(
    conn: &mut Conn,
    county: County,
    kind: &str,
    body: &str,
    now: Instant,
) -> Result<(), StoreError> {
    conn.execute(&PUT_CLASSIFIER, params![county, kind, now, body]).map(drop)
}
