//! A matter as it stands: the fold of its events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::By;
use super::promise::Instalment;
use super::value::Value;
use crate::clock::{ClockRun, Light};
use crate::ids::{MatterCode, MatterId, PersonId, UnitId};
use crate::kind::{Kind, Phase};
use crate::paper::PaperCode;
use crate::person::Party;
use crate::time::Instant;

/// How a matter came in. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Its id in the county.
    pub id: MatterId,
    /// Its code for people.
    pub code: MatterCode,
    /// Its kind.
    pub kind: String,
    /// The version of the kind it runs under.
    pub kind_version: u32,
    /// Where it happened.
    pub place: UnitId,
    /// From where it came in, an item of the kind's list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What it is about, in one line.
    pub title: String,
    /// What the matter says.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    /// Whom it concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Party>,
}

/// One holding of a matter by a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// The unit.
    pub unit: UnitId,
    /// From when.
    pub from: Instant,
    /// Until when; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// When it was signed for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Instant>,
}

/// One calling out of a department.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callout {
    /// Its number in the matter, from 1.
    pub no: u16,
    /// The department.
    pub unit: UnitId,
    /// The unit that called.
    pub by: UnitId,
    /// When.
    pub called_at: Instant,
    /// When it reported in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<Instant>,
    /// Who came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// When it gave its part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contributed_at: Option<Instant>,
    /// When it refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<Instant>,
    /// When it ended, for whatever reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
    /// How the unit that called rated the part it got, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
}

impl Callout {
    /// Whether the department gave its part and nobody has rated it.
    #[must_use]
    pub fn awaits_rating(&self) -> bool {
        self.contributed_at.is_some() && self.rating.is_none()
    }

    /// Whether the department still owes something.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }
}

/// A unit that gave the matter back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The unit.
    pub by: UnitId,
    /// The unit it proposed.
    pub proposal: UnitId,
    /// When.
    pub at: Instant,
}

/// An agreement of the parties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Whether it is in writing (People's Mediation Law arts. 28 to 30).
    pub written: bool,
    /// When it took effect.
    pub at: Instant,
}

/// A suspension that lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The state before it.
    pub state: String,
    /// When it began.
    pub from: Instant,
}

/// A paper due to be made out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its name in the kind.
    pub document: String,
    /// When it became due.
    pub at: Instant,
}

/// A paper that was made out: it stands as it was frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Its code, by which anybody can check it.
    pub code: PaperCode,
    /// Its name in the kind.
    pub document: String,
    /// Which of the papers due it is, counted from 0; none for one that was wanted without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<u16>,
    /// Its number.
    pub number: String,
    /// SM3 over what it says, in hexadecimal.
    pub digest: String,
    /// The unit that issued it.
    pub unit: UnitId,
    /// When.
    pub at: Instant,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
}

/// What a file is to its matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Something that came in from outside.
    Attachment,
    /// A paper as it was signed or sealed, scanned.
    Scan,
    /// A signature drawn on a screen.
    Signature,
}

/// A file of a matter. What it is called stays sealed beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its number in the matter, from 1.
    pub no: u16,
    /// What it is.
    pub part: Part,
    /// SM3 over its bytes, in hexadecimal.
    pub digest: String,
    /// How many bytes.
    pub bytes: u64,
    /// What they are, as was found in them.
    pub media: String,
    /// The paper it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<PaperCode>,
    /// The item of the dossier it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// When it was added.
    pub at: Instant,
    /// When it was set aside. It stays where it is: nothing is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Instant>,
}

/// Another matter that this one is tied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relative {
    /// The other matter.
    pub matter: MatterCode,
    /// How.
    pub how: String,
}

/// Somebody who may see a sealed matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// A person.
    Person(PersonId),
    /// The posts at a unit whose role opens sealed matters.
    Unit(UnitId),
}

/// A matter as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// How it came in.
    pub registration: Registration,
    /// When.
    pub registered_at: Instant,
    /// Who registered it.
    pub registered_by: By,
    /// The unit that registered it.
    pub registrar: UnitId,
    /// How many events it has.
    pub version: u32,
    /// When the last of them was.
    pub changed_at: Instant,
    /// Its state.
    pub state: String,
    /// How far that is.
    pub phase: Phase,
    /// The one unit that holds it.
    pub holder: UnitId,
    /// Who handles it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<PersonId>,
    /// Who assists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assistants: Vec<PersonId>,
    /// Every holding, in order.
    pub holdings: Vec<Holding>,
    /// Its category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What it says now.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    /// Whom it concerns now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Party>,
    /// Remarks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<String>,
    /// Whether only who is named sees it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sealed: bool,
    /// Who is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub named: BTreeSet<Named>,
    /// Every running of every clock, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockRun>,
    /// Every callout, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callouts: Vec<Callout>,
    /// Every return, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returns: Vec<Return>,
    /// The units that supervise it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub supervisors: BTreeSet<UnitId>,
    /// Whether the county centre must rule who holds it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ruling_due: bool,
    /// The unit that the county centre ruled must hold it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruled: Option<UnitId>,
    /// A suspension that lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspension: Option<Suspension>,
    /// Its official number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When the procedure began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<Instant>,
    /// When who brought it was first answered since it last opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Instant>,
    /// The agreement, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// What was agreed to be performed, in order of the days on which it is due.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instalments: Vec<Instalment>,
    /// How many sessions were held.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sessions: u16,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// When its dossier was put away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Instant>,
    /// The last rating, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// How often it was opened again.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reopened: u16,
    /// Papers that became due, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// Papers made out, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<Paper>,
    /// Files, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<File>,
    /// Matters it is tied to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relatives: Vec<Relative>,
    /// How often each action was taken since it last opened.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub done: BTreeMap<String, u16>,
}

fn is_zero(n: &u16) -> bool {
    *n == 0
}

impl Matter {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> MatterId {
        self.registration.id
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> MatterCode {
        self.registration.code
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.registration.kind
    }

    /// The open callout of a unit.
    #[must_use]
    pub fn open_callout(&self, unit: UnitId) -> Option<&Callout> {
        self.callouts.iter().find(|c| c.unit == unit && c.is_open())
    }

    /// The unit that the holder has it from.
    #[must_use]
    pub fn sender(&self) -> Option<UnitId> {
        self.holdings.iter().rev().map(|h| h.unit).find(|u| *u != self.holder)
    }

    /// Whether a unit gave it back, ever.
    #[must_use]
    pub fn returned_by(&self, unit: UnitId) -> bool {
        self.returns.iter().any(|r| r.by == unit)
    }

    /// Whether a unit refused a callout, ever.
    #[must_use]
    pub fn refused_callout(&self, unit: UnitId) -> bool {
        self.callouts.iter().any(|c| c.unit == unit && c.refused_at.is_some())
    }

    /// Whether a unit holds it or held it, ever.
    #[must_use]
    pub fn held_by(&self, unit: UnitId) -> bool {
        self.holdings.iter().any(|h| h.unit == unit)
    }

    /// A paper by its code.
    #[must_use]
    pub fn paper(&self, code: PaperCode) -> Option<&Paper> {
        self.papers.iter().find(|p| p.code == code)
    }

    /// Whether one of the papers due is made out and stands.
    #[must_use]
    pub fn is_made_out(&self, due: usize) -> bool {
        let mut papers = self.papers.iter().filter(|p| p.revoked_at.is_none());
        papers.any(|p| p.due.map(usize::from) == Some(due))
    }

    /// The clocks whose end is a duty and that count now.
    pub fn running(&self) -> impl Iterator<Item = &ClockRun> {
        self.clocks.iter().filter(|c| c.is_running() && !c.soft)
    }

    /// The next deadline of the holder: due and warn instants. A callout's clock is the
    /// department's, not the holder's. A clock that had run out before it was paused still shows.
    #[must_use]
    pub fn next_deadline(&self) -> Option<(Instant, Instant)> {
        let runs =
            self.clocks.iter().filter(|c| c.stopped_at.is_none() && !c.soft && c.callout.is_none());
        runs.filter_map(|c| c.deadline.as_ref()).map(|d| (d.due_at, d.warn_at)).min()
    }

    /// The light of the next deadline.
    #[must_use]
    pub fn light(&self, now: Instant) -> Light {
        match self.next_deadline() {
            None => Light::Off,
            Some((due, _)) if now >= due => Light::Red,
            Some((_, warn)) if now >= warn => Light::Yellow,
            Some(_) => Light::Green,
        }
    }

    /// The next instant at which time itself has something to do here.
    #[must_use]
    pub fn next_tick(&self) -> Option<Instant> {
        self.clocks.iter().filter(|c| c.is_running()).filter_map(next_tick).min()
    }

    /// Whether it came back to its holder and nobody has passed it on since.
    #[must_use]
    pub fn came_back(&self) -> bool {
        let last = self.returns.last().map(|r| r.at);
        self.holdings.last().is_some_and(|h| h.until.is_none() && last == Some(h.from))
    }

    /// Every unit that has to do with it: holders past and present, the registrar, those called
    /// out, those that supervise. It only grows.
    #[must_use]
    pub fn involved(&self) -> BTreeSet<UnitId> {
        let mut units: BTreeSet<UnitId> = self.holdings.iter().map(|h| h.unit).collect();
        units.insert(self.registrar);
        units.extend(self.callouts.iter().map(|c| c.unit));
        units.extend(&self.supervisors);
        units
    }

    /// How often an action was taken since it last opened.
    #[must_use]
    pub fn times(&self, action: &str) -> u16 {
        self.done.get(action).copied().unwrap_or_default()
    }

    /// Whether a unit is named in a field that bars it, so that the matter never goes there.
    #[must_use]
    pub fn bars(&self, kind: &Kind, unit: UnitId) -> bool {
        let barred = kind.fields.values().filter(|f| f.barred);
        let mut said = barred.filter_map(|f| self.field(f.id.as_str()));
        said.any(|value| matches!(value, Value::Unit(named) if *named == unit))
    }

    /// A value it says, now.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Value> {
        self.fields.get(id)
    }
}

fn next_tick(run: &ClockRun) -> Option<Instant> {
    let deadline = run.deadline.as_ref()?;
    match (run.warned_at, run.lapsed_at) {
        (None, None) => Some(deadline.warn_at),
        (Some(_), None) => Some(deadline.due_at),
        _ => None,
    }
}
