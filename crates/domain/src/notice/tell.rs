//! Whom an event is told to. Nobody is told of what they themselves did, and nobody of a matter that
//! they do not see; only who is let go from a meeting is told by virtue of having seen it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::definition::{Audience, Notice, Trigger};
use crate::access::sees;
use crate::catalogue::Catalogue;
use crate::clock::ClockRun;
use crate::ids::{MatterCode, PersonId, UnitId};
use crate::kind::Action;
use crate::matter::{By, Change, Event, Matter, Named, Value};
use crate::org::{Org, Post};
use crate::time::{Day, Instant};

/// What a notice is filled with, whatever the language: names of the catalogue, not their labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The matter.
    pub code: MatterCode,
    /// Its kind.
    pub kind: String,
    /// The version it runs under.
    pub kind_version: u32,
    /// Its state after the event.
    pub state: String,
    /// The action, or `tick`.
    pub action: String,
    /// Who holds it, or owes what the clock measures.
    pub unit: UnitId,
    /// From which unit the act came; none where time acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<UnitId>,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Instant>,
    /// When the meeting begins that the act calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// Who acted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<PersonId>,
}

/// Who is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// A member of staff.
    Person(PersonId),
    /// A party, by its number in the matter.
    Party(u16),
}

/// A notice on its way to somebody.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    /// Which.
    pub notice: &'a Notice,
    /// To whom.
    pub to: Reached,
    /// What it is filled with.
    pub facts: Facts,
    /// Whether it goes out in quiet hours too.
    pub urgent: bool,
}

/// Everybody to whom an event is told, each once with the first notice that fits.
#[must_use]
pub fn tell<'a>(
    catalogue: &'a Catalogue,
    org: &Org,
    before: Option<&Matter>,
    after: &Matter,
    event: &Event,
    today: Day,
) -> Vec<Told<'a>> {
    let occasions = occasions(catalogue, after, event);
    let mut told: Vec<Told<'a>> = Vec::new();
    let mut reached = BTreeSet::new();
    let flagged = catalogue.delivery.urgent_flags.iter().any(|f| after.flags.contains(&f.text));
    for (notice, occasion) in
        catalogue.notices.values().flat_map(|n| occasions.iter().map(move |o| (n, o)))
    {
        if !fits(notice, after, event, occasion) {
            continue;
        }
        let circle = Circle { catalogue, org, before, after, occasion, today };
        for to in circle.everybody(notice, event) {
            if reached.insert(to) {
                let facts = facts(after, event, occasion);
                told.push(Told { notice, to, facts, urgent: notice.urgent || flagged });
            }
        }
    }
    told
}

/// What happened in an event: an act, or something that a clock did.
struct Occasion<'m> {
    triggers: Vec<Trigger>,
    clock: Option<&'m ClockRun>,
}

fn occasions<'m>(catalogue: &Catalogue, after: &'m Matter, event: &Event) -> Vec<Occasion<'m>> {
    let run = |no: u16| after.clocks.iter().find(|c| c.no == no);
    let mut all: Vec<Occasion<'m>> = event
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::ClockWarned { no } => Some((Trigger::Warned, run(*no)?)),
            Change::ClockLapsed { no } => Some((Trigger::Lapsed, run(*no)?)),
            _ => None,
        })
        .map(|(trigger, clock)| Occasion { triggers: vec![trigger], clock: Some(clock) })
        .collect();
    let kind = catalogue.kind(after.kind(), after.registration.kind_version);
    let action: Option<&Action> = kind.and_then(|k| k.actions.get(&event.action));
    if let Some(action) = action {
        let triggers = action.verbs.iter().map(|v| Trigger::Act(*v)).collect();
        all.push(Occasion { triggers, clock: None });
    }
    all
}

fn fits(notice: &Notice, after: &Matter, event: &Event, occasion: &Occasion<'_>) -> bool {
    let among = |names: &[crate::catalogue::Term], name: &str| {
        names.is_empty() || names.iter().any(|n| n.text == name)
    };
    notice.is_on(&occasion.triggers)
        && among(&notice.kinds, after.kind())
        && match occasion.clock {
            Some(run) => among(&notice.clocks, &run.clock),
            None => among(&notice.actions, &event.action),
        }
}

fn facts(after: &Matter, event: &Event, occasion: &Occasion<'_>) -> Facts {
    let (from, actor) = match &event.by {
        By::Post { person, unit, .. } => (Some(*unit), Some(*person)),
        By::Clock => (None, None),
    };
    let called = event.changes.iter().find_map(|change| match change {
        Change::CalledOut { no, .. } => Some(*no),
        _ => None,
    });
    let of_callout = after.clocks.iter().find(|c| called.is_some() && c.callout == called);
    let run = occasion.clock.or(of_callout);
    let due = match run {
        Some(run) => run.deadline.as_ref().map(|d| d.due_at),
        None => after.next_deadline().map(|(due, _)| due),
    };
    Facts {
        code: after.code(),
        kind: after.kind().to_owned(),
        kind_version: after.registration.kind_version,
        state: after.state.clone(),
        action: event.action.clone(),
        unit: occasion.clock.and_then(|c| c.unit).unwrap_or(after.holder),
        from,
        due,
        at: match event.data.get("meets-at") {
            Some(Value::Time(at)) => Some(*at),
            _ => None,
        },
        clock: occasion.clock.map(|c| c.clock.clone()),
        actor,
    }
}

/// Everything that says who stands around an event.
struct Circle<'a> {
    catalogue: &'a Catalogue,
    org: &'a Org,
    before: Option<&'a Matter>,
    after: &'a Matter,
    occasion: &'a Occasion<'a>,
    today: Day,
}

impl Circle<'_> {
    fn everybody(&self, notice: &Notice, event: &Event) -> Vec<Reached> {
        let (mut people, mut let_go) = (BTreeSet::new(), BTreeSet::new());
        let mut reached = Vec::new();
        for audience in notice.audiences() {
            match audience {
                Audience::Parties => reached.extend(self.parties(notice)),
                Audience::Handler => people.extend(self.after.handler),
                Audience::Assistants => people.extend(&self.after.assistants),
                Audience::Registrar => people.extend(self.after.registered_by_person()),
                Audience::Invited => people.extend(said(event, "attendees")),
                Audience::Dismissed => let_go.extend(said(event, "dismissed")),
                Audience::Named => people.extend(self.named()),
                unit => people.extend(
                    self.units(unit, event).iter().flat_map(|unit| self.staff(*unit, notice)),
                ),
            }
        }
        let actor = match &event.by {
            By::Post { person, .. } => Some(*person),
            By::Clock => None,
        };
        people.retain(|person| self.sees(self.after, *person));
        let_go.retain(|person| self.before.is_some_and(|matter| self.sees(matter, *person)));
        let told = people.union(&let_go).filter(|person| Some(**person) != actor);
        reached.extend(told.map(|person| Reached::Person(*person)));
        reached
    }

    fn units(&self, audience: Audience, event: &Event) -> BTreeSet<UnitId> {
        let after = self.after;
        let called = event.changes.iter().filter_map(|change| match change {
            Change::CalledOut { unit, .. } => Some(*unit),
            _ => None,
        });
        match audience {
            Audience::Holder => [after.holder].into(),
            Audience::Owing => {
                [self.occasion.clock.and_then(|c| c.unit).unwrap_or(after.holder)].into()
            }
            Audience::Called => {
                // An act that calls out tells those it calls, any other all who are still there.
                let now: BTreeSet<UnitId> = called.collect();
                let open = after.callouts.iter().filter(|c| c.is_open()).map(|c| c.unit);
                if now.is_empty() { open.collect() } else { now }
            }
            Audience::Caller => {
                let was_open = |no: u16| {
                    self.before.is_none_or(|m| m.callouts.iter().any(|c| c.no == no && c.is_open()))
                };
                let open = after.callouts.iter().filter(|c| c.is_open() || was_open(c.no));
                open.map(|c| c.by).collect()
            }
            Audience::Sender => after.sender().into_iter().collect(),
            Audience::Supervisors => after.supervisors.clone(),
            _ => BTreeSet::new(),
        }
    }

    /// Who holds a post in one of the notice's roles at a unit today.
    fn staff(&self, unit: UnitId, notice: &Notice) -> Vec<PersonId> {
        let holds = |post: &Post| {
            post.unit == unit
                && post.held_on(self.today)
                && notice.roles.iter().any(|name| {
                    let group = self.catalogue.groups.get(name.as_str());
                    name.text == post.role
                        || group.is_some_and(|g| g.iter().any(|r| r.text == post.role))
                })
        };
        let staff = self.org.staff(unit).iter().copied();
        staff.filter(|person| self.org.posts(*person).iter().any(holds)).collect()
    }

    fn named(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.after.named.iter().filter_map(|named| match named {
            Named::Person(person) => Some(*person),
            _ => None,
        })
    }

    fn sees(&self, matter: &Matter, person: PersonId) -> bool {
        let posts: Vec<&Post> =
            self.org.posts(person).iter().filter(|p| p.held_on(self.today)).collect();
        sees(&posts, matter, self.org, self.catalogue)
    }

    /// The parties with a telephone. About a sealed matter nobody is written to: a telephone may lie
    /// in the hands of the one whom it is about.
    fn parties(&self, notice: &Notice) -> Vec<Reached> {
        if self.after.sealed {
            return Vec::new();
        }
        let told = self.after.parties.iter().filter(|party| {
            (notice.parties.is_empty() || notice.parties.iter().any(|r| r.text == party.role))
                && party.details.contains_key("phone")
        });
        told.map(|party| Reached::Party(party.no)).collect()
    }
}

/// The persons that a step names in a field.
fn said(event: &Event, field: &str) -> Vec<PersonId> {
    match event.data.get(field) {
        Some(Value::Persons(people)) => people.clone(),
        _ => Vec::new(),
    }
}
