//! The items of a dossier (卷宗), in the order of its index.

use crate::catalogue::{Table, Term};
use crate::label::Label;

/// One line of the index, from `documents/dossier.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its permanent name.
    pub id: String,
    /// What stands in the index.
    pub label: Label,
    /// Whether no dossier is complete without it (必须), or only where there is one (按需).
    pub must: bool,
    /// The templates that belong here.
    pub papers: Vec<Term>,
    /// The back cover, which the dossier brings itself.
    pub back: bool,
}

/// Reads the items of a dossier.
#[must_use]
pub fn items(t: &Table<'_>) -> Vec<Item> {
    t.each("item", |t| Item {
        id: t.text("id").text,
        label: t.label("label"),
        must: t.flag("must"),
        papers: t.texts("papers"),
        back: t.flag("back"),
    })
}
