//! Tokens of running text.
//!
//! | token | stands for | bytes |
//! |---|---|---|
//! | two characters | they are neighbours in the title or in the body | at most 8 |
//! | one character | the title or the body ends with it | at most 4 |
//! | [`TITLE_MARK`] and one of the above | the same of the title only | at most 10 |
//! | [`EXACT_MARK`] and more | an exact word, see [`super::ExactWord`] | at most 40 |
//! | [`SCOPE_MARK`] and more | who may see the matter; made by the caller | – |
//!
//! Invariant: no comparable text holds one of the three marks, so tokens of different classes never
//! collide, and a prefix of one class never reaches into another. The marks are not ASCII, because
//! an index splits words at ASCII punctuation.

use std::collections::BTreeSet;

use super::normal::normal;

/// Begins the tokens of a title.
pub const TITLE_MARK: char = '\u{b6}';
/// Begins the tokens of exact words.
pub const EXACT_MARK: char = '\u{a7}';
/// Begins the tokens that the caller adds to say where a matter may be seen.
pub const SCOPE_MARK: char = '\u{a4}';

/// The tokens of a matter's title and body, each once and in order.
///
/// The last character of a text is a token of its own, so that a query of one character is a
/// prefix: each character begins a pair or ends the text.
#[must_use]
pub fn text_tokens(title: &str, body: &str) -> BTreeSet<String> {
    let mut tokens = BTreeSet::new();
    each_pair(&normal(title), |pair| {
        tokens.insert(title_token(pair));
        tokens.insert(pair.to_owned());
    });
    each_pair(&normal(body), |pair| {
        if !tokens.contains(pair) {
            tokens.insert(pair.to_owned());
        }
    });
    tokens
}

/// The token that says that a pair stands in the title.
pub(super) fn title_token(pair: &str) -> String {
    format!("{TITLE_MARK}{pair}")
}

fn each_pair(normal: &str, mut take: impl FnMut(&str)) {
    let starts: Vec<usize> = normal.char_indices().map(|(at, _)| at).collect();
    for (i, from) in starts.iter().enumerate() {
        take(&normal[*from..starts.get(i + 2).copied().unwrap_or(normal.len())]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::TOKEN_BYTES_MAX;
    use proptest::prelude::*;

    #[test]
    fn every_pair_and_the_last_character_are_tokens() {
        let tokens: Vec<String> = text_tokens("油烟", "K歌 扰民。").into_iter().collect();
        assert_eq!(tokens, ["k歌", "¶油烟", "¶烟", "扰民", "歌扰", "民", "油烟", "烟"]);
        assert!(text_tokens(" ，", "").is_empty());
        assert_eq!(text_tokens("", "𠮷").into_iter().collect::<Vec<_>>(), ["𠮷"]);
    }

    #[test]
    fn no_comparable_text_holds_a_mark() {
        for mark in [TITLE_MARK, EXACT_MARK, SCOPE_MARK] {
            assert_eq!(normal(&mark.to_string()), "");
            assert!(!mark.is_ascii() && mark.to_lowercase().eq([mark]));
        }
    }

    proptest! {
        #[test]
        fn tokens_are_small_narrow_and_short(title in "\\PC{0,12}", body in "\\PC{0,40}") {
            for token in text_tokens(&title, &body) {
                prop_assert!(!token.is_empty() && token.len() <= TOKEN_BYTES_MAX);
                prop_assert!(token.chars().all(|c| !c.is_ascii() || c.is_ascii_digit() || c.is_ascii_lowercase()));
                prop_assert!(token.chars().filter(|c| *c != TITLE_MARK).count() <= 2);
            }
        }
    }
}
