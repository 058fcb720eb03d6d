//! Values of fields: what came over the wire, checked against what was declared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::promise::{INSTALMENT_CHARS, INSTALMENTS_MAX, Instalment};
use super::refusal::{Refusal, Rule};
use crate::catalogue::Catalogue;
use crate::clock::Length;
use crate::codes::{identity, phone};
use crate::ids::{MatterCode, PersonId, RecordId, UnitId};
use crate::kind::{Bound, Field, FieldType};
use crate::org::Org;
use crate::person::Personal;
use crate::time::{Day, Instant};

/// The most items in a list given in one act.
const MAX_ITEMS: usize = 100;

/// A checked value. It says its own type, so that an event can be read without the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    /// Text, of one line or several.
    Text(String),
    /// A text that belongs to a person.
    Personal(Personal),
    /// An item of a list.
    Choice(String),
    /// Items of a list.
    Choices(Vec<String>),
    /// A day.
    Date(Day),
    /// A moment.
    Time(Instant),
    /// An amount in 分.
    Money(i64),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    YesNo(bool),
    /// A division.
    Place(UnitId),
    /// A unit.
    Unit(UnitId),
    /// Units.
    Units(Vec<UnitId>),
    /// A person.
    Person(PersonId),
    /// Persons.
    Persons(Vec<PersonId>),
    /// Another matter.
    Matter(MatterCode),
    /// A record of a register.
    Record(RecordId),
    /// Parties by number.
    Parties(Vec<u16>),
    /// What each party said.
    Consents(BTreeMap<u16, bool>),
    /// 1 to 5.
    Rating(u8),
    /// A legal length.
    Length(Length),
    /// What is to be performed, in order.
    Instalments(Vec<Instalment>),
}

/// What values are checked against.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// Lists.
    pub catalogue: &'a Catalogue,
    /// Units and people.
    pub org: &'a Org,
    /// The numbers of the matter's parties.
    pub parties: &'a [u16],
    /// Now.
    pub now: Instant,
}

/// Reads one value of a declared field; `at` is its place in the data.
///
/// # Errors
/// The rule that the value breaks, with its place.
pub fn read(field: &Field, json: &Json, at: &str, against: Against<'_>) -> Result<Value, Refusal> {
    let reader = Reader { at, against, max_chars: field.max_chars };
    match field.field {
        FieldType::Choice => reader.choice(field, json).map(Value::Choice),
        FieldType::Choices => reader.list(json, |j| reader.choice(field, j)).map(Value::Choices),
        FieldType::Date | FieldType::Time => reader.bounded(field, json),
        FieldType::Money => reader.number(json, field.range).map(Value::Money),
        FieldType::Number => reader.number(json, field.range).map(Value::Number),
        _ if field.personal => reader.plain(field.field, json).map(|v| match v {
            Value::Text(text) => Value::Personal(Personal::plain(&text)),
            other => other,
        }),
        of => reader.plain(of, json),
    }
}

/// Reads a value of a verb's own input.
///
/// # Errors
/// The rule that the value breaks, with its place.
pub fn read_input(
    of: FieldType,
    json: &Json,
    at: &str,
    against: Against<'_>,
) -> Result<Value, Refusal> {
    let max_chars = if of == FieldType::LongText { 20_000 } else { 200 };
    Reader { at, against, max_chars }.plain(of, json)
}

struct Reader<'a> {
    at: &'a str,
    against: Against<'a>,
    max_chars: usize,
}

impl Reader<'_> {
    fn plain(&self, of: FieldType, json: &Json) -> Result<Value, Refusal> {
        Ok(match of {
            FieldType::Text => Value::Text(self.text(json, false)?),
            FieldType::LongText => Value::Text(self.text(json, true)?),
            FieldType::Date => Value::Date(self.parsed(json, "date", Rule::NoSuchDate)?),
            FieldType::Time => Value::Time(self.parsed(json, "time", Rule::NoSuchDate)?),
            FieldType::YesNo => Value::YesNo(json.as_bool().ok_or_else(|| self.wrong("yes-no"))?),
            FieldType::Place => Value::Place(self.place(json)?),
            FieldType::Unit => Value::Unit(self.unit(json)?),
            FieldType::Units => Value::Units(self.list(json, |j| self.unit(j))?),
            FieldType::Person => Value::Person(self.person(json)?),
            FieldType::Persons => Value::Persons(self.list(json, |j| self.person(j))?),
            FieldType::Matter => Value::Matter(self.parsed(json, "matter", Rule::UnknownMatter)?),
            // Whether it is there, and in the right register, is looked up by whoever asks for it.
            FieldType::Record => Value::Record(self.parsed(json, "record", Rule::UnknownRecord)?),
            FieldType::Parties => Value::Parties(self.list(json, |j| self.party(j))?),
            FieldType::Consents => Value::Consents(self.consents(json)?),
            FieldType::Rating => Value::Rating(self.number(json, (1, 5))? as u8),
            FieldType::Length => Value::Length(self.parsed(json, "length", Rule::WrongType)?),
            FieldType::Instalments => Value::Instalments(self.instalments(json)?),
            FieldType::Phone => Value::Text(self.checked(json, Rule::BadPhone, phone::read)?),
            FieldType::IdNumber => Value::Text(self.identity(json)?),
            FieldType::Money => Value::Money(self.number(json, (0, i64::MAX))?),
            FieldType::Instalment => Value::Number(self.number(json, (1, INSTALMENTS_MAX as i64))?),
            FieldType::Number => Value::Number(self.number(json, (0, i64::MAX))?),
            FieldType::Choice | FieldType::Choices => return Err(self.wrong("choice")),
        })
    }

    fn refuse(&self, rule: Rule) -> Refusal {
        Refusal::of(rule, self.at)
    }

    fn wrong(&self, expected: &str) -> Refusal {
        self.refuse(Rule::WrongType).with("expected", expected)
    }

    fn str<'j>(&self, json: &'j Json, expected: &str) -> Result<&'j str, Refusal> {
        json.as_str().ok_or_else(|| self.wrong(expected))
    }

    fn text(&self, json: &Json, long: bool) -> Result<String, Refusal> {
        let text = clean(self.str(json, "text")?, long);
        if text.is_empty() {
            return Err(self.refuse(Rule::Empty));
        }
        if text.chars().count() > self.max_chars {
            return Err(self.refuse(Rule::TooLong).with("max", self.max_chars));
        }
        Ok(text)
    }

    fn parsed<T: std::str::FromStr>(
        &self,
        json: &Json,
        expected: &str,
        rule: Rule,
    ) -> Result<T, Refusal> {
        let text = self.str(json, expected)?;
        text.trim().parse().map_err(|_| self.refuse(rule).with("expected", expected))
    }

    fn checked<T>(
        &self,
        json: &Json,
        rule: Rule,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Refusal> {
        read(self.str(json, "text")?).ok_or_else(|| self.refuse(rule))
    }

    fn identity(&self, json: &Json) -> Result<String, Refusal> {
        let text = self.str(json, "id-number")?;
        identity::read(text, self.against.now.day())
            .map(|id| id.number)
            .map_err(|f| self.refuse(identity_rule(f)))
    }

    fn number(&self, json: &Json, (min, max): (i64, i64)) -> Result<i64, Refusal> {
        let n = json.as_i64().ok_or_else(|| self.wrong("number"))?;
        if n < min || n > max {
            return Err(self.refuse(Rule::OutOfRange).with("min", min).with("max", max));
        }
        Ok(n)
    }

    fn list<T: PartialEq>(
        &self,
        json: &Json,
        read: impl Fn(&Json) -> Result<T, Refusal>,
    ) -> Result<Vec<T>, Refusal> {
        let items = json.as_array().ok_or_else(|| self.wrong("list"))?;
        if items.is_empty() {
            return Err(self.refuse(Rule::Empty));
        }
        if items.len() > MAX_ITEMS {
            return Err(self.refuse(Rule::TooMany).with("max", MAX_ITEMS));
        }
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let item = read(item)?;
            if !list.contains(&item) {
                list.push(item);
            }
        }
        Ok(list)
    }

    fn instalments(&self, json: &Json) -> Result<Vec<Instalment>, Refusal> {
        let items = json.as_array().ok_or_else(|| self.wrong("instalments"))?;
        if items.is_empty() {
            return Err(self.refuse(Rule::Empty));
        }
        if items.len() > INSTALMENTS_MAX {
            return Err(self.refuse(Rule::TooMany).with("max", INSTALMENTS_MAX));
        }
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let said = |name: &str| item.get(name).filter(|v| !v.is_null());
            let due = said("due").ok_or_else(|| self.refuse(Rule::Required))?;
            let mut one = Instalment::due(self.parsed(due, "date", Rule::NoSuchDate)?);
            one.amount = said("amount").map(|n| self.number(n, (1, i64::MAX))).transpose()?;
            let words = Reader { max_chars: INSTALMENT_CHARS, ..*self };
            one.what = said("what").map(|text| words.text(text, false)).transpose()?;
            all.push(one);
        }
        Ok(Instalment::in_order(all))
    }

    fn choice(&self, field: &Field, json: &Json) -> Result<String, Refusal> {
        let text = self.str(json, "choice")?;
        let list = field.list.as_ref().map_or("", |l| l.as_str());
        match self.against.catalogue.item(list, text) {
            Some(_) => Ok(text.to_owned()),
            None => Err(self.refuse(Rule::NotInList).with("list", list)),
        }
    }

    fn bounded(&self, field: &Field, json: &Json) -> Result<Value, Refusal> {
        let value = self.plain(field.field, json)?;
        let now = self.against.now;
        let late = match value {
            Value::Date(day) => day > now.day(),
            Value::Time(at) => at > now,
            _ => false,
        };
        let early = match value {
            Value::Date(day) => day < now.day(),
            Value::Time(at) => at < now,
            _ => false,
        };
        match field.bound {
            Some(Bound::Past) if late => Err(self.refuse(Rule::InFuture)),
            Some(Bound::Future) if early => Err(self.refuse(Rule::InPast)),
            _ => Ok(value),
        }
    }

    fn place(&self, json: &Json) -> Result<UnitId, Refusal> {
        let text = self.str(json, "place")?;
        let today = self.against.now.day();
        let place = self.against.org.place(text).filter(|u| u.stands_on(today));
        place.map(|u| u.id).ok_or_else(|| self.refuse(Rule::UnknownPlace))
    }

    fn unit(&self, json: &Json) -> Result<UnitId, Refusal> {
        let id: UnitId = self.parsed(json, "unit", Rule::UnknownUnit)?;
        let today = self.against.now.day();
        let unit = self.against.org.unit(id).filter(|u| u.holds && u.stands_on(today));
        unit.map(|u| u.id).ok_or_else(|| self.refuse(Rule::UnknownUnit))
    }

    fn person(&self, json: &Json) -> Result<PersonId, Refusal> {
        let id: PersonId = self.parsed(json, "person", Rule::UnknownPerson)?;
        let today = self.against.now.day();
        let posted = self.against.org.posts(id).iter().any(|p| p.held_on(today));
        if posted { Ok(id) } else { Err(self.refuse(Rule::UnknownPerson)) }
    }

    fn party(&self, json: &Json) -> Result<u16, Refusal> {
        let no =
            json.as_u64().and_then(|n| u16::try_from(n).ok()).ok_or_else(|| self.wrong("party"))?;
        if self.against.parties.contains(&no) {
            Ok(no)
        } else {
            Err(self.refuse(Rule::UnknownParty))
        }
    }

    fn consents(&self, json: &Json) -> Result<BTreeMap<u16, bool>, Refusal> {
        let map = json.as_object().ok_or_else(|| self.wrong("consents"))?;
        if map.is_empty() {
            return Err(self.refuse(Rule::Empty));
        }
        let mut consents = BTreeMap::new();
        for (no, said) in map {
            let no: u16 = no.parse().map_err(|_| self.refuse(Rule::UnknownParty))?;
            if !self.against.parties.contains(&no) {
                return Err(self.refuse(Rule::UnknownParty));
            }
            consents.insert(no, said.as_bool().ok_or_else(|| self.wrong("consents"))?);
        }
        Ok(consents)
    }
}

/// The rule that a fault of an identity number breaks.
#[must_use]
pub fn identity_rule(fault: identity::Fault) -> Rule {
    match fault {
        identity::Fault::Shape => Rule::IdentityShape,
        identity::Fault::Region => Rule::IdentityRegion,
        identity::Fault::Date => Rule::IdentityDate,
        identity::Fault::Check => Rule::IdentityCheck,
    }
}

/// Trims a text and takes out what no keyboard means: control characters. Tabs and, in one line, breaks
/// become spaces, so that no words run together.
#[must_use]
pub fn clean(text: &str, long: bool) -> String {
    let keep = |c: &char| !c.is_control() || (long && *c == '\n');
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    let text: String = if long { text } else { text.replace('\n', " ") };
    text.chars().filter(keep).collect::<String>().trim().to_owned()
}

impl Value {
    /// The text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Choice(text) => Some(text),
            Self::Personal(p) => p.text(),
            _ => None,
        }
    }
}
