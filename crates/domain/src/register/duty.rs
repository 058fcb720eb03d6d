//! What the law wants of a record, beyond what each field takes.

use std::collections::BTreeMap;

use super::definition::{Condition, Demand, Duty, Register};
use super::record::Record;
use crate::clock::{Length, Unit};
use crate::codes::identity;
use crate::matter::{Refusal, Rule, Value};
use crate::time::Day;

/// Something that a record lacks and that is told about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark<'r> {
    /// What is wanted; none where the record has simply run out.
    pub duty: Option<&'r Duty>,
    /// Since or until which day.
    pub day: Option<Day>,
    /// How many there are, where it is about a number.
    pub found: Option<i64>,
}

type Fields = BTreeMap<String, Value>;

/// The day so much later.
pub(super) fn after(day: Day, length: Length) -> Day {
    match length.unit {
        Unit::Month => day.plus_months(length.count),
        _ => day.plus(i32::try_from(length.at_most_days()).unwrap_or(i32::MAX)),
    }
}

fn day(fields: &Fields, field: &str) -> Option<Day> {
    match fields.get(field) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    }
}

fn number(fields: &Fields, field: &str) -> Option<i64> {
    match fields.get(field) {
        Some(Value::Number(n) | Value::Money(n)) => Some(*n),
        _ => None,
    }
}

/// The item that a choice or a yes-no says.
fn item<'f>(fields: &'f Fields, field: &str) -> Option<&'f str> {
    match fields.get(field)? {
        Value::Choice(item) => Some(item),
        Value::YesNo(yes) => Some(if *yes { "yes" } else { "no" }),
        _ => None,
    }
}

/// Whether a record that says this meets every condition.
pub(super) fn meets(fields: &Fields, all: &[Condition]) -> bool {
    all.iter().all(|c| item(fields, c.field.as_str()) == Some(c.item.as_str()))
}

/// Whole years from one day to another.
fn years(from: Day, to: Day) -> i64 {
    let (a, b) = (from.date(), to.date());
    let had = (b.month(), b.day()) >= (a.month(), a.day());
    i64::from(b.year() - a.year()) - i64::from(!had)
}

fn born(fields: &Fields, field: &str, today: Day) -> Option<Day> {
    match fields.get(field)? {
        Value::Date(day) => Some(*day),
        Value::Text(text) => identity::read(text, today).ok().map(|id| id.born_on),
        Value::Personal(p) => {
            p.text().and_then(|text| identity::read(text, today).ok()).map(|id| id.born_on)
        }
        _ => None,
    }
}

/// What a record breaks of the duties that it is refused for.
pub(super) fn refusals(register: &Register, fields: &Fields, today: Day) -> Vec<Refusal> {
    let strict = register.duties.values().filter(|d| !d.remark && !d.demand.is_only_told());
    strict.filter_map(|duty| broken(duty, fields, today)).collect()
}

/// The rule that a record breaks of a duty, as far as the record alone can tell.
fn broken(duty: &Duty, fields: &Fields, today: Day) -> Option<Refusal> {
    if !meets(fields, &duty.when) {
        return None;
    }
    let refuse = |rule: Rule, field: &str| {
        Some(Refusal::of(rule, &format!("fields.{field}")).under(duty.law.as_deref()))
    };
    match &duty.demand {
        Demand::Filled(f) if !fields.contains_key(&f.text) => refuse(Rule::Required, &f.text),
        Demand::Among(f, items) => {
            let said = item(fields, &f.text)?;
            if items.iter().any(|i| i.text == said) {
                None
            } else {
                refuse(Rule::NotAllowed, &f.text)
            }
        }
        Demand::Never(f, items) => {
            let said = item(fields, &f.text)?;
            if items.iter().any(|i| i.text == said) {
                refuse(Rule::NotAllowed, &f.text)
            } else {
                None
            }
        }
        Demand::Order(a, b) => {
            let (first, second) = (day(fields, &a.text)?, day(fields, &b.text)?);
            if first > second { refuse(Rule::WrongOrder, &b.text) } else { None }
        }
        Demand::Span(a, b, within) => {
            let (first, second) = (day(fields, &a.text)?, day(fields, &b.text)?);
            let long = second > after(first, *within);
            if long {
                refuse(Rule::SpanTooLong, &b.text).map(|r| r.with("max", within))
            } else {
                None
            }
        }
        Demand::Age(f, bounds) => {
            let age = years(born(fields, &f.text, today)?, today);
            if (bounds.min..=bounds.max).contains(&age) {
                return None;
            }
            let max = if bounds.max == i64::MAX { 150 } else { bounds.max };
            refuse(Rule::AgeOutside, &f.text).map(|r| r.with("min", bounds.min).with("max", max))
        }
        Demand::AtMost(a, b) => {
            let (small, large) = (number(fields, &a.text)?, number(fields, &b.text)?);
            if small > large {
                refuse(Rule::MoreThan, &a.text).map(|r| r.with("max", large))
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Until when something that time decides is kept, and since when it is not; none where it is kept for
/// good.
fn falls_due(duty: &Duty, record: &Record) -> Option<Day> {
    let f = &record.fields;
    if !meets(f, &duty.when) {
        return None;
    }
    match &duty.demand {
        // What never was done is due at once.
        Demand::Every(field, within) => {
            Some(day(f, &field.text).map_or(record.entered_at.day(), |d| after(d, *within)))
        }
        Demand::Within(done, from, within) => {
            let last = after(day(f, &from.text)?, *within);
            match day(f, &done.text) {
                Some(done) if done <= last => None,
                _ => Some(last),
            }
        }
        _ => None,
    }
}

/// The last day on which a record counts.
fn until(register: &Register, record: &Record) -> Option<Day> {
    day(&record.fields, register.valid.as_ref()?.until.as_str())
}

/// Whether a record counts on a day.
#[must_use]
pub fn in_force(register: &Register, record: &Record, today: Day) -> bool {
    let begun = register.valid.as_ref().and_then(|v| day(&record.fields, v.from.as_str()));
    record.ended.as_ref().is_none_or(|e| today < e.on)
        && begun.is_none_or(|from| from <= today)
        && until(register, record).is_none_or(|last| today <= last)
}

/// The next day on which something of a record is to be seen to.
#[must_use]
pub fn due_on(register: &Register, record: &Record) -> Option<Day> {
    if record.ended.is_some() {
        return None;
    }
    let duties = register.duties.values().filter_map(|duty| falls_due(duty, record));
    duties.chain(until(register, record)).min()
}

/// Everything that a record lacks today, as far as it alone can tell.
#[must_use]
pub fn remarks<'r>(register: &'r Register, record: &Record, today: Day) -> Vec<Remark<'r>> {
    if record.ended.is_some() {
        return Vec::new();
    }
    let mut all = Vec::new();
    if let Some(last) = until(register, record).filter(|last| *last < today) {
        all.push(Remark { duty: None, day: Some(last), found: None });
    }
    for duty in register.duties.values() {
        let one = |day| Remark { duty: Some(duty), day, found: None };
        if let Some(day) = falls_due(duty, record) {
            if day < today {
                all.push(one(Some(day)));
            }
        } else if broken(duty, &record.fields, today).is_some() {
            all.push(one(None));
        }
    }
    all
}

/// What is to be told of a record by the records of another register that point to it.
#[must_use]
pub fn member_remark<'r>(
    duty: &'r Duty,
    record: &Record,
    members: &[Record],
    (of, today): (&Register, Day),
) -> Option<Remark<'r>> {
    let Demand::Members { count, only, .. } = &duty.demand else { return None };
    if record.ended.is_some() || !meets(&record.fields, &duty.when) {
        return None;
    }
    let counts = |m: &&Record| in_force(of, m, today) && meets(&m.fields, only);
    let found = i64::try_from(members.iter().filter(counts).count()).unwrap_or(i64::MAX);
    let enough = (count.min..=count.max).contains(&found);
    (!enough).then_some(Remark { duty: Some(duty), day: None, found: Some(found) })
}
