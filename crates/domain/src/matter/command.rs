//! What somebody wants.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::catalogue::Catalogue;
use crate::ids::{MatterCode, MatterId, UnitId};
use crate::org::{Org, Post};

use super::state::{File, Paper, Registration};
use crate::paper::PaperCode;

/// The county in which a command is decided: what it declares, and its units and people.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// What the county declares.
    pub catalogue: &'a Catalogue,
    /// Its units and posts.
    pub org: &'a Org,
}

/// Who wants it.
#[derive(Debug, Clone)]
pub enum Actor<'a> {
    /// A person, with the posts that the person holds now; the first that may do it acts.
    Posts(&'a [&'a Post]),
    /// Time itself.
    Clock,
}

/// A command.
#[derive(Debug, Clone)]
pub struct Command<'a> {
    /// Who wants it.
    pub actor: Actor<'a>,
    /// What.
    pub want: Want,
    /// The version of the matter that was seen; the command is refused if it has changed since.
    pub seen: Option<u32>,
    /// The next official number of the kind, unit and year, where the action gives one.
    pub next_number: Option<u32>,
    /// The matter that the data refers to, if it does and it exists.
    pub other: Option<MatterCode>,
}

/// What is wanted.
#[derive(Debug, Clone)]
pub enum Want {
    /// A new matter out of what somebody brings, with the id and code it shall have.
    Register {
        /// Its id.
        id: MatterId,
        /// Its code.
        code: MatterCode,
        /// What was brought.
        intake: Intake,
    },
    /// A new matter out of another: some of its parties go their own way.
    SplitOff(Box<Branch>),
    /// An action on a matter.
    Take {
        /// The action.
        action: String,
        /// What the step says.
        data: Map<String, Json>,
    },
    /// Another matter was tied to this one by an act on that one.
    Relate {
        /// The other matter.
        matter: MatterCode,
        /// How, as in [`super::Change::Linked`].
        how: &'static str,
    },
    /// Something with the papers or files of a matter.
    File(Filing),
    /// Nothing but the passing of time.
    Tick,
}

/// What is done with the papers and files of a matter. It is no action of the kind: it moves
/// nothing.
#[derive(Debug, Clone)]
pub enum Filing {
    /// A paper is made out as it was frozen.
    Issue(Box<Paper>),
    /// A paper no longer stands.
    Revoke {
        /// The paper.
        paper: PaperCode,
        /// Why.
        reason: String,
    },
    /// A file is added.
    Attach(Box<File>),
    /// A file is set aside.
    Withdraw {
        /// The file.
        no: u16,
        /// Why.
        reason: String,
    },
}

/// A matter that leaves another.
#[derive(Debug, Clone)]
pub struct Branch {
    /// How it comes in: the other's registration under its own id, code and title, with the parties
    /// that leave.
    pub registration: Registration,
    /// The flags that go with it; one that seals goes on sealing.
    pub flags: BTreeSet<String>,
    /// The unit that holds it.
    pub unit: UnitId,
}

/// What somebody brings: one form for every kind.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// The kind.
    pub kind: String,
    /// Where it happened: the code of a division.
    pub place: String,
    /// From where it comes in: an item of the kind's list.
    #[serde(default)]
    pub source: Option<String>,
    /// What it is about, in one line.
    pub title: String,
    /// The fields that the kind's registering action asks for.
    #[serde(default)]
    pub fields: Map<String, Json>,
    /// Whom it concerns.
    #[serde(default)]
    pub parties: Vec<PartyIntake>,
    /// Flags that may be set at intake.
    #[serde(default)]
    pub flags: Vec<String>,
}

/// One party of an intake.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyIntake {
    /// The role, as declared by the kind.
    pub role: String,
    /// `person` (the default) or `organisation`.
    #[serde(default)]
    pub sort: Option<String>,
    /// Whether an interpreter is needed.
    #[serde(default)]
    pub interpreter: bool,
    /// What is known, by the names of [`crate::person::DETAILS`].
    #[serde(default)]
    pub details: Map<String, Json>,
}
