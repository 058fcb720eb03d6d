//! The wall screen of a centre: how things stand, in large figures on dark ground. Nothing on it belongs
//! to a person; each figure opens its list; it reads itself again each minute, until it is stopped.

use axum::extract::Query;
use axum::response::Response;
use domain::kind::{Kind, Phase};
use maud::{Markup, html};
use store::tallies::Parts;

use super::chart::Bars;
use super::read::{Asked, Figures, Kinds, read, sum, written};
use crate::pages::frame::{Frame, address};
use crate::pages::parts::moment;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// Shows the wall screen.
pub async fn wall(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let figures = read(&visitor, &asked, (Kinds::All, Parts::None)).await?;
    let unit = figures.desk.roster.org.unit(figures.unit).map_or("", |u| u.name.as_str());
    let as_of = moment(&figures.desk.now.to_string());
    let kinds = &figures.desk.state.catalogue.kinds;
    let body = html! {
        p class="as-of" {
            span { (unit) }
            span class="number" { (visitor.say_with("page.as-of", &[("at", as_of)])) }
            button type="button" data-refresh="60" hidden { (visitor.say("page.stop-refresh")) }
            a href=(asked.address("/tallies", &figures.unit.to_string())) { (visitor.say("page.nav-tallies")) }
        }
        @for kind in kinds.values().filter(|kind| figures.has(kind)) { (of_kind(&visitor, &figures, kind)) }
        (places(&visitor, &figures))
    };
    let title = visitor.say("page.wall");
    Ok(Frame::wall(&visitor, &title).show(&body))
}

fn of_kind(visitor: &Visitor, figures: &Figures, kind: &Kind) -> Markup {
    let id = kind.id.as_str();
    let unit = figures.unit.to_string();
    let open = kind.states.values().filter(|s| s.phase == Phase::Open);
    let standing = |state: &str| sum(figures.stocks(), id, &format!("state:{state}"));
    let list = |state: &str| {
        address("/matters", &[("lane", "below"), ("unit", &unit), ("kind", id), ("state", state)])
    };
    let word = |measure: &str| visitor.say(&format!("page.measure-{measure}"));
    let values = |measure: &str| figures.by_month(id, measure).into_values().collect();
    let title = visitor.say("page.by-month");
    let months = figures.by_month(id, "registered");
    let chart = Bars {
        title: &title,
        groups: months.keys().map(|m| written(*m)[2..].to_owned()).collect(),
        series: ["registered", "closed", "lapsed"].map(|m| (word(m), values(m))).into(),
    };
    html! {
        section class="sheet" {
            h2 { (kind.label.get(&visitor.locale)) }
            div class="halves" {
                ul class="tiles" {
                    @for state in open { li class="tile" { a href=(list(state.id.as_str())) { strong { (standing(state.id.as_str())) } (state.label.get(&visitor.locale)) } } }
                    @for measure in ["registered", "settled", "closed-late"] {
                        li class="tile" { div class="figure" { strong { (figures.sum(id, measure)) } (word(measure)) } }
                    }
                }
                (chart.draw())
            }
        }
    }
}

/// Where it happens: what came in, place by place, in the order of the org tree.
fn places(visitor: &Visitor, figures: &Figures) -> Markup {
    let org = &figures.desk.roster.org;
    let all = |counts: &[store::tallies::Count], measure: &str| -> i64 {
        counts.iter().filter(|c| c.measure == measure).map(|c| c.n).sum()
    };
    let below = figures.units.iter().skip(1);
    let places = below.filter(|u| org.unit(u.unit).is_some_and(|unit| unit.is_place()));
    let places: Vec<_> = places.collect();
    let title = visitor.say("page.by-unit");
    let word = |measure: &str| visitor.say(&format!("page.measure-{measure}"));
    let chart = Bars {
        title: &title,
        groups: places
            .iter()
            .map(|u| org.unit(u.unit).map_or(String::new(), |u| u.place.clone()))
            .collect(),
        series: ["registered", "closed", "lapsed"]
            .map(|m| (word(m), places.iter().map(|u| all(&u.counts, m)).collect()))
            .into(),
    };
    html! {
        @if !places.is_empty() { section class="sheet" { h2 { (title) } (chart.draw()) } }
    }
}
