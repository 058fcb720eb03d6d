//! Meetings: the agenda, calling, changing, calling off, putting on record. A mediator's notes are not here:
//! they are read on the page of their writer and nowhere else.

use std::collections::BTreeMap;

use app::meetings as does;
use app::{Desk, Error};
use axum::Json;
use axum::extract::Path;
use axum::response::Response;
use domain::ids::{MatterCode, PersonId, UnitId};
use domain::matter::{Refusal, Rule};
use domain::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json_};
use store::meetings::Meeting;
use store::seats::Seat;
use utoipa::{IntoParams, ToSchema};

use super::json_text;
use super::tasks::TaskView;
use crate::body::{Asked, Body, misfit};
use crate::caller::Caller;
use crate::problem::{Failure, Problem};
use crate::view::{Named, Namer};

/// Whose agenda, and which days.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgendaQuery {
    /// The first day; today where nothing is said.
    #[serde(default)]
    #[param(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    pub from: Option<String>,
    /// How many days.
    #[serde(default = "seven")]
    #[param(minimum = 1, maximum = 31)]
    pub days: i32,
    /// `person` or `rooms`.
    #[serde(default = "person")]
    #[param(pattern = "^(person|rooms)$")]
    pub of: String,
    /// The person; the caller where nothing is said.
    #[serde(default)]
    #[param(pattern = "^[1-9][0-9]{0,17}$")]
    pub person: Option<String>,
    /// The rooms of this unit, those below and those above it.
    #[serde(default)]
    #[param(pattern = "^[1-9][0-9]{14}$")]
    pub unit: Option<String>,
}

fn seven() -> i32 {
    7
}

fn person() -> String {
    "person".to_owned()
}

/// A seat and who has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeatView {
    /// Its number at the meeting.
    pub no: i64,
    /// Which seat.
    pub seat: String,
    /// Who.
    pub person: Named,
    /// In which role.
    pub role: String,
    /// At which unit.
    pub unit: Named,
    /// Whether the person signs as a mediator.
    pub signs: bool,
    /// Whether having sat bars from a later suit.
    pub recusal: bool,
    /// Whether the person came; none before the record.
    pub attended: Option<bool>,
    /// When the person stood down or was replaced.
    pub recused_at: Option<String>,
}

/// A meeting. Who does not see its matter is told when and where time is taken, and no more.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingView {
    /// Its id.
    pub id: String,
    /// Its sort; none where the matter is not seen.
    pub sort: Option<Named>,
    /// The matter's code; none where it is not seen.
    pub code: Option<String>,
    /// The matter's title; none where it is not seen.
    pub title: Option<String>,
    /// The room; none where it is held elsewhere.
    pub room: Option<String>,
    /// Where, if in no room.
    pub venue: Option<String>,
    /// When it begins, RFC 3339.
    pub from: String,
    /// When it is over, RFC 3339.
    pub until: String,
    /// `planned`, `held` or `cancelled`.
    pub stage: String,
    /// How often it was changed; a change names this version.
    pub version: u32,
    /// Who sits.
    pub seats: Vec<SeatView>,
    /// The tasks that it gave; only where one meeting is read.
    pub tasks: Vec<TaskView>,
}

/// Some meetings.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingPage {
    /// The meetings, in order.
    pub items: Vec<MeetingView>,
}

fn seat_view(namer: &Namer<'_>, s: &Seat) -> SeatView {
    SeatView {
        no: s.no,
        seat: s.seat.clone(),
        person: namer.person(s.person),
        role: s.role.clone(),
        unit: namer.unit(s.unit),
        signs: s.signs,
        recusal: s.recusal,
        attended: s.attended,
        recused_at: s.recused_at.map(|at| at.to_string()),
    }
}

fn bare(m: &Meeting) -> MeetingView {
    MeetingView {
        id: m.id.to_string(),
        sort: None,
        code: None,
        title: None,
        room: m.room.map(|r| r.to_string()),
        venue: None,
        from: m.span.from.to_string(),
        until: m.span.until.to_string(),
        stage: m.stage.name().to_owned(),
        version: m.version,
        seats: Vec::new(),
        tasks: Vec::new(),
    }
}

fn whole(
    namer: &Namer<'_>,
    m: &Meeting,
    (code, title): (MatterCode, &str),
    seats: &[Seat],
) -> MeetingView {
    let sort = namer.catalogue.meetings.sorts.get(&m.sort);
    let label = sort.map_or(m.sort.clone(), |s| namer.label(&s.label));
    MeetingView {
        sort: Some(Named { id: m.sort.clone(), label }),
        code: Some(code.to_string()),
        title: Some(title.to_owned()),
        venue: m.venue.clone(),
        seats: seats.iter().map(|s| seat_view(namer, s)).collect(),
        ..bare(m)
    }
}

/// Reads an agenda: whose time is taken when.
#[utoipa::path(get, path = "/api/v1/meetings", tag = "meetings", params(AgendaQuery),
    responses((status = 200, body = MeetingPage), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn agenda(asked: Asked<AgendaQuery>) -> Result<Json<MeetingPage>, Failure> {
    let Asked { caller, query } = asked;
    let bad = |name: &str, what: &str| caller.failure(misfit(name, what));
    let first = match &query.from {
        Some(text) => text.parse().map_err(|_| bad("from", "a day"))?,
        None => caller.web.service.now().day(),
    };
    let unit = query.unit.as_deref().map(str::parse::<UnitId>).transpose();
    let unit = unit.map_err(|_| bad("unit", "a unit's 15 digits"))?;
    let person = query.person.as_deref().map(str::parse::<PersonId>).transpose();
    let person = person.map_err(|_| bad("person", "a person's number"))?;
    let of = match query.of.as_str() {
        "rooms" => does::Of::Rooms(unit),
        "person" => does::Of::Person(person),
        _ => return Err(bad("of", "person or rooms")),
    };
    let days = query.days;
    let found = caller
        .read(move |conn, service, credential| {
            does::agenda(conn, service, credential, (first, days), of)
        })
        .await?;
    let namer = Namer::of(&found.desk, &caller.locale);
    let view = |entry: &does::Entry| match &entry.about {
        Some((matter, seats)) => whole(&namer, &entry.meeting, (matter.code, &matter.title), seats),
        None => bare(&entry.meeting),
    };
    Ok(Json(MeetingPage { items: found.entries.iter().map(view).collect() }))
}

fn code_of(caller: &Caller, text: &str) -> Result<MatterCode, Failure> {
    text.parse().map_err(|_| caller.failure(Error::Missing))
}

fn id_of(caller: &Caller, text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| caller.failure(Error::Missing))
}

/// Reads the meetings about a matter.
#[utoipa::path(get, path = "/api/v1/matters/{code}/meetings", tag = "meetings",
    params(("code" = String, Path, description = "the matter's twelve digits")),
    responses((status = 200, body = MeetingPage), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn of_matter(
    Path(text): Path<String>,
    caller: Caller,
) -> Result<Json<MeetingPage>, Failure> {
    let code = code_of(&caller, &text)?;
    let found = caller.web.look(&caller.credential, code, does::of_matter).await;
    let (look, all) = found.map_err(|e| caller.failure(e))?;
    let namer = Namer::of(&look.desk, &caller.locale);
    let about = (code, look.matter.registration.title.as_str());
    let items = all.iter().map(|(m, seats)| whole(&namer, m, about, seats)).collect();
    Ok(Json(MeetingPage { items }))
}

/// Reads one meeting, with the tasks that it gave.
#[utoipa::path(get, path = "/api/v1/matters/{code}/meetings/{meeting}", tag = "meetings",
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("meeting" = String, Path, description = "the meeting's id")),
    responses((status = 200, body = MeetingView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn one(
    Path((text, id)): Path<(String, String)>,
    caller: Caller,
) -> Result<Json<MeetingView>, Failure> {
    let (code, id) = (code_of(&caller, &text)?, id_of(&caller, &id)?);
    let found =
        caller.web.look(&caller.credential, code, move |conn, look| does::sitting(conn, look, id));
    let (look, found) = found.await.map_err(|e| caller.failure(e))?;
    let namer = Namer::of(&look.desk, &caller.locale);
    let about = (code, look.matter.registration.title.as_str());
    let mut view = whole(&namer, &found.meeting, about, &found.seats);
    view.tasks = found.tasks.iter().map(|t| TaskView::of(&look.desk, t)).collect();
    Ok(Json(view))
}

/// When and where a meeting is to be, and who is to sit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    /// When it begins: RFC 3339, on a quarter of an hour.
    #[schema(example = "2026-03-04T09:00:00+08:00", max_length = 40)]
    pub from: String,
    /// How long it lasts, in whole quarters of an hour.
    #[schema(minimum = 15, maximum = 720, example = 60)]
    pub minutes: i64,
    /// The room's id; none where it is held elsewhere.
    #[serde(default)]
    #[schema(max_length = 18)]
    pub room: Option<String>,
    /// Where, if in no room.
    #[serde(default)]
    #[schema(max_length = 100)]
    pub venue: Option<String>,
    /// The seats that are filled, each with a person's number.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    pub seats: BTreeMap<String, String>,
}

impl PlaceBody {
    fn place(self, caller: &Caller) -> Result<does::Place, Failure> {
        let bad = |field: &str, rule: Rule| caller.failure(Error::from(Refusal::of(rule, field)));
        let from: Instant = self.from.parse().map_err(|_| bad("from", Rule::NoSuchDate))?;
        let room = self.room.map(|r| r.parse::<i64>()).transpose();
        let seat = |(seat, person): (String, String)| {
            let known = person.parse::<PersonId>();
            let known = known.map_err(|_| bad(&format!("seats.{seat}"), Rule::UnknownPerson))?;
            Ok((seat, known))
        };
        Ok(does::Place {
            from,
            minutes: self.minutes,
            room: room.map_err(|_| bad("room", Rule::UnknownRoom))?,
            venue: self.venue,
            seats: self.seats.into_iter().map(seat).collect::<Result<_, Failure>>()?,
        })
    }
}

/// A meeting that somebody calls.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallBody {
    /// The sort of meeting.
    #[schema(max_length = 60)]
    pub sort: String,
    /// When, where, who.
    pub place: PlaceBody,
}

/// The answer to a command on a meeting.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeetingReceipt {
    /// The meeting's id.
    pub meeting: String,
    /// The matter's code.
    pub code: String,
    /// How many events the matter has now.
    pub version: u32,
}

/// Calls a meeting together: the room and everybody's time are taken, the seats filled, the matter's step
/// taken, all or nothing.
#[utoipa::path(post, path = "/api/v1/matters/{code}/meetings", tag = "meetings", request_body = CallBody,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a repeated request harmless", min_length = 1, max_length = 200)),
    responses((status = 201, body = MeetingReceipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn call(Path(text): Path<String>, body: Body<CallBody>) -> Result<Response, Failure> {
    let Body { caller, value, keyed } = body;
    let code = code_of(&caller, &text)?;
    let wanted = does::Call { code, sort: value.sort, place: value.place.place(&caller)? };
    let answered = caller
        .write(move |conn, service, credential| {
            does::call(conn, service, credential, &wanted, keyed.as_ref())
        })
        .await?;
    Ok(json_text(answered.status, answered.body))
}

/// A change of a planned meeting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// The version that was seen.
    #[schema(minimum = 1, maximum = 4294967295i64)]
    pub version: u32,
    /// When, where, who from now on.
    pub place: PlaceBody,
}

/// Moves a planned meeting, or seats others on it.
#[utoipa::path(post, path = "/api/v1/matters/{code}/meetings/{meeting}/changes", tag = "meetings", request_body = ChangeBody,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("meeting" = String, Path, description = "the meeting's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a repeated request harmless", min_length = 1, max_length = 200)),
    responses((status = 200, body = MeetingReceipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn change(
    Path((text, id)): Path<(String, String)>,
    body: Body<ChangeBody>,
) -> Result<Response, Failure> {
    let Body { caller, value, keyed } = body;
    let id = known(&caller, &text, &id).await?;
    let place = value.place.place(&caller)?;
    let wanted = does::Change { id, seen: value.version, place };
    let answered = caller
        .write(move |conn, service, credential| {
            does::change(conn, service, credential, &wanted, keyed.as_ref())
        })
        .await?;
    Ok(json_text(answered.status, answered.body))
}

/// The id of a meeting about a matter that the caller sees.
async fn known(caller: &Caller, code: &str, id: &str) -> Result<i64, Failure> {
    let (code, id) = (code_of(caller, code)?, id_of(caller, id)?);
    caller
        .read(move |conn, service, credential| {
            let desk = Desk::open(conn, service, credential)?;
            let county = desk.who.county;
            let meeting = store::meetings::get(conn, county, id)?.ok_or(Error::Missing)?;
            let stored = store::matters::by_id(conn, county, meeting.matter)?;
            let fits = stored.is_some_and(|s| s.matter.code() == code && desk.sees(&s.matter));
            if fits { Ok(id) } else { Err(Error::Missing) }
        })
        .await
}

/// Why a meeting is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancellationBody {
    /// The version that was seen.
    #[schema(minimum = 1, maximum = 4294967295i64)]
    pub version: u32,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// Calls a planned meeting off; room and people are free again.
#[utoipa::path(post, path = "/api/v1/matters/{code}/meetings/{meeting}/cancellation", tag = "meetings", request_body = CancellationBody,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("meeting" = String, Path, description = "the meeting's id")),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn call_off(
    Path((text, id)): Path<(String, String)>,
    body: Body<CancellationBody>,
) -> Result<axum::http::StatusCode, Failure> {
    let Body { caller, value, .. } = body;
    let id = known(&caller, &text, &id).await?;
    caller
        .write(move |conn, service, credential| {
            does::call_off(conn, service, credential, (id, value.version), &value.reason)
        })
        .await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// A task that a meeting gives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskBody {
    /// What is to be done.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
    /// The unit that owns it, unless a person does.
    #[serde(default)]
    #[schema(pattern = "^[1-9][0-9]{14}$")]
    pub unit: Option<String>,
    /// The person who owns it.
    #[serde(default)]
    #[schema(pattern = "^[1-9][0-9]{0,17}$")]
    pub person: Option<String>,
    /// The last day for it.
    #[schema(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    pub due_on: String,
}

/// What is put on record of a meeting.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    /// The version that was seen.
    #[schema(minimum = 1, maximum = 4294967295i64)]
    pub version: u32,
    /// The numbers of the seats whose people came.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub came: Vec<i64>,
    /// What the kind's step asks for.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub data: Map<String, Json_>,
    /// What was decided.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tasks: Vec<TaskBody>,
}

/// Puts a meeting on record; what was decided becomes tasks.
#[utoipa::path(post, path = "/api/v1/matters/{code}/meetings/{meeting}/record", tag = "meetings", request_body = RecordBody,
    params(("code" = String, Path, description = "the matter's twelve digits"),
        ("meeting" = String, Path, description = "the meeting's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "makes a repeated request harmless", min_length = 1, max_length = 200)),
    responses((status = 200, body = MeetingReceipt), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn record(
    Path((text, id)): Path<(String, String)>,
    body: Body<RecordBody>,
) -> Result<Response, Failure> {
    let Body { caller, value, keyed } = body;
    let id = known(&caller, &text, &id).await?;
    let bad = |n: usize, name: &str, rule: Rule| {
        caller.failure(Error::from(Refusal::of(rule, &format!("tasks.{n}.{name}"))))
    };
    let mut tasks = Vec::new();
    for (n, task) in value.tasks.into_iter().enumerate() {
        let unit = task.unit.map(|u| u.parse::<UnitId>()).transpose();
        let who = task.person.map(|p| p.parse::<PersonId>()).transpose();
        tasks.push(does::NewTask {
            text: task.text,
            unit: unit.map_err(|_| bad(n, "unit", Rule::UnknownUnit))?,
            person: who.map_err(|_| bad(n, "person", Rule::UnknownPerson))?,
            due_on: task.due_on.parse::<Day>().map_err(|_| bad(n, "due_on", Rule::NoSuchDate))?,
        });
    }
    let came = value.came.into_iter().collect();
    let wanted = does::Record { id, seen: value.version, came, data: value.data, tasks };
    let answered = caller
        .write(move |conn, service, credential| {
            does::record(conn, service, credential, &wanted, keyed.as_ref())
        })
        .await?;
    Ok(json_text(answered.status, answered.body))
}
