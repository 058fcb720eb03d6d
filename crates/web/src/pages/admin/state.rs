//! How the system stands: what waits, the last sealed day, the calendar.

use app::accounts::demand;
use axum::response::Response;
use domain::catalogue::Right;
use maud::html;
use store::{anchors, search, tallies};

use crate::pages::frame::Frame;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// How far what waits is counted.
const COUNT_MAX: i64 = 10_000;

/// Shows it.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let (desk, waits, anchor) = visitor
        .read(|conn, service, credential| {
            demand(conn, service, credential, Right::ManageSystem)?;
            let desk = app::Desk::open(conn, service, credential)?;
            let county = desk.who.county;
            let searches = search::waiting(conn, county, COUNT_MAX)?.len();
            let counts = tallies::waiting(conn, county, COUNT_MAX)?;
            Ok((desk, (searches, counts), anchors::last(conn, county)?))
        })
        .await?;
    let say = |key: &str| visitor.say(key);
    let db = visitor.web.service.db();
    let catalogue = &desk.state.catalogue;
    let body = html! {
        section class="sheet" {
            dl class="facts" {
                dt { (say("page.disk")) } dd { @if db.is_full() { strong { (say("page.disk-full")) } } @else { (say("page.disk-room")) } }
                dt { (say("page.writes-waiting")) } dd class="number" { (db.waiting()) }
                dt { (say("page.counts-waiting")) } dd class="number" { (waits.1) }
                dt { (say("page.entries-waiting")) } dd class="number" { (waits.0) }
                dt { (say("page.last-seal")) }
                dd class="number wrap" {
                    @match &anchor {
                        Some(anchor) => { (anchor.day) " · " (anchor.events) " · " (store::chain::hex(&anchor.root)) }
                        None => { "—" }
                    }
                }
                dt { (say("page.calendar")) } dd { (catalogue.calendar.version) }
                dt { (say("page.program")) } dd { (env!("CARGO_PKG_VERSION")) }
            }
            p class="small soft" { (say("page.backup-hint")) }
        }
    };
    let title = say("page.nav-state");
    Ok(Frame::of(&visitor, &desk, &title, "state").show(&body))
}
