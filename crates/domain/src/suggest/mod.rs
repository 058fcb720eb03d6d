//! Suggesting a class for a text, from texts that people have classed before.
//!
//! A linear model over single characters and pairs of neighbouring characters: small enough to be
//! trained in the county on its own matters within seconds, and plain enough to say which
//! characters spoke for a class. It suggests; a person decides.
//!
//! The weights are the weighted mean of two linear models that err differently: a support vector machine
//! (dual coordinate descent, Hsieh et al. 2008) and naive Bayes over the complement of each class
//! (Rennie et al. 2003). Nothing here knows a class by name, and the same samples with the same
//! seed give the same model.
//!
//! Start at [`train`] and [`Model::suggest`]; [`cross_validate`] says what a model is worth.

mod bayes;
mod gram;
mod judge;
mod machine;
mod model;
mod train;

pub use judge::{ClassScore, Scores, cross_validate};
pub use model::{BadModel, Model, Reason, Suggestion};
pub use train::train;

/// What somebody wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text<'a> {
    /// The title; it counts more than the body, character by character. May be empty.
    pub title: &'a str,
    /// The body; may be empty.
    pub body: &'a str,
}

/// A text and the class that a person gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample<'a> {
    /// The text.
    pub text: Text<'a>,
    /// Its class.
    pub class: &'a str,
}

/// What a model is trained on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Corpus<'a> {
    /// Texts classed by people.
    pub samples: &'a [Sample<'a>],
    /// What the county's own classification says of each class, such as the names of its
    /// subclasses. They count less than a sample, and are enough to begin with.
    pub hints: &'a [Sample<'a>],
    /// Texts without a class: they teach which characters are common everywhere.
    pub others: &'a [Text<'a>],
}
