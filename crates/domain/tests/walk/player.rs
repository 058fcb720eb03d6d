//! One life: time passes, somebody around the matter does what is offered, somebody else tries what
//! is not.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use domain::ids::{MatterCode, MatterId, PersonId, UnitId};
use domain::kind::{Guard, Kind, Phase, Relation, Verb};
use domain::matter::{
    Actor, Branch, Command, Consequence, Decision, Event, Matter, Offer, Refused, Registration,
    Rule, SplitOff, Want, apply, decide, deltas, fold, offers,
};
use domain::rehearsal::{Dice, Filler, Phrases};
use domain::time::{DAY_MS, HOUR_MS, Instant, MINUTE_MS};
use serde_json::{Map, Value as Json};

use super::invariants;
use super::sight::Watch;
use super::telling;
use crate::support::{County, at};

/// The most steps of one life.
const STEPS: usize = 90;

pub type Told<T> = Result<T, String>;

/// What was seen over many lives.
#[derive(Default)]
pub struct Book {
    /// How many events were made.
    pub events: u64,
    /// How many commands were refused as they should be.
    pub refused: u64,
    /// How often everybody's sight was compared with the lists.
    pub looks: u64,
    /// How often each action was taken.
    pub taken: BTreeMap<(String, String), u64>,
    /// How often something worth seeing was seen.
    pub seen: BTreeMap<&'static str, u64>,
    /// The stocks as the events add them up.
    pub stocks: BTreeMap<(UnitId, String, String), i64>,
    /// Where each matter ended that is counted: a sealed one is in no stock.
    pub ended: Vec<(UnitId, String, String)>,
}

impl fmt::Display for Book {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { events, refused, looks, ended, .. } = self;
        write!(
            f,
            "{} lives, {events} events, {refused} refusals, {looks} looks of everybody",
            ended.len()
        )
    }
}

/// Texts that say nothing.
struct Plain;

impl Phrases for Plain {
    fn text(&self, dice: &mut Dice, _: &str, name: &str, _: Option<&str>) -> String {
        format!("{name}{}", dice.below(1000))
    }
}

/// Somebody who plays lives.
pub struct Player<'a> {
    pub county: &'a County,
    pub watch: &'a Watch,
    pub kind: &'a Arc<Kind>,
    pub dice: Dice,
    pub book: &'a mut Book,
    pub now: Instant,
    pub events: Vec<Event>,
    filler: Filler<'a>,
    branches: Vec<(PersonId, Branch)>,
    /// What its taste comes from.
    salt: u64,
}

impl<'a> Player<'a> {
    pub fn new(
        county: &'a County,
        watch: &'a Watch,
        kind: &'a Arc<Kind>,
        mut dice: Dice,
        book: &'a mut Book,
    ) -> Self {
        // From the middle of a loaded year to beyond the last: some deadlines are estimates.
        let now = at("2025-06-01 08:00").plus_ms(dice.between(0, 600) * DAY_MS);
        let salt = dice.bits();
        let filler = Filler::new(county.setting(), &Plain);
        Self {
            county,
            watch,
            kind,
            dice,
            book,
            now,
            events: Vec::new(),
            filler,
            branches: Vec::new(),
            salt,
        }
    }

    /// What happened so far, for whoever reads of a failure.
    pub fn told(&self) -> String {
        let last = self.events.iter().rev().take(6).rev();
        let lines: Vec<String> =
            last.map(|e| format!("  {} {} {:?} {:?}", e.seq, e.at, e.action, e.changes)).collect();
        format!("{} events, the last:\n{}", self.events.len(), lines.join("\n"))
    }

    /// A whole life, and the lives that split off it.
    pub fn live(&mut self) -> Told<()> {
        let Some(matter) = self.register()? else { return Ok(()) };
        self.walk(matter)?;
        while let Some((person, branch)) = self.branches.pop() {
            self.events.clear();
            let sealed =
                branch.flags.iter().any(|f| self.kind.flags.get(f).is_some_and(|d| d.seals));
            let want = Want::SplitOff(Box::new(branch));
            let decision = self
                .decide(None, person, want)
                .map_err(|r| format!("a branch was refused: {r}"))?;
            let born = self.follow(None, &decision)?;
            if sealed && !born.sealed {
                return Err("what left a sealed matter is not sealed".to_owned());
            }
            self.note("split");
            self.walk(born)?;
        }
        Ok(())
    }

    pub fn note(&mut self, what: &'static str) {
        *self.book.seen.entry(what).or_default() += 1;
    }

    fn register(&mut self) -> Told<Option<Matter>> {
        let Some(person) = self.dice.pick(&self.county.persons).copied() else { return Ok(None) };
        let posts = self.county.posts(person, self.now);
        let Some(door) = domain::matter::intake_offer(self.kind, &posts) else {
            // Whoever opens no door is refused; another comes instead.
            self.hostile_intake(person)?;
            return self.register();
        };
        let at = door.post.unit;
        let mut intake = self.filler.intake(&mut self.dice, self.kind, at, self.now);
        let sealing: Vec<_> = self.kind.flags.values().filter(|f| f.seals && f.at_intake).collect();
        let sealing = self.dice.pick(&sealing).copied();
        if let Some(flag) = sealing.filter(|_| self.dice.happens(12)) {
            intake.flags.push(flag.id.text.clone());
        }
        let want = Want::Register { id: MatterId(1), code: self.code(), intake };
        let decision = self
            .decide(None, person, want)
            .map_err(|r| format!("a filled intake was refused: {r}"))?;
        let action = decision.events[0].action.clone();
        *self.book.taken.entry((self.kind.id.text.clone(), action)).or_default() += 1;
        self.follow(None, &decision).map(Some)
    }

    fn walk(&mut self, mut matter: Matter) -> Told<()> {
        for _ in 0..STEPS {
            self.pass_time();
            if self.dice.happens(35) {
                matter = self.tick(matter)?;
            }
            if self.dice.happens(12) {
                self.hostile(&matter)?;
            }
            if self.dice.happens(2) {
                matter = self.relate(matter)?;
            }
            matter = self.act(matter)?;
            if matter.phase == Phase::Archived && self.dice.happens(70) {
                break;
            }
        }
        self.finish(&matter)
    }

    /// From minutes to weeks; from minutes to hours in a life in which everybody is quick.
    fn pass_time(&mut self) {
        let quick = self.salt.is_multiple_of(2);
        let ms = match self.dice.below(if quick { 7 } else { 10 }) {
            0..=3 => self.dice.between(1, 90) * MINUTE_MS + self.dice.between(0, 59_999),
            4..=6 => self.dice.between(1, 20) * HOUR_MS,
            7 | 8 => self.dice.between(1, 4) * DAY_MS,
            _ => self.dice.between(5, 40) * DAY_MS,
        };
        self.now = self.now.plus_ms(ms);
    }

    fn tick(&mut self, matter: Matter) -> Told<Matter> {
        let decision = self.time(&matter).map_err(|r| format!("time was refused: {r}"))?;
        let matter = self.follow(Some(matter), &decision)?;
        let again = self.time(&matter).map_err(|r| format!("time was refused: {r}"))?;
        // What time did by itself may start a clock that is due at once, such as a window counted
        // from a day long past; it comes to rest after that.
        let rest = self.follow(Some(matter), &again)?;
        match self.time(&rest) {
            Ok(third) if third.events.is_empty() => {
                invariants::after_tick(self.now, &rest).map(|()| rest)
            }
            other => Err(format!("time never comes to rest: {other:?}")),
        }
    }

    fn time(&self, matter: &Matter) -> Result<Decision, Refused> {
        let command = Command {
            actor: Actor::Clock,
            want: Want::Tick,
            seen: None,
            next_number: None,
            other: None,
        };
        decide(self.county.setting(), Some(matter), &command, self.now)
    }

    fn relate(&mut self, matter: Matter) -> Told<Matter> {
        let Some(person) = self.around(&matter) else { return Ok(matter) };
        let want = Want::Relate { matter: self.code(), how: "link" };
        match self.decide(Some(&matter), person, want) {
            Ok(decision) => self.follow(Some(matter), &decision),
            Err(refused) => Err(format!("a tie was refused: {refused}")),
        }
    }

    /// Somebody does something that is offered. Where nothing stood against it, it must be accepted.
    fn act(&mut self, matter: Matter) -> Told<Matter> {
        let Some(person) = self.around(&matter) else { return Ok(matter) };
        let county = self.county;
        let posts = county.posts(person, self.now);
        let offered =
            offers(county.setting(), &matter, &posts).map_err(|r| format!("no offers: {r}"))?;
        let taken = |o: &Offer<'_>| self.events.iter().any(|e| o.action.id.text == e.action);
        let hopeless = |o: &Offer<'_>| {
            let returns = o.action.does(Verb::Return);
            o.blocked.as_ref().is_some_and(|r| !by_data(r.rule) && !returns)
        };
        let weighed = |o: &Offer<'_>| match hopeless(o) {
            true => 1,
            false if taken(o) => 2 * weight(o),
            false => 2 * weight(o) * self.taste(&o.action.id.text),
        };
        let weights: Vec<u32> = offered.iter().map(weighed).collect();
        let Some(offer) = offered.get(self.dice.weighed(&weights)) else { return Ok(matter) };
        let other = Some(self.code());
        let Some(data) = self.filler.data(&mut self.dice, offer, &matter, other, self.now) else {
            return Ok(matter);
        };
        let want = Want::Take { action: offer.action.id.text.clone(), data: data.clone() };
        let command = Command {
            actor: Actor::Posts(&posts),
            want,
            seen: Some(matter.version),
            next_number: Some(self.events.len() as u32),
            other,
        };
        match decide(county.setting(), Some(&matter), &command, self.now) {
            Ok(decision) => self.accepted(matter, offer, person, &decision),
            Err(refused) => {
                self.may_refuse(&matter, offer, &data, &refused)?;
                self.book.refused += 1;
                Ok(matter)
            }
        }
    }

    /// Each life has a taste of its own: some actions it would take before all others. So a few of
    /// many lives go to the end of a long way, where a life without a taste would hardly ever come.
    fn taste(&self, action: &str) -> u32 {
        let salted = action
            .bytes()
            .fold(self.salt, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        [1, 1, 4, 24][(salted >> 32) as usize % 4]
    }

    fn accepted(
        &mut self,
        matter: Matter,
        offer: &Offer<'_>,
        person: PersonId,
        decision: &Decision,
    ) -> Told<Matter> {
        let action = offer.action;
        if offer.blocked.as_ref().is_some_and(|r| !by_data(r.rule)) {
            return Err(format!("{} was blocked and yet accepted", action.id.text));
        }
        *self.book.taken.entry((self.kind.id.text.clone(), action.id.text.clone())).or_default() +=
            1;
        let after = self.follow(Some(matter), decision)?;
        for consequence in &decision.consequences {
            if let Consequence::SplitOff(SplitOff { title, parties, flags, unit }) =
                consequence.clone()
            {
                let names = Filler::names(&mut self.dice, 2, self.now);
                let registration = Registration {
                    id: names.0,
                    code: names.1,
                    title,
                    parties,
                    fields: after.fields.clone(),
                    ..after.registration.clone()
                };
                self.branches.push((person, Branch { registration, flags, unit }));
            }
        }
        Ok(after)
    }

    /// An offer without a remark that was filled in truthfully is refused only where a party said
    /// no, or where a limit ran out since time last looked.
    fn may_refuse(
        &mut self,
        matter: &Matter,
        offer: &Offer<'_>,
        data: &Map<String, Json>,
        refused: &Refused,
    ) -> Told<()> {
        let rule = refused.first().map(|r| r.rule);
        if matches!(rule, Some(Rule::ReturnedBefore | Rule::Ruled)) {
            self.note("second return refused");
        }
        let said_no = data
            .get("consents")
            .and_then(Json::as_object)
            .is_some_and(|c| c.values().any(|v| v == false));
        let overdue = matter.next_tick().is_some_and(|at| at <= self.now);
        let named = |name: &String| self.kind.fields.get(name).is_some_and(|f| f.barred);
        let chosen = |name: &String| {
            let guards = offer.action.when.iter();
            guards.into_iter().any(|(g, _)| matches!(g, Guard::Is(field, _) if field == name))
        };
        let excused = offer.blocked.is_some()
            || (data.keys().any(named) && rule == Some(Rule::Barred))
            || (data.keys().any(chosen) && rule == Some(Rule::OtherChoice))
            || (said_no && rule == Some(Rule::PartyRefuses))
            || (overdue && matches!(rule, Some(Rule::RanOut | Rule::TooLate)));
        if excused {
            return Ok(());
        }
        Err(format!(
            "{} was offered to {:?} with {data:?} and refused: {refused}",
            offer.action.id.text, offer.post
        ))
    }

    /// Brings the events of a decision onto the matter, looking at every promise after each.
    pub fn follow(&mut self, before: Option<Matter>, decision: &Decision) -> Told<Matter> {
        let mut matter = before;
        for event in &decision.events {
            let after = apply(matter.clone(), event).ok_or("an event made no matter")?;
            self.events.push(event.clone());
            self.book.events += 1;
            invariants::after_event(self, matter.as_ref(), event, &after)?;
            for delta in deltas(matter.as_ref(), &after, event, self.kind) {
                if delta.month == 0 {
                    *self
                        .book
                        .stocks
                        .entry((delta.unit, delta.kind, delta.measure))
                        .or_default() += delta.n;
                }
            }
            telling::look(self.county, matter.as_ref(), &after, event, self.book)?;
            self.watch.look(
                self.county,
                &mut self.dice,
                matter.as_ref(),
                &after,
                &mut self.book.looks,
            )?;
            self.see(matter.as_ref(), &after);
            if event.by == domain::matter::By::Clock && event.action != "tick" {
                *self
                    .book
                    .taken
                    .entry((self.kind.id.text.clone(), event.action.clone()))
                    .or_default() += 1;
            }
            matter = Some(after);
        }
        matter.ok_or_else(|| "nothing happened".to_owned())
    }

    fn see(&mut self, before: Option<&Matter>, after: &Matter) {
        let is = |m: &Matter, what: &str| match what {
            "ruling" => m.ruling_due,
            "sealed" => m.sealed,
            "late" => m.clocks.iter().any(|c| c.lapsed_at.is_some()),
            "paused" => m.clocks.iter().any(|c| c.is_paused()),
            "extended" => m.clocks.iter().any(|c| c.terms.extended.is_some()),
            _ => m.clocks.iter().any(|c| c.deadline.as_ref().is_some_and(|d| d.estimated)),
        };
        for what in ["ruling", "sealed", "late", "paused", "extended", "estimate"] {
            if is(after, what) && !before.is_some_and(|m| is(m, what)) {
                self.note(what);
            }
        }
    }

    /// The whole past gives the same matter as living it did.
    fn finish(&mut self, matter: &Matter) -> Told<()> {
        if fold(&self.events).as_ref() != Some(matter) {
            return Err("the fold of all events is another matter".to_owned());
        }
        invariants::round_trip(matter)?;
        if !matter.sealed {
            self.book.ended.push((matter.holder, matter.kind().to_owned(), matter.state.clone()));
        }
        Ok(())
    }

    pub fn decide(
        &self,
        matter: Option<&Matter>,
        person: PersonId,
        want: Want,
    ) -> Result<Decision, Refused> {
        let posts = self.county.posts(person, self.now);
        let command = Command {
            actor: Actor::Posts(&posts),
            want,
            seen: None,
            next_number: Some(1),
            other: None,
        };
        decide(self.county.setting(), matter, &command, self.now)
    }

    pub fn code(&mut self) -> MatterCode {
        Filler::names(&mut self.dice, 1, self.now).1
    }

    /// Somebody who may have to do with the matter.
    pub fn around(&mut self, matter: &Matter) -> Option<PersonId> {
        if self.dice.happens(8) {
            return self.dice.pick(&self.county.persons).copied();
        }
        let called = matter.callouts.iter().filter(|c| c.is_open()).map(|c| c.unit);
        let mut units: Vec<UnitId> = self.county.org.lineage(matter.holder).chain(called).collect();
        units.extend([matter.holder, matter.holder, matter.registrar]);
        let unit = *self.dice.pick(&units)?;
        self.dice.pick(self.county.org.staff(unit)).copied()
    }
}

/// What the data of the step can still make good.
fn by_data(rule: Rule) -> bool {
    matches!(rule, Rule::ConsentMissing | Rule::PartyRefuses | Rule::OtherChoice)
}

/// Endings are many; lives are to be long, and what moves the holder is to be seen often.
fn weight(offer: &Offer<'_>) -> u32 {
    let action = offer.action;
    let verb = |v: Verb| action.does(v);
    match () {
        () if verb(Verb::Close) && action.outcome.as_ref().is_some_and(|o| o.text == "merged") => 1,
        () if verb(Verb::Close) || verb(Verb::Archive) => 2,
        () if verb(Verb::Return) => 60,
        () if verb(Verb::Accept)
            || verb(Verb::Agree)
            || verb(Verb::Reopen)
            || verb(Verb::Extend) =>
        {
            12
        }
        () if verb(Verb::Assign)
            || verb(Verb::CallOut)
            || verb(Verb::Suspend)
            || verb(Verb::ReportIn) =>
        {
            12
        }
        () if action.by.contains_key(&Relation::Called) || verb(Verb::Split) => 12,
        () if verb(Verb::Appraise) => 12,
        () => 6,
    }
}
