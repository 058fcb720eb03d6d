//! The barest stage: the rules alone, in memory. What happens here happens on every other stage.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::Dice;
use super::play::{Company, Stage, Trouble};
use super::scenario::{Scenario, UnitSort};
use crate::access::sees;
use crate::catalogue::Catalogue;
use crate::ids::{County, MatterCode, MatterId, PersonId, PostId, UnitId};
use crate::kind::Action;
use crate::matter::{
    Actor, Branch, Command, Consequence, Event, Intake, Matter, Registration, Setting, Want, apply,
    decide, kind_of, wants_number,
};
use crate::org::{Division, Org, Post, Unit, divisions, offices};
use crate::time::{Day, Instant};

/// The county that the bare stage stands for.
const COUNTY: County = County(110_101);
/// Before anything happens.
const LONG_AGO: Day = Day(0);

/// A stage without database, clock or accounts.
pub struct BareStage<'a> {
    catalogue: &'a Catalogue,
    org: Org,
    matters: BTreeMap<MatterCode, Matter>,
    events: BTreeMap<MatterCode, Vec<Event>>,
    numbers: BTreeMap<(String, UnitId, i16), u32>,
    dice: Dice,
}

impl<'a> BareStage<'a> {
    /// An empty stage under a catalogue.
    #[must_use]
    pub fn new(catalogue: &'a Catalogue) -> Self {
        Self {
            catalogue,
            org: Org::default(),
            matters: BTreeMap::new(),
            events: BTreeMap::new(),
            numbers: BTreeMap::new(),
            dice: Dice::new(1),
        }
    }

    /// What happened to every matter on it.
    pub fn events(&self) -> impl Iterator<Item = &[Event]> {
        self.events.values().map(Vec::as_slice)
    }

    fn setting(&self) -> Setting<'_> {
        Setting { catalogue: self.catalogue, org: &self.org }
    }

    fn names(&mut self, at: Instant) -> (MatterId, MatterCode) {
        let id = MatterId(self.matters.len() as i64 + 1);
        (id, MatterCode::new(at.day().year(), self.dice.bits()))
    }

    fn number(&mut self, kind: &str, unit: UnitId, at: Instant) -> u32 {
        let last = self.numbers.entry((kind.to_owned(), unit, at.day().year())).or_default();
        *last += 1;
        *last
    }

    fn decide(
        &mut self,
        at: Instant,
        by: Option<PersonId>,
        on: Option<MatterCode>,
        want: Want,
    ) -> Done {
        let matter = match on {
            Some(code) => {
                Some(self.matters.get(&code).cloned().ok_or_else(|| broken("no such matter"))?)
            }
            None => None,
        };
        let next_number = self.next_number(at, matter.as_ref(), &want, by);
        let posts: Vec<&Post> =
            by.iter().flat_map(|p| self.org.posts(*p)).filter(|p| p.held_on(at.day())).collect();
        let actor = if by.is_some() { Actor::Posts(&posts) } else { Actor::Clock };
        let other = match &want {
            Want::Take { data, .. } => self.other(data, &posts),
            _ => None,
        };
        let command = Command { actor, want, seen: None, next_number, other };
        let decision = decide(self.setting(), matter.as_ref(), &command, at)?;
        let mut after = matter;
        for event in &decision.events {
            after = apply(after, event);
        }
        let after = after.ok_or_else(|| broken("an event made no matter"))?;
        self.events.entry(after.code()).or_default().extend(decision.events);
        let code = after.code();
        self.matters.insert(code, after);
        Ok((code, decision.consequences))
    }

    /// The next official number, where the action gives one.
    fn next_number(
        &mut self,
        at: Instant,
        matter: Option<&Matter>,
        want: &Want,
        by: Option<PersonId>,
    ) -> Option<u32> {
        let gives = |action: Option<&Action>| action.is_some_and(|a| wants_number(a, matter));
        match (matter, want) {
            (Some(matter), Want::Take { action, .. }) => {
                let kind = kind_of(self.setting(), matter).ok()?;
                if !gives(kind.actions.get(action)) {
                    return None;
                }
                Some(self.number(matter.kind(), matter.holder, at))
            }
            (None, Want::Register { intake, .. }) => {
                if !gives(self.catalogue.kinds.get(&intake.kind)?.register()) {
                    return None;
                }
                let unit = self.org.posts(by?).first()?.unit;
                Some(self.number(&intake.kind, unit, at))
            }
            _ => None,
        }
    }

    /// The matter that the data names, if it exists and the person sees it.
    fn other(&self, data: &Map<String, Json>, posts: &[&Post]) -> Option<MatterCode> {
        let code: MatterCode = data.get("matter")?.as_str()?.parse().ok()?;
        let other = self.matters.get(&code)?;
        sees(posts, other, &self.org, self.catalogue).then_some(code)
    }

    /// Carries out what an act means for other matters. Answers with what split off.
    fn follow(
        &mut self,
        at: Instant,
        by: PersonId,
        from: MatterCode,
        consequence: Consequence,
    ) -> Result<Option<MatterCode>, Trouble> {
        match consequence {
            Consequence::Relate { matter, how } => {
                self.decide(at, Some(by), Some(matter), Want::Relate { matter: from, how })?;
                Ok(None)
            }
            Consequence::SplitOff(off) => {
                let (id, code) = self.names(at);
                let matter = self.matters.get(&from).ok_or_else(|| broken("no such matter"))?;
                let (title, parties, fields) = (off.title, off.parties, matter.fields.clone());
                let registration = Registration {
                    id,
                    code,
                    title,
                    parties,
                    fields,
                    ..matter.registration.clone()
                };
                let branch = Branch { registration, flags: off.flags, unit: off.unit };
                let (born, _) =
                    self.decide(at, Some(by), None, Want::SplitOff(Box::new(branch)))?;
                self.decide(
                    at,
                    Some(by),
                    Some(born),
                    Want::Relate { matter: from, how: "split-from" },
                )?;
                Ok(Some(born))
            }
        }
    }
}

type Done = Result<(MatterCode, Vec<Consequence>), Trouble>;

fn broken(what: &str) -> Trouble {
    Trouble::Broken(what.to_owned())
}

impl Stage for BareStage<'_> {
    fn enter(&mut self, scenario: &Scenario) -> Result<Company, String> {
        let (units, mut company) = units(scenario, self.catalogue)?;
        let mut posts = Vec::new();
        for (id, (name, part)) in (1..).zip(&scenario.persons) {
            let unit = company.units.get(&part.unit).copied().ok_or("a person without a unit")?;
            let (id, person) = (PostId(id), PersonId(id));
            posts.push(Post {
                id,
                person,
                role: part.role.clone(),
                unit,
                since: LONG_AGO,
                until: None,
            });
            company.persons.insert(name.clone(), person);
        }
        self.org = Org::new(units, posts);
        Ok(company)
    }

    fn register(
        &mut self,
        at: Instant,
        by: PersonId,
        intake: &Intake,
    ) -> Result<MatterCode, Trouble> {
        let (id, code) = self.names(at);
        let want = Want::Register { id, code, intake: intake.clone() };
        self.decide(at, Some(by), None, want).map(|(code, _)| code)
    }

    fn take(
        &mut self,
        at: Instant,
        by: PersonId,
        matter: MatterCode,
        action: &str,
        data: &Map<String, Json>,
    ) -> Result<Option<MatterCode>, Trouble> {
        let want = Want::Take { action: action.to_owned(), data: data.clone() };
        let (_, consequences) = self.decide(at, Some(by), Some(matter), want)?;
        let mut born = None;
        for consequence in consequences {
            born = self.follow(at, by, matter, consequence)?.or(born);
        }
        Ok(born)
    }

    fn tick(&mut self, at: Instant, matter: MatterCode) -> Result<(), Trouble> {
        self.decide(at, None, Some(matter), Want::Tick).map(drop)
    }

    fn look(&mut self, matter: MatterCode) -> Result<Matter, Trouble> {
        self.matters.get(&matter).cloned().ok_or_else(|| broken("no such matter"))
    }

    fn sees(&mut self, at: Instant, person: PersonId, matter: MatterCode) -> Result<bool, Trouble> {
        let posts: Vec<&Post> =
            self.org.posts(person).iter().filter(|p| p.held_on(at.day())).collect();
        Ok(sees(&posts, &self.look_at(matter)?, &self.org, self.catalogue))
    }
}

impl BareStage<'_> {
    fn look_at(&self, matter: MatterCode) -> Result<Matter, Trouble> {
        self.matters.get(&matter).cloned().ok_or_else(|| broken("no such matter"))
    }
}

/// Divisions for the units of the cast, numbered in the order in which they are named, with every
/// office that the catalogue puts beside them.
pub fn units(scenario: &Scenario, catalogue: &Catalogue) -> Result<(Vec<Unit>, Company), String> {
    let mut codes: BTreeMap<&str, String> = BTreeMap::new();
    let mut below: BTreeMap<String, u32> = BTreeMap::new();
    let mut found = Vec::new();
    for (row, (name, part)) in scenario.units.iter().enumerate() {
        let UnitSort::Level(_) = &part.sort else { continue };
        let code = match &part.under {
            None => COUNTY.to_string(),
            Some(under) => {
                let above = codes.get(under.as_str()).ok_or("a unit under nothing")?.clone();
                let no = below.entry(above.clone()).or_default();
                *no += 1;
                match above.len() {
                    6 => format!("{above}{:03}", 100 + *no),
                    9 => format!("{above}{:03}", 200 + *no),
                    _ => format!("{above}{no:02}"),
                }
            }
        };
        found.push(Division { code: code.clone(), name: part.name.clone(), row: row + 1 });
        codes.insert(name, code);
    }
    let mut units = divisions((found, Vec::new()), COUNTY, catalogue, LONG_AGO)
        .map_err(|faults| format!("{faults:?}"))?;
    units.extend(offices(&units, catalogue));
    let org = Org::new(units.clone(), Vec::new());
    let mut company = Company::default();
    for (name, part) in &scenario.units {
        let id = match (&part.sort, &part.under) {
            (UnitSort::Level(_), _) => {
                codes.get(name.as_str()).and_then(|c| org.place(c)).map(|u| u.id)
            }
            (UnitSort::Office(office), Some(under)) => {
                let beside = company.units.get(under.as_str()).copied();
                let number = catalogue.offices.get(office).map(|o| i64::from(o.number));
                beside.zip(number).map(|(beside, number)| UnitId(beside.0 + number))
            }
            (UnitSort::Office(_), None) => None,
        };
        company
            .units
            .insert(name.clone(), id.ok_or_else(|| format!("{name} cannot be put on stage"))?);
    }
    Ok((units, company))
}
