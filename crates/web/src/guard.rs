//! What stands around every request: it ends in time, and a panic in it is an answer like any other.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::StoreError;

use crate::caller::Anyone;
use crate::limits::REQUEST_WITHIN;
use crate::problem::Cause;

/// Lets a request take its course within bounds.
pub async fn guard(caller: Anyone, request: Request, next: Next) -> Response {
    let mut work = pin!(next.run(request));
    let whole = poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(poll) => poll.map(Some),
        Err(_) => Poll::Ready(None),
    });
    let cause: Cause = match tokio::time::timeout(REQUEST_WITHIN, whole).await {
        Ok(Some(response)) => return response,
        Ok(None) => app::Error::Store(StoreError::Panicked).into(),
        Err(_) => Cause::Request("slow", StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
    };
    caller.failure(cause).into_response()
}
