//! Sorts of meeting as a county declares them, read from `meetings.toml` and checked.

use indexmap::IndexMap;

use crate::catalogue::{Catalogue, Notes, Table, Term};
use crate::clock::Length;
use crate::kind::{Action, Kind, Verb};
use crate::label::Label;

use super::span::{LONGEST_MINUTES, QUARTER_MINUTES};

const LENGTH: &str = "a length such as \"1 workday\"";

/// Everything that `meetings.toml` declares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meetings {
    /// Sorts of meeting.
    pub sorts: IndexMap<String, MeetingSort>,
    /// On what ground somebody may not sit.
    pub grounds: IndexMap<String, Ground>,
}

/// A sort of meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingSort {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// How long it lasts where nothing else is said, minutes.
    pub minutes: i64,
    /// How long before it everybody is to know of it.
    pub notice: Option<Length>,
    /// Whether what is decided in it becomes tasks.
    pub tasks: bool,
    /// The article behind it.
    pub law: Option<String>,
    /// The kinds it serves, and through which of their actions.
    pub serves: IndexMap<String, Serves>,
    /// Its seats, in the order in which they are filled.
    pub seats: IndexMap<String, Seat>,
}

/// How a sort of meeting shows in the life of a kind's matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serves {
    /// The kind.
    pub kind: Term,
    /// The action that calls it together, or moves it.
    pub convene: Term,
    /// The action that puts on record that it was held.
    pub record: Term,
    /// The action that calls it off.
    pub call_off: Term,
}

/// A seat of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
    /// The roles that may fill it.
    pub roles: Vec<Term>,
    /// Whether whoever has it signs as a mediator; such a person alone may keep notes of talks with one
    /// side.
    pub signs: bool,
    /// Whether having sat here bars from a later suit over the same matter (Provisions on specially invited
    /// mediation art. 16, by the same reason).
    pub recusal: bool,
    /// Whether the meeting cannot be called without it.
    pub needed: bool,
    /// Whether its roles are on duty every day, whatever the roster says.
    pub standing: bool,
}

/// A ground on which somebody may not sit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Its name.
    pub id: Term,
    /// What people call it.
    pub label: Label,
}

impl Meetings {
    /// The sorts that serve a kind.
    pub fn of(&self, kind: &str) -> impl Iterator<Item = (&MeetingSort, &Serves)> {
        self.sorts.values().filter_map(move |sort| Some((sort, sort.serves.get(kind)?)))
    }

    /// Whether an action of a kind belongs to meetings, so that it is not taken by itself.
    #[must_use]
    pub fn leads(&self, kind: &str, action: &str) -> bool {
        self.of(kind).any(|(_, s)| s.convene.text == action || s.call_off.text == action)
    }
}

/// Reads `meetings.toml`.
#[must_use]
pub fn read(t: &Table<'_>) -> Meetings {
    let sorts = t.named("meeting", |id, t| MeetingSort {
        id,
        label: t.label("label"),
        minutes: minutes(t),
        notice: t.opt_parsed("notice", LENGTH),
        tasks: t.flag("tasks"),
        law: t.opt_text("law").map(|law| law.text),
        serves: keyed(t.named("for", serves), |s| &s.kind),
        seats: keyed(t.named("seat", seat), |s| &s.id),
    });
    let grounds = t.named("ground", |id, t| Ground { id, label: t.label("label") });
    Meetings { sorts: keyed(sorts, |s| &s.id), grounds: keyed(grounds, |g| &g.id) }
}

fn minutes(t: &Table<'_>) -> i64 {
    let minutes = t.int("minutes", QUARTER_MINUTES..LONGEST_MINUTES + 1);
    if minutes % QUARTER_MINUTES != 0 {
        let args = vec![("step", QUARTER_MINUTES.to_string())];
        t.note(t.line_of("minutes"), "meeting-minutes", args);
    }
    minutes
}

fn serves(kind: Term, t: &Table<'_>) -> Serves {
    Serves {
        kind,
        convene: t.text("convene"),
        record: t.text("record"),
        call_off: t.text("call-off"),
    }
}

fn seat(id: Term, t: &Table<'_>) -> Seat {
    Seat {
        id,
        label: t.label("label"),
        roles: t.texts("roles"),
        signs: t.flag("signs"),
        recusal: t.flag("recusal"),
        needed: t.flag("needed"),
        standing: t.flag("standing"),
    }
}

fn keyed<T>(all: Vec<T>, id: impl Fn(&T) -> &Term) -> IndexMap<String, T> {
    all.into_iter().map(|one| (id(&one).text.clone(), one)).collect()
}

/// Sorts serve kinds that exist through actions that do what is wanted of them; seats name roles that may
/// see matters, and no seat makes a mediator of who must not sit in judgement later.
pub fn check(catalogue: &Catalogue, notes: &mut Notes<'_>) {
    let kinds = catalogue.kinds.keys().map(String::as_str);
    for sort in catalogue.meetings.sorts.values() {
        if sort.seats.is_empty() || sort.serves.is_empty() {
            let key = if sort.seats.is_empty() { "seat" } else { "for" };
            notes.note(sort.id.line, "missing-key", vec![("key", key.to_owned())]);
        }
        notes.all_known("kind", sort.serves.values().map(|s| &s.kind), kinds.clone());
        for serves in sort.serves.values() {
            if let Some(kind) = catalogue.kinds.get(&serves.kind.text) {
                actions(serves, kind, notes);
            }
        }
        sort.seats.values().for_each(|seat| seat_is_sound(seat, catalogue, notes));
    }
}

fn actions(serves: &Serves, kind: &Kind, notes: &mut Notes<'_>) {
    let names = kind.actions.keys().map(String::as_str);
    notes.all_known("action", [&serves.convene, &serves.record, &serves.call_off], names);
    let mut must = |term: &Term, does: &str, fits: &dyn Fn(&Action) -> bool| {
        if kind.actions.get(&term.text).is_some_and(|action| !fits(action)) {
            let args = vec![("name", term.text.clone()), ("verb", does.to_owned())];
            notes.note(term.line, "meeting-action", args);
        }
    };
    must(&serves.convene, Verb::Convene.name(), &|a| a.does(Verb::Convene));
    let records = format!("{}, {}", Verb::Meet.name(), Verb::Record.name());
    must(&serves.record, &records, &|a| a.does(Verb::Meet) || a.does(Verb::Record));
    must(&serves.call_off, Verb::Record.name(), &|a| a.does(Verb::Record));
}

fn seat_is_sound(seat: &Seat, catalogue: &Catalogue, notes: &mut Notes<'_>) {
    if seat.roles.is_empty() {
        notes.note(seat.id.line, "missing-key", vec![("key", "roles".to_owned())]);
    }
    notes.all_known("role", &seat.roles, catalogue.roles.keys().map(String::as_str));
    let exclusive = |term: &&Term| catalogue.roles.get(&term.text).is_some_and(|r| r.exclusive);
    for term in seat.roles.iter().filter(exclusive) {
        notes.note(term.line, "meeting-administrator", vec![("name", term.text.clone())]);
    }
    if seat.signs && seat.recusal {
        notes.note(seat.id.line, "meeting-judge-signs", vec![("name", seat.id.text.clone())]);
    }
}
