//! Who calls, in which language, and with which key.

use std::sync::PoisonError;

use app::who::{Csrf, digest};
use app::{Credential, Error, Service};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use domain::label::FIRST_LOCALE;
use store::Conn;

use crate::problem::{Cause, Failure};
use crate::state::Web;

/// The header that repeats the session's token.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// The cookie of a session over plain HTTP, and over TLS.
pub const COOKIES: (&str, &str) = ("shanzhi_session", "__Host-shanzhi_session");

/// Whoever sent a request, signed in or not.
#[derive(Clone)]
pub struct Anyone {
    /// The web.
    pub web: Web,
    /// The language of the answer.
    pub locale: String,
}

/// Somebody who shows a session or a token.
#[derive(Clone)]
pub struct Caller {
    /// The web.
    pub web: Web,
    /// The language of the answer.
    pub locale: String,
    /// What is shown.
    pub credential: Credential,
}

impl Anyone {
    /// A failure in this caller's language.
    pub fn failure(&self, cause: impl Into<Cause>) -> Failure {
        Failure::new(cause, &self.locale, &self.web, self.web.sole_county())
    }
}

impl Caller {
    /// A failure in this caller's language.
    pub fn failure(&self, cause: impl Into<Cause>) -> Failure {
        Failure::new(cause, &self.locale, &self.web, Some(self.credential.county()))
    }

    /// Reads for this caller.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Service, &Credential) -> Result<T, Error> + Send + 'static,
    {
        self.web.read(&self.credential, work).await.map_err(|e| self.failure(e))
    }

    /// Writes for this caller.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Service, &Credential) -> Result<T, Error> + Send + 'static,
    {
        self.web.write(&self.credential, work).await.map_err(|e| self.failure(e))
    }
}

impl FromRequestParts<Web> for Anyone {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        Ok(Self { web: web.clone(), locale: locale(&parts.headers) })
    }
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        let locale = locale(&parts.headers);
        match credential(&parts.headers, &parts.method) {
            Some(credential) => {
                keep_open(web, &credential).await;
                Ok(Self { web: web.clone(), locale, credential })
            }
            None => Err(Failure::new(app::Error::NotSignedIn, &locale, web, web.sole_county())),
        }
    }
}

/// How often the use of a session is looked at here, ms, and of how many it is known when.
const LOOK_EVERY_MS: i64 = 60_000;
const SESSIONS_KNOWN: usize = 50_000;

/// Whatever is asked in a session counts as its use. It is looked at once a minute, so that most
/// requests write nothing; where it cannot be, the request itself says why.
pub(crate) async fn keep_open(web: &Web, credential: &Credential) {
    let Some(digest) = credential.session_digest() else { return };
    let now = web.service.now();
    {
        let mut seen = web.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.get(&digest).is_some_and(|at| (0..LOOK_EVERY_MS).contains(&(now.0 - at))) {
            return;
        }
        if seen.len() >= SESSIONS_KNOWN {
            seen.retain(|_, at| now.0 - *at < LOOK_EVERY_MS);
        }
        seen.insert(digest, now.0);
    }
    let credential = credential.clone();
    let touch = move |conn: &mut Conn| {
        let who = credential.who(conn, now)?;
        if who.remember {
            app::accounts::remember(conn, who.county, &digest, now)?;
        }
        Ok::<_, app::Error>(())
    };
    let _ = web.service.db().write(touch).await;
}

/// What a request shows: a token in `Authorization`, or else a session's cookie.
pub(crate) fn credential(headers: &HeaderMap, method: &Method) -> Option<Credential> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(given) = text(header::AUTHORIZATION) {
        let (scheme, secret) = given.split_once(' ')?;
        let secret = scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())?;
        let county = app::accounts::county_of(secret)?;
        return Some(Credential::Token { county, digest: digest(secret) });
    }
    let secret = cookie(headers, &[COOKIES.0, COOKIES.1])?;
    let county = app::accounts::county_of(secret)?;
    let safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    let repeated = headers.get(CSRF_HEADER).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let csrf = (!safe).then_some(Csrf(repeated.filter(|_| !is_foreign(headers))));
    Some(Credential::Session { county, digest: digest(secret), csrf })
}

/// Whether a browser says that another site made it send this.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|v| v == "cross-site")
}

/// The value of a cookie.
fn cookie<'h>(headers: &'h HeaderMap, names: &[&str]) -> Option<&'h str> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    cookies.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        names.contains(&name).then_some(value)
    })
}

/// The language chosen on a page, or else the first language of `Accept-Language` that the product speaks; Chinese where none is asked for.
pub(crate) fn locale(headers: &HeaderMap) -> String {
    let asked =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let languages = asked.split(',').filter_map(|part| part.split(';').next());
    let chosen = cookie(headers, &[crate::pages::LANGUAGE_COOKIE]).map(str::to_owned);
    let primary = languages.filter_map(|l| l.trim().split('-').next()).map(str::to_ascii_lowercase);
    let known: Vec<&str> = domain::words::Words::built_in().locales().collect();
    chosen
        .into_iter()
        .chain(primary)
        .find(|l| known.contains(&l.as_str()))
        .unwrap_or_else(|| FIRST_LOCALE.to_owned())
}
