//! Tasks that meetings gave: what waits at one's desks, what was done.

use app::Desk;
use app::meetings::{OpenTask, complete, of_desk, open};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::clock::Light;
use domain::ids::{PersonId, UnitId};
use maud::{Markup, html};

use super::path;
use crate::pages::frame::Frame;
use crate::pages::parts::{empty_of, end, light, moment, remaining, secrets};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Posted, Visitor};

/// How many tasks the page shows, of those that wait and of those that are done.
const ROWS: i64 = 100;
/// How many the workbench shows.
const FIRST: usize = 8;

/// Shows the tasks at one's desks.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let (desk, waiting, done) = visitor
        .read(|conn, service, credential| {
            let (desk, waiting) = open(conn, service, credential, true, ROWS)?;
            let done = of_desk(conn, &desk, false, ROWS)?;
            Ok((desk, waiting, done))
        })
        .await?;
    let body = html! {
        @if waiting.is_empty() { (empty_of(&visitor, "meeting.no-tasks")) }
        @else { section class="sheet" { (list(&visitor, &desk, &waiting, true)) } }
        @if !done.is_empty() {
            section class="sheet" {
                h2 { (visitor.say("meeting.tasks-done")) }
                (list(&visitor, &desk, &done, false))
            }
        }
    };
    let title = visitor.say("page.nav-tasks");
    Ok(Frame::of(&visitor, &desk, &title, "tasks").show(&body))
}

/// The tasks on the workbench; nothing where none waits.
pub fn waiting(visitor: &Visitor, desk: &Desk, tasks: &[OpenTask]) -> Markup {
    html! {
        @if !tasks.is_empty() {
            section class="sheet" {
                div class="head" {
                    h2 { (visitor.say("page.nav-tasks")) }
                    a href="/tasks" { (visitor.say_with("page.all-n", &[("n", tasks.len().to_string())])) }
                }
                (list(visitor, desk, &tasks[..tasks.len().min(FIRST)], false))
            }
        }
    }
}

/// Who owns a task.
fn owner(desk: &Desk, id: i64) -> String {
    let unit = desk.roster.org.unit(UnitId(id)).map(|u| u.name.clone());
    unit.or_else(|| desk.roster.names.get(&PersonId(id)).cloned()).unwrap_or_default()
}

/// Tasks in a list; with forms, each can be said to be done.
pub fn list(visitor: &Visitor, desk: &Desk, tasks: &[OpenTask], forms: bool) -> Markup {
    html! { ul class="seats" { @for task in tasks { (one(visitor, desk, task, forms)) } } }
}

fn one(visitor: &Visitor, desk: &Desk, open: &OpenTask, forms: bool) -> Markup {
    let task = &open.task;
    let due = task.due_at.to_string();
    let say = |key: &str| visitor.say(key);
    html! {
        li {
            strong class="wrap" { (open.text) }
            div class="state small" {
                @match task.done_at {
                    Some(at) => {
                        span class="tag" { (say("meeting.task-is-done")) }
                        @if open.is_late(desk.now) { span class="tag red" { (say("meeting.task-late")) } }
                        span class="number" { (moment(&at.to_string())) }
                    }
                    None => {
                        (light(visitor, open.light(desk.now)))
                        span class="number" { (end(&due)) " " span class="soft" { "(" (remaining(visitor, &due, desk.now)) ")" } }
                        @if open.light(desk.now) == Light::Red { span class="tag red" { (say("meeting.task-late")) } }
                    }
                }
                span { (owner(desk, task.desk)) }
                @if let Some(matter) = &open.matter {
                    a href=(path(&matter.code.to_string(), task.meeting)) { (matter.title) }
                }
            }
            @if let Some(note) = &open.note { p class="small wrap" { (note) } }
            @if forms && task.done_at.is_none() { (done_form(visitor, desk, task.id)) }
        }
    }
}

fn done_form(visitor: &Visitor, desk: &Desk, id: i64) -> Markup {
    html! {
        details {
            summary class="small" { (visitor.say("meeting.task-complete")) }
            form method="post" action={ "/tasks/" (id) "/done" } {
                (secrets(&desk.csrf, None))
                div class="field" {
                    label for={ "note-" (id) } { (visitor.say("meeting.task-note")) }
                    input id={ "note-" (id) } name="note" maxlength="500" required autocomplete="off";
                }
                button { (visitor.say("meeting.task-complete")) }
            }
        }
    }
}

/// A task is done.
pub async fn done(Path(id): Path<i64>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let note = form.get("note").unwrap_or_default().to_owned();
    visitor
        .write(move |conn, service, credential| {
            complete(conn, service, credential, id, &note).map(drop)
        })
        .await
        .map_err(|upset| upset.keeping(&form))?;
    Ok(Redirect::to("/tasks").into_response())
}
