//! Search: how a text becomes tokens, and how a query becomes a plan over them.
//!
//! An index that knows only tokens and their sets is enough for both kinds of database that the
//! store speaks to, and gives the same answers on both. Every pair of neighbouring characters is a
//! token, so no dictionary decides what can be found: **any phrase that stands in a text is found**.
//! Pairs alone also give false answers (the pairs of a phrase scattered over a text), so a candidate
//! counts only after [`Plan::matches`] has read it.
//!
//! What is personal is never a token in the clear: it becomes an [`ExactWord`], which the caller
//! passes through a keyed hash (Personal Information Protection Law art. 51).
//!
//! Not here: the index itself and who may see what; the caller adds its own tokens for that, marked
//! by [`SCOPE_MARK`]. Start at [`text_tokens`] for writing and at [`Plan::read`] for asking.

mod clause;
mod normal;
mod plan;
mod snippet;
mod spell;
mod token;
mod word;

pub use clause::Clause;
pub use normal::normal;
pub use plan::{Fault, Plan, Tier};
pub use snippet::{Snippet, highlight};
pub use spell::{Spelling, initials, spell, spellings};
pub use token::{EXACT_MARK, SCOPE_MARK, TITLE_MARK, text_tokens};
pub use word::{ExactClass, ExactWord};

/// The longest query, in characters.
pub const QUERY_CHARS_MAX: usize = 100;
/// The most terms of a query.
pub const TERMS_MAX: usize = 8;
/// The longest token, in bytes.
pub const TOKEN_BYTES_MAX: usize = 40;
