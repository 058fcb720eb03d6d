//! Pieces that pages are made of.

use domain::clock::Light;
use domain::time::Instant;
use maud::{Markup, html};

use super::veil::veil;
use super::visitor::Visitor;
use crate::view::Row;

/// A moment as people read it: `2026-11-24 09:30`, Beijing time.
pub fn moment(rfc3339: &str) -> String {
    match (rfc3339.get(..10), rfc3339.get(11..16)) {
        (Some(day), Some(time)) => format!("{day} {time}"),
        _ => rfc3339.to_owned(),
    }
}

/// The end of a limit as people read it. A limit that ends with a day ends at its 24:00, not at the
/// beginning of the next (Civil Code art. 203).
pub fn end(rfc3339: &str) -> String {
    let midnight = rfc3339.get(11..16) == Some("00:00");
    let before = rfc3339.parse::<Instant>().ok().filter(|_| midnight);
    before.map_or_else(
        || moment(rfc3339),
        |at| format!("{} 24:00", at.plus_ms(-1).to_string().get(..10).unwrap_or_default()),
    )
}

/// A legal length such as `3 workdays` in the visitor's language.
pub fn length(visitor: &Visitor, text: &str) -> String {
    let Some((n, unit)) = text.split_once(' ') else { return text.to_owned() };
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    visitor.say_with(&format!("page.length-{unit}"), &[("n", n.to_owned())])
}

/// The word of a light.
pub fn light_word(visitor: &Visitor, light: Light) -> String {
    let word = match light {
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
        Light::Off => "off",
    };
    visitor.say(&format!("light.{word}"))
}

/// A light: a shape, a colour and a word, so that none is needed to understand it.
pub fn light(visitor: &Visitor, light: Light) -> Markup {
    let (class, shape) = match light {
        Light::Green => ("green", html! { circle cx="8" cy="8" r="6" fill="currentColor" {} }),
        Light::Yellow => ("yellow", html! { path d="M8 1 15 14H1z" fill="currentColor" {} }),
        Light::Red => {
            ("red", html! { rect x="2" y="2" width="12" height="12" fill="currentColor" {} })
        }
        Light::Off => ("off", html! { path d="M2 8h12" stroke="currentColor" stroke-width="2" {} }),
    };
    html! {
        span class={ "light " (class) } {
            svg viewBox="0 0 16 16" aria-hidden="true" focusable="false" { (shape) }
            (light_word(visitor, light))
        }
    }
}

/// How long there is until something is due, or since when it is late.
pub fn remaining(visitor: &Visitor, due: &str, now: Instant) -> String {
    let Some(due) = due.parse::<Instant>().ok() else { return String::new() };
    let minutes = (due.0 - now.0) / 60_000;
    let (late, minutes) = (minutes < 0, minutes.abs());
    let (unit, n) = match minutes {
        0..60 => ("minutes", minutes),
        60..2_880 => ("hours", minutes / 60),
        _ => ("days", minutes / 1_440),
    };
    let key = format!("page.{}-{unit}", if late { "late" } else { "left" });
    visitor.say_with(&key, &[("n", n.to_string())])
}

/// A row of a list of matters, with the address that opens it.
pub struct Line {
    /// What it shows.
    pub row: Row,
    /// Where it leads.
    pub to: String,
}

/// Matters in a table; on a narrow screen, in cards. With boxes, several can be taken at once.
pub fn matters(visitor: &Visitor, lines: &[Line], now: Instant, boxes: bool) -> Markup {
    let say = |key: &str| visitor.say(key);
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(say("page.matters")) {
            table class="list" data-queue {
                thead {
                    tr {
                        @if boxes { th { span class="visually-hidden" { (say("page.take")) } } }
                        th { (say("page.col-light")) }
                        th { (say("page.col-title")) }
                        th { (say("page.col-state")) }
                        th { (say("page.col-place")) }
                        th { (say("page.col-holder")) }
                        th { (say("page.col-due")) }
                    }
                }
                tbody { @for line in lines { (matter(visitor, line, now, boxes)) } }
            }
        }
    }
}

fn matter(visitor: &Visitor, Line { row, to }: &Line, now: Instant, boxes: bool) -> Markup {
    let say = |key: &str| visitor.say(key);
    html! {
        tr {
            @if boxes {
                td class="box" {
                    input type="checkbox" name="code" value=(row.code) aria-label=(visitor.say_with("page.take-one", &[("title", row.title.clone())]));
                }
            }
            td { (light(visitor, row.light)) }
            td class="title" {
                a href=(to) { (row.title) }
                @if row.sealed { " " span class="tag red" { (say("page.sealed")) } }
                div class="small soft number" { (code(&row.code)) }
            }
            td class="state-of" data-name=(say("page.col-state")) { (row.state.label) }
            td data-name=(say("page.col-place")) { (row.place.label) }
            td data-name=(say("page.col-holder")) {
                (row.holder.label)
                @if let Some(handler) = &row.handler { div class="small soft" { (handler.label) } }
            }
            td data-name=(say("page.col-due")) class="number" {
                @if let Some(due) = &row.due_at {
                    (end(due))
                    div class="small soft" { (remaining(visitor, due, now)) }
                } @else { span class="soft" { "—" } }
            }
        }
    }
}

/// A matter's code in groups of four, as it is told on the telephone.
pub fn code(code: &str) -> String {
    let groups: Vec<&str> =
        (0..code.len()).step_by(4).filter_map(|at| code.get(at..at + 4)).collect();
    groups.join("-")
}

/// What is shown where there is nothing.
pub fn empty(visitor: &Visitor, key: &str) -> Markup {
    html! {
        div class="sheet empty" {
            strong { (visitor.say(&format!("page.{key}"))) }
            (visitor.say(&format!("page.{key}-hint")))
        }
    }
}

/// What is shown where there is nothing, with its own words.
pub fn empty_of(visitor: &Visitor, key: &str) -> Markup {
    html! { div class="sheet empty" { strong { (visitor.say(key)) } (visitor.say(&format!("{key}-hint"))) } }
}

/// What a form must repeat: the session's token, and a key under which it does one thing however
/// often it is sent.
pub fn secrets(csrf: &str, key: Option<&str>) -> Markup {
    let fresh = || app::random::<16>().map(|bytes| store::chain::hex(&bytes)).unwrap_or_default();
    let key = key.map_or_else(fresh, str::to_owned);
    html! {
        input type="hidden" name="csrf" value=(veil(csrf));
        input type="hidden" name="key" value=(key);
    }
}
