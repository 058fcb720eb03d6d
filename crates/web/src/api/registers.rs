//! Registers: which there are, what they say, how far they reach.

use app::registers::{self as does, AtRegister, coverage};
use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::problem::{Failure, Problem};
use crate::view::Named;

/// The registers that the caller reads.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterList {
    /// The registers, in the order of the catalogue.
    pub items: Vec<RegisterRow>,
}

/// A register with how many records it has.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterRow {
    /// Its name.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The heading that it stands under.
    pub group: String,
    /// How many records stand where the caller reads.
    pub standing: i64,
}

/// Reads which registers there are.
#[utoipa::path(get, path = "/api/v1/registers", tag = "registers",
    responses((status = 200, body = RegisterList), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub async fn registers(caller: Caller) -> Result<Json<RegisterList>, Failure> {
    let (desk, all) = caller.read(does::overview).await?;
    let row = |one: &does::Overview| {
        let register = desk.state.catalogue.registers.get(&one.register)?;
        Some(RegisterRow {
            id: one.register.clone(),
            label: register.label.get(&caller.locale).to_owned(),
            group: register.group.get(&caller.locale).to_owned(),
            standing: one.standing,
        })
    };
    Ok(Json(RegisterList { items: all.iter().filter_map(row).collect() }))
}

/// A register as it is declared, with how far it reaches.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterView {
    /// Its name.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The laws it rests on.
    pub basis: Vec<String>,
    /// The field that a record is called by.
    pub title: String,
    /// Its fields.
    pub fields: Vec<RegisterFieldView>,
    /// The levels and offices that can have records.
    pub owners: Vec<String>,
    /// What there ought to be everywhere, and how far it is.
    pub coverage: Vec<CoverView>,
}

/// A field of a register.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterFieldView {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub type_: String,
    /// Whether no record is without it.
    pub required: bool,
    /// Whether it belongs to a person: masked until a purpose is given.
    pub personal: bool,
    /// The items of its list.
    pub items: Vec<Named>,
    /// The register that it points into.
    pub register: Option<String>,
}

/// How far something reaches that there ought to be everywhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverView {
    /// Its name.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// How many places there are where the caller reads.
    pub places: usize,
    /// How many have it.
    pub done: usize,
    /// The units that lack it.
    pub lacking: Vec<String>,
}

/// Reads a register.
#[utoipa::path(get, path = "/api/v1/registers/{register}", tag = "registers",
    params(("register" = String, Path, description = "the register")),
    responses((status = 200, body = RegisterView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn register(
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Json<RegisterView>, Failure> {
    let (at, covered) = caller
        .read(move |conn, service, credential| coverage(conn, service, credential, &id))
        .await?;
    let (register, locale) = (&at.register, caller.locale.as_str());
    let covers = covered.iter().filter_map(|one| {
        let cover = register.covers.get(&one.cover)?;
        Some(CoverView {
            id: one.cover.clone(),
            label: cover.label.get(locale).to_owned(),
            places: one.places,
            done: one.done(),
            lacking: one.lacking.iter().map(|(unit, _)| unit.to_string()).collect(),
        })
    });
    Ok(Json(RegisterView {
        id: register.id.text.clone(),
        label: register.label.get(locale).to_owned(),
        basis: register.basis.clone(),
        title: register.title.text.clone(),
        fields: fields(&at, locale),
        owners: register.owner.at.iter().map(|t| t.text.clone()).collect(),
        coverage: covers.collect(),
    }))
}

fn fields(at: &AtRegister, locale: &str) -> Vec<RegisterFieldView> {
    let lists = &at.desk.state.catalogue.lists;
    let items = |list: Option<&domain::catalogue::Term>| -> Vec<Named> {
        let items = list.and_then(|l| lists.get(l.as_str())).map(|l| l.items.values());
        let named = |i: &domain::catalogue::Item| Named {
            id: i.id.text.clone(),
            label: i.label.get(locale).to_owned(),
        };
        items.into_iter().flatten().map(named).collect()
    };
    let field = |f: &domain::register::RegisterField| RegisterFieldView {
        name: f.field.id.text.clone(),
        label: f.field.label.get(locale).to_owned(),
        type_: f.field.field.name().to_owned(),
        required: f.required,
        personal: f.field.personal,
        items: items(f.field.list.as_ref()),
        register: f.of.as_ref().map(|of| of.text.clone()),
    };
    at.register.fields.values().map(field).collect()
}
