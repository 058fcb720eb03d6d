//! What is kept beside a matter so that lists and counts need no computing: its places in
//! worklists, and what an event adds to the tallies. Both are functions of the matter alone, so
//! they can be computed again and compared.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Change, Event};
use super::state::{Matter, Named};
use super::value::Value;
use crate::clock::Scope;
use crate::ids::UnitId;
use crate::kind::{Kind, Phase};
use crate::org::Org;
use crate::time::Instant;

/// Why a matter stands in a desk's list. A desk is a unit or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The unit holds it.
    Held,
    /// A unit below holds it.
    Below,
    /// The unit is called out.
    Called,
    /// A unit below is called out.
    CalledBelow,
    /// The unit holds it and waits for departments it called out.
    Calling,
    /// It came back to the unit.
    Back,
    /// The unit supervises it, or holds it under supervision.
    Supervised,
    /// The unit had to do with it: registered it, held it, was called out.
    Known,
    /// A unit below had to do with it.
    KnownBelow,
    /// It is sealed, and open to the unit's sealed desk.
    Sealed,
    /// The person handles it or assists.
    Mine,
    /// The person registered it.
    Brought,
    /// The person had to do with it.
    Part,
}

impl Lane {
    /// Every lane with its word in the store and on the wire.
    pub const NAMES: &'static [(&'static str, Lane)] = &[
        ("held", Self::Held),
        ("below", Self::Below),
        ("called", Self::Called),
        ("called-below", Self::CalledBelow),
        ("calling", Self::Calling),
        ("back", Self::Back),
        ("supervised", Self::Supervised),
        ("known", Self::Known),
        ("known-below", Self::KnownBelow),
        ("sealed", Self::Sealed),
        ("mine", Self::Mine),
        ("brought", Self::Brought),
        ("part", Self::Part),
    ];

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, l)| *l == self).map_or("", |(n, _)| n)
    }

    /// The lane of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(n, _)| *n == name).map(|(_, l)| *l)
    }

    /// Whether its matters are ordered by deadline and can be listed by state, or only by phase.
    #[must_use]
    pub fn is_sorted(self) -> bool {
        !matches!(self, Self::Known | Self::KnownBelow | Self::Brought | Self::Part)
    }

    /// Whether its desks are persons, not units.
    #[must_use]
    pub fn is_personal(self) -> bool {
        matches!(self, Self::Mine | Self::Brought | Self::Part)
    }
}

/// One place of a matter in a list. Lists are ordered by `sort`, then by matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// A unit or a person.
    pub desk: i64,
    /// Why it stands there.
    pub lane: Lane,
    /// Which list: a phase, or `KIND:STATE`.
    pub bucket: String,
    /// Open: when it is due, ms. Ended: minus when it ended. Known: minus when it came in.
    pub sort: i64,
}

/// The places of a matter in all lists.
#[must_use]
pub fn rows(matter: &Matter, org: &Org) -> BTreeSet<Row> {
    let mut places: BTreeSet<(i64, Lane)> = BTreeSet::new();
    persons(matter, &mut places);
    if matter.sealed {
        let units = matter.named.iter().filter_map(|n| match n {
            Named::Unit(unit) => Some((unit.0, Lane::Sealed)),
            Named::Person(_) => None,
        });
        places.extend(units);
    } else {
        units(matter, org, &mut places);
    }
    let mut rows = BTreeSet::new();
    for (desk, lane) in places {
        let phase = matter.phase.name();
        let sort = if lane.is_sorted() { sort(matter) } else { -matter.registered_at.0 };
        let mut add = |bucket: String| rows.insert(Row { desk, lane, bucket, sort });
        add(phase.to_owned());
        if lane.is_sorted() {
            add(format!("{}:{}", matter.kind(), matter.state));
        }
    }
    rows
}

fn sort(matter: &Matter) -> i64 {
    let ended = |at: Option<Instant>| -at.or(matter.closed_at).unwrap_or(matter.registered_at).0;
    match matter.phase {
        Phase::Open => matter.next_deadline().map_or(i64::MAX, |(due, _)| due.0),
        Phase::Closed => ended(matter.closed_at),
        Phase::Archived => ended(matter.archived_at),
    }
}

fn persons(matter: &Matter, places: &mut BTreeSet<(i64, Lane)>) {
    let handling: Vec<_> = matter.handler.iter().chain(&matter.assistants).collect();
    places.extend(handling.iter().map(|p| (p.0, Lane::Mine)));
    places.extend(matter.registered_by_person().map(|p| (p.0, Lane::Brought)));
    let part = matter
        .named
        .iter()
        .filter_map(|n| match n {
            Named::Person(person) => Some(*person),
            Named::Unit(_) => None,
        })
        .chain(matter.registered_by_person())
        .chain(matter.callouts.iter().filter_map(|c| c.person));
    places.extend(part.map(|p| (p.0, Lane::Part)));
}

fn units(matter: &Matter, org: &Org, places: &mut BTreeSet<(i64, Lane)>) {
    let called: BTreeSet<UnitId> =
        matter.callouts.iter().filter(|c| c.is_open()).map(|c| c.unit).collect();
    let mut add = |unit: UnitId, own: Lane, below: Lane| {
        places.insert((unit.0, own));
        for above in org.lineage(unit).skip(1) {
            places.insert((above.0, below));
        }
    };
    add(matter.holder, Lane::Held, Lane::Below);
    for unit in &called {
        add(*unit, Lane::Called, Lane::CalledBelow);
    }
    let known =
        matter.involved().into_iter().filter(|u| *u != matter.holder && !called.contains(u));
    for unit in known {
        add(unit, Lane::Known, Lane::KnownBelow);
    }
    if !called.is_empty() {
        places.insert((matter.holder.0, Lane::Calling));
    }
    if matter.came_back() {
        places.insert((matter.holder.0, Lane::Back));
    }
    if !matter.supervisors.is_empty() {
        let watching = matter.supervisors.iter().chain([&matter.holder]);
        places.extend(watching.map(|unit| (unit.0, Lane::Supervised)));
    }
}

/// Measures that add up something of matters.
const PARTIES: &str = "parties";
const AMOUNT: &str = "amount";

/// What an event adds to the tallies of one unit. The units above it get the same when deltas are
/// folded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delta {
    /// Whose count.
    pub unit: UnitId,
    /// The month such as 202611; 0 for a stock, which is how things stand now.
    pub month: i64,
    /// The kind.
    pub kind: String,
    /// What is counted.
    pub measure: String,
    /// By how much.
    pub n: i64,
}

/// Whether a measure adds up something of matters, such as their parties or amounts, and does not count
/// matters themselves.
#[must_use]
pub fn is_sum(measure: &str) -> bool {
    matches!(measure, PARTIES | AMOUNT)
}

/// What an event adds to the tallies. A sealed matter is in no count.
#[must_use]
pub fn deltas(before: Option<&Matter>, after: &Matter, event: &Event, kind: &Kind) -> Vec<Delta> {
    let unit = before.map_or(after.holder, |m| m.holder);
    let mut tally =
        Tally { kind: after.kind(), month: event.at.day().month(), unit, deltas: Vec::new() };
    if after.sealed {
        // Where few are counted, a count tells. At its sealing a matter leaves the stock.
        if let Some(before) = before.filter(|m| !m.sealed) {
            tally.stock(before.holder, &before.state, -1);
        }
        return tally.deltas;
    }
    for change in &event.changes {
        tally.change(change, before, after, kind);
    }
    let was = before.map(|m| (m.holder, m.state.as_str()));
    let is = (after.holder, after.state.as_str());
    if was != Some(is) {
        if let Some((unit, state)) = was {
            tally.stock(unit, state, -1);
        }
        tally.stock(is.0, is.1, 1);
    }
    tally.deltas
}

struct Tally<'a> {
    kind: &'a str,
    month: i64,
    unit: UnitId,
    deltas: Vec<Delta>,
}

impl Tally<'_> {
    fn add(&mut self, unit: UnitId, month: i64, measure: String, n: i64) {
        if n != 0 {
            self.deltas.push(Delta { unit, month, kind: self.kind.to_owned(), measure, n });
        }
    }

    fn flow(&mut self, measure: impl Into<String>) {
        self.add(self.unit, self.month, measure.into(), 1);
    }

    /// What a matter is, it is where and when it came in: what is corrected later is corrected there, and
    /// no other month or unit counts less than nothing.
    fn sort(&mut self, matter: &Matter, measure: String, n: i64) {
        self.add(matter.registrar, matter.registered_at.day().month(), measure, n);
    }

    fn stock(&mut self, unit: UnitId, state: &str, n: i64) {
        self.add(unit, 0, format!("state:{state}"), n);
    }

    fn change(&mut self, change: &Change, before: Option<&Matter>, after: &Matter, kind: &Kind) {
        match change {
            Change::Registered(r) => {
                self.flow("registered");
                self.add(self.unit, self.month, PARTIES.to_owned(), r.parties.len() as i64);
                if let Some(source) = &r.source {
                    self.flow(format!("source:{source}"));
                }
                self.said(&r.fields, None, after, kind);
            }
            Change::Classified(category) => {
                if let Some(old) = before.and_then(|m| m.category.as_ref()) {
                    self.sort(after, format!("category:{old}"), -1);
                }
                self.sort(after, format!("category:{category}"), 1);
            }
            Change::Accepted => self.flow("accepted"),
            Change::Answered if before.is_none_or(|m| m.answered_at.is_none()) => {
                self.flow("answered")
            }
            Change::Said(said) => self.said(said, before, after, kind),
            Change::Returned { .. } => self.flow("returned"),
            Change::CalledOut { .. } => self.flow("called-out"),
            Change::Met => self.flow("sessions"),
            Change::Agreed(agreement) => {
                self.flow(if agreement.written { "agreed:written" } else { "agreed:oral" });
                let sum = kind.sum.as_ref().and_then(|sum| after.fields.get(sum.as_str()));
                if let Some(Value::Money(fen)) = sum {
                    self.add(self.unit, self.month, AMOUNT.to_owned(), *fen);
                }
            }
            Change::Reopened => self.flow("reopened"),
            Change::Rated(level) => self.flow(format!("rated:{level}")),
            Change::ClockLapsed { no } => {
                let soft = after.clocks.iter().any(|c| c.no == *no && c.soft);
                if !soft {
                    self.flow("lapsed");
                }
            }
            Change::Held { unit, .. } if before.is_some_and(|m| m.holder != *unit) => {
                self.flow("passed-on")
            }
            Change::Ended { outcome } => self.ended(outcome, after, kind),
            _ => {}
        }
    }

    /// Choices that are counted: the new one is, the one before it no longer.
    fn said(
        &mut self,
        said: &BTreeMap<String, Value>,
        before: Option<&Matter>,
        after: &Matter,
        kind: &Kind,
    ) {
        for field in &kind.counts {
            let Some(Value::Choice(item)) = said.get(field.as_str()) else { continue };
            let old = before.and_then(|m| m.fields.get(field.as_str()));
            match old {
                Some(Value::Choice(old)) if old == item => continue,
                Some(Value::Choice(old)) => {
                    self.sort(after, format!("{}:{old}", field.text), -1);
                }
                _ => {}
            }
            self.sort(after, format!("{}:{item}", field.text), 1);
        }
    }

    fn ended(&mut self, outcome: &str, after: &Matter, kind: &Kind) {
        self.flow("closed");
        self.flow(format!("outcome:{outcome}"));
        if kind.outcomes.get(outcome).is_some_and(|o| o.settled) {
            self.flow("settled");
        }
        let end = after.closed_at.unwrap_or_default();
        if after.clocks.iter().any(|c| c.scope == Scope::Matter && c.is_late(end)) {
            self.flow("closed-late");
        }
    }
}
