//! The value of a paper out of the matter it is of.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::sheet::{Sheet, is_blank, is_path};
use super::source::{Origin, Sources};
use crate::codes::identity;
use crate::ids::{PersonId, UnitId};
use crate::kind::{Field, Kind};
use crate::label::FIRST_LOCALE;
use crate::matter::{By, Change, Event, Instalment, Matter, Setting, Value, clean};
use crate::org::Post;
use crate::person::{Party, Personal};
use crate::time::{Day, Instant};

/// The longest text that is typed into a paper, in characters.
const MAX_CHARS: usize = 20_000;
/// The most lines of a list that is typed.
const MAX_LINES: usize = 100;

/// What a paper is filled from.
pub struct Ground<'a> {
    /// The county.
    pub setting: Setting<'a>,
    /// The matter's kind, under its version.
    pub kind: &'a Kind,
    /// The matter.
    pub matter: &'a Matter,
    /// What happened to it, in order.
    pub events: &'a [Event],
    /// The act that made the paper due, where one did.
    pub act: Option<&'a Event>,
    /// Who makes it out, at which post.
    pub post: &'a Post,
    /// When.
    pub now: Instant,
    /// The paper's number, once it has one.
    pub number: Option<&'a str>,
    /// The name of somebody on the staff.
    pub name: &'a dyn Fn(PersonId) -> String,
    /// Opens a personal value; nothing where it does not open.
    pub reveal: &'a dyn Fn(&str, &Personal) -> String,
}

/// The number of a paper or a matter by its pattern.
#[must_use]
pub fn number(pattern: &str, place: &str, year: i16, seq: u32) -> String {
    pattern
        .replace("{year}", &year.to_string())
        .replace("{unit}", place)
        .replace("{seq}", &seq.to_string())
}

/// What the matter says of a paper, before anybody typed anything. The texts of a paper are in the
/// first language of the catalogue.
#[must_use]
pub fn fill(sheet: &Sheet, ground: &Ground<'_>) -> Json {
    let mut value = Json::Object(Map::new());
    for field in &sheet.fields {
        let path = field.path.as_str();
        let (at, sources) = origin(path, &field.from, ground);
        if !value_at(&value, at).is_none_or(is_blank) {
            continue;
        }
        let said = sources.iter().map(|(from, _)| ground.say(sheet, from));
        if let Some(said) = said.flatten().find(|said| !is_blank(said)) {
            put(&mut value, at.trim_end_matches("[]"), shaped(said, at.ends_with("[]")));
        }
    }
    value
}

/// From where a path is filled: as the field says, or as the catalogue says of the path, or of the
/// list that the path is inside.
fn origin<'s>(
    path: &'s str,
    own: &'s Sources,
    ground: &Ground<'s>,
) -> (&'s str, &'s [(Origin, u32)]) {
    if !own.is_empty() {
        return (path, own);
    }
    let shared = &ground.setting.catalogue.paper_sources;
    let list = path.split_once("[].").map(|(list, _)| &path[..list.len() + 2]);
    let found = [Some(path), list].into_iter().flatten().find_map(|p| Some((p, shared.get(p)?)));
    found.map_or((path, &[]), |(at, sources)| (at, sources.as_slice()))
}

/// A text for a list is one line an entry; a list for a text is one line.
fn shaped(said: Json, list: bool) -> Json {
    match said {
        Json::String(text) if list => lines(&text).into(),
        Json::Array(all) if !list && all.iter().all(Json::is_string) => {
            let all: Vec<&str> = all.iter().filter_map(Json::as_str).collect();
            all.join("、").into()
        }
        other => other,
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(MAX_LINES).map(str::to_owned).collect()
}

fn value_at<'v>(value: &'v Json, path: &str) -> Option<&'v Json> {
    path.trim_end_matches("[]").split('.').try_fold(value, |inner, key| inner.get(key))
}

fn put(value: &mut Json, path: &str, said: Json) {
    let mut inner = value;
    for key in path.split('.') {
        if !inner.is_object() {
            *inner = Json::Object(Map::new());
        }
        inner = &mut inner[key];
    }
    *inner = said;
}

/// Lays over a value what was typed, by the places of the sheet such as `terms` and
/// `parties[1].phone`. What the office vouches for stays, and so does what is known of a person;
/// a place that the sheet has not is left out.
pub fn lay_over(
    sheet: &Sheet,
    shared: &BTreeMap<String, Sources>,
    value: &mut Json,
    typed: &BTreeMap<String, String>,
) {
    for (at, text) in typed {
        let text = clean(text, true);
        let bare: String = bare(at);
        let field = sheet.fields.iter().find(|f| {
            let path = f.path.as_str();
            path == bare || path.strip_suffix("[]") == Some(&bare)
        });
        let Some(field) = field.filter(|_| !text.is_empty() && is_path(&bare)) else { continue };
        let path = field.path.as_str();
        let list = path.split_once("[].").map(|(list, _)| format!("{list}[]"));
        let sources = Some(&field.from).filter(|own| !own.is_empty());
        let sources = sources.or_else(|| shared.get(path)).or_else(|| shared.get(&list?));
        let mut sources = sources.into_iter().flatten().map(|(from, _)| from);
        let Some(place) = place(value, at) else { continue };
        let kept = sources.any(|from| from.is_fixed() || from.is_personal());
        if kept && !is_blank(place) {
            continue;
        }
        let text: String = text.chars().take(MAX_CHARS).collect();
        *place = shaped(Json::String(text), path.ends_with("[]"));
    }
}

/// A place without its counts: `parties[1].phone` is `parties[].phone`.
fn bare(at: &str) -> String {
    let mut bare = String::new();
    let mut inside = false;
    for c in at.chars() {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        bare.push(c);
    }
    bare
}

/// The place in a value; lists are not made longer.
fn place<'v>(value: &'v mut Json, at: &str) -> Option<&'v mut Json> {
    let mut inner = value;
    for step in at.split('.') {
        let (key, count) = match step.split_once('[') {
            Some((key, count)) => (key, Some(count.strip_suffix(']')?.parse::<usize>().ok()?)),
            None => (step, None),
        };
        if !inner.is_object() {
            *inner = Json::Object(Map::new());
        }
        inner = inner.as_object_mut()?.entry(key).or_insert(Json::Null);
        if let Some(count) = count {
            inner = inner.as_array_mut()?.get_mut(count)?;
        }
    }
    Some(inner)
}

fn day(day: Day) -> Json {
    day.to_string().into()
}

fn minute(at: Instant) -> Json {
    at.to_string().get(..16).unwrap_or_default().into()
}

impl Ground<'_> {
    fn say(&self, sheet: &Sheet, from: &Origin) -> Option<Json> {
        let m = self.matter;
        Some(match from {
            Origin::Unit => self.office(sheet).into(),
            Origin::Number => self.number?.into(),
            Origin::MatterNumber => m.number.clone()?.into(),
            Origin::Code => m.code().grouped().into(),
            Origin::Title => m.registration.title.clone().into(),
            Origin::Kind => self.kind.label.get(FIRST_LOCALE).into(),
            Origin::Place => self.unit_place(m.registration.place).into(),
            Origin::Source => {
                self.item(self.kind.sources.as_ref()?.as_str(), m.registration.source.as_ref()?)
            }
            Origin::Category => {
                let field = self.kind.fields.get(self.kind.category.as_ref()?.as_str())?;
                self.item(field.list.as_ref()?.as_str(), m.category.as_ref()?)
            }
            Origin::Outcome => {
                self.kind.outcomes.get(m.outcome.as_ref()?)?.label.get(FIRST_LOCALE).into()
            }
            Origin::Holder => self.unit(m.holder).into(),
            Origin::Sender => self.unit(m.sender()?).into(),
            Origin::Handlers => {
                let all = m.handler.iter().chain(&m.assistants);
                all.map(|p| Json::String((self.name)(*p))).collect()
            }
            Origin::Me => (self.name)(self.post.person).into(),
            Origin::Registrar => (self.name)(m.registered_by_person()?).into(),
            Origin::ActTime => minute(self.act?.at),
            Origin::ActBy => match self.act?.by {
                By::Post { person, .. } => (self.name)(person).into(),
                By::Clock => return None,
            },
            Origin::ActLaw => self.action()?.law.clone()?.into(),
            Origin::Routes => {
                let routes = self.action()?.routes.iter();
                routes.map(|r| self.item(crate::catalogue::ROUTES, r.as_str())).collect()
            }
            Origin::Form => match &m.agreement {
                Some(agreement) if agreement.written => "written".into(),
                Some(_) => "oral".into(),
                None => "none".into(),
            },
            Origin::Copies => json!(m.parties.len() + 1),
            Origin::Parties(role) => self.parties(role.as_ref()).map(|p| self.party(p)).collect(),
            Origin::Names(role) => {
                let name = |p: &Party| Some((self.reveal)("name", p.details.get("name")?));
                self.parties(role.as_ref()).filter_map(name).map(Json::String).collect()
            }
            Origin::Field(id) => self.value(self.kind.field(id), id, m.field(id)?),
            Origin::Step(id) => {
                let said = |event: &&Event| event.data.contains_key(id);
                let last = self.act.filter(said).or(self.events.iter().rev().find(said))?;
                self.value(self.kind.field(id), id, last.data.get(id)?)
            }
            Origin::Paper(name) => {
                let mut papers = m.papers.iter().rev().filter(|p| p.revoked_at.is_none());
                papers.find(|p| p.document == *name)?.number.clone().into()
            }
            Origin::Text(text) => text.clone().into(),
            days => return self.day(days),
        })
    }

    /// Days of the matter's life.
    fn day(&self, from: &Origin) -> Option<Json> {
        let m = self.matter;
        Some(match from {
            Origin::Registered => day(m.registered_at.day()),
            Origin::Accepted => day(m.accepted_at?.day()),
            Origin::Agreed => day(m.agreement.as_ref()?.at.day()),
            Origin::Closed => day(m.closed_at?.day()),
            Origin::ActDay => day(self.act?.at.day()),
            Origin::DueBefore => self.due_before()?,
            Origin::Clock(name) => {
                let run = m.clocks.iter().rev().find(|run| run.clock == *name)?;
                // A limit ends with its last day, not at the beginning of the next.
                day(run.deadline.as_ref()?.due_at.plus_ms(-1).day())
            }
            Origin::Today => day(self.now.day()),
            _ => return None,
        })
    }

    fn office(&self, sheet: &Sheet) -> String {
        let place = self.unit_place(self.post.unit);
        match &sheet.office {
            Some(pattern) => pattern.replace("{place}", &place),
            None => self.unit(self.post.unit),
        }
    }

    fn action(&self) -> Option<&crate::kind::Action> {
        self.kind.actions.get(&self.act?.action)
    }

    fn parties(&self, role: Option<&String>) -> impl Iterator<Item = &Party> {
        self.matter.parties.iter().filter(move |p| role.is_none_or(|r| p.role == *r))
    }

    /// A party as papers name its details. Age and sex are read from an identity number where
    /// nothing else says them.
    fn party(&self, party: &Party) -> Json {
        let mut value = Map::new();
        for (name, detail) in &party.details {
            let text = (self.reveal)(name, detail);
            let said = match (name.as_str(), text.parse::<u8>()) {
                ("age", Ok(age)) => json!(age),
                _ => text.into(),
            };
            value.insert(name.replace('-', "_"), said);
        }
        let today = self.now.day();
        let number = value.get("id_number").and_then(Json::as_str);
        if let Some(read) = number.and_then(|n| identity::read(n, today).ok()) {
            value.entry("sex").or_insert(if read.sex == 1 { "男" } else { "女" }.into());
            value.entry("age").or_insert(json!(years(read.born_on, today)));
        }
        Json::Object(value)
    }

    fn due_before(&self) -> Option<Json> {
        let Change::ClockExtended { no, .. } = self
            .act?
            .changes
            .iter()
            .find(|change| matches!(change, Change::ClockExtended { .. }))?
        else {
            return None;
        };
        let before = self.events.iter().filter(|e| e.seq < self.act.map_or(0, |a| a.seq));
        let mut deadlines = before.flat_map(|e| &e.changes).filter_map(|change| match change {
            Change::ClockStarted(run) if run.no == *no => run.deadline.as_ref(),
            Change::ClockResumed { no: n, deadline } if n == no => Some(deadline),
            Change::ClockRecomputed { no: n, deadline } if n == no => Some(deadline),
            _ => None,
        });
        deadlines.next_back().map(|d| day(d.due_at.plus_ms(-1).day()))
    }

    fn unit(&self, id: UnitId) -> String {
        self.setting.org.unit(id).map_or(String::new(), |u| u.name.clone())
    }

    fn unit_place(&self, id: UnitId) -> String {
        self.setting.org.unit(id).map_or(String::new(), |u| u.place.clone())
    }

    fn item(&self, list: &str, item: &str) -> Json {
        let found = self.setting.catalogue.item(list, item);
        found.map_or(item, |i| i.label.get(FIRST_LOCALE)).into()
    }

    fn value(&self, field: Option<&Field>, id: &str, value: &Value) -> Json {
        let item = |item: &String| match field.and_then(|f| f.list.as_ref()) {
            Some(list) => self.item(list.as_str(), item),
            None => item.clone().into(),
        };
        match value {
            Value::Text(text) => text.clone().into(),
            Value::Personal(personal) => (self.reveal)(id, personal).into(),
            Value::Choice(one) => item(one),
            Value::Choices(all) => all.iter().map(item).collect(),
            Value::Date(at) => day(*at),
            Value::Time(at) => minute(*at),
            Value::Money(n) | Value::Number(n) => json!(n),
            Value::YesNo(yes) => json!(yes),
            Value::Place(id) => self.unit_place(*id).into(),
            Value::Unit(id) => self.unit(*id).into(),
            Value::Units(all) => all.iter().map(|id| Json::String(self.unit(*id))).collect(),
            Value::Person(id) => (self.name)(*id).into(),
            Value::Persons(all) => all.iter().map(|id| Json::String((self.name)(*id))).collect(),
            Value::Matter(code) => code.grouped().into(),
            Value::Length(length) => length.to_string().into(),
            Value::Rating(n) => json!(n),
            Value::Instalments(all) => {
                all.iter().map(instalment).collect::<Vec<_>>().join("\n").into()
            }
            Value::Parties(_) | Value::Consents(_) | Value::Record(_) => Json::Null,
        }
    }
}

/// An instalment as a paper says it, in the language of papers.
fn instalment(one: &Instalment) -> String {
    let date = one.due.date();
    let (year, month, day) = (date.year(), date.month(), date.day());
    let mut line = format!("第{}期：{year}年{month}月{day}日前", one.no);
    if let Some(fen) = one.amount {
        line += &format!("，{}.{:02}元", fen / 100, fen % 100);
    }
    if let Some(what) = &one.what {
        line += &format!("，{what}");
    }
    line
}

fn years(born: Day, today: Day) -> i16 {
    let (b, t) = (born.date(), today.date());
    let had = (t.month(), t.day()) >= (b.month(), b.day());
    t.year() - b.year() - i16::from(!had)
}
