//! The words of a notice as somebody reads them.

use std::collections::BTreeMap;

use domain::ids::UnitId;
use domain::label::Locale;
use domain::notice::{Blank, Facts, write};
use domain::time::Instant;

use crate::{CountyState, Roster};

/// Stands where there is nothing to say.
const NOTHING: &str = "—";

/// What the names of facts are looked up in.
pub(super) struct Telling<'a> {
    /// The county.
    pub state: &'a CountyState,
    /// Its units and people.
    pub roster: &'a Roster,
    /// What stands before the path of a link.
    pub base: &'a str,
}

/// A text filled with facts, in a language.
pub(super) fn filled(telling: &Telling<'_>, text: &str, facts: &Facts, locale: &Locale) -> String {
    write(text, &values(telling, facts, locale))
}

fn values(telling: &Telling<'_>, facts: &Facts, locale: &Locale) -> BTreeMap<Blank, String> {
    let catalogue = &telling.state.catalogue;
    let kind = catalogue.kind(&facts.kind, facts.kind_version);
    let unit = |id: UnitId| telling.roster.org.unit(id).map(|u| u.name.clone());
    let or_nothing = |found: Option<String>| found.unwrap_or_else(|| NOTHING.to_owned());
    let label = |l: Option<&domain::label::Label>| or_nothing(l.map(|l| l.get(locale).to_owned()));
    let state = kind.and_then(|k| k.states.get(&facts.state)).map(|s| &s.label);
    let action = kind.and_then(|k| k.actions.get(&facts.action)).map(|a| &a.label);
    let clock = kind.zip(facts.clock.as_ref()).and_then(|(k, c)| k.clocks.get(c)).map(|c| &c.label);
    let actor = facts.actor.and_then(|a| telling.roster.names.get(&a)).cloned();
    [
        (Blank::Code, facts.code.to_string()),
        (Blank::Link, format!("{}/matters/{}", telling.base, facts.code)),
        (Blank::Due, or_nothing(facts.due.map(day_or_time))),
        (Blank::At, or_nothing(facts.at.map(minute))),
        (Blank::Unit, or_nothing(unit(facts.unit))),
        (Blank::From, or_nothing(facts.from.or(Some(facts.unit)).and_then(unit))),
        (Blank::Telephone, catalogue.delivery.telephone.clone()),
        (Blank::Kind, label(kind.map(|k| &k.label))),
        (Blank::Action, label(action)),
        (Blank::State, label(state)),
        (Blank::Clock, label(clock)),
        (Blank::Actor, or_nothing(actor)),
    ]
    .into()
}

/// A limit that ends with a day ends at its 24:00 (Civil Code art. 203).
fn day_or_time(due: Instant) -> String {
    if due.day().start() == due {
        return format!("{} 24:00", due.day().plus(-1));
    }
    minute(due)
}

fn minute(at: Instant) -> String {
    let text = at.to_string();
    text.get(..16).map_or(text.clone(), |t| t.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_ends_at_midnight_is_told_by_its_last_day() {
        let at = |t: &str| t.parse::<Instant>().expect("an instant");
        assert_eq!(day_or_time(at("2026-03-05T00:00:00+08:00")), "2026-03-04 24:00");
        assert_eq!(day_or_time(at("2026-03-05T17:30:00+08:00")), "2026-03-05 17:30");
    }
}
