//! Tokens of running text.
//!
//! | token | stands for | bytes |
//! |---|---|---|
//! | two characters | they are neighbours in the title or in the body | at most 8 |
//! | one character | it stands in the title or in the body | at most 4 |
//! | [`TITLE_MARK`] and one of the above | the same of the title only | at most 10 |
//! | [`EXACT_MARK`] and more | an exact word, see [`super::ExactWord`] | at most 40 |
//! | [`SCOPE_MARK`] and more | who may see the matter; made by the caller | – |
//!
//! Invariant: no comparable text holds one of the three marks, so tokens of different classes never
//! collide. The marks are not ASCII, because an index splits words at ASCII punctuation. No query asks
//! for the beginning of a token, which would make an index merge the lists of all that begin so.

use super::normal::normal;

/// Begins the tokens of a title.
pub const TITLE_MARK: char = '\u{b6}';
/// Begins the tokens of exact words.
pub const EXACT_MARK: char = '\u{a7}';
/// Begins the tokens that the caller adds to say where a matter may be seen.
pub const SCOPE_MARK: char = '\u{a4}';

/// The tokens of a matter's title and body, each once, divided by single spaces.
#[must_use]
pub fn text_tokens(title: &str, body: &str) -> String {
    let mut of_title = Vec::with_capacity(64);
    each_token(&normal(title), |token| of_title.push(token));
    let mut all = of_title.clone();
    each_token(&normal(body), |token| all.push(token));
    let mut text = String::with_capacity(8 * (of_title.len() + all.len()));
    put(of_title, Some(TITLE_MARK), &mut text);
    put(all, None, &mut text);
    text
}

/// Two neighbouring characters, or one and nothing.
type Token = (char, Option<char>);

fn each_token(normal: &str, mut take: impl FnMut(Token)) {
    let mut chars = normal.chars().peekable();
    while let Some(c) = chars.next() {
        take((c, None));
        if let Some(next) = chars.peek() {
            take((c, Some(*next)));
        }
    }
}

fn put(mut tokens: Vec<Token>, mark: Option<char>, into: &mut String) {
    tokens.sort_unstable();
    tokens.dedup();
    for (first, second) in tokens {
        if !into.is_empty() {
            into.push(' ');
        }
        into.extend(mark.into_iter().chain([first]).chain(second));
    }
}

/// The token that says that a pair or a character stands in the title.
pub(super) fn title_token(token: &str) -> String {
    format!("{TITLE_MARK}{token}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::TOKEN_BYTES_MAX;
    use proptest::prelude::*;

    #[test]
    fn every_character_and_every_pair_is_a_token() {
        assert_eq!(
            text_tokens("油烟", "K歌 扰民，民扰"),
            "¶油 ¶油烟 ¶烟 k k歌 扰 扰民 歌 歌扰 民 民扰 民民 油 油烟 烟"
        );
        assert_eq!(text_tokens(" ，", ""), "");
        assert_eq!(text_tokens("", "𠮷"), "𠮷");
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
            let tokens = text_tokens(&title, &body);
            for token in tokens.split_terminator(' ') {
                prop_assert!(!token.is_empty() && token.len() <= TOKEN_BYTES_MAX);
                prop_assert!(token.chars().all(|c| !c.is_ascii() || c.is_ascii_digit() || c.is_ascii_lowercase()));
                prop_assert!(token.chars().filter(|c| *c != TITLE_MARK).count() <= 2);
            }
        }
    }
}
