//! What the county declares, for forms.

use app::Desk;
use axum::Json;
use axum::extract::Path;
use domain::kind::{Kind, Relation};
use domain::matter::intake_offer;
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::problem::{Failure, Problem};
use crate::view::{InputView, Named};

/// A kind in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindRow {
    /// The kind.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Its version.
    pub version: u32,
    /// Whether the caller may register one.
    pub may_register: bool,
}

/// The kinds of the county.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindPage {
    /// The kinds.
    pub items: Vec<KindRow>,
}

/// Lists the kinds of matter.
#[utoipa::path(get, path = "/api/v1/kinds", tag = "catalogue",
    responses((status = 200, body = KindPage), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub async fn kinds(caller: Caller) -> Result<Json<KindPage>, Failure> {
    let desk = caller.read(Desk::open).await?;
    let doors = desk.doors();
    let row = |kind: &std::sync::Arc<Kind>| KindRow {
        id: kind.id.text.clone(),
        label: kind.label.get(&caller.locale).to_owned(),
        version: kind.version,
        may_register: doors.iter().any(|(k, _)| k.id.text == kind.id.text),
    };
    Ok(Json(KindPage { items: desk.state.catalogue.kinds.values().map(row).collect() }))
}

/// A kind: what a form for it needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindView {
    /// The kind.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Its version.
    pub version: u32,
    /// The laws it rests on.
    pub basis: Vec<String>,
    /// The roles of its parties.
    pub parties: Vec<PartyRoleView>,
    /// What registering asks for.
    pub intake: Vec<InputView>,
    /// The items of its source list.
    pub sources: Vec<Named>,
    /// The items of every list it uses.
    pub lists: std::collections::BTreeMap<String, Vec<Named>>,
    /// Flags that may be set at intake.
    pub flags: Vec<Named>,
    /// Its states.
    pub states: Vec<Named>,
    /// Its actions, with the roles that may take them by relation.
    pub actions: Vec<ActionView>,
}

/// The role of a party.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyRoleView {
    /// The role.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// The fewest.
    pub min: usize,
    /// The most.
    pub max: usize,
}

/// An action.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionView {
    /// The action.
    pub id: String,
    /// What the button says.
    pub label: String,
    /// The states it can be taken from.
    pub from: Vec<String>,
    /// The state it leads to.
    pub to: Option<String>,
    /// The article it rests on.
    pub law: Option<String>,
    /// The roles that may take it, by relation.
    pub by: std::collections::BTreeMap<String, Vec<String>>,
}

/// Reads a kind.
#[utoipa::path(get, path = "/api/v1/kinds/{kind}", tag = "catalogue", params(("kind" = String, Path, description = "the kind")),
    responses((status = 200, body = KindView), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 503, body = Problem)))]
pub async fn kind(Path(id): Path<String>, caller: Caller) -> Result<Json<KindView>, Failure> {
    let desk = caller.read(Desk::open).await?;
    let catalogue = &desk.state.catalogue;
    let kind = catalogue.kinds.get(&id).ok_or_else(|| caller.failure(app::Error::Missing))?;
    let intake = intake_offer(kind, &desk.posts()).map(|o| o.inputs).unwrap_or_default();
    let locale = caller.locale.as_str();
    let named = |id: &str, label: &domain::label::Label| Named {
        id: id.to_owned(),
        label: label.get(locale).to_owned(),
    };
    let list = |name: &str| -> Vec<Named> {
        let items = catalogue.lists.get(name).map(|l| l.items.values()).into_iter().flatten();
        items.map(|i| named(&i.id.text, &i.label)).collect()
    };
    let used = kind.fields.values().chain(kind.steps.values()).filter_map(|f| f.list.as_ref());
    let lists = used.map(|l| (l.text.clone(), list(&l.text))).collect();
    let input = |i: domain::matter::OfferInput<'_>| InputView {
        label: i.declared.map_or(String::new(), |f| f.label.get(locale).to_owned()),
        type_: i.field.name().to_owned(),
        required: i.required,
        list: i.declared.and_then(|f| f.list.as_ref()).map(|l| l.text.clone()),
        name: i.name,
    };
    Ok(Json(KindView {
        id: kind.id.text.clone(),
        label: kind.label.get(locale).to_owned(),
        version: kind.version,
        basis: kind.basis.clone(),
        parties: kind
            .parties
            .values()
            .map(|p| PartyRoleView {
                id: p.id.text.clone(),
                label: p.label.get(locale).to_owned(),
                min: p.count.0,
                max: p.count.1,
            })
            .collect(),
        intake: intake.into_iter().map(input).collect(),
        sources: kind.sources.as_ref().map(|s| list(&s.text)).unwrap_or_default(),
        lists,
        flags: kind
            .flags
            .values()
            .filter(|f| f.at_intake)
            .map(|f| named(&f.id.text, &f.label))
            .collect(),
        states: kind.states.values().map(|s| named(&s.id.text, &s.label)).collect(),
        actions: kind.actions.values().map(|a| action(a, locale)).collect(),
    }))
}

fn action(action: &domain::kind::Action, locale: &str) -> ActionView {
    let texts = |terms: &[domain::catalogue::Term]| {
        terms.iter().map(|t| t.text.clone()).collect::<Vec<_>>()
    };
    let by = action
        .by
        .iter()
        .map(|(relation, roles): (&Relation, _)| (relation.name().to_owned(), texts(roles)));
    ActionView {
        id: action.id.text.clone(),
        label: action.label.get(locale).to_owned(),
        from: texts(&action.from),
        to: action.to.as_ref().map(|t| t.text.clone()),
        law: action.law.clone(),
        by: by.collect(),
    }
}
