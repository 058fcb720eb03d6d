//! Persons, their posts and their accounts, as the security administrator keeps them. Every change is
//! an entry in the administrators' log.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::catalogue::Right;
use domain::ids::{PersonId, PostId, UnitId};
use domain::matter::{Refusal, Rule};
use store::{Conn, accounts as kept};

use crate::accounts::{add_person, demand, end_post, give_post, hash_password, note};
use crate::vault::random;
use crate::{Credential, Error, Service};

/// The longest name and login, in characters.
const NAME_CHARS: usize = 50;
const LOGIN_CHARS: usize = 60;

/// Somebody who takes up a post.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// The name.
    pub name: String,
    /// The login of the account.
    pub login: String,
    /// The role.
    pub role: String,
    /// The unit.
    pub unit: UnitId,
    /// The digest of the first password.
    pub hash: String,
}

/// A first password that meets the rules, told once, with the digest that is kept of it.
///
/// # Errors
/// No randomness.
pub fn first_password(login: &str) -> Result<(String, String), Error> {
    loop {
        let password = BASE64.encode(random::<12>()?);
        match hash_password(login, &password) {
            Ok(hash) => return Ok((password, hash)),
            Err(Error::WeakPassword(_)) => {}
            Err(other) => return Err(other),
        }
    }
}

/// Adds a person with a post from today on and an account.
///
/// # Errors
/// [`Error::NoRight`]; a name or login that is empty, too long or taken; a role that the unit does not
/// have; failures of the store.
pub fn take_on(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    new: &Newcomer,
) -> Result<PersonId, Error> {
    let who = demand(conn, service, credential, Right::ManageAccounts)?;
    for (field, text, max) in [("name", &new.name, NAME_CHARS), ("login", &new.login, LOGIN_CHARS)]
    {
        if text.trim().is_empty() {
            return Err(Refusal::of(Rule::Required, field).into());
        }
        if text.chars().count() > max {
            return Err(Refusal::of(Rule::TooLong, field).with("max", max).into());
        }
    }
    if kept::get(conn, who.county, &new.login)?.is_some() {
        return Err(Error::Unusable("login-taken"));
    }
    let now = service.now();
    let person = add_person(conn, service, who.county, new.name.trim())?;
    give_post(conn, service, who.county, (person, &new.role, new.unit), now.day())?;
    kept::insert(conn, who.county, &new.login, person, &new.hash, now)?;
    let detail = format!("{} {} {}", new.login, new.role, new.unit);
    note(conn, service, who.county, Some(who.person), "took-on", &detail)?;
    Ok(person)
}

/// Gives somebody another post from today on.
///
/// # Errors
/// [`Error::NoRight`]; a role that the unit does not have or that excludes the others; failures of the
/// store.
pub fn give(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (person, role, unit): (PersonId, &str, UnitId),
) -> Result<PostId, Error> {
    let who = demand(conn, service, credential, Right::ManageAccounts)?;
    let today = service.now().day();
    let post = give_post(conn, service, who.county, (person, role, unit), today)?;
    let detail = format!("{person} {role} {unit}");
    note(conn, service, who.county, Some(who.person), "gave-post", &detail)?;
    Ok(post)
}

/// Ends a post today.
///
/// # Errors
/// [`Error::NoRight`]; [`Error::Missing`] where there is no such post; failures of the store.
pub fn end(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    post: PostId,
) -> Result<(), Error> {
    let who = demand(conn, service, credential, Right::ManageAccounts)?;
    if !end_post(conn, who.county, post, service.now().day())? {
        return Err(Error::Missing);
    }
    note(conn, service, who.county, Some(who.person), "ended-post", &post.to_string())
}
