//! What must be refused: by those to whom it is not offered, with data that cannot be right, on a
//! version that has passed.

use domain::clock::Length;
use domain::ids::{MatterId, PersonId};
use domain::kind::{Relation, Verb};
use domain::matter::{Actor, Class, Command, Intake, Matter, Rule, Want, decide, offers};
use serde_json::{Map, Value as Json, json};

use super::player::{Player, Told};

impl Player<'_> {
    /// Somebody tries something that must not work.
    pub fn hostile(&mut self, matter: &Matter) -> Told<()> {
        let person = match self.dice.happens(50) {
            true => self.around(matter),
            false => self.dice.pick(&self.county.persons).copied(),
        };
        let Some(person) = person else { return Ok(()) };
        let index = self.dice.below(self.kind.actions.len());
        let Some((action, _)) = self.kind.actions.get_index(index) else { return Ok(()) };
        let action = action.clone();
        match self.dice.below(6) {
            5 => self.too_long(matter, person),
            0 => self.not_offered(matter, person, &action),
            1 => self.garbage(matter, person),
            2 => self.must_refuse(
                matter,
                person,
                "no-such-action",
                Map::new(),
                Some(Rule::UnknownAction),
            ),
            3 => self.stale(matter, person, &action),
            _ => self.by_clock(matter, &action),
        }
    }

    fn offered(&self, matter: &Matter, person: PersonId) -> Told<Vec<String>> {
        let posts = self.county.posts(person, self.now);
        let offers =
            offers(self.county.setting(), matter, &posts).map_err(|r| format!("no offers: {r}"))?;
        Ok(offers.iter().map(|o| o.action.id.text.clone()).collect())
    }

    fn not_offered(&mut self, matter: &Matter, person: PersonId, action: &str) -> Told<()> {
        if self.offered(matter, person)?.iter().any(|o| o == action) {
            return Ok(());
        }
        let data = self.nonsense();
        self.must_refuse(matter, person, action, data, None)
    }

    fn garbage(&mut self, matter: &Matter, person: PersonId) -> Told<()> {
        let offered = self.offered(matter, person)?;
        let Some(action) = self.dice.pick(&offered).cloned() else { return Ok(()) };
        let data = self.nonsense();
        self.must_refuse(matter, person, &action, data, Some(Rule::UnknownField))
    }

    /// An extension beyond the law, or in another unit, whoever agrees to it.
    fn too_long(&mut self, matter: &Matter, person: PersonId) -> Told<()> {
        let offered = self.offered(matter, person)?;
        let extends = offered.iter().find(|a| self.kind.actions[*a].does(Verb::Extend));
        let Some(action) = extends.cloned() else { return Ok(()) };
        let clock = self.kind.actions[&action].extends.as_ref().expect("what it extends");
        let rule = self.kind.clocks[clock.as_str()].rule.as_str();
        let most = self.county.catalogue.rules[rule].extend.expect("an extension");
        let more = Length { count: most.count + 1, ..most };
        let others =
            ["99 days", "99 workdays", "99 months", "9 years", "999 hours", "99 workhours"];
        let length = match self.dice.below(2) {
            0 => more.to_string(),
            _ => others[self.dice.below(others.len())].to_owned(),
        };
        let mut data = Map::new();
        data.insert("length".to_owned(), length.into());
        data.insert("reason".to_owned(), "太忙".into());
        let asks = self.kind.actions[&action].asks.iter().any(|a| a.field.text == "consents");
        if asks {
            let said = matter.parties.iter().map(|p| (p.no.to_string(), Json::Bool(true)));
            data.insert("consents".to_owned(), Json::Object(said.collect()));
        }
        self.must_refuse(matter, person, &action, data, None)
    }

    fn stale(&mut self, matter: &Matter, person: PersonId, action: &str) -> Told<()> {
        let posts = self.county.posts(person, self.now);
        let want = Want::Take { action: action.to_owned(), data: Map::new() };
        let seen = Some(matter.version.wrapping_sub(1));
        let command =
            Command { actor: Actor::Posts(&posts), want, seen, next_number: None, other: None };
        match decide(self.county.setting(), Some(matter), &command, self.now) {
            Err(refused) if refused.first().is_some_and(|r| r.rule.class() == Class::Conflict) => {
                Ok(())
            }
            other => Err(format!("an act on an old version: {other:?}")),
        }
    }

    fn by_clock(&mut self, matter: &Matter, action: &str) -> Told<()> {
        let declared = &self.kind.actions[action];
        if declared.by.contains_key(&Relation::Clock) || declared.does(Verb::Register) {
            return Ok(());
        }
        let want = Want::Take { action: action.to_owned(), data: Map::new() };
        let command =
            Command { actor: Actor::Clock, want, seen: None, next_number: None, other: None };
        match decide(self.county.setting(), Some(matter), &command, self.now) {
            Err(_) => Ok(()),
            Ok(_) => Err(format!("a clock took {action}")),
        }
    }

    fn must_refuse(
        &mut self,
        matter: &Matter,
        person: PersonId,
        action: &str,
        data: Map<String, Json>,
        rule: Option<Rule>,
    ) -> Told<()> {
        let want = Want::Take { action: action.to_owned(), data };
        match self.decide(Some(matter), person, want) {
            Err(refused) if rule.is_none_or(|rule| refused.breaks(rule)) => {
                self.book.refused += 1;
                Ok(())
            }
            other => Err(format!("{action} by {person} should break {rule:?}: {other:?}")),
        }
    }

    /// Keys that nobody asked for, and values of every wrong sort for some that somebody does.
    fn nonsense(&mut self) -> Map<String, Json> {
        let values = [
            json!(null),
            json!(""),
            json!(-1),
            json!(1e300),
            json!([]),
            json!({}),
            json!("\u{0}\u{202e}"),
            json!([[{}]]),
            json!("9".repeat(400)),
            json!(true),
            json!(i64::MIN),
            json!({ "1": true, "99999": 0 }),
            json!("2026-02-30"),
        ];
        let names = [
            "unit", "person", "units", "reason", "length", "matter", "parties", "rating",
            "held-at", "consents",
        ];
        let mut data = Map::new();
        for _ in 0..self.dice.below(4) {
            let name = names[self.dice.below(names.len())];
            data.insert(name.to_owned(), values[self.dice.below(values.len())].clone());
        }
        data.insert("没有这个字段".to_owned(), values[self.dice.below(values.len())].clone());
        data
    }

    /// Somebody without a door, or with an intake that cannot be right, registers nothing.
    pub fn hostile_intake(&mut self, person: PersonId) -> Told<()> {
        let fields = self.nonsense();
        let intake = Intake {
            kind: self.kind.id.text.clone(),
            place: "1".to_owned(),
            fields,
            ..Intake::default()
        };
        let want = Want::Register { id: MatterId(1), code: self.code(), intake };
        match self.decide(None, person, want) {
            Err(_) => Ok(()),
            Ok(_) => Err(format!("{person} registered without a door")),
        }
    }
}
