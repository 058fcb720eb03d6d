//! Texts as counted characters and pairs, and as weighted vectors of them.

use std::collections::BTreeMap;

use crate::search::normal;

use super::Text;

/// How much the title counts beside the body; both are scaled to length one before.
const TITLE_WEIGHT: f32 = 1.25;
/// Rare grams tell more than their plain inverse frequency says.
const RARITY_POWER: f32 = 1.35;
/// A gram that only one text holds cannot tell classes apart.
const TEXTS_MIN: u32 = 2;

/// The bits of a character.
const CHAR_BITS: u32 = 21;

/// A character or a pair of neighbours as one number: single ones are smaller than any pair.
pub(super) type Gram = u64;

/// One dimension of a vector and its value; a vector is in order of its dimensions.
pub(super) type Part = (u32, f32);

/// The grams of a text and how often each stands there, in order.
type Counts = Vec<(Gram, u32)>;

/// A counted text.
#[derive(Debug, Clone, Default)]
pub(super) struct Bag {
    title: Counts,
    body: Counts,
}

impl Bag {
    pub(super) fn of(text: Text<'_>) -> Self {
        Self { title: counts(text.title), body: counts(text.body) }
    }

    /// The distinct grams, in order.
    pub(super) fn grams(&self) -> Vec<Gram> {
        let mut grams: Vec<Gram> =
            self.title.iter().chain(&self.body).map(|(gram, _)| *gram).collect();
        grams.sort_unstable();
        grams.dedup();
        grams
    }
}

/// The grams that a model knows, in order, each with its rarity.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Vocabulary {
    pub(super) grams: Vec<Gram>,
    pub(super) rarity: Vec<f32>,
}

impl Vocabulary {
    /// The grams of classed texts; the others only say how rare these are.
    pub(super) fn of(classed: &[&Bag], others: &[Bag]) -> Self {
        let mut texts: BTreeMap<Gram, u32> = BTreeMap::new();
        for gram in classed.iter().flat_map(|bag| bag.grams()) {
            *texts.entry(gram).or_default() += 1;
        }
        texts.retain(|_, count| *count >= TEXTS_MIN);
        for gram in others.iter().flat_map(Bag::grams) {
            texts.entry(gram).and_modify(|count| *count += 1);
        }
        let all = (classed.len() + others.len() + 1) as f32;
        let rarity = |count: &u32| ((all / (*count + 1) as f32).ln() + 1.0).powf(RARITY_POWER);
        Self { rarity: texts.values().map(rarity).collect(), grams: texts.into_keys().collect() }
    }

    /// The vector of a text, of length one; empty where no gram is known.
    pub(super) fn vector(&self, bag: &Bag) -> Vec<Part> {
        let title = self.unit(&bag.title, TITLE_WEIGHT);
        let body = self.unit(&bag.body, 1.0);
        let mut both: Vec<Part> = title.into_iter().chain(body).collect();
        both.sort_unstable_by_key(|(at, _)| *at);
        both.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        scaled(both, 1.0)
    }

    /// A gram said twice does not say twice as much.
    fn unit(&self, counts: &Counts, length: f32) -> Vec<Part> {
        let part = |(gram, count): &(Gram, u32)| {
            let at = self.grams.binary_search(gram).ok()?;
            Some((at as u32, (1.0 + (*count as f32).ln()) * self.rarity[at]))
        };
        scaled(counts.iter().filter_map(part).collect(), length)
    }
}

/// The characters of a gram.
pub(super) fn spelled(gram: Gram) -> String {
    let char_at = |bits: u64| char::from_u32((bits & ((1 << CHAR_BITS) - 1)) as u32);
    let first = Some(gram >> CHAR_BITS).filter(|bits| *bits > 0).and_then(char_at);
    first.into_iter().chain(char_at(gram)).collect()
}

/// The gram of a character, or of a pair.
pub(super) fn gram(first: Option<char>, last: char) -> Gram {
    first.map_or(0, |c| u64::from(u32::from(c)) << CHAR_BITS) | u64::from(u32::from(last))
}

/// Whether a gram is a single character.
pub(super) fn is_single(gram: Gram) -> bool {
    gram >> CHAR_BITS == 0
}

fn counts(text: &str) -> Counts {
    let mut grams: Vec<Gram> = Vec::new();
    let mut before = None;
    for c in normal(text).chars() {
        grams.push(gram(None, c));
        grams.extend(before.map(|b| gram(Some(b), c)));
        before = Some(c);
    }
    grams.sort_unstable();
    let mut counts = Counts::new();
    for gram in grams {
        match counts.last_mut() {
            Some((last, count)) if *last == gram => *count += 1,
            _ => counts.push((gram, 1)),
        }
    }
    counts
}

fn scaled(mut vector: Vec<Part>, length: f32) -> Vec<Part> {
    let norm = vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    if norm > 0.0 {
        vector.iter_mut().for_each(|(_, value)| *value *= length / norm);
    }
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grams_are_numbers_that_can_be_read_back() {
        assert_eq!(spelled(gram(None, '𠮷')), "𠮷");
        assert_eq!(spelled(gram(Some('油'), '烟')), "油烟");
        assert!(gram(None, char::MAX) < gram(Some('0'), '0'));
        assert!(is_single(gram(None, '油')) && !is_single(gram(Some('油'), '烟')));
    }

    #[test]
    fn a_vector_has_length_one_and_its_title_counts_more() {
        let bags: Vec<Bag> =
            ["油烟", "油烟", "噪音", "噪音"].map(|body| Bag::of(Text { title: "", body })).into();
        let vocabulary = Vocabulary::of(&bags.iter().collect::<Vec<_>>(), &[]);
        assert_eq!(vocabulary.grams.len(), 6);
        let vector = vocabulary.vector(&Bag::of(Text { title: "油烟", body: "噪音，别的" }));
        let norm: f32 = vector.iter().map(|(_, value)| value * value).sum();
        assert!((norm - 1.0).abs() < 1e-5 && vector.len() == 6);
        let value = |text: &str| {
            let at = vocabulary.grams.iter().position(|g| spelled(*g) == text).expect("known");
            vector.iter().find(|(i, _)| *i as usize == at).map(|(_, value)| *value)
        };
        assert!(value("油烟") > value("噪音"));
        assert!(vocabulary.vector(&Bag::of(Text { title: "未知", body: "" })).is_empty());
    }
}
