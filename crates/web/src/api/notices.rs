//! What the caller is told.

use app::notices::{Shown, list, read as mark};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use store::notices::Place;
use utoipa::{IntoParams, ToSchema};

use super::lists::{bad_cursor, bounded};
use crate::body::Asked;
use crate::caller::Caller;
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};

/// Which notices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeQuery {
    /// Only those that are not read.
    #[serde(default)]
    pub unread: bool,
    /// The `next` of an earlier page.
    #[serde(default)]
    #[param(max_length = 60)]
    pub after: Option<String>,
    /// How many.
    #[serde(default = "default_rows")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: i64,
}

fn default_rows() -> i64 {
    ROWS.0
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Its words.
    pub text: String,
    /// The matter's code.
    pub matter: String,
    /// When it was given.
    pub at: String,
    /// When it was read.
    pub read_at: Option<String>,
}

/// Notices, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticePage {
    /// The notices.
    pub items: Vec<NoticeView>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

fn view(shown: Shown) -> NoticeView {
    NoticeView {
        id: shown.place.to_string(),
        label: shown.label,
        text: shown.text,
        matter: shown.code.to_string(),
        at: shown.place.at.to_string(),
        read_at: shown.read_at.map(|at| at.to_string()),
    }
}

/// Lists what the caller is told.
#[utoipa::path(get, path = "/api/v1/notices", tag = "notices", params(NoticeQuery),
    responses((status = 200, body = NoticePage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 503, body = Problem)))]
pub async fn notices(asked: Asked<NoticeQuery>) -> Result<Json<NoticePage>, Failure> {
    let Asked { caller, query } = asked;
    let limit = bounded(&caller, query.limit)?;
    let after = match &query.after {
        Some(text) => text.parse().map_err(|()| bad_cursor(&caller, "after"))?,
        None => Place::START,
    };
    let locale = caller.locale.clone();
    let mut rows = caller
        .read(move |conn, service, credential| {
            list(conn, service, credential, (query.unread, after, limit + 1), &locale)
                .map(|(_, rows)| rows)
        })
        .await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    let next = rows.last().filter(|_| more).map(|last| last.place.to_string());
    Ok(Json(NoticePage { items: rows.into_iter().map(view).collect(), next }))
}

/// Marks a notice as read; one that is read stays so.
#[utoipa::path(post, path = "/api/v1/notices/{notice}/read", tag = "notices",
    params(("notice" = String, Path, description = "the notice's id")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn read(caller: Caller, Path(text): Path<String>) -> Result<StatusCode, Failure> {
    let place: Place = text.parse().map_err(|()| caller.failure(app::Error::Missing))?;
    caller.write(move |conn, service, credential| mark(conn, service, credential, place)).await?;
    Ok(StatusCode::NO_CONTENT)
}
