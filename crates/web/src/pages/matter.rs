//! The page of one matter: where it stands, who used how much time, what can come next, what
//! happened.

use app::matters::{Disclosure, Look, Neighbours, disclose, neighbours};
use app::meetings::of_matter;
use app::papers::Listed;
use app::search::{Alike, Likeness, alike};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::MatterCode;
use domain::kind::{Field, FieldType, Flag, Kind, Phase};
use domain::matter::{By, Event, Offer, Value};
use domain::person::DETAILS;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value as Json;
use store::Conn;
use store::meetings::Meeting;
use store::seats::Seat;

use super::frame::{Frame, address};
use super::inputs::yuan;
use super::parts::{code, end, length, light, moment, remaining, secrets};
use super::trail::{Trail, ways};
use super::upset::Upset;
use super::visitor::{Posted, Visitor};
use super::{files, instalments, meetings, papers};
use crate::view::{MatterView, Namer, PartyView};

/// How many events the page shows; the rest follows on request.
const EVENTS: i64 = 200;

/// How many parties the page shows at once; a group's others are folded away.
const PARTIES: usize = 12;

/// What the page was opened for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// It was just registered: the receipt is shown first.
    new: Option<String>,
    /// Something was just done.
    done: Option<String>,
    /// The list it was opened from.
    list: String,
    /// Matters like it are asked for: looking for them costs more than all else on the page.
    alike: Option<String>,
}

/// What the page shows beside the matter itself.
struct Beside {
    events: Vec<Event>,
    alike: Option<Vec<Alike>>,
    neighbours: Neighbours,
    papers: Vec<Listed>,
    meetings: Vec<(Meeting, Vec<Seat>)>,
}

/// Shows a matter.
pub async fn show(
    visitor: Visitor,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let (look, beside) =
        visitor.look(&text, beside(Trail(asked.list.clone()), asked.alike.is_some())).await?;
    render(&visitor, &look, &beside, &asked, None)
}

fn beside(
    trail: Trail,
    seek: bool,
) -> impl FnMut(&mut Conn, &Look) -> Result<Beside, app::Error> + Send + 'static {
    move |conn, look| {
        let neighbours = match trail.place() {
            Some((listing, at)) => neighbours(conn, &look.desk, &listing, at).unwrap_or_default(),
            None => Neighbours::default(),
        };
        let alike = if seek {
            Some(alike(conn, &look.desk, &Likeness::of(&look.desk, &look.matter)?)?)
        } else {
            None
        };
        let papers = app::papers::list(conn, look)?;
        let (events, meetings) = (look.timeline(conn, 0, EVENTS)?, of_matter(conn, look)?);
        Ok(Beside { events, alike, neighbours, papers, meetings })
    }
}

fn render(
    visitor: &Visitor,
    look: &Look,
    beside: &Beside,
    asked: &Asked,
    opened: Option<&Disclosure>,
) -> Result<Response, Upset> {
    let (kind, offers) = (look.kind(), look.offers());
    let kind = kind.map_err(|e| visitor.upset(e))?;
    let offers = offers.map_err(|e| visitor.upset(e))?;
    let namer = Namer::of(&look.desk, &visitor.locale);
    let view = namer.matter(look, kind, &offers);
    let trail = Trail(asked.list.clone());
    let body = html! {
        (ways(visitor, &trail, &beside.neighbours))
        @if asked.new.is_some() { (receipt(visitor, &view, look, &beside.papers)) }
        @else if asked.done.is_some() {
            div class="note good" role="status" { p { (visitor.say("page.done")) } }
        }
        (state(visitor, &view, look))
        (advice(visitor, kind, look))
        div class="columns" {
            div {
                (facts(visitor, &view, kind, &namer, opened))
                (parties(visitor, &view, kind, opened))
                (relations(visitor, &view, beside.alike.as_deref(), (&trail, &namer)))
                (instalments::section(visitor, look))
                (meetings::section(visitor, look, &beside.meetings))
                (papers::section(visitor, look, &beside.papers))
                (files::section(visitor, look))
                (timeline(visitor, &beside.events, kind, &namer))
            }
            div {
                (acts(visitor, &view, &trail, look))
                (clocks(visitor, &view, look))
                (route(visitor, kind, look))
                (disclosure(visitor, &view, &look.desk.csrf, opened.is_some()))
            }
        }
    };
    Ok(Frame::of(visitor, &look.desk, &view.title, "queue").show(&body))
}

fn receipt(visitor: &Visitor, view: &MatterView, look: &Look, open: &[Listed]) -> Markup {
    html! {
        div class="note good" role="status" {
            p { strong { (visitor.say("page.registered")) } " " (visitor.say("page.registered-hint")) }
            p class="number" { strong { (code(&view.code)) } }
            @for paper in open.iter().filter(|p| p.may && p.due.is_some()) {
                p { (papers::made_at(visitor, look, paper)) }
            }
        }
    }
}

fn state(visitor: &Visitor, view: &MatterView, look: &Look) -> Markup {
    html! {
        div class="sheet state" {
            (light(visitor, view.light))
            span { strong { (view.state.label) } }
            span { (visitor.say("page.col-holder")) " " strong { (view.holder.label) }
                @if let Some(handler) = &view.handler { " · " (handler.label) } }
            @if let Some(due) = &view.due_at {
                span class="number" {
                    (visitor.say("page.col-due")) " " (end(due)) " "
                    span class="soft" { "(" (remaining(visitor, due, look.desk.now)) ")" }
                }
            }
            span class="soft number" { (view.kind.label) " " (code(&view.code)) }
            @if let Some(number) = &view.number { span class="soft" { (number) } }
            @for flag in &view.flags { span class="tag red" { (flag.label) } }
        }
    }
}

fn facts(
    visitor: &Visitor,
    view: &MatterView,
    kind: &Kind,
    namer: &Namer<'_>,
    opened: Option<&Disclosure>,
) -> Markup {
    let locale = &visitor.locale;
    html! {
        section class="sheet" {
            h2 { (visitor.say("page.facts")) }
            dl class="facts" {
                dt { (visitor.say("page.col-place")) } dd { (view.place.label) }
                dt { (visitor.say("page.registered-at")) } dd class="number" { (moment(&view.registered_at)) " · " (view.registrar.label) }
                @for (name, field) in kind.fields.iter() {
                    @if let Some(value) = view.fields.get(name) {
                        dt { (field.label.get(locale)) }
                        dd {
                            @match opened.and_then(|o| o.fields.get(name)) {
                                Some(text) => { (text) }
                                None => { (text_of(visitor, kind.field(name), value, namer)) }
                            }
                        }
                    }
                }
                @if let Some(outcome) = &view.outcome {
                    dt { (visitor.say("page.outcome")) } dd { (outcome.label) }
                }
            }
        }
    }
}

/// What a field says, as people read it.
fn text_of(visitor: &Visitor, field: Option<&Field>, value: &Json, namer: &Namer<'_>) -> String {
    let list = field.and_then(|f| f.list.as_ref());
    let list = list.and_then(|l| namer.catalogue.lists.get(l.as_str()));
    match value {
        Json::String(id) => list
            .and_then(|l| l.items.get(id))
            .map_or_else(|| id.clone(), |item| namer.label(&item.label)),
        Json::Bool(yes) => visitor.say(if *yes { "page.yes" } else { "page.no" }),
        Json::Number(n) => match (field.map(|f| f.field), n.as_i64()) {
            (Some(FieldType::Money), Some(fen)) => {
                format!("{} {}", yuan(fen), visitor.say("page.yuan"))
            }
            _ => n.to_string(),
        },
        other => other.to_string(),
    }
}

fn parties(
    visitor: &Visitor,
    view: &MatterView,
    kind: &Kind,
    opened: Option<&Disclosure>,
) -> Markup {
    let role = |party: &PartyView| {
        kind.parties.get(&party.role).map_or("", |r| r.label.get(&visitor.locale)).to_owned()
    };
    let one = |party: &PartyView| {
        html! {
            h3 { (role(party)) " " (party.no)
                @if party.interpreter { " " span class="tag" { (visitor.say("page.interpreter")) } } }
            dl class="facts" {
                @for name in DETAILS {
                    @if let Some(masked) = party.details.get(*name) {
                        dt { (visitor.say(&format!("page.detail-{name}"))) }
                        dd { (opened.and_then(|o| o.parties.get(&party.no)?.get(*name)).unwrap_or(masked)) }
                    }
                }
            }
        }
    };
    let (first, rest) = view.parties.split_at(view.parties.len().min(PARTIES));
    html! {
        @if !first.is_empty() {
            section class="sheet" {
                h2 { (visitor.say("page.parties")) }
                @for party in first { (one(party)) }
                @if !rest.is_empty() {
                    details {
                        summary { (visitor.say_with("page.parties-n", &[("n", view.parties.len().to_string())])) }
                        @for party in rest { (one(party)) }
                    }
                }
            }
        }
    }
}

fn timeline(visitor: &Visitor, events: &[Event], kind: &Kind, namer: &Namer<'_>) -> Markup {
    html! {
        section class="sheet" {
            h2 { (visitor.say("page.timeline")) }
            ol class="route" { @for event in events.iter().rev() { (happened(visitor, event, kind, namer)) } }
        }
    }
}

fn happened(visitor: &Visitor, event: &Event, kind: &Kind, namer: &Namer<'_>) -> Markup {
    let action = match kind.actions.get(&event.action) {
        Some(action) => namer.label(&action.label),
        None => visitor.say(&format!("page.event-{}", event.action)),
    };
    let label = |name: &str| match kind.field(name) {
        Some(field) => namer.label(&field.label),
        None => visitor.say(&format!("input.{name}")),
    };
    html! {
        li class="been" {
            strong { (action) } " " span class="soft small number" { (moment(&event.at.to_string())) }
            div class="small" {
                @match &event.by {
                    By::Post { person, unit, .. } => { (namer.person(*person).label) " · " (namer.unit(*unit).label) }
                    By::Clock => { (visitor.say("page.by-time")) }
                }
            }
            @for (name, value) in &event.data {
                @if let Some(text) = told(value, namer) {
                    div class="small" { span class="soft" { (label(name)) "：" } (text) }
                }
            }
        }
    }
}

/// What a step said, where a line can say it.
fn told(value: &Value, namer: &Namer<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Unit(unit) => Some(namer.unit(*unit).label),
        Value::Units(all) => {
            Some(all.iter().map(|u| namer.unit(*u).label).collect::<Vec<_>>().join("、"))
        }
        Value::Person(person) => Some(namer.person(*person).label),
        Value::Date(day) => Some(day.date().to_string()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// What must be done at once, for the flags that say so.
fn advice(visitor: &Visitor, kind: &Kind, look: &Look) -> Markup {
    let set = |f: &&Flag| look.matter.flags.contains(&f.id.text) && f.advice.is_some();
    let open = look.matter.phase == Phase::Open;
    html! {
        @for flag in kind.flags.values().filter(set).filter(|_| open) {
            div class="note bad" role="note" {
                h2 { (flag.label.get(&visitor.locale)) }
                p { (flag.advice.as_ref().map_or("", |a| a.get(&visitor.locale))) }
                @if let Some(law) = &flag.law { p class="small" { (law) } }
            }
        }
    }
}

/// Matters that it is tied to, and where asked for those that share its parties, its place or its words.
fn relations(
    visitor: &Visitor,
    view: &MatterView,
    alike: Option<&[Alike]>,
    (trail, namer): (&Trail, &Namer<'_>),
) -> Markup {
    let tied = |code: &str| view.relatives.iter().any(|r| r.id == code);
    let here = format!("/matters/{}", view.code);
    let seek = address(&here, &[("list", &trail.0), ("alike", "1")]);
    html! {
        section class="sheet" id="relations" {
            h2 { (visitor.say("page.relations")) }
            @if alike.is_none() { p { a class="button" href={ (seek) "#relations" } { (visitor.say("page.seek-alike")) } } }
            @if alike.is_some_and(<[Alike]>::is_empty) { p class="soft" { (visitor.say("page.none-alike")) } }
            @if !view.relatives.is_empty() || alike.is_some_and(|all| !all.is_empty()) {
                ul class="route" {
                    @for relative in &view.relatives {
                        li class="been" {
                            a class="number" href={ "/matters/" (relative.id) } { (code(&relative.id)) }
                            " " span class="tag" { (visitor.say(&format!("page.tied-{}", relative.label))) }
                        }
                    }
                    @for one in alike.unwrap_or_default() {
                        @let row = namer.row(one.summary.clone());
                        @if !tied(&row.code) {
                            li {
                                a href={ "/matters/" (row.code) } { (row.title) }
                                div class="state small" {
                                    (light(visitor, row.light)) span { (row.state.label) }
                                    @for share in &one.shares { span class="tag" { (visitor.say(&format!("page.share-{}", share.name()))) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn acts(visitor: &Visitor, view: &MatterView, trail: &Trail, look: &Look) -> Markup {
    // Meetings have forms of their own.
    let leads = |action: &str| look.desk.state.catalogue.meetings.leads(&view.kind.id, action);
    html! {
        @if !view.offers.is_empty() {
            section class="sheet" {
                h2 { (visitor.say("page.acts")) }
                div class="acts" {
                    @for offer in view.offers.iter().filter(|o| !leads(&o.action)) {
                        a class="button" href=(trail.to(&format!("/matters/{}/acts/{}", view.code, offer.action))) { (offer.label) }
                        @if let Some(blocked) = &offer.blocked { div class="why" { (blocked) } }
                        @else if let Some(law) = &offer.law { div class="why" { (law) } }
                    }
                }
            }
        }
    }
}

/// Who used how much time, as one bar: the widths are drawn, not styled.
fn clocks(visitor: &Visitor, view: &MatterView, look: &Look) -> Markup {
    let now = look.desk.now.0;
    let from = look.matter.registered_at.0;
    let until = look.matter.closed_at.map_or(now, |at| at.0).max(from + 1);
    let share =
        |ms: i64| 1_000.0 * (ms - from).clamp(0, until - from) as f64 / (until - from) as f64;
    let shades = ["#11507f", "#7fa6c4", "#0b3a5e", "#a9c4d8"];
    html! {
        section class="sheet" {
            h2 { (visitor.say("page.clocks")) }
            div class="bar" {
                svg viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=(visitor.say("page.holdings")) {
                    @for (i, holding) in look.matter.holdings.iter().enumerate() {
                        @let left = share(holding.from.0);
                        @let right = share(holding.until.map_or(until, |u| u.0));
                        rect x=(format!("{left:.1}")) y="0" width=(format!("{:.1}", (right - left).max(1.0))) height="10" fill=(shades[i % shades.len()]) {}
                    }
                }
            }
            ul class="small" {
                @for holding in &view.holdings {
                    li { (holding.unit.label) " " span class="soft number" { (moment(&holding.from)) @if let Some(until) = &holding.until { " – " (moment(until)) } } }
                }
            }
            @for clock in view.clocks.iter().rev() {
                div class="state" {
                    (light(visitor, clock.light))
                    span { (clock.label) " " span class="soft small" { (length(visitor, &clock.within)) } }
                    @if let Some(due) = &clock.due_at { span class="number small" { (end(due)) } }
                }
                p class="small soft" { (clock.law) @if let Some(calendar) = &clock.calendar { " · " (visitor.say("page.calendar")) " " (calendar) } }
            }
        }
    }
}

/// Where the matter is among the states of its kind, and under which article each next step stands.
fn route(visitor: &Visitor, kind: &Kind, look: &Look) -> Markup {
    let (locale, here) = (&visitor.locale, &look.matter.state);
    let onward: Vec<_> =
        kind.actions.values().filter(|a| a.from.iter().any(|f| f.text == *here)).collect();
    html! {
        section class="sheet" {
            h2 { (visitor.say("page.route")) }
            ol class="route" {
                @for state in kind.states.values() {
                    @let is_here = state.id.text == *here;
                    @let class = if is_here { "here" } else if state.phase < look.matter.phase || (state.phase == Phase::Open && look.matter.phase != Phase::Open) { "been" } else { "" };
                    li class=(class) aria-current=[is_here.then_some("step")] {
                        @if is_here { strong { (state.label.get(locale)) } } @else { (state.label.get(locale)) }
                        @for action in onward.iter().filter(|a| a.to.as_ref().is_some_and(|t| t.text == state.id.text)) {
                            div class="small soft" { "→ " (action.label.get(locale)) @if let Some(law) = &action.law { " · " (law) } }
                        }
                    }
                }
            }
        }
    }
}

fn disclosure(visitor: &Visitor, view: &MatterView, csrf: &str, open: bool) -> Markup {
    html! {
        @if !view.parties.is_empty() && !open {
            section class="sheet" {
                h2 { (visitor.say("page.masked")) }
                p class="small soft" { (visitor.say("page.masked-hint")) }
                form method="post" action={ "/matters/" (view.code) "/disclosures" } {
                    (secrets(csrf, None))
                    div class="field" {
                        label for="purpose" { (visitor.say("page.purpose")) }
                        input id="purpose" name="purpose" minlength="4" maxlength="200" autocomplete="off";
                    }
                    button { (visitor.say("page.unmask")) }
                }
            }
        }
    }
}

/// Opens what is masked, for a purpose that stands in the log.
pub async fn open(Path(text): Path<String>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let code: MatterCode = text.parse().map_err(|_| visitor.upset(app::Error::Missing))?;
    let purpose = form.get("purpose").unwrap_or_default().to_owned();
    let opened = visitor
        .write(move |conn, service, credential| disclose(conn, service, credential, code, &purpose))
        .await
        .map_err(|upset| upset.keeping(&form))?;
    let (look, beside) = visitor.look(&text, beside(Trail::default(), false)).await?;
    render(&visitor, &look, &beside, &Asked::default(), Some(&opened))
}

/// Where a matter's page is.
pub fn to_matter(code: &str, note: &str, trail: &Trail) -> Response {
    let to = address(&format!("/matters/{code}"), &[(note, "1"), ("list", &trail.0)]);
    Redirect::to(&to).into_response()
}

/// The offer of an action among those of a look.
pub fn offered<'a>(offers: &'a [Offer<'a>], action: &str) -> Option<&'a Offer<'a>> {
    offers.iter().find(|o| o.action.id.text == action)
}
