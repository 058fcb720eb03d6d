//! Units of the county.

use axum::Json;
use domain::matter::{Refusal, Rule};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::body::{Asked, bad_query, misfit};
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};

/// The longest part of a name that is looked for, in characters.
const NAME_CHARS: usize = 60;

/// Which units.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitQuery {
    /// Those directly below this unit, with itself.
    #[serde(default)]
    #[param(pattern = "^[1-9][0-9]{14}$")]
    pub parent: Option<String>,
    /// Those whose name fits: characters, pinyin or initials.
    #[serde(default)]
    #[param(max_length = 60)]
    pub q: Option<String>,
}

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// Its id, fifteen digits.
    pub id: String,
    /// The unit above.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// The name of its division.
    pub place: String,
    /// The code of its division, twelve digits.
    pub code: String,
    /// The system of that code: `nbs` or `local`.
    pub code_system: String,
    /// Its level.
    pub level: String,
    /// The sort of office; none for a division.
    pub office: Option<String>,
    /// Whether it can hold matters.
    pub holds: bool,
}

/// Some units.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitPage {
    /// The units, by id.
    pub items: Vec<UnitView>,
    /// Whether there are more than fit into one answer.
    pub more: bool,
}

/// Finds units.
#[utoipa::path(get, path = "/api/v1/units", tag = "units", params(UnitQuery),
    responses((status = 200, body = UnitPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 503, body = Problem)))]
pub async fn units(asked: Asked<UnitQuery>) -> Result<Json<UnitPage>, Failure> {
    let Asked { caller, query } = asked;
    let bad = |name: &str| caller.failure(misfit(name, "a unit's 15 digits"));
    let parent = query.parent.as_deref().map(str::parse).transpose().map_err(|_| bad("parent"))?;
    if query.q.as_ref().is_some_and(|q| q.chars().count() > NAME_CHARS) {
        let refusal = Refusal::of(Rule::OutOfRange, "q").with("min", 0).with("max", NAME_CHARS);
        return Err(caller.failure(bad_query(refusal)));
    }
    let mut units = caller
        .read(move |conn, service, credential| {
            app::org::units(conn, service, credential, parent, query.q.as_deref())
        })
        .await?;
    let more = units.len() > ROWS.1 as usize;
    units.truncate(ROWS.1 as usize);
    let view = |u: domain::org::Unit| UnitView {
        id: u.id.to_string(),
        parent: u.parent.map(|p| p.to_string()),
        code: u.id.division().to_string(),
        name: u.name,
        place: u.place,
        code_system: u.code_system,
        level: u.level,
        office: u.office,
        holds: u.holds,
    };
    Ok(Json(UnitPage { items: units.into_iter().map(view).collect(), more }))
}
