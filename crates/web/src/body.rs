//! Reading a request's JSON body and query so that what is wrong is named.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::{StatusCode, header};
use domain::matter::{Refusal, Rule};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use sm3::{Digest, Sm3};

use crate::caller::Caller;
use crate::limits::{BODY_BYTES, BODY_WITHIN, KEY_CHARS};
use crate::problem::{Cause, Failure};
use crate::state::Web;

/// The header that makes a repeated request harmless.
pub const KEY_HEADER: &str = "idempotency-key";

/// A caller's JSON body, and the key it came under.
pub struct Body<T> {
    /// The caller.
    pub caller: Caller,
    /// What was sent.
    pub value: T,
    /// The key, with a digest of method, address and body.
    pub keyed: Option<app::matters::Keyed>,
}

impl<T: DeserializeOwned> FromRequest<Web> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, web).await?;
        let fail = |cause: Cause| caller.failure(cause);
        let key = parts
            .headers
            .get(KEY_HEADER)
            .map(|v| v.to_str().map(str::to_owned).unwrap_or_default());
        if key.as_ref().is_some_and(|k| k.is_empty() || k.len() > KEY_CHARS) {
            return Err(fail(misfit(KEY_HEADER, "1..200 characters")));
        }
        let bytes = bytes(&parts.headers, body).await.map_err(fail)?;
        let value = parse(&bytes).map_err(fail)?;
        let keyed = key.map(|key| {
            let mut hash = Sm3::new();
            hash.update(parts.method.as_str());
            hash.update(parts.uri.path());
            hash.update([0]);
            hash.update(&bytes);
            app::matters::Keyed { key, digest: hash.finalize().into() }
        });
        Ok(Self { caller, value, keyed })
    }
}

/// Reads a JSON body whole, within bounds.
pub async fn bytes(
    headers: &axum::http::HeaderMap,
    body: axum::body::Body,
) -> Result<Vec<u8>, Cause> {
    let json = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|v| {
        v.split(';').next().is_some_and(|m| m.trim().eq_ignore_ascii_case("application/json"))
    });
    if !json {
        return Err(Cause::Request("bad-media", StatusCode::UNSUPPORTED_MEDIA_TYPE, Vec::new()));
    }
    read_whole(body).await
}

/// Reads a body whole, within bounds, whatever it is.
pub async fn read_whole(body: axum::body::Body) -> Result<Vec<u8>, Cause> {
    let whole = tokio::time::timeout(BODY_WITHIN, Limited::new(body, BODY_BYTES).collect()).await;
    let Ok(whole) = whole else {
        return Err(Cause::Request("slow", StatusCode::REQUEST_TIMEOUT, Vec::new()));
    };
    match whole {
        Ok(whole) => Ok(whole.to_bytes().to_vec()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => {
            Err(Cause::Request("too-large", StatusCode::PAYLOAD_TOO_LARGE, Vec::new()))
        }
        Err(_) => Err(Cause::Request("bad-json", StatusCode::BAD_REQUEST, Vec::new())),
    }
}

/// Reads JSON into a type; what does not fit is named by its path. Never quotes what was sent.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Cause> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        // Paths are written as those of the rules are: parties.0.role.
        let path = error.path().to_string().replace('[', ".").replace(']', "");
        let inner = error.into_inner();
        if inner.is_data() {
            Cause::Request("invalid", StatusCode::UNPROCESSABLE_ENTITY, vec![shape(&path, &inner)])
        } else {
            Cause::Request("bad-json", StatusCode::BAD_REQUEST, Vec::new())
        }
    })?;
    match reader.end() {
        Ok(()) => Ok(value),
        Err(_) => Err(Cause::Request("bad-json", StatusCode::BAD_REQUEST, Vec::new())),
    }
}

/// What serde says of a misfit, as a rule that is told in the caller's language and without the value
/// that was sent: "invalid type: string \"…\", expected …" would quote it.
fn shape(path: &str, error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(head, _)| head);
    if text.starts_with("unknown field") {
        return Refusal::of(Rule::UnknownField, path);
    }
    if let Some(name) = text.strip_prefix("missing field ") {
        let name = name.trim_matches('`');
        let path = if path == "." { name.to_owned() } else { format!("{path}.{name}") };
        return Refusal::of(Rule::Required, &path);
    }
    let expected = text.split_once("expected ").map_or("another value", |(_, expected)| expected);
    let path = if path == "." { "body" } else { path };
    Refusal::of(Rule::WrongType, path).with("expected", expected)
}

/// A query or header at fault in one place.
pub fn misfit(field: &str, expected: &str) -> Cause {
    bad_query(Refusal::of(Rule::WrongType, field).with("expected", expected))
}

/// A query that breaks a rule.
pub fn bad_query(refusal: Refusal) -> Cause {
    Cause::Request("bad-query", StatusCode::BAD_REQUEST, vec![refusal])
}

/// A caller's query.
pub struct Asked<T> {
    /// The caller.
    pub caller: Caller,
    /// What is asked.
    pub query: T,
}

impl<T: DeserializeOwned + Send> FromRequestParts<Web> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        web: &Web,
    ) -> Result<Self, Failure> {
        let caller = Caller::from_request_parts(parts, web).await?;
        match Query::<T>::from_request_parts(parts, web).await {
            Ok(Query(query)) => Ok(Self { caller, query }),
            Err(_) => Err(caller.failure(Cause::Request(
                "bad-query",
                StatusCode::BAD_REQUEST,
                Vec::new(),
            ))),
        }
    }
}
