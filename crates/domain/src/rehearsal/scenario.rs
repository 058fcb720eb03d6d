//! A matter's life as data: who is on stage, what they do and when, and how things must stand after
//! each step. A scenario is a test, an explanation and a demonstration at once.
//!
//! Reading it is here; playing it is in [`super::play`], on any [`super::Stage`].

mod read;

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use crate::catalogue::{Catalogue, Finding, Sheet, Source};
use crate::clock::Light;
use crate::label::Label;
use crate::matter::{Intake, Rule};
use crate::time::Instant;

/// The sign before a name of the cast inside data: `unit = "@township"`.
pub const REFERENCE: char = '@';
/// What the first matter of a scenario is called where it has no name of its own.
pub const MATTER: &str = "matter";

/// A matter's life as data.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its file.
    pub file: String,
    /// What it shows.
    pub title: Label,
    /// The kind of its matters, unless a step says another.
    pub kind: String,
    /// The units on stage, each after the one it stands under.
    pub units: IndexMap<String, UnitPart>,
    /// The persons on stage.
    pub persons: IndexMap<String, PersonPart>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// A unit on stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitPart {
    /// What it is.
    pub sort: UnitSort,
    /// The unit on stage that it stands under; none for the top.
    pub under: Option<String>,
    /// The name of its place.
    pub name: String,
}

/// What a unit on stage is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitSort {
    /// The centre of a division of this level.
    Level(String),
    /// This office beside a centre.
    Office(String),
}

/// A person on stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonPart {
    /// The unit on stage.
    pub unit: String,
    /// The role there.
    pub role: String,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub struct Step {
    /// Its line in the file.
    pub line: u32,
    /// When.
    pub at: Instant,
    /// The matter, by its name in the scenario.
    pub matter: String,
    /// What.
    pub act: Act,
    /// The rule that refuses it, where it must be refused.
    pub refused: Option<Rule>,
    /// How things must stand after it.
    pub expect: Expect,
}

/// What happens in a step. Texts that begin with [`REFERENCE`] name somebody or something on stage.
#[derive(Debug, Clone)]
pub enum Act {
    /// Somebody brings a matter.
    Register {
        /// Who writes it down.
        by: String,
        /// What is brought.
        intake: Box<Intake>,
    },
    /// Somebody takes an action.
    Take {
        /// Who.
        by: String,
        /// The action.
        action: String,
        /// What the step says.
        data: Map<String, Json>,
        /// What the matter is called that splits off by it.
        branch: Option<String>,
    },
    /// Time passes.
    Tick,
}

/// How things must stand; what is not said is not looked at.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// The state.
    pub state: Option<String>,
    /// The unit on stage that holds it.
    pub holder: Option<String>,
    /// The person on stage who handles it.
    pub handler: Option<String>,
    /// The light.
    pub light: Option<Light>,
    /// How it ended.
    pub outcome: Option<String>,
    /// All its flags.
    pub flags: Option<BTreeSet<String>>,
    /// All clocks that have started and not stopped, with the last day, the last minute, or `paused`.
    /// A callout's clock is named with its unit, `report-in:police`.
    pub clocks: Option<BTreeMap<String, String>>,
    /// The papers that became due by this step.
    pub papers: Option<Vec<String>>,
    /// Persons on stage who see it.
    pub seen_by: Vec<String>,
    /// Persons on stage who do not.
    pub hidden_from: Vec<String>,
}

/// Reads every scenario of a county's files.
///
/// # Errors
/// Every mistake found, in the order of files and lines.
pub fn scenarios(source: &Source, catalogue: &Catalogue) -> Result<Vec<Scenario>, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut scenarios = Vec::new();
    for (file, text) in source
        .0
        .iter()
        .filter(|(path, _)| path.starts_with("scenarios/") && path.ends_with(".toml"))
    {
        let sheet = Sheet::new(file, text, &catalogue.locales);
        scenarios.push(sheet.read(text, |t| read::scenario(file, t, catalogue)));
        findings.extend(sheet.into_findings());
    }
    findings.sort();
    findings.dedup();
    if findings.is_empty() { Ok(scenarios) } else { Err(findings) }
}
