//! What a county keeps lists of: registers (台账), declared beside kinds, and the records in them.
//!
//! A register is read and checked like every other file of the catalogue ([`read`], [`check`]). A record is
//! the fold of its events ([`apply`]); [`Draft`] turns what somebody typed into checked values, and
//! [`remarks`] says what the law wants of a record beyond that. [`Sheet`] reads the rows of a table.
//!
//! Not here: who is asked for a record by a name ([`Known`] is an argument), what is sealed, the store.

mod access;
mod cell;
mod check;
mod definition;
mod draft;
mod duty;
mod import;
mod places;
mod read;
mod record;
mod tokens;

pub use access::{Territory, readable, writable};
pub use cell::Lookups;
pub use check::check;
pub use definition::{
    Bounds, Condition, Cover, Demand, Duty, Grantee, Owner, Reach, Register, RegisterField,
    Validity,
};
pub use draft::{Draft, Drafted, Known, complete, keys, plain_text};
pub use duty::{Remark, due_on, in_force, member_remark, remarks};
pub use import::{Column, Row, RowFaults, Sheet, SheetFault, Where};
pub use places::{NoPlace, Places};
pub use read::read;
pub use record::{Author, Deed, Ended, Record, RecordEvent, Stage, apply, differences};
pub use tokens::{Searched, counted, facet_token, search_tokens, searched, territory_token};
