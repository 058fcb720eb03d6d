//! Meetings about matters: calling them together, who sits and why, what came of them, and the tasks they
//! give. What a meeting does to its matter is an act of the matter's kind, taken through the engine.

mod agenda;
mod hold;
mod panel;
mod roster;
mod schedule;
mod sitting;
mod tasks;

pub use agenda::{Agenda, Entry, Of, agenda};
pub use hold::{Record, call_off, record};
pub use panel::{Choice, Panel, SeatChoice, choices, panel};
pub use roster::{
    DutyReport, NewRoom, duty_of, end_duty, end_room, import_duty, may_keep, put_duty, put_room,
    rooms_of, rows_of_text,
};
pub use schedule::{Call, Change, Place, call, change, declare, is_short, recuse};
pub use sitting::{Note, Sitting, note, of_matter, sitting};
pub use tasks::{NewTask, OpenTask, complete, of_desk, open};

use domain::kind::Action;
use domain::matter::{Refusal, Rule};
use domain::meeting::{BadSpan, MeetingSort, Serves};
use serde_json::{Map, Value as Json};

use crate::matters::Look;
use crate::{CountyState, Error};

/// The longest text of a reason, a note or a task, in characters.
const TEXT_CHARS: usize = 2_000;

/// A sort of meeting, and how it serves matters of a kind.
fn sort_of<'s>(
    state: &'s CountyState,
    sort: &str,
    kind: &str,
) -> Result<(&'s MeetingSort, &'s Serves), Error> {
    let found = state.catalogue.meetings.sorts.get(sort);
    let found = found.and_then(|sort| Some((sort, sort.serves.get(kind)?)));
    let unknown = || Refusal::of(Rule::NotInList, "sort").with("list", "meetings");
    Ok(found.ok_or_else(unknown)?)
}

/// The sorts of meeting that somebody may call about a matter.
#[must_use]
pub fn callable(look: &Look) -> Vec<&MeetingSort> {
    let offers = look.offers().unwrap_or_default();
    let open = |name: &str| offers.iter().any(|o| o.action.id.text == name && o.blocked.is_none());
    let sorts = look.desk.state.catalogue.meetings.of(look.matter.kind());
    sorts.filter(|(_, serves)| open(&serves.convene.text)).map(|(sort, _)| sort).collect()
}

/// A time that no meeting can have, as a refusal of the field that says it.
fn bad_span(bad: BadSpan) -> Refusal {
    match bad {
        BadSpan::NotQuarters => Refusal::of(Rule::NotQuarters, "from"),
        BadSpan::Length => Refusal::of(Rule::MeetingLength, "minutes"),
        BadSpan::PastMidnight => Refusal::of(Rule::PastMidnight, "minutes"),
    }
}

/// A text that somebody wrote: not empty, not too long.
fn text_of(text: &str, field: &str) -> Result<String, Error> {
    let text = domain::matter::clean(text, true);
    if text.is_empty() {
        return Err(Refusal::of(Rule::Required, field).into());
    }
    if text.chars().count() > TEXT_CHARS {
        return Err(Refusal::of(Rule::TooLong, field).with("max", TEXT_CHARS).into());
    }
    Ok(text)
}

/// What an action that only takes a reason is told: the reason in every text that it needs.
fn reasoned(action: &Action, reason: &str) -> Map<String, Json> {
    let needed = action.asks.iter().filter(|ask| ask.required);
    needed.map(|ask| (ask.field.text.clone(), Json::String(reason.to_owned()))).collect()
}
