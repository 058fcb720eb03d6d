//! Matters as rows of a table. Nothing in it belongs to a person: names and numbers stay behind.

pub use documents::table::{Column, XlsxWriter, write_xlsx};
use domain::ids::MatterId;
use domain::matter::Matter;
use domain::time::Instant;
use store::{Conn, matters};

use crate::{CountyState, Error, Roster};

/// The columns, in order.
pub const COLUMNS: &[&str] = &[
    "code",
    "number",
    "kind",
    "title",
    "category",
    "source",
    "place",
    "registrar",
    "holder",
    "state",
    "phase",
    "registered_at",
    "accepted_at",
    "answered_at",
    "closed_at",
    "outcome",
    "late",
    "sessions",
    "returns",
    "callouts",
    "reopened",
    "rating",
];

/// How many matters are read at a time.
const STEP: i64 = 500;

/// Hands on each matter of a county that is not sealed, as a row, until told to stop. Answers how
/// many there were.
///
/// # Errors
/// Failures of the store.
pub fn each(
    conn: &mut Conn,
    state: &CountyState,
    locale: &str,
    now: Instant,
    row: &mut dyn FnMut(&[String]) -> bool,
) -> Result<u64, Error> {
    let roster = state.roster(conn)?;
    let (mut after, mut count) = (MatterId(0), 0);
    loop {
        let ids = matters::ids(conn, state.county, after, STEP)?;
        let Some(last) = ids.last() else { return Ok(count) };
        after = *last;
        for id in &ids {
            let Some(stored) =
                matters::by_id(conn, state.county, *id)?.filter(|s| !s.matter.sealed)
            else {
                continue;
            };
            count += 1;
            if !row(&cells(&stored.matter, state, &roster, locale, now)) {
                return Ok(count);
            }
        }
    }
}

fn cells(
    m: &Matter,
    state: &CountyState,
    roster: &Roster,
    locale: &str,
    now: Instant,
) -> Vec<String> {
    let kind = state.catalogue.kind(m.kind(), m.registration.kind_version);
    let unit = |id| roster.org.unit(id).map_or(String::new(), |u| u.name.clone());
    let stamp = |at: Option<Instant>| at.map(|a| a.to_string()).unwrap_or_default();
    let label = |l: Option<&domain::label::Label>, id: &str| {
        l.map_or(id.to_owned(), |l| l.get(locale).to_owned())
    };
    let late = m.clocks.iter().any(|c| c.scope == domain::clock::Scope::Matter && c.is_late(now));
    let list = kind
        .and_then(|k| k.fields.get(k.category.as_ref()?.as_str()))
        .and_then(|f| f.list.as_ref());
    let category = m.category.as_deref().unwrap_or_default();
    let item = list.and_then(|l| state.catalogue.item(l.as_str(), category));
    vec![
        m.code().to_string(),
        m.number.clone().unwrap_or_default(),
        label(kind.map(|k| &k.label), m.kind()),
        m.registration.title.clone(),
        label(item.map(|i| &i.label), category),
        m.registration.source.clone().unwrap_or_default(),
        roster.org.unit(m.registration.place).map_or(String::new(), |u| u.place.clone()),
        unit(m.registrar),
        unit(m.holder),
        label(kind.and_then(|k| k.states.get(&m.state)).map(|s| &s.label), &m.state),
        m.phase.name().to_owned(),
        m.registered_at.to_string(),
        stamp(m.accepted_at),
        stamp(m.answered_at),
        stamp(m.closed_at),
        m.outcome.as_ref().map_or(String::new(), |o| {
            label(kind.and_then(|k| k.outcomes.get(o)).map(|o| &o.label), o)
        }),
        if late { "1" } else { "0" }.to_owned(),
        m.sessions.to_string(),
        m.returns.len().to_string(),
        m.callouts.len().to_string(),
        m.reopened.to_string(),
        m.rating.map(|r| r.to_string()).unwrap_or_default(),
    ]
}
