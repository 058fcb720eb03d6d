//! Texts as counted characters and pairs, and as weighted vectors of them.

use crate::search::normal;

use super::Text;

/// How much the title counts beside the body; both are scaled to length one before.
const TITLE_WEIGHT: f32 = 1.25;
/// Rare grams tell more than their plain inverse frequency says.
const RARITY_POWER: f32 = 1.35;
/// A gram that only one text holds cannot tell classes apart.
const TEXTS_MIN: usize = 2;

/// The bits of a character.
const CHAR_BITS: u32 = 21;

/// A character or a pair of neighbours as one number: single ones are smaller than any pair.
pub(super) type Gram = u64;

/// One dimension of a vector and its value; a vector is in order of its dimensions.
pub(super) type Part = (u32, f32);

/// The grams of a text and how often each stands there, in order.
type Counts = Vec<(Gram, usize)>;

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

/// In how many of several texts each gram stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Spread {
    texts: usize,
    counts: Counts,
}

impl Spread {
    pub(super) fn of<'a>(bags: impl Iterator<Item = &'a Bag>) -> Self {
        let mut texts = 0;
        let mut grams = Vec::new();
        for bag in bags {
            texts += 1;
            grams.extend(bag.grams());
        }
        Self { texts, counts: counted(grams) }
    }

    fn count(&self, gram: Gram) -> usize {
        self.counts.binary_search_by_key(&gram, |(gram, _)| *gram).map_or(0, |at| self.counts[at].1)
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
    pub(super) fn of(classed: &[&Bag], others: &Spread) -> Self {
        let own = Spread::of(classed.iter().copied());
        let all = (own.texts + others.texts + 1) as f32;
        let mut vocabulary = Self::default();
        for (gram, texts) in own.counts.iter().filter(|(_, texts)| *texts >= TEXTS_MIN) {
            let texts = (texts + others.count(*gram) + 1) as f32;
            vocabulary.grams.push(*gram);
            vocabulary.rarity.push(((all / texts).ln() + 1.0).powf(RARITY_POWER));
        }
        vocabulary
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
        let part = |(gram, count): &(Gram, usize)| {
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
    counted(grams)
}

fn counted(mut grams: Vec<Gram>) -> Counts {
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
        let vocabulary = Vocabulary::of(&bags.iter().collect::<Vec<_>>(), &Spread::default());
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
