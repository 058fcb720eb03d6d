//! What a check of a county's files found: where, what, and what to do about it.

use std::cmp::Ordering;
use std::fmt;

use crate::label::Locale;
use crate::words::Words;

/// One mistake in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, as a path inside the catalogue.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The rule that is broken: the key of its words under `finding`.
    pub rule: &'static str,
    /// What the words are filled with.
    pub args: Vec<(&'static str, String)>,
}

impl Finding {
    /// What is wrong, in a language.
    #[must_use]
    pub fn cause(&self, locale: &Locale) -> String {
        Words::built_in().say(locale, &format!("finding.{}.cause", self.rule), &self.args)
    }

    /// What to do about it, in a language.
    #[must_use]
    pub fn remedy(&self, locale: &Locale) -> String {
        Words::built_in().say(locale, &format!("finding.{}.remedy", self.rule), &self.args)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} {}", self.file, self.line, self.cause("en"), self.remedy("en"))
    }
}

impl PartialOrd for Finding {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Finding {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.file, self.line, self.rule, &self.args).cmp(&(
            &other.file,
            other.line,
            other.rule,
            &other.args,
        ))
    }
}

/// The word of a list nearest to a mistyped one, if it is near enough to be what was meant.
#[must_use]
pub fn nearest<'a>(word: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    among
        .into_iter()
        .map(|w| (distance(word, w), w))
        .filter(|(d, _)| *d <= limit)
        .min()
        .map(|(_, w)| w)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = cost.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_what_was_meant() {
        let states = ["registered", "mediating", "closed"];
        assert_eq!(nearest("mediatng", states), Some("mediating"));
        assert_eq!(nearest("regsitered", states), Some("registered"));
        assert_eq!(nearest("archived", states), None);
    }
}
