//! Notices: what somebody is told, what they have read, and where else they want to be told.

use app::notices::{self, Contact, Shown};
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use domain::notice::Channel;
use maud::{Markup, html};
use serde::Deserialize;
use store::notices::Place;

use super::frame::{Frame, address};
use super::parts::{code, empty, moment, secrets};
use super::upset::Upset;
use super::visitor::{Posted, Visitor};

/// How many notices a page has.
const ROWS: i64 = 30;

/// Which notices.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    show: String,
    after: String,
}

/// Shows the notices that are not read, or all.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let (unread, locale) = (asked.show != "all", visitor.locale.clone());
    let after: Place = asked.after.parse().unwrap_or(Place::START);
    let (desk, mut rows) = visitor
        .read(move |conn, service, credential| {
            notices::list(conn, service, credential, (unread, after, ROWS + 1), &locale)
        })
        .await?;
    let more = rows.len() as i64 > ROWS;
    rows.truncate(ROWS as usize);
    let say = |key: &str| visitor.say(key);
    let shown = if unread { "" } else { "all" };
    let body = html! {
        nav class="buttons" aria-label=(say("page.notices-which")) {
            @for (value, word) in [("", "notices-unread"), ("all", "notices-all")] {
                a class="button" href=(address("/notices", &[("show", value)])) aria-current=[(value == shown).then_some("page")] {
                    (say(&format!("page.{word}")))
                }
            }
            a href="/notices/addresses" { (say("page.notices-addresses")) }
        }
        @if rows.is_empty() { (empty(&visitor, if unread { "no-unread" } else { "no-notices" })) }
        @else {
            form class="sheet" method="post" action="/notices/read" {
                (secrets(&desk.csrf, None))
                input type="hidden" name="show" value=(shown);
                ul class="notices" { @for row in &rows { (notice(&visitor, row)) } }
                @if rows.iter().any(|r| r.read_at.is_none()) && let Some(first) = rows.first() {
                    p class="buttons" { button name="up-to" value=(first.place) { (say("page.read-all")) } }
                }
            }
            @if more && let Some(last) = rows.last() {
                div class="pages" {
                    span {}
                    a rel="next" href=(address("/notices", &[("show", shown), ("after", &last.place.to_string())])) { (say("page.next")) }
                }
            }
        }
    };
    let title = say("page.notices");
    Ok(Frame::of(&visitor, &desk, &title, "notices").show(&body))
}

fn notice(visitor: &Visitor, row: &Shown) -> Markup {
    let number = code(&row.code.to_string());
    html! {
        li class=[row.read_at.is_none().then_some("unread")] {
            div {
                p {
                    strong { (row.label) }
                    @if row.read_at.is_none() { " " span class="tag" { (visitor.say("page.notice-new")) } }
                }
                p { (row.text) }
                p class="small soft" {
                    (moment(&row.place.at.to_string())) " · "
                    a href={ "/matters/" (row.code) } { (visitor.say("page.notice-open")) " " span class="number" { (number) } }
                }
            }
            @if row.read_at.is_none() {
                button name="place" value=(row.place) aria-label=(visitor.say_with("page.read-one-long", &[("code", number)])) {
                    (visitor.say("page.read-one"))
                }
            }
        }
    }
}

/// Marks one notice as read, or all that were shown.
pub async fn read(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let place = |name: &str| form.get(name).and_then(|text| text.parse::<Place>().ok());
    match (place("place"), place("up-to")) {
        (Some(one), _) => {
            visitor
                .write(move |conn, service, credential| {
                    notices::read(conn, service, credential, one)
                })
                .await?;
        }
        (None, Some(up_to)) => {
            visitor
                .write(move |conn, service, credential| {
                    notices::read_all(conn, service, credential, up_to)
                })
                .await?;
        }
        (None, None) => return Err(visitor.upset(app::Error::Missing)),
    }
    let to = address("/notices", &[("show", form.get("show").unwrap_or_default())]);
    Ok(Redirect::to(&to).into_response())
}

/// Shows where somebody wants to be told beside the page.
pub async fn addresses(visitor: Visitor) -> Result<Response, Upset> {
    addresses_with(&visitor, None).await
}

async fn addresses_with(
    visitor: &Visitor,
    wrong: Option<(Channel, String)>,
) -> Result<Response, Upset> {
    let (desk, contacts) = visitor.read(notices::contacts).await?;
    let say = |key: &str| visitor.say(key);
    let body = html! {
        p class="soft" { (say("page.addresses-hint")) }
        @for contact in &contacts {
            form class="sheet" method="post" action="/notices/addresses" {
                (secrets(&desk.csrf, None))
                input type="hidden" name="channel" value=(contact.channel.name());
                (field(visitor, contact, wrong.as_ref().filter(|(c, _)| *c == contact.channel)))
            }
        }
        p { a href="/notices" { (say("page.to-notices")) } }
    };
    let title = say("page.notices-addresses");
    let mut response = Frame::of(visitor, &desk, &title, "notices").show(&body);
    if wrong.is_some() {
        *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn field(visitor: &Visitor, contact: &Contact, wrong: Option<&(Channel, String)>) -> Markup {
    let say = |key: &str| visitor.say(key);
    let name = contact.channel.name();
    let (sort, complete) = match contact.channel {
        Channel::Mail => ("email", "email"),
        Channel::Sms => ("tel", "tel"),
    };
    let id = format!("address-{name}");
    html! {
        div class={ "field" @if wrong.is_some() { " bad" } } {
            label for=(id) { (say(&format!("page.channel-{name}"))) }
            p class="hint" id={ (id) "-hint" } {
                @match &contact.masked {
                    Some(masked) => { (visitor.say_with("page.address-kept", &[("address", masked.clone())])) }
                    None => { (say("page.address-none")) }
                }
                @if !contact.open { " " (say("page.address-closed")) }
            }
            @if let Some((_, message)) = wrong { p class="wrong" role="alert" { (message) } }
            input id=(id) name="address" type=(sort) autocomplete=(complete) maxlength="254"
                aria-describedby={ (id) "-hint" } aria-invalid=[wrong.map(|_| "true")];
        }
        p class="buttons" {
            button class="go" { (say("page.address-keep")) }
            @if contact.masked.is_some() {
                button name="forget" value="1" formnovalidate { (say("page.address-forget")) }
            }
        }
    }
}

/// Keeps or forgets an address.
pub async fn set_address(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let channel = form.get("channel").and_then(Channel::named);
    let channel = channel.ok_or_else(|| visitor.upset(app::Error::Missing))?;
    let forget = form.get("forget").is_some();
    let typed = form.get("address").filter(|_| !forget).unwrap_or_default().to_owned();
    if typed.is_empty() && !forget {
        return Ok(Redirect::to("/notices/addresses").into_response());
    }
    let kept = visitor
        .write(move |conn, service, credential| {
            notices::set_contact(conn, service, credential, channel, &typed)
        })
        .await;
    match kept {
        Ok(()) => Ok(Redirect::to("/notices/addresses").into_response()),
        Err(upset) if upset.is_about_the_form() => {
            let problem = upset.problem();
            let said = problem.errors.first().map(|e| format!("{} {}", e.message, e.remedy));
            addresses_with(&visitor, Some((channel, said.unwrap_or(problem.detail)))).await
        }
        Err(upset) => Err(upset),
    }
}
