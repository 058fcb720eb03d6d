//! Legal clocks: how long a period is, on which calendar it is counted, and where it stands.
//!
//! A deadline is computed and stored with everything it was computed from; nothing edits it.
//! Civil Code arts. 201 to 203 govern how every period is counted.

mod calendar;
mod length;
mod run;

pub use calendar::{Calendar, Year};
pub use length::{BadLength, Length, Unit};
pub use run::{ClockRun, Deadline, Light, Pause, Scope, Terms};
