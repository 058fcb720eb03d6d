//! What administrators and the curious see: units and their staff, the catalogue as it is in force, the
//! logs, how the system stands.

mod calendars;
mod catalogue;
mod deliveries;
mod diagram;
mod logs;
mod state;
mod units;

pub use calendars::show as calendars;
pub use catalogue::{all as kinds, one as kind};
pub use deliveries::{again as deliver_again, show as deliveries};
pub use logs::{log, readings};
pub use state::show as state;
pub use units::{end, give, show as units, take_on};
