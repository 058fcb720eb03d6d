//! The calendar of working days that deadlines are counted by: which years are loaded, under which notice.

use axum::response::Response;
use domain::clock::Year;
use domain::time::Day;
use maud::{Markup, html};

use crate::pages::frame::Frame;
use crate::pages::upset::Upset;
use crate::pages::visitor::Visitor;

/// Shows the calendar, the newest year first.
pub async fn show(visitor: Visitor) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    let say = |key: &str| visitor.say(key);
    let calendar = &desk.state.catalogue.calendar;
    let today = desk.now.day();
    let hours: Vec<String> = calendar
        .office_hours
        .iter()
        .map(|(from, until)| format!("{}–{}", minute(*from), minute(*until)))
        .collect();
    let body = html! {
        section class="sheet" {
            dl class="facts" {
                dt { (say("page.calendar-version")) } dd { (calendar.version) }
                dt { (say("page.office-hours")) } dd class="number" { (hours.join("、")) }
                dt { (say("page.today")) }
                dd { (today) " · " (say(if calendar.is_workday(today) { "page.a-workday" } else { "page.a-rest-day" })) }
            }
            p class="small soft" { (say("page.calendar-hint")) }
            @if !calendar.covers(today.plus(60)) { p class="note bad" role="note" { (say("page.calendar-ends")) } }
        }
        @for year in calendar.years().iter().rev() { (of_year(&visitor, year, year.year == today.date().year())) }
    };
    Ok(Frame::of(&visitor, &desk, &say("page.calendar"), "catalogue").show(&body))
}

fn minute(of_day: i64) -> String {
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

fn of_year(visitor: &Visitor, year: &Year, open: bool) -> Markup {
    let say = |key: &str| visitor.say(key);
    html! {
        details class="sheet" open[open] {
            summary { strong { (year.year) } " " span class="soft" { (year.notice) } }
            div class="scroll" tabindex="0" role="group" aria-label=(year.year) {
                table class="figures" {
                    thead { tr { th { (say("page.holiday")) } th { (say("page.rest-days")) } th class="n" { (say("page.days")) } th { (say("page.worked-weekends")) } } }
                    tbody {
                        @for (name, days) in by_name(&year.holidays) {
                            @let worked: Vec<String> = year.workdays.iter().filter(|(_, of)| *of == name).map(|(d, _)| d.to_string()).collect();
                            tr {
                                th scope="row" { (name) }
                                td class="number" { (spans(&days)) }
                                td class="n" { (days.len()) }
                                td class="number" { (worked.join("、")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The days of each holiday, in order.
fn by_name(holidays: &[(Day, String)]) -> Vec<(String, Vec<Day>)> {
    let mut all: Vec<(String, Vec<Day>)> = Vec::new();
    for (day, name) in holidays {
        match all.iter_mut().find(|(known, _)| known == name) {
            Some((_, days)) => days.push(*day),
            None => all.push((name.clone(), vec![*day])),
        }
    }
    all
}

/// Days that follow one another as one span.
fn spans(days: &[Day]) -> String {
    let written = |span: &[Day]| match span {
        [one] => one.to_string(),
        [first, .., last] => format!("{first} — {last}"),
        [] => String::new(),
    };
    days.chunk_by(|a, b| a.plus(1) == *b).map(written).collect::<Vec<_>>().join("、")
}
