//! From what somebody typed to what a record says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::access::Territory;
use super::check::UNIT;
use super::definition::Register;
use super::duty;
use crate::catalogue::Catalogue;
use crate::codes::tidy_number;
use crate::ids::{RecordId, UnitId};
use crate::kind::FieldType;
use crate::matter::{Against, Refusal, Refused, Rule, Value, read_value};
use crate::org::{Org, Unit};
use crate::time::{Day, Instant};

/// What a record is checked against.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Lists, levels, registers.
    pub catalogue: &'a Catalogue,
    /// Units and people.
    pub org: &'a Org,
    /// Now.
    pub now: Instant,
    /// Whether a register has a record that stands.
    pub has: &'a dyn Fn(&str, RecordId) -> bool,
}

/// What somebody typed: only the fields that are to change; null for what is to be taken away.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The owner, by its id or its code; none to leave it.
    pub unit: Option<String>,
    /// The fields.
    pub fields: Map<String, Json>,
}

/// A draft whose every value can be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drafted {
    /// The owner, where it was said.
    pub unit: Option<UnitId>,
    /// Values.
    pub set: BTreeMap<String, Value>,
    /// Fields that are to say nothing.
    pub unset: BTreeSet<String>,
}

impl Draft {
    /// Checks each value for itself.
    ///
    /// # Errors
    /// Every rule that a value breaks.
    pub fn read(&self, register: &Register, known: Known<'_>) -> Result<Drafted, Refused> {
        let mut drafted = Drafted::default();
        let mut wrong = Vec::new();
        if let Some(text) = &self.unit {
            match owner(register, text, known) {
                Ok(unit) => drafted.unit = Some(unit),
                Err(refusal) => wrong.push(refusal),
            }
        }
        for (id, json) in &self.fields {
            let at = format!("fields.{id}");
            match register.field(id) {
                None => wrong.push(Refusal::of(Rule::UnknownField, &at)),
                Some(_) if says_nothing(json) => {
                    drafted.unset.insert(id.clone());
                }
                Some(_) => match value(register, id, json, &at, known) {
                    Ok(value) => {
                        drafted.set.insert(id.clone(), value);
                    }
                    Err(refusal) => wrong.push(refusal),
                },
            }
        }
        if wrong.is_empty() { Ok(drafted) } else { Err(Refused(wrong)) }
    }
}

fn says_nothing(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// One value of a field.
pub fn value(
    register: &Register,
    id: &str,
    json: &Json,
    at: &str,
    known: Known<'_>,
) -> Result<Value, Refusal> {
    let field = register.field(id).ok_or_else(|| Refusal::of(Rule::UnknownField, at))?;
    let Known { catalogue, org, now, has } = known;
    let against = Against { catalogue, org, parties: &[], now };
    let value = read_value(&field.field, json, at, against)?;
    if let (Value::Record(record), Some(of)) = (&value, &field.of)
        && !has(of.as_str(), *record)
    {
        return Err(Refusal::of(Rule::UnknownRecord, at));
    }
    Ok(value)
}

/// The unit that a text names, where such a unit can have records of the register.
fn owner(register: &Register, text: &str, known: Known<'_>) -> Result<UnitId, Refusal> {
    let text = text.trim();
    let unit = text.parse().ok().and_then(|id| known.org.unit(id));
    let unit = unit.or_else(|| known.org.place(text));
    let unit = unit.filter(|u| u.stands_on(known.now.day()));
    let unit = unit.ok_or_else(|| Refusal::of(Rule::UnknownOwner, UNIT))?;
    if register.can_belong_to(unit) { Ok(unit.id) } else { Err(Refusal::of(Rule::NotOwner, UNIT)) }
}

impl Register {
    /// Whether a unit can have records.
    #[must_use]
    pub fn can_belong_to(&self, unit: &Unit) -> bool {
        let at = unit.office.as_ref().unwrap_or(&unit.level);
        self.owner.at.iter().any(|term| term.text == *at)
    }

    /// The units in some territories that can have records on a day, in order.
    #[must_use]
    pub fn owners<'o>(&self, org: &'o Org, in_: &[Territory], day: Day) -> Vec<&'o Unit> {
        let fits = |u: &&Unit| {
            u.stands_on(day) && self.can_belong_to(u) && in_.iter().any(|t| t.holds(u.id))
        };
        let mut all: Vec<&Unit> = org.units().filter(fits).collect();
        all.sort_by_key(|u| u.id);
        all
    }
}

/// Checks what a record is going to say as a whole; personal values must be plain. Says until when it
/// counts where the register has a term and nobody said so.
///
/// # Errors
/// Every rule that it breaks.
pub fn complete(
    register: &Register,
    mut fields: BTreeMap<String, Value>,
    today: Day,
) -> Result<BTreeMap<String, Value>, Refused> {
    if let Some(valid) = &register.valid
        && let (Some(Value::Date(from)), Some(term)) = (fields.get(&valid.from.text), valid.term)
        && !fields.contains_key(&valid.until.text)
    {
        fields.insert(valid.until.text.clone(), Value::Date(duty::after(*from, term)));
    }
    let mut wrong: Vec<Refusal> = register
        .fields
        .values()
        .filter(|f| f.required && !fields.contains_key(&f.field.id.text))
        .map(|f| Refusal::of(Rule::Required, &format!("fields.{}", f.field.id.text)))
        .collect();
    wrong.extend(duty::refusals(register, &fields, today));
    if wrong.is_empty() { Ok(fields) } else { Err(Refused(wrong)) }
}

/// What no two records in force say both: one text for each unique set of fields that is filled. Personal
/// values must be plain; what is kept of it is a keyed hash.
#[must_use]
pub fn keys(register: &Register, unit: UnitId, fields: &BTreeMap<String, Value>) -> Vec<String> {
    let part = |term: &crate::catalogue::Term| {
        if term.text == UNIT {
            return Some(unit.to_string());
        }
        fields.get(&term.text).map(|value| comparable(&plain_text(value)))
    };
    let key = |(no, set): (usize, &Vec<crate::catalogue::Term>)| {
        let parts: Option<Vec<String>> = set.iter().map(part).collect();
        parts.map(|parts| format!("{}/{no}/{}", register.id.text, parts.join("\u{1f}")))
    };
    register.unique.iter().enumerate().filter_map(key).collect()
}

/// Width, case and spaces make no difference between two texts.
fn comparable(text: &str) -> String {
    tidy_number(text)
}

/// A value as plain text that is the same for equal values.
#[must_use]
pub fn plain_text(value: &Value) -> String {
    match value {
        Value::Text(t) | Value::Choice(t) => t.clone(),
        Value::Personal(p) => p.text().unwrap_or_default().to_owned(),
        Value::Choices(all) => all.join(" "),
        Value::Date(day) => day.to_string(),
        Value::Time(at) => at.to_string(),
        Value::Money(n) | Value::Number(n) => n.to_string(),
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Place(u) | Value::Unit(u) => u.to_string(),
        Value::Units(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Value::Person(p) => p.to_string(),
        Value::Persons(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Value::Matter(code) => code.to_string(),
        Value::Record(id) => id.to_string(),
        Value::Rating(n) => n.to_string(),
        Value::Length(length) => length.to_string(),
        Value::Parties(_) | Value::Consents(_) | Value::Instalments(_) => String::new(),
    }
}

/// Whether texts of this type are read as they stand.
pub(super) fn is_text(of: FieldType) -> bool {
    matches!(of, FieldType::Text | FieldType::LongText | FieldType::Phone | FieldType::IdNumber)
}
