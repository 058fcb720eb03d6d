//! What people do with the product, one file each. A command is one transaction: its events, the
//! matter, the lists, the tallies, the search entry and the notices are written together or not at
//! all.
//!
//! Nothing here knows HTTP, and nothing here decides what the rules of the field are: `domain` does.

mod clock;
mod desk;
mod error;
mod service;
mod vault;

pub mod accounts;
pub mod audit;
pub mod backup;
pub mod callouts;
pub mod export;
pub mod files;
pub mod import;
pub mod jobs;
pub mod matters;
pub mod meetings;
pub mod notices;
pub mod org;
pub mod papers;
pub mod registers;
pub mod search;
pub mod setup;
pub mod staff;
pub mod suggest;
pub mod tallies;
pub mod verify;
pub mod who;

pub use clock::{Clock, SystemClock};
pub use desk::{COUNT_MAX, Desk, UNREAD_MAX, Waiting, workbench};
pub use documents::paper::PaperFault;
pub use error::Error;
pub use service::{CountyState, Premises, Roster, Service};
pub use vault::{MasterKey, Suite, Vault, VaultError, random};
pub use who::{Credential, Who};
