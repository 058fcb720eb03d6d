//! Searching everything one may see. What is looked for travels in the body: names have no place in
//! an address.

use app::Desk;
use app::search::{After, Filter, search};
use axum::response::Response;
use domain::search::{Plan, highlight};
use domain::time::Day;
use maud::{Markup, html};

use super::frame::Frame;
use super::parts::{code, empty, light, secrets};
use super::upset::Upset;
use super::visitor::{Form, Posted, Visitor};
use crate::view::Namer;

/// How many answers a page has.
const ROWS: usize = 20;
/// How many characters of a title are shown around what was found.
const WIDTH: usize = 60;

/// Shows the empty search.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    let title = visitor.say("page.nav-search");
    let body =
        html! { (field(&visitor, &desk, &Form::default())) (empty(&visitor, "search-first")) };
    Ok(Frame::of(&visitor, &desk, &title, "search").show(&body))
}

/// Searches.
pub async fn find(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let query = form.get("q").unwrap_or_default().to_owned();
    if query.is_empty() {
        return show(visitor).await;
    }
    let after: Option<After> = form.get("after").and_then(|text| text.parse().ok());
    let (wanted, filter) = (query.clone(), filter(&visitor, &form));
    let found = visitor
        .read(move |conn, service, credential| {
            search(conn, service, credential, (&wanted, &filter), after, ROWS)
        })
        .await?;
    let desk = &found.desk;
    let namer = Namer::of(desk, &visitor.locale);
    let plan = Plan::read(&query).ok();
    let body = html! {
        (field(&visitor, desk, &form))
        @if found.rows.is_empty() { (empty(&visitor, "nothing-found")) }
        @else {
            div class="sheet" {
                ul class="route" {
                    @for (_, row) in &found.rows {
                        @let row = namer.row(row.clone());
                        li {
                            a href={ "/matters/" (row.code) } { (marked(&row.title, plan.as_ref())) }
                            div class="state small" {
                                (light(&visitor, row.light)) span { (row.state.label) } span { (row.holder.label) }
                                span class="soft number" { (code(&row.code)) }
                            }
                        }
                    }
                }
                @if let Some(next) = found.next {
                    form method="post" action="/search" class="pages" {
                        (secrets(&desk.csrf, None))
                        @for (name, value) in form.0.iter().filter(|(n, _)| ASKED.contains(&n.as_str())) {
                            input type="hidden" name=(name) value=(value);
                        }
                        input type="hidden" name="after" value=(next);
                        span {} button { (visitor.say("page.next")) }
                    }
                }
            }
        }
    };
    let title = visitor.say("page.nav-search");
    Ok(Frame::of(&visitor, desk, &title, "search").show(&body))
}

fn marked(text: &str, plan: Option<&Plan>) -> Markup {
    let Some(plan) = plan else { return html! { (text) } };
    html! {
        @for (piece, is_marked) in highlight(text, plan, WIDTH).pieces() {
            @if is_marked { mark { (piece) } } @else { (piece) }
        }
    }
}

/// What the form asks for, page after page.
const ASKED: [&str; 6] = ["q", "kind", "phase", "place", "since", "until"];

/// What else must hold; what does not fit is taken as not said.
fn filter(visitor: &Visitor, form: &Form) -> Filter {
    let kinds = visitor.county.as_ref().map(|c| &c.catalogue.kinds);
    let known = |kind: &&str| kinds.is_some_and(|kinds| kinds.contains_key(*kind));
    let day = |name: &str| form.get(name).and_then(|text| text.parse::<Day>().ok());
    Filter {
        kind: form.get("kind").filter(known).map(str::to_owned),
        phase: form.get("phase").and_then(|phase| phase.parse().ok()),
        place: form.get("place").and_then(|place| place.parse().ok()),
        since: day("since"),
        until: day("until"),
    }
}

fn field(visitor: &Visitor, desk: &Desk, form: &Form) -> Markup {
    let say = |key: &str| visitor.say(key);
    let was = |name: &str| form.get(name).unwrap_or_default();
    let option = |value: &str, label: &str, chosen: &str| {
        html! { option value=(value) selected[value == chosen] { (label) } }
    };
    let narrowed = ASKED.iter().skip(1).any(|name| form.get(name).is_some());
    let today = desk.now.day();
    let org = &desk.roster.org;
    let mut towns: Vec<_> = org
        .units()
        .filter(|u| u.is_place() && u.parent == org.root() && u.stands_on(today))
        .collect();
    towns.sort_by_key(|u| u.id);
    html! {
        form class="sheet filters" method="post" action="/search" role="search" aria-label=(visitor.say("page.nav-search")) {
            (secrets(&desk.csrf, None))
            div class="field" {
                label for="q" { (visitor.say("page.search-what")) }
                p class="hint" { (visitor.say("page.search-how")) }
                input id="q" name="q" type="search" maxlength="100" value=(was("q")) autocomplete="off";
            }
            button class="go" { (say("page.search-go")) }
            details class="whole" open[narrowed] {
                summary { (say("page.narrow")) }
                div class="filters" {
                    div class="field" {
                        label for="kind" { (say("page.filter-kind")) }
                        select id="kind" name="kind" {
                            (option("", &say("page.all"), was("kind")))
                            @for kind in desk.state.catalogue.kinds.values() { (option(&kind.id.text, kind.label.get(&visitor.locale), was("kind"))) }
                        }
                    }
                    div class="field" {
                        label for="phase" { (say("page.filter-phase")) }
                        select id="phase" name="phase" {
                            (option("", &say("page.all"), was("phase")))
                            @for phase in ["open", "closed", "archived"] { (option(phase, &say(&format!("page.phase-{phase}")), was("phase"))) }
                        }
                    }
                    div class="field" {
                        label for="place" { (say("page.col-place")) }
                        select id="place" name="place" {
                            (option("", &say("page.all"), was("place")))
                            @for town in towns { (option(&town.id.to_string(), &town.place, was("place"))) }
                        }
                    }
                    @for name in ["since", "until"] {
                        div class="field" {
                            label for=(name) { (say(&format!("page.{name}"))) }
                            input type="date" id=(name) name=(name) value=(was(name));
                        }
                    }
                }
            }
        }
    }
}
