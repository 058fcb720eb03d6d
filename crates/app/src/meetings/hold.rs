//! What came of a meeting: its record, or that it was called off.

use std::collections::BTreeSet;

use domain::kind::Verb;
use domain::matter::{Refusal, Rule, kind_of};
use serde_json::{Map, Value as Json, json};
use store::meetings::{self as kept, Stage};
use store::{Conn, seats};

use super::schedule::{act_on, planned};
use super::tasks::{NewTask, give};
use super::{reasoned, sort_of, text_of};
use crate::matters::{Answered, Keyed, before, keep};
use crate::{Credential, Desk, Error, Service};

/// What is put on record of a meeting.
#[derive(Debug, Clone)]
pub struct Record {
    /// The meeting.
    pub id: i64,
    /// The version that was seen.
    pub seen: u32,
    /// The numbers of the seats whose people came.
    pub came: BTreeSet<i64>,
    /// What the step says, as the kind's action asks.
    pub data: Map<String, Json>,
    /// What was decided, as tasks.
    pub tasks: Vec<NewTask>,
}

/// Puts a meeting on record: the step that its kind declares is taken, who came is written down, and what
/// was decided becomes tasks.
///
/// # Errors
/// [`Error::Missing`] where the matter is out of sight; a meeting that is over, has not begun or was changed
/// meanwhile; every rule that stands against the step; failures of the store.
pub fn record(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    record: &Record,
    keyed: Option<&Keyed>,
) -> Result<Answered, Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (county, person) = (desk.who.county, desk.who.person);
    if let Some(answered) = before(conn, county, person, keyed)? {
        return Ok(answered);
    }
    let (meeting, stored) = planned(conn, &desk, record.id, record.seen)?;
    if desk.now < meeting.span.from {
        return Err(Rule::MeetingNotYet.into());
    }
    let (sort, serves) = sort_of(&desk.state, &meeting.sort, stored.matter.kind())?;
    if !record.tasks.is_empty() && !sort.tasks {
        return Err(Refusal::of(Rule::UnknownField, "tasks").into());
    }
    let all = seats::of(conn, county, meeting.id)?;
    let kept_seats: Vec<_> = all.iter().filter(|s| s.is_kept()).collect();
    if record.came.iter().any(|no| !kept_seats.iter().any(|s| s.no == *no)) {
        return Err(Refusal::of(Rule::UnknownSeat, "came").into());
    }
    let action = kind_of(desk.setting(), &stored.matter)?.actions.get(&serves.record.text);
    let mut data = record.data.clone();
    if action.is_some_and(|a| a.does(Verb::Meet)) {
        data.insert("held-at".into(), json!(meeting.span.from.to_string()));
        let came = kept_seats.iter().filter(|s| record.came.contains(&s.no));
        let came: Vec<String> = came.map(|s| s.person.to_string()).collect();
        if !came.is_empty() {
            data.insert("attendees".into(), json!(came));
        }
    }
    let after = act_on(conn, service, &desk, &stored, (&serves.record.text, data))?;
    for seat in kept_seats {
        seats::attended(conn, county, meeting.id, seat.no, record.came.contains(&seat.no))?;
    }
    for (no, task) in record.tasks.iter().enumerate() {
        give(conn, service, &desk, (&after.matter, meeting.id), (no, task))?;
    }
    kept::end(conn, county, &meeting, Stage::Held, Some(after.matter.version))?;
    let body = json!({
        "meeting": meeting.id.to_string(), "code": after.matter.code(), "version": after.matter.version,
    });
    let answered = Answered { status: 200, body: body.to_string() };
    keep(conn, (county, person), keyed, &answered, desk.now)?;
    Ok(answered)
}

/// Calls a planned meeting off; room and people are free again.
///
/// # Errors
/// [`Error::Missing`] where the matter is out of sight; a meeting that is over or was changed meanwhile; a
/// missing reason; failures of the store.
pub fn call_off(
    conn: &mut Conn,
    service: &Service,
    credential: &Credential,
    (id, seen): (i64, u32),
    reason: &str,
) -> Result<(), Error> {
    let desk = Desk::open(conn, service, credential)?;
    let (meeting, stored) = planned(conn, &desk, id, seen)?;
    let reason = text_of(reason, "reason")?;
    let (_, serves) = sort_of(&desk.state, &meeting.sort, stored.matter.kind())?;
    let kind = kind_of(desk.setting(), &stored.matter)?;
    let action = kind.actions.get(&serves.call_off.text).ok_or(Error::Missing)?;
    let data = reasoned(action, &reason);
    let done = act_on(conn, service, &desk, &stored, (&action.id.text, data));
    let event = match done {
        Ok(after) => Some(after.matter.version),
        // The matter has gone on to where no meeting is called: a room must not stay taken for ever.
        Err(Error::Refused(refused))
            if refused.breaks(Rule::WrongState) && may_still(&desk, &stored.matter) =>
        {
            None
        }
        Err(other) => return Err(other),
    };
    kept::give_back(conn, desk.who.county, id)?;
    Ok(kept::end(conn, desk.who.county, &meeting, Stage::Cancelled, event)?)
}

/// Whether the desk is one of the unit that holds the matter.
fn may_still(desk: &Desk, matter: &domain::matter::Matter) -> bool {
    desk.posts().iter().any(|p| p.unit == matter.holder)
}
