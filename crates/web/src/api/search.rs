//! Searching. What is looked for comes in the body: names and telephone numbers have no place in an
//! address.

use app::search::{Filter, search as find};
use axum::Json;
use domain::search::Tier;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lists::{bad_cursor, bounded};
use crate::body::Body;
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};
use crate::view::{Namer, Row};

/// What is looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchBody {
    /// Words, a phrase, a name or its pinyin, a code, a telephone number or its last four digits.
    #[schema(min_length = 1, max_length = 100)]
    pub q: String,
    /// The `next` of an earlier page.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub after: Option<String>,
    /// How many.
    #[serde(default = "default_rows")]
    #[schema(minimum = 1, maximum = 200)]
    pub limit: i64,
}

fn default_rows() -> i64 {
    ROWS.0
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    /// How well it fits: `exact`, `title` or `body`.
    pub tier: String,
    /// The matter.
    pub matter: Row,
}

/// A page of answers, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hits {
    /// The answers.
    pub items: Vec<Hit>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

/// Searches what the caller may see.
#[utoipa::path(post, path = "/api/v1/search", tag = "search", request_body = SearchBody,
    responses((status = 200, body = Hits), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn search(body: Body<SearchBody>) -> Result<Json<Hits>, Failure> {
    let Body { caller, value, .. } = body;
    let limit = bounded(&caller, value.limit)? as usize;
    let after = match &value.after {
        Some(text) => Some(text.parse().map_err(|()| bad_cursor(&caller, "after"))?),
        None => None,
    };
    let found = caller
        .read(move |conn, service, credential| {
            find(conn, service, credential, (&value.q, &Filter::default()), after, limit)
        })
        .await?;
    let namer = Namer::of(&found.desk, &caller.locale);
    let hit = |(tier, row)| Hit { tier: tier_name(tier).to_owned(), matter: namer.row(row) };
    let items = found.rows.into_iter().map(hit).collect();
    Ok(Json(Hits { items, next: found.next.map(|a| a.to_string()) }))
}

fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Exact => "exact",
        Tier::Title => "title",
        Tier::Body => "body",
    }
}
