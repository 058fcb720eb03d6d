//! The form of a record, made from the register's fields: entering one, changing one.

use app::registers::{
    AtRegister, Change, Looked, change as change_it, enter as enter_it, look, owner_name,
};
use app::{Desk, Error};
use axum::extract::Path;
use axum::response::Response;
use domain::ids::{RecordId, UnitId};
use domain::matter::{OfferInput, Refusal, Rule, Value};
use domain::register::{NoPlace, Places, Register, RegisterField, Territory, readable};
use maud::{Markup, html};
use serde_json::{Map, Value as Json};
use store::Conn;
use store::records;

use super::{address_of, record_id, to_record};
use crate::pages::frame::Frame;
use crate::pages::inputs::{Inputs, data, is_about, yuan};
use crate::pages::parts::secrets;
use crate::pages::upset::Upset;
use crate::pages::visitor::{Form, Posted, Visitor};
use crate::view::value_json;

/// Up to so many owners are offered in a list; beyond, the owner is written.
const OWNERS_MAX: usize = 200;
/// The most titles that are offered where a record is referred to.
const TITLES_MAX: i64 = 300;

/// Titles of the records that a field may point to, by the field.
type Titles = Vec<(String, Vec<String>)>;

fn titles(conn: &mut Conn, at: &AtRegister) -> Result<Titles, Error> {
    let mut all = Titles::new();
    for (id, field) in &at.register.fields {
        let Some(of) = &field.of else { continue };
        let names = records::names(conn, at.desk.who.county, of.as_str(), TITLES_MAX)?;
        let near = names.into_iter().filter(|(unit, ..)| at.may_write(*unit));
        let mut names: Vec<String> = near.map(|(_, title, _)| title).collect();
        names.dedup();
        all.push((id.clone(), names));
    }
    Ok(all)
}

/// Shows an empty form.
pub async fn blank(visitor: Visitor, Path(register): Path<String>) -> Result<Response, Upset> {
    empty(&visitor, register, None).await
}

async fn empty(
    visitor: &Visitor,
    register: String,
    again: Option<(&Form, &Upset)>,
) -> Result<Response, Upset> {
    let (at, titles) = visitor
        .read(move |conn, service, credential| {
            let at = AtRegister::open(conn, service, credential, &register)?;
            let titles = titles(conn, &at)?;
            Ok((at, titles))
        })
        .await?;
    if at.writes.is_empty() {
        return Err(visitor.upset(Error::Missing));
    }
    let own = format!("/registers/{}/new", at.register.id.text);
    let form = again.map_or_else(Form::default, |(form, _)| form.clone());
    let sheet = Sheet { visitor, at: &at, titles: &titles, form: &form, own, version: None };
    Ok(sheet.page(again.map(|(_, upset)| upset)))
}

/// Shows a record in its form.
pub async fn known(
    visitor: Visitor,
    Path((register, record)): Path<(String, String)>,
) -> Result<Response, Upset> {
    let id = record_id(&visitor, &record)?;
    filled(&visitor, (register, id), None).await
}

async fn filled(
    visitor: &Visitor,
    (register, id): (String, RecordId),
    again: Option<(&Form, &Upset)>,
) -> Result<Response, Upset> {
    let (looked, titles) = visitor
        .read(move |conn, service, credential| {
            let looked = look(conn, service, credential, (&register, id))?;
            let titles = titles(conn, &looked.at)?;
            Ok((looked, titles))
        })
        .await?;
    if !looked.may_write() || looked.record.ended.is_some() {
        return Err(visitor.upset(Error::Missing));
    }
    let own = format!("{}/edit", address_of(&looked.at.register.id.text, id));
    let form = again.map_or_else(|| as_form(&looked), |(form, _)| form.clone());
    let version = Some(looked.record.version);
    let sheet = Sheet { visitor, at: &looked.at, titles: &titles, form: &form, own, version };
    Ok(sheet.page(again.map(|(_, upset)| upset)))
}

/// A record as its form says it. What is personal is not told: left empty it stays.
fn as_form(looked: &Looked) -> Form {
    let mut all = vec![("unit".to_owned(), looked.record.unit.to_string())];
    for (id, value) in &looked.record.fields {
        let name = format!("f.{id}");
        let mut put = |text: String| all.push((name.clone(), text));
        match value {
            Value::Personal(_) => {}
            Value::Record(target) => put(looked.pointed.get(target).cloned().unwrap_or_default()),
            Value::Money(fen) => put(yuan(*fen)),
            Value::YesNo(yes) => put(if *yes { "yes" } else { "no" }.to_owned()),
            other => match value_json(other) {
                Json::String(text) => put(text),
                Json::Array(items) => {
                    items.iter().filter_map(Json::as_str).for_each(|item| put(item.to_owned()));
                }
                other => put(other.to_string()),
            },
        }
    }
    Form(all)
}

/// A form with what stands around it.
struct Sheet<'a> {
    visitor: &'a Visitor,
    at: &'a AtRegister,
    titles: &'a Titles,
    form: &'a Form,
    own: String,
    version: Option<u32>,
}

impl Sheet<'_> {
    fn page(&self, upset: Option<&Upset>) -> Response {
        let (visitor, at) = (self.visitor, self.at);
        let register = &at.register;
        let problem = upset.map(Upset::problem);
        let errors = problem.as_ref().map_or(&[][..], |p| p.errors.as_slice());
        let inputs =
            Inputs { visitor, desk: &at.desk, matter: None, form: Some(self.form), errors };
        let back = self.own.trim_end_matches("/new").trim_end_matches("/edit").to_owned();
        let body = html! {
            p class="crumbs" { a href={ "/registers/" (register.id.text) } { (register.label.get(&visitor.locale)) } }
            @if let Some(problem) = &problem {
                div class="note bad" role="alert" tabindex="-1" data-focus {
                    h2 { (visitor.say("page.wrong")) }
                    @if problem.errors.is_empty() { p { (problem.detail) } }
                    ul { @for error in errors {
                        li {
                            @match register.fields.values().find(|f| is_about(error, &f.field.id.text)) {
                                Some(f) => { a href={ "#f." (f.field.id.text) } { (f.field.label.get(&visitor.locale)) ": " (error.message) } }
                                None => { (error.message) " " (error.remedy) }
                            }
                        }
                    } }
                }
            }
            form class="sheet" method="post" action=(self.own) {
                (secrets(&at.desk.csrf, None))
                @if let Some(version) = self.version { input type="hidden" name="version" value=(version); }
                (self.owner(&inputs))
                @for field in register.fields.values() { (self.field(&inputs, field)) }
                div class="buttons" {
                    button class="go" { (visitor.say("register.save")) }
                    a href=(back) { (visitor.say("page.back")) }
                }
            }
        };
        let title =
            visitor.say(if self.version.is_some() { "register.edit" } else { "register.new" });
        Frame::of(visitor, &at.desk, &title, "registers").show(&body)
    }

    fn owner(&self, inputs: &Inputs<'_>) -> Markup {
        let (visitor, at) = (self.visitor, self.at);
        let owners = at.register.owners(&at.desk.roster.org, &at.writes, at.desk.now.day());
        let said = self.form.get("unit").unwrap_or_default();
        let wrong = inputs.wrong("unit");
        html! {
            div class=(if wrong.is_some() { "field bad" } else { "field" }) {
                label for="unit" { (at.register.owner.label.get(&visitor.locale)) }
                @if let Some(error) = wrong { p class="wrong" id="unit-wrong" { (error.message) " " (error.remedy) } }
                @if owners.len() <= OWNERS_MAX {
                    select id="unit" name="unit" required {
                        option value="" { (visitor.say("page.choose")) }
                        @for unit in &owners { option value=(unit.id) selected[unit.id.to_string() == said] { (owner_name(&at.desk.roster, unit.id)) } }
                    }
                } @else {
                    p class="hint" { (visitor.say("register.owner-hint")) }
                    input id="unit" name="unit" required autocomplete="off" value=(written(&at.desk, said));
                }
            }
        }
    }

    fn field(&self, inputs: &Inputs<'_>, declared: &RegisterField) -> Markup {
        let (visitor, id) = (self.visitor, &declared.field.id.text);
        let input = offered(declared, self.version.is_some());
        let Some((_, titles)) = self.titles.iter().find(|(of, _)| of == id) else {
            return html! {
                (inputs.field(&input))
                @if declared.field.personal && self.version.is_some() { p class="hint" { (visitor.say("register.keep-personal")) } }
            };
        };
        let (name, wrong) = (format!("f.{id}"), inputs.wrong(id));
        html! {
            div class=(if wrong.is_some() { "field bad" } else { "field" }) {
                label for=(name) {
                    (declared.field.label.get(&visitor.locale))
                    @if !declared.required { span class="optional" { (visitor.say("page.optional")) } }
                }
                @if let Some(error) = wrong { p class="wrong" { (error.message) " " (error.remedy) } }
                input id=(name) name=(name) list={ (name) "-list" } autocomplete="off" value=(self.form.get(&name).unwrap_or_default());
                datalist id={ (name) "-list" } { @for title in titles { option value=(title) {} } }
            }
        }
    }
}

/// An owner's id as a name that is read again.
fn written(desk: &Desk, said: &str) -> String {
    let unit = said.parse().ok().and_then(|id| desk.roster.org.unit(id));
    unit.map_or(said.to_owned(), |unit| owner_name(&desk.roster, unit.id))
}

fn offered(declared: &RegisterField, known: bool) -> OfferInput<'_> {
    OfferInput {
        name: declared.field.id.text.clone(),
        field: declared.field.field,
        required: declared.required && !(known && declared.field.personal),
        declared: Some(&declared.field),
    }
}

/// What a form says of a record. A field that is left empty says nothing, but for what is personal: that
/// stays as it is.
fn said(register: &Register, form: &Form, known: bool) -> Map<String, Json> {
    let inputs: Vec<OfferInput<'_>> = register.fields.values().map(|f| offered(f, known)).collect();
    let mut data = data(&inputs, form);
    if known {
        for field in register.fields.values().filter(|f| !f.field.personal) {
            data.entry(field.field.id.text.clone()).or_insert(Json::Null);
        }
    }
    data
}

/// What a form wants of a register: names of units and records become what they name.
fn wanted(conn: &mut Conn, at: &AtRegister, form: &Form, known: bool) -> Result<Change, Error> {
    let org = &at.desk.roster.org;
    let places = Places::of(org, at.desk.now.day());
    let fits = |id: UnitId| org.unit(id).is_some_and(|u| at.register.can_belong_to(u));
    let unit = match form.get("unit").map(|text| places.find([text], fits)) {
        None => None,
        Some(Ok(unit)) => Some(unit),
        Some(Err(NoPlace::Several)) => return Err(Refusal::of(Rule::SeveralOfName, "unit").into()),
        Some(Err(NoPlace::Unknown)) => return Err(Refusal::of(Rule::UnknownOwner, "unit").into()),
    };
    let mut fields = said(&at.register, form, known);
    for (id, field) in &at.register.fields {
        let (Some(of), Some(Json::String(title))) = (&field.of, fields.get(id)) else { continue };
        let found = titled(conn, at, of.as_str(), title, unit)?;
        let at = format!("fields.{id}");
        match found.as_slice() {
            [one] => {
                fields.insert(id.clone(), Json::String(one.to_string()));
            }
            [] => return Err(Refusal::of(Rule::UnknownRecord, &at).into()),
            _ => return Err(Refusal::of(Rule::SeveralOfName, &at).into()),
        }
    }
    let seen = form.get("version").and_then(|v| v.parse().ok());
    Ok(Change { unit: unit.map(|u| u.to_string()), fields, seen })
}

/// The records of a title, those of the same unit first, then those of the same township.
fn titled(
    conn: &mut Conn,
    at: &AtRegister,
    of: &str,
    title: &str,
    near: Option<UnitId>,
) -> Result<Vec<RecordId>, Error> {
    let county = at.desk.who.county;
    let (posts, org) = (at.desk.posts(), &at.desk.roster.org);
    let other = at.desk.state.catalogue.registers.get(of).ok_or(Error::Missing)?;
    let reads = readable(&posts, other, org);
    let township = near.map(|u| Territory::below(UnitId(u.0 / 1_000_000 * 1_000_000)));
    let whole = at.desk.roster.org.root().map(Territory::below);
    for wanted in near.map(Territory::only).into_iter().chain(township).chain(whole) {
        let mut found = Vec::new();
        for territory in reads.iter().filter_map(|t| t.within(wanted)) {
            found.extend(records::named(conn, county, of, territory, title)?);
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Enters a record.
pub async fn enter(Path(register): Path<String>, posted: Posted) -> Result<Response, Upset> {
    let Posted { visitor, form, keyed } = posted;
    let (own, typed) = (register.clone(), form.clone());
    let done = visitor
        .write(move |conn, service, credential| {
            let at = AtRegister::open(conn, service, credential, &own)?;
            let change = wanted(conn, &at, &typed, false)?;
            enter_it(conn, service, credential, &own, &change, keyed.as_ref())
        })
        .await;
    match done {
        Ok(answered) => {
            let json: Json = serde_json::from_str(&answered.body).unwrap_or_default();
            let id = json["id"].as_str().unwrap_or_default();
            Ok(to_record(&register, record_id(&visitor, id)?))
        }
        Err(upset) if upset.is_about_the_form() => {
            empty(&visitor, register, Some((&form, &upset))).await
        }
        Err(upset) => Err(upset.keeping(&form)),
    }
}

/// Changes a record.
pub async fn change(
    Path((register, record)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Upset> {
    let Posted { visitor, form, .. } = posted;
    let id = record_id(&visitor, &record)?;
    let (own, typed) = (register.clone(), form.clone());
    let done = visitor
        .write(move |conn, service, credential| {
            let at = AtRegister::open(conn, service, credential, &own)?;
            let change = wanted(conn, &at, &typed, true)?;
            change_it(conn, service, credential, (&own, id), &change)
        })
        .await;
    match done {
        Ok(_) => Ok(to_record(&register, id)),
        Err(upset) if upset.is_about_the_form() => {
            filled(&visitor, (register, id), Some((&form, &upset))).await
        }
        Err(upset) => Err(upset.keeping(&form)),
    }
}
