//! The records of a register: a list by unit, what falls due, what words and facets find.

use app::registers::{
    Asked as Wanted, AtRegister, Covered, Found, Listing, Page, Show, coverage, find as find_in,
    list as read_list,
};
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::ids::{RecordId, UnitId};
use domain::register::Stage;
use domain::time::Day;
use maud::{Markup, html};
use serde::Deserialize;
use store::records::Cursor;

use super::table;
use crate::pages::frame::{Frame, address};
use crate::pages::parts::{empty_of, secrets};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Form, Posted, Visitor};

/// How many records a page has.
const ROWS: i64 = 50;
/// How far ahead what falls due is shown, days.
const AHEAD: i32 = 30;
/// How many places that lack something are named.
const NAMED: usize = 60;

/// Which list, as its address says it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub struct Asked {
    show: String,
    unit: String,
    after: String,
}

/// `UNIT.ID.TITLE`, or `DAY.ID` of what falls due.
fn cursor(text: &str) -> Option<Cursor> {
    let mut parts = text.splitn(3, '.');
    let (unit, id) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(Cursor { unit: UnitId(unit), id: RecordId(id), title: parts.next()?.to_owned() })
}

fn due_cursor(text: &str) -> Option<(Day, RecordId)> {
    let (day, id) = text.split_once('.')?;
    Some((Day(day.parse().ok()?), RecordId(id.parse().ok()?)))
}

/// Shows a list.
pub async fn show(
    visitor: Visitor,
    Path(register): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let wanted = asked.clone();
    let (page, covered) = visitor
        .read(move |conn, service, credential| {
            let today = service.now().day();
            let shown = match wanted.show.as_str() {
                "ended" => Show::Stage(Stage::Ended),
                "due" => Show::DueBefore(today.plus(AHEAD)),
                _ => Show::Stage(Stage::Standing),
            };
            let listing = Listing {
                register: register.clone(),
                show: shown,
                unit: wanted.unit.parse().ok(),
                after: cursor(&wanted.after),
                after_due: due_cursor(&wanted.after),
                limit: ROWS,
            };
            let page = read_list(conn, service, credential, &listing)?;
            let (_, covered) = coverage(conn, service, credential, &register)?;
            Ok((page, covered))
        })
        .await?;
    let at = &page.at;
    let body = html! {
        (ways(&visitor, at, &asked.show))
        (finder(&visitor, at, &Form::default()))
        (covers(&visitor, at, &covered))
        @if page.rows.is_empty() { (empty_of(&visitor, "register.empty")) }
        @else {
            div class="sheet" { (table(&visitor, &at.desk, &at.register, (&page.rows, &page.pointed))) (more(&visitor, &page, &asked)) }
        }
    };
    let title = at.register.label.get(&visitor.locale);
    Ok(Frame::of(&visitor, &at.desk, title, "registers").show(&body))
}

fn more(visitor: &Visitor, page: &Page, asked: &Asked) -> Markup {
    let next = page.next.as_ref().map(|c| format!("{}.{}.{}", c.unit, c.id, c.title));
    let next = next.or_else(|| page.next_due.map(|(day, id)| format!("{}.{id}", day.0)));
    let own = format!("/registers/{}", page.at.register.id.text);
    html! {
        @if let Some(next) = next {
            p class="pages" {
                a class="button" href=(address(&own, &[("show", &asked.show), ("unit", &asked.unit), ("after", &next)])) { (visitor.say("page.more")) }
            }
        }
    }
}

/// The lists of the register, and what can be done with it.
fn ways(visitor: &Visitor, at: &AtRegister, shown: &str) -> Markup {
    let own = format!("/registers/{}", at.register.id.text);
    let tab = |name: &str| (shown == name).then_some("true");
    html! {
        p class="crumbs" { a href="/registers" { (visitor.say("register.registers")) } }
        div class="saved" {
            @for name in ["", "due", "ended"] {
                a class="tag" href=(address(&own, &[("show", name)])) aria-current=[tab(name)] {
                    (visitor.say(&format!("register.show-{}", if name.is_empty() { "standing" } else { name })))
                }
            }
        }
        div class="buttons saved" {
            @if !at.writes.is_empty() {
                a class="button go" href={ (own) "/new" } { (visitor.say("register.new")) }
                a class="button" href={ (own) "/import" } { (visitor.say("register.import")) }
            }
            a class="button" href={ (own) "/export" } { (visitor.say("register.export")) }
        }
    }
}

/// Words and facets. They go in the body: names belong in no address.
fn finder(visitor: &Visitor, at: &AtRegister, form: &Form) -> Markup {
    let catalogue = &at.desk.state.catalogue;
    let facets = at.register.facets.iter().filter_map(|f| at.register.field(f.as_str()));
    html! {
        form class="sheet filters" method="post" action={ "/registers/" (at.register.id.text) } {
            (secrets(&at.desk.csrf, None))
            div class="field" {
                label for="q" { (visitor.say("register.find")) }
                input id="q" name="q" type="search" maxlength="100" autocomplete="off" value=(form.get("q").unwrap_or_default());
            }
            @for facet in facets {
                @let id = &facet.field.id.text;
                @let name = format!("facet.{id}");
                div class="field" {
                    label for=(name) { (facet.field.label.get(&visitor.locale)) }
                    select id=(name) name=(name) {
                        option value="" { (visitor.say("page.all")) }
                        @for item in facet.field.list.iter().filter_map(|l| catalogue.lists.get(l.as_str())).flat_map(|l| l.items.values()) {
                            option value=(item.id.text) selected[form.get(&name) == Some(item.id.as_str())] { (item.label.get(&visitor.locale)) }
                        }
                    }
                }
            }
            button { (visitor.say("register.find-go")) }
        }
    }
}

/// How far what there ought to be is there, and where it is not.
fn covers(visitor: &Visitor, at: &AtRegister, covered: &[Covered]) -> Markup {
    html! {
        @if !covered.is_empty() {
            section class="sheet" {
                h2 { (visitor.say("register.coverage")) }
                dl class="facts" {
                    @for one in covered {
                        @if let Some(cover) = at.register.covers.get(&one.cover) {
                            dt { (cover.label.get(&visitor.locale)) }
                            dd {
                                span class="number" { (one.done()) " / " (one.places) }
                                @if let Some(law) = &cover.law { " " span class="small soft" { (law) } }
                                @if !one.lacking.is_empty() {
                                    details class="small" {
                                        summary { (visitor.say_with("register.lacking", &[("n", one.lacking.len().to_string())])) }
                                        (names(visitor, at, one))
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

fn names(visitor: &Visitor, at: &AtRegister, one: &Covered) -> Markup {
    let org = &at.desk.roster.org;
    let name = |id: UnitId| {
        let above = org.unit(id).and_then(|u| u.parent).and_then(|p| org.unit(p));
        let place = org.unit(id).map_or("", |u| u.place.as_str());
        format!("{} {place}", above.map_or("", |u| u.place.as_str()))
    };
    html! {
        ul { @for (id, n) in one.lacking.iter().take(NAMED) { li { (name(*id)) " " span class="number soft" { (n) } } } }
        @if one.lacking.len() > NAMED { p { (visitor.say("register.and-more")) } }
    }
}

/// Finds records.
pub async fn find(Path(register): Path<String>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let facets = form.0.iter().filter(|(_, v)| !v.is_empty());
    let facets =
        facets.filter_map(|(n, v)| Some((n.strip_prefix("facet.")?.to_owned(), v.clone())));
    let wanted = Wanted {
        register,
        query: form.get("q").unwrap_or_default().to_owned(),
        facets: facets.collect(),
        ended: form.get("ended").is_some(),
        unit: form.get("unit").and_then(|u| u.parse().ok()),
        below: form.get("below").and_then(|b| b.parse().ok()),
        limit: ROWS as usize,
    };
    let found = visitor
        .read(move |conn, service, credential| find_in(conn, service, credential, &wanted))
        .await
        .map_err(|upset| upset.keeping(&form))?;
    let at = &found.at;
    let body = html! {
        (ways(&visitor, at, "found"))
        (finder(&visitor, at, &form))
        @if found.rows.is_empty() { (empty_of(&visitor, "register.nothing-found")) }
        @else {
            div class="sheet" { (table(&visitor, &at.desk, &at.register, (&found.rows, &found.pointed))) (further(&visitor, &found, &form)) }
        }
    };
    let title = at.register.label.get(&visitor.locale);
    Ok(Frame::of(&visitor, &at.desk, title, "registers").show(&body))
}

fn further(visitor: &Visitor, found: &Found, form: &Form) -> Markup {
    html! {
        @if let Some(next) = found.next {
            form class="pages" method="post" action={ "/registers/" (found.at.register.id.text) } {
                (secrets(&found.at.desk.csrf, None))
                input type="hidden" name="below" value=(next);
                @for (name, value) in form.0.iter().filter(|(n, _)| n == "q" || n.starts_with("facet.")) {
                    input type="hidden" name=(name) value=(value);
                }
                button { (visitor.say("page.more")) }
            }
        }
    }
}
