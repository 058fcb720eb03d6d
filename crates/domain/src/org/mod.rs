//! The org tree of a county: its divisions, the offices beside them, and who holds which post.

mod division;
mod post;
mod tree;

pub use division::{Division, Line, RowFault, divisions, offices, parse_rows};
pub use post::Post;
pub use tree::{Org, Unit};
