//! Signing in and out, passwords, tokens, posts.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::catalogue::Right;
use domain::ids::{County, PersonId, PostId, UnitId};
use domain::org::Post;
use domain::time::{Day, Instant, MINUTE_MS};
use store::logs::Deed;
use store::{Conn, accounts, org};

use crate::vault::random;
use crate::who::{SESSION_MS, digest};
use crate::{Credential, Desk, Error, Service};

/// Failures in a row until an account is locked, and for how long (GB/T 22239-2019, 8.1.4.1 b).
const FAILURES_MAX: i64 = 5;
const LOCK_MS: i64 = 15 * MINUTE_MS;
/// The shortest and longest password, in characters.
const PASSWORD_CHARS: (usize, usize) = (12, 128);
/// How many kinds of character a password needs (GB/T 22239-2019, 8.1.4.1 a).
const PASSWORD_CLASSES: usize = 3;
/// How long an API token lasts, in natural days.
const TOKEN_DAYS: i64 = 365;

/// argon2id with 19 MiB, two passes, one lane.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// The digest of a password.
///
/// # Errors
/// [`Error::WeakPassword`] where it does not meet the rules.
pub fn hash_password(login: &str, password: &str) -> Result<String, Error> {
    let length = password.chars().count();
    if length < PASSWORD_CHARS.0 {
        return Err(Error::WeakPassword("too-short"));
    }
    if length > PASSWORD_CHARS.1 {
        return Err(Error::WeakPassword("too-long"));
    }
    let has = |test: fn(char) -> bool| usize::from(password.chars().any(test));
    let classes = has(char::is_lowercase)
        + has(char::is_uppercase)
        + has(|c| c.is_ascii_digit())
        + has(|c| !c.is_alphanumeric());
    if classes < PASSWORD_CLASSES {
        return Err(Error::WeakPassword("too-plain"));
    }
    if password.to_lowercase().contains(&login.to_lowercase()) {
        return Err(Error::WeakPassword("holds-login"));
    }
    let hash = hasher().hash_password(password.as_bytes());
    hash.map(|h| h.to_string()).map_err(|_| Error::Unusable("password"))
}

/// Whether a password fits a digest. Costs the same whether it does or not.
#[must_use]
pub fn fits(password: &str, hash: &str) -> bool {
    hasher().verify_password(password.as_bytes(), hash).is_ok()
}

/// A digest that no password fits, so that an unknown login costs what a known one does.
pub const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2hhbnpoaS1ub2JvZHk$Xl3b0YkX0ZQq0Yw3pXH1kq0n9oX0bqv1d0mJ0m3X0aA";

/// What a password check needs, read before it: the check itself is slow and belongs on no
/// database thread.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Whose account it is; none for an unknown login.
    pub person: Option<PersonId>,
    /// The digest to check against.
    pub hash: String,
}

/// Begins to sign in.
///
/// # Errors
/// [`Error::Locked`] after too many failures; failures of the store.
pub fn challenge(
    conn: &mut Conn,
    service: &Service,
    county: County,
    login: &str,
) -> Result<Challenge, Error> {
    let now = service.now();
    let Some(account) = open_account(conn, county, login)? else {
        return Ok(Challenge { person: None, hash: NOBODY.to_owned() });
    };
    match account.locked_until {
        Some(until) if until > now => Err(Error::Locked { until }),
        _ => Ok(Challenge { person: Some(account.person), hash: account.password }),
    }
}

/// The open account of a login. What no login holds is not even looked for: PostgreSQL takes no zero
/// character.
fn open_account(
    conn: &mut Conn,
    county: County,
    login: &str,
) -> Result<Option<accounts::Account>, Error> {
    if login.chars().any(char::is_control) {
        return Ok(None);
    }
    Ok(accounts::get(conn, county, login)?.filter(|a| a.ended_at.is_none()))
}

/// A new session, with the secrets that go to the browser and are kept nowhere.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The person.
    pub person: PersonId,
    /// The secret of the cookie: the county and 256 random bits.
    pub secret: String,
    /// The token that changing requests repeat.
    pub csrf: String,
    /// When the session ends in any case.
    pub expires_at: Instant,
}

/// Ends signing in: opens a session, or counts the failure.
///
/// # Errors
/// [`Error::Locked`] where this failure was one too many; failures of the store.
pub fn conclude(
    conn: &mut Conn,
    service: &Service,
    county: County,
    login: &str,
    fits: bool,
) -> Result<Result<Opened, Error>, Error> {
    let now = service.now();
    let Some(account) = open_account(conn, county, login)? else {
        return Ok(Err(Error::BadLogin));
    };
    if !fits {
        let failures = account.failures + 1;
        let until = (failures >= FAILURES_MAX).then(|| now.plus_ms(LOCK_MS));
        accounts::failed(conn, county, login, if until.is_some() { 0 } else { failures }, until)?;
        note(conn, service, county, Some(account.person), "sign-in-failed", login)?;
        return Ok(Err(until.map_or(Error::BadLogin, |until| Error::Locked { until })));
    }
    accounts::failed(conn, county, login, 0, None)?;
    let opened = open(conn, county, account.person, now)?;
    note(conn, service, county, Some(account.person), "signed-in", login)?;
    Ok(Ok(opened))
}

fn open(conn: &mut Conn, county: County, person: PersonId, now: Instant) -> Result<Opened, Error> {
    let secret = secret(county)?;
    let csrf = BASE64.encode(random::<24>()?);
    let expires_at = now.plus_ms(SESSION_MS);
    accounts::open_session(conn, county, &digest(&secret), person, &csrf, now, expires_at)?;
    Ok(Opened { person, secret, csrf, expires_at })
}

/// A secret says its county, so that it is looked for in one county only.
fn secret(county: County) -> Result<String, Error> {
    Ok(format!("{county}.{}", BASE64.encode(random::<32>()?)))
}

/// The county that a secret says it is of.
#[must_use]
pub fn county_of(secret: &str) -> Option<County> {
    secret.split_once('.')?.0.parse().ok()
}

/// Ends the session.
///
/// # Errors
/// Failures of the store.
pub fn sign_out(conn: &mut Conn, service: &Service, credential: &Credential) -> Result<(), Error> {
    let who = credential.who(conn, service.now())?;
    if let Some(digest) = credential.session_digest() {
        accounts::close_session(conn, who.county, &digest)?;
        note(conn, service, who.county, Some(who.person), "signed-out", "")?;
    }
    Ok(())
}

/// Remembers that a session was used.
///
/// # Errors
/// Failures of the store.
pub fn remember(
    conn: &mut Conn,
    county: County,
    digest: &[u8; 32],
    now: Instant,
) -> Result<(), Error> {
    Ok(accounts::seen(conn, county, digest, now)?)
}

/// Adds a person.
///
/// # Errors
/// Failures of the store.
pub fn add_person(
    conn: &mut Conn,
    service: &Service,
    county: County,
    name: &str,
) -> Result<PersonId, Error> {
    let id = PersonId(service.db().ids().next(conn, county)?);
    org::insert_person(conn, county, id, name, None, service.now())?;
    store::counties::org_changed(conn, county)?;
    Ok(id)
}

/// Gives a person a post from a day on. A role that shuts out others is given to nobody who holds
/// another, and nothing else is given to who holds one.
///
/// # Errors
/// [`Error::Unusable`] where role, unit or the separation of administrators stand against it.
pub fn give_post(
    conn: &mut Conn,
    service: &Service,
    county: County,
    (person, role, unit): (PersonId, &str, UnitId),
    since: Day,
) -> Result<PostId, Error> {
    let state = service.county(county)?;
    let roster = state.roster(conn)?;
    let catalogue = &state.catalogue;
    let found = catalogue.roles.get(role).ok_or(Error::Unusable("unknown-role"))?;
    let at = roster.org.unit(unit).ok_or(Error::Unusable("unknown-unit"))?;
    let offered = match &at.office {
        Some(office) => catalogue.offices.get(office).map(|o| &o.posts),
        None => catalogue.levels.get(&at.level).map(|l| &l.posts),
    };
    if !offered.is_some_and(|posts| posts.iter().any(|p| p.text == role)) {
        return Err(Error::Unusable("role-not-at-unit"));
    }
    let others = roster
        .org
        .posts(person)
        .iter()
        .filter(|p| p.until.is_none_or(|u| u > since) && p.role != role);
    let exclusive = |role: &str| catalogue.roles.get(role).is_some_and(|r| r.exclusive);
    if others.clone().any(|p| found.exclusive || exclusive(&p.role)) {
        return Err(Error::Unusable("roles-exclude"));
    }
    let id = PostId(service.db().ids().next(conn, county)?);
    let post = Post { id, person, role: role.to_owned(), unit, since, until: None };
    org::insert_post(conn, county, &post)?;
    store::counties::org_changed(conn, county)?;
    Ok(id)
}

/// Ends a post from a day on.
///
/// # Errors
/// Failures of the store.
pub fn end_post(conn: &mut Conn, county: County, post: PostId, until: Day) -> Result<bool, Error> {
    let ended = org::end_post(conn, county, post, until)?;
    store::counties::org_changed(conn, county)?;
    Ok(ended)
}

/// Makes an API token for the person of a login. The secret is answered once and kept nowhere.
///
/// # Errors
/// [`Error::Missing`] for an unknown login; failures of the store.
pub fn make_token(
    conn: &mut Conn,
    service: &Service,
    county: County,
    login: &str,
    label: &str,
) -> Result<String, Error> {
    let now = service.now();
    let account = accounts::get(conn, county, login)?
        .filter(|a| a.ended_at.is_none())
        .ok_or(Error::Missing)?;
    let secret = secret(county)?;
    let expires_at = now.plus_ms(TOKEN_DAYS * domain::time::DAY_MS);
    accounts::insert_token(conn, county, &digest(&secret), account.person, label, now, expires_at)?;
    note(conn, service, county, Some(account.person), "token-made", label)?;
    Ok(secret)
}

/// Writes an administrative act into the audit log.
///
/// # Errors
/// Failures of the store.
pub fn note(
    conn: &mut Conn,
    service: &Service,
    county: County,
    person: Option<PersonId>,
    action: &str,
    detail: &str,
) -> Result<(), Error> {
    let nonce = i64::from_le_bytes(random()?) & i64::MAX;
    let deed =
        Deed { at: service.now(), person, action: action.to_owned(), detail: detail.to_owned() };
    Ok(store::logs::done(conn, county, nonce, &deed)?)
}

/// Whether whoever asks has a right; answers with the person.
///
/// # Errors
/// [`Error::NoRight`].
pub fn demand(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    right: Right,
) -> Result<crate::Who, Error> {
    let desk = Desk::open(conn, service, credential)?;
    if domain::access::has_right(&desk.posts(), right, &desk.state.catalogue) {
        Ok(desk.who)
    } else {
        Err(Error::NoRight(right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_meet_the_rules_and_fit_their_digest_only() {
        let weak = |p: &str| match hash_password("wang", p) {
            Err(Error::WeakPassword(rule)) => rule,
            _ => "fine",
        };
        assert_eq!(weak("short"), "too-short");
        assert_eq!(weak("alllowercase"), "too-plain");
        assert_eq!(weak("Wang-2026-ok!"), "holds-login");
        assert_eq!(weak(&"aA1-".repeat(40)), "too-long");
        let hash = hash_password("wang", "Mountain-2026-road").expect("strong enough");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(fits("Mountain-2026-road", &hash));
        assert!(!fits("Mountain-2026-Road", &hash));
        assert!(!fits("anything", NOBODY));
    }
}
