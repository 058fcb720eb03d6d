//! A record: the fold of what was done to it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ids::{PersonId, RecordId, UnitId};
use crate::matter::Value;
use crate::person::Personal;
use crate::time::{Day, Instant};

/// Whether a record still stands in the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It stands.
    Standing,
    /// It was ended; it is kept.
    Ended,
}

impl Stage {
    /// Its word in the store, in addresses and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Standing => "standing",
            Self::Ended => "ended",
        }
    }

    /// The stage of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Standing, Self::Ended].into_iter().find(|s| s.name() == name)
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The person; none for the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// In which role.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// At which unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The file that it was read from: the beginning of its SM3, and the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// What was done to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// It was entered.
    Entered {
        /// The register.
        register: String,
        /// Whose it is.
        unit: UnitId,
        /// What it says.
        fields: BTreeMap<String, Value>,
    },
    /// It was changed.
    Changed {
        /// Whose it is from now on, where that changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
        /// What it says from now on.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: BTreeMap<String, Value>,
        /// What it no longer says.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        unset: BTreeSet<String>,
    },
    /// It was ended.
    Ended {
        /// The first day on which it no longer counts.
        on: Day,
        /// Why.
        reason: String,
    },
    /// It stands again.
    Resumed {
        /// Why.
        reason: String,
    },
}

impl Deed {
    /// Its word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Entered { .. } => "entered",
            Self::Changed { .. } => "changed",
            Self::Ended { .. } => "ended",
            Self::Resumed { .. } => "resumed",
        }
    }

    /// Each personal value in it with its field.
    pub fn personal_mut(&mut self, each: &mut dyn FnMut(&str, &mut Personal)) {
        let (Self::Entered { fields, .. } | Self::Changed { set: fields, .. }) = self else {
            return;
        };
        for (id, value) in fields {
            if let Value::Personal(personal) = value {
                each(id, personal);
            }
        }
    }
}

/// Something that was done to a record, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordEvent {
    /// Its number in the record, from 1.
    pub seq: u32,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: Author,
    /// What.
    pub deed: Deed,
}

/// How a record ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The first day on which it no longer counts.
    pub on: Day,
    /// Why.
    pub reason: String,
}

/// A record as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id.
    pub id: RecordId,
    /// The register.
    pub register: String,
    /// Whose it is.
    pub unit: UnitId,
    /// What it says.
    pub fields: BTreeMap<String, Value>,
    /// How often something was done to it, from 1.
    pub version: u32,
    /// When it was entered.
    pub entered_at: Instant,
    /// When something was last done to it.
    pub changed_at: Instant,
    /// How it ended; none while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
}

impl Record {
    /// Whether it still stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        if self.ended.is_some() { Stage::Ended } else { Stage::Standing }
    }

    /// A field's text, where it is one that is open.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_text).unwrap_or_default()
    }
}

/// The record after an event; none where the event cannot follow.
#[must_use]
pub fn apply(id: RecordId, record: Option<Record>, event: &RecordEvent) -> Option<Record> {
    let seq = record.as_ref().map_or(1, |r| r.version + 1);
    if event.seq != seq {
        return None;
    }
    let Some(mut record) = record else {
        let Deed::Entered { register, unit, fields } = &event.deed else { return None };
        return Some(Record {
            id,
            register: register.clone(),
            unit: *unit,
            fields: fields.clone(),
            version: 1,
            entered_at: event.at,
            changed_at: event.at,
            ended: None,
        });
    };
    record.version = seq;
    record.changed_at = event.at;
    match &event.deed {
        Deed::Entered { .. } => return None,
        Deed::Changed { unit, set, unset } => {
            record.unit = unit.unwrap_or(record.unit);
            record.fields.retain(|id, _| !unset.contains(id));
            record.fields.extend(set.clone());
        }
        Deed::Ended { on, reason } => {
            record.ended = Some(Ended { on: *on, reason: reason.clone() });
        }
        Deed::Resumed { .. } => record.ended = None,
    }
    Some(record)
}

/// What an event made of the fields, each with what it said before and says after.
#[must_use]
pub fn differences<'r>(
    before: Option<&'r Record>,
    after: &'r Record,
) -> Vec<(&'r str, Option<&'r Value>, Option<&'r Value>)> {
    let old = |id: &str| before.and_then(|b| b.fields.get(id));
    let gone = before.into_iter().flat_map(|b| b.fields.keys());
    let ids: BTreeSet<&String> = gone.chain(after.fields.keys()).collect();
    let each = ids.into_iter().map(|id| (id.as_str(), old(id), after.fields.get(id)));
    each.filter(|(_, old, new)| old != new).collect()
}
