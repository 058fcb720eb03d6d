//! The items of a dossier (卷宗), in the order of its index.

use crate::catalogue::{Table, Term};
use crate::label::Label;
use crate::matter::{File, Matter};

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

/// The item that a paper belongs to.
#[must_use]
pub fn item_of<'i>(items: &'i [Item], document: &str) -> Option<&'i Item> {
    items.iter().find(|item| item.papers.iter().any(|p| p.text == document))
}

/// The item that a file belongs to: its own, or that of the paper it shows.
#[must_use]
pub fn item_of_file<'i>(items: &'i [Item], file: &File, matter: &Matter) -> Option<&'i Item> {
    let own = file.item.as_ref().and_then(|id| items.iter().find(|item| item.id == *id));
    own.or_else(|| item_of(items, &matter.paper(file.paper?)?.document))
}

/// The items without which the dossier is not complete.
#[must_use]
pub fn gaps<'i>(items: &'i [Item], matter: &Matter) -> Vec<&'i Item> {
    let papers = matter.papers.iter().filter(|p| p.revoked_at.is_none());
    let files = matter.files.iter().filter(|f| f.withdrawn_at.is_none());
    let held: Vec<&Item> = papers
        .filter_map(|p| item_of(items, &p.document))
        .chain(files.filter_map(|f| item_of_file(items, f, matter)))
        .collect();
    let wanted = items.iter().filter(|item| item.must && !item.back);
    wanted.filter(|item| !held.iter().any(|h| h.id == item.id)).collect()
}
