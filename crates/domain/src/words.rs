//! What the product itself says to people, in every language: refusals, findings, problems.
//!
//! The texts live in `catalogue/locales/*.toml`, one file a language. The two that ship are also
//! built into this crate, so that a broken catalogue can still be explained.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use toml::Value;

use crate::label::{FIRST_LOCALE, Locale};

/// The texts of every language, by key such as `refusal.required.message`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(BTreeMap<String, HashMap<String, String>>);

/// What a text is filled with: pairs of a name and its value.
pub type Args<'a> = &'a [(&'static str, String)];

impl Words {
    /// The texts built into the program (Chinese and English).
    #[must_use]
    pub fn built_in() -> &'static Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(|| {
            let mut words = Words::default();
            words.add("zh", include_str!("../../../catalogue/locales/zh.toml"));
            words.add("en", include_str!("../../../catalogue/locales/en.toml"));
            words
        })
    }

    /// Adds the texts of a language from its file; what cannot be read is left out, the catalogue
    /// check names it.
    pub fn add(&mut self, locale: &Locale, file: &str) {
        if let Ok(table) = file.parse::<toml::Table>() {
            let texts = self.0.entry(locale.to_owned()).or_default();
            flatten("", &Value::Table(table), texts);
        }
    }

    /// The languages there are.
    pub fn locales(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The keys of a language.
    pub fn keys(&self, locale: &Locale) -> impl Iterator<Item = &str> {
        self.0.get(locale).into_iter().flat_map(|texts| texts.keys().map(String::as_str))
    }

    /// The text behind a key, filled; in the first language where this one lacks it, and the key
    /// itself where none has it.
    #[must_use]
    pub fn say(&self, locale: &Locale, key: &str, args: Args<'_>) -> String {
        let found = [locale, FIRST_LOCALE].iter().find_map(|l| self.0.get(*l)?.get(key));
        let text = found.or_else(|| Self::built_in_text(self, locale, key));
        fill(text.map_or(key, String::as_str), args)
    }

    fn built_in_text(own: &Self, locale: &Locale, key: &str) -> Option<&'static String> {
        let built_in = Self::built_in();
        if std::ptr::eq(own, built_in) {
            return None;
        }
        [locale, FIRST_LOCALE].iter().find_map(|l| built_in.0.get(*l)?.get(key))
    }
}

/// Puts values in the places `{name}` of a text; a place without a value stays as it is.
#[must_use]
pub fn fill(text: &str, args: Args<'_>) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find('}') else { break };
        match args.iter().find(|(name, _)| *name == &rest[1..close]) {
            Some((_, value)) => filled.push_str(value),
            None => filled.push_str(&rest[..=close]),
        }
        rest = &rest[close + 1..];
    }
    filled.push_str(rest);
    filled
}

fn flatten(prefix: &str, value: &Value, into: &mut HashMap<String, String>) {
    match value {
        Value::String(text) => {
            into.insert(prefix.to_owned(), text.clone());
        }
        Value::Table(table) => {
            for (key, value) in table {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, value, into);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_unknown_ones_stay() {
        assert_eq!(fill("{a} of {b}", &[("a", "1".into())]), "1 of {b}");
        assert_eq!(fill("open { only", &[]), "open { only");
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let words = Words::built_in();
        let keys = |l| words.keys(l).map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
        assert_eq!(keys("zh"), keys("en"));
        assert!(!keys("zh").is_empty());
    }
}
