//! Counts by month and kind of a unit and everything below it, as tables that print.

use std::collections::{BTreeMap, BTreeSet};

use app::Desk;
use app::tallies::tallies;
use axum::extract::Query;
use axum::response::Response;
use domain::ids::UnitId;
use maud::{Markup, html};
use serde::Deserialize;
use store::tallies::{Asked as Wanted, Count, Parts};

use super::frame::Frame;
use super::parts::empty;
use super::upset::Upset;
use super::visitor::Visitor;

/// How many months are shown where nothing is said.
const MONTHS: i32 = 365;

/// Which counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    unit: String,
}

/// Shows the counts.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let unit: Option<UnitId> = asked.unit.parse().ok();
    let (desk, flows, stocks) = visitor
        .read(move |conn, service, credential| {
            let today = service.now().day();
            let months = (today.plus(-MONTHS).month(), today.month());
            let flows = Wanted { months, parts: Parts::None };
            let stocks = Wanted { months: (0, 0), parts: Parts::None };
            let (desk, flows) = tallies(conn, service, credential, unit, &flows, false)?;
            let (_, stocks) = tallies(conn, service, credential, unit, &stocks, false)?;
            Ok((desk, flows, stocks))
        })
        .await?;
    let body = html! {
        @for (now, counts) in stocks.iter().zip(&flows) {
            @let name = desk.roster.org.unit(now.unit).map_or("", |u| u.name.as_str());
            p class="soft" { (name) }
            @if now.counts.is_empty() && counts.counts.is_empty() { (empty(&visitor, "no-counts")) }
            (standing(&visitor, &desk, &now.counts))
            (months(&visitor, &desk, &counts.counts))
        }
    };
    let title = visitor.say("page.nav-tallies");
    Ok(Frame::of(&visitor, &desk, &title, "tallies").show(&body))
}

/// How many stand where now; each figure opens its list.
fn standing(visitor: &Visitor, desk: &Desk, counts: &[Count]) -> Markup {
    let locale = &visitor.locale;
    html! {
        @for kind in desk.state.catalogue.kinds.values() {
            @let of: Vec<_> = kind.states.values().filter_map(|s| {
                let measure = format!("state:{}", s.id.text);
                let n = counts.iter().find(|c| c.kind == kind.id.text && c.measure == measure)?.n;
                Some((s, n))
            }).collect();
            @if !of.is_empty() {
                section class="sheet" {
                    h2 { (kind.label.get(locale)) " · " (visitor.say("page.standing")) }
                    ul class="tiles" {
                        @for (state, n) in of {
                            li class="tile" {
                                a href=(super::frame::address("/matters", &[("lane", "below"), ("phase", state.phase.name()), ("kind", &kind.id.text), ("state", &state.id.text)])) {
                                    strong { (n) } (state.label.get(locale))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The order of a matter's life, in which flows are shown; others follow by name.
const FLOWS: [&str; 10] = [
    "registered",
    "passed-on",
    "returned",
    "called-out",
    "answered",
    "closed",
    "settled",
    "closed-late",
    "lapsed",
    "reopened",
];

fn in_order<'c>(counts: &[&'c Count]) -> Vec<&'c str> {
    let all: BTreeSet<&str> = counts.iter().map(|c| c.measure.as_str()).collect();
    let mut all: Vec<&str> = all.into_iter().collect();
    all.sort_by_key(|m| FLOWS.iter().position(|f| f == m).unwrap_or(FLOWS.len()));
    all
}

fn months(visitor: &Visitor, desk: &Desk, counts: &[Count]) -> Markup {
    let locale = &visitor.locale;
    html! {
        @for kind in desk.state.catalogue.kinds.values() {
            @let own: Vec<&Count> = counts.iter().filter(|c| c.kind == kind.id.text).collect();
            @let measures = in_order(&own);
            @let cells: BTreeMap<(i64, &str), i64> = own.iter().map(|c| ((c.month, c.measure.as_str()), c.n)).collect();
            @let all: BTreeSet<i64> = own.iter().map(|c| c.month).collect();
            @if !own.is_empty() {
                section class="sheet" {
                    div class="scroll" tabindex="0" role="group" aria-label=(kind.label.get(locale)) {
                        table {
                            caption { (kind.label.get(locale)) " · " (visitor.say("page.by-month")) }
                            thead { tr {
                                th { (visitor.say("page.month")) }
                                @for measure in &measures { th class="n" { (visitor.say(&format!("page.measure-{measure}"))) } }
                            } }
                            tbody {
                                @for month in all.iter().rev() {
                                    tr {
                                        th class="number" { (month / 100) "-" (format!("{:02}", month % 100)) }
                                        @for measure in &measures { td class="n" { (cells.get(&(*month, *measure)).copied().unwrap_or_default()) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
