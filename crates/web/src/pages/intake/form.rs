//! The form of intake.

use app::Desk;
use domain::kind::Kind;
use domain::matter::Offer;
use domain::org::Unit;
use maud::{Markup, html};

use super::hints::Hints;
use super::{AGENT, DETAILS, PARTIES_MAX, name};
use crate::pages::inputs::Inputs;
use crate::pages::parts::secrets;
use crate::pages::visitor::{Form, Visitor};
use crate::problem::{Problem, ProblemError};

/// The form of a door: what, whom, where, and what suggests itself.
pub fn form(
    visitor: &Visitor,
    desk: &Desk,
    (kind, offer): (&Kind, &Offer<'_>),
    again: Option<(&Form, Option<&Problem>)>,
    hints: &Hints,
) -> Markup {
    let typed = again.map(|(form, _)| form);
    let problem = again.and_then(|(_, problem)| problem);
    let errors = problem.map_or(&[][..], |p| p.errors.as_slice());
    let inputs = Inputs { visitor, desk, matter: None, form: typed, errors };
    let say = |key: &str| visitor.say(key);
    let locale = &visitor.locale;
    let was = |name: &str| typed.and_then(|f| f.get(name)).unwrap_or_default();
    let home = desk.posts().first().map(|p| name(desk, p.unit)).unwrap_or_default();
    html! {
        @if let Some(problem) = problem {
            div class="note bad" role="alert" tabindex="-1" data-focus {
                h2 { (say("page.wrong")) }
                ul { @for e in &problem.errors { li { @if let Some(field) = &e.field { span class="soft" { (field_name(visitor, offer, field)) "：" } } (e.message) " " (e.remedy) } } }
                @if problem.errors.is_empty() { p { (problem.detail) } }
            }
        }
        form class="intake" method="post" action="/intake" data-draft={ "/intake?" (kind.id.text) } data-hints="/intake/hints" {
            (secrets(&desk.csrf, typed.and_then(|f| f.get("key")).filter(|_| problem.is_none())))
            input type="hidden" name="kind" value=(kind.id.text);
            // Enter presses the first button of a form: it must be the one that registers.
            button class="visually-hidden" tabindex="-1" aria-hidden="true" { (say("page.register")) }
            section class="sheet" {
                h2 { (say("page.what")) }
                (line(&inputs, "title", &say("page.title"), was("title"), Some(200)))
                @for input in &offer.inputs { (inputs.field(input)) }
            }
            aside id="hints" aria-live="polite" aria-label=(say("page.suggestions")) { (hints.show(visitor, desk)) }
            (whom(visitor, kind, &inputs))

            section class="sheet" {
                h2 { (say("page.where")) }
                div class="pair" {
                    div class="field" {
                        label for="place" { (say("page.col-place")) }
                        p class="hint" { (say("page.hint-place")) }
                        @if let Some(wrong) = inputs.wrong("place") { p class="wrong" { (wrong.message) " " (wrong.remedy) } }
                        input id="place" name="place" list="places" autocomplete="off" data-units
                            value=(if typed.is_some() { was("place") } else { &home });
                        (places(desk))
                    }
                    @if let Some(list) = kind.sources.as_ref().and_then(|l| desk.state.catalogue.lists.get(l.as_str())) {
                        div class="field" {
                            label for="source" { (say("page.source")) }
                            @if let Some(wrong) = inputs.wrong("source") { p class="wrong" { (wrong.message) " " (wrong.remedy) } }
                            // The first of the list is the usual one: what comes to a window.
                            select id="source" name="source" {
                                @for item in list.items.values() { option value=(item.id.text) selected[was("source") == item.id.text] { (item.label.get(locale)) } }
                            }
                        }
                    }
                }
                (flags(visitor, kind, typed))
                div class="buttons" {
                    button class="go" { (say("page.register")) }
                    button name="check" value="yes" formnovalidate { (say("page.check")) }
                }
            }
        }
    }
}

fn flags(visitor: &Visitor, kind: &Kind, typed: Option<&Form>) -> Markup {
    let locale = &visitor.locale;
    let say = |key: &str| visitor.say(key);
    html! {
                fieldset class="field" {
                    legend { (say("page.flags")) span class="optional" { (say("page.optional")) } }
                    div class="choices" {
                        @for flag in kind.flags.values().filter(|f| f.at_intake) {
                            div class="choice" {
                                input type="checkbox" id={ "flag-" (flag.id.text) } name="flag" value=(flag.id.text)
                                    checked[typed.is_some_and(|f| f.all("flag").any(|v| v == flag.id.text))];
                                label for={ "flag-" (flag.id.text) } { (flag.label.get(locale)) }
                                @if let Some(advice) = &flag.advice {
                                    details class="small" {
                                        summary { (say("page.what-to-do")) }
                                        p { (advice.get(locale)) @if let Some(law) = &flag.law { " (" (law) ")" } }
                                    }
                                }
                            }
                        }
                    }
                }
    }
}

fn field_name(visitor: &Visitor, offer: &Offer<'_>, field: &str) -> String {
    let of = |name: &str| offer.inputs.iter().find(|i| i.name == name).and_then(|i| i.declared);
    match field.strip_prefix("fields.").and_then(of) {
        Some(field) => field.label.get(&visitor.locale).to_owned(),
        None => match field.rsplit('.').next() {
            Some("title") => visitor.say("page.title"),
            Some("place") => visitor.say("page.col-place"),
            Some("source") => visitor.say("page.source"),
            Some(detail) if DETAILS.iter().any(|(d, _)| *d == detail) => {
                visitor.say(&format!("page.detail-{detail}"))
            }
            _ if field.starts_with("parties") => visitor.say("page.parties"),
            _ => field.to_owned(),
        },
    }
}

fn line(inputs: &Inputs<'_>, name: &str, label: &str, value: &str, max: Option<u32>) -> Markup {
    let wrong = inputs.wrong(name);
    html! {
        div class=(if wrong.is_some() { "field bad" } else { "field" }) {
            label for=(name) { (label) }
            @if let Some(wrong) = wrong { p class="wrong" id={ (name) "-wrong" } { (wrong.message) " " (wrong.remedy) } }
            input id=(name) name=(name) value=(value) maxlength=[max] autocomplete="off"
                aria-describedby=[wrong.map(|_| format!("{name}-wrong"))];
        }
    }
}

/// The parties: one block for each role that must be there, and as many more as were asked for.
fn whom(visitor: &Visitor, kind: &Kind, inputs: &Inputs<'_>) -> Markup {
    let say = |key: &str| visitor.say(key);
    let needed: Vec<&str> = kind
        .parties
        .values()
        .flat_map(|r| std::iter::repeat_n(r.id.text.as_str(), r.count.0.max(1)))
        .collect();
    let was = |n: usize, name: &str| {
        inputs.form.and_then(|f| f.get(&format!("p{n}.{name}"))).unwrap_or_default()
    };
    let typed = (0..PARTIES_MAX).filter(|n| !was(*n, "role").is_empty()).count();
    let asked = usize::from(inputs.form.is_some_and(|f| f.get("more").is_some()));
    let count = (typed.max(needed.len()) + asked).min(PARTIES_MAX);
    html! {
        section class="sheet" id="parties" {
            h2 { (say("page.parties")) }
            @for n in 0..count {
                @let role = if was(n, "role").is_empty() { needed.get(n).copied().unwrap_or_default() } else { was(n, "role") };
                fieldset class="party" {
                    legend class="visually-hidden" { (say("page.party")) " " (n + 1) }
                    div class="pair" {
                        div class="field" {
                            label for={ "p" (n) ".role" } { (say("page.role")) }
                            select id={ "p" (n) ".role" } name={ "p" (n) ".role" } {
                                @for r in kind.parties.values() { option value=(r.id.text) selected[r.id.text == role] { (r.label.get(&visitor.locale)) } }
                            }
                        }
                        div class="field" {
                            label for={ "p" (n) ".sort" } { (say("page.sort")) }
                            select id={ "p" (n) ".sort" } name={ "p" (n) ".sort" } {
                                @for sort in ["person", "organisation"] { option value=(sort) selected[was(n, "sort") == sort] { (say(&format!("page.sort-{sort}"))) } }
                            }
                        }
                        @for (name, media) in DETAILS {
                            @let wrong = inputs.wrong(&format!("parties.{n}.details.{name}")).or(inputs.wrong(&format!("parties.{n}.{name}")));
                            (detail(visitor, &format!("p{n}.{name}"), (name, media), was(n, name), wrong))
                        }
                    }
                    details open[!was(n, "agent").is_empty()] {
                        summary { (say("page.agent")) }
                        div class="pair" {
                            @for (name, media) in AGENT {
                                (detail(visitor, &format!("p{n}.{name}"), (name, media), was(n, name), inputs.wrong(&format!("parties.{n}.details.{name}"))))
                            }
                        }
                    }
                    div class="choice" {
                        input type="checkbox" id={ "p" (n) ".interpreter" } name={ "p" (n) ".interpreter" } value="yes" checked[!was(n, "interpreter").is_empty()];
                        label for={ "p" (n) ".interpreter" } { (say("page.interpreter")) }
                    }
                }
            }
            button name="more" value="yes" formnovalidate { (say("page.more-parties")) }
        }
    }
}

fn detail(
    visitor: &Visitor,
    id: &str,
    (name, media): (&str, &str),
    value: &str,
    wrong: Option<&ProblemError>,
) -> Markup {
    html! {
        div class=(if wrong.is_some() { "field bad" } else { "field" }) {
            label for=(id) {
                (visitor.say(&format!("page.detail-{name}")))
                @if name != "name" { span class="optional" { (visitor.say("page.optional")) } }
            }
            @if let Some(wrong) = wrong { p class="wrong" { (wrong.message) " " (wrong.remedy) } }
            input type=(media) id=(id) name=(id) value=(value) autocomplete="off";
        }
    }
}

/// Townships and villages to choose from while typing.
fn places(desk: &Desk) -> Markup {
    let org = &desk.roster.org;
    let depth = |unit: &Unit| org.lineage(unit.id).count();
    let mut all: Vec<&Unit> =
        org.units().filter(|u| u.is_place() && u.holds && (2..=3).contains(&depth(u))).collect();
    all.sort_by_key(|u| u.id);
    html! { datalist id="places" { @for unit in all { option value=(name(desk, unit.id)) {} } } }
}
