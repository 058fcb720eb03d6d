//! First answers to commands that carry a key: a command sent again gets the answer it got first,
//! for as long as the county keeps its matters, because an old phone may return after weeks.

use domain::ids::{County, PersonId};
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    GET = "select digest, status, answer from idempotency where county = ?1 and person = ?2 and key = ?3";
    INSERT = "insert into idempotency (county, person, key, digest, status, answer, at) \
              values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
}

/// A first answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What the command was (SM3); another command under the same key is refused.
    pub digest: Vec<u8>,
    /// The status it was answered with.
    pub status: u16,
    /// The answer, byte for byte.
    pub answer: String,
}

/// The first answer under a key of a person.
///
/// # Errors
/// Failures of the store.
pub fn get(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    key: &str,
) -> Result<Option<Reply>, StoreError> {
    conn.first(&GET, params![county, person, key], |row| {
        let status =
            u16::try_from(row.int(1)?).map_err(|e| StoreError::corrupt("idempotency", e))?;
        Ok(Reply { digest: row.blob(0)?, status, answer: row.text(2)? })
    })
}

/// Keeps a first answer, in the transaction of what it answers. Where another request with this key
/// was faster, the transaction is tried again and finds that answer.
///
/// # Errors
/// [`StoreError::Retry`] if the same request came twice at once and the other was faster: tried
/// again, it finds the other's answer.
pub fn insert(
    conn: &mut Conn,
    county: County,
    person: PersonId,
    key: &str,
    reply: &Reply,
    now: Instant,
) -> Result<(), StoreError> {
    let digest: &[u8] = &reply.digest;
    let status = i64::from(reply.status);
    match conn.execute(&INSERT, params![county, person, key, digest, status, &reply.answer, now]) {
        Err(StoreError::Taken) => conn.marked(Err(StoreError::Retry)),
        other => other.map(drop),
    }
}
