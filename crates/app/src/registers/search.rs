//! Finding records by what they say, narrowed by facets: the newest first.

use domain::ids::RecordId;
use domain::person::Personal;
use domain::register::{Record, Stage, Territory, facet_token, searched, territory_token};
use domain::search::{Clause, Plan, Tier};
use store::records::search::find as find_ids;
use store::search::render;
use store::{Conn, records};

use super::list::{Titles, titles};
use super::pen::{item_label, sealed_word};
use super::{AtRegister, reveal};
use crate::{Credential, Error, Service};

/// How many candidates are read for one page at most; a page may then be short and go on.
const CANDIDATES_MAX: usize = 2_000;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The register.
    pub register: String,
    /// The words; empty for all.
    pub query: String,
    /// Facets and the items that they must say.
    pub facets: Vec<(String, String)>,
    /// Whether those that were ended are meant.
    pub ended: bool,
    /// Only those of a unit and of everything below it.
    pub unit: Option<domain::ids::UnitId>,
    /// Only those below this id.
    pub below: Option<RecordId>,
    /// How many.
    pub limit: usize,
}

/// A page of answers.
pub struct Found {
    /// Who asked, and of which register.
    pub at: AtRegister,
    /// The records; personal values are sealed.
    pub rows: Vec<Record>,
    /// The titles of the records that they point to.
    pub pointed: Titles,
    /// Where the next page begins; none at the end.
    pub next: Option<RecordId>,
}

/// Finds records.
///
/// # Errors
/// [`Error::Missing`] for a register out of reach; words with nothing to look for or too much; failures of
/// the store.
pub fn find(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    asked: &Asked,
) -> Result<Found, Error> {
    let at = AtRegister::open(conn, service, credential, &asked.register)?;
    let plan = match asked.query.trim() {
        "" => None,
        query => Some(Plan::read(query).map_err(crate::search::fault)?),
    };
    let mut found = Found { at, rows: Vec::new(), pointed: Titles::new(), next: None };
    let Some(clause) = clause(&found.at, asked, plan.as_ref()) else { return Ok(found) };
    let (county, state) = (found.at.desk.who.county, found.at.desk.state.clone());
    let expression = render(conn.dialect(), &clause.sealed(&|w| sealed_word(&state, w)));
    let mut below = asked.below.unwrap_or(RecordId(i64::MAX));
    let (limit, mut read) = (asked.limit.clamp(1, super::list::MAX_ROWS as usize), 0);
    loop {
        let ids = find_ids(conn, county, &expression, below, limit as i64 + 1)?;
        let whole = ids.len() > limit;
        for id in ids {
            if found.rows.len() == limit || read >= CANDIDATES_MAX {
                found.next = Some(below);
                found.pointed = titles(conn, county, &found.rows)?;
                return Ok(found);
            }
            (below, read) = (id, read + 1);
            let Some(stored) = records::get(conn, county, id)? else { continue };
            if answers(&found.at, asked, plan.as_ref(), &stored.record) {
                found.rows.push(stored.record);
            }
        }
        if !whole {
            found.pointed = titles(conn, county, &found.rows)?;
            return Ok(found);
        }
    }
}

/// The condition on tokens; none where nothing may be found.
fn clause(at: &AtRegister, asked: &Asked, plan: Option<&Plan>) -> Option<Clause> {
    let stage = if asked.ended { Stage::Ended } else { Stage::Standing };
    let register = at.register.id.as_str();
    let within = at.read_within(asked.unit.map(Territory::below)).into_iter();
    let places = within.map(|t| Clause::Token(territory_token(register, stage, t)));
    let places: Vec<Clause> = places.collect();
    if places.is_empty() {
        return None;
    }
    let facet =
        |(field, item): &(String, String)| Clause::Token(facet_token(register, field, item));
    let mut all: Vec<Clause> = asked.facets.iter().map(facet).collect();
    // The widest tier holds the better ones; order here is by age, not by tier.
    if let Some(plan) = plan {
        all.push(plan.clause(Tier::Body)?);
    }
    all.push(Clause::Or(places));
    Some(Clause::And(all))
}

/// Whether a candidate truly answers.
fn answers(at: &AtRegister, asked: &Asked, plan: Option<&Plan>, record: &Record) -> bool {
    let register = &at.register;
    let stage = if asked.ended { Stage::Ended } else { Stage::Standing };
    let fits = record.register == register.id.text
        && record.stage() == stage
        && at.may_read(record.unit)
        && asked.facets.iter().all(|(field, item)| record.text(field) == item);
    let Some(plan) = plan.filter(|_| fits) else { return fits };
    let state = &at.desk.state;
    let label = |field: &str, item: &str| item_label(state, register, field, item);
    let open = |field: &str, p: &Personal| reveal(state, record.id, field, p).ok();
    let what = searched(register, record, &label, &open);
    plan.matches(what.title, &what.body, |word| what.words.contains(word)).is_some()
}
