//! Addresses at which the product fails inside, so that a test can see what becomes of it. They are
//! there only where the options ask for them, which a release build never does.

use axum::Router;
use axum::routing::post;
use store::{Conn, StoreError};

use crate::caller::Anyone;
use crate::problem::Failure;
use crate::state::Web;

/// Where it fails: in a handler, and in an act inside its transaction.
pub fn routes() -> Router<Web> {
    Router::new().route("/faults/handler", post(handler)).route("/faults/act", post(act))
}

#[allow(clippy::panic, reason = "that is what it is for")]
async fn handler(body: String) {
    panic!("it failed while it held {body}")
}

#[allow(clippy::panic, reason = "that is what it is for")]
async fn act(caller: Anyone, body: String) -> Result<(), Failure> {
    let act = move |_: &mut Conn| -> Result<(), StoreError> {
        panic!("an act failed while it held {body}")
    };
    caller.web.service.db().write(act).await.map_err(|e| caller.failure(app::Error::from(e)))
}
