//! What a matter or one step says: typed fields.

use std::str::FromStr;

use crate::catalogue::Term;
use crate::label::Label;

/// What a field takes. On the wire: text, choice, place, unit, person, matter, phone, identity
/// number, length, date and time are strings; money is 分 as an integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// One item of a list.
    Choice,
    /// Several items of a list.
    Choices,
    /// A day, `2026-02-28`.
    Date,
    /// A moment, RFC 3339 with zone.
    Time,
    /// An amount in 分.
    Money,
    /// A whole number.
    Number,
    /// True or false.
    YesNo,
    /// A division of the county by its code.
    Place,
    /// A unit of the county.
    Unit,
    /// Several units.
    Units,
    /// A person who holds a post.
    Person,
    /// Several persons.
    Persons,
    /// Another matter by its code.
    Matter,
    /// A record of a register; in registers only.
    Record,
    /// Some of the matter's parties by their numbers.
    Parties,
    /// What each party said: a number to true or false.
    Consents,
    /// Five levels, 1 very dissatisfied to 5 very satisfied (GB/T 39734).
    Rating,
    /// A legal length, `10 days`.
    Length,
    /// What is to be performed, part by part: each with its day and, where there is one, its amount.
    Instalments,
    /// One of the parts that were promised, by its number.
    Instalment,
    /// A telephone number.
    Phone,
    /// A citizen identity number (GB 11643).
    IdNumber,
}

impl FieldType {
    /// Every type that a definition may name, with the word it uses.
    pub const NAMES: &'static [(&'static str, FieldType)] = &[
        ("text", Self::Text),
        ("long-text", Self::LongText),
        ("choice", Self::Choice),
        ("choices", Self::Choices),
        ("date", Self::Date),
        ("time", Self::Time),
        ("money", Self::Money),
        ("number", Self::Number),
        ("yes-no", Self::YesNo),
        ("place", Self::Place),
        ("unit", Self::Unit),
        ("units", Self::Units),
        ("person", Self::Person),
        ("persons", Self::Persons),
        ("matter", Self::Matter),
        ("record", Self::Record),
        ("parties", Self::Parties),
        ("consents", Self::Consents),
        ("rating", Self::Rating),
        ("length", Self::Length),
        ("instalments", Self::Instalments),
        ("instalment", Self::Instalment),
        ("phone", Self::Phone),
        ("id-number", Self::IdNumber),
    ];

    /// The word for this type.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, t)| *t == self).map_or("", |(n, _)| n)
    }
}

impl FromStr for FieldType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::NAMES.iter().find(|(n, _)| *n == text).map(|(_, t)| *t).ok_or(())
    }
}

/// On which side of now a date or time must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// Today or before.
    Past,
    /// Today or after.
    Future,
}

impl FromStr for Bound {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "past" => Ok(Self::Past),
            "future" => Ok(Self::Future),
            _ => Err(()),
        }
    }
}

/// A declared field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in the kind.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// What it takes.
    pub field: FieldType,
    /// The list that a choice is from.
    pub list: Option<Term>,
    /// The most characters of a text.
    pub max_chars: usize,
    /// The smallest and largest number or amount.
    pub range: (i64, i64),
    /// The side of now for a date or time.
    pub bound: Option<Bound>,
    /// Personal data: encrypted at rest, masked until a purpose is given, never in a search text.
    pub personal: bool,
    /// The unit it names never gets the matter: not to hold, not to help (Petition Regulations
    /// art. 30, for whom a complaint is about).
    pub barred: bool,
}

/// A field that an action asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The field of the matter or of the step.
    pub field: Term,
    /// Whether the act is refused without it; written as `name?` where it is not.
    pub required: bool,
}
