//! Calling a meeting together, moving it, standing down from it. One transaction each: the time of room
//! and people, the seats, and the act on the matter are written together or not at all.

use std::collections::BTreeSet;

use domain::clock::Terms;
use domain::ids::{MatterCode, PersonId};
use domain::label::FIRST_LOCALE;
use domain::matter::{Matter, Refusal, Refused, Rule};
use domain::meeting::{Conflict, MeetingSort, Span};
use domain::person::Personal;
use domain::time::Instant;
use serde_json::{Map, Value as Json, json};
use store::Conn;
use store::matters::{Stored, by_code, by_id};
use store::meetings::{self as kept, Meeting, Stage, Whose};
use store::rooms::{Room, rooms};
use store::seats::{self, Interest, Seat};

use super::panel::{against, fitting, interests};
use super::{bad_span, sort_of, text_of};
use crate::matters::{Acting, Answered, Keyed, Pen, act_at, before, keep};
use crate::{Credential, Desk, Error, Service};

/// The longest name of a place, in characters.
const VENUE_CHARS: usize = 100;

/// Where and when a meeting is to be, and who is to sit.
#[derive(Debug, Clone)]
pub struct Place {
    /// When it begins.
    pub from: Instant,
    /// How long it lasts, minutes.
    pub minutes: i64,
    /// The room; none where it is held elsewhere.
    pub room: Option<i64>,
    /// Where, if in no room.
    pub venue: Option<String>,
    /// The seats that are filled, and with whom.
    pub seats: Vec<(String, PersonId)>,
}

/// A meeting that somebody calls.
#[derive(Debug, Clone)]
pub struct Call {
    /// The matter.
    pub code: MatterCode,
    /// The sort of meeting.
    pub sort: String,
    /// Where, when, who.
    pub place: Place,
}

/// A planned meeting that somebody changes.
#[derive(Debug, Clone)]
pub struct Change {
    /// The meeting.
    pub id: i64,
    /// The version that was seen.
    pub seen: u32,
    /// Where, when, who from now on.
    pub place: Place,
}

/// What is about to be booked: everything about it was looked at.
struct Booking<'a> {
    desk: &'a Desk,
    matter: &'a Matter,
    sort: &'a MeetingSort,
    place: &'a Place,
    span: Span,
    room: Option<Room>,
    /// The meeting itself, whose own time is free for it; 0 for a new one.
    but: i64,
}

impl Booking<'_> {
    /// Everything that stands against it, all at once.
    fn check(&self, conn: &mut Conn) -> Result<(), Error> {
        let mut broken = Vec::new();
        if self.span.until <= self.desk.now {
            broken.push(Refusal::of(Rule::InPast, "from"));
        }
        if let Some(room) = &self.room
            && let Some((_, span)) =
                kept::taken(conn, self.desk.who.county, Whose::Room(room.id), self.span, self.but)?
        {
            let refusal = Refusal::of(Rule::RoomTaken, "room").with("room", &room.name);
            broken.push(timed(refusal, span));
        }
        self.seats_are_declared(&mut broken);
        self.people_fit(conn, &mut broken)?;
        if broken.is_empty() { Ok(()) } else { Err(Refused(broken).into()) }
    }

    fn seats_are_declared(&self, broken: &mut Vec<Refusal>) {
        let mut people = BTreeSet::new();
        for (seat, person) in &self.place.seats {
            if !self.sort.seats.contains_key(seat) {
                broken.push(Refusal::of(Rule::UnknownSeat, "seats"));
            }
            if !people.insert(*person) {
                broken.push(self.about(Rule::SeatTwice, seat));
            }
        }
        let filled = |seat: &str| self.place.seats.iter().any(|(s, _)| s == seat);
        let empty = self.sort.seats.values().filter(|s| s.needed && !filled(&s.id.text));
        broken.extend(empty.map(|seat| self.about(Rule::SeatMissing, &seat.id.text)));
    }

    fn people_fit(&self, conn: &mut Conn, broken: &mut Vec<Refusal>) -> Result<(), Error> {
        let interests = interests(conn, &self.desk.state, self.matter)?;
        for (seat, person) in &self.place.seats {
            let Some(declared) = self.sort.seats.get(seat) else { continue };
            if !fitting(self.desk, declared, self.span).iter().any(|p| p.person == *person) {
                let roles = &self.desk.state.catalogue.roles;
                let labels = declared.roles.iter().filter_map(|r| roles.get(&r.text));
                let labels: Vec<&str> = labels.map(|r| r.label.get(FIRST_LOCALE)).collect();
                broken.push(self.about(Rule::SeatRole, seat).with("roles", labels.join("、")));
            }
            if let Some(conflict) = against(self.desk, &interests, *person) {
                let refusal = self.about(Rule::ConflictOfInterest, seat);
                broken.push(refusal.with("why", self.why(&conflict)));
            }
            let whose = Whose::Person(*person);
            if let Some((_, span)) =
                kept::taken(conn, self.desk.who.county, whose, self.span, self.but)?
            {
                broken.push(timed(self.about(Rule::PersonBusy, seat), span));
            }
        }
        Ok(())
    }

    /// A refusal about whoever was chosen for a seat. It names the seat: no name of a person belongs in an
    /// error.
    fn about(&self, rule: Rule, seat: &str) -> Refusal {
        let label = self.sort.seats.get(seat).map_or(seat, |s| s.label.get(FIRST_LOCALE));
        Refusal::of(rule, &field(seat)).with("seat", label)
    }

    fn why(&self, conflict: &Conflict) -> String {
        let catalogue = &self.desk.state.catalogue;
        let word = match conflict {
            Conflict::Party => "meeting.conflict-party",
            Conflict::Representative => "meeting.conflict-representative",
            Conflict::Recorded(ground) => {
                let label = catalogue.meetings.grounds.get(ground);
                return label.map_or(ground.clone(), |g| g.label.get(FIRST_LOCALE).to_owned());
            }
        };
        catalogue.words.say(FIRST_LOCALE, word, &[])
    }

    /// Takes the time, in an order that two bookings cannot hold against each other.
    fn take(&self, conn: &mut Conn, id: i64) -> Result<(), Error> {
        let people = self.place.seats.iter().map(|(_, p)| Whose::Person(*p));
        let all: BTreeSet<Whose> =
            people.chain(self.room.iter().map(|r| Whose::Room(r.id))).collect();
        for whose in all {
            kept::take(conn, self.desk.who.county, whose, self.span, id)?;
        }
        Ok(())
    }

    /// Fills the seats that nobody has yet.
    fn seat(&self, conn: &mut Conn, id: i64, filled: &[Seat]) -> Result<(), Error> {
        let mut no = filled.iter().map(|s| s.no).max().unwrap_or_default();
        // In the order in which the seats are declared, whatever the order of the form.
        for (seat, declared) in &self.sort.seats {
            let Some((_, person)) = self.place.seats.iter().find(|(s, _)| s == seat) else {
                continue;
            };
            if filled.iter().any(|s| s.is_kept() && s.seat == *seat && s.person == *person) {
                continue;
            }
            let fitting = fitting(self.desk, declared, self.span);
            let Some(post) = fitting.iter().find(|p| p.person == *person) else { continue };
            no += 1;
            let seat = Seat {
                no,
                seat: seat.clone(),
                person: *person,
                role: post.role.clone(),
                unit: post.unit,
                signs: declared.signs,
                recusal: declared.recusal,
                attended: None,
                recused_at: None,
                ground: None,
            };
            seats::insert(conn, self.desk.who.county, id, &seat)?;
        }
        Ok(())
    }

    /// What the act on the matter says.
    fn data(&self, dismissed: &[PersonId]) -> Map<String, Json> {
        let mut data = Map::new();
        data.insert("meets-at".into(), json!(self.span.from.to_string()));
        let people: Vec<String> = self.place.seats.iter().map(|(_, p)| p.to_string()).collect();
        if !people.is_empty() {
            data.insert("attendees".into(), json!(people));
        }
        if !dismissed.is_empty() {
            let gone: Vec<String> = dismissed.iter().map(ToString::to_string).collect();
            data.insert("dismissed".into(), json!(gone));
        }
        let venue = self.room.as_ref().map(|r| r.name.clone()).or_else(|| self.place.venue.clone());
        if let Some(venue) = venue {
            data.insert("venue".into(), json!(venue));
        }
        data
    }
}

/// The place of a seat among what a form says.
fn field(seat: &str) -> String {
    format!("seats.{seat}")
}

fn timed(refusal: Refusal, span: Span) -> Refusal {
    let clock = |at: Instant| at.to_string().get(11..16).unwrap_or_default().to_owned();
    refusal.with("from", clock(span.from)).with("until", clock(span.until))
}

fn booking<'a>(
    conn: &mut Conn,
    desk: &'a Desk,
    (matter, sort): (&'a Matter, &'a MeetingSort),
    place: &'a Place,
    but: i64,
) -> Result<Booking<'a>, Error> {
    let span = Span::new(place.from, place.minutes).map_err(bad_span)?;
    if place.venue.as_ref().is_some_and(|v| v.chars().count() > VENUE_CHARS) {
        return Err(Refusal::of(Rule::TooLong, "venue").with("max", VENUE_CHARS).into());
    }
    let room = match place.room {
        None => None,
        Some(id) => {
            let used = |r: &Room| r.id == id && r.ended_on.is_none_or(|d| d > span.from.day());
            let found = rooms(conn, desk.who.county)?.into_iter().find(used);
            Some(found.ok_or_else(|| Refusal::of(Rule::UnknownRoom, "room"))?)
        }
    };
    if room.is_none() && place.venue.is_none() {
        return Err(Refusal::of(Rule::Required, "room").into());
    }
    Ok(Booking { desk, matter, sort, place, span, room, but })
}

/// The matter of a code as somebody at a desk may act on it.
fn stored_at(conn: &mut Conn, desk: &Desk, code: MatterCode) -> Result<Stored, Error> {
    let stored = by_code(conn, desk.who.county, code)?.ok_or(Error::Missing)?;
    if desk.sees(&stored.matter) { Ok(stored) } else { Err(Error::Missing) }
}

/// Takes an action of the matter's kind at a desk.
pub(super) fn act_on(
    conn: &mut Conn,
    service: &Service,
    desk: &Desk,
    stored: &Stored,
    (action, data): (&str, Map<String, Json>),
) -> Result<Stored, Error> {
    let acting = Acting { code: stored.matter.code(), action: action.to_owned(), seen: None, data };
    let pen = Pen::new(service, &desk.state, &desk.roster);
    act_at(conn, service, pen, &desk.posts(), stored, &acting, desk.now)
}

fn answer(id: i64, matter: &Matter, status: u16) -> Answered {
    let body =
        json!({ "meeting": id.to_string(), "code": matter.code(), "version": matter.version });
    Answered { status, body: body.to_string() }
}

/// Calls a meeting together. Who may is who is offered the action that does it.
///
/// # Errors
/// [`Error::Missing`] where the matter is out of sight; a room or person that is taken, a conflict of
/// interest, a seat that does not fit, all of them at once; failures of the store.
pub fn call(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    call: &Call,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (county, person) = (desk.who.county, desk.who.person);
    if let Some(answered) = before(conn, county, person, keyed)? {
        return Ok(answered);
    }
    let stored = stored_at(conn, &desk, call.code)?;
    let (sort, serves) = sort_of(&desk.state, &call.sort, stored.matter.kind())?;
    let booking = booking(conn, &desk, (&stored.matter, sort), &call.place, 0)?;
    booking.check(conn)?;
    let id = service.db().ids().next(conn, county)?;
    booking.take(conn, id)?;
    let posts = desk.posts();
    let unit = posts.iter().find(|p| p.unit == stored.matter.holder).or(posts.first());
    let meeting = Meeting {
        id,
        matter: stored.matter.id(),
        sort: call.sort.clone(),
        unit: unit.map_or(stored.matter.holder, |p| p.unit),
        room: call.place.room,
        venue: call.place.venue.clone().filter(|_| call.place.room.is_none()),
        span: booking.span,
        stage: Stage::Planned,
        called_by: person,
        called_at: desk.now,
        event: None,
        version: 1,
    };
    kept::insert(conn, county, &meeting)?;
    booking.seat(conn, id, &[])?;
    let data = booking.data(&[]);
    let after = act_on(conn, service, &desk, &stored, (&serves.convene.text, data))?;
    let answered = answer(id, &after.matter, 201);
    keep(conn, (county, person), keyed, &answered, desk.now)?;
    Ok(answered)
}

/// A meeting that is still to come, with its matter, as somebody at a desk may change it.
pub(super) fn planned(
    conn: &mut Conn,
    desk: &Desk,
    id: i64,
    seen: u32,
) -> Result<(Meeting, Stored), Error> {
    let meeting = kept::get(conn, desk.who.county, id)?.ok_or(Error::Missing)?;
    let stored = by_id(conn, desk.who.county, meeting.matter)?.ok_or(Error::Missing)?;
    if !desk.sees(&stored.matter) {
        return Err(Error::Missing);
    }
    if meeting.stage != Stage::Planned {
        return Err(Rule::MeetingOver.into());
    }
    if meeting.version != seen {
        return Err(Rule::StaleVersion.into());
    }
    Ok((meeting, stored))
}

/// Moves a planned meeting, or seats others on it.
///
/// # Errors
/// As [`call`]; a meeting that is over, or that somebody changed meanwhile.
pub fn change(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    change: &Change,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (county, person) = (desk.who.county, desk.who.person);
    if let Some(answered) = before(conn, county, person, keyed)? {
        return Ok(answered);
    }
    let (meeting, stored) = planned(conn, &desk, change.id, change.seen)?;
    let (sort, serves) = sort_of(&desk.state, &meeting.sort, stored.matter.kind())?;
    let booking = booking(conn, &desk, (&stored.matter, sort), &change.place, meeting.id)?;
    booking.check(conn)?;
    kept::give_back(conn, county, meeting.id)?;
    booking.take(conn, meeting.id)?;
    let moved = Meeting {
        room: change.place.room,
        venue: change.place.venue.clone().filter(|_| change.place.room.is_none()),
        span: booking.span,
        ..meeting.clone()
    };
    kept::relocate(conn, county, &moved)?;
    let filled = seats::of(conn, county, meeting.id)?;
    let stays = |s: &Seat| change.place.seats.iter().any(|(n, p)| *n == s.seat && *p == s.person);
    let gone: Vec<&Seat> = filled.iter().filter(|s| s.is_kept() && !stays(s)).collect();
    for seat in &gone {
        seats::recuse(conn, county, (meeting.id, seat.no), desk.now, "")?;
    }
    booking.seat(conn, meeting.id, &filled)?;
    let sits = |p: PersonId| change.place.seats.iter().any(|(_, other)| *other == p);
    let dismissed: Vec<PersonId> = gone.iter().map(|s| s.person).filter(|p| !sits(*p)).collect();
    let data = booking.data(&dismissed);
    let after = act_on(conn, service, &desk, &stored, (&serves.convene.text, data))?;
    let answered = answer(meeting.id, &after.matter, 200);
    keep(conn, (county, person), keyed, &answered, desk.now)?;
    Ok(answered)
}

/// Puts on record that somebody may not sit on a matter: the person's own word, or that of who may call
/// its meetings.
///
/// # Errors
/// [`Error::Missing`] where the matter is out of sight; a ground that is not declared; failures of the
/// store.
pub fn declare(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (code, person): (MatterCode, PersonId),
    (ground, reason): (&str, &str),
) -> Result<(), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let stored = stored_at(conn, &desk, code)?;
    interest(conn, &desk, &stored.matter, person, (ground, reason))
}

fn interest(
    conn: &mut Conn,
    desk: &Desk,
    matter: &Matter,
    person: PersonId,
    (ground, reason): (&str, &str),
) -> Result<(), Error> {
    if !desk.state.catalogue.meetings.grounds.contains_key(ground) {
        return Err(Refusal::of(Rule::NotInList, "ground").with("list", "ground").into());
    }
    if desk.roster.org.posts(person).is_empty() {
        return Err(Refusal::of(Rule::UnknownPerson, "person").into());
    }
    let setting = desk.setting();
    let may = domain::matter::offers(setting, matter, &desk.posts())?;
    let calls = |action: &str| may.iter().any(|o| o.action.id.text == action);
    let mut sorts = desk.state.catalogue.meetings.of(matter.kind());
    if person != desk.who.person && !sorts.any(|(_, s)| calls(&s.convene.text)) {
        return Err(Rule::NoPostMay.into());
    }
    let reason = Personal::plain(&text_of(reason, "reason")?);
    let sealed = desk.state.vault.seal(matter.id(), &format!("interest/{person}"), &reason)?;
    let token = sealed.token().unwrap_or_default().to_owned();
    let entry = Interest {
        person,
        ground: ground.to_owned(),
        reason: token,
        by: desk.who.person,
        at: desk.now,
    };
    Ok(seats::put_interest(conn, desk.who.county, matter.id(), &entry)?)
}

/// Somebody stands down from a seat, or is stood down: it is put on record for every later meeting of the
/// matter, the time is given back, and the matter is no longer seen because of the seat.
///
/// # Errors
/// As [`declare`]; a seat that nobody has.
pub fn recuse(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (id, no): (i64, i64),
    why: (&str, &str),
) -> Result<(), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let county = desk.who.county;
    let version = kept::get(conn, county, id)?.ok_or(Error::Missing)?.version;
    let (meeting, stored) = planned(conn, &desk, id, version)?;
    let all = seats::of(conn, county, id)?;
    let seat = all.iter().find(|s| s.no == no).ok_or(Error::Missing)?;
    if !seat.is_kept() {
        return Err(Rule::AlreadyRecused.into());
    }
    interest(conn, &desk, &stored.matter, seat.person, why)?;
    seats::recuse(conn, county, (id, no), desk.now, why.0)?;
    kept::release(conn, county, Whose::Person(seat.person), id)?;
    kept::touch(conn, county, &meeting)?;
    let (_, serves) = sort_of(&desk.state, &meeting.sort, stored.matter.kind())?;
    let stay = all.iter().filter(|s| s.is_kept() && s.no != no);
    let mut data = Map::new();
    data.insert("meets-at".into(), json!(meeting.span.from.to_string()));
    data.insert("dismissed".into(), json!([seat.person.to_string()]));
    let stay: Vec<String> = stay.map(|s| s.person.to_string()).collect();
    if !stay.is_empty() {
        data.insert("attendees".into(), json!(stay));
    }
    match act_on(conn, service, &desk, &stored, (&serves.convene.text, data)) {
        // Who stands down may lack the right to call meetings; the seat is given up all the same, and
        // whoever fills it again ends the sight of the matter.
        Ok(_) | Err(Error::Refused(_)) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Whether a meeting is called at shorter notice than its sort wants.
#[must_use]
pub fn is_short(desk: &Desk, sort: &MeetingSort, called_at: Instant, from: Instant) -> bool {
    let Some(notice) = sort.notice else { return false };
    let terms = Terms { within: notice, extended: None, warn: None, law: String::new() };
    let ends = terms.deadline(called_at, &[], &desk.state.catalogue.calendar);
    ends.is_some_and(|d| from < d.due_at)
}
