//! Intake at the window: one form for whatever is brought.

mod form;
mod hints;

use app::Desk;
use app::matters::register;
use axum::extract::Query;
use axum::response::Response;
use domain::ids::MatterCode;
use domain::ids::UnitId;
use domain::kind::Kind;
use domain::matter::{Intake, Offer, PartyIntake};
use domain::org::Unit;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use self::hints::Hints;
use super::frame::{Frame, address, html_of};
use super::inputs::data;
use super::matter::to_matter;
use super::parts::empty;
use super::trail::Trail;
use super::upset::Upset;
use super::visitor::{Form, Posted, Visitor};
use crate::problem::Problem;

/// What may be told of a party at the window, in the order of asking; the name alone is needed.
const DETAILS: [(&str, &str); 4] =
    [("name", "text"), ("phone", "tel"), ("id-number", "text"), ("address", "text")];
/// What may be told of who stands in for a party.
const AGENT: [(&str, &str); 2] = [("agent", "text"), ("agent-phone", "tel")];
/// The most parties of one form; a larger group is imported.
const PARTIES_MAX: usize = 50;
/// How many kinds are offered at once.
const KINDS: usize = 8;
/// The most matters that a new one is tied to at once.
const TIES_MAX: usize = 5;
/// Begins the name of every input that is data.
const DATA: &str = "f.";

/// The buttons that ask for the form again, with more in it.
const AGAIN: [&str; 3] = ["more", "check", "category"];

/// Which door.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    kind: String,
}

/// Shows the form.
pub async fn show(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Response, Upset> {
    let desk = visitor.desk().await?;
    Ok(page(&visitor, &desk, &asked.kind, None, &Hints::default()))
}

/// What the form says, read once.
struct Brought {
    kind: String,
    intake: Intake,
    ties: Vec<MatterCode>,
}

/// Registers what was brought; where the form is not right, or more is wanted of it, shows it again.
pub async fn take(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, mut form, keyed } = posted;
    let kind = form.get("kind").unwrap_or_default().to_owned();
    if AGAIN.iter().any(|name| form.get(name).is_some()) {
        let (desk, hints) = hints::read(&visitor, &form).await.map_err(|u| u.keeping(&form))?;
        choose(&desk, &kind, &mut form);
        return Ok(page(&visitor, &desk, &kind, Some((&form, None)), &hints));
    }
    let desk = visitor.desk().await.map_err(|upset| upset.keeping(&form))?;
    let Brought { intake, ties, .. } = brought(&desk, &form);
    let done = visitor
        .write(move |conn, service, credential| {
            register(conn, service, credential, (&intake, &ties), keyed.as_ref())
        })
        .await;
    match done {
        Ok(answered) => {
            let receipt: Json = serde_json::from_str(&answered.body).unwrap_or_default();
            let code = receipt["code"].as_str().unwrap_or_default();
            Ok(to_matter(code, "new", &Trail::default()))
        }
        Err(upset) if upset.is_about_the_form() => {
            let (desk, hints) = hints::read(&visitor, &form).await.map_err(|u| u.keeping(&form))?;
            Ok(page(&visitor, &desk, &kind, Some((&form, Some(&upset.problem()))), &hints))
        }
        Err(upset) => Err(upset.keeping(&form)),
    }
}

/// What suggests itself for what is typed so far, as the piece of the page that shows it.
pub async fn suggest(posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let (desk, hints) = hints::read(&visitor, &form).await?;
    Ok(html_of(&hints.show(&visitor, &desk)))
}

/// Takes on the category that was chosen among those suggested.
fn choose(desk: &Desk, kind: &str, form: &mut Form) {
    let Some(category) = form.get("category").map(str::to_owned) else { return };
    let field = desk.state.catalogue.kinds.get(kind).and_then(|k| k.category.as_ref());
    if let Some(field) = field {
        let name = format!("{DATA}{}", field.text);
        form.0.retain(|(n, _)| *n != name);
        form.0.push((name, category));
    }
}

fn brought(desk: &Desk, form: &Form) -> Brought {
    let kind = form.get("kind").unwrap_or_default();
    let offer = desk.doors().into_iter().find(|(k, _)| k.id.text == kind).map(|(_, offer)| offer);
    let fields = offer.map(|o| data(&o.inputs, form)).unwrap_or_default();
    let typed = form.get("place").unwrap_or_default();
    let intake = Intake {
        kind: kind.to_owned(),
        place: place(desk, typed).map_or_else(|| typed.to_owned(), |u| u.id.to_string()),
        source: form.get("source").map(str::to_owned),
        title: form.get("title").unwrap_or_default().to_owned(),
        fields,
        parties: (0..PARTIES_MAX).filter_map(|n| party(form, n)).collect(),
        flags: form.all("flag").map(str::to_owned).collect(),
    };
    let ties = form.all("tie").filter_map(|code| code.parse().ok()).take(TIES_MAX).collect();
    Brought { kind: kind.to_owned(), intake, ties }
}

/// A party, if anything was told of it.
fn party(form: &Form, n: usize) -> Option<PartyIntake> {
    let detail = |name: &str| {
        let value = form.get(&format!("p{n}.{name}"))?;
        Some((name.to_owned(), Json::String(value.to_owned())))
    };
    let details: Map<String, Json> =
        DETAILS.iter().chain(&AGENT).filter_map(|(name, _)| detail(name)).collect();
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

/// The kinds that can be taken in; the less usual are folded away unless one of them is chosen.
fn kinds(visitor: &Visitor, doors: &[(&Kind, Offer<'_>)], chosen: &Kind) -> Markup {
    let one = |other: &Kind| {
        let here = other.id.text == chosen.id.text;
        html! {
            a class=(if here { "button go" } else { "button" }) aria-current=[here.then_some("true")]
                href=(address("/intake", &[("kind", &other.id.text)])) { (other.label.get(&visitor.locale)) }
        }
    };
    let (usual, rest) = doors.split_at(doors.len().min(KINDS));
    let open = rest.iter().any(|(other, _)| other.id.text == chosen.id.text);
    html! {
        nav class="kinds" aria-label=(visitor.say("page.kinds")) {
            div class="buttons" { @for (other, _) in usual { (one(other)) } }
            @if !rest.is_empty() {
                details open[open] {
                    summary { (visitor.say_with("page.more-kinds", &[("n", rest.len().to_string())])) }
                    div class="buttons" { @for (other, _) in rest { (one(other)) } }
                }
            }
        }
    }
}

fn page(
    visitor: &Visitor,
    desk: &Desk,
    kind: &str,
    again: Option<(&Form, Option<&Problem>)>,
    hints: &Hints,
) -> Response {
    let doors = desk.doors();
    let chosen = doors.iter().find(|(k, _)| k.id.text == kind).or(doors.first());
    let body = html! {
        @match chosen {
            None => { (empty(visitor, "no-door")) }
            Some((kind, offer)) => {
                (kinds(visitor, &doors, kind))
                (form::form(visitor, desk, (kind, offer), again, hints))
            }
        }
    };
    let title = visitor.say("page.nav-intake");
    Frame::of(visitor, desk, &title, "intake").show(&body)
}
