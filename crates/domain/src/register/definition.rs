//! The types behind `registers/*.toml`.

use indexmap::IndexMap;

use crate::catalogue::Term;
use crate::clock::Length;
use crate::kind::Field;
use crate::label::Label;

/// A register: what its records say, whose they are, who reads and who keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// The heading it stands under in the list of registers.
    pub group: Label,
    /// The laws it rests on.
    pub basis: Vec<String>,
    /// Whose the records are.
    pub owner: Owner,
    /// The field that a record is called by.
    pub title: Term,
    /// The fields that a list shows, in order.
    pub columns: Vec<Term>,
    /// The fields whose text is searched, beside the title.
    pub search: Vec<Term>,
    /// The choices by which a list is narrowed and counted.
    pub facets: Vec<Term>,
    /// Sets of fields of which no two records in force say the same; `unit` is the owner.
    pub unique: Vec<Vec<Term>>,
    /// From when until when a record counts.
    pub valid: Option<Validity>,
    /// Who reads it.
    pub reads: IndexMap<Reach, Vec<Grantee>>,
    /// Who keeps it.
    pub writes: IndexMap<Reach, Vec<Grantee>>,
    /// What a record says.
    pub fields: IndexMap<String, RegisterField>,
    /// What the law wants of a record.
    pub duties: IndexMap<String, Duty>,
    /// What there ought to be everywhere.
    pub covers: IndexMap<String, Cover>,
}

impl Register {
    /// A field as it is declared.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&RegisterField> {
        self.fields.get(id)
    }

    /// Whether any of its fields belongs to a person.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.fields.values().any(|f| f.field.personal)
    }
}

/// Whose the records are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// What the owner is called on forms and above columns.
    pub label: Label,
    /// The levels and offices that can have records.
    pub at: Vec<Term>,
    /// Other headings of its column in files; several columns are read one below the other.
    pub aliases: Vec<String>,
}

/// A field of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterField {
    /// What it takes.
    pub field: Field,
    /// The register that a reference points into; none for every other type.
    pub of: Option<Term>,
    /// Whether no record is without it.
    pub required: bool,
    /// Other headings of its column in files.
    pub aliases: Vec<String>,
}

/// From when until when a record counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validity {
    /// The field with the first day.
    pub from: Term,
    /// The field with the last day.
    pub until: Term,
    /// How long where nobody says until when.
    pub term: Option<Length>,
}

/// How far a right reaches from a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// What the own unit has.
    Unit,
    /// What the own division has, and everything in it.
    Place,
    /// What the county has.
    County,
}

impl Reach {
    /// Every reach with its word.
    pub const NAMES: [(&'static str, Self); 3] =
        [("unit", Self::Unit), ("place", Self::Place), ("county", Self::County)];
}

/// Whom a right is given to: a role, perhaps only at one sort of office or level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grantee {
    /// The role, or a group of roles until groups are resolved.
    pub role: Term,
    /// The office or level; none for any.
    pub at: Option<String>,
}

/// A condition on a record: a choice or a yes-no says this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub field: Term,
    /// The item, `yes` or `no`.
    pub item: String,
}

/// Something that is wanted of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Its name.
    pub id: Term,
    /// What is wanted, in a few words.
    pub label: Label,
    /// What is wanted, exactly.
    pub demand: Demand,
    /// Only of records that say this.
    pub when: Vec<Condition>,
    /// Whether a record that lacks it is taken all the same, with a remark.
    pub remark: bool,
    /// The article.
    pub law: Option<String>,
}

/// The fewest and the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The fewest.
    pub min: i64,
    /// The most.
    pub max: i64,
}

/// What can be wanted of a record: a closed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// The field says something.
    Filled(Term),
    /// The choice is one of these.
    Among(Term, Vec<Term>),
    /// The choice is none of these.
    Never(Term, Vec<Term>),
    /// The first day is not before the second.
    Order(Term, Term),
    /// From the first day to the second it is no longer than this.
    Span(Term, Term, Length),
    /// So many years have passed since the day, or since the birth that an identity number tells.
    Age(Term, Bounds),
    /// The first number is not above the second.
    AtMost(Term, Term),
    /// The day comes again within this.
    Every(Term, Length),
    /// The first day comes within this after the second.
    Within(Term, Term, Length),
    /// So many records of another register point here, of those that meet the conditions.
    Members {
        /// The other register.
        of: Term,
        /// Its field that points here.
        by: Term,
        /// How many.
        count: Bounds,
        /// Which of them.
        only: Vec<Condition>,
    },
}

impl Demand {
    /// Whether it can only be told, because time or other records decide.
    #[must_use]
    pub fn is_only_told(&self) -> bool {
        matches!(self, Self::Every(..) | Self::Within(..) | Self::Members { .. })
    }
}

/// Something that there ought to be so many of at each place of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// The level.
    pub level: Term,
    /// How many there ought to be at or below each place.
    pub min: i64,
    /// Of those that say this.
    pub only: Option<Condition>,
    /// What asks for it.
    pub law: Option<String>,
}
