//! Counts by month and kind.

use axum::Json;
use serde::{Deserialize, Serialize};
use store::tallies::{Asked, Parts};
use utoipa::{IntoParams, ToSchema};

use crate::body::misfit;
use crate::problem::{Failure, Problem};

/// What a query takes: a unit, a month, and months in their order.
const EXPECTED: &str =
    "a unit's 15 digits; a month YYYYMM, the last not before the first; 0 and 0 for now";

/// Which counts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TallyQuery {
    /// The unit, with everything below it; the caller's own where nothing is said.
    #[serde(default)]
    #[param(pattern = "^[1-9][0-9]{14}$")]
    pub unit: Option<String>,
    /// The first month, such as 202601; 0 for how things stand now.
    #[serde(default)]
    #[param(minimum = 0, maximum = 210012)]
    pub from: i64,
    /// The last month; 0 for how things stand now.
    #[serde(default)]
    #[param(minimum = 0, maximum = 210012)]
    pub to: i64,
    /// Flows by their parts instead of their sums: `category`, `source`, `outcome`, `rated`; `all` for
    /// sums and parts.
    #[serde(default)]
    pub parts: Option<PartName>,
    /// Also each unit directly below.
    #[serde(default)]
    pub children: bool,
}

/// By what a flow is counted in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartName {
    /// Agreements by their form.
    Agreed,
    /// By category.
    Category,
    /// Ended matters by outcome.
    Outcome,
    /// Ratings by level.
    Rated,
    /// Registered matters by where they came from.
    Source,
    /// Sums and all parts.
    All,
}

impl PartName {
    fn parts(self) -> Parts {
        let name = match self {
            Self::Agreed => "agreed",
            Self::Category => "category",
            Self::Outcome => "outcome",
            Self::Rated => "rated",
            Self::Source => "source",
            Self::All => return Parts::All,
        };
        Parts::Of(name.to_owned())
    }
}

/// One count.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    /// The month; 0 for how things stand now.
    pub month: i64,
    /// The kind.
    pub kind: String,
    /// What is counted: `registered`, `closed`, `closed-late`, `outcome:…`, `state:…` and the like.
    pub measure: String,
    /// How many.
    pub n: i64,
}

/// The counts of one unit and everything below it.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitTally {
    /// The unit.
    pub unit: String,
    /// Its counts, without zeros.
    pub counts: Vec<CountView>,
}

/// The counts that were asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct TallyPage {
    /// The unit first, then those below it.
    pub items: Vec<UnitTally>,
}

/// Reads counts.
#[utoipa::path(get, path = "/api/v1/tallies", tag = "tallies", params(TallyQuery),
    responses((status = 200, body = TallyPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn tallies(asked: crate::body::Asked<TallyQuery>) -> Result<Json<TallyPage>, Failure> {
    let crate::body::Asked { caller, query } = asked;
    let bad = |name: &str| caller.failure(misfit(name, EXPECTED));
    let unit = query.unit.as_deref().map(str::parse).transpose().map_err(|_| bad("unit"))?;
    let is_month =
        |m: i64| m == 0 || ((190_001..=210_012).contains(&m) && (1..=12).contains(&(m % 100)));
    if !is_month(query.from) {
        return Err(bad("from"));
    }
    if !is_month(query.to) || query.to < query.from {
        return Err(bad("to"));
    }
    let parts = query.parts.map_or(Parts::None, PartName::parts);
    let asked = Asked { months: (query.from, query.to), parts, kind: None, together: false };
    let (_, all) = caller
        .read(move |conn, service, credential| {
            app::tallies::tallies(conn, service, credential, unit, &asked, query.children)
        })
        .await?;
    let count = |c: &store::tallies::Count| CountView {
        month: c.month,
        kind: c.kind.clone(),
        measure: c.measure.clone(),
        n: c.n,
    };
    let items = all.iter().map(|u| UnitTally {
        unit: u.unit.to_string(),
        counts: u.counts.iter().map(count).collect(),
    });
    Ok(Json(TallyPage { items: items.collect() }))
}
