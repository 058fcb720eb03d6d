//! An event in the making: a working copy of the matter that every change is applied to at once,
//! so that each rule sees what the ones before it did.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::Setting;
use super::event::{By, Change, Event};
use super::fold::apply;
use super::state::{Matter, Registration};
use super::value::Value;
use crate::clock::ClockRun;
use crate::ids::UnitId;
use crate::kind::Kind;
use crate::time::Instant;

/// An event in the making.
pub struct Draft<'a> {
    /// The county.
    pub setting: Setting<'a>,
    /// The kind, under the matter's version.
    pub kind: &'a Arc<Kind>,
    /// Now.
    pub now: Instant,
    /// The matter with the changes so far.
    pub matter: Matter,
    event: Event,
}

impl<'a> Draft<'a> {
    /// An event on an existing matter.
    pub fn on(
        setting: Setting<'a>,
        kind: &'a Arc<Kind>,
        matter: &Matter,
        by: By,
        action: &str,
        now: Instant,
    ) -> Self {
        let event = Event {
            seq: matter.version + 1,
            at: now,
            by,
            action: action.to_owned(),
            data: BTreeMap::new(),
            changes: Vec::new(),
        };
        Self { setting, kind, now, matter: matter.clone(), event }
    }

    /// The first event of a matter.
    pub fn open(
        setting: Setting<'a>,
        kind: &'a Arc<Kind>,
        registration: Registration,
        by: By,
        action: &str,
        now: Instant,
    ) -> Option<Self> {
        let changes = vec![Change::Registered(Box::new(registration))];
        let event = Event {
            seq: 1,
            at: now,
            by,
            action: action.to_owned(),
            data: BTreeMap::new(),
            changes,
        };
        let matter = apply(None, &event)?;
        Some(Self { setting, kind, now, matter, event })
    }

    /// Makes a change.
    pub fn push(&mut self, change: Change) {
        self.matter.change(&change, self.now);
        self.event.changes.push(change);
    }

    /// Keeps what the step said.
    pub fn say(&mut self, data: BTreeMap<String, Value>) {
        self.event.data = data;
    }

    /// Who acts.
    pub fn by(&self) -> &By {
        &self.event.by
    }

    /// The unit that acts; for a clock, the holder.
    pub fn acting_unit(&self) -> UnitId {
        match &self.event.by {
            By::Post { unit, .. } => *unit,
            By::Clock => self.matter.holder,
        }
    }

    /// Counts the act as done, so that the clocks that wait for it see it; folding counts it again
    /// from the event.
    pub fn count(&mut self) {
        let times = self.matter.done.entry(self.event.action.clone()).or_default();
        *times = times.saturating_add(1);
    }

    /// The deadline of a run with its pauses so far, on the county's calendar.
    pub fn deadline(&self, run: &ClockRun) -> Option<crate::clock::Deadline> {
        run.compute(&self.setting.catalogue.calendar)
    }

    /// The finished event.
    pub fn finish(self) -> Event {
        self.event
    }

    /// Whether anything changed.
    pub fn is_idle(&self) -> bool {
        self.event.changes.is_empty()
    }
}
