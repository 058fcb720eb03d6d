//! The form that calls a meeting together or changes it: when, where, who, with the panel as it is drawn
//! and the reason for everybody who was passed over.

use std::collections::BTreeMap;

use app::matters::Look;
use app::meetings::{
    Call, Change, Panel, Place, SeatChoice, call as call_meeting, callable,
    change as change_meeting, choices, panel, sitting,
};
use app::{Desk, Error};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::PersonId;
use domain::meeting::{
    Candidate, Conflict, Drawn, LONGEST_MINUTES, MeetingSort, Passed, QUARTER_MINUTES, Span,
    distance,
};
use domain::time::{Day, HOUR_MS, Instant, MINUTE_MS};
use maud::{Markup, html};
use serde::Deserialize;
use store::Conn;
use store::meetings::{Meeting, Whose, taken};
use store::rooms::{Room, rooms};
use store::seats::Seat;

use super::{hours, path, person, post_label};
use crate::pages::frame::Frame;
use crate::pages::parts::{code as grouped, secrets};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Form, Posted, Visitor};
use crate::problem::ProblemError;

/// When a meeting begins where nothing is said: at nine.
const NINE_MS: i64 = 9 * HOUR_MS;
/// The most rooms to choose from.
const ROOMS: usize = 40;
/// The most people of a seat whose passing over is explained.
const PASSED: usize = 12;

/// Which sort of meeting.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    sort: String,
}

/// What the form says.
#[derive(Debug, Clone, Default)]
struct Draft {
    sort: String,
    day: String,
    time: String,
    minutes: String,
    room: String,
    venue: String,
    /// The seats that were chosen by hand; none where the panel is to be drawn.
    seats: Option<BTreeMap<String, PersonId>>,
}

impl Draft {
    /// As a meeting is usually called: on the next working day at nine.
    fn fresh(desk: &Desk, sort: &MeetingSort) -> Self {
        let day = desk.state.catalogue.calendar.workday_from(desk.now.day().plus(1));
        Self {
            sort: sort.id.text.clone(),
            day: day.to_string(),
            time: clock(Instant(day.start().0 + NINE_MS)),
            minutes: sort.minutes.to_string(),
            ..Self::default()
        }
    }

    fn of(meeting: &Meeting, seats: &[Seat]) -> Self {
        let kept = seats.iter().filter(|s| s.is_kept());
        Self {
            sort: meeting.sort.clone(),
            day: meeting.span.from.day().to_string(),
            time: clock(meeting.span.from),
            minutes: meeting.span.minutes().to_string(),
            room: meeting.room.map(|r| r.to_string()).unwrap_or_default(),
            venue: meeting.venue.clone().unwrap_or_default(),
            seats: Some(kept.map(|s| (s.seat.clone(), s.person)).collect()),
        }
    }

    fn read(form: &Form) -> Self {
        let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
        let seat = |(name, value): &(String, String)| {
            Some((name.strip_prefix("seat.")?.to_owned(), value.parse().ok()?))
        };
        let chosen = form.0.iter().filter_map(seat).collect();
        Self {
            sort: text("sort"),
            day: text("day"),
            time: text("time"),
            minutes: text("minutes"),
            room: text("room"),
            venue: text("venue"),
            seats: (form.get("do") != Some("draw")).then_some(chosen),
        }
    }

    fn from(&self) -> Option<Instant> {
        let day: Day = self.day.parse().ok()?;
        let (hour, minute) = self.time.split_once(':')?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
        let fits = (0..24).contains(&hour) && (0..60).contains(&minute);
        fits.then(|| day.start().plus_ms(hour * HOUR_MS + minute * MINUTE_MS))
    }

    fn span(&self) -> Option<Span> {
        Span::new(self.from()?, self.minutes.parse().ok()?).ok()
    }

    /// What is asked for; a time that cannot be read is one that no meeting can have.
    fn place(&self) -> Place {
        Place {
            from: self.from().unwrap_or(Instant(1)),
            minutes: self.minutes.parse().unwrap_or_default(),
            room: self.room.parse().ok(),
            venue: Some(self.venue.clone()).filter(|v| !v.is_empty()),
            seats: self.seats.clone().unwrap_or_default().into_iter().collect(),
        }
    }
}

fn clock(at: Instant) -> String {
    at.to_string().get(11..16).unwrap_or_default().to_owned()
}

/// What the form shows beside what was typed.
struct Beside {
    panel: Option<Panel>,
    rooms: Vec<(Room, Option<Span>)>,
}

fn beside(conn: &mut Conn, look: &Look, draft: &Draft, but: i64) -> Result<Beside, Error> {
    let desk = &look.desk;
    let county = desk.who.county;
    let span = draft.span();
    let sort = desk.state.catalogue.meetings.sorts.get(&draft.sort);
    let panel = match (sort, span) {
        (Some(sort), Some(span)) => Some(panel(conn, desk, (&look.matter, sort), span, but)?),
        _ => None,
    };
    let place = look.matter.registration.place;
    let mut near = rooms(conn, county)?;
    near.retain(|r| r.ended_on.is_none_or(|d| d > desk.now.day()));
    near.sort_by_key(|r| (distance(&desk.roster.org, place, r.unit), r.id));
    near.truncate(ROOMS);
    let mut free = Vec::new();
    for room in near {
        let busy = match span {
            Some(span) => taken(conn, county, Whose::Room(room.id), span, but)?.map(|(_, s)| s),
            None => None,
        };
        free.push((room, busy));
    }
    Ok(Beside { panel, rooms: free })
}

/// Shows the form for a new meeting.
pub async fn show(
    visitor: Visitor,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let (look, (draft, beside)) = visitor
        .look(&text, move |conn, look| {
            let sorts = callable(look);
            let sort = sorts.iter().find(|s| s.id.text == asked.sort).or(sorts.first());
            let draft = Draft::fresh(&look.desk, sort.ok_or(Error::Missing)?);
            let beside = beside(conn, look, &draft, 0)?;
            Ok((draft, beside))
        })
        .await?;
    Ok(page(&visitor, &look, (&draft, &beside), None, None))
}

/// Calls the meeting, or draws the panel again for another time.
pub async fn call(Path(text): Path<String>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    let draft = Draft::read(&form);
    let mut failed = None;
    if draft.seats.is_some() {
        let code = text.parse().map_err(|_| visitor.upset(Error::Missing))?;
        let wanted = Call { code, sort: draft.sort.clone(), place: draft.place() };
        let done = visitor
            .write(move |conn, service, credential| {
                call_meeting(conn, service, credential, &wanted, keyed.as_ref())
            })
            .await;
        match done {
            Ok(answered) => return Ok(to_meeting(&text, &answered.body)),
            Err(upset) if upset.is_about_the_form() => failed = Some(upset),
            Err(upset) => return Err(upset.keeping(&form)),
        }
    }
    let said = draft.clone();
    let (look, beside) =
        visitor.look(&text, move |conn, look| beside(conn, look, &said, 0)).await?;
    Ok(page(&visitor, &look, (&draft, &beside), None, failed.as_ref()))
}

fn to_meeting(code: &str, body: &str) -> Response {
    let said: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let id = said["meeting"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
    Redirect::to(&path(code, id)).into_response()
}

/// Shows the form for a meeting that is called already.
pub async fn again(
    visitor: Visitor,
    Path((text, id)): Path<(String, i64)>,
) -> Result<Response, Upset> {
    let (look, (meeting, draft, beside)) = visitor
        .look(&text, move |conn, look| {
            let found = sitting(conn, look, id)?;
            let draft = Draft::of(&found.meeting, &found.seats);
            let beside = beside(conn, look, &draft, id)?;
            Ok((found.meeting, draft, beside))
        })
        .await?;
    let of = Some((id, meeting.version));
    Ok(page(&visitor, &look, (&draft, &beside), of, None))
}

/// Changes the meeting, or draws the panel again.
pub async fn change(
    Path((text, id)): Path<(String, i64)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    let draft = Draft::read(&form);
    let seen = form.get("version").and_then(|v| v.parse().ok()).unwrap_or_default();
    let mut failed = None;
    if draft.seats.is_some() {
        let wanted = Change { id, seen, place: draft.place() };
        let done = visitor
            .write(move |conn, service, credential| {
                change_meeting(conn, service, credential, &wanted, keyed.as_ref())
            })
            .await;
        match done {
            Ok(_) => return Ok(Redirect::to(&path(&text, id)).into_response()),
            Err(upset) if upset.is_about_the_form() => failed = Some(upset),
            Err(upset) => return Err(upset.keeping(&form)),
        }
    }
    let said = draft.clone();
    let (look, beside) = visitor
        .look(&text, move |conn, look| {
            sitting(conn, look, id)?;
            beside(conn, look, &said, id)
        })
        .await?;
    Ok(page(&visitor, &look, (&draft, &beside), Some((id, seen)), failed.as_ref()))
}

/// What is being rendered.
struct Shown<'a> {
    visitor: &'a Visitor,
    look: &'a Look,
    draft: &'a Draft,
    errors: &'a [ProblemError],
}

fn page(
    visitor: &Visitor,
    look: &Look,
    (draft, beside): (&Draft, &Beside),
    of: Option<(i64, u32)>,
    failed: Option<&Upset>,
) -> Response {
    let problem = failed.map(Upset::problem);
    let errors = problem.as_ref().map_or(&[][..], |p| p.errors.as_slice());
    let shown = Shown { visitor, look, draft, errors };
    let code = look.matter.code().to_string();
    let sort = look.desk.state.catalogue.meetings.sorts.get(&draft.sort);
    let own = match of {
        Some((id, _)) => format!("{}/change", path(&code, id)),
        None => format!("/matters/{code}/meetings"),
    };
    let title = match (of, sort) {
        (Some(_), Some(sort)) => {
            format!("{} · {}", visitor.say("meeting.change"), sort.label.get(&visitor.locale))
        }
        (_, Some(sort)) => visitor
            .say_with("meeting.call-a", &[("sort", sort.label.get(&visitor.locale).to_owned())]),
        _ => visitor.say("meeting.heading"),
    };
    let body = html! {
        p class="crumbs" {
            a href={ "/matters/" (code) } { (look.matter.registration.title) }
            span class="soft number" { " " (grouped(&code)) }
        }
        @if let Some(problem) = &problem {
            div class="note bad" role="alert" tabindex="-1" data-focus {
                h2 { (visitor.say("page.wrong")) }
                @if errors.is_empty() { p { (problem.detail) } }
                ul { @for error in errors { li { a href={ "#" (anchor(error)) } { (error.message) } " " (error.remedy) } } }
            }
        }
        form class="sheet" method="post" action=(own) {
            (secrets(&look.desk.csrf, None))
            input type="hidden" name="sort" value=(draft.sort);
            @if let Some((_, version)) = of { input type="hidden" name="version" value=(version); }
            @if let Some(law) = sort.and_then(|s| s.law.as_ref()) { p class="soft small" { (law) } }
            (shown.time())
            (shown.rooms(&beside.rooms))
            @if let (Some(sort), Some(span)) = (sort, draft.span()) {
                h2 { (visitor.say("meeting.panel")) }
                p class="hint soft small" { (visitor.say("meeting.panel-hint")) }
                @let all = choices(&look.desk, (&look.matter, sort), span);
                @for choice in &all { (shown.seat(choice, beside.panel.as_ref())) }
            } @else { p class="soft" { (visitor.say("meeting.panel-later")) } }
            div class="buttons" {
                button class="go" name="do" value="call" { (visitor.say(if of.is_some() { "meeting.keep" } else { "meeting.call" })) }
                button name="do" value="draw" { (visitor.say("meeting.draw")) }
                a href={ "/matters/" (code) } { (visitor.say("page.back")) }
            }
        }
    };
    Frame::of(visitor, &look.desk, &title, "agenda").show(&body)
}

fn anchor(error: &ProblemError) -> &str {
    match error.field.as_deref() {
        Some(field) if field.starts_with("seats.") => field,
        Some("minutes") => "minutes",
        Some("room" | "venue") => "room",
        _ => "day",
    }
}

impl Shown<'_> {
    fn wrong(&self, names: &[&str]) -> Markup {
        let about = |e: &&ProblemError| e.field.as_deref().is_some_and(|f| names.contains(&f));
        html! { @for error in self.errors.iter().filter(about) { p class="wrong" { (error.message) " " (error.remedy) } } }
    }

    fn time(&self) -> Markup {
        let say = |key: &str| self.visitor.say(key);
        let lengths = (1..=LONGEST_MINUTES / QUARTER_MINUTES).map(|n| n * QUARTER_MINUTES);
        let usual = |n: &i64| *n <= 120 || n % 60 == 0;
        html! {
            (self.wrong(&["from", "minutes"]))
            div class="pair" {
                div class="field" { label for="day" { (say("meeting.day")) } input id="day" name="day" type="date" required value=(self.draft.day); }
                div class="field" { label for="time" { (say("meeting.time")) } input id="time" name="time" type="time" step="900" required value=(self.draft.time); }
                div class="field" {
                    label for="minutes" { (say("meeting.minutes")) }
                    select id="minutes" name="minutes" {
                        @for n in lengths.filter(usual) {
                            @let text = n.to_string();
                            option value=(text) selected[text == self.draft.minutes] {
                                (self.visitor.say_with("meeting.n-minutes", &[("n", text.clone())]))
                            }
                        }
                    }
                }
            }
        }
    }

    fn rooms(&self, rooms: &[(Room, Option<Span>)]) -> Markup {
        let say = |key: &str| self.visitor.say(key);
        let unit = |room: &Room| {
            self.look.desk.roster.org.unit(room.unit).map_or("", |u| u.name.as_str()).to_owned()
        };
        html! {
            (self.wrong(&["room", "venue"]))
            div class="pair" {
                div class="field" {
                    label for="room" { (say("meeting.room")) }
                    select id="room" name="room" {
                        option value="" { (say("meeting.no-room")) }
                        @for (room, busy) in rooms {
                            @let id = room.id.to_string();
                            option value=(id) selected[id == self.draft.room] {
                                (room.name) " · " (unit(room)) " · "
                                (self.visitor.say_with("meeting.holds", &[("n", room.holds.to_string())]))
                                @if let Some(span) = busy { " · " (self.visitor.say_with("meeting.taken", &[("time", hours(*span))])) }
                            }
                        }
                    }
                }
                div class="field" {
                    label for="venue" { (say("meeting.venue")) span class="optional" { (say("page.optional")) } }
                    input id="venue" name="venue" maxlength="100" autocomplete="off" value=(self.draft.venue);
                }
            }
        }
    }

    fn seat(&self, choice: &SeatChoice<'_>, panel: Option<&Panel>) -> Markup {
        let (desk, locale) = (&self.look.desk, &self.visitor.locale);
        let id = &choice.seat.id.text;
        let drawn = panel.and_then(|p| p.seats.iter().find(|d| d.seat == *id));
        let chosen = match &self.draft.seats {
            Some(seats) => seats.get(id).copied(),
            None => drawn.and_then(|d| Some(d.chosen.as_ref()?.person)),
        };
        let name = format!("seats.{id}");
        let beyond = chosen.filter(|p| !choice.people.iter().any(|c| c.person == *p));
        html! {
            div class="field" id=(name) {
                label for={ "seat." (id) } {
                    (choice.seat.label.get(locale))
                    @if !choice.seat.needed { span class="optional" { (self.visitor.say("page.optional")) } }
                }
                @if choice.seat.signs { span class="tag" { (self.visitor.say("meeting.signs")) } " " }
                @if choice.seat.recusal { span class="tag" { (self.visitor.say("meeting.recusal")) } }
                (self.wrong(&[&name]))
                select id={ "seat." (id) } name={ "seat." (id) } {
                    option value="" { (self.visitor.say("meeting.nobody")) }
                    @for one in &choice.people {
                        option value=(one.person) selected[chosen == Some(one.person)] {
                            (person(desk, one.person)) " · " (post_label(desk, &one.role, one.unit, locale))
                        }
                    }
                    @if let Some(other) = beyond { option value=(other) selected { (person(desk, other)) } }
                }
                @if let Some(drawn) = drawn { (self.reasons(drawn)) }
            }
        }
    }

    /// Why somebody was drawn, and why the others were not.
    fn reasons(&self, drawn: &Drawn) -> Markup {
        let (desk, locale) = (&self.look.desk, &self.visitor.locale);
        html! {
            @match &drawn.chosen {
                Some(c) => { p class="hint" { (self.visitor.say_with("meeting.drawn", &[
                    ("name", person(desk, c.person).to_owned()), ("steps", c.distance.to_string()), ("n", c.sittings.to_string()),
                ])) } }
                None => { p class="hint" { (self.visitor.say("meeting.drawn-nobody")) } }
            }
            @if !drawn.passed.is_empty() {
                details {
                    summary class="small" { (self.visitor.say_with("meeting.passed-over", &[("n", drawn.passed.len().to_string())])) }
                    ul class="small" {
                        @for (c, why) in drawn.passed.iter().take(PASSED) {
                            li {
                                (person(desk, c.person)) " · " (post_label(desk, &c.role, c.unit, locale)) "："
                                @if matches!(why, Passed::Conflict(_)) { span class="tag red" { (self.why(c, why)) } }
                                @else { (self.why(c, why)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn why(&self, c: &Candidate, why: &Passed) -> String {
        let say = |word: &str| self.visitor.say(&format!("meeting.passed-{word}"));
        match why {
            Passed::Seated => say("seated"),
            Passed::OffDuty => say("off-duty"),
            Passed::Busy => say("busy"),
            Passed::Farther => {
                let args = [("steps", c.distance.to_string())];
                self.visitor.say_with("meeting.passed-farther", &args)
            }
            Passed::SatMore => {
                self.visitor.say_with("meeting.passed-sat-more", &[("n", c.sittings.to_string())])
            }
            Passed::Later => say("later"),
            Passed::Conflict(conflict) => self.conflict(conflict),
        }
    }

    fn conflict(&self, conflict: &Conflict) -> String {
        match conflict {
            Conflict::Party => self.visitor.say("meeting.conflict-party"),
            Conflict::Representative => self.visitor.say("meeting.conflict-representative"),
            Conflict::Recorded(ground) => {
                let grounds = &self.look.desk.state.catalogue.meetings.grounds;
                grounds
                    .get(ground)
                    .map_or(ground.as_str(), |g| g.label.get(&self.visitor.locale))
                    .to_owned()
            }
        }
    }
}
