//! The logs, as an auditor reads them: what administrators did, who read a matter and what for.

use app::audit;
use axum::extract::Query;
use axum::response::Response;
use domain::ids::{MatterCode, PersonId};
use domain::time::Instant;
use maud::html;
use serde::Deserialize;

use crate::pages::frame::{Frame, address};
use crate::pages::parts::{empty, moment};
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// How many entries a page has.
const ROWS: i64 = 100;

/// From where.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    before: String,
    code: String,
}

impl Asked {
    fn before(&self) -> Option<Instant> {
        self.before.parse().ok()
    }
}

/// Shows what administrators did, the newest first.
pub async fn log(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let before = asked.before();
    let (desk, deeds) = visitor
        .read(move |conn, service, credential| {
            let desk = app::Desk::open(conn, service, credential)?;
            let before = before.unwrap_or(desk.now.plus_ms(1));
            Ok((desk, audit::acts(conn, service, credential, before, ROWS)?))
        })
        .await?;
    let say = |key: &str| visitor.say(key);
    let name = |id: PersonId| desk.roster.names.get(&id).cloned().unwrap_or_else(|| id.to_string());
    let body = html! {
        form class="sheet filters" method="get" action="/log/readings" {
            div class="field" {
                label for="code" { (say("page.who-read")) }
                input id="code" name="code" inputmode="numeric" maxlength="14" required autocomplete="off";
            }
            button { (say("page.show")) }
        }
        @if deeds.is_empty() { (empty(&visitor, "no-deeds")) }
        @else {
            div class="sheet" {
                div class="scroll" tabindex="0" role="group" aria-label=(say("page.nav-log")) {
                    table class="figures" {
                        thead { tr { @for column in ["when", "who", "what-done", "detail"] { th { (say(&format!("page.log-{column}"))) } } } }
                        tbody {
                            @for deed in &deeds {
                                tr {
                                    td class="number" { (moment(&deed.at.to_string())) }
                                    td { (deed.person.map_or_else(|| say("page.command-line"), name)) }
                                    td { (deed.action) }
                                    td class="wrap" { (deed.detail) }
                                }
                            }
                        }
                    }
                }
                @if deeds.len() as i64 == ROWS {
                    @if let Some(last) = deeds.last() {
                        div class="pages" { span {} a rel="next" href=(address("/log", &[("before", &last.at.to_string())])) { (say("page.next")) } }
                    }
                }
            }
        }
    };
    let title = say("page.nav-log");
    Ok(Frame::of(&visitor, &desk, &title, "log").show(&body))
}

/// Shows who read a matter. The auditor sees the readings, not the matter.
pub async fn readings(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let digits: String = asked.code.chars().filter(char::is_ascii_digit).collect();
    let code: MatterCode = digits.parse().map_err(|_| visitor.upset(app::Error::Missing))?;
    let before = asked.before();
    let (desk, readings) = visitor
        .read(move |conn, service, credential| {
            let desk = app::Desk::open(conn, service, credential)?;
            let before = before.unwrap_or(desk.now.plus_ms(1));
            Ok((desk, audit::readers(conn, service, credential, code, before, ROWS)?))
        })
        .await?;
    let say = |key: &str| visitor.say(key);
    let unit = |id| desk.roster.org.unit(id).map_or(String::new(), |u| u.name.clone());
    let body = html! {
        p class="soft number" { (crate::pages::parts::code(&code.to_string())) }
        @if readings.is_empty() { (empty(&visitor, "no-readings")) }
        @else {
            div class="sheet" {
                div class="scroll" tabindex="0" role="group" aria-label=(say("page.who-read")) {
                    table class="figures" {
                        thead { tr { @for column in ["when", "who", "where", "fields", "purpose"] { th { (say(&format!("page.log-{column}"))) } } } }
                        tbody {
                            @for r in &readings {
                                tr {
                                    td class="number" { (moment(&r.at.to_string())) }
                                    td { (desk.roster.names.get(&r.person).map_or("", String::as_str)) }
                                    td { (unit(r.unit)) }
                                    td { (r.fields) }
                                    td { (r.purpose) }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    let title = say("page.who-read");
    Ok(Frame::of(&visitor, &desk, &title, "log").show(&body))
}
