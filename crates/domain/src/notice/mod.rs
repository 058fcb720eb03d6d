//! Notices: whom an event is told to, by which way, in which words. A county declares them; what
//! leaves the house says nothing about anybody.

mod check;
mod definition;
mod read;
mod tell;
mod text;

pub use check::{check, check_delivery};
pub use definition::{Audience, Channel, Delivery, Notice, Quiet, Retry, Trigger};
pub use read::{delivery, notices};
pub use tell::{Facts, Reached, Told, tell};
pub use text::{Blank, blanks, write};
