//! From a command to events or a refusal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::act::{classify, set_flag, take};
use super::command::{Actor, Branch, Command, Intake, Setting, Want};
use super::draft::Draft;
use super::event::{By, Change, Event};
use super::inputs::step;
use super::intake;
use super::refusal::{Refusal, Refused, Rule};
use super::state::Matter;
use super::tick::tick;
use super::value::{Against, Value};
use crate::access::{may_take, sees, takers};
use crate::ids::{MatterCode, MatterId, UnitId};
use crate::kind::{Action, Kind, Relation, Secrecy, Verb};
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
    SplitOff(SplitOff),
}

/// What leaves a matter for one of its own; the caller makes a [`Branch`] of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitOff {
    /// What it is about.
    pub title: String,
    /// Who goes.
    pub parties: Vec<Party>,
    /// The flags that go with it.
    pub flags: BTreeSet<String>,
    /// The unit that holds it.
    pub unit: UnitId,
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
        (Want::SplitOff(branch), None) => {
            split_off(setting, branch, command, now).map(Decision::from)
        }
        (Want::Take { action, data }, Some(matter)) => {
            act(setting, matter, action, data, command, now)
        }
        (Want::Relate { matter: other, how }, Some(matter)) => {
            let kind = kind_of(setting, matter)?;
            let by = first_post(&command.actor)?;
            let mut draft = Draft::on(setting, kind, matter, by, "relate", now);
            draft.push(Change::Linked { matter: *other, how: (*how).to_owned() });
            Ok(draft.finish().into())
        }
        (Want::File(filing), Some(matter)) => {
            super::filing::decide(setting, matter, filing, command, now).map(Decision::from)
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

pub(super) fn fresh(matter: &Matter, seen: Option<u32>) -> Result<(), Refused> {
    match seen {
        Some(seen) if seen != matter.version => Err(Refusal::of(Rule::StaleVersion, "version")
            .with("seen", seen)
            .with("now", matter.version)
            .into()),
        _ => Ok(()),
    }
}

/// An action on a matter, taken at the first of the person's posts at which nothing stands against
/// it; where something stands against it at each, the first says what.
fn act(
    setting: Setting<'_>,
    matter: &Matter,
    action: &str,
    data: &Map<String, Json>,
    command: &Command<'_>,
    now: Instant,
) -> Result<Decision, Refused> {
    fresh(matter, command.seen)?;
    let kind = kind_of(setting, matter)?;
    let action = kind.actions.get(action).filter(|a| !a.does(Verb::Register));
    let action = action.ok_or_else(|| Refusal::of(Rule::UnknownAction, "action"))?;
    let actors = actors(setting, &command.actor, action, matter)?;
    allowed_now(action, matter)?;
    let numbers: Vec<u16> = matter.parties.iter().map(|p| p.no).collect();
    let against =
        Against { catalogue: setting.catalogue, org: setting.org, parties: &numbers, now };
    let values = step(kind, action, data, against)?;
    let mut first = None;
    for by in actors {
        let draft = Draft::on(setting, kind, matter, by, action.id.as_str(), now);
        match take(draft, action, values.clone(), command.next_number, command.other) {
            Ok((event, consequences)) => return Ok(Decision { events: vec![event], consequences }),
            Err(refused) => _ = first.get_or_insert(refused),
        }
    }
    Err(first.unwrap_or_else(|| Rule::NoPostMay.into()))
}

/// Who may act: each of the person's posts that stands in the relation the action asks for. A matter
/// that the person does not see is acted on by nobody.
fn actors(
    setting: Setting<'_>,
    actor: &Actor<'_>,
    action: &Action,
    matter: &Matter,
) -> Result<Vec<By>, Refused> {
    let actors = match actor {
        Actor::Clock if action.by.contains_key(&Relation::Clock) => vec![By::Clock],
        Actor::Posts(posts) if sees(posts, matter, setting.org, setting.catalogue) => {
            takers(posts, action, matter, setting.org).into_iter().map(by).collect()
        }
        _ => Vec::new(),
    };
    if actors.is_empty() {
        let refusal = Refusal::new(Rule::NoPostMay).with("action", action.id.as_str());
        return Err(refusal.under(action.law.as_deref()).into());
    }
    Ok(actors)
}

pub(super) fn by(post: &Post) -> By {
    By::Post { person: post.person, role: post.role.clone(), unit: post.unit }
}

fn first_post(actor: &Actor<'_>) -> Result<By, Refused> {
    match actor {
        Actor::Clock => Ok(By::Clock),
        Actor::Posts(posts) => posts.first().map(|p| by(p)).ok_or_else(|| Rule::NoPostMay.into()),
    }
}

/// Whether the action can be taken from where the matter stands.
pub(super) fn allowed_now(action: &Action, matter: &Matter) -> Result<(), Refused> {
    if action.from.iter().any(|s| s.text == matter.state) {
        return Ok(());
    }
    let from = action.from.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ");
    let refusal = Refusal::new(Rule::WrongState).with("state", &matter.state).with("from", from);
    Err(refusal.under(action.law.as_deref()).into())
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
    let post = door(&command.actor, action)?;
    let (registration, step) = intake::read(intake, names, kind, action, setting, now)?;
    let branch =
        Branch { registration, flags: intake.flags.iter().cloned().collect(), unit: post.unit };
    open(setting, kind, action, branch, step, by(post), command, now)
}

/// The first post that opens its door to this kind.
fn door<'p>(actor: &Actor<'p>, action: &Action) -> Result<&'p Post, Refused> {
    let Actor::Posts(posts) = actor else { return Err(Rule::NoPostMay.into()) };
    let post = posts.iter().find(|p| may_take(action, &p.role, &[Relation::Door]));
    let refusal = || Refusal::new(Rule::NoPostMay).with("action", action.id.as_str());
    post.copied().ok_or_else(|| refusal().into())
}

/// A matter that leaves another stays at the unit that held it. Its parties are counted from 1
/// again, and what they agreed to there they have not agreed to here.
fn split_off(
    setting: Setting<'_>,
    branch: &Branch,
    command: &Command<'_>,
    now: Instant,
) -> Result<Event, Refused> {
    let mut branch = branch.clone();
    let kind = setting.catalogue.kinds.get(&branch.registration.kind);
    let kind = kind.ok_or_else(|| Refusal::of(Rule::UnknownKind, "kind"))?;
    let action = kind.register().ok_or_else(|| Refusal::of(Rule::UnknownKind, "kind"))?;
    let Actor::Posts(posts) = command.actor else { return Err(Rule::NoPostMay.into()) };
    let post = posts.iter().find(|p| p.unit == branch.unit).or(posts.first());
    let by = post.map(|p| by(p)).ok_or_else(|| Refused::from(Rule::NoPostMay))?;
    branch.registration.kind_version = kind.version;
    for (no, party) in (1..).zip(&mut branch.registration.parties) {
        (party.no, party.consent) = (no, None);
    }
    open(setting, kind, action, branch, BTreeMap::new(), by, command, now)
}

#[allow(clippy::too_many_arguments, reason = "the parts of one opening")]
fn open(
    setting: Setting<'_>,
    kind: &Arc<Kind>,
    action: &Action,
    branch: Branch,
    step: BTreeMap<String, Value>,
    by: By,
    command: &Command<'_>,
    now: Instant,
) -> Result<Event, Refused> {
    let fields = branch.registration.fields.clone();
    let mut draft = Draft::open(setting, kind, branch.registration, by, action.id.as_str(), now)
        .ok_or_else(|| Refused::from(Rule::UnknownKind))?;
    draft.push(Change::Held { unit: branch.unit, person: None, assistants: Vec::new() });
    for (name, value) in &fields {
        classify(&mut draft, name, value);
    }
    for flag in &branch.flags {
        set_flag(&mut draft, flag);
    }
    if kind.secrecy == Secrecy::Sealed && !draft.matter.sealed {
        draft.push(Change::Sealed);
    }
    take(draft, action, step, command.next_number, command.other).map(|(event, _)| event)
}
