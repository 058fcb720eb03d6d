//! Records of registers: lists, search, one record with its past, and what is done to it.

use std::collections::BTreeMap;

use app::matters::Answered;
use app::registers::{
    self as does, Asked as Wanted, AtRegister, Change, Listing, Past, Show, history, log_looking,
    look_openly,
};
use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use domain::ids::{RecordId, UnitId};
use domain::matter::Value;
use domain::register::{Record, Remark, Stage};
use domain::time::Day;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as AnyJson};
use store::records::Cursor;
use utoipa::{IntoParams, ToSchema};

use super::json_text;
use super::lists::{bad_cursor, bounded};
use crate::body::{Asked, Body, misfit};
use crate::caller::Caller;
use crate::limits::ROWS;
use crate::problem::{Failure, Problem};
use crate::view::{Named, value_json};

/// Which records.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecordQuery {
    /// `standing`, `ended`, or `due`: those of which something falls due within thirty days.
    #[serde(default = "standing")]
    #[param(pattern = "^(standing|ended|due)$")]
    pub show: String,
    /// Only those of a unit and of everything below it.
    #[serde(default)]
    #[param(pattern = "^[1-9][0-9]{14}$")]
    pub unit: Option<String>,
    /// The `next` of an earlier page.
    #[serde(default)]
    #[param(max_length = 300)]
    pub after: Option<String>,
    /// How many.
    #[serde(default = "default_rows")]
    #[param(minimum = 1, maximum = 200)]
    pub limit: i64,
}

fn standing() -> String {
    Stage::Standing.name().to_owned()
}

fn default_rows() -> i64 {
    ROWS.0
}

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordPage {
    /// The records, by unit and title, or by what falls due first.
    pub items: Vec<RecordView>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
}

/// A record. What is personal is left out; see `masked` of one record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordView {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Whose it is.
    pub unit: Named,
    /// `standing` or `ended`.
    pub stage: String,
    /// How often something was done to it; the next change names this version.
    pub version: u32,
    /// What it says.
    #[schema(value_type = Object)]
    pub fields: BTreeMap<String, AnyJson>,
    /// What it lacks, as far as it alone can tell.
    pub remarks: Vec<RemarkView>,
}

/// Something that a record lacks.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemarkView {
    /// The duty's name; none where the record has run out.
    pub duty: Option<String>,
    /// What is wanted.
    pub label: String,
    /// Since when.
    pub day: Option<String>,
    /// How many there are, where it is about a number.
    pub found: Option<i64>,
    /// The article behind it.
    pub law: Option<String>,
}

fn remark_view(remark: &Remark<'_>, locale: &str) -> RemarkView {
    RemarkView {
        duty: remark.duty.map(|d| d.id.text.clone()),
        label: remark.duty.map_or(String::new(), |d| d.label.get(locale).to_owned()),
        day: remark.day.map(|d| d.to_string()),
        found: remark.found,
        law: remark.duty.and_then(|d| d.law.clone()),
    }
}

fn values(record: &Record) -> BTreeMap<String, AnyJson> {
    let open = record.fields.iter().filter(|(_, v)| !matches!(v, Value::Personal(_)));
    open.map(|(id, value)| (id.clone(), value_json(value))).collect()
}

fn view(at: &AtRegister, record: &Record, locale: &str) -> RecordView {
    let (register, desk) = (&*at.register, &at.desk);
    let name = does::owner_name(&desk.roster, record.unit);
    let remarks = domain::register::remarks(register, record, desk.now.day());
    RecordView {
        id: record.id.to_string(),
        title: record.text(register.title.as_str()).to_owned(),
        unit: Named { id: record.unit.to_string(), label: name },
        stage: record.stage().name().to_owned(),
        version: record.version,
        fields: values(record),
        remarks: remarks.iter().map(|r| remark_view(r, locale)).collect(),
    }
}

/// Lists records.
#[utoipa::path(get, path = "/api/v1/registers/{register}/records", tag = "registers",
    params(("register" = String, Path, description = "the register"), RecordQuery),
    responses((status = 200, body = RecordPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn records(
    Path(register): Path<String>,
    asked: Asked<RecordQuery>,
) -> Result<Json<RecordPage>, Failure> {
    let Asked { caller, query } = asked;
    let limit = bounded(&caller, query.limit)?;
    let unit = unit_of(&caller, query.unit.as_deref())?;
    let after = query.after.as_deref();
    let place = after.filter(|_| query.show != "due").map(|t| cursor(t).ok_or(()));
    let after_due = after.filter(|_| query.show == "due").map(|t| due_cursor(t).ok_or(()));
    let bad = |()| bad_cursor(&caller, "after");
    let (place, after_due) = (place.transpose().map_err(bad)?, after_due.transpose().map_err(bad)?);
    let stage = Stage::named(&query.show);
    if stage.is_none() && query.show != "due" {
        return Err(caller.failure(misfit("show", "standing, ended or due")));
    }
    let page = caller
        .read(move |conn, service, credential| {
            let before = service.now().day().plus(30);
            let show = stage.map_or(Show::DueBefore(before), Show::Stage);
            let (register, after) = (register.clone(), place.clone());
            let listing = Listing { register, show, unit, after, after_due, limit };
            does::list(conn, service, credential, &listing)
        })
        .await?;
    let items = page.rows.iter().map(|r| view(&page.at, r, &caller.locale)).collect();
    let next = page.next.map(|c| format!("{}.{}.{}", c.unit, c.id, c.title));
    let next = next.or_else(|| page.next_due.map(|(day, id)| format!("{}.{id}", day.0)));
    Ok(Json(RecordPage { items, next }))
}

fn unit_of(caller: &Caller, text: Option<&str>) -> Result<Option<UnitId>, Failure> {
    let bad = |_| caller.failure(misfit("unit", "fifteen digits"));
    text.map(str::parse).transpose().map_err(bad)
}

fn cursor(text: &str) -> Option<Cursor> {
    let mut parts = text.splitn(3, '.');
    let (unit, id) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(Cursor { unit: UnitId(unit), id: RecordId(id), title: parts.next()?.to_owned() })
}

fn due_cursor(text: &str) -> Option<(Day, RecordId)> {
    let (day, id) = text.split_once('.')?;
    Some((Day(day.parse().ok()?), RecordId(id.parse().ok()?)))
}

/// What is looked for. It goes in the body: names belong in no address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordSearch {
    /// The words; empty for all.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub q: String,
    /// Facets and the items that they must say.
    #[serde(default)]
    pub facets: BTreeMap<String, String>,
    /// Whether those that were ended are meant.
    #[serde(default)]
    pub ended: bool,
    /// Only those of a unit and of everything below it.
    #[serde(default)]
    pub unit: Option<String>,
    /// The `next` of an earlier page.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub after: Option<String>,
}

/// Finds records, the newest first.
#[utoipa::path(post, path = "/api/v1/registers/{register}/search", tag = "registers", request_body = RecordSearch,
    params(("register" = String, Path, description = "the register")),
    responses((status = 200, body = RecordPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn search(
    Path(register): Path<String>,
    body: Body<RecordSearch>,
) -> Result<Json<RecordPage>, Failure> {
    let Body { caller, value, .. } = body;
    let unit = unit_of(&caller, value.unit.as_deref())?;
    let below = value.after.as_deref().map(str::parse).transpose();
    let wanted = Wanted {
        register,
        query: value.q,
        facets: value.facets.into_iter().collect(),
        ended: value.ended,
        unit,
        below: below.map_err(|_| bad_cursor(&caller, "after"))?,
        limit: ROWS.0 as usize,
    };
    let found = caller
        .read(move |conn, service, credential| does::find(conn, service, credential, &wanted))
        .await?;
    let items = found.rows.iter().map(|r| view(&found.at, r, &caller.locale)).collect();
    Ok(Json(RecordPage { items, next: found.next.map(|id| id.to_string()) }))
}

/// A record as it is to be, or what of it is to change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// Whose it is; a change that leaves it out leaves it.
    #[serde(default)]
    pub unit: Option<String>,
    /// What it says; a change names only the fields that change, null takes one away.
    #[schema(value_type = Object)]
    pub fields: Map<String, AnyJson>,
    /// The version that was seen.
    #[serde(default)]
    pub version: Option<u32>,
}

impl From<RecordBody> for Change {
    fn from(body: RecordBody) -> Self {
        Self { unit: body.unit, fields: body.fields, seen: body.version }
    }
}

/// The answer to a change of a record.
#[derive(Debug, Serialize, ToSchema)]
#[allow(dead_code, reason = "it describes what the application answers as text")]
pub struct RecordReceipt {
    /// Its id.
    pub id: String,
    /// Its register.
    pub register: String,
    /// Whose it is.
    pub unit: String,
    /// Its version now.
    pub version: u32,
    /// `standing` or `ended`.
    pub stage: String,
}

fn answer(Answered { status, body }: Answered) -> Response {
    json_text(status, body)
}

/// Enters a record.
#[utoipa::path(post, path = "/api/v1/registers/{register}/records", tag = "registers", request_body = RecordBody,
    params(("register" = String, Path, description = "the register")),
    responses((status = 201, body = RecordReceipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn enter(
    Path(register): Path<String>,
    body: Body<RecordBody>,
) -> Result<Response, Failure> {
    let Body { caller, value, keyed } = body;
    let change: Change = value.into();
    caller
        .write(move |conn, service, credential| {
            does::enter(conn, service, credential, &register, &change, keyed.as_ref())
        })
        .await
        .map(answer)
}

/// One record with its past.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordWhole {
    /// The record.
    pub record: RecordView,
    /// What is personal, masked.
    pub masked: BTreeMap<String, String>,
    /// Everything that it lacks, by itself and by what points to it.
    pub remarks: Vec<RemarkView>,
    /// Whether the caller may change it.
    pub may_change: bool,
    /// Everything that was done to it, the first first.
    pub history: Vec<PastView>,
}

/// Something that was done to a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct PastView {
    /// Its number.
    pub seq: u32,
    /// When, RFC 3339.
    pub at: String,
    /// `entered`, `changed`, `ended` or `resumed`.
    pub deed: String,
    /// Who; none for the machine's operator.
    pub person: Option<Named>,
    /// The fields that it changed: before and after. What is personal is null.
    pub changes: Vec<FieldChange>,
}

/// What happened to a field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// What it said.
    #[schema(value_type = serde_json::Value)]
    pub before: AnyJson,
    /// What it says.
    #[schema(value_type = serde_json::Value)]
    pub after: AnyJson,
}

fn past_view(at: &AtRegister, past: &Past) -> PastView {
    let person = past.event.by.person.map(|id| Named {
        id: id.to_string(),
        label: at.desk.roster.names.get(&id).cloned().unwrap_or_default(),
    });
    let json = |value: Option<&Value>| value.map_or(AnyJson::Null, value_json);
    let differences = domain::register::differences(past.before.as_ref(), &past.after);
    let changes = differences.into_iter().map(|(field, old, new)| FieldChange {
        field: field.to_owned(),
        before: json(old),
        after: json(new),
    });
    PastView {
        seq: past.event.seq,
        at: past.event.at.to_string(),
        deed: past.event.deed.name().to_owned(),
        person,
        changes: changes.collect(),
    }
}

fn record_id(caller: &Caller, text: &str) -> Result<RecordId, Failure> {
    text.parse().map_err(|_| caller.failure(app::Error::Missing))
}

/// Reads a record with its past, masked. Where something of it is personal, the reading is logged.
#[utoipa::path(get, path = "/api/v1/registers/{register}/records/{record}", tag = "registers",
    params(("register" = String, Path, description = "the register"), ("record" = String, Path, description = "the record's id")),
    responses((status = 200, body = RecordWhole), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn record(
    Path((register, text)): Path<(String, String)>,
    caller: Caller,
) -> Result<Json<RecordWhole>, Failure> {
    let id = record_id(&caller, &text)?;
    let (looked, past) = caller
        .read(move |conn, service, credential| history(conn, service, credential, (&register, id)))
        .await?;
    if let Some(looking) = looked.looking() {
        caller.write(move |conn, _, _| log_looking(conn, &looking)).await?;
    }
    let locale = caller.locale.as_str();
    Ok(Json(RecordWhole {
        record: view(&looked.at, &looked.record, locale),
        remarks: looked.remarks().iter().map(|r| remark_view(r, locale)).collect(),
        may_change: looked.may_write(),
        history: past.iter().map(|p| past_view(&looked.at, p)).collect(),
        masked: looked.masked,
    }))
}

/// Changes a record.
#[utoipa::path(post, path = "/api/v1/registers/{register}/records/{record}", tag = "registers", request_body = RecordBody,
    params(("register" = String, Path, description = "the register"), ("record" = String, Path, description = "the record's id")),
    responses((status = 200, body = RecordReceipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn change(
    Path((register, text)): Path<(String, String)>,
    body: Body<RecordBody>,
) -> Result<Response, Failure> {
    let Body { caller, value, .. } = body;
    let (id, change): (_, Change) = (record_id(&caller, &text)?, value.into());
    caller
        .write(move |conn, service, credential| {
            does::change(conn, service, credential, (&register, id), &change)
        })
        .await
        .map(answer)
}

/// How a record ends, or why it stands again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndBody {
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The first day on which it no longer counts; today where nothing is said.
    #[serde(default)]
    pub on: Option<String>,
    /// Whether one that was ended is to stand again.
    #[serde(default)]
    pub resume: bool,
    /// The version that was seen.
    #[serde(default)]
    pub version: Option<u32>,
}

/// Ends a record, or lets it stand again. It is kept either way.
#[utoipa::path(post, path = "/api/v1/registers/{register}/records/{record}/end", tag = "registers", request_body = EndBody,
    params(("register" = String, Path, description = "the register"), ("record" = String, Path, description = "the record's id")),
    responses((status = 200, body = RecordReceipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn end(
    Path((register, text)): Path<(String, String)>,
    body: Body<EndBody>,
) -> Result<Response, Failure> {
    let Body { caller, value, .. } = body;
    let id = record_id(&caller, &text)?;
    let bad = |_| caller.failure(misfit("on", "a day such as 2026-11-24"));
    let on: Option<Day> = value.on.as_deref().map(str::parse).transpose().map_err(bad)?;
    caller
        .write(move |conn, service, credential| {
            let which = (register.as_str(), id);
            let EndBody { reason, resume, version, .. } = &value;
            if *resume {
                return does::resume(conn, service, credential, which, reason, *version);
            }
            does::end(conn, service, credential, which, (on, reason), *version)
        })
        .await
        .map(answer)
}

/// Opens what is personal of a record, for a purpose that stands in the log.
#[utoipa::path(post, path = "/api/v1/registers/{register}/records/{record}/disclosures", tag = "registers",
    request_body = super::matters::Purpose,
    params(("register" = String, Path, description = "the register"), ("record" = String, Path, description = "the record's id")),
    responses((status = 200, body = BTreeMap<String, String>), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn disclose(
    Path((register, text)): Path<(String, String)>,
    body: Body<super::matters::Purpose>,
) -> Result<Json<BTreeMap<String, String>>, Failure> {
    let Body { caller, value, .. } = body;
    let id = record_id(&caller, &text)?;
    let (_, open) = caller
        .write(move |conn, service, credential| {
            look_openly(conn, service, credential, (&register, id), &value.purpose)
        })
        .await?;
    Ok(Json(open))
}
