//! Reading the shared files of a catalogue.

use indexmap::IndexMap;

use super::definition::{ClockRule, Item, Level, List, Office, Right, Role, Sight};
use super::finding::nearest;
use super::sheet::{Table, Term};
use crate::clock::{Length, Unit, Year};
use crate::time::Day;

const DAY: Length = Length { count: 1, unit: Unit::Day };

/// Reads `levels.toml`.
pub fn levels(t: &Table<'_>) -> (IndexMap<String, Level>, IndexMap<String, Office>) {
    let levels = t.named("level", |id, t| Level {
        id,
        label: t.label("label"),
        under: t.opt_text("under"),
        centre: t.opt_text("centre").map(|c| c.text),
        posts: t.texts("posts"),
    });
    let offices = t.named("office", |id, t| Office {
        id,
        label: t.label("label"),
        at: t.text("at"),
        number: t.int("number", 1..200) as u16,
        name: t.text("name").text,
        posts: t.texts("posts"),
    });
    (keyed(levels, |l| &l.id), keyed(offices, |o| &o.id))
}

/// Reads `roles.toml`: the roles, and the groups that stand for several of them.
pub fn roles(t: &Table<'_>) -> (IndexMap<String, Role>, IndexMap<String, Vec<Term>>) {
    let roles = t.named("role", |id, t| Role {
        id,
        label: t.label("label"),
        sees: t
            .opt_parsed("sees", "\"nothing\", \"own\", \"unit\" or \"below\"")
            .unwrap_or(Sight::Nothing),
        sealed: t.flag("sealed"),
        handles: t.flag("handles"),
        exclusive: t.flag("exclusive"),
        rights: rights(t),
    });
    let groups = t.named("group", |id, t| (id.text, t.texts("roles")));
    (keyed(roles, |r| &r.id), groups.into_iter().collect())
}

fn rights(t: &Table<'_>) -> Vec<Right> {
    let mut rights = Vec::new();
    for term in t.texts("rights") {
        match Right::NAMES.iter().find(|(name, _)| *name == term.text) {
            Some((_, right)) => rights.push(*right),
            None => {
                let names = Right::NAMES.iter().map(|(n, _)| *n);
                let all = names.clone().collect::<Vec<_>>().join(", ");
                let known = nearest(&term.text, names).map_or(all, str::to_owned);
                t.note(term.line, "unknown-word", vec![("word", term.text), ("known", known)]);
            }
        }
    }
    rights
}

/// Reads the lists of one file: `[list.x]` with its `[list.x.item.y]`.
pub fn lists(t: &Table<'_>) -> IndexMap<String, List> {
    let lists = t.named("list", |id, t| List {
        id,
        label: t.label("label"),
        items: keyed(
            t.named("item", |id, t| Item {
                id,
                label: t.label("label"),
                code: t.opt_text("code").map(|c| c.text),
                under: t.opt_text("under"),
                aliases: t.texts("aliases").into_iter().map(|a| a.text).collect(),
                hints: t.texts("hints").into_iter().map(|h| h.text).collect(),
            }),
            |i| &i.id,
        ),
    });
    keyed(lists, |l| &l.id)
}

/// Reads `clocks.toml`.
pub fn rules(t: &Table<'_>) -> IndexMap<String, ClockRule> {
    const LENGTH: &str = "a length such as \"5 workdays\"";
    let rules = t.named("rule", |id, t| ClockRule {
        id,
        within: t.text_as("within", LENGTH).unwrap_or(DAY),
        extend: t.opt_parsed("extend", LENGTH),
        warn: t.opt_parsed("warn", LENGTH),
        locked: t.flag("locked"),
        law: t.text("law").text,
    });
    keyed(rules, |r| &r.id)
}

/// Reads `calendars/calendar.toml`: the version and the office hours in minutes of the day.
pub fn calendar(t: &Table<'_>) -> (String, Vec<(i64, i64)>) {
    let version = t.text("version").text;
    let mut hours: Vec<(i64, i64)> = Vec::new();
    for term in t.texts("office-hours") {
        match span(&term.text) {
            Some((open, close)) if hours.last().is_none_or(|(_, end)| open >= *end) => {
                hours.push((open, close))
            }
            _ => {
                let expected = "hours such as \"08:30-12:00\", in order".to_owned();
                t.note(
                    term.line,
                    "wrong-type",
                    vec![("key", "office-hours".into()), ("expected", expected)],
                );
            }
        }
    }
    (version, hours)
}

/// Reads one year of the State Council's notice. Every day must lie in that year, a made-up
/// working day on a weekend, and no day in both tables. Answers with the line of the year.
pub fn year(t: &Table<'_>) -> (Year, u32) {
    let year = t.int("year", 1990..2100) as i16;
    let line = t.line_of("year");
    let notice = t.text("notice").text;
    let days = |key: &'static str| t.table(key, |t| days_of(t, year)).unwrap_or_default();
    let (holidays, workdays) = (days("holidays"), days("workdays"));
    for (day, line) in workdays.iter().map(|(d, _, l)| (d, l)) {
        if !day.is_weekend() || holidays.iter().any(|(d, _, _)| d == day) {
            t.note(*line, "workday-not-weekend", vec![("day", day.to_string())]);
        }
    }
    let plain = |days: Vec<(Day, String, u32)>| days.into_iter().map(|(d, n, _)| (d, n)).collect();
    (Year { year, notice, holidays: plain(holidays), workdays: plain(workdays) }, line)
}

fn days_of(t: &Table<'_>, year: i16) -> Vec<(Day, String, u32)> {
    let mut days = Vec::new();
    for (key, name) in t.pairs() {
        match key.text.parse::<Day>() {
            Ok(day) if day.year() == year => days.push((day, name, key.line)),
            _ => {
                let args = vec![("day", key.text), ("year", year.to_string())];
                t.note(key.line, "day-not-in-year", args);
            }
        }
    }
    days
}

fn span(text: &str) -> Option<(i64, i64)> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
        ((0..=24).contains(&hour) && (0..60).contains(&minute)).then_some(hour * 60 + minute)
    };
    let (open, close) = text.split_once('-')?;
    let (open, close) = (minute(open)?, minute(close)?);
    (open < close && close <= 24 * 60).then_some((open, close))
}

fn keyed<T>(all: Vec<T>, id: impl Fn(&T) -> &Term) -> IndexMap<String, T> {
    all.into_iter().map(|one| (id(&one).text.clone(), one)).collect()
}
