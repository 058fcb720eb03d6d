//! Intake at the window: one form for whatever is brought.

use app::Desk;
use app::matters::register;
use axum::extract::Query;
use axum::response::Response;
use domain::ids::UnitId;
use domain::kind::Kind;
use domain::matter::{Intake, Offer, PartyIntake};
use domain::org::Unit;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::frame::{Frame, address};
use super::inputs::{Inputs, data};
use super::matter::to_matter;
use super::parts::{empty, secrets};
use super::upset::Upset;
use super::visitor::{Form, Posted, Visitor};
use crate::problem::Problem;

/// What may be told of a party at the window, in the order of asking; the name alone is needed.
const DETAILS: [(&str, &str); 4] =
    [("name", "text"), ("phone", "tel"), ("id-number", "text"), ("address", "text")];
/// The most parties of one form; a larger group is imported.
const PARTIES_MAX: usize = 50;

/// Which door.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
}

/// Shows the form.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    Ok(page(&visitor, &desk, &asked.kind, None))
}

/// Registers what was brought; where the form is not right, shows it again.
pub async fn take(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    let desk = visitor.desk().await.map_err(|upset| upset.keeping(&form))?;
    let kind = form.get("kind").unwrap_or_default().to_owned();
    if form.get("more").is_some() {
        return Ok(page(&visitor, &desk, &kind, Some((&form, None))));
    }
    let intake = intake(&desk, &kind, &form);
    let done = visitor
        .write(move |conn, service, credential| {
            register(conn, service, credential, &intake, keyed.as_ref())
        })
        .await;
    match done {
        Ok(answered) => {
            let receipt: Json = serde_json::from_str(&answered.body).unwrap_or_default();
            let code = receipt["code"].as_str().unwrap_or_default();
            Ok(to_matter(code, "new"))
        }
        Err(upset) if upset.is_about_the_form() => {
            Ok(page(&visitor, &desk, &kind, Some((&form, Some(&upset.problem())))))
        }
        Err(upset) => Err(upset.keeping(&form)),
    }
}

fn intake(desk: &Desk, kind: &str, form: &Form) -> Intake {
    let offer = desk.doors().into_iter().find(|(k, _)| k.id.text == kind).map(|(_, offer)| offer);
    let fields = offer.map(|o| data(&o.inputs, form)).unwrap_or_default();
    let typed = form.get("place").unwrap_or_default();
    Intake {
        kind: kind.to_owned(),
        place: place(desk, typed).map_or_else(|| typed.to_owned(), |u| u.id.to_string()),
        source: form.get("source").map(str::to_owned),
        title: form.get("title").unwrap_or_default().to_owned(),
        fields,
        parties: (0..PARTIES_MAX).filter_map(|n| party(form, n)).collect(),
        flags: form.all("flag").map(str::to_owned).collect(),
    }
}

/// A party, if anything was told of it.
fn party(form: &Form, n: usize) -> Option<PartyIntake> {
    let detail = |name: &str| {
        let value = form.get(&format!("p{n}.{name}"))?;
        Some((name.to_owned(), Json::String(value.to_owned())))
    };
    let details: Map<String, Json> = DETAILS.iter().filter_map(|(name, _)| detail(name)).collect();
    (!details.is_empty()).then(|| PartyIntake {
        role: form.get(&format!("p{n}.role")).unwrap_or_default().to_owned(),
        sort: form.get(&format!("p{n}.sort")).map(str::to_owned),
        interpreter: form.get(&format!("p{n}.interpreter")).is_some(),
        details,
    })
}

/// The division that was typed: by its code, its name, or the first letters of its pinyin, where only
/// one fits.
fn place<'a>(desk: &'a Desk, typed: &str) -> Option<&'a Unit> {
    let org = &desk.roster.org;
    if let Some(unit) = org.place(typed) {
        return Some(unit);
    }
    let today = desk.now.day();
    let full = |unit: &Unit| name(desk, unit.id);
    let standing = || org.units().filter(|u| u.is_place() && u.stands_on(today));
    let exact: Vec<&Unit> = standing().filter(|u| full(u) == typed || u.place == typed).collect();
    if let [one] = exact.as_slice() {
        return Some(one);
    }
    let small = typed.to_lowercase();
    let fits: Vec<&Unit> = standing().filter(|u| app::org::fits(&u.place, &small)).collect();
    match fits.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// A division with the one above it: 弥城镇 文笔社区.
fn name(desk: &Desk, id: UnitId) -> String {
    let org = &desk.roster.org;
    let mut names: Vec<&str> = org
        .lineage(id)
        .filter(|u| Some(*u) != org.root())
        .filter_map(|u| Some(org.unit(u)?.place.as_str()))
        .collect();
    names.reverse();
    if names.is_empty() {
        org.unit(id).map_or(String::new(), |u| u.place.clone())
    } else {
        names.join(" ")
    }
}

fn page(
    visitor: &Visitor,
    desk: &Desk,
    kind: &str,
    again: Option<(&Form, Option<&Problem>)>,
) -> Response {
    let doors = desk.doors();
    let chosen = doors.iter().find(|(k, _)| k.id.text == kind).or(doors.first());
    let body = html! {
        @match chosen {
            None => { (empty(visitor, "no-door")) }
            Some((kind, offer)) => {
                nav class="buttons" aria-label=(visitor.say("page.kinds")) {
                    @for (other, _) in &doors {
                        a class=(if other.id.text == kind.id.text { "button go" } else { "button" })
                            aria-current=[(other.id.text == kind.id.text).then_some("true")]
                            href=(address("/intake", &[("kind", &other.id.text)])) { (other.label.get(&visitor.locale)) }
                    }
                }
                (form(visitor, desk, kind, offer, again))
            }
        }
    };
    let title = visitor.say("page.nav-intake");
    Frame::of(visitor, desk, &title, "intake").show(&body)
}

fn form(
    visitor: &Visitor,
    desk: &Desk,
    kind: &Kind,
    offer: &Offer<'_>,
    again: Option<(&Form, Option<&Problem>)>,
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
        form method="post" action="/intake" data-draft={ "/intake?" (kind.id.text) } {
            (secrets(&desk.csrf, typed.and_then(|f| f.get("key")).filter(|_| problem.is_none())))
            input type="hidden" name="kind" value=(kind.id.text);
            section class="sheet" {
                h2 { (say("page.what")) }
                (line(&inputs, "title", &say("page.title"), was("title"), Some(200)))
                @for input in &offer.inputs { (inputs.field(input)) }
            }
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
                fieldset class="field" {
                    legend { (say("page.flags")) span class="optional" { (say("page.optional")) } }
                    div class="choices" {
                        @for flag in kind.flags.values().filter(|f| f.at_intake) {
                            div class="choice" {
                                input type="checkbox" id={ "flag-" (flag.id.text) } name="flag" value=(flag.id.text)
                                    checked[typed.is_some_and(|f| f.all("flag").any(|v| v == flag.id.text))];
                                label for={ "flag-" (flag.id.text) } { (flag.label.get(locale)) }
                            }
                        }
                    }
                }
                div class="buttons" { button class="go" { (say("page.register")) } }
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
                            div class=(if wrong.is_some() { "field bad" } else { "field" }) {
                                label for={ "p" (n) "." (name) } {
                                    (say(&format!("page.detail-{name}")))
                                    @if name != "name" { span class="optional" { (say("page.optional")) } }
                                }
                                @if let Some(wrong) = wrong { p class="wrong" { (wrong.message) " " (wrong.remedy) } }
                                input type=(media) id={ "p" (n) "." (name) } name={ "p" (n) "." (name) } value=(was(n, name)) autocomplete="off";
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

/// Townships and villages to choose from while typing.
fn places(desk: &Desk) -> Markup {
    let org = &desk.roster.org;
    let depth = |unit: &Unit| org.lineage(unit.id).count();
    let mut all: Vec<&Unit> =
        org.units().filter(|u| u.is_place() && u.holds && (2..=3).contains(&depth(u))).collect();
    all.sort_by_key(|u| u.id);
    html! { datalist id="places" { @for unit in all { option value=(name(desk, unit.id)) {} } } }
}
