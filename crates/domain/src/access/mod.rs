//! Who may what. Rights come from posts; this is the one place that decides, for pages, API,
//! search, counts, files and sync.

mod relation;
mod sight;

pub use relation::{may_take, relations, takers};
pub use sight::{has_right, reach, sees};
