//! Who could sit on a matter: drawn from the duty roster, with the reason why each was drawn or passed
//! over. Names are compared under the county's key; no name leaves the vault for it.

use std::collections::BTreeSet;

use domain::ids::PersonId;
use domain::matter::Matter;
use domain::meeting::{
    Candidate, Conflict, Drawn, Hash, Interests, MeetingSort, Seat, Span, distance, draw,
};
use domain::org::Post;
use domain::person::PartySort;
use domain::search::normal;
use store::meetings::{Whose, taken};
use store::rooms::{Duty, on_duty};
use store::{Conn, seats};

use crate::{CountyState, Desk, Error};

/// Of how many people for a seat everything is looked up: those on duty first, then the nearest.
const CANDIDATES: usize = 16;

/// What stands between people and a matter.
///
/// # Errors
/// Failures of the store; a sealed name that does not open.
pub(super) fn interests(
    conn: &mut Conn,
    state: &CountyState,
    matter: &Matter,
) -> Result<Interests, Error> {
    let mut interests = Interests::default();
    for party in &matter.parties {
        for (detail, value) in &party.details {
            let into = match detail.as_str() {
                "name" if party.sort == PartySort::Person => &mut interests.parties,
                "agent" | "representative" => &mut interests.representatives,
                _ => continue,
            };
            into.insert(hash_of(state, &state.vault.reveal(matter.id(), detail, value)?));
        }
    }
    let recorded = seats::interests(conn, state.county, matter.id())?;
    interests.recorded = recorded.into_iter().map(|i| (i.person, i.ground)).collect();
    Ok(interests)
}

fn hash_of(state: &CountyState, name: &str) -> Hash {
    let name: String = normal(name).chars().filter(|c| !c.is_whitespace()).collect();
    state.vault.index(&format!("sits:{name}"))
}

/// Why somebody may not sit on a matter.
pub(super) fn against(desk: &Desk, interests: &Interests, person: PersonId) -> Option<Conflict> {
    let name = desk.roster.names.get(&person).map_or("", String::as_str);
    interests.against(person, hash_of(&desk.state, name))
}

/// The posts that may fill a seat on a day.
pub(super) fn fitting<'d>(desk: &'d Desk, seat: &Seat, span: Span) -> Vec<&'d Post> {
    let day = span.from.day();
    let fits = |p: &&Post| p.held_on(day) && seat.roles.iter().any(|role| role.text == p.role);
    desk.roster.org.all_posts().filter(fits).collect()
}

/// A panel as it was drawn.
pub struct Panel {
    /// The seats in order.
    pub seats: Vec<Drawn>,
}

/// Draws the panel of a sort of meeting about a matter for a time; what the meeting `but` has taken
/// already is free for it.
///
/// # Errors
/// Failures of the store.
pub fn panel(
    conn: &mut Conn,
    desk: &Desk,
    (matter, sort): (&Matter, &MeetingSort),
    span: Span,
    but: i64,
) -> Result<Panel, Error> {
    let interests = interests(conn, &desk.state, matter)?;
    let duty = on_duty(conn, desk.who.county, span.from.day(), span.from.day())?;
    let mut all = Vec::new();
    for seat in sort.seats.values() {
        let mut candidates = nearest(desk, matter, seat, span, &duty);
        for c in &mut candidates {
            c.conflict = against(desk, &interests, c.person);
            c.busy = taken(conn, desk.who.county, Whose::Person(c.person), span, but)?.is_some();
            let sat = seats::sittings(conn, desk.who.county, c.person)?;
            c.sittings = u32::try_from(sat).unwrap_or(u32::MAX);
        }
        all.push((seat.id.text.clone(), candidates));
    }
    Ok(Panel { seats: draw(all) })
}

/// Those who come into question first, still without what the store knows of them.
fn nearest(desk: &Desk, matter: &Matter, seat: &Seat, span: Span, duty: &[Duty]) -> Vec<Candidate> {
    let day = span.from.day();
    let named = |p: &Post| {
        let same = |d: &&Duty| d.person == p.person && d.role == p.role && d.unit == p.unit;
        duty.iter().filter(same).any(|d| d.from <= day && day < d.until)
    };
    let place = matter.registration.place;
    let candidate = |post: &Post| Candidate {
        person: post.person,
        role: post.role.clone(),
        unit: post.unit,
        on_duty: seat.standing || named(post),
        conflict: None,
        busy: false,
        distance: distance(&desk.roster.org, place, post.unit),
        sittings: 0,
    };
    let mut all: Vec<Candidate> = fitting(desk, seat, span).into_iter().map(candidate).collect();
    all.sort_by_key(|c| (!c.on_duty, c.distance, c.person, c.unit));
    let mut seen = BTreeSet::new();
    all.retain(|c| seen.insert(c.person));
    all.truncate(CANDIDATES);
    all
}

/// Somebody who may be chosen for a seat by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: String,
    /// At which unit.
    pub unit: domain::ids::UnitId,
    /// How near, in steps.
    pub distance: u32,
}

/// A seat with everybody near who may be chosen for it.
pub struct SeatChoice<'a> {
    /// The seat.
    pub seat: &'a Seat,
    /// The nearest first.
    pub people: Vec<Choice>,
}

/// The most people to choose from for a seat.
const CHOICES: usize = 60;

/// Whom the seats of a sort of meeting may be given to, by their posts alone.
#[must_use]
pub fn choices<'a>(
    desk: &Desk,
    (matter, sort): (&Matter, &'a MeetingSort),
    span: Span,
) -> Vec<SeatChoice<'a>> {
    let place = matter.registration.place;
    let of = |seat: &'a Seat| {
        let mut people: Vec<Choice> = fitting(desk, seat, span)
            .into_iter()
            .map(|p| Choice {
                person: p.person,
                role: p.role.clone(),
                unit: p.unit,
                distance: distance(&desk.roster.org, place, p.unit),
            })
            .collect();
        people.sort_by_key(|c| (c.distance, c.unit, c.person));
        let mut seen = BTreeSet::new();
        people.retain(|c| seen.insert(c.person));
        people.truncate(CHOICES);
        SeatChoice { seat, people }
    };
    sort.seats.values().map(of).collect()
}
