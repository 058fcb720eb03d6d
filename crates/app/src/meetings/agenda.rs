//! The agenda: whose time is taken when. What a meeting is about is shown only to who sees the matter; to
//! others the time is taken, and no more.

use domain::ids::{PersonId, UnitId};
use domain::matter::{Refusal, Rule};
use domain::meeting::Span;
use domain::time::Day;
use store::Conn;
use store::matters::{Summary, by_id};
use store::meetings::{self as kept, Meeting, Whose};
use store::rooms::{Room, rooms};
use store::seats::{self, Seat};

use crate::{Credential, Desk, Error, Service};

/// The most meetings that one page shows.
const ENTRIES: i64 = 500;
/// The most days of one page.
const DAYS: i32 = 31;

/// Whose agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The rooms of a unit and of those below and above it; of the whole county where none is named.
    Rooms(Option<UnitId>),
    /// A person's; the own where none is named.
    Person(Option<PersonId>),
}

/// A meeting on the agenda.
pub struct Entry {
    /// The meeting.
    pub meeting: Meeting,
    /// What it is about and who sits; none where the looker does not see the matter.
    pub about: Option<(Summary, Vec<Seat>)>,
}

/// Some days of somebody's agenda, or of rooms.
pub struct Agenda {
    /// Who looks.
    pub desk: Desk,
    /// The rooms in question.
    pub rooms: Vec<Room>,
    /// The person in question, where it is a person's.
    pub person: Option<PersonId>,
    /// The meetings in order.
    pub entries: Vec<Entry>,
}

/// Reads an agenda from a day on.
///
/// # Errors
/// [`Error::Missing`] for a person at no unit of the looker's; failures of the store.
pub fn agenda(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (first, days): (Day, i32),
    of: Of,
) -> Result<Agenda, Error> {
    let desk = Desk::open(conn, service, credential)?;
    if !(1..=DAYS).contains(&days) {
        return Err(Refusal::of(Rule::OutOfRange, "days").with("min", 1).with("max", DAYS).into());
    }
    let county = desk.who.county;
    let span = Span { from: first.start(), until: first.plus(days).start() };
    let mut used = rooms(conn, county)?;
    used.retain(|r| r.ended_on.is_none_or(|d| d > first));
    let (meetings, person) = match of {
        Of::Rooms(unit) => {
            let org = &desk.roster.org;
            used.retain(|r| {
                unit.is_none_or(|u| org.is_within(r.unit, u) || org.is_within(u, r.unit))
            });
            let shown = |m: &Meeting| used.iter().any(|r| Some(r.id) == m.room);
            let mut all = kept::between(conn, county, span, ENTRIES)?;
            all.retain(shown);
            (all, None)
        }
        Of::Person(person) => {
            let person = person.unwrap_or(desk.who.person);
            if !may_look(&desk, person) {
                return Err(Error::Missing);
            }
            (kept::of(conn, county, Whose::Person(person), span)?, Some(person))
        }
    };
    let mut entries = Vec::new();
    for meeting in meetings {
        let stored = by_id(conn, county, meeting.matter)?;
        let about = match stored.filter(|s| desk.sees(&s.matter)) {
            Some(stored) => {
                let seats = seats::of(conn, county, meeting.id)?;
                Some((Summary::of(&stored.matter), seats))
            }
            None => None,
        };
        entries.push(Entry { meeting, about });
    }
    Ok(Agenda { desk, rooms: used, person, entries })
}

/// Whose agenda somebody may look at: the own, and those of the people at the own units.
fn may_look(desk: &Desk, person: PersonId) -> bool {
    let today = desk.now.day();
    let own = desk.posts();
    let org = &desk.roster.org;
    person == desk.who.person
        || own.iter().any(|p| org.posts_at(person, p.unit, today).next().is_some())
}
