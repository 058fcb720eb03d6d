//! One record: what it says, what it lacks, what points to it, everything that was done to it.

use std::collections::BTreeMap;

use app::Desk;
use app::registers::{
    Looked, Past, end as end_it, history, log_looking, look_openly, resume as resume_it,
};
use axum::extract::Path;
use axum::response::Response;
use domain::matter::Value;
use domain::register::{Deed, RegisterField, differences};
use domain::time::Day;
use maud::{Markup, html};

use super::{address_of, record_id, remarks, to_record, told, unit_name};
use crate::pages::frame::Frame;
use crate::pages::parts::{moment, secrets};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Posted, Visitor};

type Open = BTreeMap<String, String>;

/// Shows a record. Where something of it is personal, the look is logged first.
pub async fn show(
    visitor: Visitor,
    Path((register, record)): Path<(String, String)>,
) -> Result<Response, Upset> {
    let id = record_id(&visitor, &record)?;
    let (looked, past) = visitor
        .read(move |conn, service, credential| history(conn, service, credential, (&register, id)))
        .await?;
    if let Some(looking) = looked.looking() {
        visitor.write(move |conn, _, _| log_looking(conn, &looking)).await?;
    }
    Ok(page(&visitor, &looked, &past, &Open::new()))
}

/// Opens what is personal, for a purpose.
pub async fn open(
    Path((register, record)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let id = record_id(&visitor, &record)?;
    let purpose = form.get("purpose").unwrap_or_default().to_owned();
    let (looked, open, past) = visitor
        .write(move |conn, service, credential| {
            let which = (register.as_str(), id);
            let (looked, open) = look_openly(conn, service, credential, which, &purpose)?;
            let (_, past) = history(conn, service, credential, which)?;
            Ok((looked, open, past))
        })
        .await
        .map_err(|upset| upset.keeping(&form))?;
    Ok(page(&visitor, &looked, &past, &open))
}

fn page(visitor: &Visitor, looked: &Looked, past: &[Past], open: &Open) -> Response {
    let (register, desk) = (&looked.at.register, &looked.at.desk);
    let title = looked.record.text(register.title.as_str());
    let own = address_of(&register.id.text, looked.record.id);
    let body = html! {
        p class="crumbs" { a href={ "/registers/" (register.id.text) } { (register.label.get(&visitor.locale)) } }
        @if let Some(ended) = &looked.record.ended {
            div class="note care" { p { (visitor.say_with("register.ended-on", &[("day", ended.on.to_string())])) " " (ended.reason) } }
        }
        (remarks(visitor, &looked.remarks()))
        section class="sheet" {
            dl class="facts" {
                dt { (register.owner.label.get(&visitor.locale)) }
                dd { (unit_name(desk, looked.record.unit)) }
                @for field in register.fields.values() { (fact(visitor, looked, field, open)) }
            }
            @if !looked.masked.is_empty() && open.is_empty() { (disclosure(visitor, desk, &own)) }
            @if looked.may_write() { (acts(visitor, looked, &own)) }
        }
        (members(visitor, looked))
        (done(visitor, looked, past))
    };
    Frame::of(visitor, desk, title, "registers").show(&body)
}

fn fact(visitor: &Visitor, looked: &Looked, declared: &RegisterField, open: &Open) -> Markup {
    let id = &declared.field.id.text;
    let (register, desk) = (&looked.at.register, &looked.at.desk);
    html! {
        @if let Some(value) = looked.record.fields.get(id) {
            dt { (declared.field.label.get(&visitor.locale)) }
            dd {
                @match value {
                    Value::Personal(_) => { (open.get(id).or_else(|| looked.masked.get(id)).map_or("", String::as_str)) }
                    Value::Record(target) => {
                        a href=(address_of(declared.of.as_ref().map_or("", |of| of.as_str()), *target)) {
                            (looked.pointed.get(target).map_or("—", String::as_str))
                        }
                    }
                    Value::Matter(code) => { a class="number" href={ "/matters/" (code) } { (code.grouped()) } }
                    other => { (told(desk, register, id, other, &visitor.locale)) }
                }
            }
        }
    }
}

fn disclosure(visitor: &Visitor, desk: &Desk, own: &str) -> Markup {
    html! {
        details {
            summary { (visitor.say("register.open-personal")) }
            form method="post" action={ (own) "/disclosures" } {
                (secrets(&desk.csrf, None))
                div class="field" {
                    label for="purpose" { (visitor.say("register.purpose")) }
                    input id="purpose" name="purpose" minlength="4" maxlength="200" required autocomplete="off";
                }
                button { (visitor.say("register.open-personal")) }
            }
        }
    }
}

/// What can be done: changed, ended, or let stand again.
fn acts(visitor: &Visitor, looked: &Looked, own: &str) -> Markup {
    let desk = &looked.at.desk;
    let ended = looked.record.ended.is_some();
    let (word, to) = if ended { ("resume", "resume") } else { ("end", "end") };
    html! {
        div class="buttons" {
            @if !ended { a class="button go" href={ (own) "/edit" } { (visitor.say("register.edit")) } }
        }
        details {
            summary { (visitor.say(&format!("register.{word}"))) }
            form method="post" action={ (own) "/" (to) } {
                (secrets(&desk.csrf, None))
                input type="hidden" name="version" value=(looked.record.version);
                @if !ended {
                    div class="field" {
                        label for="on" { (visitor.say("register.end-day")) }
                        input id="on" name="on" type="date" class="short" value=(desk.now.day());
                    }
                }
                div class="field" {
                    label for="reason" { (visitor.say("register.reason")) }
                    input id="reason" name="reason" maxlength="500" required autocomplete="off";
                }
                button { (visitor.say(&format!("register.{word}"))) }
            }
        }
    }
}

/// The records that point here, as far as the visitor reads their register.
fn members(visitor: &Visitor, looked: &Looked) -> Markup {
    let desk = &looked.at.desk;
    let catalogue = &desk.state.catalogue;
    html! {
        @for (of, found) in &looked.members {
            @if let Some(other) = catalogue.registers.get(of) {
                @let reads = domain::register::readable(&desk.posts(), other, &desk.roster.org);
                section class="sheet" {
                    h2 { (other.label.get(&visitor.locale)) " " span class="tag number" { (found.len()) } }
                    ul class="seats" {
                        @for one in found.iter().filter(|r| reads.iter().any(|t| t.holds(r.unit))) {
                            li { a href=(address_of(of, one.id)) { (one.text(other.title.as_str())) } " " span class="small soft" { (unit_name(desk, one.unit)) } }
                        }
                    }
                }
            }
        }
    }
}

/// Everything that was done to it, the last first.
fn done(visitor: &Visitor, looked: &Looked, past: &[Past]) -> Markup {
    let desk = &looked.at.desk;
    let who = |p: &Past| p.event.by.person.and_then(|id| desk.roster.names.get(&id).cloned());
    html! {
        section class="sheet" id="history" {
            h2 { (visitor.say("register.history")) }
            ol class="events" {
                @for one in past.iter().rev() {
                    li {
                        strong { (visitor.say(&format!("register.deed-{}", one.event.deed.name()))) } " "
                        span class="small soft" {
                            (who(one).unwrap_or_else(|| visitor.say("register.operator")))
                            @if let Some(unit) = one.event.by.unit { " · " (unit_name(desk, unit)) }
                            " · " span class="number" { (moment(&one.event.at.to_string())) }
                            @if let Some(file) = &one.event.by.file { " · " (visitor.say("register.from-file")) " " (file) }
                        }
                        (what(visitor, looked, one))
                    }
                }
            }
        }
    }
}

/// What an event changed, field by field.
fn what(visitor: &Visitor, looked: &Looked, past: &Past) -> Markup {
    let (register, desk) = (&looked.at.register, &looked.at.desk);
    let text = |field: &str, value: Option<&Value>| match value {
        None => "—".to_owned(),
        Some(Value::Personal(_)) => "***".to_owned(),
        Some(Value::Record(id)) => {
            looked.pointed.get(id).cloned().unwrap_or_else(|| id.to_string())
        }
        Some(other) => told(desk, register, field, other, &visitor.locale),
    };
    html! {
        @match &past.event.deed {
            Deed::Ended { reason, .. } | Deed::Resumed { reason } => { div { (reason) } }
            Deed::Entered { .. } => {}
            Deed::Changed { unit, .. } => {
                ul class="small" {
                    @if let Some(unit) = unit {
                        li { (register.owner.label.get(&visitor.locale)) ": " (past.before.as_ref().map_or(String::new(), |b| unit_name(desk, b.unit))) " → " (unit_name(desk, *unit)) }
                    }
                    @for (field, old, new) in differences(past.before.as_ref(), &past.after) {
                        li {
                            (register.field(field).map_or(field, |f| f.field.label.get(&visitor.locale))) ": "
                            del { (text(field, old)) } " → " ins { (text(field, new)) }
                        }
                    }
                }
            }
        }
    }
}

/// Ends a record.
pub async fn end(
    Path((register, record)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let id = record_id(&visitor, &record)?;
    let on: Option<Day> = form.get("on").and_then(|day| day.parse().ok());
    let seen = form.get("version").and_then(|v| v.parse().ok());
    let (reason, own) = (form.get("reason").unwrap_or_default().to_owned(), register.clone());
    visitor
        .write(move |conn, service, credential| {
            end_it(conn, service, credential, (&own, id), (on, &reason), seen)
        })
        .await
        .map_err(|upset| upset.keeping(&form))?;
    Ok(to_record(&register, id))
}

/// Lets a record stand again.
pub async fn resume(
    Path((register, record)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let id = record_id(&visitor, &record)?;
    let seen = form.get("version").and_then(|v| v.parse().ok());
    let (reason, own) = (form.get("reason").unwrap_or_default().to_owned(), register.clone());
    visitor
        .write(move |conn, service, credential| {
            resume_it(conn, service, credential, (&own, id), &reason, seen)
        })
        .await
        .map_err(|upset| upset.keeping(&form))?;
    Ok(to_record(&register, id))
}
