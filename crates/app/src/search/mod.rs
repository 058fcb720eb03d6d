//! Finding matters by what they say, by who is in them, by their codes. What a person may not see is
//! not found: the index itself knows where a matter may be seen.

mod alike;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use domain::access::{reach, sees};
use domain::ids::{MatterId, UnitId};
use domain::kind::Phase;
use domain::matter::{Lane, Matter, Named, Value};
use domain::org::Org;
use domain::search::{Clause, ExactWord, Plan, SCOPE_MARK, Tier, text_tokens};
use domain::time::Day;
use store::matters::Summary;
use store::search::{Waiting, find, render, waiting};
use store::{Conn, matters};

use crate::{CountyState, Credential, Desk, Error, Service};

pub use alike::{Alike, Likeness, Share, alike};

/// How many candidates are read for one page at most; a page may then be short and go on.
const CANDIDATES_MAX: usize = 2_000;
/// How many candidates the index is asked for at a time beyond a page: nearly all of them are answers.
const STEP_MORE: usize = 8;
/// How many entries that are not yet in the index are looked at.
const WAITING_MAX: i64 = 20_000;

/// A place in the order of answers: tier by tier, the newest matters first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// The tier, as its index in [`Tier::ALL`].
    pub tier: usize,
    /// Only matters below this id.
    pub below: MatterId,
}

/// As it stands in a form: `TIER.BELOW`.
impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.tier, self.below)
    }
}

impl FromStr for After {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (tier, below) = text.split_once('.').ok_or(())?;
        let below = below.parse().map_err(|_| ())?;
        Ok(Self { tier: tier.parse().map_err(|_| ())?, below: MatterId(below) })
    }
}

/// What else must hold of an answer.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Its kind.
    pub kind: Option<String>,
    /// How far it is.
    pub phase: Option<Phase>,
    /// That it happened here or below.
    pub place: Option<UnitId>,
    /// That it came in on this day or later.
    pub since: Option<Day>,
    /// That it came in on this day or earlier.
    pub until: Option<Day>,
}

impl Filter {
    fn lets(&self, matter: &Matter, org: &Org) -> bool {
        let day = matter.registered_at.day();
        self.kind.as_ref().is_none_or(|kind| matter.kind() == kind)
            && self.phase.is_none_or(|phase| matter.phase == phase)
            && self.place.is_none_or(|place| org.is_within(matter.registration.place, place))
            && self.since.is_none_or(|since| day >= since)
            && self.until.is_none_or(|until| day <= until)
    }
}

/// A page of answers.
pub struct Found {
    /// Who searched.
    pub desk: Desk,
    /// The answers with their tiers.
    pub rows: Vec<(Tier, Summary)>,
    /// Where the next page begins; none at the end.
    pub next: Option<After>,
}

/// The search entry of a matter, if an event changed what can be found or by whom.
pub(crate) fn entry_if_changed(
    state: &CountyState,
    org: &Org,
    before: Option<&Matter>,
    after: &Matter,
) -> Result<Option<String>, Error> {
    if let Some(before) = before {
        let same = before.fields == after.fields
            && before.parties == after.parties
            && before.number == after.number
            && scope(before, org) == scope(after, org);
        if same {
            return Ok(None);
        }
    }
    entry(state, org, after).map(Some)
}

/// The search entry of a matter: tokens divided by single spaces.
pub(crate) fn entry(state: &CountyState, org: &Org, matter: &Matter) -> Result<String, Error> {
    let mut tokens = text_tokens(&matter.registration.title, &body(matter));
    let words = words(state, matter)?;
    for token in words.iter().map(|w| w.token(&|w| sealed(state, w))).chain(scope(matter, org)) {
        if !tokens.is_empty() {
            tokens.push(' ');
        }
        tokens.push_str(&token);
    }
    Ok(tokens)
}

fn sealed(state: &CountyState, word: &ExactWord) -> String {
    ExactWord::sealed_token(&state.vault.index(&word.key()))
}

/// What a matter says in running text, apart from its title.
fn body(matter: &Matter) -> String {
    let texts = matter.fields.values().filter_map(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// The exact words of a matter: its code and number, and what its parties are found by.
fn words(state: &CountyState, matter: &Matter) -> Result<BTreeSet<ExactWord>, Error> {
    let mut words: BTreeSet<ExactWord> =
        ExactWord::of_code(&matter.code().to_string()).into_iter().collect();
    words.extend(matter.number.as_deref().and_then(ExactWord::of_number));
    for party in &matter.parties {
        for (detail, value) in &party.details {
            let text = state.vault.reveal(matter.id(), detail, value)?;
            words.extend(ExactWord::of_detail(detail, &text));
        }
    }
    Ok(words)
}

/// The token of a desk or a place, by the letter that says what of it is meant.
fn scope_token(letter: char, id: i64) -> String {
    format!("{SCOPE_MARK}{letter}{id}")
}

/// The token of what happened at a place.
fn place_token(place: UnitId) -> String {
    scope_token('l', place.0)
}

/// Where a matter happened (`l`), and where it may be seen: at units involved (`o`), at those and every
/// unit above (`u`), at sealed desks (`s`), by persons (`p`).
fn scope(matter: &Matter, org: &Org) -> BTreeSet<String> {
    let mut tokens = BTreeSet::from([place_token(matter.registration.place)]);
    let mut add = |letter: char, id: i64| {
        tokens.insert(scope_token(letter, id));
    };
    let part = matter.named.iter().filter_map(|n| match n {
        Named::Person(person) => Some(*person),
        Named::Unit(_) => None,
    });
    let part = part
        .chain(matter.registered_by_person())
        .chain(matter.callouts.iter().filter_map(|c| c.person));
    for person in part {
        add('p', person.0);
    }
    if matter.sealed {
        for named in &matter.named {
            if let Named::Unit(unit) = named {
                add('s', unit.0);
            }
        }
        return tokens;
    }
    for unit in matter.involved() {
        add('o', unit.0);
        for above in org.lineage(unit) {
            add('u', above.0);
        }
    }
    tokens
}

/// What a person with these places may find.
enum Scope {
    /// Nothing.
    Nothing,
    /// What meets a condition.
    Within(Clause),
    /// Whatever is not sealed. The condition would hold for nearly all of it, and reading decides.
    Everything,
}

impl Scope {
    /// A condition, within what may be found.
    fn narrow(&self, text: Clause) -> Clause {
        match self {
            Self::Within(within) => Clause::And(vec![text, within.clone()]),
            Self::Nothing | Self::Everything => text,
        }
    }
}

/// What waits to be indexed.
fn pending(conn: &mut Conn, state: &CountyState) -> Result<BTreeMap<MatterId, Waiting>, Error> {
    let waiting = waiting(conn, state.county, WAITING_MAX)?;
    Ok(waiting.into_iter().map(|w| (w.matter, w)).collect())
}

/// What a person with these places may find, where `root` is the county.
fn seen_from(places: &[(i64, Lane)], root: Option<UnitId>) -> Scope {
    let token = |letter: char, desk: i64| Clause::Token(scope_token(letter, desk));
    let wide: BTreeSet<i64> =
        places.iter().filter(|(_, l)| *l == Lane::Below).map(|(d, _)| *d).collect();
    let mut ways = Vec::new();
    for (desk, lane) in places {
        match lane {
            Lane::Below => ways.push(token('u', *desk)),
            Lane::Held if !wide.contains(desk) => ways.push(token('o', *desk)),
            Lane::Sealed => ways.push(token('s', *desk)),
            Lane::Part => ways.push(token('p', *desk)),
            _ => {}
        }
    }
    match ways.is_empty() {
        true => Scope::Nothing,
        false if root.is_some_and(|r| wide.contains(&r.0)) => Scope::Everything,
        false => Scope::Within(Clause::Or(ways)),
    }
}

/// Searches what the person may see.
///
/// # Errors
/// A query with nothing to look for or too much; not signed in; failures of the store.
pub fn search(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (query, filter): (&str, &Filter),
    after: Option<After>,
    limit: usize,
) -> Result<Found, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let plan = Plan::read(query).map_err(fault)?;
    let mut found = Found { desk, rows: Vec::new(), next: None };
    let Desk { state, roster, who, .. } = &found.desk;
    let posts = found.desk.posts();
    let scope = seen_from(&reach(&posts, &state.catalogue), roster.org.root());
    if matches!(scope, Scope::Nothing) {
        return Ok(found);
    }
    let pending = pending(conn, state)?;
    let mut at = after.unwrap_or(After { tier: 0, below: MatterId(i64::MAX) });
    // Opening a candidate's names to compare them is a good part of reading it.
    let mut words_count = true;
    let (mut read, step) = (0, (limit + STEP_MORE) as i64);
    while let Some(tier) = Tier::ALL.get(at.tier) {
        let clause = plan.clause(*tier).map(|text| scope.narrow(text));
        let clause = clause.map(|c| c.sealed(&|w| sealed(state, w)));
        let ids = match &clause {
            Some(clause) => candidates(conn, state, clause, &pending, (at.below, step))?,
            None => Vec::new(),
        };
        if ids.is_empty() {
            let nowhere = *tier == Tier::Exact && at.below.0 == i64::MAX && plan.is_single();
            words_count &= !nowhere;
            at = After { tier: at.tier + 1, below: MatterId(i64::MAX) };
            continue;
        }
        for id in ids {
            at.below = id;
            read += 1;
            let Some(stored) = matters::by_id(conn, who.county, id)? else { continue };
            let matter = &stored.matter;
            if !filter.lets(matter, &roster.org)
                || tier_of(state, &plan, matter, words_count)? != Some(*tier)
                || !sees(&posts, matter, &roster.org, &state.catalogue)
            {
                continue;
            }
            found.rows.push((*tier, Summary::of(matter)));
            if found.rows.len() == limit || read >= CANDIDATES_MAX {
                found.next = Some(at);
                return Ok(found);
            }
        }
    }
    Ok(found)
}

pub(crate) fn fault(fault: domain::search::Fault) -> Error {
    use domain::matter::{Refusal, Rule};
    use domain::search::{Fault, QUERY_CHARS_MAX, TERMS_MAX};
    let refusal = match fault {
        Fault::Empty => Refusal::of(Rule::Empty, "q"),
        Fault::TooLong => Refusal::of(Rule::TooLong, "q").with("max", QUERY_CHARS_MAX),
        Fault::TooManyTerms => Refusal::of(Rule::TooMany, "q").with("max", TERMS_MAX),
    };
    refusal.into()
}

/// Candidates below an id, the newest first: from the index, and from what is not yet in it. An
/// entry that is waiting counts as it waits, not as the index still has it.
fn candidates(
    conn: &mut Conn,
    state: &CountyState,
    clause: &Clause,
    pending: &BTreeMap<MatterId, Waiting>,
    (below, step): (MatterId, i64),
) -> Result<Vec<MatterId>, Error> {
    let expression = render(conn.dialect(), clause);
    let indexed = find(conn, state.county, &expression, below, step)?;
    let floor = if indexed.len() as i64 == step { indexed.last().copied() } else { None };
    let fresh = pending.range(..below).rev().map(|(id, w)| (*id, w));
    let fresh = fresh.take_while(|(id, _)| floor.is_none_or(|f| *id >= f));
    let holds = |w: &Waiting| clause.holds(&w.tokens);
    let mut ids: Vec<MatterId> = fresh.filter(|(_, w)| holds(w)).map(|(id, _)| id).collect();
    ids.extend(indexed.into_iter().filter(|id| !pending.contains_key(id)));
    if ids.is_empty()
        && let Some(floor) = floor
    {
        return candidates(conn, state, clause, pending, (floor, step));
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    Ok(ids)
}

fn tier_of(
    state: &CountyState,
    plan: &Plan,
    matter: &Matter,
    words_count: bool,
) -> Result<Option<Tier>, Error> {
    let own: OnceCell<BTreeSet<ExactWord>> = OnceCell::new();
    let mut failed = None;
    let has = |word: &ExactWord| {
        words_count && own.get_or_init(|| words(state, matter).unwrap_or_default()).contains(word)
    };
    let tier = plan.matches(&matter.registration.title, &body(matter), has);
    if own.get().is_some_and(BTreeSet::is_empty) {
        failed = words(state, matter).err();
    }
    failed.map_or(Ok(tier), Err)
}
