//! Words that a county's files give to people, in every language of the catalogue.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// A language of the catalogue, such as `zh` or `en`.
pub type Locale = str;

/// The language every label must have, and the one shown where another is missing.
pub const FIRST_LOCALE: &Locale = "zh";

/// One text in several languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label(pub BTreeMap<String, String>);

impl Label {
    /// A label in the first language only.
    #[must_use]
    pub fn only(text: &str) -> Self {
        Self([(FIRST_LOCALE.to_owned(), text.to_owned())].into())
    }

    /// The text in a language, or in the first one.
    #[must_use]
    pub fn get(&self, locale: &Locale) -> &str {
        self.0.get(locale).or_else(|| self.0.get(FIRST_LOCALE)).map_or("", String::as_str)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(s)
    }
}
