//! A kind of matter, declared: its fields, states, actions, clocks and papers.

mod check;
mod definition;
mod field;
mod graph;
mod guard;
mod read;
mod verb;

pub use check::check;
pub use definition::{
    Action, Clock, Document, Flag, Kind, Outcome, PREVIOUS, PartyRole, Phase, Relation, Secrecy,
    State,
};
pub use field::{Ask, Bound, Field, FieldType};
pub use guard::{Guard, Share};
pub use read::{read, read_field, unknown_word};
pub use verb::{Input, Verb};
