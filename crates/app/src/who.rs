//! Who asks: a session or a token, the person behind it, and the posts the person holds today.

use domain::ids::{County, PersonId};
use domain::time::Instant;
use sm3::{Digest, Sm3};
use store::Conn;
use store::accounts;
use subtle::ConstantTimeEq;

use crate::Error;

/// A session that is not used for this long ends, ms.
pub const IDLE_MS: i64 = 30 * 60_000;
/// How long a session lasts at most, ms.
pub const SESSION_MS: i64 = 12 * 3_600_000;
/// A session is remembered as used at most this often, ms.
const SEEN_EVERY_MS: i64 = 60_000;

/// What a request shows of itself. Only digests of secrets are kept.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A session's cookie. A request that changes something must also repeat the session's token.
    Session {
        /// The county.
        county: County,
        /// SM3 of the secret.
        digest: [u8; 32],
        /// The repeated token; none on a request that changes nothing.
        csrf: Option<Csrf>,
    },
    /// An API token.
    Token {
        /// The county.
        county: County,
        /// SM3 of the secret.
        digest: [u8; 32],
    },
    /// The command line on the machine itself, in the name of a person.
    Local {
        /// The county.
        county: County,
        /// The person.
        person: PersonId,
    },
}

/// What a changing request repeated of its session's token.
#[derive(Debug, Clone)]
pub struct Csrf(pub Option<String>);

/// The person who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The county.
    pub county: County,
    /// The person.
    pub person: PersonId,
    /// Whether the session's use should be remembered now.
    pub remember: bool,
}

impl Credential {
    /// The county it is for.
    #[must_use]
    pub fn county(&self) -> County {
        match self {
            Self::Session { county, .. }
            | Self::Token { county, .. }
            | Self::Local { county, .. } => *county,
        }
    }

    /// Finds out who asks.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::BadCsrf`], failures of the store.
    pub fn who(&self, conn: &mut Conn, now: Instant) -> Result<Who, Error> {
        Ok(self.identify(conn, now)?.0)
    }

    /// Finds out who asks, with the token that the forms of the session repeat; it is empty where there
    /// is no session.
    pub(crate) fn identify(&self, conn: &mut Conn, now: Instant) -> Result<(Who, String), Error> {
        let county = self.county();
        let known = |person: PersonId| (Who { county, person, remember: false }, String::new());
        match self {
            Self::Local { person, .. } => Ok(known(*person)),
            Self::Token { digest, .. } => {
                let person = accounts::token(conn, county, digest, now)?;
                Ok(known(person.ok_or(Error::NotSignedIn)?))
            }
            Self::Session { digest, csrf, .. } => {
                let session = accounts::session(conn, county, digest)?.ok_or(Error::NotSignedIn)?;
                if session.expires_at <= now || now.0 - session.seen_at.0 > IDLE_MS {
                    return Err(Error::NotSignedIn);
                }
                if let Some(Csrf(given)) = csrf {
                    let given = given.as_deref().unwrap_or_default();
                    if !bool::from(given.as_bytes().ct_eq(session.csrf.as_bytes())) {
                        return Err(Error::BadCsrf);
                    }
                }
                let remember = now.0 - session.seen_at.0 > SEEN_EVERY_MS;
                Ok((Who { county, person: session.person, remember }, session.csrf))
            }
        }
    }

    /// The digest of the session, if it is one.
    #[must_use]
    pub fn session_digest(&self) -> Option<[u8; 32]> {
        match self {
            Self::Session { digest, .. } => Some(*digest),
            _ => None,
        }
    }
}

/// SM3 of a secret.
#[must_use]
pub fn digest(secret: &str) -> [u8; 32] {
    Sm3::digest(secret.as_bytes()).into()
}
