//! Papers as they are declared: what each says, from where in a matter it is filled, what of it is
//! still blank, and in which order they are bound. Printing is the crate `documents`.

mod check;
mod code;
mod dossier;
mod fill;
mod sheet;
mod source;

pub use check::check;
pub use code::PaperCode;
pub use dossier::{Item, gaps, item_of, item_of_file, items};
pub use fill::{Ground, fill, lay_over, number};
pub use sheet::{Field, Missing, Sheet, is_path};
pub use source::{Origin, Sources, sources};
