//! A meeting as somebody who sees its matter looks at it, and a mediator's own notes. The notes are sealed
//! and shown to their writer alone: they are in no search, no export and no dossier.

use domain::ids::MatterCode;
use domain::matter::{Event, Rule};
use domain::person::Personal;
use domain::time::Instant;
use store::meetings::{self as kept, Meeting};
use store::rooms::{Room, rooms};
use store::seats::{self, Caucus, Interest, Seat};
use store::{Conn, matters};

use super::tasks::{OpenTask, opened};
use super::text_of;
use crate::matters::Look;
use crate::{Credential, Desk, Error, Service};

/// A note of a talk with one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When it was written.
    pub at: Instant,
    /// What it says.
    pub text: String,
}

/// A meeting with what belongs to it.
pub struct Sitting {
    /// The meeting.
    pub meeting: Meeting,
    /// The room.
    pub room: Option<Room>,
    /// Its seats, those stood down from among them.
    pub seats: Vec<Seat>,
    /// The matter's event that holds the record, or why it was called off.
    pub event: Option<Event>,
    /// The tasks that it gave.
    pub tasks: Vec<OpenTask>,
    /// The looker's own notes.
    pub notes: Vec<Note>,
    /// Whether the looker may write such notes.
    pub may_note: bool,
    /// Who may not sit on the matter by what is on record.
    pub interests: Vec<Interest>,
}

/// The meetings about a matter that somebody looks at, in order, with their seats.
///
/// # Errors
/// Failures of the store.
pub fn of_matter(conn: &mut Conn, look: &Look) -> Result<Vec<(Meeting, Vec<Seat>)>, Error> {
    let county = look.desk.who.county;
    let mut all = Vec::new();
    for meeting in kept::of_matter(conn, county, look.matter.id())? {
        let seats = seats::of(conn, county, meeting.id)?;
        all.push((meeting, seats));
    }
    Ok(all)
}

/// A meeting about a matter that somebody looks at.
///
/// # Errors
/// [`Error::Missing`] where it is no meeting of this matter; failures of the store.
pub fn sitting(conn: &mut Conn, look: &Look, id: i64) -> Result<Sitting, Error> {
    let county = look.desk.who.county;
    let meeting = kept::get(conn, county, id)?.ok_or(Error::Missing)?;
    if meeting.matter != look.matter.id() {
        return Err(Error::Missing);
    }
    let all = seats::of(conn, county, id)?;
    let may_note = may_note(&look.desk, &all);
    let mut notes = Vec::new();
    for note in seats::notes(conn, county, id, look.desk.who.person)? {
        let sealed = Personal::sealed(&note.body);
        let name = format!("caucus/{}", note.id);
        let text = look.desk.state.vault.reveal(look.matter.id(), &name, &sealed)?;
        notes.push(Note { at: note.at, text });
    }
    let room = match meeting.room {
        Some(id) => rooms(conn, county)?.into_iter().find(|r| r.id == id),
        None => None,
    };
    let event = match meeting.event {
        Some(seq) => {
            let mut found =
                matters::events(conn, county, meeting.matter, seq.saturating_sub(1), 1)?;
            found.pop().map(|e| e.event()).transpose()?
        }
        None => None,
    };
    let mut tasks = Vec::new();
    for task in store::tasks::of_meeting(conn, county, id)? {
        tasks.push(opened(&look.desk, task)?);
    }
    let interests = seats::interests(conn, county, meeting.matter)?;
    Ok(Sitting { meeting, room, seats: all, event, tasks, notes, may_note, interests })
}

/// Who has a seat from which mediators sign.
fn may_note(desk: &Desk, all: &[Seat]) -> bool {
    all.iter().any(|s| s.is_kept() && s.signs && s.person == desk.who.person)
}

/// Keeps a note of a talk with one side.
///
/// # Errors
/// [`Error::Missing`] where the matter is out of sight; a refusal for who does not sit as a mediator;
/// failures of the store.
pub fn note(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (code, id): (MatterCode, i64),
    text: &str,
) -> Result<(), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let county = desk.who.county;
    let stored = matters::by_code(conn, county, code)?.ok_or(Error::Missing)?;
    let meeting = kept::get(conn, county, id)?.ok_or(Error::Missing)?;
    if !desk.sees(&stored.matter) || meeting.matter != stored.matter.id() {
        return Err(Error::Missing);
    }
    if !may_note(&desk, &seats::of(conn, county, id)?) {
        return Err(Rule::NoPostMay.into());
    }
    let text = Personal::plain(&text_of(text, "note")?);
    let no = service.db().ids().next(conn, county)?;
    let sealed = desk.state.vault.seal(meeting.matter, &format!("caucus/{no}"), &text)?;
    let body = sealed.token().unwrap_or_default().to_owned();
    let note = Caucus { id: no, at: desk.now, body };
    Ok(seats::note(conn, county, id, desk.who.person, &note)?)
}
