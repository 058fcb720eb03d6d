//! What stands against a verb before anything is said. The offers and the acts both ask here, so
//! that what is offered without a remark is not refused for a reason that was known.

use super::command::Setting;
use super::refusal::{Refusal, Rule};
use super::state::{Callout, Matter};
use crate::clock::ClockRun;
use crate::ids::UnitId;
use crate::kind::{Action, PREVIOUS, Verb};

/// How many returns by anybody it takes until the county centre must rule.
pub const RETURNS_BEFORE_RULING: usize = 2;

/// An action that a unit is about to take on a matter.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    pub setting: Setting<'a>,
    pub matter: &'a Matter,
    pub action: &'a Action,
    /// The unit that acts; for a clock, the holder.
    pub by: UnitId,
}

impl<'a> Attempt<'a> {
    /// The first rule that stands against the action, whatever the step may say.
    pub fn obstacle(self) -> Option<Refusal> {
        self.action.verbs.iter().find_map(|verb| self.against(*verb))
    }

    /// The rule that stands against one of its verbs.
    pub fn against(self, verb: Verb) -> Option<Refusal> {
        let rule = match verb {
            Verb::Assign => self.assign(),
            Verb::Escalate => self.pending().or_else(|| self.escalate()),
            Verb::Return if self.by == self.matter.holder => {
                self.pending().or_else(|| self.give_back())
            }
            Verb::Return => self.refuse_callout(),
            Verb::Refer => self.pending().or_else(|| self.refer()),
            Verb::ReportIn => self.report_in(),
            Verb::Contribute => self.contribute(),
            Verb::Appraise => self.appraise(),
            Verb::Perform => self.matter.next_instalment().is_none().then_some(Rule::AllPerformed),
            Verb::Extend => self.extend(),
            Verb::Resume => self.resume(),
            Verb::Split => (self.matter.parties.len() < 2).then_some(Rule::AllParties),
            Verb::Rate if self.action.does(Verb::Reopen) => None,
            Verb::Rate => self.matter.rating.map(|_| Rule::RatedBefore),
            _ => None,
        };
        rule.map(|rule| Refusal::new(rule).under(self.action.law.as_deref()))
    }

    fn is_county(self) -> bool {
        self.setting.org.root() == Some(self.by)
    }

    /// While a ruling is due only the act that makes it moves the holder.
    fn pending(self) -> Option<Rule> {
        self.matter.ruling_due.then_some(Rule::RulingPending)
    }

    /// Downward from the holder or from above it; no other unit takes a matter out of its hands.
    fn assign(self) -> Option<Rule> {
        if self.matter.ruling_due && !self.is_county() {
            Some(Rule::RulingPending)
        } else if !self.setting.org.is_within(self.matter.holder, self.by) {
            Some(Rule::NotBelow)
        } else {
            None
        }
    }

    fn escalate(self) -> Option<Rule> {
        match self.setting.org.above(self.matter.holder) {
            None => Some(Rule::NothingAbove),
            Some(above) => self.bars(above).then_some(Rule::Barred),
        }
    }

    /// Whether the action may send a matter to a unit, by the office that it is.
    pub fn goes_to(self, unit: UnitId) -> bool {
        let office = self.setting.org.unit(unit).and_then(|u| u.office.as_ref());
        let offices = &self.action.offices;
        offices.is_empty() || office.is_some_and(|o| offices.iter().any(|t| t.text == *o))
    }

    /// Whether the matter may not go to a unit, whoever sends it.
    pub fn bars(self, unit: UnitId) -> bool {
        let version = self.matter.registration.kind_version;
        let kind = self.setting.catalogue.kind(self.matter.kind(), version);
        kind.is_some_and(|kind| self.matter.bars(kind, unit))
    }

    /// Where a return by the holder goes: to whom it came from, or to the county centre, which rules
    /// after as many returns as that takes.
    pub fn returns_to(self) -> Option<UnitId> {
        let ruling = self.matter.returns.len() + 1 >= RETURNS_BEFORE_RULING;
        self.setting.org.root().filter(|_| ruling).or_else(|| self.matter.sender())
    }

    /// A unit gives a matter back once in its whole life, and never one that it was ruled to hold.
    /// Nobody stands above the county centre to give it back to: it assigns, or rules.
    fn give_back(self) -> Option<Rule> {
        if self.matter.ruled == Some(self.by) {
            Some(Rule::Ruled)
        } else if self.matter.returned_by(self.by) {
            Some(Rule::ReturnedBefore)
        } else if self.is_county() || self.matter.sender().is_none() {
            Some(Rule::NoSender)
        } else {
            self.returns_to().is_some_and(|to| self.bars(to)).then_some(Rule::Barred)
        }
    }

    /// A department refuses a callout once; called again, it comes.
    fn refuse_callout(self) -> Option<Rule> {
        match self.matter.open_callout(self.by) {
            None => Some(Rule::NotCalled),
            Some(callout) if callout.reported_at.is_some() => Some(Rule::ReportedAlready),
            Some(_) => self.matter.refused_callout(self.by).then_some(Rule::ReturnedBefore),
        }
    }

    /// A ruling holds against a referral as it holds against a return.
    fn refer(self) -> Option<Rule> {
        (self.matter.ruled == Some(self.matter.holder) && !self.is_county()).then_some(Rule::Ruled)
    }

    fn report_in(self) -> Option<Rule> {
        match self.matter.open_callout(self.by) {
            None => Some(Rule::NotCalled),
            Some(callout) => callout.reported_at.map(|_| Rule::ReportedAlready),
        }
    }

    fn contribute(self) -> Option<Rule> {
        match self.matter.open_callout(self.by) {
            None => Some(Rule::NotCalled),
            Some(_) if self.action.does(Verb::ReportIn) => None,
            Some(callout) => callout.reported_at.is_none().then_some(Rule::ReportFirst),
        }
    }

    /// Only who called rates, and only a part that was given.
    fn appraise(self) -> Option<Rule> {
        let due = |c: &Callout| c.by == self.by && c.awaits_rating();
        (!self.matter.callouts.iter().any(due)).then_some(Rule::NothingToRate)
    }

    /// Once, while it runs or is paused, and not after it has run out.
    fn extend(self) -> Option<Rule> {
        let Some(run) = self.extended_run() else { return Some(Rule::ClockNotRunning) };
        if run.terms.extended.is_some() {
            Some(Rule::ExtendedBefore)
        } else if run.lapsed_at.is_some() {
            Some(Rule::RanOut)
        } else {
            None
        }
    }

    /// The run that the action extends.
    pub fn extended_run(self) -> Option<&'a ClockRun> {
        let clock = self.action.extends.as_ref()?;
        self.matter.clocks.iter().find(|c| c.clock == clock.text && c.stopped_at.is_none())
    }

    fn resume(self) -> Option<Rule> {
        let back = self.action.to.as_ref().is_some_and(|to| to.text == PREVIOUS);
        (back && self.matter.suspension.is_none()).then_some(Rule::ClockNotRunning)
    }
}
