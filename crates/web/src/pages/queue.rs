//! Lists: one lane of one desk, filtered by kind and state, in the order of what is due.

use app::Desk;
use app::matters::{Listing, Page, list};
use axum::extract::Query;
use axum::response::Response;
use domain::kind::Phase;
use domain::matter::Lane;
use maud::{Markup, html};
use serde::Deserialize;

use super::frame::{Frame, address};
use super::parts::{empty, matters};
use super::upset::Upset;
use super::visitor::Visitor;
use crate::view::{Namer, Row};

/// How many matters a page has.
const ROWS: i64 = 50;

/// Which list. What does not fit is taken as not said.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    lane: String,
    unit: String,
    phase: String,
    kind: String,
    state: String,
    after: String,
}

/// The lanes that the filter offers.
const LANES: [Lane; 6] =
    [Lane::Mine, Lane::Held, Lane::Below, Lane::Called, Lane::Known, Lane::Part];

/// Shows a list.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let lane = Lane::named(&asked.lane).unwrap_or(Lane::Held);
    let text = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    let sorted = lane.is_sorted();
    let listing = Listing {
        lane,
        unit: asked.unit.parse().ok(),
        phase: asked.phase.parse().unwrap_or(Phase::Open),
        kind: text(&asked.kind).filter(|_| sorted),
        state: text(&asked.state).filter(|_| sorted && !asked.kind.is_empty()),
        after: asked.after.parse().ok(),
        limit: ROWS,
    };
    let wanted = listing.clone();
    let page = visitor
        .read(move |conn, service, credential| list(conn, service, credential, &wanted))
        .await?;
    let desk = &page.desk;
    let namer = Namer::of(desk, &visitor.locale);
    let rows: Vec<Row> = page.rows.iter().map(|r| namer.row(r.clone())).collect();
    let body = html! {
        (filter(&visitor, desk, &asked, &listing))
        @if rows.is_empty() { (empty(&visitor, "no-matters")) }
        @else {
            div class="sheet" {
                (matters(&visitor, &rows, desk.now))
                (more(&visitor, &asked, &page))
            }
        }
    };
    let place = if lane == Lane::Part { "part" } else { "queue" };
    let title = visitor.say(&format!("page.lane-{}", lane.name()));
    Ok(Frame::of(&visitor, desk, &title, place).show(&body))
}

fn more(visitor: &Visitor, asked: &Asked, page: &Page) -> Markup {
    let to = |after: &str| {
        let Asked { lane, unit, phase, kind, state, .. } = asked;
        address(
            "/matters",
            &[
                ("lane", lane),
                ("unit", unit),
                ("phase", phase),
                ("kind", kind),
                ("state", state),
                ("after", after),
            ],
        )
    };
    html! {
        div class="pages" {
            @if asked.after.is_empty() { span {} } @else { a href=(to("")) { (visitor.say("page.first")) } }
            @if let Some(next) = page.next {
                a rel="next" href=(to(&next.to_string())) { (visitor.say("page.next")) }
            }
        }
    }
}

fn filter(visitor: &Visitor, desk: &Desk, asked: &Asked, listing: &Listing) -> Markup {
    let say = |key: &str| visitor.say(key);
    let locale = &visitor.locale;
    let kinds = &desk.state.catalogue.kinds;
    let option = |value: &str, label: &str, chosen: &str| {
        html! { option value=(value) selected[value == chosen] { (label) } }
    };
    html! {
        form class="sheet filters" method="get" action="/matters" data-instant {
            @if !asked.unit.is_empty() { input type="hidden" name="unit" value=(asked.unit); }
            div class="field" {
                label for="lane" { (say("page.filter-lane")) }
                select id="lane" name="lane" {
                    @for lane in LANES {
                        (option(lane.name(), &say(&format!("page.lane-{}", lane.name())), listing.lane.name()))
                    }
                }
            }
            div class="field" {
                label for="phase" { (say("page.filter-phase")) }
                select id="phase" name="phase" {
                    @for phase in ["open", "closed", "archived"] {
                        (option(phase, &say(&format!("page.phase-{phase}")), listing.phase.name()))
                    }
                }
            }
            @if listing.lane.is_sorted() {
                div class="field" {
                    label for="kind" { (say("page.filter-kind")) }
                    select id="kind" name="kind" {
                        (option("", &say("page.all"), &asked.kind))
                        @for kind in kinds.values() { (option(&kind.id.text, kind.label.get(locale), &asked.kind)) }
                    }
                }
                @if let Some(kind) = kinds.get(&asked.kind) {
                    div class="field" {
                        label for="state" { (say("page.filter-state")) }
                        select id="state" name="state" {
                            (option("", &say("page.all"), &asked.state))
                            @for state in kind.states.values().filter(|s| s.phase == listing.phase) {
                                (option(&state.id.text, state.label.get(locale), &asked.state))
                            }
                        }
                    }
                }
            }
            button { (say("page.filter")) }
        }
    }
}
