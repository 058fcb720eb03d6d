//! The part of a text that answers a query, with the answering places marked.

use std::ops::Range;

use super::Plan;
use super::normal::Normal;

/// The most places of a text that are looked at, so that a long text costs no more than a page.
const PLACES_MAX: usize = 200;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The part's text, as it stands in the original.
    pub text: String,
    /// Where the part stands in the original, in characters.
    pub range: Range<usize>,
    /// The places that answer the query, in characters of the original; in order, apart from each
    /// other and inside `range`.
    pub marks: Vec<Range<usize>>,
    /// Whether the original goes on after the part.
    pub goes_on: bool,
}

impl Snippet {
    /// The text cut at the marks: each piece, and whether it is marked. No piece is empty.
    #[must_use]
    pub fn pieces(&self) -> Vec<(String, bool)> {
        let mut chars = self.text.chars();
        let mut take = |count: usize| chars.by_ref().take(count).collect::<String>();
        let mut pieces = Vec::new();
        let mut at = self.range.start;
        for mark in &self.marks {
            pieces.push((take(mark.start - at), false));
            pieces.push((take(mark.len()), true));
            at = mark.end;
        }
        pieces.push((take(self.range.end - at), false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }
}

/// The part of a text, at most `width` characters long, that holds most terms of a query; the
/// beginning where it holds none.
#[must_use]
pub fn highlight(text: &str, plan: &Plan, width: usize) -> Snippet {
    let length = text.chars().count();
    let places = places(text, plan);
    let lead = width / 5;
    let best =
        places.iter().map(|(start, _)| start.start.saturating_sub(lead)).max_by_key(|from| {
            let inside = |place: &&(Range<usize>, usize)| {
                place.0.start >= *from && place.0.end <= from.saturating_add(width)
            };
            let mut terms: Vec<usize> =
                places.iter().filter(inside).map(|(_, term)| *term).collect();
            terms.sort_unstable();
            terms.dedup();
            // Of equally good parts the first one is shown.
            (terms.len(), usize::MAX - from)
        });
    // A part at the very end begins earlier, so that the width is used.
    let from = best.unwrap_or(0).min(length.saturating_sub(width));
    let range = from..from.saturating_add(width).min(length);
    let mut marks: Vec<Range<usize>> = Vec::new();
    for (place, _) in places {
        let place = place.start.max(range.start)..place.end.min(range.end);
        match marks.last_mut() {
            _ if place.is_empty() => {}
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => marks.push(place),
        }
    }
    let text = text.chars().skip(range.start).take(range.len()).collect();
    Snippet { text, goes_on: range.end < length, range, marks }
}

/// The places of each term with the term's number, in order.
fn places(text: &str, plan: &Plan) -> Vec<(Range<usize>, usize)> {
    let form = Normal::of(text);
    let mut places = Vec::new();
    for (term, phrase) in plan.terms().enumerate() {
        let mut at = 0;
        let mut left = PLACES_MAX;
        while let Some(found) = form.find(phrase, at).filter(|_| left > 0) {
            places.push((form.original(&found), term));
            at = found.start + 1;
            left -= 1;
        }
    }
    places.sort_by_key(|(place, _)| (place.start, place.end));
    places.truncate(PLACES_MAX);
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str, query: &str, width: usize) -> Snippet {
        highlight(text, &Plan::read(query).expect("a query"), width)
    }

    #[test]
    fn the_places_are_marked_in_the_original() {
        let snippet = shown("尊敬的领导：Ｋ Ｔ Ｖ 每晚扰民，KTV扰民！", "ktv 扰民", 40);
        assert_eq!(snippet.marks, [6..11, 14..16, 17..22]);
        let marked: Vec<String> = snippet
            .pieces()
            .into_iter()
            .filter(|(_, marked)| *marked)
            .map(|(text, _)| text)
            .collect();
        assert_eq!(marked, ["Ｋ Ｔ Ｖ", "扰民", "KTV扰民"]);
        assert!(!snippet.goes_on);
    }

    #[test]
    fn the_part_with_most_terms_is_shown() {
        let text = format!("油烟{}噪音和油烟{}", "。".repeat(60), "。".repeat(60));
        let snippet = shown(&text, "油烟 噪音", 20);
        assert_eq!(
            (snippet.range.clone(), snippet.marks.len(), snippet.goes_on),
            (58..78, 2, true)
        );
        let none = shown("甲乙丙丁", "油烟", 2);
        assert_eq!((none.text.as_str(), none.marks.len(), none.goes_on), ("甲乙", 0, true));
        let end = shown("甲乙丙丁戊己庚", "庚", 3);
        assert_eq!((end.text.as_str(), end.marks.len()), ("戊己庚", 1));
        assert_eq!(end.marks[0], 6..7);
        assert_eq!(shown("", "庚", 3).pieces(), []);
    }

    proptest! {
        #[test]
        fn pieces_are_the_part_and_marks_stay_inside(
            text in "[油烟噪音，。 aＡ]{0,60}", query in "[油烟噪音a]{1,2}( [油烟噪音a]{1,2})?", width in 0usize..80
        ) {
            let snippet = shown(&text, &query, width);
            let whole: String = snippet.pieces().into_iter().map(|(piece, _)| piece).collect();
            prop_assert_eq!(&whole, &snippet.text);
            prop_assert!(text.contains(&whole) && whole.chars().count() <= width);
            prop_assert!(snippet.marks.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert!(snippet.marks.iter().all(|m| snippet.range.start <= m.start && m.end <= snippet.range.end));
        }
    }
}
