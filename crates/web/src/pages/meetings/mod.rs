//! Meetings: calling them together, who sits and why, what came of them; the agenda; tasks; rooms and the
//! duty roster.

mod agenda;
mod board;
mod form;
mod one;
mod record;
mod rooms;
mod tasks;

use app::Desk;
use app::matters::Look;
use app::meetings::callable;
use axum::Router;
use axum::routing::{get, post};
use domain::ids::PersonId;
use domain::meeting::{MeetingSort, Span};
use domain::time::Instant;
use maud::{Markup, html};
use store::meetings::{Meeting, Stage};
use store::seats::Seat;

use super::frame::address;
use super::visitor::Visitor;
use crate::state::Web;

pub use board::show as callouts;
pub use tasks::waiting;

/// The pages of meetings and of what belongs to them.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/agenda", get(agenda::show))
        .route("/callouts", get(callouts))
        .route("/tasks", get(tasks::show))
        .route("/tasks/{id}/done", post(tasks::done))
        .route("/rooms", get(rooms::show).post(rooms::put))
        .route("/rooms/{id}/end", post(rooms::end))
        .route("/duty", post(rooms::put_duty))
        .route("/duty/import", post(rooms::import))
        .route("/duty/{id}/end", post(rooms::end_duty))
        .route("/matters/{code}/meetings", get(form::show).post(form::call))
        .route("/matters/{code}/meetings/{id}", get(one::show))
        .route("/matters/{code}/meetings/{id}/change", get(form::again).post(form::change))
        .route("/matters/{code}/meetings/{id}/record", get(record::show).post(record::take))
        .route("/matters/{code}/meetings/{id}/end", post(one::call_off))
        .route("/matters/{code}/meetings/{id}/notes", post(one::note))
        .route("/matters/{code}/meetings/{id}/seats/{no}/end", post(one::recuse))
}

/// The page of a meeting.
fn path(code: &str, id: i64) -> String {
    format!("/matters/{code}/meetings/{id}")
}

/// When a meeting is, as people read it: `2026-03-04 09:00–10:00`.
fn when(span: Span) -> String {
    let text = span.from.to_string();
    format!("{} {}", text.get(..10).unwrap_or_default(), hours(span))
}

/// The hours of a meeting: `09:00–10:00`.
fn hours(span: Span) -> String {
    let clock = |at: Instant| at.to_string().get(11..16).unwrap_or_default().to_owned();
    // A meeting that ends with its day ends at 24:00.
    let until = match clock(span.until).as_str() {
        "00:00" => "24:00".to_owned(),
        other => other.to_owned(),
    };
    format!("{}–{until}", clock(span.from))
}

fn sort_label(desk: &Desk, sort: &str, locale: &str) -> String {
    let found = desk.state.catalogue.meetings.sorts.get(sort);
    found.map_or(sort, |s| s.label.get(locale)).to_owned()
}

fn seat_label(sort: Option<&MeetingSort>, seat: &str, locale: &str) -> String {
    let found = sort.and_then(|s| s.seats.get(seat));
    found.map_or(seat, |s| s.label.get(locale)).to_owned()
}

fn person(desk: &Desk, person: PersonId) -> &str {
    desk.roster.names.get(&person).map_or("", String::as_str)
}

/// A post as people read it: role and unit.
fn post_label(desk: &Desk, role: &str, unit: domain::ids::UnitId, locale: &str) -> String {
    let label = desk.state.catalogue.roles.get(role).map_or(role, |r| r.label.get(locale));
    let unit = desk.roster.org.unit(unit).map_or("", |u| u.name.as_str());
    format!("{label} · {unit}")
}

fn stage_tag(visitor: &Visitor, stage: Stage) -> Markup {
    html! { span class="tag" { (visitor.say(&format!("meeting.stage-{}", stage.name()))) } }
}

/// What the page of a matter says of its meetings.
pub fn section(visitor: &Visitor, look: &Look, all: &[(Meeting, Vec<Seat>)]) -> Markup {
    let sorts = callable(look);
    let code = look.matter.code().to_string();
    let locale = &visitor.locale;
    html! {
        @if !all.is_empty() || !sorts.is_empty() {
            section class="sheet" id="meetings" {
                h2 { (visitor.say("meeting.heading")) }
                @if all.is_empty() { p class="soft" { (visitor.say("meeting.none")) } }
                ul class="route" {
                    @for (meeting, seats) in all.iter().rev() {
                        li class=(if meeting.stage == Stage::Planned { "here" } else { "been" }) {
                            a href=(path(&code, meeting.id)) { (sort_label(&look.desk, &meeting.sort, locale)) }
                            " " (stage_tag(visitor, meeting.stage))
                            div class="small number" { (when(meeting.span)) }
                            div class="small soft" {
                                @for (n, seat) in seats.iter().filter(|s| s.is_kept()).enumerate() {
                                    @if n > 0 { "、" } (person(&look.desk, seat.person))
                                }
                            }
                        }
                    }
                }
                @if !sorts.is_empty() {
                    p class="buttons" {
                        @for sort in sorts {
                            a class="button" href=(address(&format!("/matters/{code}/meetings"), &[("sort", &sort.id.text)])) {
                                (visitor.say_with("meeting.call-a", &[("sort", sort.label.get(locale).to_owned())]))
                            }
                        }
                    }
                }
            }
        }
    }
}
