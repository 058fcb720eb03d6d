//! What was promised, part by part: how it is typed, and how far it is performed.

use app::matters::Look;
use domain::matter::{Instalment, Matter};
use domain::time::Day;
use maud::{Markup, html};
use serde_json::{Map, Value as Json, json};

use super::inputs::{fen, yuan};
use super::visitor::{Form, Visitor};

/// How many rows the form shows, and how many more on request.
const ROWS: usize = 3;
const MORE: usize = 9;
/// The most parts that one row is repeated into.
const TIMES_MAX: u32 = 120;

/// The rows of a form: a day, an amount and words each, and the first of them every so many months.
pub fn rows(visitor: &Visitor, form: Option<&Form>, name: &str) -> Markup {
    let typed =
        |part: &str| form.and_then(|f| f.get(&format!("{name}.{part}"))).unwrap_or_default();
    let row = |no: usize| {
        html! {
            div class="instalment" {
                @for (part, kind) in [("due", "date"), ("amount", "text"), ("what", "text")] {
                    @let at = format!("{name}.{no}.{part}");
                    div class="field" {
                        label for=(at) { (visitor.say(&format!("page.instalment-{part}"))) span class="visually-hidden" { " " (no) } }
                        input type=(kind) id=(at) name=(at) value=(typed(&format!("{no}.{part}"))) autocomplete="off"
                            maxlength="200" inputmode=[(part == "amount").then_some("decimal")];
                    }
                }
            }
        }
    };
    let has = |from: usize| (from..=ROWS + MORE).any(|no| !typed(&format!("{no}.due")).is_empty());
    html! {
        details open[has(1)] {
            summary { (visitor.say("page.instalments-fill")) }
            @for no in 1..=ROWS { (row(no)) }
            div class="instalment" {
                @for part in ["every", "times"] {
                    @let at = format!("{name}.{part}");
                    div class="field" {
                        label for=(at) { (visitor.say(&format!("page.instalment-{part}"))) }
                        input type="text" inputmode="numeric" id=(at) name=(at) value=(typed(part)) autocomplete="off" maxlength="3";
                    }
                }
            }
            details open[has(ROWS + 1)] {
                summary class="small" { (visitor.say("page.instalments-more")) }
                @for no in ROWS + 1..=ROWS + MORE { (row(no)) }
            }
        }
    }
}

/// What the rows say; none where nothing was typed.
pub fn typed(name: &str, form: &Form) -> Option<Json> {
    let said = |part: String| form.get(&format!("{name}.{part}")).filter(|text| !text.is_empty());
    let row = |no: usize| {
        let mut one = Map::new();
        for part in ["due", "amount", "what"] {
            if let Some(text) = said(format!("{no}.{part}")) {
                one.insert(part.to_owned(), if part == "amount" { fen(text) } else { json!(text) });
            }
        }
        (!one.is_empty()).then_some(Json::Object(one))
    };
    let mut all: Vec<Json> = (1..=ROWS + MORE).filter_map(row).collect();
    let times: u32 = said("times".into()).and_then(|n| n.parse().ok()).unwrap_or(1);
    let every: u32 = said("every".into()).and_then(|n| n.parse().ok()).unwrap_or(1);
    if let Some(first) = all.first().cloned() {
        all.extend(repeated(&first, every, times.min(TIMES_MAX)));
    }
    (!all.is_empty()).then_some(Json::Array(all))
}

/// The same part again, each so many months after the first.
fn repeated(first: &Json, every: u32, times: u32) -> Vec<Json> {
    let due = first["due"].as_str().and_then(|text| text.parse::<Day>().ok());
    let Some(due) = due.filter(|_| every > 0) else { return Vec::new() };
    let again = |n: u32| {
        let mut one = first.clone();
        one["due"] = json!(due.plus_months(every * n));
        one
    };
    (1..times).map(again).collect()
}

/// The parts that are still owed, to choose from; the next comes first.
pub fn owed(visitor: &Visitor, matter: Option<&Matter>) -> Vec<(String, String)> {
    let all = matter.map_or(&[][..], |m| m.instalments.as_slice());
    let label = |one: &Instalment| {
        let mut words = vec![number(visitor, one), one.due.to_string()];
        words.extend(one.amount.map(|n| amount(visitor, n)));
        words.extend(one.what.clone());
        words.join(" · ")
    };
    all.iter().filter(|one| one.is_open()).map(|one| (one.no.to_string(), label(one))).collect()
}

fn number(visitor: &Visitor, one: &Instalment) -> String {
    visitor.say_with("page.instalment-no", &[("n", one.no.to_string())])
}

fn amount(visitor: &Visitor, fen: i64) -> String {
    format!("{} {}", yuan(fen), visitor.say("page.yuan"))
}

/// How far what was promised is performed; nothing where nothing was promised.
pub fn section(visitor: &Visitor, look: &Look) -> Markup {
    let all = &look.matter.instalments;
    let total: i64 = all.iter().filter_map(|one| one.amount).sum();
    let paid: i64 = all.iter().filter(|one| !one.is_open()).filter_map(|one| one.amount).sum();
    let has_words = all.iter().any(|one| one.what.is_some());
    html! {
        @if !all.is_empty() {
            section class="sheet" id="performance" {
                h2 { (visitor.say("page.performance")) }
                @if total > 0 {
                    p class="small soft" {
                        (visitor.say_with("page.performed-of", &[("done", yuan(paid)), ("all", yuan(total))]))
                    }
                }
                div class="scroll" tabindex="0" role="group" aria-label=(visitor.say("page.performance")) { table class="ruled" {
                    thead { tr {
                        th scope="col" { (visitor.say("page.instalment")) }
                        th scope="col" { (visitor.say("page.instalment-due")) }
                        @if total > 0 { th scope="col" class="n" { (visitor.say("page.instalment-amount")) } }
                        @if has_words { th scope="col" { (visitor.say("page.instalment-what")) } }
                        th scope="col" { (visitor.say("page.col-state")) }
                    } }
                    tbody { @for one in all { tr {
                        th scope="row" { (number(visitor, one)) }
                        td class="number" { (one.due) }
                        @if total > 0 { td class="n" { @if let Some(fen) = one.amount { (yuan(fen)) } } }
                        @if has_words { td class="title" { @if let Some(what) = &one.what { (what) } } }
                        td { (standing(visitor, one, look.desk.now.day())) }
                    } } }
                } }
            }
        }
    }
}

fn standing(visitor: &Visitor, one: &Instalment, today: Day) -> Markup {
    html! {
        @match one.performed_on {
            Some(on) => {
                span class="tag" { (visitor.say("page.performed")) } " " span class="number small" { (on) }
                @if on > one.due { " " span class="tag yellow" { (visitor.say("page.performed-late")) } }
            }
            None if one.is_late(today) => span class="tag red" { (visitor.say("page.not-performed")) },
            None => span class="soft" { (visitor.say("page.not-due")) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn rows_are_read_and_empty_ones_left_out() {
        assert_eq!(typed("f.x", &form(&[("f.x.1.due", ""), ("f.x.2.what", "")])), None);
        let two = form(&[
            ("f.x.1.due", "2026-03-31"),
            ("f.x.1.amount", "1,000"),
            ("f.x.3.due", "2026-05-01"),
        ]);
        let read = typed("f.x", &two).expect("two rows");
        assert_eq!(
            read,
            json!([{ "due": "2026-03-31", "amount": 100_000 }, { "due": "2026-05-01" }])
        );
    }

    #[test]
    fn the_first_row_is_repeated_by_months_to_their_last_day() {
        let monthly = form(&[
            ("f.x.1.due", "2026-01-31"),
            ("f.x.1.amount", "500"),
            ("f.x.every", "1"),
            ("f.x.times", "3"),
        ]);
        let read = typed("f.x", &monthly).expect("three");
        let days: Vec<&str> =
            read.as_array().expect("a list").iter().filter_map(|o| o["due"].as_str()).collect();
        assert_eq!(days, ["2026-01-31", "2026-02-28", "2026-03-31"]);
    }

    #[test]
    fn what_is_no_day_is_left_to_the_engine_to_refuse() {
        let read = typed("f.x", &form(&[("f.x.1.due", "soon"), ("f.x.times", "9")])).expect("one");
        assert_eq!(read, json!([{ "due": "soon" }]));
    }
}
