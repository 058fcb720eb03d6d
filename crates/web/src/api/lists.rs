//! Lists of matters.

use app::matters::{Listing, list as read_list};
use axum::Json;
use domain::kind::Phase;
use domain::matter::{Lane, Refusal, Rule};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::{Asked, bad_query, misfit};
use crate::caller::Caller;
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};
use crate::view::{Namer, Row};

/// Which list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Why the matters stand there: `held`, `below`, `called`, `called-below`, `calling`, `back`, `supervised`, `known`, `known-below`, `sealed`,
    /// `mine`, `brought`,
    /// `part`.
    #[serde(default = "default_lane")]
    #[param(
        pattern = "^(held|below|called|called-below|calling|back|supervised|known|known-below|sealed|mine|brought|part)$"
    )]
    pub lane: String,
    /// The unit whose list it is; the caller's own where nothing is said.
    #[serde(default)]
    #[param(pattern = "^[1-9][0-9]{14}$")]
    pub unit: Option<String>,
    /// `open`, `closed` or `archived`.
    #[serde(default = "default_phase")]
    #[param(pattern = "^(open|closed|archived)$")]
    pub phase: String,
    /// One kind only.
    #[serde(default)]
    #[param(max_length = 60)]
    pub kind: Option<String>,
    /// One state of that kind only.
    #[serde(default)]
    #[param(max_length = 60)]
    pub state: Option<String>,
    /// The `next` of an earlier page.
    #[serde(default)]
    #[param(max_length = 60)]
    pub after: Option<String>,
    /// How many.
    #[serde(default = "default_rows")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: i64,
}

fn default_lane() -> String {
    Lane::Held.name().to_owned()
}

fn default_phase() -> String {
    Phase::Open.name().to_owned()
}

fn default_rows() -> i64 {
    ROWS.0
}

/// A page of matters.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page {
    /// The matters, in order: open ones by when they are due, ended ones by when they ended.
    pub items: Vec<Row>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

/// Lists matters.
#[utoipa::path(get, path = "/api/v1/matters", tag = "matters", params(ListQuery),
    responses((status = 200, body = Page), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn list(asked: Asked<ListQuery>) -> Result<Json<Page>, Failure> {
    let Asked { caller, query } = asked;
    let listing = listing(&caller, &query)?;
    let page = caller
        .read(move |conn, service, credential| read_list(conn, service, credential, &listing))
        .await?;
    let namer = Namer::of(&page.desk, &caller.locale);
    let items = page.rows.into_iter().map(|(_, row)| namer.row(row)).collect();
    Ok(Json(Page { items, next: page.next.map(|c| c.to_string()) }))
}

fn listing(caller: &Caller, query: &ListQuery) -> Result<Listing, Failure> {
    let bad = |name: &str| caller.failure(misfit(name, "one of those described"));
    let after = match &query.after {
        Some(text) => Some(text.parse().map_err(|()| bad_cursor(caller, "after"))?),
        None => None,
    };
    let unit = match &query.unit {
        Some(text) => Some(text.parse().map_err(|_| bad("unit"))?),
        None => None,
    };
    Ok(Listing {
        lane: Lane::named(&query.lane).ok_or_else(|| bad("lane"))?,
        unit,
        phase: query.phase.parse().map_err(|()| bad("phase"))?,
        kind: query.kind.clone(),
        state: query.state.clone(),
        after,
        limit: bounded(caller, query.limit)?,
    })
}

/// A cursor that no page gave out.
pub fn bad_cursor(caller: &Caller, field: &str) -> Failure {
    caller.failure(misfit(field, "the next of a page"))
}

/// A number of rows within bounds.
pub fn bounded(caller: &Caller, limit: i64) -> Result<i64, Failure> {
    if (1..=ROWS.1).contains(&limit) {
        return Ok(limit);
    }
    let refusal = Refusal::of(Rule::OutOfRange, "limit").with("min", 1).with("max", ROWS.1);
    Err(caller.failure(bad_query(refusal)))
}
