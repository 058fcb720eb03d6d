//! The workbench: what is waiting at one's desks, what turns yellow or red next.

use app::meetings::of_desk;
use app::{COUNT_MAX, Waiting, workbench};
use axum::response::Response;
use domain::matter::Lane;
use maud::{Markup, html};

use super::frame::{Frame, address};
use super::meetings::waiting;
use super::parts::{Line, empty, matters};
use super::trail::{Asked, Trail};
use super::upset::Upset;
use super::visitor::Visitor;
use crate::view::Namer;

/// How many tasks of a desk are read.
const TASKS: i64 = 50;

/// Shows the workbench.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let (desk, lists, tasks) = visitor
        .read(|conn, service, credential| {
            let (desk, lists) = workbench(conn, service, credential)?;
            let tasks = of_desk(conn, &desk, true, TASKS)?;
            Ok((desk, lists, tasks))
        })
        .await?;
    let namer = Namer::of(&desk, &visitor.locale);
    let sum = |of: fn(&Waiting) -> i64, lane: Lane| -> i64 {
        lists.iter().filter(|l| l.lane == lane).map(of).sum()
    };
    let own = if lists.iter().any(|l| l.lane == Lane::Held) { Lane::Held } else { Lane::Mine };
    let body = html! {
        ul class="tiles" {
            (tile(&visitor, "red", "tile-late", sum(|l| l.late, own), own))
            (tile(&visitor, "yellow", "tile-soon", sum(|l| l.soon, own), own))
            (tile(&visitor, "", "tile-mine", sum(|l| l.all, Lane::Mine), Lane::Mine))
            (tile(&visitor, "", "tile-called", sum(|l| l.all, Lane::Called), Lane::Called))
            (tile(&visitor, "", "tile-calling", sum(|l| l.all, Lane::Calling), Lane::Calling))
            (tile(&visitor, "", "tile-back", sum(|l| l.all, Lane::Back), Lane::Back))
            (tile(&visitor, "", "tile-supervised", sum(|l| l.all, Lane::Supervised), Lane::Supervised))
        }
        @if !desk.doors().is_empty() {
            p class="buttons" { a class="button go" href="/intake" { (visitor.say("page.nav-intake")) } }
        }
        (waiting(&visitor, &desk, &tasks))
        @if lists.is_empty() && tasks.is_empty() { (empty(&visitor, "nothing-waits")) }
        @for list in lists.iter() {
            @let asked = Asked { lane: list.lane.name().to_owned(), unit: unit_of(list), ..Asked::default() };
            @let lines: Vec<Line> = list.rows.iter().map(|(at, summary)| {
                let row = namer.row(summary.clone());
                Line { to: Trail::at(&asked, *at).to(&format!("/matters/{}", row.code)), row }
            }).collect();
            @let title = match list.unit {
                Some(unit) => format!("{} · {}", visitor.say(&format!("page.lane-{}", list.lane.name())), namer.unit(unit).label),
                None => visitor.say(&format!("page.lane-{}", list.lane.name())),
            };
            section class="sheet" {
                div class="head" {
                    h2 { (title) }
                    a href=(asked.address("")) {
                        (visitor.say_with("page.all-n", &[("n", counted(list.all))]))
                    }
                }
                (matters(&visitor, &lines, desk.now, false))
            }
        }
    };
    let title = visitor.say("page.nav-todo");
    Ok(Frame::of(&visitor, &desk, &title, "todo").show(&body))
}

fn unit_of(list: &Waiting) -> String {
    list.unit.map(|u| u.to_string()).unwrap_or_default()
}

/// A count, or that there are more than are counted.
fn counted(n: i64) -> String {
    if n > COUNT_MAX { format!("{COUNT_MAX}+") } else { n.to_string() }
}

fn tile(visitor: &Visitor, class: &str, word: &str, n: i64, lane: Lane) -> Markup {
    html! {
        li class={ "tile " (class) } {
            a href=(address("/matters", &[("lane", lane.name())])) {
                strong { (counted(n)) }
                (visitor.say(&format!("page.{word}")))
            }
        }
    }
}
