//! Reading what somebody brings into a registration.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::command::{Intake, PartyIntake, Setting};
use super::inputs::{asked, values};
use super::refusal::{Refusal, Refused, Rule};
use super::state::Registration;
use super::value::{Against, Value, clean, identity_rule};
use crate::codes::{credit, identity, phone};
use crate::ids::{MatterCode, MatterId, UnitId};
use crate::kind::{Action, Kind};
use crate::person::{DETAILS, Party, PartySort, Personal};
use crate::time::Instant;

/// The most characters of a title.
const TITLE_CHARS: usize = 200;
/// The most parties of one matter; a larger group is several matters tied together.
const MAX_PARTIES: usize = 500;
/// The most characters of a detail of a party.
const DETAIL_CHARS: usize = 200;

/// Reads an intake of a kind. What the registering action asks for beyond the fields of the matter
/// is answered beside it.
///
/// # Errors
/// Every mistake in it, each with its place.
pub fn read(
    intake: &Intake,
    (id, code): (MatterId, MatterCode),
    kind: &Kind,
    action: &Action,
    setting: Setting<'_>,
    now: Instant,
) -> Result<(Registration, BTreeMap<String, Value>), Refused> {
    let mut refusals = Vec::new();
    let numbers: Vec<u16> = (1..=intake.parties.len().min(MAX_PARTIES) as u16).collect();
    let against =
        Against { catalogue: setting.catalogue, org: setting.org, parties: &numbers, now };
    let place = setting.org.place(&intake.place).filter(|u| u.stands_on(now.day())).map(|u| u.id);
    if place.is_none() {
        refusals.push(Refusal::of(Rule::UnknownPlace, "place"));
    }
    let title = clean(&intake.title, false);
    if title.is_empty() {
        refusals.push(Refusal::of(Rule::Required, "title"));
    } else if title.chars().count() > TITLE_CHARS {
        refusals.push(Refusal::of(Rule::TooLong, "title").with("max", TITLE_CHARS));
    }
    source(intake, kind, setting, &mut refusals);
    flags(intake, kind, &mut refusals);
    let fields = match values(&asked(kind, action), &intake.fields, "fields.", against) {
        Ok(fields) => fields,
        Err(refused) => {
            refusals.extend(refused.0);
            BTreeMap::new()
        }
    };
    let parties = parties(intake, kind, now, &mut refusals);
    if !refusals.is_empty() {
        return Err(Refused(refusals));
    }
    let (fields, step) = fields.into_iter().partition(|(name, _)| kind.fields.contains_key(name));
    let registration = Registration {
        id,
        code,
        kind: kind.id.text.clone(),
        kind_version: kind.version,
        place: place.unwrap_or(UnitId(0)),
        source: intake.source.clone(),
        title,
        fields,
        parties,
    };
    Ok((registration, step))
}

fn source(intake: &Intake, kind: &Kind, setting: Setting<'_>, refusals: &mut Vec<Refusal>) {
    match (&kind.sources, &intake.source) {
        (Some(list), Some(source)) if setting.catalogue.item(list.as_str(), source).is_none() => {
            refusals.push(Refusal::of(Rule::NotInList, "source").with("list", list.as_str()));
        }
        (Some(_), None) => refusals.push(Refusal::of(Rule::Required, "source")),
        (None, Some(_)) => refusals.push(Refusal::of(Rule::UnknownField, "source")),
        _ => {}
    }
}

fn flags(intake: &Intake, kind: &Kind, refusals: &mut Vec<Refusal>) {
    for (i, flag) in intake.flags.iter().enumerate() {
        if !kind.flags.get(flag).is_some_and(|f| f.at_intake) {
            refusals.push(Refusal::of(Rule::UnknownFlag, &format!("flags.{i}")));
        }
    }
}

fn parties(intake: &Intake, kind: &Kind, now: Instant, refusals: &mut Vec<Refusal>) -> Vec<Party> {
    if intake.parties.len() > MAX_PARTIES {
        refusals.push(Refusal::of(Rule::TooMany, "parties").with("max", MAX_PARTIES));
        return Vec::new();
    }
    let mut parties = Vec::with_capacity(intake.parties.len());
    for (i, given) in intake.parties.iter().enumerate() {
        parties.push(party(given, i, kind, now, refusals));
    }
    for role in kind.parties.values() {
        let count = parties.iter().filter(|p| p.role == role.id.text).count();
        if count < role.count.0 {
            let refusal = Refusal::of(Rule::PartiesMissing, "parties");
            refusals.push(refusal.with("role", &role.id.text).with("min", role.count.0));
        } else if count > role.count.1 {
            refusals.push(Refusal::of(Rule::TooMany, "parties").with("max", role.count.1));
        }
    }
    parties
}

fn party(
    given: &PartyIntake,
    i: usize,
    kind: &Kind,
    now: Instant,
    refusals: &mut Vec<Refusal>,
) -> Party {
    let at = format!("parties.{i}");
    let role = kind.parties.get(&given.role);
    if role.is_none() {
        refusals.push(Refusal::of(Rule::UnknownRole, &format!("{at}.role")));
    }
    let sort =
        given.sort.as_deref().map_or(Ok(PartySort::Person), str::parse).unwrap_or_else(|()| {
            refusals.push(
                Refusal::of(Rule::WrongType, &format!("{at}.sort"))
                    .with("expected", "person, organisation"),
            );
            PartySort::Person
        });
    let mut details = BTreeMap::new();
    for (name, json) in &given.details {
        let shown: String = name.chars().take(60).collect();
        let place = format!("{at}.details.{shown}");
        if !DETAILS.contains(&name.as_str()) {
            refusals.push(Refusal::of(Rule::UnknownDetail, &place));
            continue;
        }
        match detail(name, json, &place, now) {
            Ok(text) => {
                details.insert(name.clone(), Personal::plain(&text));
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    let needed =
        role.into_iter().flat_map(|r| r.required.iter().map(|t| t.as_str())).chain(["name"]);
    for name in needed {
        if !given.details.contains_key(name) {
            refusals.push(Refusal::of(Rule::Required, &format!("{at}.details.{name}")));
        }
    }
    let no = u16::try_from(i + 1).unwrap_or(u16::MAX);
    Party {
        no,
        role: given.role.clone(),
        sort,
        details,
        interpreter: given.interpreter,
        consent: None,
    }
}

fn detail(name: &str, json: &Json, at: &str, now: Instant) -> Result<String, Refusal> {
    let text =
        json.as_str().ok_or_else(|| Refusal::of(Rule::WrongType, at).with("expected", "text"))?;
    let text = clean(text, false);
    if text.is_empty() {
        return Err(Refusal::of(Rule::Empty, at));
    }
    if text.chars().count() > DETAIL_CHARS {
        return Err(Refusal::of(Rule::TooLong, at).with("max", DETAIL_CHARS));
    }
    match name {
        "phone" | "agent-phone" => {
            phone::read(&text).ok_or_else(|| Refusal::of(Rule::BadPhone, at))
        }
        "credit-code" => credit::read(&text).ok_or_else(|| Refusal::of(Rule::CreditCheck, at)),
        "id-number" => {
            let id = identity::read(&text, now.day());
            id.map(|id| id.number).map_err(|fault| Refusal::of(identity_rule(fault), at))
        }
        _ => Ok(text),
    }
}
