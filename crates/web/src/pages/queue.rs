//! Lists: one lane of one desk, filtered by kind and state, in the order of what is due.

use app::Desk;
use app::matters::{Listing, Page, list};
use axum::extract::Query;
use axum::response::Response;
use domain::catalogue::Term;
use domain::kind::{Phase, Verb};
use domain::matter::Lane;
use maud::{Markup, html};
use store::saved::SavedList;

use super::frame::{Frame, address};
use super::inputs::Inputs;
use super::parts::{Line, empty, matters, secrets};
use super::trail::{Asked, Trail};
use super::upset::Upset;
use super::visitor::Visitor;
use crate::view::Namer;

/// How many matters a page has.
const ROWS: i64 = 50;

/// The lanes that the filter offers.
const LANES: [Lane; 10] = [
    Lane::Mine,
    Lane::Held,
    Lane::Below,
    Lane::Called,
    Lane::Calling,
    Lane::Back,
    Lane::Supervised,
    Lane::Known,
    Lane::Brought,
    Lane::Part,
];

/// Shows a list.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let listing = asked.listing(ROWS);
    let lane = listing.lane;
    let wanted = listing.clone();
    let (page, saved) = visitor
        .read(move |conn, service, credential| {
            let page = list(conn, service, credential, &wanted)?;
            let saved = store::saved::of(conn, page.desk.who.county, page.desk.who.person)?;
            Ok((page, saved))
        })
        .await?;
    let desk = &page.desk;
    let namer = Namer::of(desk, &visitor.locale);
    let line = |(at, summary): &(_, store::matters::Summary)| {
        let row = namer.row(summary.clone());
        let to = Trail::at(&asked, *at).to(&format!("/matters/{}", row.code));
        Line { row, to }
    };
    let lines: Vec<Line> = page.rows.iter().map(line).collect();
    let verbs =
        if listing.phase == Phase::Open && lane.is_sorted() { together(desk) } else { vec![] };
    let body = html! {
        (saved_lists(&visitor, desk, &saved, &asked))
        (filter(&visitor, desk, &asked, &listing))
        @if lines.is_empty() { (empty(&visitor, "no-matters")) }
        @else if !verbs.is_empty() {
            form class="sheet" method="post" action="/matters" data-several {
                (secrets(&desk.csrf, None))
                input type="hidden" name="list" value=(asked.address(&asked.after));
                (matters(&visitor, &lines, desk.now, true))
                (bar(&visitor, desk, &verbs))
                (more(&visitor, &asked, &page))
            }
        } @else {
            div class="sheet" {
                (matters(&visitor, &lines, desk.now, false))
                (more(&visitor, &asked, &page))
            }
        }
    };
    let place = match lane {
        Lane::Part => "part",
        Lane::Brought => "brought",
        Lane::Supervised => "supervised",
        _ => "queue",
    };
    let title = visitor.say(&format!("page.lane-{}", lane.name()));
    Ok(Frame::of(&visitor, desk, &title, place).show(&body))
}

/// The lists kept under a name, and the form that keeps this one.
fn saved_lists(visitor: &Visitor, desk: &Desk, saved: &[SavedList], asked: &Asked) -> Markup {
    let here = asked.address("");
    let question = here.split_once('?').map_or("", |(_, query)| query);
    let own = saved.iter().find(|one| one.question == question);
    html! {
        div class="saved" {
            @for one in saved {
                a class="tag" href={ "/matters?" (one.question) } aria-current=[own.is_some_and(|o| o.id == one.id).then_some("true")] { (one.name) }
            }
            @match own {
                Some(own) => {
                    form method="post" action={ "/lists/" (own.id) "/end" } {
                        (secrets(&desk.csrf, None))
                        button class="quiet" { (visitor.say("page.forget-list")) }
                    }
                }
                None => {
                    details {
                        summary { (visitor.say("page.keep-list")) }
                        form method="post" action="/lists" {
                            (secrets(&desk.csrf, None))
                            input type="hidden" name="question" value=(question);
                            div class="field" {
                                label for="list-name" { (visitor.say("page.list-name")) }
                                input id="list-name" name="name" maxlength="30" required autocomplete="off";
                            }
                            button { (visitor.say("page.keep")) }
                        }
                    }
                }
            }
        }
    }
}

/// What may be done to several at once.
pub const TOGETHER: [Verb; 3] = [Verb::Assign, Verb::Acknowledge, Verb::Supervise];

/// Those of them that the posts may do to some kind of matter.
fn together(desk: &Desk) -> Vec<Verb> {
    let posts = desk.posts();
    let mine = |roles: &[Term]| roles.iter().any(|r| posts.iter().any(|p| p.role == r.text));
    let may = |verb: &Verb| {
        let actions = desk.state.catalogue.kinds.values().flat_map(|kind| kind.actions.values());
        let mut of_verb = actions.filter(|action| action.does(*verb));
        of_verb.any(|action| action.by.values().any(|roles| mine(roles)))
    };
    TOGETHER.into_iter().filter(may).collect()
}

fn bar(visitor: &Visitor, desk: &Desk, verbs: &[Verb]) -> Markup {
    let inputs = Inputs { visitor, desk, matter: None, form: None, errors: &[] };
    html! {
        fieldset class="together" {
            legend { (visitor.say("page.together")) }
            div class="field" {
                label for="verb" { (visitor.say("page.do")) }
                select id="verb" name="verb" {
                    @for verb in verbs { option value=(verb.name()) { (visitor.say(&format!("page.do-{}", verb.name()))) } }
                }
            }
            div class="field" { label for="unit" { (visitor.say("input.unit")) } (inputs.select("unit", "", inputs.units())) }
            div class="field" { label for="person" { (visitor.say("input.person")) } (inputs.select("person", "", inputs.staff())) }
            div class="field" { label for="note" { (visitor.say("input.note")) } input id="note" name="note" maxlength="500" autocomplete="off"; }
            button { (visitor.say("page.do-it")) }
        }
    }
}

fn more(visitor: &Visitor, asked: &Asked, page: &Page) -> Markup {
    html! {
        div class="pages" {
            a href=(address("/matters.xlsx", &asked.query(""))) { (visitor.say("page.excel")) }
            @if asked.after.is_empty() { span {} } @else { a href=(asked.address("")) { (visitor.say("page.first")) } }
            @if let Some(next) = page.next {
                a rel="next" href=(asked.address(&next.to_string())) { (visitor.say("page.next")) }
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
