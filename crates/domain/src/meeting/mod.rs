//! Meetings about matters: who sits on them and why, and when rooms and people are free. What sorts of
//! meeting there are, which actions of a kind they carry out and whose seats they have is declared in
//! `meetings.toml`.

mod conflict;
mod draw;
mod sort;
mod span;

pub use conflict::{Conflict, Hash, Interests};
pub use draw::{Candidate, Drawn, Passed, distance, draw};
pub use sort::{Ground, MeetingSort, Meetings, Seat, Serves, check, read};
pub use span::{BadSpan, LONGEST_MINUTES, QUARTER_MINUTES, Span};
