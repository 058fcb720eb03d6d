//! Matters: registering, acting, looking, listing, opening what is masked.

mod act;
mod bulk;
mod disclose;
mod list;
mod look;
mod receipt;
mod register;
mod tick;
mod write;

pub use act::{Acting, act, act_as};
pub use bulk::Life;
pub use disclose::{Disclosure, disclose};
pub use list::{Listing, MAX_ROWS, Neighbours, Page, list, neighbours};
pub use look::{Look, Reader, ShownParty, log_reading, look};
pub use receipt::{Answered, Keyed, Receipt};
pub(crate) use receipt::{before, keep};
pub use register::register;
pub use tick::{recompute, tick};
pub(crate) use write::Pen;
