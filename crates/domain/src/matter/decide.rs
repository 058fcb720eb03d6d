//! From a command to events or a refusal.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::act::{classify, set_flag, take};
use super::command::{Actor, Command, Intake, Setting, Want};
use super::draft::Draft;
use super::event::{By, Change, Event};
use super::inputs::step;
use super::intake;
use super::refusal::{Refusal, Refused, Rule};
use super::state::{Matter, Registration};
use super::tick::tick;
use super::value::Against;
use crate::access::{may_take, sees, takers};
use crate::ids::{MatterCode, MatterId};
use crate::kind::{Action, Kind, Relation, Verb};
use crate::org::Post;
use crate::person::Party;
use crate::time::Instant;

/// What an act on one matter means for another; the caller carries it out in the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consequence {
    /// Another matter learns that it is tied to this one.
    Relate {
        /// The other matter.
        matter: MatterCode,
        /// How.
        how: &'static str,
    },
    /// Parties leave for a matter of their own, of the same kind.
    SplitOff {
        /// What it is about.
        title: String,
        /// Who goes.
        parties: Vec<Party>,
    },
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What happened, in order; one event for an act, none or several where time acted.
    pub events: Vec<Event>,
    /// What it means for other matters.
    pub consequences: Vec<Consequence>,
}

impl From<Event> for Decision {
    fn from(event: Event) -> Self {
        Self { events: vec![event], consequences: Vec::new() }
    }
}

/// Decides a command on a matter, or on none where it registers one.
///
/// # Errors
/// Every rule that the command breaks.
pub fn decide(
    setting: Setting<'_>,
    matter: Option<&Matter>,
    command: &Command<'_>,
    now: Instant,
) -> Result<Decision, Refused> {
    match (&command.want, matter) {
        (Want::Register { id, code, intake }, None) => {
            register(setting, (*id, *code), intake, command, now).map(Decision::from)
        }
        (Want::SplitOff(registration), None) => split_off(setting, registration, command, now).map(Decision::from),
        (Want::Take { action, data }, Some(matter)) => {
            fresh(matter, command.seen)?;
            let kind = kind_of(setting, matter)?;
            let action = kind.actions.get(action).filter(|a| !a.does(Verb::Register));
            let action = action.ok_or_else(|| Refusal::of(Rule::UnknownAction, "action"))?;
            let by = actor(setting, &command.actor, action, matter)?;
            allowed_now(action, matter)?;
            let numbers: Vec<u16> = matter.parties.iter().map(|p| p.no).collect();
            let against = Against { catalogue: setting.catalogue, org: setting.org, parties: &numbers, now };
            let values = step(kind, action, data, against)?;
            let draft = Draft::on(setting, kind, matter, by, action.id.as_str(), now);
            let (event, consequences) = take(draft, action, values, command.next_number, command.other)?;
            Ok(Decision { events: vec![event], consequences })
        }
        (Want::Relate { matter: other, how }, Some(matter)) => {
            let kind = kind_of(setting, matter)?;
            let by = first_post(&command.actor)?;
            let mut draft = Draft::on(setting, kind, matter, by, "relate", now);
            draft.push(Change::Linked { matter: *other, how: (*how).to_owned() });
            Ok(draft.finish().into())
        }
        (Want::Tick, Some(matter)) => {
            let kind = kind_of(setting, matter)?;
            Ok(Decision { events: tick(setting, kind, matter, now), consequences: Vec::new() })
        }
        _ => Err(Rule::UnknownMatter.into()),
    }
}

/// The kind of a matter under the version it runs under.
///
/// # Errors
/// [`Rule::UnknownKind`] where the catalogue no longer holds it.
pub fn kind_of<'a>(setting: Setting<'a>, matter: &Matter) -> Result<&'a Arc<Kind>, Refused> {
    let found = setting.catalogue.kind(matter.kind(), matter.registration.kind_version);
    found.ok_or_else(|| Rule::UnknownKind.into())
}

fn fresh(matter: &Matter, seen: Option<u32>) -> Result<(), Refused> {
    match seen {
        Some(seen) if seen != matter.version => {
            Err(Refusal::of(Rule::StaleVersion, "version").with("seen", seen).with("now", matter.version).into())
        }
        _ => Ok(()),
    }
}

/// Who acts: the first of the person's posts that may. A matter that the person does not see is
/// acted on by nobody.
fn actor(setting: Setting<'_>, actor: &Actor<'_>, action: &Action, matter: &Matter) -> Result<By, Refused> {
    let post = match actor {
        Actor::Clock if action.by.contains_key(&Relation::Clock) => return Ok(By::Clock),
        Actor::Clock => None,
        Actor::Posts(posts) if sees(posts, matter, setting.org, setting.catalogue) => {
            takers(posts, action, matter, setting.org).first().copied()
        }
        Actor::Posts(_) => None,
    };
    let refusal = || Refusal::new(Rule::NoPostMay).with("action", action.id.as_str()).under(action.law.as_deref());
    post.map(by).ok_or_else(|| refusal().into())
}

fn by(post: &Post) -> By {
    By::Post { person: post.person, role: post.role.clone(), unit: post.unit }
}

fn first_post(actor: &Actor<'_>) -> Result<By, Refused> {
    match actor {
        Actor::Clock => Ok(By::Clock),
        Actor::Posts(posts) => posts.first().map(|p| by(p)).ok_or_else(|| Rule::NoPostMay.into()),
    }
}

/// Whether the action can be taken from where the matter stands. While a ruling is due, only what
/// makes it, and what does not move the holder, may be done.
pub(super) fn allowed_now(action: &Action, matter: &Matter) -> Result<(), Refused> {
    if !action.from.iter().any(|s| s.text == matter.state) {
        let from = action.from.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
        let refusal = Refusal::new(Rule::WrongState).with("state", &matter.state).with("from", from);
        return Err(refusal.under(action.law.as_deref()).into());
    }
    let moves = action.verbs.iter().any(|v| v.moves_holder() && *v != Verb::Assign);
    if matter.ruling_due && moves {
        return Err(Rule::RulingPending.into());
    }
    Ok(())
}

fn register(
    setting: Setting<'_>,
    names: (MatterId, MatterCode),
    intake: &Intake,
    command: &Command<'_>,
    now: Instant,
) -> Result<Event, Refused> {
    let kind = setting.catalogue.kinds.get(&intake.kind);
    let kind = kind.ok_or_else(|| Refusal::of(Rule::UnknownKind, "kind"))?;
    let action = kind.register().ok_or_else(|| Refusal::of(Rule::UnknownKind, "kind"))?;
    let by = door(&command.actor, action)?;
    let registration = intake::read(intake, names, kind, action, setting, now)?;
    open(setting, kind, action, registration, &intake.flags, by, command, now)
}

/// The first post that opens its door to this kind.
fn door(actor: &Actor<'_>, action: &Action) -> Result<By, Refused> {
    let Actor::Posts(posts) = actor else { return Err(Rule::NoPostMay.into()) };
    let post = posts.iter().find(|p| may_take(action, &p.role, &[Relation::Door]));
    let refusal = || Refusal::new(Rule::NoPostMay).with("action", action.id.as_str());
    post.map(|p| by(p)).ok_or_else(|| refusal().into())
}

fn split_off(
    setting: Setting<'_>,
    registration: &Registration,
    command: &Command<'_>,
    now: Instant,
) -> Result<Event, Refused> {
    let kind = setting.catalogue.kinds.get(&registration.kind);
    let kind = kind.ok_or_else(|| Refusal::of(Rule::UnknownKind, "kind"))?;
    let action = kind.register().ok_or_else(|| Refusal::of(Rule::UnknownKind, "kind"))?;
    let by = first_post(&command.actor)?;
    let registration = Registration { kind_version: kind.version, ..registration.clone() };
    open(setting, kind, action, registration, &[], by, command, now)
}

#[allow(clippy::too_many_arguments, reason = "the parts of one opening")]
fn open(
    setting: Setting<'_>,
    kind: &Arc<Kind>,
    action: &Action,
    registration: Registration,
    flags: &[String],
    by: By,
    command: &Command<'_>,
    now: Instant,
) -> Result<Event, Refused> {
    let By::Post { unit, .. } = by else { return Err(Rule::NoPostMay.into()) };
    let fields = registration.fields.clone();
    let mut draft = Draft::open(setting, kind, registration, by, action.id.as_str(), now)
        .ok_or_else(|| Refused::from(Rule::UnknownKind))?;
    draft.push(Change::Held { unit, person: None, assistants: Vec::new() });
    for (name, value) in &fields {
        classify(&mut draft, name, value);
    }
    for flag in flags {
        set_flag(&mut draft, flag);
    }
    if kind.secrecy == crate::kind::Secrecy::Sealed {
        draft.push(Change::Sealed);
    }
    take(draft, action, BTreeMap::new(), command.next_number, command.other).map(|(event, _)| event)
}
