//! Whether the process lives, whether it serves, and its figures.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use store::{Conn, StoreError};

use crate::state::Web;

/// The process lives.
pub async fn lives() -> &'static str {
    "ok\n"
}

/// The process serves: the database answers, has room, and a county is loaded.
pub async fn serves(State(web): State<Web>) -> Response {
    let counties = web.service.counties();
    let Some(state) = counties.first().cloned() else {
        return not_ready("no county\n");
    };
    let probe =
        move |conn: &mut Conn| store::counties::get(conn, state.county).map(|row| row.is_some());
    match web.service.db().read::<_, StoreError, _>(probe).await {
        Ok(true) if web.service.db().is_full() => {
            not_ready("the disk is full: acts wait, lists go on\n")
        }
        Ok(true) => (StatusCode::OK, "ready\n").into_response(),
        _ => not_ready("the database does not answer\n"),
    }
}

fn not_ready(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "2")], why).into_response()
}

/// The figures, as Prometheus reads them.
pub async fn figures(State(web): State<Web>) -> Response {
    metrics::gauge!("shanzhi_writes_waiting").set(web.service.db().waiting() as f64);
    let figures = web.metrics.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], figures).into_response()
}
