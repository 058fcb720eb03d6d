//! A department's board of callouts: what it is called out to, by when, what it has done, what it refused.

use app::callouts::{Board, Called, board};
use axum::response::Response;
use domain::clock::ClockRun;
use domain::time::Instant;
use maud::{Markup, html};

use crate::pages::frame::Frame;
use crate::pages::parts::{code, empty_of, end, light, moment, remaining};
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// Shows the board.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let found = visitor.read(board).await?;
    let unit = |id| found.desk.roster.org.unit(id).map_or("", |u| u.name.as_str()).to_owned();
    let body = html! {
        @if found.units.is_empty() { (empty_of(&visitor, "meeting.no-callouts")) }
        @for (id, open, ended) in &found.units {
            section class="sheet" {
                h2 { (unit(*id)) }
                @if open.is_empty() { p class="soft" { (visitor.say("meeting.no-callouts")) } }
                ul class="seats" { @for one in open { (called(&visitor, &found, one)) } }
                @if !ended.is_empty() {
                    details {
                        summary { (visitor.say_with("meeting.callouts-ended", &[("n", ended.len().to_string())])) }
                        ul class="seats" { @for one in ended { (called(&visitor, &found, one)) } }
                    }
                }
            }
        }
    };
    let title = visitor.say("page.nav-callouts");
    Ok(Frame::of(&visitor, &found.desk, &title, "callouts").show(&body))
}

fn called(visitor: &Visitor, found: &Board, one: &Called) -> Markup {
    let (now, callout) = (found.desk.now, &one.callout);
    let say = |key: &str| visitor.say(key);
    let by = found.desk.roster.org.unit(callout.by).map_or("", |u| u.name.as_str());
    let own = format!("/matters/{}", one.matter.code);
    let at = |at: Option<Instant>| at.map(|at| moment(&at.to_string()));
    let steps = [
        ("meeting.called-at", at(Some(callout.called_at))),
        ("meeting.reported-at", at(callout.reported_at)),
        ("meeting.contributed-at", at(callout.contributed_at)),
        ("meeting.refused-at", at(callout.refused_at)),
    ];
    html! {
        li {
            div class="state" {
                @if callout.is_open() { (light(visitor, one.light(now))) }
                a href=(own) { (one.matter.title) }
                @if one.matter.sealed { span class="tag red" { (say("page.sealed")) } }
                span class="soft small number" { (code(&one.matter.code.to_string())) }
            }
            p class="small" { span class="soft" { (say("meeting.called-by")) " " } (by) @if let Some(reason) = &one.reason { "：" (reason) } }
            dl class="facts small" {
                @for (word, at) in steps {
                    @if let Some(at) = at { dt { (say(word)) } dd class="number" { (at) } }
                    @else if word == "meeting.reported-at" && callout.is_open() { dt { (say(word)) } dd { (say("meeting.not-yet")) } }
                }
                @for run in one.limits.iter().filter(|c| c.is_running()) { (limit(visitor, &found.desk, run)) }
                @if let Some(ground) = &one.ground { dt { (say("input.ground")) } dd { (ground) } }
                @if let Some(rating) = callout.rating { dt { (say("meeting.appraised")) } dd { (say(&format!("page.rating-{rating}"))) } }
                @if let Some(rating) = one.rating { dt { (say("meeting.rated")) } dd { (say(&format!("page.rating-{rating}"))) } }
            }
            @if !one.steps.is_empty() {
                p class="buttons" {
                    @for (action, label) in &one.steps {
                        a class="button" href={ (own) "/acts/" (action) } { (label.get(&visitor.locale)) }
                    }
                }
            }
        }
    }
}

fn limit(visitor: &Visitor, desk: &app::Desk, run: &ClockRun) -> Markup {
    html! {
        @if let Some(deadline) = &run.deadline {
            @let due = deadline.due_at.to_string();
            dt { (visitor.say("page.col-due")) }
            dd class="number" { (end(&due)) " " span class="soft" { "(" (remaining(visitor, &due, desk.now)) ")" } }
        }
    }
}
