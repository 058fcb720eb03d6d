//! What each verb changes. What stands against it beforehand is in `obstacle`; here stands what the
//! data of the step can still get wrong.

use std::collections::BTreeMap;

use super::act::set_flag;
use super::decide::{Consequence, SplitOff};
use super::draft::Draft;
use super::event::{By, Change};
use super::obstacle::{Attempt, RETURNS_BEFORE_RULING};
use super::promise::Instalment;
use super::refusal::{Refusal, Rule};
use super::state::{Agreement, Callout, Named};
use super::value::Value;
use crate::ids::{MatterCode, PersonId, UnitId};
use crate::kind::{Action, Verb};

/// How a matter is tied to one that was merged into it.
const ABSORBED: &str = "absorbed";

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
        if let Some(refusal) = self.attempt().against(verb) {
            return Err(refusal);
        }
        match verb {
            // Closing and resuming change where the matter stands; the move does what follows.
            Verb::Register
            | Verb::Triage
            | Verb::Record
            | Verb::FollowUp
            | Verb::Resume
            | Verb::Close => {}
            Verb::Accept => self.draft.push(Change::Accepted),
            Verb::Decline | Verb::Reply => self.draft.push(Change::Answered),
            Verb::Assign => return self.assign(),
            Verb::Acknowledge => self.draft.push(Change::Acknowledged),
            Verb::Escalate => return self.escalate(),
            Verb::Return => return self.give_back(),
            Verb::CallOut => return self.call_out(),
            Verb::ReportIn => return self.report_in(),
            Verb::Contribute => return self.contribute(),
            Verb::Appraise => return self.appraise(),
            Verb::Convene => return self.convene(),
            Verb::Meet => self.draft.push(Change::Met),
            Verb::Agree => return self.agree(),
            Verb::Perform => return self.perform(),
            Verb::Suspend => self.draft.push(Change::Suspended),
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
            Verb::Merge => return self.merge(),
            Verb::Split => return self.split(),
            Verb::Rate => self.rate(),
            Verb::Reopen => self.draft.push(Change::Reopened),
            Verb::Archive => self.draft.push(Change::Archived),
        }
        Ok(())
    }

    fn attempt(&self) -> Attempt<'_> {
        let Draft { setting, ref matter, .. } = *self.draft;
        Attempt { setting, matter, action: self.action, by: self.draft.acting_unit() }
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
    /// by this act.
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
        if unit != holder {
            self.fits(unit)?;
            self.unbarred(unit, "unit")?;
        }
        let ruling = self.draft.matter.ruling_due;
        let assistants = self.persons("assistants");
        for (field, person) in
            person.iter().map(|p| ("person", p)).chain(assistants.iter().map(|p| ("assistants", p)))
        {
            self.works_at(*person, unit, field)?;
        }
        let same_hands =
            self.draft.matter.handler == person && self.draft.matter.assistants == assistants;
        if unit == holder && same_hands && !ruling {
            return Err(self.refuse(Rule::AlreadyThere));
        }
        if ruling {
            self.draft.push(Change::Ruled { unit });
        }
        self.hold(unit, person, assistants);
        Ok(())
    }

    /// What only certain offices decide on goes to one of them.
    fn fits(&self, unit: UnitId) -> Outcome {
        if self.attempt().goes_to(unit) {
            return Ok(());
        }
        let refusal = Refusal::of(Rule::WrongOffice, "unit").with("unit", self.name(unit));
        Err(refusal.under(self.action.law.as_deref()))
    }

    /// Whom a complaint is about is never given it.
    fn unbarred(&self, unit: UnitId, field: &str) -> Outcome {
        if self.attempt().bars(unit) {
            let refusal = Refusal::of(Rule::Barred, field).with("unit", self.name(unit));
            return Err(refusal.under(self.action.law.as_deref()));
        }
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
        self.pass_to(unit);
        Ok(())
    }

    fn pass_to(&mut self, unit: UnitId) {
        self.hold(unit, None, Vec::new());
    }

    /// Whoever is given the whole matter is no longer called out for a part of it.
    fn hold(&mut self, unit: UnitId, person: Option<PersonId>, assistants: Vec<PersonId>) {
        self.draft.push(Change::Held { unit, person, assistants });
        if let Some(no) = self.draft.matter.open_callout(unit).map(|c| c.no) {
            self.draft.push(Change::CalloutEnded { no });
        }
    }

    /// By the holder: to whom it came from. By a department called out: it refuses the callout.
    fn give_back(&mut self) -> Outcome {
        let by = self.draft.acting_unit();
        let proposal =
            self.unit("proposal").ok_or_else(|| Refusal::of(Rule::Required, "proposal"))?;
        if proposal == by {
            return Err(Refusal::of(Rule::AlreadyThere, "proposal"));
        }
        if by != self.draft.matter.holder {
            let callout =
                self.draft.matter.open_callout(by).ok_or_else(|| self.refuse(Rule::NotCalled))?;
            let no = callout.no;
            self.draft.push(Change::CalloutRefused { no, proposal });
            return Ok(());
        }
        let sender = self.draft.matter.sender().ok_or_else(|| self.refuse(Rule::NoSender))?;
        self.draft.push(Change::Returned { by, proposal });
        let county = self.draft.setting.org.root();
        match county.filter(|_| self.draft.matter.returns.len() >= RETURNS_BEFORE_RULING) {
            Some(county) => {
                self.draft.push(Change::RulingDue);
                self.pass_to(county);
            }
            None => self.pass_to(sender),
        }
        Ok(())
    }

    fn call_out(&mut self) -> Outcome {
        let by = self.draft.acting_unit();
        let Some(Value::Units(units)) = self.values.get("units") else {
            return Err(Refusal::of(Rule::Required, "units"));
        };
        for unit in units {
            self.unbarred(*unit, "units")?;
            if *unit == self.draft.matter.holder || self.draft.matter.open_callout(*unit).is_some()
            {
                return Err(
                    Refusal::of(Rule::AlreadyCalled, "units").with("unit", self.name(*unit))
                );
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

    /// The part of a department is rated once, by the unit that called it.
    fn appraise(&mut self) -> Outcome {
        let (by, callee) = (self.draft.acting_unit(), self.unit("callee"));
        let due = |c: &&Callout| c.by == by && Some(c.unit) == callee && c.awaits_rating();
        let callout = self.draft.matter.callouts.iter().find(due);
        let no = callout.ok_or_else(|| Refusal::of(Rule::NothingToRate, "callee"))?.no;
        if let Some(Value::Rating(level)) = self.values.get("rating") {
            self.draft.push(Change::CalloutRated { no, level: *level });
        }
        Ok(())
    }

    /// A meeting that the law wants known before it is not called for earlier. Who handles or
    /// registered the matter, or came for a department, knows it by that.
    fn convene(&mut self) -> Outcome {
        if let (Some((notice, _)), Some(Value::Time(at))) =
            (self.action.notice, self.values.get("meets-at"))
        {
            let calendar = &self.draft.setting.catalogue.calendar;
            if !notice.is_kept(self.draft.now, *at, calendar) {
                let refusal = Refusal::of(Rule::TooSoon, "meets-at").with("notice", notice);
                return Err(refusal.under(self.action.law.as_deref()));
            }
        }
        for person in self.persons("attendees") {
            self.draft.push(Change::Named(Named::Person(person)));
        }
        for person in self.persons("dismissed") {
            let matter = &self.draft.matter;
            let stays = matter.handler == Some(person)
                || matter.assistants.contains(&person)
                || matter.registered_by_person() == Some(person)
                || matter.callouts.iter().any(|c| c.person == Some(person));
            let named = Named::Person(person);
            if !stays && matter.named.contains(&named) {
                self.draft.push(Change::Unnamed(named));
            }
        }
        Ok(())
    }

    fn report_in(&mut self) -> Outcome {
        let By::Post { person, unit, .. } = *self.draft.by() else {
            return Err(self.refuse(Rule::NotCalled));
        };
        let callout =
            self.draft.matter.open_callout(unit).ok_or_else(|| self.refuse(Rule::NotCalled))?;
        let no = callout.no;
        self.draft.push(Change::ReportedIn { no, person });
        self.draft.push(Change::Named(Named::Person(person)));
        Ok(())
    }

    fn contribute(&mut self) -> Outcome {
        let unit = self.draft.acting_unit();
        let callout =
            self.draft.matter.open_callout(unit).ok_or_else(|| self.refuse(Rule::NotCalled))?;
        let no = callout.no;
        self.draft.push(Change::Contributed { no });
        Ok(())
    }

    fn agree(&mut self) -> Outcome {
        let last = match self.action.due.as_ref().and_then(|f| self.draft.matter.field(f.as_str()))
        {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        };
        let instalments = match self.values.get("instalments") {
            Some(Value::Instalments(all)) => all.clone(),
            _ => last.map(Instalment::due).into_iter().collect(),
        };
        if let Some(last) = last.filter(|last| instalments.iter().any(|one| one.due > *last)) {
            return Err(Refusal::of(Rule::AfterTheLast, "instalments").with("last", last));
        }
        let written = self.action.form.as_ref().is_some_and(|f| f.text == "written");
        let at = self.draft.now;
        self.draft.push(Change::Agreed(Agreement { written, at }));
        self.draft.push(Change::Answered);
        if !instalments.is_empty() {
            self.draft.push(Change::Promised(instalments));
        }
        Ok(())
    }

    /// One part of what was promised is done, today or on a day that has been.
    fn perform(&mut self) -> Outcome {
        let today = self.draft.now.day();
        let on = match self.values.get("performed-on") {
            Some(Value::Date(day)) => *day,
            _ => today,
        };
        if on > today {
            return Err(Refusal::of(Rule::InFuture, "performed-on"));
        }
        let Some(Value::Number(no)) = self.values.get("instalment") else {
            return Err(Refusal::of(Rule::Required, "instalment"));
        };
        let open = |one: &&Instalment| i64::from(one.no) == *no && one.is_open();
        let one = self.draft.matter.instalments.iter().find(open);
        let no = one.ok_or_else(|| Refusal::of(Rule::UnknownInstalment, "instalment"))?.no;
        self.draft.push(Change::Performed { no, on });
        Ok(())
    }

    /// In the unit of the limit and of the rule, no longer than the rule allows, and in time.
    fn extend(&mut self) -> Outcome {
        let Some(Value::Length(by)) = self.values.get("length").cloned() else {
            return Err(Refusal::of(Rule::Required, "length"));
        };
        let mut run = self
            .attempt()
            .extended_run()
            .ok_or_else(|| self.refuse(Rule::ClockNotRunning))?
            .clone();
        if run.deadline.as_ref().is_some_and(|d| self.draft.now >= d.due_at) {
            return Err(self.refuse(Rule::RanOut));
        }
        let clock = self.draft.kind.clocks.get(&run.clock);
        let rule = clock.and_then(|c| self.draft.setting.catalogue.rules.get(c.rule.as_str()));
        let most =
            rule.and_then(|r| r.extend).ok_or_else(|| self.refuse(Rule::ExtensionTooLong))?;
        if by.unit != run.terms.within.unit || by.unit != most.unit || by.count > most.count {
            let refusal = Refusal::of(Rule::ExtensionTooLong, "length").with("max", most);
            return Err(refusal.under(rule.map(|r| r.law.as_str())));
        }
        run.terms.extended = Some(by);
        let deadline = self.draft.deadline(&run);
        self.draft.push(Change::ClockExtended { no: run.no, by, deadline });
        Ok(())
    }

    /// Sideways or anywhere, but never back: that would be a return without its limits.
    fn refer(&mut self) -> Outcome {
        let unit = self.unit("unit").ok_or_else(|| Refusal::of(Rule::Required, "unit"))?;
        if unit == self.draft.matter.holder {
            return Err(Refusal::of(Rule::AlreadyThere, "unit"));
        }
        if self.draft.matter.held_by(unit) {
            return Err(Refusal::of(Rule::HeldBefore, "unit").under(self.action.law.as_deref()));
        }
        self.fits(unit)?;
        self.unbarred(unit, "unit")?;
        self.pass_to(unit);
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

    /// Two matters that were merged into each other would be answered by neither.
    fn merge(&mut self) -> Outcome {
        let Some(Value::Matter(into)) = self.values.get("matter") else {
            return Err(Refusal::of(Rule::Required, "matter"));
        };
        if self.draft.matter.relatives.iter().any(|r| r.matter == *into && r.how == ABSORBED) {
            return Err(Refusal::of(Rule::SameMatter, "matter"));
        }
        self.tie("merged-into", ABSORBED)?;
        self.draft.push(Change::Answered);
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
        let matter = &self.draft.matter;
        self.consequences.push(Consequence::SplitOff(SplitOff {
            title: title.clone(),
            parties: matter.parties.iter().filter(|p| numbers.contains(&p.no)).cloned().collect(),
            flags: matter.flags.clone(),
            unit: matter.holder,
        }));
        self.draft.push(Change::PartiesLeft(numbers.clone()));
        Ok(())
    }

    fn rate(&mut self) {
        if let Some(Value::Rating(level)) = self.values.get("rating") {
            self.draft.push(Change::Rated(*level));
            let flags = &self.draft.kind.flags;
            for flag in flags.values().filter(|f| f.rated.is_some_and(|most| *level <= most)) {
                set_flag(self.draft, &flag.id.text);
            }
        }
    }
}
