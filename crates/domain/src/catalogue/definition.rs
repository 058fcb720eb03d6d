//! The types behind the shared files of a catalogue: levels, offices, roles, lists, limits.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;
use std::sync::Arc;

use indexmap::IndexMap;

use super::report::Report;
use super::sheet::Term;
use crate::clock::{Calendar, Length};
use crate::kind::Kind;
use crate::label::Label;
use crate::meeting::Meetings;
use crate::notice::{Delivery, Notice};
use crate::paper;
use crate::register::Register;
use crate::words::Words;

/// Everything a county declares, checked.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// What the catalogue calls itself.
    pub label: Label,
    /// Its version, as its author writes it.
    pub version: String,
    /// Its languages; the first is Chinese.
    pub locales: Vec<String>,
    /// SM3 over all its files: two catalogues with the same digest are the same.
    pub digest: String,
    /// The levels of the org tree, from the top down.
    pub levels: IndexMap<String, Level>,
    /// The offices that stand at each level.
    pub offices: IndexMap<String, Office>,
    /// The roles that posts give.
    pub roles: IndexMap<String, Role>,
    /// Names that stand for several roles in actions.
    pub groups: IndexMap<String, Vec<Term>>,
    /// Lists that choices are from.
    pub lists: IndexMap<String, List>,
    /// The limits of the law.
    pub rules: IndexMap<String, ClockRule>,
    /// Working days.
    pub calendar: Calendar,
    /// Kinds of matter, the newest version of each.
    pub kinds: IndexMap<String, Arc<Kind>>,
    /// What the county keeps lists of.
    pub registers: IndexMap<String, Arc<Register>>,
    /// Statistical tables.
    pub reports: IndexMap<String, Report>,
    /// Sorts of meeting.
    pub meetings: Meetings,
    /// What people are told of, in the order of files.
    pub notices: IndexMap<String, Notice>,
    /// How notices leave the house.
    pub delivery: Delivery,
    /// Older versions of kinds that matters still run under.
    pub earlier: HashMap<(String, u32), Arc<Kind>>,
    /// The sheets of papers, by the names of their templates.
    pub papers: BTreeMap<String, paper::Sheet>,
    /// From where a path is filled in papers that do not say otherwise.
    pub paper_sources: BTreeMap<String, paper::Sources>,
    /// The items of a dossier, in the order of its index.
    pub dossier: Vec<paper::Item>,
    /// The texts of the product in every language.
    pub words: Words,
}

/// The list that the ways that stay open are from.
pub const ROUTES: &str = "routes";

impl Catalogue {
    /// A kind under the version that a matter was opened under.
    #[must_use]
    pub fn kind(&self, id: &str, version: u32) -> Option<&Arc<Kind>> {
        match self.kinds.get(id) {
            Some(kind) if kind.version == version => Some(kind),
            _ => self.earlier.get(&(id.to_owned(), version)),
        }
    }

    /// An item of a list.
    #[must_use]
    pub fn item(&self, list: &str, item: &str) -> Option<&Item> {
        self.lists.get(list)?.items.get(item)
    }
}

/// A level of the org tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// The level above; none for the top.
    pub under: Option<Term>,
    /// The name of its governance centre, with `{place}`; none where divisions of this level are
    /// places only and hold no matters (groups, grids).
    pub centre: Option<String>,
    /// The roles that posts at its centre give.
    pub posts: Vec<Term>,
}

/// An office that stands beside the centre of a division.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its name.
    pub id: Term,
    /// What people call the sort of office.
    pub label: Label,
    /// The level it stands at.
    pub at: Term,
    /// Its three digits in the unit id, 1 to 199.
    pub number: u16,
    /// The name of one, with `{place}`.
    pub name: String,
    /// The roles that posts at it give.
    pub posts: Vec<Term>,
}

/// How much of the matters around a post its holder sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// None.
    Nothing,
    /// Those the person handles, registered or is named in.
    Own,
    /// Those that involve the own unit.
    Unit,
    /// Those that involve the own unit or one below.
    Below,
}

impl FromStr for Sight {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "nothing" => Self::Nothing,
            "own" => Self::Own,
            "unit" => Self::Unit,
            "below" => Self::Below,
            _ => return Err(()),
        })
    }
}

/// What a role may do beside acting on matters: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Give persons accounts and posts.
    ManageAccounts,
    /// Change the org tree, load catalogues and calendars.
    ManageSystem,
    /// Read who did and read what.
    ReadAudit,
    /// Read the tallies of the own unit and below.
    ReadTallies,
    /// Bring in matters from files.
    ImportMatters,
    /// Keep the rooms and the duty roster of the own unit and below.
    KeepRoster,
}

impl Right {
    /// Every right, with its word.
    pub const NAMES: &'static [(&'static str, Right)] = &[
        ("manage-accounts", Self::ManageAccounts),
        ("manage-system", Self::ManageSystem),
        ("read-audit", Self::ReadAudit),
        ("read-tallies", Self::ReadTallies),
        ("import-matters", Self::ImportMatters),
        ("keep-roster", Self::KeepRoster),
    ];
}

/// What a post gives its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// How much of the matters around it its holder sees.
    pub sees: Sight,
    /// Whether sealed matters held by its unit are opened to it.
    pub sealed: bool,
    /// Whether a person in this role may be given matters to handle.
    pub handles: bool,
    /// Whether this role shuts out every other: a person who holds it holds no other role
    /// (GB/T 22239-2019: system, security and audit administrators are separate).
    pub exclusive: bool,
    /// What else it may do.
    pub rights: Vec<Right>,
}

/// A list that choices are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// Its items in order.
    pub items: IndexMap<String, Item>,
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// Its code in the statistics, if it has one.
    pub code: Option<String>,
    /// The item above it, if the list is a tree.
    pub under: Option<Term>,
    /// Other names it goes by in files that come from elsewhere.
    pub aliases: Vec<String>,
    /// Words by which a text about it is known before anybody has classed one.
    pub hints: Vec<String>,
}

/// A limit of the law or of local rule. A kind's clock may be shorter; where it is locked it may
/// never be longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    /// Its name.
    pub id: Term,
    /// How long.
    pub within: Length,
    /// The longest extension, in the same unit; none where it may not be extended.
    pub extend: Option<Length>,
    /// How long before its end the light turns yellow.
    pub warn: Option<Length>,
    /// Whether the law forbids a longer one.
    pub locked: bool,
    /// The article.
    pub law: String,
}
