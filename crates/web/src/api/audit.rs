//! What an auditor reads.

use axum::Json;
use axum::extract::Path;
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::lists::{bad_cursor, bounded};
use crate::body::Asked;
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};

/// Which part of a log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Before this time, RFC 3339; now where nothing is said.
    #[serde(default)]
    #[param(max_length = 40, format = "date-time")]
    pub before: Option<String>,
    /// How many.
    #[serde(default = "default_rows")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: i64,
}

fn default_rows() -> i64 {
    ROWS.0
}

/// One reading of a matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingView {
    /// When.
    pub at: String,
    /// Who.
    pub person: String,
    /// At which unit.
    pub unit: String,
    /// In which role.
    pub role: String,
    /// What was shown.
    pub fields: String,
    /// What for.
    pub purpose: String,
}

/// Readings, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingPage {
    /// The readings.
    pub items: Vec<ReadingView>,
}

fn before(asked: &Asked<LogQuery>) -> Result<Option<Instant>, Failure> {
    let parse = |t: &String| t.parse().map_err(|_| bad_cursor(&asked.caller, "before"));
    asked.query.before.as_ref().map(parse).transpose()
}

/// Who looked at a matter. The auditor sees the readings, not the matter.
#[utoipa::path(get, path = "/api/v1/matters/{code}/readings", tag = "audit",
    params(("code" = String, Path, description = "the matter's twelve digits"), LogQuery),
    responses((status = 200, body = ReadingPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn readers(
    Path(text): Path<String>,
    asked: Asked<LogQuery>,
) -> Result<Json<ReadingPage>, Failure> {
    let before = before(&asked)?;
    let Asked { caller, query } = asked;
    let limit = bounded(&caller, query.limit)?;
    let code = text.parse().map_err(|_| caller.failure(app::Error::Missing))?;
    let readings = caller
        .read(move |conn, service, credential| {
            let before = before.unwrap_or(service.now().plus_ms(1));
            app::audit::readers(conn, service, credential, code, before, limit)
        })
        .await?;
    let view = |r: store::logs::Reading| ReadingView {
        at: r.at.to_string(),
        person: r.person.to_string(),
        unit: r.unit.to_string(),
        role: r.role,
        fields: r.fields,
        purpose: r.purpose,
    };
    Ok(Json(ReadingPage { items: readings.into_iter().map(view).collect() }))
}

/// One administrative act.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeedView {
    /// When.
    pub at: String,
    /// Who; none for the command line.
    pub person: Option<String>,
    /// What.
    pub action: String,
    /// To whom or what.
    pub detail: String,
}

/// Administrative acts, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeedPage {
    /// The acts.
    pub items: Vec<DeedView>,
}

/// What was done to accounts, posts and settings.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(LogQuery),
    responses((status = 200, body = DeedPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 503, body = Problem)))]
pub async fn acts(asked: Asked<LogQuery>) -> Result<Json<DeedPage>, Failure> {
    let before = before(&asked)?;
    let Asked { caller, query } = asked;
    let limit = bounded(&caller, query.limit)?;
    let deeds = caller
        .read(move |conn, service, credential| {
            let before = before.unwrap_or(service.now().plus_ms(1));
            app::audit::acts(conn, service, credential, before, limit)
        })
        .await?;
    let view = |d: store::logs::Deed| DeedView {
        at: d.at.to_string(),
        person: d.person.map(|p| p.to_string()),
        action: d.action,
        detail: d.detail,
    };
    Ok(Json(DeedPage { items: deeds.into_iter().map(view).collect() }))
}
