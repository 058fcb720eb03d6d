//! Registers on the pages: which there are, their records in lists, one record with its past, the forms, and
//! tables in and out.

mod export;
mod form;
mod import;
mod index;
mod list;
mod one;

use app::Desk;
use app::registers::{Titles, owner_name, value_text};
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use domain::ids::{RecordId, UnitId};
use domain::matter::Value;
use domain::register::{Record, Register, Remark};
use maud::{Markup, html};

use super::upset::Upset;
use super::visitor::Visitor;
use crate::state::Web;

/// Every page of registers.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/registers", get(index::show))
        .route("/registers/{register}", get(list::show).post(list::find))
        .route("/registers/{register}/new", get(form::blank).post(form::enter))
        .route("/registers/{register}/import", get(import::show).post(import::check))
        .route("/registers/{register}/imports/{import}", post(import::take))
        .route("/registers/{register}/export", get(export::whole))
        .route("/registers/{register}/blank", get(export::blank))
        .route("/registers/{register}/records/{record}", get(one::show))
        .route("/registers/{register}/records/{record}/edit", get(form::known).post(form::change))
        .route("/registers/{register}/records/{record}/disclosures", post(one::open))
        .route("/registers/{register}/records/{record}/end", post(one::end))
        .route("/registers/{register}/records/{record}/resume", post(one::resume))
}

/// The address of a record.
fn address_of(register: &str, id: RecordId) -> String {
    format!("/registers/{register}/records/{id}")
}

fn to_record(register: &str, id: RecordId) -> Response {
    Redirect::to(&address_of(register, id)).into_response()
}

fn record_id(visitor: &Visitor, text: &str) -> Result<RecordId, Upset> {
    text.parse().map_err(|_| visitor.upset(app::Error::Missing))
}

/// Whose a record is: an office by its name, a division by its place after the one above it.
fn unit_name(desk: &Desk, unit: UnitId) -> String {
    owner_name(&desk.roster, unit)
}

/// A value as people read it; what is personal is not told here.
fn told(desk: &Desk, register: &Register, field: &str, value: &Value, locale: &str) -> String {
    let list = register.field(field).and_then(|f| f.field.list.as_ref());
    match value {
        Value::Personal(_) => String::new(),
        other => value_text(other, list, &desk.state, &desk.roster, locale),
    }
}

/// What is to be remarked of a record.
fn remarks(visitor: &Visitor, all: &[Remark<'_>]) -> Markup {
    html! {
        @if !all.is_empty() {
            div class="note care" {
                h2 { (visitor.say("register.remarks")) }
                ul { @for remark in all { li { (remark_text(visitor, remark)) } } }
            }
        }
    }
}

fn remark_text(visitor: &Visitor, remark: &Remark<'_>) -> String {
    let Some(duty) = remark.duty else {
        let day = remark.day.map(|d| d.to_string()).unwrap_or_default();
        return visitor.say_with("register.ran-out", &[("day", day)]);
    };
    let mut text = duty.label.get(&visitor.locale).to_owned();
    if let Some(day) = remark.day {
        text.push_str(&visitor.say_with("register.due-since", &[("day", day.to_string())]));
    }
    if let Some(found) = remark.found {
        text.push_str(&visitor.say_with("register.found", &[("n", found.to_string())]));
    }
    if let Some(law) = &duty.law {
        text.push_str(&format!(" ({law})"));
    }
    text
}

/// Records as a table.
fn table(
    visitor: &Visitor,
    desk: &Desk,
    register: &Register,
    (rows, pointed): (&[Record], &Titles),
) -> Markup {
    let (locale, today) = (&visitor.locale, desk.now.day());
    let columns = register.columns.iter().filter_map(|c| register.field(c.as_str()));
    let columns: Vec<_> = columns.filter(|f| f.field.id.text != register.title.text).collect();
    let title = register.field(register.title.as_str());
    html! {
        div class="scroll" tabindex="0" role="group" aria-label=(register.label.get(locale)) {
            table class="list" {
                thead { tr {
                    th { (title.map_or("", |f| f.field.label.get(locale))) }
                    th { (register.owner.label.get(locale)) }
                    @for f in &columns { th { (f.field.label.get(locale)) } }
                    th { (visitor.say("register.remarks")) }
                } }
                tbody { @for record in rows {
                    tr {
                        td class="title" { a href=(address_of(&register.id.text, record.id)) { (record.text(register.title.as_str())) } }
                        td data-name=(register.owner.label.get(locale)) { (unit_name(desk, record.unit)) }
                        @for f in &columns {
                            td data-name=(f.field.label.get(locale)) {
                                @match record.fields.get(&f.field.id.text) {
                                    Some(Value::Record(id)) => { a href=(address_of(f.of.as_ref().map_or("", |of| of.as_str()), *id)) { (pointed.get(id).map_or("—", String::as_str)) } }
                                    Some(value) => { (told(desk, register, &f.field.id.text, value, locale)) }
                                    None => { span class="soft" { "—" } }
                                }
                            }
                        }
                        td data-name=(visitor.say("register.remarks")) class="small" {
                            @for remark in domain::register::remarks(register, record, today) {
                                div { (remark.duty.map_or_else(|| visitor.say("register.over"), |d| d.label.get(locale).to_owned())) }
                            }
                        }
                    }
                } }
            }
        }
    }
}
