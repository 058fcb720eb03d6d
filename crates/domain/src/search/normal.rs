//! The form in which texts are compared: narrow, lower case, without spaces and marks.

use std::ops::Range;

use crate::codes::narrow;

/// Radicals that a copy out of a PDF leaves in place of the characters they look like, each
/// followed by that character (the Unicode blocks of CJK radicals).
const RADICALS: &str = include_str!("radicals.txt");

/// The comparable form of a text: full-width becomes narrow, capital becomes small, a radical
/// becomes its character; letters, digits and ideographs stay and everything else goes.
///
/// It works character by character, so the form of a part is a part of the form.
#[must_use]
pub fn normal(text: &str) -> String {
    let mut into = String::with_capacity(text.len());
    text.chars().for_each(|c| each_normal(c, |c| into.push(c)));
    into
}

/// What was left out before a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    /// Nothing, or only white space: lines are broken anywhere in what people paste.
    None,
    /// A mark that may stand inside a phrase: brackets, dashes, quotes, an enumeration comma.
    Mark,
    /// A mark that ends a clause, so that a phrase does not run across it.
    Stop,
}

/// A text in its comparable form which still knows where each character came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Normal {
    chars: Vec<char>,
    /// The position of each character in the original, counted in characters.
    from: Vec<usize>,
    gaps: Vec<Gap>,
}

impl Normal {
    pub(super) fn of(text: &str) -> Self {
        let mut made = Self { chars: Vec::new(), from: Vec::new(), gaps: Vec::new() };
        let mut gap = Gap::None;
        for (at, original) in text.chars().enumerate() {
            let before = made.chars.len();
            each_normal(original, |c| {
                let between_letters =
                    is_latin(c) && made.chars.last().copied().is_some_and(is_latin);
                // The comma of `12,000` and the colon of `18:30` end nothing.
                let gap = if between_letters { gap.min(Gap::Mark) } else { gap };
                made.gaps.push(if made.chars.len() == before { gap } else { Gap::None });
                made.chars.push(c);
                made.from.push(at);
            });
            gap = if made.chars.len() > before { Gap::None } else { gap.max(gap_of(original)) };
        }
        made
    }

    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// The first place at or after `start` where a phrase stands, in positions of this form. The
    /// phrase may run across a stop only where it has a mark itself.
    pub(super) fn find(&self, phrase: &Self, start: usize) -> Option<Range<usize>> {
        let (first, rest) = phrase.chars.split_first()?;
        let last_start = self.chars.len().checked_sub(phrase.chars.len())?;
        (start..=last_start).find_map(|at| {
            let end = at + phrase.chars.len();
            let stands = self.chars[at] == *first
                && self.chars[at + 1..end] == *rest
                && (1..phrase.chars.len())
                    .all(|i| self.gaps[at + i] < Gap::Stop || phrase.gaps[i] > Gap::None);
            stands.then_some(at..end)
        })
    }

    /// A range of this form as a range of characters of the original text.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        match (self.from.get(range.start), self.from.get(range.end.saturating_sub(1))) {
            (Some(first), Some(last)) => *first..*last + 1,
            _ => 0..0,
        }
    }
}

fn each_normal(c: char, mut take: impl FnMut(char)) {
    if ('\u{4e00}'..='\u{9fff}').contains(&c) {
        return take(c);
    }
    radical(narrow(c)).to_lowercase().filter(|c| is_kept(*c)).for_each(take);
}

/// Ideographs of the private use areas and of the newest blocks stand in the names of people, so
/// they stay although a table of letters may not know them.
fn is_kept(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{20000}'..='\u{3fffd}' | '\u{f0000}'..='\u{10fffd}')
}

fn radical(c: char) -> char {
    if !('\u{2e80}'..='\u{2fd5}').contains(&c) {
        return c;
    }
    let mut pairs = RADICALS.chars().filter(|c| *c != '\n');
    pairs.find(|radical| *radical == c).and_then(|_| pairs.next()).unwrap_or(c)
}

fn gap_of(c: char) -> Gap {
    match narrow(c) {
        ',' | ';' | '!' | '?' | '\u{3002}' => Gap::Stop,
        c if c.is_whitespace() => Gap::None,
        _ => Gap::Mark,
    }
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_are_narrow_small_and_without_marks() {
        assert_eq!(normal("Ａ市Ａ3区，KTV 扰民！"), "a市a3区ktv扰民");
        assert_eq!(normal("弥城人调字〔2026〕第12号"), "弥城人调字2026第12号");
        assert_eq!(normal("⼀个⼈在⻓街"), "一个人在长街");
        assert_eq!(normal("𠮷田 \u{e863}氏\u{200b}"), "𠮷田\u{e863}氏");
        assert_eq!(normal("？！…\n"), "");
    }

    #[test]
    fn the_table_of_radicals_is_whole() {
        let pairs: Vec<char> = RADICALS.chars().filter(|c| *c != '\n').collect();
        assert!(pairs.len().is_multiple_of(2) && pairs.len() > 2 * 214);
        assert!(pairs.chunks(2).all(|pair| radical(pair[0]) == pair[1] && pair[1] >= '\u{3400}'));
        assert!(('\u{2f00}'..='\u{2fd5}').all(|c| radical(c) != c));
    }

    #[test]
    fn a_phrase_does_not_run_across_a_stop_unless_it_has_a_mark_there_itself() {
        let stands = |text, phrase| Normal::of(text).find(&Normal::of(phrase), 0).is_some();
        assert!(stands("坐公交\n车去", "公交车"));
        assert!(stands("农 民 工", "农民工"));
        assert!(stands("张三、李四", "张三李四"));
        assert!(!stands("（非城区公交），车次少", "公交车"));
        assert!(stands("（非城区公交），车次少", "公交），车次"));
        assert!(stands("（非城区公交），车次少", "公交.车次"));
        assert!(stands("共12,000元", "12000元"));
        assert!(!stands("共1、2，000元", "3"));
    }

    #[test]
    fn a_place_is_known_in_the_original() {
        let text = Normal::of("去Ｋ T-Ｖ唱歌");
        let found = text.find(&Normal::of("ktv"), 0).expect("stands there");
        assert_eq!((found.clone(), text.original(&found)), (1..4, 1..6));
    }

    proptest! {
        #[test]
        fn the_form_of_a_form_is_itself(text in "\\PC{0,40}") {
            let form = normal(&text);
            prop_assert_eq!(normal(&form), form.clone());
            prop_assert_eq!(Normal::of(&text).chars().iter().collect::<String>(), form);
        }
    }
}
