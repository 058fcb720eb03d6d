//! Matters: registering, looking, acting, opening what is masked, following what changes.

use std::collections::BTreeMap;

use app::matters as does;
use app::{Credential, Desk, Error, Service};
use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use domain::ids::{MatterCode, MatterId};
use domain::matter::{Intake, PartyIntake, Refusal, Rule};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json_};
use store::{Conn, outbox};
use utoipa::{IntoParams, ToSchema};

use super::json_text;
use crate::body::{Asked, Body};
use crate::caller::Caller;
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};
use crate::view::{EventView, MatterView, Namer};

/// What somebody brings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterBody {
    /// The kind, such as `dispute`.
    #[schema(max_length = 60, example = "request")]
    pub kind: String,
    /// Where it happened: the code of a division of the county.
    #[schema(pattern = "^[0-9]{6,15}$", example = "532925101101")]
    pub place: String,
    /// From where it comes in: an item of the kind's list.
    #[serde(default)]
    #[schema(max_length = 60, example = "window")]
    pub source: Option<String>,
    /// What it is about, in one line.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The fields that the kind asks for.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Json_>,
    /// Whom it concerns.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub parties: Vec<PartyBody>,
    /// Flags that may be set at intake.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub flags: Vec<String>,
    /// The codes of matters that it belongs with; the new matter is tied to them.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub ties: Vec<String>,
}

/// One party.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyBody {
    /// The role, as declared by the kind.
    #[schema(max_length = 60)]
    pub role: String,
    /// `person` or `organisation`.
    #[serde(default)]
    #[schema(pattern = "^(person|organisation)$")]
    pub sort: Option<String>,
    /// Whether an interpreter is needed.
    #[serde(default)]
    pub interpreter: bool,
    /// What is known: name, phone, address, id-number and the like, as texts.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub details: Map<String, Json_>,
}

impl From<RegisterBody> for Intake {
    fn from(body: RegisterBody) -> Self {
        let party = |p: PartyBody| PartyIntake {
            role: p.role,
            sort: p.sort,
            interpreter: p.interpreter,
            details: p.details,
        };
        Self {
            kind: body.kind,
            place: body.place,
            source: body.source,
            title: body.title,
            fields: body.fields,
            parties: body.parties.into_iter().map(party).collect(),
            flags: body.flags,
        }
    }
}

/// The answer to a command: enough to go on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The matter's code, twelve digits.
    pub code: String,
    /// How many events it has now; the next command names this version.
    pub version: u32,
    /// Its kind.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// `open`, `closed` or `archived`.
    pub phase: String,
    /// The unit that holds it.
    pub holder: String,
    /// Who handles it.
    pub handler: Option<String>,
    /// Its official number.
    pub number: Option<String>,
    /// When it is due next, RFC 3339.
    pub due_at: Option<String>,
    /// `green`, `yellow`, `red` or `off`.
    pub light: String,
}

/// Registers a matter. Registration is unconditional: whatever is brought gets a code at once.
#[utoipa::path(post, path = "/api/v1/matters", tag = "matters", request_body = RegisterBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "makes a repeated request harmless", min_length = 1, max_length = 200)),
    responses((status = 201, body = Receipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn register(body: Body<RegisterBody>) -> Result<Response, Failure> {
    let Body { caller, value, keyed } = body;
    let tie = |(i, text): (usize, &String)| {
        let unknown = || Error::from(Refusal::of(Rule::UnknownMatter, &format!("ties.{i}")));
        text.parse().map_err(|_| caller.failure(unknown()))
    };
    let ties = value.ties.iter().enumerate().map(tie).collect::<Result<Vec<_>, _>>()?;
    let intake = Intake::from(value);
    let answered = caller
        .write(move |conn, service, credential| {
            does::register(conn, service, credential, (&intake, &ties), keyed.as_ref())
        })
        .await?;
    Ok(json_text(answered.status, answered.body))
}

/// What somebody does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActBody {
    /// The action, one of those offered.
    #[schema(max_length = 60)]
    pub action: String,
    /// The version that was seen; the act is refused if the matter has moved on since.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 4294967295i64)]
    pub version: Option<u32>,
    /// What the step says.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub data: Map<String, Json_>,
}

fn code(caller: &Caller, text: &str) -> Result<MatterCode, Failure> {
    text.parse().map_err(|_| caller.failure(Error::Missing))
}

/// Acts on a matter.
#[utoipa::path(post, path = "/api/v1/matters/{code}/acts", tag = "matters", request_body = ActBody,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a repeated request harmless", min_length = 1, max_length = 200)),
    responses((status = 200, body = Receipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn act(Path(text): Path<String>, body: Body<ActBody>) -> Result<Response, Failure> {
    let Body { caller, value, keyed } = body;
    let code = code(&caller, &text)?;
    let acting = does::Acting { code, action: value.action, seen: value.version, data: value.data };
    let answered = caller
        .write(move |conn, service, credential| {
            does::act(conn, service, credential, &acting, keyed.as_ref())
        })
        .await?;
    Ok(json_text(answered.status, answered.body))
}

/// Reads a matter, masked. The reading is in the log before the answer is given.
#[utoipa::path(get, path = "/api/v1/matters/{code}", tag = "matters",
    params(("code" = String, Path, description = "the matter's twelve digits")),
    responses((status = 200, body = MatterView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn look(Path(text): Path<String>, caller: Caller) -> Result<Json<MatterView>, Failure> {
    let code = code(&caller, &text)?;
    let look = caller.web.look(&caller.credential, code, |_, _| Ok(())).await;
    let (look, ()) = look.map_err(|e| caller.failure(e))?;
    let view = || {
        let (kind, offers) = (look.kind()?, look.offers()?);
        Ok::<_, Error>(Namer::of(&look.desk, &caller.locale).matter(&look, kind, &offers))
    };
    view().map(Json).map_err(|e| caller.failure(e))
}

/// A page of a matter's events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    /// The events, in order.
    pub items: Vec<EventView>,
    /// The number to ask after for the next page; none at the end.
    pub next: Option<u32>,
}

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// After this number.
    #[serde(default)]
    #[param(minimum = 0, maximum = 4294967295i64)]
    pub after: u32,
    /// How many.
    #[serde(default = "default_rows")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: i64,
}

fn default_rows() -> i64 {
    ROWS.0
}

/// Reads what happened to a matter.
#[utoipa::path(get, path = "/api/v1/matters/{code}/events", tag = "matters",
    params(("code" = String, Path, description = "the matter's twelve digits"), EventQuery),
    responses((status = 200, body = EventPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn events(
    Path(text): Path<String>,
    asked: Asked<EventQuery>,
) -> Result<Json<EventPage>, Failure> {
    let Asked { caller, query } = asked;
    let code = code(&caller, &text)?;
    let limit = super::lists::bounded(&caller, query.limit)?;
    let timeline =
        move |conn: &mut Conn, look: &does::Look| look.timeline(conn, query.after, limit + 1);
    let look = caller.web.look(&caller.credential, code, timeline).await;
    let (look, mut events) = look.map_err(|e| caller.failure(e))?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let kind = look.kind().map_err(|e| caller.failure(e))?;
    let namer = Namer::of(&look.desk, &caller.locale);
    let items: Vec<EventView> = events.iter().map(|e| namer.event(e, kind)).collect();
    let next = if more { events.last().map(|e| e.seq) } else { None };
    Ok(Json(EventPage { items, next }))
}

/// Why somebody must see what is masked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// What it is needed for; it stands in the log.
    #[schema(min_length = 4, max_length = 200)]
    pub purpose: String,
}

/// What was opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Opened {
    /// The parties' details by the party's number.
    pub parties: BTreeMap<String, BTreeMap<String, String>>,
    /// The matter's personal fields.
    pub fields: BTreeMap<String, String>,
}

/// Opens what is masked, for a purpose that stands in the log.
#[utoipa::path(post, path = "/api/v1/matters/{code}/disclosures", tag = "matters", request_body = Purpose,
    params(("code" = String, Path, description = "the matter's twelve digits")),
    responses((status = 200, body = Opened), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn disclose(
    Path(text): Path<String>,
    body: Body<Purpose>,
) -> Result<Json<Opened>, Failure> {
    let Body { caller, value, .. } = body;
    let code = code(&caller, &text)?;
    let opened = caller
        .write(move |conn, service, credential| {
            does::disclose(conn, service, credential, code, &value.purpose)
        })
        .await?;
    let parties =
        opened.parties.into_iter().map(|(no, details)| (no.to_string(), details)).collect();
    Ok(Json(Opened { parties, fields: opened.fields }))
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// When it was written down, RFC 3339.
    pub at: String,
    /// The matter.
    pub code: String,
    /// Which event of it.
    pub seq: u32,
    /// Which action.
    pub action: String,
}

/// A page of what happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangePage {
    /// What happened, in order.
    pub items: Vec<ChangeView>,
    /// Where to go on from, now or later.
    pub next: String,
}

/// From where.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangeQuery {
    /// The `next` of an earlier page.
    #[serde(default)]
    #[param(max_length = 80)]
    pub after: Option<String>,
    /// How many.
    #[serde(default = "default_rows")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: i64,
}

/// How long after an act it is told to followers, ms: by then every act before it is durable.
const SETTLE_MS: i64 = 2_000;

/// Follows what happens to matters that the caller sees.
#[utoipa::path(get, path = "/api/v1/changes", tag = "matters", params(ChangeQuery),
    responses((status = 200, body = ChangePage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 503, body = Problem)))]
pub async fn changes(asked: Asked<ChangeQuery>) -> Result<Json<ChangePage>, Failure> {
    let Asked { caller, query } = asked;
    let limit = super::lists::bounded(&caller, query.limit)?;
    let from = match &query.after {
        None => (Instant(0), MatterId(0), 0),
        Some(text) => position(text).ok_or_else(|| super::lists::bad_cursor(&caller, "after"))?,
    };
    let read = move |conn: &mut Conn, service: &Service, credential: &Credential| {
        let desk = Desk::open(conn, service, credential)?;
        let county = desk.who.county;
        let until = desk.now.plus_ms(-SETTLE_MS);
        let notices = outbox::after(conn, county, from, until, limit)?;
        let last = notices.last().map_or(from, |n| (n.at, n.matter, n.seq));
        let mut items = Vec::new();
        for notice in notices {
            let Some(stored) = store::matters::by_id(conn, county, notice.matter)? else {
                continue;
            };
            if desk.sees(&stored.matter) {
                let code = stored.matter.code().to_string();
                items.push(ChangeView {
                    at: notice.at.to_string(),
                    code,
                    seq: notice.seq,
                    action: notice.action,
                });
            }
        }
        Ok(ChangePage { items, next: format!("{}.{}.{}", last.0.0, last.1, last.2) })
    };
    caller.read(read).await.map(Json)
}

fn position(text: &str) -> Option<(Instant, MatterId, u32)> {
    let mut parts = text.split('.');
    let at: i64 = parts.next()?.parse().ok()?;
    let matter: i64 = parts.next()?.parse().ok()?;
    let seq = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((Instant(at), MatterId(matter), seq))
}
