//! Addresses that lead nowhere: none at all, or a word where a number stands. Whoever reads pages is told
//! by a page, every other client by problem details.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::visitor::Visitor;
use crate::caller::Anyone;
use crate::problem::Cause;
use crate::state::Web;

/// Nothing is at this address.
pub async fn lost(State(web): State<Web>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let page = !parts.uri.path().starts_with("/api/") && reads_pages(&parts);
    answer(&web, parts, page).await
}

/// Answers by a page where an address could not be read.
pub async fn or_lost(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let (method, uri, headers) = (parts.method.clone(), parts.uri.clone(), parts.headers.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|v| v.as_bytes().starts_with(b"text/plain"));
    if response.status() != StatusCode::BAD_REQUEST || !plain {
        return response;
    }
    let (mut parts, ()) = Request::new(()).into_parts();
    (parts.method, parts.uri, parts.headers) = (method, uri, headers);
    answer(&web, parts, true).await
}

fn reads_pages(parts: &Parts) -> bool {
    let accept = parts.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

async fn answer(web: &Web, mut parts: Parts, page: bool) -> Response {
    let cause = Cause::Request("no-such-page", StatusCode::NOT_FOUND, Vec::new());
    if page {
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, web).await;
        return visitor.upset(cause).into_response();
    }
    match Anyone::from_request_parts(&mut parts, web).await {
        Ok(caller) => caller.failure(cause).into_response(),
        Err(failure) => failure.into_response(),
    }
}
