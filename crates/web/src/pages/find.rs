//! Searching everything one may see. What is looked for travels in the body: names have no place in
//! an address.

use app::search::{After, search};
use axum::response::Response;
use domain::search::{Plan, highlight};
use maud::{Markup, html};

use super::frame::Frame;
use super::parts::{code, empty, light, secrets};
use super::upset::Upset;
use super::visitor::{Posted, Visitor};
use crate::view::Namer;

/// How many answers a page has.
const ROWS: usize = 20;
/// How many characters of a title are shown around what was found.
const WIDTH: usize = 60;

/// Shows the empty search.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    let title = visitor.say("page.nav-search");
    let body = html! { (field(&visitor, &desk.csrf, "")) (empty(&visitor, "search-first")) };
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
    let wanted = query.clone();
    let found = visitor
        .read(move |conn, service, credential| {
            search(conn, service, credential, &wanted, after, ROWS)
        })
        .await?;
    let desk = &found.desk;
    let namer = Namer::of(desk, &visitor.locale);
    let plan = Plan::read(&query).ok();
    let body = html! {
        (field(&visitor, &desk.csrf, &query))
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
                        input type="hidden" name="q" value=(query);
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

fn field(visitor: &Visitor, csrf: &str, query: &str) -> Markup {
    html! {
        form class="sheet filters" method="post" action="/search" role="search" aria-label=(visitor.say("page.nav-search")) {
            (secrets(csrf, None))
            div class="field" {
                label for="q" { (visitor.say("page.search-what")) }
                p class="hint" { (visitor.say("page.search-how")) }
                input id="q" name="q" type="search" maxlength="100" value=(query) autocomplete="off";
            }
            button class="go" { (visitor.say("page.search-go")) }
        }
    }
}
