//! The procedure engine: what somebody wants, what may happen, what happened.
//!
//! `decide` turns a command into events or a refusal; `fold` turns events into the matter. Both are
//! pure: the catalogue, the org tree and the time are arguments.

mod act;
mod clocks;
mod command;
mod decide;
mod draft;
mod event;
mod filing;
mod fold;
mod guards;
mod inputs;
mod intake;
mod obstacle;
mod offer;
mod projection;
mod promise;
mod refusal;
mod state;
mod tick;
mod value;
mod verbs;

pub use act::wants_number;
pub use command::{Actor, Branch, Command, Filing, Intake, PartyIntake, Setting, Want};
pub use decide::{Consequence, Decision, SplitOff, decide, kind_of};
pub use event::{By, Change, Event};
pub use filing::{Paperable, maker, may_file, papers, signed_in_ink};
pub use fold::{apply, fold};
pub use offer::{Offer, OfferInput, intake_offer, offers};
pub use projection::{Delta, Lane, Row, deltas, is_sum, rows};
pub use promise::{INSTALMENT, Instalment};
pub use refusal::{Class, Refusal, Refused, Rule};
pub use state::{
    Agreement, Callout, Document, File, Holding, Matter, Named, Paper, Part, Registration,
    Relative, Return, Suspension,
};
pub use value::{Against, Value, clean, read as read_value};
