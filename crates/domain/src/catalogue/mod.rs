//! A county's own files: what may differ from county to county, read, checked and held ready.

mod check;
mod definition;
mod finding;
mod load;
mod read;
mod report;
mod sheet;

pub use check::Notes;
pub use definition::{Catalogue, ClockRule, Item, Level, List, Office, ROUTES, Right, Role, Sight};
pub use finding::{Finding, nearest};
pub use load::{Source, load};
pub use report::{Column, Figure, Report};
pub use sheet::{Sheet, Table, Term};
