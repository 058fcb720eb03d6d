//! Reading one scenario, and checking every name in it against the catalogue and its own cast.

use std::cell::RefCell;
use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::{Act, Expect, MATTER, PersonPart, REFERENCE, Scenario, Step, UnitPart, UnitSort};
use crate::catalogue::{Catalogue, Table, Term, nearest};
use crate::clock::Light;
use crate::kind::Kind;
use crate::matter::{Intake, PartyIntake, Rule};
use crate::time::Instant;

/// What is known while a scenario is read: the catalogue, the cast, and the matters so far.
struct Reading<'a> {
    catalogue: &'a Catalogue,
    kind: String,
    units: IndexMap<String, UnitPart>,
    persons: IndexMap<String, PersonPart>,
    matters: RefCell<IndexMap<String, String>>,
    now: RefCell<Instant>,
}

/// Reads a scenario.
pub fn scenario(file: &str, t: &Table<'_>, catalogue: &Catalogue) -> Scenario {
    let kind = t.text("kind");
    known(t, "kind", [&kind], catalogue.kinds.keys());
    let title = t.label("title");
    let units = units(t, catalogue);
    let persons = persons(t, &units, catalogue);
    let reading = Reading {
        catalogue,
        kind: kind.text,
        units,
        persons,
        matters: RefCell::default(),
        now: RefCell::new(Instant(i64::MIN)),
    };
    let steps = t.each("step", |t| reading.step(t));
    if steps.is_empty() {
        t.note(t.line, "missing-key", vec![("key", "step".to_owned())]);
    }
    Scenario {
        file: file.to_owned(),
        title,
        kind: reading.kind,
        units: reading.units,
        persons: reading.persons,
        steps,
    }
}

/// Notes each name that is not among the known ones.
fn known<'n, 't>(
    t: &Table<'_>,
    what: &str,
    terms: impl IntoIterator<Item = &'t Term>,
    names: impl Iterator<Item = &'n String> + Clone,
) {
    for term in terms.into_iter().filter(|term| names.clone().all(|n| *n != term.text)) {
        let all: Vec<&str> = names.clone().map(String::as_str).collect();
        let hint =
            nearest(&term.text, all.iter().copied()).map_or_else(|| all.join(", "), str::to_owned);
        let args = vec![("what", what.to_owned()), ("name", term.text.clone()), ("known", hint)];
        t.note(term.line, "unknown-name", args);
    }
}

fn wrong(t: &Table<'_>, line: u32, key: &str, expected: &str) {
    t.note(line, "wrong-type", vec![("key", key.to_owned()), ("expected", expected.to_owned())]);
}

/// A unit stands under one that was named before it, and at the level that the catalogue puts it.
fn units(t: &Table<'_>, catalogue: &Catalogue) -> IndexMap<String, UnitPart> {
    let mut units: IndexMap<String, UnitPart> = IndexMap::new();
    t.named("unit", |id, t| {
        let (level, office, under) =
            (t.opt_text("level"), t.opt_text("office"), t.opt_text("under"));
        let name = t.opt_text("name").map_or(id.text.clone(), |n| n.text);
        let sort = match (&level, &office) {
            (Some(level), None) => {
                known(t, "level", [level], catalogue.levels.keys());
                UnitSort::Level(level.text.clone())
            }
            (None, Some(office)) => {
                known(t, "office", [office], catalogue.offices.keys());
                UnitSort::Office(office.text.clone())
            }
            _ => {
                wrong(t, id.line, &format!("unit.{}", id.text), "either level or office");
                UnitSort::Level(String::new())
            }
        };
        let wanted = match &sort {
            UnitSort::Level(level) => catalogue.levels.get(level).and_then(|l| l.under.as_ref()),
            UnitSort::Office(office) => catalogue.offices.get(office).map(|o| &o.at),
        };
        let above = under.as_ref().and_then(|u| units.get(&u.text)).map(|u| &u.sort);
        let fits = match (wanted, above) {
            (Some(wanted), Some(UnitSort::Level(level))) => wanted.text == *level,
            (None, None) => under.is_none(),
            _ => false,
        };
        if !fits {
            let expected = wanted
                .map_or("nothing".to_owned(), |w| format!("a unit above of level {}", w.text));
            wrong(t, under.as_ref().map_or(id.line, |u| u.line), "under", &expected);
        }
        units.insert(id.text, UnitPart { sort, under: under.map(|u| u.text), name });
    });
    units
}

fn persons(
    t: &Table<'_>,
    units: &IndexMap<String, UnitPart>,
    catalogue: &Catalogue,
) -> IndexMap<String, PersonPart> {
    let mut persons = IndexMap::new();
    t.named("person", |id, t| {
        let (unit, role) = (t.text("unit"), t.text("role"));
        known(t, "unit", [&unit], units.keys());
        known(t, "role", [&role], catalogue.roles.keys());
        if units.contains_key(&id.text) {
            t.note(id.line, "twice", vec![("key", "person".to_owned()), ("name", id.text.clone())]);
        }
        persons.insert(id.text, PersonPart { unit: unit.text, role: role.text });
    });
    persons
}

impl Reading<'_> {
    fn step(&self, t: &Table<'_>) -> Step {
        let at = self.at(t);
        let register = t.table("register", |t| self.intake(t));
        let (by, action) = (t.opt_text("by"), t.opt_text("action"));
        known(t, "person", &by, self.persons.keys());
        let who = by.map(|b| b.text);
        let name = t.opt_text("matter");
        let matter = name.as_ref().map_or(MATTER.to_owned(), |m| m.text.clone());
        let data = self.data(t);
        let branch = t.opt_text("branch").map(|b| b.text);
        let act = match (register, action, t.flag("tick")) {
            (Some(intake), None, false) => {
                self.matters.borrow_mut().insert(matter.clone(), intake.kind.clone());
                Act::Register { by: self.who(t, who), intake: Box::new(intake) }
            }
            (None, Some(action), false) => {
                self.acted_on(t, name.as_ref());
                self.known_in_kind(t, &matter, "action", &action);
                if let Some(branch) = &branch {
                    let kind = self.kind_of(&matter);
                    self.matters.borrow_mut().insert(branch.clone(), kind);
                }
                Act::Take { by: self.who(t, who), action: action.text, data, branch }
            }
            (None, None, true) => {
                self.acted_on(t, name.as_ref());
                Act::Tick
            }
            _ => {
                wrong(t, t.line, "step", "one of register, action and tick");
                Act::Tick
            }
        };
        let refused = t.opt_text("refused").and_then(|rule| {
            let found = Rule::ALL.iter().copied().find(|r| r.name() == rule.text);
            if found.is_none() {
                let names: Vec<String> = Rule::ALL.iter().map(|r| r.name().to_owned()).collect();
                known(t, "rule", [&rule], names.iter());
            }
            found
        });
        let expect = t.table("expect", |t| self.expect(t, &matter)).unwrap_or_default();
        Step { line: t.line, at, matter, act, refused, expect }
    }

    /// The moment of a step, `2026-03-02 09:00` in China, not before the step above.
    fn at(&self, t: &Table<'_>) -> Instant {
        let text = t.text("at");
        let parsed = minute(&text.text).filter(|at| *at >= *self.now.borrow());
        if parsed.is_none() && !text.text.is_empty() {
            wrong(
                t,
                text.line,
                "at",
                "a time such as \"2026-03-02 09:00\", not before the step above",
            );
        }
        let at = parsed.unwrap_or(*self.now.borrow());
        *self.now.borrow_mut() = at;
        at
    }

    fn who(&self, t: &Table<'_>, by: Option<String>) -> String {
        if by.is_none() {
            t.note(t.line, "missing-key", vec![("key", "step.by".to_owned())]);
        }
        by.unwrap_or_default()
    }

    fn kind_of(&self, matter: &str) -> String {
        self.matters.borrow().get(matter).unwrap_or(&self.kind).clone()
    }

    fn acted_on(&self, t: &Table<'_>, matter: Option<&Term>) {
        let line = matter.map_or(t.line, |m| m.line);
        let term = Term { text: matter.map_or(MATTER, |m| m.as_str()).to_owned(), line };
        known(t, "matter", [&term], self.matters.borrow().keys());
    }

    fn known_in_kind(&self, t: &Table<'_>, matter: &str, what: &str, term: &Term) {
        let Some(kind) = self.catalogue.kinds.get(&self.kind_of(matter)) else { return };
        let kind: &Kind = kind;
        match what {
            "action" => known(t, what, [term], kind.actions.keys()),
            "state" => known(t, what, [term], kind.states.keys()),
            "flag" => known(t, what, [term], kind.flags.keys()),
            "outcome" => known(t, what, [term], kind.outcomes.keys()),
            "clock" => known(t, what, [term], kind.clocks.keys()),
            _ => known(t, "document", [term], kind.documents.keys()),
        }
    }

    fn intake(&self, t: &Table<'_>) -> Intake {
        let kind = t.opt_text("kind");
        known(t, "kind", &kind, self.catalogue.kinds.keys());
        let parties = t.each("parties", |t| PartyIntake {
            role: t.text("role").text,
            sort: t.opt_text("sort").map(|s| s.text),
            interpreter: t.flag("interpreter"),
            details: self.map(t, "details"),
        });
        let place = t.text("place");
        self.references(t, place.line, &Json::String(place.text.clone()));
        Intake {
            kind: kind.map_or(self.kind.clone(), |k| k.text),
            place: place.text,
            source: t.opt_text("source").map(|s| s.text),
            title: t.text("title").text,
            fields: self.map(t, "fields"),
            parties,
            flags: t.texts("flags").into_iter().map(|f| f.text).collect(),
        }
    }

    fn data(&self, t: &Table<'_>) -> Map<String, Json> {
        self.map(t, "data")
    }

    fn map(&self, t: &Table<'_>, key: &'static str) -> Map<String, Json> {
        let line = t.line_of(key);
        match t.json(key) {
            None => Map::new(),
            Some(json) => {
                self.references(t, line, &json);
                let Json::Object(map) = json else {
                    wrong(t, line, key, "a table");
                    return Map::new();
                };
                map
            }
        }
    }

    /// Whoever data refers to is on stage.
    fn references(&self, t: &Table<'_>, line: u32, json: &Json) {
        match json {
            Json::String(text) => {
                let Some(name) = text.strip_prefix(REFERENCE) else { return };
                let matters = self.matters.borrow();
                let names: Vec<&String> =
                    self.units.keys().chain(self.persons.keys()).chain(matters.keys()).collect();
                known(
                    t,
                    "name on stage",
                    [&Term { text: name.to_owned(), line }],
                    names.iter().copied(),
                );
            }
            Json::Array(items) => items.iter().for_each(|item| self.references(t, line, item)),
            Json::Object(map) => map.values().for_each(|item| self.references(t, line, item)),
            _ => {}
        }
    }

    fn expect(&self, t: &Table<'_>, matter: &str) -> Expect {
        let named = |what: &str, term: Option<Term>| {
            let term = term?;
            self.known_in_kind(t, matter, what, &term);
            Some(term.text)
        };
        let person = |term: Term| {
            known(t, "person", [&term], self.persons.keys());
            term.text
        };
        let holder = t.opt_text("holder");
        known(t, "unit", &holder, self.units.keys());
        let list = |key: &'static str, what: &str| {
            t.has(key).then(|| {
                t.texts(key)
                    .into_iter()
                    .filter_map(|term| named(what, Some(term)))
                    .collect::<Vec<_>>()
            })
        };
        Expect {
            state: named("state", t.opt_text("state")),
            holder: holder.map(|h| h.text),
            handler: t.opt_text("handler").map(person),
            light: light(t),
            outcome: named("outcome", t.opt_text("outcome")),
            flags: list("flags", "flag").map(|flags| flags.into_iter().collect::<BTreeSet<_>>()),
            clocks: t.table("clocks", |t| {
                t.pairs().into_iter().map(|(key, due)| self.clock(t, matter, key, due)).collect()
            }),
            papers: list("papers", "document"),
            seen_by: t.texts("seen-by").into_iter().map(person).collect(),
            hidden_from: t.texts("hidden-from").into_iter().map(person).collect(),
        }
    }

    fn clock(&self, t: &Table<'_>, matter: &str, key: Term, due: String) -> (String, String) {
        let (clock, unit) =
            key.text.split_once(':').map_or((key.as_str(), None), |(c, u)| (c, Some(u)));
        self.known_in_kind(t, matter, "clock", &Term { text: clock.to_owned(), line: key.line });
        if let Some(unit) = unit {
            known(t, "unit", [&Term { text: unit.to_owned(), line: key.line }], self.units.keys());
        }
        let shaped =
            due == "paused" || minute(&due).is_some() || due.parse::<crate::time::Day>().is_ok();
        if !shaped {
            wrong(t, key.line, &key.text, "\"2026-03-05\", \"2026-03-05 09:30\" or \"paused\"");
        }
        (key.text, due)
    }
}

fn light(t: &Table<'_>) -> Option<Light> {
    let words = [
        ("green", Light::Green),
        ("yellow", Light::Yellow),
        ("red", Light::Red),
        ("off", Light::Off),
    ];
    let text = t.opt_text("light")?;
    let found = words.iter().find(|(word, _)| *word == text.text).map(|(_, light)| *light);
    if found.is_none() {
        let known = words.map(|(word, _)| word).join(", ");
        t.note(text.line, "unknown-word", vec![("word", text.text), ("known", known)]);
    }
    found
}

/// A minute in China, `2026-03-02 09:00`.
fn minute(text: &str) -> Option<Instant> {
    let (day, time) = text.split_once(' ').filter(|(_, time)| time.len() == 5)?;
    format!("{day}T{time}:00+08:00").parse().ok()
}
