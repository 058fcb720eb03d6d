//! Values and what they are made of, as clients read and give them.

use domain::matter::{Instalment, Value};
use domain::time::Day;
use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

/// One part of what was agreed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InstalmentView {
    /// Its number in the agreement.
    pub no: u16,
    /// The last day for it.
    #[schema(value_type = String)]
    pub due: Day,
    /// How much, in 分.
    pub amount: Option<i64>,
    /// What is to be done.
    pub what: Option<String>,
    /// The day on which it was done.
    #[schema(value_type = Option<String>)]
    pub performed_on: Option<Day>,
}

impl InstalmentView {
    /// As the matter keeps it.
    #[must_use]
    pub fn of(one: &Instalment) -> Self {
        let Instalment { no, due, amount, what, performed_on } = one.clone();
        Self { no, due, amount, what, performed_on }
    }
}

/// A value as clients give it.
#[must_use]
pub fn value_json(value: &Value) -> Json {
    match value {
        Value::Text(t) | Value::Choice(t) => json!(t),
        Value::Personal(_) => Json::Null,
        Value::Choices(items) => json!(items),
        Value::Date(day) => json!(day),
        Value::Time(at) => json!(at.to_string()),
        Value::Money(n) | Value::Number(n) => json!(n),
        Value::YesNo(yes) => json!(yes),
        Value::Place(u) | Value::Unit(u) => json!(u),
        Value::Units(all) => json!(all),
        Value::Person(p) => json!(p),
        Value::Persons(all) => json!(all),
        Value::Matter(code) => json!(code),
        Value::Record(id) => json!(id),
        Value::Parties(all) => json!(all),
        Value::Consents(said) => json!(said),
        Value::Rating(level) => json!(level),
        Value::Length(length) => json!(length),
        Value::Instalments(all) => json!(all),
    }
}
