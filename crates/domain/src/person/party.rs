//! A party to a matter.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Personal;

/// What may be known of a party. The name is always needed, nothing else is unless the law's form
/// wants it (Personal Information Protection Law art. 6).
pub const DETAILS: &[&str] = &[
    "name",
    "phone",
    "address",
    "id-number",
    "credit-code",
    "sex",
    "ethnicity",
    "age",
    "occupation",
    "representative",
    "agent",
    "agent-phone",
];

/// Whether a party is a person or an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartySort {
    /// A person.
    #[default]
    Person,
    /// A company, village, association or organ.
    Organisation,
}

impl FromStr for PartySort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "person" => Ok(Self::Person),
            "organisation" => Ok(Self::Organisation),
            _ => Err(()),
        }
    }
}

/// Somebody whom a matter concerns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The party's number in its matter, from 1.
    pub no: u16,
    /// The role, as declared by the kind.
    pub role: String,
    /// Person or organisation.
    pub sort: PartySort,
    /// What is known, by the names of [`DETAILS`].
    pub details: BTreeMap<String, Personal>,
    /// Whether an interpreter is needed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub interpreter: bool,
    /// Whether the party has agreed to the procedure; none while not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<bool>,
}
