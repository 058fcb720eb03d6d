//! Notices to people: given in the transaction of the act, read in the page, sent by e-mail and text
//! message by a thread of its own. A message goes out at least once: where the program dies between
//! the sending and its record it is sent again, under the same name.

mod contacts;
mod courier;
mod give;
mod log;
mod mail;
mod page;
mod sms;
mod ways;
mod words;

pub use contacts::{Contact, contacts, set_contact};
pub use courier::{Courier, Pauses, deliver};
pub(crate) use give::give;
pub use log::{Filter, Log, Logged, log, retry};
pub use page::{Shown, list, read, read_all};
pub use ways::{BadWay, Failure, Outgoing, Settings, Ways};
