//! Texts for the demonstration: what people quarrel about and ask for, put together from phrases.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use domain::rehearsal::{Dice, Phrases, name};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Book {
    /// By kind, then by the name of the field, then by category (`any` for all): templates.
    texts: BTreeMap<String, BTreeMap<String, BTreeMap<String, Vec<String>>>>,
    /// Words that templates pick from by `{name}`.
    words: BTreeMap<String, Vec<String>>,
    /// For every field that no kind names.
    other: Vec<String>,
}

fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| {
        let text = include_str!("../../../../demo/texts.toml");
        toml::from_str(text).unwrap_or_else(|_| Book {
            texts: BTreeMap::new(),
            words: BTreeMap::new(),
            other: vec!["情况已了解。".to_owned()],
        })
    })
}

/// The phrases of the demonstration.
pub struct DemoPhrases;

impl Phrases for DemoPhrases {
    fn text(&self, dice: &mut Dice, kind: &str, field: &str, category: Option<&str>) -> String {
        let book = book();
        let by_category = book.texts.get(kind).and_then(|k| k.get(field));
        let found = by_category
            .and_then(|c| category.and_then(|name| c.get(name)).or_else(|| c.get("any")));
        let template = dice.pick(found.unwrap_or(&book.other)).map_or("", String::as_str);
        fill(dice, book, template)
    }
}

fn fill(dice: &mut Dice, book: &Book, template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((head, tail)) = rest.split_once('{') {
        text.push_str(head);
        let Some((slot, tail)) = tail.split_once('}') else { break };
        match slot {
            "n" => text.push_str(&dice.between(2, 60).to_string()),
            "money" => text.push_str(&(dice.between(3, 400) * 100).to_string()),
            "name" => text.push_str(&name(dice)),
            slot => text.push_str(
                book.words.get(slot).and_then(|w| dice.pick(w)).map_or("", String::as_str),
            ),
        }
        rest = tail;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_book_reads_and_every_slot_has_words() {
        let text = include_str!("../../../../demo/texts.toml");
        let book: Book = toml::from_str(text).expect("the book of texts");
        for template in
            book.texts.values().flat_map(|k| k.values()).flat_map(|c| c.values()).flatten()
        {
            for slot in
                template.split('{').skip(1).filter_map(|s| s.split_once('}').map(|(s, _)| s))
            {
                let known = matches!(slot, "n" | "money" | "name") || book.words.contains_key(slot);
                assert!(known, "{{{slot}}} in {template}");
            }
        }
    }
}
