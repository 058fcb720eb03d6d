//! Origin where in a matter a field of a paper is filled: a closed list of words.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::catalogue::{Table, Term};

/// Sources in the order in which they are asked, each with its line.
pub type Sources = Vec<(Origin, u32)>;

/// A place in a matter that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The office that the paper stands under.
    Unit,
    /// The paper's number.
    Number,
    /// The official number of the matter.
    MatterNumber,
    /// The day of issue.
    Today,
    /// The matter's code.
    Code,
    /// Its title.
    Title,
    /// The name of its kind.
    Kind,
    /// The name of the place where it happened.
    Place,
    /// Origin where it came in.
    Source,
    /// What it is about, by its category.
    Category,
    /// How it ended.
    Outcome,
    /// The unit that holds it.
    Holder,
    /// The unit that it was last handed over by.
    Sender,
    /// Who handles it, and who assists.
    Handlers,
    /// Who makes the paper out.
    Me,
    /// Who registered it.
    Registrar,
    /// The day of its registration.
    Registered,
    /// The day on which the procedure began.
    Accepted,
    /// The day of the agreement.
    Agreed,
    /// The day of its end.
    Closed,
    /// The last day of the limit that the act extended, as it was before.
    DueBefore,
    /// The time of the act that made the paper due.
    ActTime,
    /// The day of that act.
    ActDay,
    /// Who took that act.
    ActBy,
    /// The article behind that act.
    ActLaw,
    /// The ways that stay open after that act.
    Routes,
    /// `written`, `oral` or `none`: how the parties agreed.
    Form,
    /// One for each party and one for the office.
    Copies,
    /// Every party, or those in a role.
    Parties(Option<String>),
    /// The names of every party, or of those in a role.
    Names(Option<String>),
    /// What the matter says in a field.
    Field(String),
    /// What was last said in a field of a step.
    Step(String),
    /// The last day of the last running of a clock.
    Clock(String),
    /// The number of the last paper of this name that stands.
    Paper(String),
    /// These very words.
    Text(String),
}

impl Origin {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("unit", Self::Unit),
        ("number", Self::Number),
        ("matter-number", Self::MatterNumber),
        ("today", Self::Today),
        ("code", Self::Code),
        ("title", Self::Title),
        ("kind", Self::Kind),
        ("place", Self::Place),
        ("source", Self::Source),
        ("category", Self::Category),
        ("outcome", Self::Outcome),
        ("holder", Self::Holder),
        ("sender", Self::Sender),
        ("handlers", Self::Handlers),
        ("me", Self::Me),
        ("registrar", Self::Registrar),
        ("registered", Self::Registered),
        ("accepted", Self::Accepted),
        ("agreed", Self::Agreed),
        ("closed", Self::Closed),
        ("due-before", Self::DueBefore),
        ("act-time", Self::ActTime),
        ("act-day", Self::ActDay),
        ("act-by", Self::ActBy),
        ("act-law", Self::ActLaw),
        ("routes", Self::Routes),
        ("form", Self::Form),
        ("copies", Self::Copies),
        ("parties", Self::Parties(None)),
        ("names", Self::Names(None)),
    ];

    /// What may be written, for whoever wrote something else.
    #[must_use]
    pub fn forms() -> String {
        let mut all: Vec<&str> = Self::NAMES.iter().map(|(name, _)| *name).collect();
        all.extend([
            "parties:ROLE",
            "names:ROLE",
            "field:FIELD",
            "step:FIELD",
            "clock:CLOCK",
            "paper:NAME",
            "text:WORDS",
        ]);
        all.join(", ")
    }

    /// Whether this says who a person is: then it is shown masked and never typed over.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        matches!(self, Self::Parties(_) | Self::Names(_))
    }

    /// Whether whoever makes out the paper may say it otherwise: what the office vouches for is not
    /// typed.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Unit | Self::Number | Self::MatterNumber | Self::Today | Self::Code)
    }
}

impl FromStr for Origin {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Some((_, from)) = Self::NAMES.iter().find(|(name, _)| *name == text) {
            return Ok(from.clone());
        }
        let (word, of) = text.split_once(':').ok_or(())?;
        let of = Some(of.to_owned()).filter(|of| !of.is_empty()).ok_or(())?;
        Ok(match word {
            "parties" => Self::Parties(Some(of)),
            "names" => Self::Names(Some(of)),
            "field" => Self::Field(of),
            "step" => Self::Step(of),
            "clock" => Self::Clock(of),
            "paper" => Self::Paper(of),
            "text" => Self::Text(of),
            _ => return Err(()),
        })
    }
}

/// Reads a list of sources.
pub(super) fn list(t: &Table<'_>, terms: Vec<Term>) -> Sources {
    let mut all = Vec::new();
    for term in terms {
        match term.text.parse() {
            Ok(from) => all.push((from, term.line)),
            Err(()) => {
                let args = vec![("word", term.text), ("known", Origin::forms())];
                t.note(term.line, "unknown-word", args);
            }
        }
    }
    all
}

/// Reads `documents/sources.toml`: from where a path is filled in every paper that does not say
/// otherwise.
#[must_use]
pub fn sources(t: &Table<'_>) -> BTreeMap<String, Sources> {
    let read = |t: &Table<'_>| {
        let lists = t.lists().into_iter();
        lists.map(|(path, terms)| (path.text, list(t, terms))).collect()
    };
    t.table("from", read).unwrap_or_default()
}
