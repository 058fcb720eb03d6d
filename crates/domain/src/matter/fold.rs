//! Events into the matter. Nothing here decides anything, and nothing here reads a catalogue.

use std::collections::BTreeSet;

use super::event::{By, Change, Event};
use super::state::{
    Callout, Document, Holding, Matter, Named, Registration, Relative, Return, Suspension,
};
use crate::clock::{ClockRun, Pause};
use crate::kind::Phase;
use crate::time::Instant;

/// The matter that some events make; none where the first does not register it.
#[must_use]
pub fn fold<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Matter> {
    events.into_iter().fold(None, apply)
}

/// The matter after one more event.
#[must_use]
pub fn apply(before: Option<Matter>, event: &Event) -> Option<Matter> {
    let mut matter = before;
    for change in &event.changes {
        match (&mut matter, change) {
            (None, Change::Registered(r)) => matter = Some(opened(r, event)),
            (Some(m), change) => m.change(change, event.at),
            (None, _) => return None,
        }
    }
    if let Some(m) = &mut matter {
        m.version = event.seq;
        m.changed_at = event.at;
        let times = m.done.entry(event.action.clone()).or_default();
        *times = times.saturating_add(1);
    }
    matter
}

fn opened(registration: &Registration, event: &Event) -> Matter {
    let (registrar, named) = match &event.by {
        By::Post { unit, person, .. } => (*unit, [Named::Person(*person)].into()),
        By::Clock => (registration.place, BTreeSet::new()),
    };
    Matter {
        registration: Registration {
            fields: Default::default(),
            parties: Vec::new(),
            ..registration.clone()
        },
        registered_at: event.at,
        registered_by: event.by.clone(),
        registrar,
        version: 0,
        changed_at: event.at,
        state: String::new(),
        phase: Phase::Open,
        holder: registrar,
        handler: None,
        assistants: Vec::new(),
        holdings: Vec::new(),
        category: None,
        fields: registration.fields.clone(),
        parties: registration.parties.clone(),
        flags: Default::default(),
        sealed: false,
        named,
        clocks: Vec::new(),
        callouts: Vec::new(),
        returns: Vec::new(),
        supervisors: BTreeSet::new(),
        ruling_due: false,
        ruled: None,
        suspension: None,
        number: None,
        accepted_at: None,
        answered_at: None,
        agreement: None,
        instalments: Vec::new(),
        sessions: 0,
        outcome: None,
        closed_at: None,
        archived_at: None,
        rating: None,
        reopened: 0,
        documents: Vec::new(),
        papers: Vec::new(),
        files: Vec::new(),
        relatives: Vec::new(),
        done: Default::default(),
    }
}

impl Matter {
    /// Applies one change.
    pub(super) fn change(&mut self, change: &Change, at: Instant) {
        match change {
            Change::Registered(_) => {}
            Change::Moved { to, phase } => {
                self.state.clone_from(to);
                self.phase = *phase;
            }
            Change::Held { .. } | Change::Acknowledged => self.hold(change, at),
            Change::Said(fields) => self.fields.extend(fields.clone()),
            Change::Classified(category) => self.category = Some(category.clone()),
            Change::Accepted => self.accepted_at = Some(at),
            Change::Answered => {
                self.answered_at.get_or_insert(at);
            }
            Change::Consented(said) => {
                for party in &mut self.parties {
                    party.consent = said.get(&party.no).copied().or(party.consent);
                }
            }
            Change::Returned { by, proposal } => {
                self.returns.push(Return { by: *by, proposal: *proposal, at });
            }
            Change::RulingDue => self.ruling_due = true,
            Change::Ruled { unit } => {
                self.ruling_due = false;
                self.ruled = Some(*unit);
            }
            Change::CalledOut { .. }
            | Change::ReportedIn { .. }
            | Change::Contributed { .. }
            | Change::CalloutRefused { .. }
            | Change::CalloutRated { .. }
            | Change::CalloutEnded { .. } => self.call(change, at),
            Change::Met => self.sessions = self.sessions.saturating_add(1),
            Change::Promised(instalments) => self.instalments.clone_from(instalments),
            Change::Performed { no, on } => {
                let part = self.instalments.iter_mut().find(|one| one.no == *no);
                part.into_iter().for_each(|one| one.performed_on = Some(*on));
            }
            Change::Agreed(agreement) => self.agreement = Some(agreement.clone()),
            Change::Suspended => {
                self.suspension
                    .get_or_insert_with(|| Suspension { state: self.state.clone(), from: at });
            }
            Change::Resumed => self.suspension = None,
            Change::Supervised { by } => {
                self.supervisors.insert(*by);
            }
            Change::Linked { matter, how } => {
                self.relatives.push(Relative { matter: *matter, how: how.clone() });
            }
            Change::PartiesLeft(numbers) => self.parties.retain(|p| !numbers.contains(&p.no)),
            Change::Ended { .. } | Change::Reopened | Change::Archived | Change::Rated(_) => {
                self.end(change, at)
            }
            Change::Flagged(_) | Change::Unflagged(_) => self.flag(change),
            Change::Sealed => self.sealed = true,
            Change::Named(_) | Change::Unnamed(_) => self.name(change),
            Change::Numbered(number) => self.number = Some(number.clone()),
            Change::Issued(_)
            | Change::MadeOut(_)
            | Change::Revoked { .. }
            | Change::Attached(_)
            | Change::Withdrawn { .. } => self.file(change, at),
            _ => self.tick(change, at),
        }
    }

    fn file(&mut self, change: &Change, at: Instant) {
        match change {
            Change::Issued(document) => {
                self.documents.push(Document { document: document.clone(), at });
            }
            Change::MadeOut(paper) => self.papers.push((**paper).clone()),
            Change::Revoked { paper } => {
                let paper = self.papers.iter_mut().find(|p| p.code == *paper);
                paper.into_iter().for_each(|p| p.revoked_at = Some(at));
            }
            Change::Attached(file) => self.files.push((**file).clone()),
            Change::Withdrawn { no } => {
                let file = self.files.iter_mut().find(|f| f.no == *no);
                file.into_iter().for_each(|f| f.withdrawn_at = Some(at));
            }
            _ => {}
        }
    }

    fn hold(&mut self, change: &Change, at: Instant) {
        let Change::Held { unit, person, assistants } = change else {
            if let Some(holding) = self.holdings.last_mut() {
                holding.acknowledged_at.get_or_insert(at);
            }
            return;
        };
        if self.holdings.last().is_none_or(|h| h.unit != *unit) {
            if let Some(last) = self.holdings.last_mut() {
                last.until = Some(at);
            }
            self.holdings.push(Holding {
                unit: *unit,
                from: at,
                until: None,
                acknowledged_at: None,
            });
        }
        self.holder = *unit;
        self.handler = *person;
        self.assistants.clone_from(assistants);
        self.named.extend(person.iter().chain(assistants).map(|p| Named::Person(*p)));
        self.named.insert(Named::Unit(*unit));
    }

    fn call(&mut self, change: &Change, at: Instant) {
        if let Change::CalledOut { no, unit, by } = change {
            self.named.insert(Named::Unit(*unit));
            self.callouts.push(Callout {
                no: *no,
                unit: *unit,
                by: *by,
                called_at: at,
                reported_at: None,
                person: None,
                contributed_at: None,
                refused_at: None,
                ended_at: None,
                rating: None,
            });
            return;
        }
        let (Change::ReportedIn { no, .. }
        | Change::Contributed { no }
        | Change::CalloutRefused { no, .. }
        | Change::CalloutRated { no, .. }
        | Change::CalloutEnded { no }) = change
        else {
            return;
        };
        let Some(callout) = self.callouts.iter_mut().find(|c| c.no == *no) else { return };
        match change {
            Change::ReportedIn { person, .. } => {
                callout.reported_at = Some(at);
                callout.person = Some(*person);
            }
            Change::Contributed { .. } => {
                callout.contributed_at = Some(at);
                callout.ended_at = Some(at);
            }
            Change::CalloutRefused { .. } => {
                callout.refused_at = Some(at);
                callout.ended_at = Some(at);
            }
            Change::CalloutRated { level, .. } => callout.rating = Some(*level),
            _ => callout.ended_at = Some(at),
        }
    }

    fn flag(&mut self, change: &Change) {
        match change {
            Change::Flagged(flag) => {
                self.flags.insert(flag.clone());
            }
            Change::Unflagged(flag) => {
                self.flags.remove(flag);
            }
            _ => {}
        }
    }

    fn name(&mut self, change: &Change) {
        match change {
            Change::Named(named) => {
                self.named.insert(named.clone());
            }
            Change::Unnamed(named) => {
                self.named.remove(named);
            }
            _ => {}
        }
    }

    fn end(&mut self, change: &Change, at: Instant) {
        match change {
            Change::Ended { outcome } => {
                self.outcome = Some(outcome.clone());
                self.closed_at = Some(at);
            }
            Change::Reopened => {
                self.outcome = None;
                self.closed_at = None;
                self.archived_at = None;
                self.answered_at = None;
                self.agreement = None;
                self.instalments.clear();
                self.rating = None;
                self.done.clear();
                self.reopened = self.reopened.saturating_add(1);
            }
            Change::Archived => self.archived_at = Some(at),
            Change::Rated(level) => self.rating = Some(*level),
            _ => {}
        }
    }

    fn tick(&mut self, change: &Change, at: Instant) {
        let (Change::ClockPaused { no }
        | Change::ClockResumed { no, .. }
        | Change::ClockExtended { no, .. }
        | Change::ClockRecomputed { no, .. }
        | Change::ClockStopped { no }
        | Change::ClockWarned { no }
        | Change::ClockLapsed { no }) = change
        else {
            if let Change::ClockStarted(run) = change {
                self.clocks.push((**run).clone());
            }
            return;
        };
        if let Some(run) = self.clocks.iter_mut().find(|c| c.no == *no) {
            run.change(change, at);
        }
    }
}

impl ClockRun {
    fn change(&mut self, change: &Change, at: Instant) {
        match change {
            Change::ClockPaused { .. } => {
                self.pauses.push(Pause { from: at, until: None });
                // What has run out is not taken back by a pause: it stays where it ended.
                self.deadline.take_if(|d| at < d.due_at);
            }
            Change::ClockResumed { deadline, .. } => {
                if let Some(pause) = self.pauses.last_mut() {
                    pause.until = Some(at);
                }
                self.deadline = Some(deadline.clone());
            }
            Change::ClockExtended { by, deadline, .. } => {
                self.terms.extended = Some(*by);
                self.deadline.clone_from(deadline);
                self.warned_at = None;
            }
            Change::ClockRecomputed { deadline, .. } => {
                // It may have run out by the estimate and not by the notice.
                self.warned_at.take_if(|_| at < deadline.warn_at);
                self.lapsed_at.take_if(|_| at < deadline.due_at);
                self.deadline = Some(deadline.clone());
            }
            Change::ClockStopped { .. } => self.stopped_at = Some(at),
            Change::ClockWarned { .. } => self.warned_at = Some(at),
            Change::ClockLapsed { .. } => {
                self.warned_at.get_or_insert(at);
                self.lapsed_at = Some(at);
            }
            _ => {}
        }
    }
}
