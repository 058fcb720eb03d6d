//! Reading what a step says: the inputs of the verbs and the fields the action asks for. Every
//! mistake is reported at once.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::refusal::{Refusal, Refused, Rule};
use super::value::{Against, Value, read, read_input};
use crate::kind::{Action, Field, FieldType, Input, Kind};
use crate::label::FIRST_LOCALE;

/// One thing that an action asks for.
pub enum Asked<'k> {
    /// An input of one of its verbs.
    Input(Input),
    /// A field of the matter or of the step.
    Field(&'k Field, bool),
}

impl Asked<'_> {
    /// Its key in the data.
    pub fn name(&self) -> &str {
        match self {
            Self::Input(input) => input.name,
            Self::Field(field, _) => field.id.as_str(),
        }
    }

    /// Whether the act is refused without it.
    pub fn required(&self) -> bool {
        match self {
            Self::Input(input) => input.required,
            Self::Field(_, required) => *required,
        }
    }

    /// What it takes.
    pub fn field_type(&self) -> FieldType {
        match self {
            Self::Input(input) => input.field,
            Self::Field(field, _) => field.field,
        }
    }
}

/// Everything an action asks for: the verbs' inputs, the fields, and what is told part by part.
pub fn asked<'k>(kind: &'k Kind, action: &'k Action) -> Vec<Asked<'k>> {
    let mut all: Vec<Asked<'k>> = Vec::new();
    for input in action.verbs.iter().flat_map(|v| v.inputs()) {
        if !all.iter().any(|a| a.name() == input.name) {
            all.push(Asked::Input(*input));
        }
    }
    let fields =
        action.asks.iter().filter_map(|ask| Some((kind.field(ask.field.as_str())?, ask.required)));
    all.extend(fields.map(|(field, required)| Asked::Field(field, required)));
    // Parts are told after the whole.
    all.sort_by_key(|one| one.field_type() == FieldType::Instalments);
    all
}

/// Reads the data of an act.
///
/// # Errors
/// Every key that is unknown, missing or wrong.
pub fn step(
    kind: &Kind,
    action: &Action,
    data: &Map<String, Json>,
    against: Against<'_>,
) -> Result<BTreeMap<String, Value>, Refused> {
    values(&asked(kind, action), data, "", against)
}

/// Reads values under a prefix of their place, such as `fields.`.
///
/// # Errors
/// Every key that is unknown, missing or wrong.
pub fn values(
    asked: &[Asked<'_>],
    data: &Map<String, Json>,
    prefix: &str,
    against: Against<'_>,
) -> Result<BTreeMap<String, Value>, Refused> {
    let mut refusals = Vec::new();
    let mut values = BTreeMap::new();
    for key in data.keys().filter(|k| !asked.iter().any(|a| a.name() == **k)) {
        let shown: String = key.chars().take(60).collect();
        refusals.push(Refusal::of(Rule::UnknownField, &format!("{prefix}{shown}")));
    }
    for one in asked {
        let at = format!("{prefix}{}", one.name());
        let value = match data.get(one.name()) {
            None | Some(Json::Null) if one.required() => Err(Refusal::of(Rule::Required, &at)),
            None | Some(Json::Null) => continue,
            Some(json) => match one {
                Asked::Input(input) => read_input(input.field, json, &at, against),
                Asked::Field(field, _) => read(field, json, &at, against),
            },
        };
        match value {
            Ok(value) => {
                values.insert(one.name().to_owned(), value);
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    if refusals.is_empty() { Ok(values) } else { Err(Refused(refusals)) }
}

/// What a clock says when it acts: each required text says that the limit ran out.
pub fn clock_step(kind: &Kind, action: &Action, against: Against<'_>) -> BTreeMap<String, Value> {
    let text = against.catalogue.words.say(FIRST_LOCALE, "system.lapsed", &[]);
    let texts = asked(kind, action).into_iter().filter(Asked::required);
    texts.map(|a| (a.name().to_owned(), Value::Text(text.clone()))).collect()
}
