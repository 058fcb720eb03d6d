//! Accounts, sessions and tokens. Secrets are kept as digests only.

use domain::ids::{County, PersonId};
use domain::time::Instant;

use crate::sql::statements;
use crate::value::params;
use crate::{Conn, StoreError};

statements! {
    INSERT = "insert into account (county, login, person, password, changed_at, failures) \
              values (?1, ?2, ?3, ?4, ?5, 0)";
    GET = "select person, password, failures, locked_until, ended_at from account where county = ?1 and login = ?2";
    LOGIN_OF = "select login, ended_at from account where county = ?1 and person = ?2";
    FAILED = "update account set failures = ?3, locked_until = ?4 where county = ?1 and login = ?2";
    PASSWORD = "update account set password = ?3, changed_at = ?4, failures = 0, locked_until = null \
                where county = ?1 and login = ?2";
    END = "update account set ended_at = ?3 where county = ?1 and login = ?2 and ended_at is null";
    OPEN_SESSION = "insert into session (county, digest, person, csrf, created_at, seen_at, expires_at) \
                    values (?1, ?2, ?3, ?4, ?5, ?5, ?6)";
    SESSION = "select s.person, s.csrf, s.seen_at, s.expires_at, a.ended_at from session s \
               join account a on a.county = s.county and a.person = s.person \
               where s.county = ?1 and s.digest = ?2";
    SEEN = "update session set seen_at = ?3 where county = ?1 and digest = ?2";
    CLOSE_SESSION = "delete from session where county = ?1 and digest = ?2";
    CLOSE_SESSIONS = "delete from session where county = ?1 and person = ?2";
    OLD_SESSIONS = "delete from session where county = ?1 and (expires_at < ?2 or seen_at < ?3)";
    INSERT_TOKEN = "insert into token (county, digest, person, label, created_at, expires_at) \
                    values (?1, ?2, ?3, ?4, ?5, ?6)";
    TOKEN = "select t.person, t.expires_at, t.ended_at, a.ended_at from token t \
             join account a on a.county = t.county and a.person = t.person \
             where t.county = ?1 and t.digest = ?2";
    END_TOKENS = "update token set ended_at = ?3 where county = ?1 and person = ?2 and ended_at is null";
}

type Answer<T> = Result<T, StoreError>;

/// An account as signing in needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose it is.
    pub person: PersonId,
    /// The password's digest (argon2id, PHC text).
    pub password: String,
    /// Failures since the last success.
    pub failures: i64,
    /// Until when it is locked.
    pub locked_until: Option<Instant>,
    /// When it was closed.
    pub ended_at: Option<Instant>,
}

/// A session as a request needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub person: PersonId,
    /// The token that every changing request must repeat.
    pub csrf: String,
    /// When it was last used.
    pub seen_at: Instant,
    /// When it ends in any case.
    pub expires_at: Instant,
}

/// Adds an account.
///
/// # Errors
/// [`StoreError::Taken`] if the login or the person has one.
pub fn insert(
    conn: &mut Conn,
    county: County,
    login: &str,
    person: PersonId,
    password: &str,
    now: Instant,
) -> Answer<()> {
    conn.execute(&INSERT, params![county, login, person, password, now]).map(drop)
}

/// An account by its login.
///
/// # Errors
/// Failures of the store.
pub fn get(conn: &mut Conn, county: County, login: &str) -> Answer<Option<Account>> {
    conn.first(&GET, params![county, login], |row| {
        Ok(Account {
            person: PersonId(row.int(0)?),
            password: row.text(1)?,
            failures: row.int(2)?,
            locked_until: row.opt_int(3)?.map(Instant),
            ended_at: row.opt_int(4)?.map(Instant),
        })
    })
}

/// The login of a person and whether the account is open.
///
/// # Errors
/// Failures of the store.
pub fn login_of(
    conn: &mut Conn,
    county: County,
    person: PersonId,
) -> Answer<Option<(String, bool)>> {
    conn.first(&LOGIN_OF, params![county, person], |row| {
        Ok((row.text(0)?, row.opt_int(1)?.is_none()))
    })
}

/// Records how many failures there were, and a lock.
///
/// # Errors
/// Failures of the store.
pub fn failed(
    conn: &mut Conn,
    county: County,
    login: &str,
    failures: i64,
    locked_until: Option<Instant>,
) -> Answer<()> {
    conn.execute(&FAILED, params![county, login, failures, locked_until]).map(drop)
}

/// Sets a new password; every session of the person ends.
///
/// # Errors
/// Failures of the store.
pub fn set_password(
    conn: &mut Conn,
    county: County,
    login: &str,
    password: &str,
    now: Instant,
) -> Answer<bool> {
    let Some(account) = get(conn, county, login)? else { return Ok(false) };
    conn.execute(&CLOSE_SESSIONS, params![county, account.person])?;
    Ok(conn.execute(&PASSWORD, params![county, login, password, now])? > 0)
}

/// Closes an account with its sessions and tokens.
///
/// # Errors
/// Failures of the store.
pub fn end(conn: &mut Conn, county: County, login: &str, now: Instant) -> Answer<bool> {
    let Some(account) = get(conn, county, login)? else { return Ok(false) };
    conn.execute(&CLOSE_SESSIONS, params![county, account.person])?;
    conn.execute(&END_TOKENS, params![county, account.person, now])?;
    Ok(conn.execute(&END, params![county, login, now])? > 0)
}

/// Opens a session by the digest of its secret.
///
/// # Errors
/// Failures of the store.
pub fn open_session(
    conn: &mut Conn,
    county: County,
    digest: &[u8; 32],
    person: PersonId,
    csrf: &str,
    now: Instant,
    expires_at: Instant,
) -> Answer<()> {
    conn.execute(&OPEN_SESSION, params![county, digest, person, csrf, now, expires_at]).map(drop)
}

/// The session of a secret, if the account behind it is open.
///
/// # Errors
/// Failures of the store.
pub fn session(conn: &mut Conn, county: County, digest: &[u8; 32]) -> Answer<Option<Session>> {
    let found = conn.first(&SESSION, params![county, digest], |row| {
        let session = Session {
            person: PersonId(row.int(0)?),
            csrf: row.text(1)?,
            seen_at: Instant(row.int(2)?),
            expires_at: Instant(row.int(3)?),
        };
        Ok((session, row.opt_int(4)?.is_none()))
    })?;
    Ok(found.filter(|(_, open)| *open).map(|(session, _)| session))
}

/// Remembers that a session was used.
///
/// # Errors
/// Failures of the store.
pub fn seen(conn: &mut Conn, county: County, digest: &[u8; 32], now: Instant) -> Answer<()> {
    conn.execute(&SEEN, params![county, digest, now]).map(drop)
}

/// Ends a session.
///
/// # Errors
/// Failures of the store.
pub fn close_session(conn: &mut Conn, county: County, digest: &[u8; 32]) -> Answer<()> {
    conn.execute(&CLOSE_SESSION, params![county, digest]).map(drop)
}

/// Removes sessions that have run out or were not used since an instant.
///
/// # Errors
/// Failures of the store.
pub fn drop_old_sessions(
    conn: &mut Conn,
    county: County,
    now: Instant,
    unused_since: Instant,
) -> Answer<usize> {
    conn.execute(&OLD_SESSIONS, params![county, now, unused_since])
}

/// Adds an API token by the digest of its secret.
///
/// # Errors
/// Failures of the store.
pub fn insert_token(
    conn: &mut Conn,
    county: County,
    digest: &[u8; 32],
    person: PersonId,
    label: &str,
    now: Instant,
    expires_at: Instant,
) -> Answer<()> {
    conn.execute(&INSERT_TOKEN, params![county, digest, person, label, now, expires_at]).map(drop)
}

/// Whose token this is, if it and the account behind it are open.
///
/// # Errors
/// Failures of the store.
pub fn token(
    conn: &mut Conn,
    county: County,
    digest: &[u8; 32],
    now: Instant,
) -> Answer<Option<PersonId>> {
    let found = conn.first(&TOKEN, params![county, digest], |row| {
        let open = row.int(1)? > now.0 && row.opt_int(2)?.is_none() && row.opt_int(3)?.is_none();
        Ok((PersonId(row.int(0)?), open))
    })?;
    Ok(found.filter(|(_, open)| *open).map(|(person, _)| person))
}
