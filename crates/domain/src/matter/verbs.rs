//! What each verb demands and what it changes. The invariants live here: exactly one holder, one
//! return by a unit, a ruling after the second, answers before ends.

use std::collections::BTreeMap;

use super::decide::Consequence;
use super::draft::Draft;
use super::event::{By, Change};
use super::refusal::{Refusal, Rule};
use super::state::{Agreement, Named};
use super::value::Value;
use crate::ids::{MatterCode, PersonId, UnitId};
use crate::kind::{Action, Verb};

/// How many returns by anybody it takes until the county centre must rule.
const RETURNS_BEFORE_RULING: usize = 2;

/// One verb at work on a draft.
pub struct Effect<'d, 'a> {
    pub draft: &'d mut Draft<'a>,
    pub action: &'d Action,
    pub values: &'d BTreeMap<String, Value>,
    /// The matter that the data refers to, if it exists.
    pub other: Option<MatterCode>,
    pub consequences: &'d mut Vec<Consequence>,
}

type Outcome = Result<(), Refusal>;

impl Effect<'_, '_> {
    /// Lets a verb do its work.
    ///
    /// # Errors
    /// The rule that stands against it.
    pub fn apply(&mut self, verb: Verb) -> Outcome {
        match verb {
            Verb::Register | Verb::Triage | Verb::Record | Verb::FollowUp => {}
            Verb::Accept => self.draft.push(Change::Accepted),
            Verb::Decline | Verb::Reply => self.draft.push(Change::Answered),
            Verb::Assign => return self.assign(),
            Verb::Acknowledge => self.draft.push(Change::Acknowledged),
            Verb::Escalate => return self.escalate(),
            Verb::Return => return self.give_back(),
            Verb::CallOut => return self.call_out(),
            Verb::ReportIn => return self.report_in(),
            Verb::Contribute => return self.contribute(),
            Verb::Meet => self.draft.push(Change::Met),
            Verb::Agree => self.agree(),
            Verb::Suspend => self.draft.push(Change::Suspended),
            Verb::Resume => {}
            Verb::Extend => return self.extend(),
            Verb::Refer => return self.refer(),
            Verb::Supervise => {
                let above = || self.draft.setting.org.above(self.draft.matter.holder);
                let by = match self.draft.by() {
                    By::Post { unit, .. } => *unit,
                    By::Clock => above().unwrap_or(self.draft.matter.holder),
                };
                self.draft.push(Change::Supervised { by });
            }
            Verb::Link => return self.tie("link", "link"),
            Verb::Merge => {
                self.tie("merged-into", "absorbed")?;
                self.draft.push(Change::Answered);
            }
            Verb::Split => return self.split(),
            Verb::Close => self.close(),
            Verb::Rate => return self.rate(),
            Verb::Reopen => self.draft.push(Change::Reopened),
            Verb::Archive => self.draft.push(Change::Archived),
        }
        Ok(())
    }

    fn refuse(&self, rule: Rule) -> Refusal {
        Refusal::new(rule).under(self.action.law.as_deref())
    }

    fn unit(&self, name: &str) -> Option<UnitId> {
        match self.values.get(name) {
            Some(Value::Unit(unit)) => Some(*unit),
            _ => None,
        }
    }

    fn persons(&self, name: &str) -> Vec<PersonId> {
        match self.values.get(name) {
            Some(Value::Person(person)) => vec![*person],
            Some(Value::Persons(persons)) => persons.clone(),
            _ => Vec::new(),
        }
    }

    /// Downward: to a unit within the acting one, or to persons there. A ruling that is due is made
    /// by this act, and only the county centre may make it.
    fn assign(&mut self) -> Outcome {
        let org = self.draft.setting.org;
        let (by, holder) = (self.draft.acting_unit(), self.draft.matter.holder);
        let person = self.persons("person").first().copied();
        let unit = self.unit("unit");
        if unit.is_none() && person.is_none() {
            return Err(Refusal::of(Rule::NobodyNamed, "unit"));
        }
        let unit = unit.unwrap_or(holder);
        if !org.is_within(unit, by) {
            return Err(Refusal::of(Rule::NotBelow, "unit"));
        }
        let ruling = self.draft.matter.ruling_due;
        if ruling && org.root() != Some(by) {
            return Err(self.refuse(Rule::RulingPending));
        }
        let assistants = self.persons("assistants");
        for (field, person) in person.iter().map(|p| ("person", p)).chain(assistants.iter().map(|p| ("assistants", p))) {
            self.works_at(*person, unit, field)?;
        }
        let same_hands = self.draft.matter.handler == person && self.draft.matter.assistants == assistants;
        if unit == holder && same_hands && !ruling {
            return Err(self.refuse(Rule::AlreadyThere));
        }
        if ruling {
            self.draft.push(Change::Ruled { unit });
        }
        self.draft.push(Change::Held { unit, person, assistants });
        Ok(())
    }

    /// A person can be given a matter where a post there handles matters.
    fn works_at(&self, person: PersonId, unit: UnitId, field: &str) -> Outcome {
        let (setting, now) = (self.draft.setting, self.draft.now);
        let handles = |role: &str| setting.catalogue.roles.get(role).is_some_and(|r| r.handles);
        let found = setting.org.posts_at(person, unit, now.day()).any(|p| handles(&p.role));
        if found { Ok(()) } else { Err(Refusal::of(Rule::NotThere, field)) }
    }

    fn escalate(&mut self) -> Outcome {
        let above = self.draft.setting.org.above(self.draft.matter.holder);
        let unit = above.ok_or_else(|| self.refuse(Rule::NothingAbove))?;
        self.hold(unit);
        Ok(())
    }

    fn hold(&mut self, unit: UnitId) {
        self.draft.push(Change::Held { unit, person: None, assistants: Vec::new() });
    }

    /// By the holder: to whom it came from. By a department called out: it refuses the callout.
    fn give_back(&mut self) -> Outcome {
        let by = self.draft.acting_unit();
        let proposal = self.unit("proposal").ok_or_else(|| Refusal::of(Rule::Required, "proposal"))?;
        if proposal == by {
            return Err(Refusal::of(Rule::AlreadyThere, "proposal"));
        }
        let matter = &self.draft.matter;
        if by != matter.holder {
            let callout = matter.open_callout(by).ok_or_else(|| self.refuse(Rule::NotCalled))?;
            if callout.reported_at.is_some() {
                return Err(self.refuse(Rule::ReportedAlready));
            }
            let no = callout.no;
            self.draft.push(Change::CalloutRefused { no, proposal });
            return Ok(());
        }
        if matter.ruled == Some(by) {
            return Err(self.refuse(Rule::Ruled));
        }
        if matter.returned_by(by) {
            return Err(self.refuse(Rule::ReturnedBefore));
        }
        let sender = matter.sender().ok_or_else(|| self.refuse(Rule::NoSender))?;
        let root = self.draft.setting.org.root().filter(|r| *r != by);
        self.draft.push(Change::Returned { by, proposal });
        match root.filter(|_| self.draft.matter.returns.len() >= RETURNS_BEFORE_RULING) {
            Some(county) => {
                self.draft.push(Change::RulingDue);
                self.hold(county);
            }
            None => self.hold(sender),
        }
        Ok(())
    }

    fn call_out(&mut self) -> Outcome {
        let by = self.draft.acting_unit();
        let Some(Value::Units(units)) = self.values.get("units") else {
            return Err(Refusal::of(Rule::Required, "units"));
        };
        for unit in units {
            if *unit == self.draft.matter.holder || self.draft.matter.open_callout(*unit).is_some() {
                return Err(Refusal::of(Rule::AlreadyCalled, "units").with("unit", self.name(*unit)));
            }
        }
        for unit in units {
            let no = self.draft.matter.callouts.len() as u16 + 1;
            self.draft.push(Change::CalledOut { no, unit: *unit, by });
        }
        Ok(())
    }

    fn name(&self, unit: UnitId) -> String {
        self.draft.setting.org.unit(unit).map_or(unit.to_string(), |u| u.name.clone())
    }

    fn report_in(&mut self) -> Outcome {
        let By::Post { person, unit, .. } = *self.draft.by() else { return Err(self.refuse(Rule::NotCalled)) };
        let callout = self.draft.matter.open_callout(unit).ok_or_else(|| self.refuse(Rule::NotCalled))?;
        if callout.reported_at.is_some() {
            return Err(self.refuse(Rule::ReportedAlready));
        }
        let no = callout.no;
        self.draft.push(Change::ReportedIn { no, person });
        self.draft.push(Change::Named(Named::Person(person)));
        Ok(())
    }

    fn contribute(&mut self) -> Outcome {
        let unit = self.draft.acting_unit();
        let callout = self.draft.matter.open_callout(unit).ok_or_else(|| self.refuse(Rule::NotCalled))?;
        if callout.reported_at.is_none() {
            return Err(self.refuse(Rule::ReportFirst));
        }
        let no = callout.no;
        self.draft.push(Change::Contributed { no });
        Ok(())
    }

    fn agree(&mut self) {
        let written = self.action.form.as_ref().is_some_and(|f| f.text == "written");
        let at = self.draft.now;
        self.draft.push(Change::Agreed(Agreement { written, at }));
        self.draft.push(Change::Answered);
    }

    /// Once, in the unit of the limit, and no longer than the rule allows.
    fn extend(&mut self) -> Outcome {
        let Some(Value::Length(by)) = self.values.get("length").cloned() else {
            return Err(Refusal::of(Rule::Required, "length"));
        };
        let id = self.action.extends.as_ref().map_or("", |c| c.as_str());
        let clock = self.draft.kind.clocks.get(id);
        let rule = clock.and_then(|c| self.draft.setting.catalogue.rules.get(c.rule.as_str()));
        let most = rule.and_then(|r| r.extend).ok_or_else(|| self.refuse(Rule::ExtensionTooLong))?;
        let live = self.draft.matter.clocks.iter().find(|c| c.clock == id && c.stopped_at.is_none());
        let mut run = live.ok_or_else(|| self.refuse(Rule::ClockNotRunning))?.clone();
        if run.terms.extended.is_some() {
            return Err(self.refuse(Rule::ExtendedBefore));
        }
        if by.unit != run.terms.within.unit || by.count > most.count {
            return Err(Refusal::of(Rule::ExtensionTooLong, "length").with("max", most).under(rule.map(|r| r.law.as_str())));
        }
        run.terms.extended = Some(by);
        let deadline = self.draft.deadline(&run);
        self.draft.push(Change::ClockExtended { no: run.no, by, deadline });
        Ok(())
    }

    fn refer(&mut self) -> Outcome {
        let unit = self.unit("unit").ok_or_else(|| Refusal::of(Rule::Required, "unit"))?;
        if self.draft.matter.ruling_due {
            return Err(self.refuse(Rule::RulingPending));
        }
        if unit == self.draft.matter.holder {
            return Err(Refusal::of(Rule::AlreadyThere, "unit"));
        }
        self.hold(unit);
        Ok(())
    }

    fn tie(&mut self, how: &'static str, back: &'static str) -> Outcome {
        let Some(Value::Matter(code)) = self.values.get("matter").cloned() else {
            return Err(Refusal::of(Rule::Required, "matter"));
        };
        if code == self.draft.matter.code() {
            return Err(Refusal::of(Rule::SameMatter, "matter"));
        }
        if self.other != Some(code) {
            return Err(Refusal::of(Rule::UnknownMatter, "matter"));
        }
        self.draft.push(Change::Linked { matter: code, how: how.to_owned() });
        self.consequences.push(Consequence::Relate { matter: code, how: back });
        Ok(())
    }

    fn split(&mut self) -> Outcome {
        let (Some(Value::Parties(numbers)), Some(Value::Text(title))) =
            (self.values.get("parties"), self.values.get("title"))
        else {
            return Err(Refusal::of(Rule::Required, "parties"));
        };
        if numbers.len() >= self.draft.matter.parties.len() {
            return Err(Refusal::of(Rule::AllParties, "parties"));
        }
        let leaving = self.draft.matter.parties.iter().filter(|p| numbers.contains(&p.no)).cloned().collect();
        self.consequences.push(Consequence::SplitOff { title: title.clone(), parties: leaving });
        self.draft.push(Change::PartiesLeft(numbers.clone()));
        Ok(())
    }

    /// Callouts end with the matter.
    fn close(&mut self) {
        let open: Vec<u16> = self.draft.matter.callouts.iter().filter(|c| c.is_open()).map(|c| c.no).collect();
        for no in open {
            self.draft.push(Change::CalloutEnded { no });
        }
    }

    fn rate(&mut self) -> Outcome {
        if self.draft.matter.rating.is_some() {
            return Err(self.refuse(Rule::RatedBefore));
        }
        if let Some(Value::Rating(level)) = self.values.get("rating") {
            self.draft.push(Change::Rated(*level));
        }
        Ok(())
    }
}
