//! One cell of a table as the value of a field: what people write, as the wire has it.

use serde_json::{Value as Json, json};

use super::definition::RegisterField;
use super::draft::Known;
use super::places::{NoPlace, Places};
use crate::catalogue::Item;
use crate::codes::narrow;
use crate::ids::{PersonId, RecordId, UnitId};
use crate::kind::FieldType;
use crate::matter::{Refusal, Rule};
use crate::time::Day;

/// Records of a register by their title, near a unit.
pub type FindRecord<'a> = dyn Fn(&str, &str, Option<UnitId>) -> Vec<RecordId> + 'a;

/// What a name is looked up by.
#[derive(Clone, Copy)]
pub struct Lookups<'a> {
    /// Lists, units, time.
    pub known: Known<'a>,
    /// Units by name.
    pub places: &'a Places<'a>,
    /// Reads a day in the styles that offices write.
    pub day: &'a dyn Fn(&str) -> Option<Day>,
    /// People by name.
    pub person: &'a dyn Fn(&str) -> Vec<PersonId>,
    /// Records of a register by their title; those near a unit where several have it.
    pub record: &'a FindRecord<'a>,
}

/// What divides several things in one cell.
const DIVIDERS: &[char] = &['、', ',', ';', '\n', '/', '|'];
const YES: &[&str] = &["是", "有", "√", "✓", "对", "已", "true", "yes", "y", "1"];
const NO: &[&str] = &["否", "无", "没有", "×", "✗", "错", "未", "false", "no", "n", "0"];

/// Reads a cell that is not empty; `near` is the unit of its row.
///
/// # Errors
/// Why it is no value of the field, at `at`.
pub fn read(
    declared: &RegisterField,
    text: &str,
    at: &str,
    near: Option<UnitId>,
    lookups: Lookups<'_>,
) -> Result<Json, Refusal> {
    let reader = Reader { declared, at, near, lookups };
    let several = |one: &dyn Fn(&str) -> Result<Json, Refusal>| {
        let narrowed: String = text.chars().map(narrow).collect();
        let parts = narrowed.split(DIVIDERS).map(str::trim).filter(|part| !part.is_empty());
        parts.map(one).collect::<Result<Vec<Json>, Refusal>>().map(Json::from)
    };
    match declared.field.field {
        FieldType::Choice => reader.choice(text),
        FieldType::Choices => several(&|part| reader.choice(part)),
        FieldType::Date => {
            let day = (lookups.day)(text).ok_or_else(|| reader.refuse(Rule::NoSuchDate))?;
            Ok(json!(day))
        }
        FieldType::Money => reader.money(text),
        FieldType::Number => reader.number(text),
        FieldType::YesNo => reader.yes_no(text),
        FieldType::Place | FieldType::Unit => reader.unit(text),
        FieldType::Units => several(&|part| reader.unit(part)),
        FieldType::Person => reader.person(text),
        FieldType::Persons => several(&|part| reader.person(part)),
        FieldType::Record => reader.record(text),
        _ => Ok(json!(text)),
    }
}

struct Reader<'a> {
    declared: &'a RegisterField,
    at: &'a str,
    near: Option<UnitId>,
    lookups: Lookups<'a>,
}

impl Reader<'_> {
    fn refuse(&self, rule: Rule) -> Refusal {
        Refusal::of(rule, self.at)
    }

    fn wrong(&self, expected: &str) -> Refusal {
        self.refuse(Rule::WrongType).with("expected", expected)
    }

    fn choice(&self, text: &str) -> Result<Json, Refusal> {
        let list = self.declared.field.list.as_ref().map_or("", |l| l.as_str());
        let wanted = bare(text);
        let named = |item: &&Item| {
            item.id.text == wanted
                || item.label.0.values().any(|label| bare(label) == wanted)
                || item.code.as_ref().is_some_and(|code| bare(code) == wanted)
                || item.aliases.iter().any(|alias| bare(alias) == wanted)
        };
        let declared = self.lookups.known.catalogue.lists.get(list);
        let item = declared.and_then(|list| list.items.values().find(named));
        let item = item.ok_or_else(|| self.refuse(Rule::NotInList).with("list", list))?;
        Ok(json!(item.id.text))
    }

    /// A whole number as people write it: `1,200`, `35.0`.
    fn number(&self, text: &str) -> Result<Json, Refusal> {
        let digits = plain_number(text);
        let whole = digits.strip_suffix(".0").or_else(|| digits.strip_suffix(".00"));
        let number = whole.unwrap_or(&digits).parse::<i64>();
        number.map(|n| json!(n)).map_err(|_| self.wrong("number"))
    }

    /// An amount in 元 as 分: `12,000.5`, `1.2万`.
    fn money(&self, text: &str) -> Result<Json, Refusal> {
        let text = plain_number(text);
        let text = text.strip_suffix('元').unwrap_or(&text);
        let (digits, scale) = match text.strip_suffix('万') {
            Some(digits) => (digits, 1_000_000),
            None => (text, 100),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > 12
            || part.len() > 6
            || !all_digits(whole)
            || !all_digits(part)
        {
            return Err(self.wrong("money"));
        }
        let units = format!("{whole}{part:0<6}").parse::<i64>().map_err(|_| self.wrong("money"))?;
        let fen = i128::from(units) * scale;
        if fen % 1_000_000 != 0 {
            return Err(self.wrong("money"));
        }
        i64::try_from(fen / 1_000_000).map(|fen| json!(fen)).map_err(|_| self.wrong("money"))
    }

    fn yes_no(&self, text: &str) -> Result<Json, Refusal> {
        let said = bare(text);
        if YES.contains(&said.as_str()) {
            return Ok(json!(true));
        }
        if NO.contains(&said.as_str()) {
            return Ok(json!(false));
        }
        Err(self.wrong("yes-no"))
    }

    fn unit(&self, text: &str) -> Result<Json, Refusal> {
        let place = self.declared.field.field == FieldType::Place;
        let org = self.lookups.known.org;
        let fits =
            |id: UnitId| org.unit(id).is_some_and(|u| if place { u.is_place() } else { u.holds });
        match self.lookups.places.find([text], fits) {
            Ok(id) => Ok(json!(id)),
            Err(NoPlace::Several) => Err(self.refuse(Rule::SeveralOfName)),
            Err(NoPlace::Unknown) => {
                Err(self.refuse(if place { Rule::UnknownPlace } else { Rule::UnknownUnit }))
            }
        }
    }

    fn person(&self, text: &str) -> Result<Json, Refusal> {
        match (self.lookups.person)(text.trim()).as_slice() {
            [one] => Ok(json!(one)),
            [] => Err(self.refuse(Rule::UnknownPerson)),
            _ => Err(self.refuse(Rule::SeveralOfName)),
        }
    }

    fn record(&self, text: &str) -> Result<Json, Refusal> {
        let of = self.declared.of.as_ref().map_or("", |of| of.as_str());
        match (self.lookups.record)(of, text.trim(), self.near).as_slice() {
            [one] => Ok(json!(one)),
            [] => Err(self.refuse(Rule::UnknownRecord)),
            _ => Err(self.refuse(Rule::SeveralOfName)),
        }
    }
}

/// Width, case and spaces make no difference.
pub(super) fn bare(text: &str) -> String {
    text.chars().map(narrow).filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn plain_number(text: &str) -> String {
    bare(text).chars().filter(|c| *c != ',').collect()
}
