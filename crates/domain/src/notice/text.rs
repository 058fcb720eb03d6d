//! The words of a notice: what may stand in them, and by which way.

use std::collections::BTreeMap;

/// What a place `{…}` in a notice stands for: a closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blank {
    /// The matter's code.
    Code,
    /// Its address in the console.
    Link,
    /// When it is due.
    Due,
    /// When the meeting begins that the act calls.
    At,
    /// The unit that holds it, or owes what the clock measures.
    Unit,
    /// The unit from which the act came.
    From,
    /// The telephone of the centre.
    Telephone,
    /// Its kind.
    Kind,
    /// What was done.
    Action,
    /// Its state.
    State,
    /// The clock.
    Clock,
    /// The member of staff who did it.
    Actor,
}

impl Blank {
    /// Every blank with its word.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("code", Self::Code),
        ("link", Self::Link),
        ("due", Self::Due),
        ("at", Self::At),
        ("unit", Self::Unit),
        ("from", Self::From),
        ("telephone", Self::Telephone),
        ("kind", Self::Kind),
        ("action", Self::Action),
        ("state", Self::State),
        ("clock", Self::Clock),
        ("actor", Self::Actor),
    ];

    /// The blank of a word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(name, _)| *name == word).map(|(_, b)| *b)
    }

    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, b)| *b == self).map_or("", |(n, _)| n)
    }

    /// Whether it may stand in an e-mail: nothing that names a person leaves the house.
    #[must_use]
    pub fn is_for_mail(self) -> bool {
        self != Self::Actor
    }

    /// Whether it may stand in a text message, which lies open on a locked telephone: neither whom
    /// it concerns nor what it is about (Personal Information Protection Law arts. 6, 28).
    #[must_use]
    pub fn is_for_sms(self) -> bool {
        matches!(
            self,
            Self::Code
                | Self::Link
                | Self::Due
                | Self::At
                | Self::Unit
                | Self::From
                | Self::Telephone
        )
    }
}

/// The words that stand in the places of a text, in order; an open brace without its end is one too.
#[must_use]
pub fn blanks(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        rest = &rest[open + 1..];
        let end = rest.find('}').unwrap_or(rest.len());
        found.push(&rest[..end]);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

/// Fills a text. Values are put in as they are and never read as places themselves.
#[must_use]
pub fn write(text: &str, values: &BTreeMap<Blank, String>) -> String {
    let pairs: Vec<(&'static str, String)> =
        values.iter().map(|(blank, value)| (blank.name(), value.clone())).collect();
    crate::words::fill(text, &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_of_a_text_are_found() {
        assert_eq!(blanks("{code}由{unit}办理"), ["code", "unit"]);
        assert_eq!(blanks("{ open"), [" open"]);
        assert!(blanks("none").is_empty());
    }

    #[test]
    fn a_value_that_looks_like_a_place_stays_what_it_is() {
        let values = [(Blank::Unit, "{telephone}".to_owned()), (Blank::Telephone, "12345".into())];
        assert_eq!(write("{unit} {telephone}", &values.into()), "{telephone} 12345");
    }

    #[test]
    fn what_may_stand_in_a_text_message_may_stand_in_an_e_mail() {
        for (name, blank) in Blank::NAMES {
            assert_eq!(Blank::named(name), Some(*blank));
            assert!(!blank.is_for_sms() || blank.is_for_mail(), "{name}");
        }
    }
}
