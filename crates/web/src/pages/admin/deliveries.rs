//! The log of deliveries: what went out, what waits, what was given up and why; it names no matter and
//! shows no address.

use app::notices::{Filter, Logged, log, retry};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use domain::notice::Channel;
use maud::{Markup, html};
use serde::Deserialize;
use store::deliveries::{Standing, Try};
use store::notices::Place;

use crate::pages::frame::{Frame, address};
use crate::pages::parts::{empty, moment, secrets};
use crate::pages::upset::Upset;
use crate::pages::visitor::{Posted, Visitor};

/// How many messages a page has.
const ROWS: i64 = 50;
/// Counts beyond this are shown as "more than".
const COUNT_MAX: i64 = 999;

/// Which part of the log.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    standing: String,
    channel: String,
    before: String,
}

/// Shows the log, the newest first.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let filter = Filter {
        standing: Standing::named(&asked.standing),
        channel: Channel::named(&asked.channel),
        before: asked.before.parse::<Place>().ok().map(|p| (p.at, p.id)),
    };
    let found = visitor
        .read(move |conn, service, credential| log(conn, service, credential, filter, ROWS + 1))
        .await?;
    let (desk, mut rows) = (found.desk, found.rows);
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let say = |key: &str| visitor.say(key);
    let ways = visitor.web.service.ways();
    let columns = ["when", "channel", "notice", "whom", "standing", "tries"];
    let body = html! {
        @for (name, channel) in Channel::NAMES {
            @if !ways.has(*channel) {
                p class="note care" { (visitor.say_with("page.no-way", &[("channel", say(&format!("page.channel-{name}")))])) }
            }
        }
        ul class="tiles" {
            @for (standing, n) in &found.counts {
                li class={ "tile" @if *standing == Standing::Failed && *n > 0 { " red" } } {
                    a href=(address("/deliveries", &[("standing", standing.name())])) {
                        strong { @if *n > COUNT_MAX { (COUNT_MAX) "+" } @else { (n) } }
                        (say(&format!("page.standing-{}", standing.name())))
                    }
                }
            }
        }
        (filters(&visitor, &asked))
        @if rows.is_empty() { (empty(&visitor, "no-deliveries")) }
        @else {
            div class="sheet" {
                div class="scroll" tabindex="0" role="group" aria-label=(say("page.nav-deliveries")) {
                    table class="figures" {
                        thead { tr { @for column in columns { th { (say(&format!("page.delivery-{column}"))) } } } }
                        tbody { @for row in &rows { (line(&visitor, &desk, row)) } }
                    }
                }
                @if more && let Some(last) = rows.last() {
                    @let before = Place { at: last.created_at, id: last.id }.to_string();
                    @let query = [("standing", asked.standing.as_str()), ("channel", &asked.channel), ("before", &before)];
                    div class="pages" { span {} a rel="next" href=(address("/deliveries", &query)) { (say("page.next")) } }
                }
            }
        }
    };
    let title = say("page.nav-deliveries");
    Ok(Frame::of(&visitor, &desk, &title, "deliveries").show(&body))
}

fn filters(visitor: &Visitor, asked: &Asked) -> Markup {
    let say = |key: &str| visitor.say(key);
    let standings = Standing::NAMES.iter().map(|(name, _)| *name);
    let channels = Channel::NAMES.iter().map(|(name, _)| *name);
    let sets: [(&str, &str, Vec<&str>); 2] = [
        ("standing", &asked.standing, standings.collect()),
        ("channel", &asked.channel, channels.collect()),
    ];
    html! {
        form class="sheet filters" method="get" action="/deliveries" data-instant {
            @for (name, chosen, all) in &sets {
                div class="field" {
                    label for=(name) { (say(&format!("page.delivery-{name}"))) }
                    select id=(name) name=(name) {
                        option value="" { (say("page.all")) }
                        @for one in all { option value=(one) selected[one == chosen] { (say(&format!("page.{name}-{one}"))) } }
                    }
                }
            }
            button { (say("page.filter")) }
        }
    }
}

fn line(visitor: &Visitor, desk: &app::Desk, row: &Logged) -> Markup {
    let say = |key: &str| visitor.say(key);
    let label = desk.state.catalogue.notices.get(&row.template).map(|n| &n.label);
    let person = row.person.and_then(|p| desk.roster.names.get(&p));
    html! {
        tr {
            td class="number" { (moment(&row.created_at.to_string())) }
            td class="number" { (say(&format!("page.channel-{}", row.channel.name()))) }
            td class="number" { (label.map_or(row.template.as_str(), |l| l.get(&visitor.locale))) }
            td class="number" { @match (row.person, person) { (None, _) => { (say("page.a-party")) } (_, name) => { (name.map_or("—", String::as_str)) } } }
            td {
                span class={ "tag" @if row.standing == Standing::Failed { " red" } } { (say(&format!("page.standing-{}", row.standing.name()))) }
                @if row.standing == Standing::Waiting {
                    div class="small soft" { (visitor.say_with("page.tried-next", &[("at", moment(&row.next_at.to_string()))])) }
                }
                @if row.standing == Standing::Failed {
                    form method="post" action={ "/deliveries/" (row.id) "/again" } {
                        (secrets(&desk.csrf, None))
                        button aria-label=(visitor.say_with("page.send-again-long", &[("at", moment(&row.created_at.to_string()))])) { (say("page.send-again")) }
                    }
                }
            }
            td class="wrap" {
                @if row.tries.is_empty() { "—" }
                @else { ol class="tries" reversed { @for one in &row.tries { (tried(visitor, one)) } } }
            }
        }
    }
}

fn tried(visitor: &Visitor, one: &Try) -> Markup {
    let said = match &one.failure {
        None => visitor.say("page.went-out"),
        Some(failure) => {
            let (class, code) = failure.split_once(':').unwrap_or((failure, ""));
            let words = visitor.say(&format!("failure.{class}"));
            if code.is_empty() { words } else { format!("{words} ({code})") }
        }
    };
    html! { li value=(one.no) { span class="number" { (moment(&one.at.to_string())) } " " (said) } }
}

/// Lets a message that was given up be tried anew.
pub async fn again(Path(id): Path<i64>, posted: Posted) -> Result<Response, Upset> {
    posted
        .visitor
        .write(move |conn, service, credential| retry(conn, service, credential, id))
        .await?;
    Ok(Redirect::to("/deliveries?standing=failed").into_response())
}
