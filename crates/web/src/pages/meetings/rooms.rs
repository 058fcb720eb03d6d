//! Rooms and the duty roster, kept by who has the right for the own unit and those below.

use app::meetings::{self as does, DutyReport, NewRoom, may_keep};
use app::{Desk, Error};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::has_right;
use domain::catalogue::Right;
use domain::ids::{PersonId, UnitId};
use domain::org::Unit;
use domain::time::Day;
use maud::{Markup, html};
use serde::Deserialize;
use store::rooms::{Duty, Room};

use super::{person, post_label};
use crate::pages::frame::{Frame, address};
use crate::pages::parts::secrets;
use crate::pages::upset::Upset;
use crate::pages::visitor::{Form, Posted, Visitor};

/// How many days of the roster the page shows.
const DAYS: i32 = 14;
/// The most entries of the roster that the page shows.
const ENTRIES: usize = 300;

/// Whose rooms and roster are asked for; the own unit's where nothing is said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    unit: String,
}

/// What the page shows: one unit with its offices.
struct Kept {
    desk: Desk,
    /// Whose.
    unit: UnitId,
    /// The same as it is asked for; empty for the own.
    at: String,
    rooms: Vec<Room>,
    duty: Vec<Duty>,
}

async fn kept(visitor: &Visitor, at: &str) -> Result<Kept, Upset> {
    let at = at.to_owned();
    visitor
        .read(move |conn, service, credential| {
            let (desk, mut rooms) = does::rooms_of(conn, service, credential)?;
            let today = desk.now.day();
            let own = desk.posts().first().map_or(UnitId(0), |p| p.unit);
            let asked = at.parse().ok().filter(|unit| desk.roster.org.unit(*unit).is_some());
            let unit = asked.unwrap_or(own);
            rooms.retain(|r| r.ended_on.is_none_or(|d| d > today) && is_at(&desk, r.unit, unit));
            let days = (today, today.plus(DAYS));
            let (_, mut duty) = does::duty_of(conn, service, credential, days)?;
            duty.retain(|d| is_at(&desk, d.unit, unit));
            Ok(Kept { desk, unit, at: at.clone(), rooms, duty })
        })
        .await
}

/// Whether something is a unit's own: its centre's, or one of its offices'.
fn is_at(desk: &Desk, of: UnitId, unit: UnitId) -> bool {
    let office = |u: &Unit| !u.is_place() && u.parent == Some(unit);
    of == unit || desk.roster.org.unit(of).is_some_and(office)
}

/// Which unit, to be sent along and come back to.
fn kept_at(at: &str) -> Markup {
    html! { @if !at.is_empty() { input type="hidden" name="at" value=(at); } }
}

fn choose(visitor: &Visitor, kept: &Kept) -> Markup {
    let (desk, today) = (&kept.desk, kept.desk.now.day());
    let org = &desk.roster.org;
    let above: Vec<UnitId> = desk.posts().iter().flat_map(|p| org.lineage(p.unit)).collect();
    let near =
        |u: &UnitId| above.contains(u) || desk.posts().iter().any(|p| org.is_within(*u, p.unit));
    let places =
        org.units().filter(|u| u.holds && u.is_place() && u.stands_on(today) && near(&u.id));
    let mut places: Vec<_> = places.collect();
    places.sort_by_key(|u| u.id);
    html! {
        @if places.len() > 1 {
            form class="sheet filters" method="get" action="/rooms" data-instant {
                div class="field" {
                    label for="at-unit" { (visitor.say("page.unit")) }
                    select id="at-unit" name="unit" {
                        @for place in places { option value=(place.id) selected[place.id == kept.unit] { (place.name) } }
                    }
                }
                button { (visitor.say("page.filter")) }
            }
        }
    }
}

/// Shows rooms and roster.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let kept = kept(&visitor, &asked.unit).await?;
    Ok(page(&visitor, &kept, None, None))
}

fn page(
    visitor: &Visitor,
    kept: &Kept,
    report: Option<&DutyReport>,
    failed: Option<(&Form, &Upset)>,
) -> Response {
    let desk = &kept.desk;
    let keeps = has_right(&desk.posts(), Right::KeepRoster, &desk.state.catalogue);
    let problem = failed.map(|(_, upset)| upset.problem());
    let body = html! {
        @if let Some(problem) = &problem {
            div class="note bad" role="alert" tabindex="-1" data-focus {
                p { (problem.detail) }
                ul { @for error in &problem.errors { li { (error.message) " " (error.remedy) } } }
            }
        }
        @if let Some(report) = report { (told(visitor, report)) }
        (choose(visitor, kept))
        (rooms(visitor, kept))
        @if keeps { (new_room(visitor, kept)) }
        (duty(visitor, kept))
        @if keeps { (new_duty(visitor, kept)) (import_form(visitor, desk, failed.map(|(f, _)| f))) }
    };
    let title = visitor.say("meeting.rooms-and-duty");
    Frame::of(visitor, desk, &title, "agenda").show(&body)
}

/// What became of each row of a pasted roster.
fn told(visitor: &Visitor, report: &DutyReport) -> Markup {
    let class = if report.faults.is_empty() { "note good" } else { "note care" };
    html! {
        div class=(class) role="status" tabindex="-1" data-focus {
            p { (visitor.say_with("meeting.imported", &[("n", report.taken.len().to_string()), ("m", report.faults.len().to_string())])) }
            ul {
                @for fault in &report.faults {
                    li {
                        (visitor.say_with("meeting.row-n", &[("n", fault.row.to_string())])) " "
                        (visitor.say_with(&format!("row.{}.message", fault.rule), &fault.args))
                    }
                }
            }
        }
    }
}

fn unit_name(desk: &Desk, unit: UnitId) -> &str {
    desk.roster.org.unit(unit).map_or("", |u| u.name.as_str())
}

fn rooms(visitor: &Visitor, kept: &Kept) -> Markup {
    let desk = &kept.desk;
    html! {
        section class="sheet" {
            h2 { (visitor.say("meeting.rooms")) }
            @if kept.rooms.is_empty() { p class="soft" { (visitor.say("meeting.no-rooms")) } }
            ul class="seats" {
                @for room in &kept.rooms {
                    li {
                        strong { (room.name) } " "
                        span class="soft" { (unit_name(desk, room.unit)) " · " (visitor.say_with("meeting.holds", &[("n", room.holds.to_string())])) }
                        @if may_keep(desk, room.unit) {
                            details {
                                summary class="small" { (visitor.say("meeting.edit")) }
                                form method="post" action="/rooms" {
                                    (secrets(&desk.csrf, None)) (kept_at(&kept.at))
                                    input type="hidden" name="id" value=(room.id);
                                    input type="hidden" name="unit" value=(room.unit);
                                    div class="pair" {
                                        div class="field" { label for={ "name-" (room.id) } { (visitor.say("meeting.room-name")) } input id={ "name-" (room.id) } name="name" maxlength="60" required value=(room.name); }
                                        div class="field" { label for={ "holds-" (room.id) } { (visitor.say("meeting.seats-in")) } input id={ "holds-" (room.id) } name="holds" inputmode="numeric" required value=(room.holds); }
                                    }
                                    button { (visitor.say("meeting.keep")) }
                                }
                                form method="post" action={ "/rooms/" (room.id) "/end" } {
                                    (secrets(&desk.csrf, None)) (kept_at(&kept.at))
                                    button class="quiet" { (visitor.say_with("meeting.end-room", &[("name", room.name.clone())])) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The units whose roster somebody keeps, that have people of their own.
fn units(desk: &Desk) -> Vec<(UnitId, String)> {
    let today = desk.now.day();
    let holds = desk.roster.org.units().filter(|u| u.holds && u.stands_on(today));
    let mut all: Vec<(UnitId, String)> =
        holds.filter(|u| may_keep(desk, u.id)).map(|u| (u.id, u.name.clone())).collect();
    all.sort_by_key(|(id, _)| *id);
    all
}

fn new_room(visitor: &Visitor, kept: &Kept) -> Markup {
    let say = |key: &str| visitor.say(key);
    let desk = &kept.desk;
    html! {
        section class="sheet" {
            h2 { (say("meeting.new-room")) }
            form method="post" action="/rooms" {
                (secrets(&desk.csrf, None)) (kept_at(&kept.at))
                div class="pair" {
                    div class="field" { label for="room-name" { (say("meeting.room-name")) } input id="room-name" name="name" maxlength="60" required autocomplete="off"; }
                    div class="field" { label for="room-holds" { (say("meeting.seats-in")) } input id="room-holds" name="holds" inputmode="numeric" required value="12" autocomplete="off"; }
                    div class="field" {
                        label for="room-unit" { (say("meeting.unit")) }
                        select id="room-unit" name="unit" { @for (id, name) in units(desk) { option value=(id) selected[id == kept.unit] { (name) } } }
                    }
                }
                button class="go" { (say("meeting.new-room")) }
            }
        }
    }
}

fn duty(visitor: &Visitor, kept: &Kept) -> Markup {
    let desk = &kept.desk;
    html! {
        section class="sheet" {
            h2 { (visitor.say_with("meeting.duty", &[("n", DAYS.to_string())])) }
            @if kept.duty.is_empty() { p class="soft" { (visitor.say("meeting.no-duty")) } }
            ul class="seats" {
                @for one in kept.duty.iter().take(ENTRIES) {
                    li {
                        strong { (person(desk, one.person)) } " "
                        span class="soft" { (post_label(desk, &one.role, one.unit, &visitor.locale)) } " "
                        span class="number small" { (one.from) " – " (one.until.plus(-1)) }
                        @if may_keep(desk, one.unit) {
                            form method="post" action={ "/duty/" (one.id) "/end" } {
                                (secrets(&desk.csrf, None)) (kept_at(&kept.at))
                                input type="hidden" name="unit" value=(one.unit);
                                button class="quiet" { (visitor.say_with("meeting.end-duty", &[("name", person(desk, one.person).to_owned()), ("day", one.from.to_string())])) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Everybody with a post at the unit or its offices, where their roster is kept here: whom it can name.
fn staff(kept: &Kept, locale: &str) -> Vec<(String, String)> {
    let (desk, today) = (&kept.desk, kept.desk.now.day());
    let posts = desk.roster.org.all_posts();
    let mut all: Vec<_> = posts
        .filter(|p| p.held_on(today) && is_at(desk, p.unit, kept.unit) && may_keep(desk, p.unit))
        .filter(|p| desk.state.catalogue.roles.get(&p.role).is_some_and(|r| !r.exclusive))
        .map(|p| {
            let label = format!(
                "{} · {}",
                person(desk, p.person),
                post_label(desk, &p.role, p.unit, locale)
            );
            ((p.unit, p.person), format!("{}/{}/{}", p.person, p.role, p.unit), label)
        })
        .collect();
    all.sort();
    all.into_iter().map(|(_, value, label)| (value, label)).collect()
}

fn new_duty(visitor: &Visitor, kept: &Kept) -> Markup {
    let say = |key: &str| visitor.say(key);
    let (desk, today) = (&kept.desk, kept.desk.now.day());
    html! {
        section class="sheet" {
            h2 { (say("meeting.new-duty")) }
            form method="post" action="/duty" {
                (secrets(&desk.csrf, None)) (kept_at(&kept.at))
                div class="pair" {
                    div class="field" {
                        label for="duty-post" { (say("page.person")) }
                        select id="duty-post" name="post" { @for (value, label) in staff(kept, &visitor.locale) { option value=(value) { (label) } } }
                    }
                    div class="field" { label for="duty-from" { (say("meeting.from-day")) } input id="duty-from" name="from" type="date" required value=(today); }
                    div class="field" { label for="duty-until" { (say("meeting.until-day")) } input id="duty-until" name="until" type="date" required value=(today.plus(6)); }
                }
                button class="go" { (say("meeting.new-duty")) }
            }
        }
    }
}

fn import_form(visitor: &Visitor, desk: &Desk, form: Option<&Form>) -> Markup {
    let say = |key: &str| visitor.say(key);
    let typed = form.and_then(|f| f.get("rows")).unwrap_or_default();
    html! {
        section class="sheet" {
            h2 { (say("meeting.import")) }
            p class="soft small" { (say("meeting.import-hint")) }
            form method="post" action="/duty/import" {
                (secrets(&desk.csrf, None))
                div class="field" {
                    label for="rows" { (say("meeting.import-rows")) }
                    textarea id="rows" name="rows" rows="6" required { (typed) }
                }
                button { (say("meeting.import")) }
            }
        }
    }
}

fn back(form: &Form) -> Response {
    let at = form.get("at").unwrap_or_default();
    Redirect::to(&address("/rooms", &[("unit", at)])).into_response()
}

/// After a form was refused: the page again with what is wrong, where that is about the form.
async fn again(visitor: &Visitor, form: &Form, upset: Upset) -> Result<Response, Upset> {
    if !upset.is_about_the_form() {
        return Err(upset.keeping(form));
    }
    let kept = kept(visitor, form.get("at").unwrap_or_default()).await?;
    Ok(page(visitor, &kept, None, Some((form, &upset))))
}

/// Adds or changes a room.
pub async fn put(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let number = |name: &str| form.get(name).and_then(|v| v.parse().ok());
    let Some(unit) = number("unit").map(UnitId) else { return Err(visitor.upset(Error::Missing)) };
    let new = NewRoom {
        id: number("id"),
        unit,
        name: form.get("name").unwrap_or_default().to_owned(),
        holds: number("holds").unwrap_or_default(),
    };
    let done = visitor
        .write(move |conn, service, credential| does::put_room(conn, service, credential, &new))
        .await;
    match done {
        Ok(_) => Ok(back(&form)),
        Err(upset) => again(&visitor, &form, upset).await,
    }
}

/// Ends the use of a room.
pub async fn end(Path(id): Path<i64>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    visitor
        .write(move |conn, service, credential| does::end_room(conn, service, credential, id))
        .await?;
    Ok(back(&form))
}

/// Puts somebody on duty.
pub async fn put_duty(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let mut parts = form.get("post").unwrap_or_default().split('/');
    let who: Option<i64> = parts.next().and_then(|p| p.parse().ok());
    let role = parts.next().unwrap_or_default().to_owned();
    let unit: Option<i64> = parts.next().and_then(|u| u.parse().ok());
    let day = |name: &str| form.get(name).and_then(|d| d.parse::<Day>().ok());
    let (Some(who), Some(unit)) = (who, unit) else { return Err(visitor.upset(Error::Missing)) };
    // A day that cannot be read makes a stretch that makes no sense, which is refused as such.
    let days = (day("from").unwrap_or(Day(0)), day("until").map_or(Day(0), |d| d.plus(1)));
    let done = visitor
        .write(move |conn, service, credential| {
            let post = (PersonId(who), role.as_str(), UnitId(unit));
            does::put_duty(conn, service, credential, post, days)
        })
        .await;
    match done {
        Ok(()) => Ok(back(&form)),
        Err(upset) => again(&visitor, &form, upset).await,
    }
}

/// Takes an entry out of the roster.
pub async fn end_duty(Path(id): Path<i64>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let unit = form.get("unit").and_then(|u| u.parse().ok());
    let Some(unit) = unit.map(UnitId) else { return Err(visitor.upset(Error::Missing)) };
    visitor
        .write(move |conn, service, credential| {
            does::end_duty(conn, service, credential, (id, unit))
        })
        .await?;
    Ok(back(&form))
}

/// Reads a roster that was pasted; what became of each row is told.
pub async fn import(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let text = form.get("rows").unwrap_or_default().to_owned();
    let done = visitor
        .write(move |conn, service, credential| {
            let (rows, mut bad) = does::rows_of_text(&text, service, credential)?;
            let mut report = does::import_duty(conn, service, credential, &rows)?;
            report.faults.append(&mut bad);
            report.faults.sort();
            Ok(report)
        })
        .await;
    match done {
        Ok(report) => {
            let kept = kept(&visitor, "").await?;
            Ok(page(&visitor, &kept, Some(&report), None))
        }
        Err(upset) => again(&visitor, &form, upset).await,
    }
}
