//! The types behind `catalogue/kinds/*.toml`. Every name keeps its line, so that a check can point
//! at it.

use std::str::FromStr;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::field::{Ask, Field};
use super::guard::Guard;
use super::verb::Verb;
use crate::catalogue::Term;
use crate::clock::{Length, Scope};
use crate::label::Label;

/// The `to` of an action that ends a suspension: the state before it.
pub const PREVIOUS: &str = "previous";

/// A kind of matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Its permanent name, stored on every matter.
    pub id: Term,
    /// A matter keeps the version it was opened under.
    pub version: u32,
    /// What people call it.
    pub label: Label,
    /// Where it stands among the kinds: the most usual first.
    pub order: u32,
    /// The laws it rests on.
    pub basis: Vec<String>,
    /// Who may see it.
    pub secrecy: Secrecy,
    /// The pattern of its official number, such as `({year}){unit}人调字第{seq}号`.
    pub number: Option<String>,
    /// The field that says what it is about; the tallies count by it.
    pub category: Option<Term>,
    /// Choices that the tallies count by when a step says them.
    pub counts: Vec<Term>,
    /// The sum of money that an agreement is about; the tallies add it up.
    pub sum: Option<Term>,
    /// The list its source is from.
    pub sources: Option<Term>,
    /// The roles of its parties.
    pub parties: IndexMap<String, PartyRole>,
    /// What the matter says.
    pub fields: IndexMap<String, Field>,
    /// What its steps say.
    pub steps: IndexMap<String, Field>,
    /// Remarks about a matter.
    pub flags: IndexMap<String, Flag>,
    /// Places a matter can be in.
    pub states: IndexMap<String, State>,
    /// How a matter can end.
    pub outcomes: IndexMap<String, Outcome>,
    /// What can be done with it.
    pub actions: IndexMap<String, Action>,
    /// Its limits.
    pub clocks: IndexMap<String, Clock>,
    /// Its papers, in the order of the dossier.
    pub documents: IndexMap<String, Document>,
    /// Whether its papers are bound into a dossier with the items of `documents/dossier.toml`.
    pub dossier: bool,
}

/// Who may see a kind's matters beyond what their posts cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Secrecy {
    /// The posts of the units involved.
    Ordinary,
    /// Only who is named in it.
    Sealed,
}

impl FromStr for Secrecy {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "ordinary" => Ok(Self::Ordinary),
            "sealed" => Ok(Self::Sealed),
            _ => Err(()),
        }
    }
}

/// A role that parties have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRole {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// The fewest and the most parties in this role at intake.
    pub count: (usize, usize),
    /// The details that must be given; the name always must.
    pub required: Vec<Term>,
}

/// A remark about a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// Whether it may be set at intake.
    pub at_intake: bool,
    /// Whether it seals the matter: only who is named in it sees it.
    pub seals: bool,
    /// The flags that are set with it.
    pub sets: Vec<Term>,
    /// The categories that set it: what a matter is about may open a path of its own.
    pub of: Vec<Term>,
    /// The highest rating that still sets it: a bad rating is owed an answer.
    pub rated: Option<u8>,
    /// What whoever takes the matter in must know or do at once.
    pub advice: Option<Label>,
    /// The article behind it.
    pub law: Option<String>,
}

/// How far a matter is, in the coarsest words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Somebody owes it something.
    Open,
    /// It has ended, answered.
    Closed,
    /// Its dossier is put away.
    Archived,
}

impl Phase {
    /// The word in files, in the store and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Archived => "archived",
        }
    }
}

impl FromStr for Phase {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Open, Self::Closed, Self::Archived].into_iter().find(|p| p.name() == text).ok_or(())
    }
}

/// A place a matter can be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// How far that is.
    pub phase: Phase,
}

/// How a matter can end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// How long the dossier is kept; none is for ever.
    pub retain: Option<Length>,
    /// Whether it counts as settled in the tallies.
    pub settled: bool,
    /// Whether it leaves the people concerned without what they came for; then the action that
    /// leads to it must name the routes that stay open.
    pub refuses: bool,
}

/// In what relation to a matter a post must stand to act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Any unit: it opens its door to whoever comes.
    Door,
    /// At the unit that holds it.
    Holder,
    /// The person who handles it, or assists.
    Handler,
    /// At a unit above the holder.
    Above,
    /// At the unit that registered it.
    Registrar,
    /// At a unit called out.
    Called,
    /// At the unit that called out.
    Caller,
    /// The clock itself, when it runs out.
    Clock,
}

impl Relation {
    /// Every relation, with its word.
    pub const NAMES: &'static [(&'static str, Relation)] = &[
        ("door", Self::Door),
        ("holder", Self::Holder),
        ("handler", Self::Handler),
        ("above", Self::Above),
        ("registrar", Self::Registrar),
        ("called", Self::Called),
        ("caller", Self::Caller),
        ("clock", Self::Clock),
    ];

    /// The word in files and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, r)| *r == self).map_or("", |(n, _)| n)
    }
}

/// Something that can be done with a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub id: Term,
    /// What the button says.
    pub label: Label,
    /// What it does.
    pub verbs: Vec<Verb>,
    /// The states it can be taken from; empty for the one that registers.
    pub from: Vec<Term>,
    /// The state it leads to; none where it stays. [`PREVIOUS`] is the state before a suspension.
    pub to: Option<Term>,
    /// Who may take it: roles by relation.
    pub by: IndexMap<Relation, Vec<Term>>,
    /// The fields it asks for.
    pub asks: Vec<Ask>,
    /// What must be true first.
    pub when: Vec<(Guard, u32)>,
    /// Flags it sets.
    pub set: Vec<Term>,
    /// Flags it clears.
    pub clear: Vec<Term>,
    /// Papers it issues.
    pub issue: Vec<Term>,
    /// Whether it gives the matter its official number.
    pub numbers: bool,
    /// How the matter ends by it.
    pub outcome: Option<Term>,
    /// Ways that stay open to the people concerned; told with every refusal.
    pub routes: Vec<Term>,
    /// The clock that an extension extends.
    pub extends: Option<Term>,
    /// The form of an agreement: `written` or `oral`.
    pub form: Option<Term>,
    /// The day by which all of an agreement is to be performed: a field. Without instalments it is the
    /// only one; with them the last of them is no later.
    pub due: Option<Term>,
    /// The offices it may go to; any unit where none is named.
    pub offices: Vec<Term>,
    /// How long before it whoever is to come to a meeting must be told, at the least.
    pub notice: Option<(Length, u32)>,
    /// The article it rests on.
    pub law: Option<String>,
}

impl Action {
    /// Whether it does this.
    #[must_use]
    pub fn does(&self, verb: Verb) -> bool {
        self.verbs.contains(&verb)
    }
}

/// A limit of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// The rule of `clocks.toml` it follows.
    pub rule: Term,
    /// A shorter length than the rule's, if the county wants one.
    pub within: Option<(Length, u32)>,
    /// A number field that says how many of the rule's units were promised; never more than the rule's.
    pub count: Option<Term>,
    /// Whose time it measures.
    pub scope: Scope,
    /// States in which it runs.
    pub during: Vec<Term>,
    /// States in which it stands still.
    pub pause: Vec<Term>,
    /// Actions that start it, for a clock that is not bound to states; that begin it anew, for one
    /// that is.
    pub start: Vec<Term>,
    /// Actions that stop it.
    pub stop: Vec<Term>,
    /// What else must be true for it to run.
    pub when: Vec<(Guard, u32)>,
    /// A date or time field it counts from, where that is known; else it counts from the act.
    pub from: Option<Term>,
    /// For a callout's clock: `report-in` or `contribute`.
    pub until: Option<Term>,
    /// A right rather than a duty: nobody is late when it ends.
    pub soft: bool,
    /// The action taken when it runs out.
    pub lapse: Option<Term>,
}

/// A paper of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name, and its template's.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// Whether every dossier must hold it.
    pub required: bool,
    /// The outcomes whose dossiers must hold it.
    pub required_for: Vec<Term>,
    /// Who may make it out whenever it is wanted: roles by relation. Where nobody is named, it is
    /// made out when an action makes it due, by who may take that action.
    pub by: IndexMap<Relation, Vec<Term>>,
    /// The categories whose papers are signed in ink only (Electronic Signature Law, art. 3).
    pub ink_only: Vec<Term>,
}

impl Kind {
    /// Puts the roles of each group in the place of its name.
    pub fn expand(&mut self, groups: &IndexMap<String, Vec<Term>>) {
        let actions = self.actions.values_mut().flat_map(|a| a.by.values_mut());
        let papers = self.documents.values_mut().flat_map(|d| d.by.values_mut());
        for roles in actions.chain(papers) {
            let mut all: Vec<Term> = Vec::new();
            for term in roles.drain(..) {
                let of = |role: &Term| Term { text: role.text.clone(), line: term.line };
                let named: Vec<Term> = groups
                    .get(&term.text)
                    .map_or(vec![term.clone()], |g| g.iter().map(of).collect());
                for role in named {
                    if !all.iter().any(|t| t.text == role.text) {
                        all.push(role);
                    }
                }
            }
            *roles = all;
        }
    }

    /// The action that registers.
    #[must_use]
    pub fn register(&self) -> Option<&Action> {
        self.actions.values().find(|a| a.does(Verb::Register))
    }

    /// The phase of a state; open where there is no such state.
    #[must_use]
    pub fn phase(&self, state: &str) -> Phase {
        self.states.get(state).map_or(Phase::Open, |s| s.phase)
    }

    /// A field of the matter or of a step.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.get(id).or_else(|| self.steps.get(id))
    }
}
