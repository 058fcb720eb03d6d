//! The form that puts a meeting on record: who came, what the kind's step asks for, what was decided.

use std::collections::BTreeSet;

use app::Error;
use app::matters::Look;
use app::meetings::{NewTask, Record, Sitting, record, sitting};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::matter::{Offer, OfferInput};
use domain::time::Day;
use maud::{Markup, html};

use super::{path, person, post_label, seat_label, when};
use crate::pages::frame::Frame;
use crate::pages::inputs::{Inputs, data, is_about};
use crate::pages::parts::{code as grouped, secrets};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Form, Posted, Visitor};

/// What the meeting itself says of the step: nobody is asked for it again.
const KNOWN: [&str; 2] = ["held-at", "attendees"];
/// For how many tasks the form has room.
const TASKS: usize = 4;

/// Shows the form.
pub async fn show(
    visitor: Visitor,
    Path((text, id)): Path<(String, i64)>,
) -> Result<Response, Upset> {
    let (look, found) = visitor.look(&text, move |conn, look| sitting(conn, look, id)).await?;
    page(&visitor, &look, &found, None)
}

/// The offer of the step that puts this meeting on record.
fn offer_of<'o>(look: &Look, found: &Sitting, offers: &'o [Offer<'o>]) -> Option<&'o Offer<'o>> {
    let sort = look.desk.state.catalogue.meetings.sorts.get(&found.meeting.sort)?;
    let serves = sort.serves.get(look.matter.kind())?;
    offers.iter().find(|o| o.action.id.text == serves.record.text)
}

/// Puts the meeting on record; where that is refused, shows the form again with what was typed.
pub async fn take(
    Path((text, id)): Path<(String, i64)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    let found = visitor.look(&text, move |conn, look| sitting(conn, look, id)).await;
    let (look, found) = found.map_err(|upset| upset.keeping(&form))?;
    let said = {
        let offers = look.offers().map_err(|e| visitor.upset(e))?;
        offer_of(&look, &found, &offers).map(|offer| data(&offer.inputs, &form)).unwrap_or_default()
    };
    let wanted = Record {
        id,
        seen: form.get("version").and_then(|v| v.parse().ok()).unwrap_or_default(),
        came: form.all("came").filter_map(|no| no.parse().ok()).collect::<BTreeSet<i64>>(),
        data: said,
        tasks: tasks(&form),
    };
    let done = visitor
        .write(move |conn, service, credential| {
            record(conn, service, credential, &wanted, keyed.as_ref())
        })
        .await;
    match done {
        Ok(_) => Ok(Redirect::to(&path(&text, id)).into_response()),
        Err(upset) if upset.is_about_the_form() => {
            page(&visitor, &look, &found, Some((&form, &upset)))
        }
        Err(upset) => Err(upset.keeping(&form)),
    }
}

/// The tasks that a form gives. A line with nothing in it is none; a day that cannot be read is long past.
fn tasks(form: &Form) -> Vec<NewTask> {
    let line = |n: usize| {
        let get = |name: &str| form.get(&format!("task.{n}.{name}"));
        let text = get("text")?.to_owned();
        let person = get("person").and_then(|p| p.parse().ok());
        let unit = get("unit").and_then(|u| u.parse().ok());
        let due_on = get("due-on").and_then(|d| d.parse().ok()).unwrap_or(Day(0));
        Some(NewTask { text, unit, person, due_on })
    };
    (0..TASKS).filter_map(line).collect()
}

fn page(
    visitor: &Visitor,
    look: &Look,
    found: &Sitting,
    again: Option<(&Form, &Upset)>,
) -> Result<Response, Upset> {
    let offers = look.offers().map_err(|e| visitor.upset(e))?;
    let Some(offer) = offer_of(look, found, &offers) else {
        return Err(visitor.upset(Error::Missing));
    };
    let problem = again.map(|(_, upset)| upset.problem());
    let errors = problem.as_ref().map_or(&[][..], |p| p.errors.as_slice());
    let form = again.map(|(form, _)| form);
    let inputs = Inputs { visitor, desk: &look.desk, matter: Some(&look.matter), form, errors };
    let asked = |input: &&OfferInput<'_>| !KNOWN.contains(&input.name.as_str());
    let code = look.matter.code().to_string();
    let sort = look.desk.state.catalogue.meetings.sorts.get(&found.meeting.sort);
    let body = html! {
        p class="crumbs" {
            a href={ "/matters/" (code) } { (look.matter.registration.title) }
            span class="soft number" { " " (grouped(&code)) }
        }
        @if let Some(problem) = &problem {
            div class="note bad" role="alert" tabindex="-1" data-focus {
                h2 { (visitor.say("page.wrong")) }
                @if errors.is_empty() { p { (problem.detail) } }
                ul {
                    @for error in errors {
                        @let input = offer.inputs.iter().find(|input| is_about(error, &input.name));
                        li { @match input {
                            Some(input) => { a href={ "#f." (input.name) } { (error.message) } }
                            None => { (error.message) " " (error.remedy) }
                        } }
                    }
                }
            }
        }
        @if let Some(blocked) = &offer.blocked {
            div class="note care" { p { (blocked.message(&look.desk.state.catalogue.words, &visitor.locale)) } }
        }
        form class="sheet" method="post" action={ (path(&code, found.meeting.id)) "/record" } {
            (secrets(&look.desk.csrf, None))
            input type="hidden" name="version" value=(found.meeting.version);
            p class="number" { (when(found.meeting.span)) }
            @if let Some(law) = &offer.action.law { p class="soft small" { (law) } }
            (came(visitor, look, found, form))
            @for input in offer.inputs.iter().filter(asked) { (inputs.field(input)) }
            @if sort.is_some_and(|s| s.tasks) {
                h2 { (visitor.say("meeting.tasks")) }
                p class="hint soft small" { (visitor.say("meeting.tasks-hint")) }
                @for n in 0..TASKS { (task(visitor, &inputs, n)) }
            }
            div class="buttons" {
                button class="go" { (visitor.say("meeting.record")) }
                a href=(path(&code, found.meeting.id)) { (visitor.say("page.back")) }
            }
        }
    };
    let title = visitor.say("meeting.record");
    Ok(Frame::of(visitor, &look.desk, &title, "agenda").show(&body))
}

fn came(visitor: &Visitor, look: &Look, found: &Sitting, form: Option<&Form>) -> Markup {
    let (desk, locale) = (&look.desk, &visitor.locale);
    let sort = desk.state.catalogue.meetings.sorts.get(&found.meeting.sort);
    let ticked = |no: i64| form.is_none_or(|f| f.all("came").any(|v| v == no.to_string()));
    html! {
        fieldset class="field" {
            legend { (visitor.say("meeting.who-came")) }
            @for seat in found.seats.iter().filter(|s| s.is_kept()) {
                div class="choice" {
                    input type="checkbox" id={ "came." (seat.no) } name="came" value=(seat.no) checked[ticked(seat.no)];
                    label for={ "came." (seat.no) } {
                        (person(desk, seat.person)) " "
                        span class="soft small" { (seat_label(sort, &seat.seat, locale)) " · " (post_label(desk, &seat.role, seat.unit, locale)) }
                    }
                }
            }
        }
    }
}

fn task(visitor: &Visitor, inputs: &Inputs<'_>, n: usize) -> Markup {
    let name = |part: &str| format!("task.{n}.{part}");
    let value = |part: &str| inputs.form.and_then(|f| f.get(&name(part))).unwrap_or_default();
    let wrong = inputs
        .errors
        .iter()
        .filter(|e| e.field.as_deref().is_some_and(|f| f.starts_with(&format!("tasks.{n}."))));
    let say = |key: &str| visitor.say(key);
    html! {
        fieldset class="party" id=(name("")) {
            legend { (visitor.say_with("meeting.task-n", &[("n", (n + 1).to_string())])) span class="optional" { (say("page.optional")) } }
            @for error in wrong { p class="wrong" { (error.message) " " (error.remedy) } }
            div class="field" { label for=(name("text")) { (say("meeting.task-text")) } input id=(name("text")) name=(name("text")) maxlength="500" autocomplete="off" value=(value("text")); }
            div class="pair" {
                div class="field" { label for=(name("unit")) { (say("meeting.task-unit")) } (inputs.select(&name("unit"), value("unit"), inputs.units())) }
                div class="field" { label for=(name("person")) { (say("meeting.task-person")) } (inputs.select(&name("person"), value("person"), inputs.staff())) }
                div class="field" { label for=(name("due-on")) { (say("meeting.task-due")) } input id=(name("due-on")) name=(name("due-on")) type="date" value=(value("due-on")); }
            }
        }
    }
}
