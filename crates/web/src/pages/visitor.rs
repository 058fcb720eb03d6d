//! Whoever opens a page: in which language, signed in or not, and what their form said.

use std::convert::Infallible;
use std::sync::Arc;

use app::matters::{Keyed, Look};
use app::who::Csrf;
use app::{CountyState, Credential, Desk, Error, Service};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use sm3::{Digest, Sm3};
use store::Conn;

use super::upset::Upset;
use super::veil::unveil;
use crate::body::read_whole;
use crate::caller::{credential, is_foreign, keep_open, locale};
use crate::problem::Cause;
use crate::state::Web;

/// The cookie that holds the chosen language.
pub const LANGUAGE_COOKIE: &str = "shanzhi_language";

/// Whoever opens a page.
#[derive(Clone)]
pub struct Visitor {
    /// The web.
    pub web: Web,
    /// The language of the page.
    pub locale: String,
    /// What they show of themselves.
    pub credential: Option<Credential>,
    /// The county they come to, where that is known.
    pub county: Option<Arc<CountyState>>,
    /// The address they opened, with its query.
    pub here: String,
    /// Whether the page only reads.
    pub reads: bool,
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let credential = credential(&parts.headers, &parts.method);
        if let Some(credential) = &credential {
            keep_open(web, credential).await;
        }
        let county = match &credential {
            Some(credential) => Some(credential.county()),
            None => web.sole_county(),
        };
        let county = county.and_then(|county| web.service.county(county).ok());
        let here = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let locale = locale(&parts.headers);
        Ok(Self { web: web.clone(), locale, credential, county, here, reads })
    }
}

impl Visitor {
    /// What went wrong, as a page in this visitor's language.
    pub fn upset(&self, cause: impl Into<Cause>) -> Upset {
        Upset::new(self, cause.into())
    }

    /// What they show of themselves; who shows nothing comes to the door.
    pub fn shown(&self) -> Result<Credential, Upset> {
        self.credential.clone().ok_or_else(|| self.upset(Error::NotSignedIn))
    }

    /// Reads for this visitor.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Upset>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Service, &Credential) -> Result<T, Error> + Send + 'static,
    {
        self.web.read(&self.shown()?, work).await.map_err(|e| self.upset(e))
    }

    /// Writes for this visitor.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Upset>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Service, &Credential) -> Result<T, Error> + Send + 'static,
    {
        self.web.write(&self.shown()?, work).await.map_err(|e| self.upset(e))
    }

    /// Looks at the matter of a code, and at what else the page wants of it; the reading is logged.
    pub async fn look<T, F>(&self, code: &str, also: F) -> Result<(Look, T), Upset>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn, &Look) -> Result<T, Error> + Send + 'static,
    {
        let code = code.parse().map_err(|_| self.upset(Error::Missing))?;
        self.web.look(&self.shown()?, code, also).await.map_err(|e| self.upset(e))
    }

    /// The desk of this visitor.
    pub async fn desk(&self) -> Result<Desk, Upset> {
        self.read(Desk::open).await
    }
}

/// What a form said, in its order.
#[derive(Debug, Clone, Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// A form from the text that browsers send.
    pub fn read(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value under a name, without white space around it; none where it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// Every value under a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }
}

/// A form that somebody sent.
pub struct Posted {
    /// Who.
    pub visitor: Visitor,
    /// What it said.
    pub form: Form,
    /// The key it was made out under: a form that is sent twice does one thing.
    pub keyed: Option<Keyed>,
}

impl FromRequest<Web> for Posted {
    type Rejection = Upset;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Upset> {
        let (mut parts, body) = request.into_parts();
        let Ok(mut visitor) = Visitor::from_request_parts(&mut parts, web).await;
        let media = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        if !media.is_some_and(|m| m.starts_with("application/x-www-form-urlencoded")) {
            return Err(visitor.upset(Cause::Request(
                "bad-media",
                axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Vec::new(),
            )));
        }
        let bytes = read_whole(body).await.map_err(|cause| visitor.upset(cause))?;
        let form = Form::read(&bytes);
        if let Some(Credential::Session { csrf: Some(repeated), .. }) = &mut visitor.credential
            && !is_foreign(&parts.headers)
        {
            *repeated = Csrf(form.get("csrf").map(unveil));
        }
        let keyed = form.get("key").map(|key| {
            let mut hash = Sm3::new();
            hash.update(parts.uri.path());
            for (name, value) in form.0.iter().filter(|(n, _)| n != "csrf") {
                hash.update([0]);
                hash.update(name);
                hash.update([1]);
                hash.update(value);
            }
            Keyed { key: format!("form/{key}"), digest: hash.finalize().into() }
        });
        Ok(Self { visitor, form, keyed })
    }
}
