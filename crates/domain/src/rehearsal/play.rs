//! Playing a scenario on a stage: the pure one of this crate, or the whole application on a
//! database.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use serde_json::{Map, Value as Json};

use super::scenario::{Act, Expect, REFERENCE, Scenario, Step};
use crate::clock::ClockRun;
use crate::ids::{MatterCode, PersonId, UnitId};
use crate::matter::{Intake, Matter, Refused, Rule};
use crate::time::Instant;

/// Where scenarios are played.
pub trait Stage {
    /// Brings a scenario's cast on.
    ///
    /// # Errors
    /// What keeps it off.
    fn enter(&mut self, scenario: &Scenario) -> Result<Company, String>;

    /// Somebody brings a matter. Answers with its code.
    ///
    /// # Errors
    /// A refusal, or what broke.
    fn register(
        &mut self,
        at: Instant,
        by: PersonId,
        intake: &Intake,
    ) -> Result<MatterCode, Trouble>;

    /// Somebody takes an action. Answers with the code of what splits off by it, if anything does.
    ///
    /// # Errors
    /// A refusal, or what broke.
    fn take(
        &mut self,
        at: Instant,
        by: PersonId,
        matter: MatterCode,
        action: &str,
        data: &Map<String, Json>,
    ) -> Result<Option<MatterCode>, Trouble>;

    /// Time does what it does to a matter.
    ///
    /// # Errors
    /// What broke.
    fn tick(&mut self, at: Instant, matter: MatterCode) -> Result<(), Trouble>;

    /// A matter as it stands.
    ///
    /// # Errors
    /// What broke.
    fn look(&mut self, matter: MatterCode) -> Result<Matter, Trouble>;

    /// Whether a person sees a matter.
    ///
    /// # Errors
    /// What broke.
    fn sees(&mut self, at: Instant, person: PersonId, matter: MatterCode) -> Result<bool, Trouble>;
}

/// The cast of a scenario on a stage, by the names it gives them.
#[derive(Debug, Clone, Default)]
pub struct Company {
    /// Units.
    pub units: BTreeMap<String, UnitId>,
    /// Persons.
    pub persons: BTreeMap<String, PersonId>,
}

/// Why a step did not happen.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// It was refused.
    Refused(Refused),
    /// The stage broke.
    Broken(String),
}

impl From<Refused> for Trouble {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// What did not come out as a scenario says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// The scenario's file.
    pub file: String,
    /// The step's line.
    pub line: u32,
    /// What was wanted and what came.
    pub what: String,
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Plays a scenario. Ends at the first step that does not happen as it should; what is expected after
/// a step is all looked at.
///
/// # Errors
/// Everything that came out otherwise.
pub fn play(scenario: &Scenario, stage: &mut dyn Stage) -> Result<(), Vec<Miss>> {
    let company = stage
        .enter(scenario)
        .map_err(|what| vec![Miss { file: scenario.file.clone(), line: 1, what }])?;
    let mut play = Play {
        scenario,
        company,
        matters: BTreeMap::new(),
        papers: BTreeMap::new(),
        misses: Vec::new(),
    };
    for step in &scenario.steps {
        if let Err(what) = play.step(step, stage) {
            play.miss(step, what);
            break;
        }
    }
    if play.misses.is_empty() { Ok(()) } else { Err(play.misses) }
}

struct Play<'a> {
    scenario: &'a Scenario,
    company: Company,
    matters: BTreeMap<String, MatterCode>,
    /// How many papers each matter had after its last step.
    papers: BTreeMap<MatterCode, usize>,
    misses: Vec<Miss>,
}

impl Play<'_> {
    fn miss(&mut self, step: &Step, what: String) {
        self.misses.push(Miss { file: self.scenario.file.clone(), line: step.line, what });
    }

    fn step(&mut self, step: &Step, stage: &mut dyn Stage) -> Result<(), String> {
        let result = match &step.act {
            Act::Register { by, intake } => {
                let intake = self.intake(intake)?;
                stage.register(step.at, self.person(by)?, &intake).map(|code| {
                    self.matters.insert(step.matter.clone(), code);
                })
            }
            Act::Take { by, action, data, branch } => {
                let (by, matter, data) =
                    (self.person(by)?, self.matter(&step.matter)?, self.map(data)?);
                stage.take(step.at, by, matter, action, &data).map(|born| {
                    self.matters.extend(branch.clone().zip(born));
                })
            }
            Act::Tick => stage.tick(step.at, self.matter(&step.matter)?),
        };
        match (result, step.refused) {
            (Ok(()), None) => {}
            (Ok(()), Some(rule)) => return Err(format!("should be refused by {}", rule.name())),
            (Err(Trouble::Refused(refused)), Some(rule)) if refused.breaks(rule) => {}
            (Err(Trouble::Refused(refused)), _) => return Err(refusal(&refused, step.refused)),
            (Err(Trouble::Broken(what)), _) => return Err(what),
        }
        match self.matters.get(&step.matter).copied() {
            Some(matter) => self.after(step, matter, stage),
            None => Ok(()),
        }
    }

    fn after(
        &mut self,
        step: &Step,
        code: MatterCode,
        stage: &mut dyn Stage,
    ) -> Result<(), String> {
        let broken = |trouble: Trouble| format!("{trouble:?}");
        let matter = stage.look(code).map_err(broken)?;
        let before = self.papers.insert(code, matter.documents.len()).unwrap_or_default();
        for what in self.differences(&step.expect, &matter, before, step.at) {
            self.miss(step, what);
        }
        let seen = step.expect.seen_by.iter().map(|p| (p, true));
        for (person, wanted) in seen.chain(step.expect.hidden_from.iter().map(|p| (p, false))) {
            if stage.sees(step.at, self.person(person)?, code).map_err(broken)? != wanted {
                self.miss(
                    step,
                    format!("{person} {} see it", if wanted { "should" } else { "should not" }),
                );
            }
        }
        Ok(())
    }

    /// Everything in which a matter stands otherwise than expected.
    fn differences(
        &self,
        expect: &Expect,
        matter: &Matter,
        papers_before: usize,
        now: Instant,
    ) -> Vec<String> {
        let mut all = Vec::new();
        differ(&mut all, "state", expect.state.as_ref(), &matter.state);
        differ(&mut all, "holder", expect.holder.as_ref(), &self.unit_name(matter.holder));
        let handler = matter.handler.map_or_else(String::new, |p| self.person_name(p));
        differ(&mut all, "handler", expect.handler.as_ref(), &handler);
        differ(&mut all, "light", expect.light.as_ref(), &matter.light(now));
        differ(
            &mut all,
            "outcome",
            expect.outcome.as_ref(),
            &matter.outcome.clone().unwrap_or_default(),
        );
        differ(&mut all, "flags", expect.flags.as_ref(), &matter.flags);
        let papers: Vec<String> =
            matter.documents.iter().skip(papers_before).map(|d| d.document.clone()).collect();
        differ(&mut all, "papers", expect.papers.as_ref(), &papers);
        let live = matter.clocks.iter().filter(|c| c.stopped_at.is_none());
        let clocks: BTreeMap<String, String> = live.map(|c| (self.clock_name(c), due(c))).collect();
        differ(&mut all, "clocks", expect.clocks.as_ref(), &clocks);
        all
    }

    fn unit_name(&self, unit: UnitId) -> String {
        let named = self.company.units.iter().find(|(_, id)| **id == unit);
        named.map_or_else(|| unit.to_string(), |(name, _)| name.clone())
    }

    fn person_name(&self, person: PersonId) -> String {
        let named = self.company.persons.iter().find(|(_, id)| **id == person);
        named.map_or_else(|| person.to_string(), |(name, _)| name.clone())
    }

    fn clock_name(&self, run: &ClockRun) -> String {
        match (run.callout, run.unit) {
            (Some(_), Some(unit)) => format!("{}:{}", run.clock, self.unit_name(unit)),
            _ => run.clock.clone(),
        }
    }

    fn person(&self, name: &str) -> Result<PersonId, String> {
        self.company.persons.get(name).copied().ok_or_else(|| format!("{name} is not on stage"))
    }

    fn matter(&self, name: &str) -> Result<MatterCode, String> {
        self.matters.get(name).copied().ok_or_else(|| format!("{name} was never registered"))
    }

    fn intake(&self, intake: &Intake) -> Result<Intake, String> {
        let mut intake = intake.clone();
        intake.place = self.text(&intake.place)?;
        intake.fields = self.map(&intake.fields)?;
        for party in &mut intake.parties {
            party.details = self.map(&party.details)?;
        }
        Ok(intake)
    }

    fn map(&self, map: &Map<String, Json>) -> Result<Map<String, Json>, String> {
        map.iter().map(|(key, value)| Ok((key.clone(), self.json(value)?))).collect()
    }

    /// Names of the cast become what they are called on this stage.
    fn json(&self, json: &Json) -> Result<Json, String> {
        Ok(match json {
            Json::String(text) => Json::String(self.text(text)?),
            Json::Array(items) => {
                Json::Array(items.iter().map(|i| self.json(i)).collect::<Result<_, _>>()?)
            }
            Json::Object(map) => Json::Object(self.map(map)?),
            other => other.clone(),
        })
    }

    fn text(&self, text: &str) -> Result<String, String> {
        let Some(name) = text.strip_prefix(REFERENCE) else { return Ok(text.to_owned()) };
        let unit = self.company.units.get(name).map(ToString::to_string);
        let person = || self.company.persons.get(name).map(ToString::to_string);
        let matter = || self.matters.get(name).map(ToString::to_string);
        unit.or_else(person).or_else(matter).ok_or_else(|| format!("{text} is not on stage"))
    }
}

fn differ<T: Debug + PartialEq>(all: &mut Vec<String>, what: &str, wanted: Option<&T>, is: &T) {
    if let Some(wanted) = wanted.filter(|w| *w != is) {
        all.push(format!("{what}: wanted {wanted:?}, is {is:?}"));
    }
}

fn refusal(refused: &Refused, wanted: Option<Rule>) -> String {
    match wanted {
        Some(rule) => format!("should be refused by {}, is refused by {refused}", rule.name()),
        None => format!("refused: {refused}"),
    }
}

/// The last day of a clock, the minute where it ends within a day, or that it stands still.
fn due(run: &ClockRun) -> String {
    match &run.deadline {
        None => "paused".to_owned(),
        Some(d) if d.due_at == d.due_at.day().start() => d.due_at.plus_ms(-1).day().to_string(),
        Some(d) => d.due_at.to_string().chars().take(16).collect::<String>().replace('T', " "),
    }
}
