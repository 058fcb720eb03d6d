//! A query, read into what it asks of an index and of each candidate.

use std::collections::BTreeSet;
use std::fmt;

use super::clause::Clause;
use super::normal::Normal;
use super::token::title_token;
use super::{ExactWord, QUERY_CHARS_MAX, TERMS_MAX};

/// Why a text is not a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing to look for: no letter, digit or ideograph.
    #[error("the query holds no letter, digit or ideograph")]
    Empty,
    /// More than [`QUERY_CHARS_MAX`] characters.
    #[error("the query is longer than {QUERY_CHARS_MAX} characters")]
    TooLong,
    /// More than [`TERMS_MAX`] terms.
    #[error("the query has more than {TERMS_MAX} terms")]
    TooManyTerms,
}

/// How well a matter answers a query, the best first. Each tier holds the better ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Every term is one of the matter's exact words.
    Exact,
    /// Every term is an exact word or stands in the title.
    Title,
    /// Every term is an exact word or stands in the title or the body.
    Body,
}

impl Tier {
    /// The tiers, the best first.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Title, Self::Body];
}

/// A query that has been read. People ask for names, so it does not print itself into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Plan {
    terms: Vec<Term>,
    /// What the query may be as one word: people write telephone numbers, codes and spelled names
    /// with spaces.
    joined: BTreeSet<ExactWord>,
}

#[derive(Clone, PartialEq, Eq)]
struct Term {
    form: Normal,
    words: BTreeSet<ExactWord>,
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Plan of {} terms", self.terms.len())
    }
}

impl Plan {
    /// Reads a query; its terms stand between white space.
    ///
    /// # Errors
    /// A [`Fault`] where there is nothing to look for or too much.
    pub fn read(query: &str) -> Result<Self, Fault> {
        if query.chars().count() > QUERY_CHARS_MAX {
            return Err(Fault::TooLong);
        }
        let mut terms: Vec<Term> = Vec::new();
        for part in query.split_whitespace() {
            let term = Term { form: Normal::of(part), words: ExactWord::of_term(part) };
            if !term.form.chars().is_empty() && !terms.contains(&term) {
                terms.push(term);
            }
        }
        match terms.len() {
            0 => Err(Fault::Empty),
            1 => Ok(Self { terms, joined: BTreeSet::new() }),
            2..=TERMS_MAX => Ok(Self { terms, joined: ExactWord::of_term(query) }),
            _ => Err(Fault::TooManyTerms),
        }
    }

    /// The condition that every answer of a tier meets, and some others: read each candidate with
    /// [`Plan::matches`]. None where no term can be an exact word and the tier asks for one.
    #[must_use]
    pub fn clause(&self, tier: Tier) -> Option<Clause> {
        let each: Option<Vec<Clause>> = self.terms.iter().map(|term| term.clause(tier)).collect();
        let joined = self.joined.iter().cloned().map(Clause::Word);
        let ways: Vec<Clause> = each.map(Clause::all).into_iter().chain(joined).collect();
        (!ways.is_empty()).then(|| Clause::any(ways))
    }

    /// Reads a candidate: the best tier in which it truly answers the query, if any. `has` tells
    /// whether an exact word is one of the matter's.
    #[must_use]
    pub fn matches(
        &self,
        title: &str,
        body: &str,
        has: impl Fn(&ExactWord) -> bool,
    ) -> Option<Tier> {
        if self.joined.iter().any(&has) {
            return Some(Tier::Exact);
        }
        let (title, mut read_body) = (Normal::of(title), None);
        let mut worst = Tier::Exact;
        for term in &self.terms {
            let tier = if term.words.iter().any(&has) {
                Tier::Exact
            } else if title.find(&term.form, 0).is_some() {
                Tier::Title
            } else {
                let body = read_body.get_or_insert_with(|| Normal::of(body));
                body.find(&term.form, 0).map(|_| Tier::Body)?
            };
            worst = worst.max(tier);
        }
        Some(worst)
    }

    /// Whether it is one term: where no exact word finds a matter, it then has none that counts.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.terms.len() == 1
    }

    /// The terms in their comparable form.
    pub(super) fn terms(&self) -> impl Iterator<Item = &Normal> {
        self.terms.iter().map(|term| &term.form)
    }
}

impl Term {
    fn clause(&self, tier: Tier) -> Option<Clause> {
        let words = self.words.iter().cloned().map(Clause::Word);
        let text = match tier {
            Tier::Exact => None,
            Tier::Title => Some(self.text(title_token)),
            Tier::Body => Some(self.text(str::to_owned)),
        };
        let ways: Vec<Clause> = text.into_iter().chain(words).collect();
        (!ways.is_empty()).then(|| Clause::any(ways))
    }

    /// All pairs of the term, or its only character.
    fn text(&self, token: impl Fn(&str) -> String) -> Clause {
        let chars = self.form.chars();
        if let [only] = chars {
            return Clause::Token(token(&only.to_string()));
        }
        let pairs: BTreeSet<String> =
            chars.windows(2).map(|pair| token(&pair.iter().collect::<String>())).collect();
        Clause::all(pairs.into_iter().map(Clause::Token).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::{normal, text_tokens};
    use proptest::prelude::*;

    /// Stands for the keyed hash of the caller.
    fn seal(word: &ExactWord) -> String {
        format!("§p{}", word.key())
    }

    struct Matter {
        title: &'static str,
        body: &'static str,
        words: BTreeSet<ExactWord>,
    }

    impl Matter {
        fn tokens(&self) -> String {
            let words = self.words.iter().map(|word| word.token(&seal));
            let text = text_tokens(self.title, self.body);
            words.fold(text, |tokens, word| tokens + " " + &word)
        }

        /// The tier in which a query finds the matter, by its tokens and then by reading it.
        fn answers(&self, query: &str) -> Option<Tier> {
            let plan = Plan::read(query).expect("a query");
            let read = plan.matches(self.title, self.body, |word| self.words.contains(word));
            let tokens = self.tokens();
            let holds =
                |tier: &Tier| plan.clause(*tier).is_some_and(|c| c.sealed(&seal).holds(&tokens));
            for tier in Tier::ALL {
                assert!(read.is_none_or(|r| r > tier) || holds(&tier), "{tier:?} loses an answer");
            }
            read
        }
    }

    fn matter() -> Matter {
        let mut words: BTreeSet<ExactWord> = ExactWord::of_name("单国强");
        words.extend(ExactWord::of_phone("170 0000 1234"));
        words.extend(ExactWord::of_code("2648-1920-6307"));
        words.extend(ExactWord::of_number("弥城人调字〔2026〕第12号"));
        Matter {
            title: "夜间施工噪音扰民",
            body: "工地每晚11点还在打桩，业主无法休息。请查处！KTV也吵。",
            words,
        }
    }

    #[test]
    fn each_way_of_asking_finds_the_matter_in_its_tier() {
        let matter = matter();
        for query in [
            "2648-1920-6307",
            "264819206307",
            "2648 1920 6307",
            "17000001234",
            "170 0000 1234",
            "1234",
            "单国强",
            "shanguoqiang",
            "shan guo qiang",
            "SGQ",
            "dgq",
            "弥城人调字(2026)第12号",
            "单国强 1234",
        ] {
            assert_eq!(matter.answers(query), Some(Tier::Exact), "{query}");
        }
        for query in ["噪音", "噪", "民", "施工噪音", "扰民 夜间", "单国强 噪音", "夜间　施工"]
        {
            assert_eq!(matter.answers(query), Some(Tier::Title), "{query}");
        }
        for query in ["打桩", "ktv", "吵", "噪音 打桩", "sgq 打桩", "11点", "打桩，业主", "休"]
        {
            assert_eq!(matter.answers(query), Some(Tier::Body), "{query}");
        }
        for query in ["噪声", "工地业主", "桩业", "单国", "2345", "噪音 油烟", "打桩业主", "k歌"]
        {
            assert_eq!(matter.answers(query), None, "{query}");
        }
    }

    #[test]
    fn pairs_propose_and_reading_decides() {
        let plan = Plan::read("停水停电").expect("a query");
        let clause = plan.clause(Tier::Body).expect("a clause");
        let scattered = "水停，停电，停水";
        assert!(clause.sealed(&seal).holds(&text_tokens("", scattered)));
        assert_eq!(plan.matches("", scattered, |_| false), None);
    }

    #[test]
    fn a_clause_is_small_and_plain() {
        let clause = |query, tier| Plan::read(query).expect("a query").clause(tier);
        let word = Clause::Word;
        assert_eq!(clause("烟", Tier::Body), Some(Clause::Token("烟".into())));
        assert_eq!(clause("烟", Tier::Title), Some(Clause::Token("¶烟".into())));
        assert_eq!(clause("烟", Tier::Exact), None);
        let names = || ExactWord::of_term("油烟").into_iter().map(word);
        let pair = Clause::Token("¶油烟".into());
        assert_eq!(clause("油烟", Tier::Exact), Some(Clause::Or(names().collect())));
        assert_eq!(
            clause("油烟", Tier::Title),
            Some(Clause::Or([pair].into_iter().chain(names()).collect()))
        );
    }

    #[test]
    fn a_query_is_bounded() {
        assert_eq!(Plan::read("  。！ "), Err(Fault::Empty));
        assert_eq!(Plan::read(&"长".repeat(101)), Err(Fault::TooLong));
        assert!(Plan::read(&"长".repeat(100)).is_ok());
        assert_eq!(Plan::read("甲 乙 丙 丁 戊 己 庚 辛 壬"), Err(Fault::TooManyTerms));
        assert_eq!(Plan::read("甲 甲 甲 甲 甲 甲 甲 甲 甲 甲"), Plan::read("甲"));
    }

    /// Texts of few characters, so that pairs meet again, of every class that is treated apart.
    fn text() -> impl Strategy<Value = String> {
        "[油烟噪音，。、 \nkKＫ1１𠮷\u{e863}⻓İßü·]{1,40}"
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_text_is_found(text in text(), other in text(), from: usize, length in 1usize..40) {
            let chars: Vec<char> = text.chars().collect();
            let from = from % chars.len();
            let part: String = chars[from..].iter().take(length).collect();
            let Ok(plan) = Plan::read(&part) else { return Ok(()) };
            for (title, body, tier) in [(&text, &other, Tier::Title), (&other, &text, Tier::Body)] {
                let clause = plan.clause(tier).expect("text tiers always have a clause");
                prop_assert!(clause.sealed(&seal).holds(&text_tokens(title, body)));
                prop_assert!(plan.matches(title, body, |_| false).is_some_and(|read| read <= tier));
            }
        }

        #[test]
        fn every_part_of_a_comparable_text_is_found(text in text(), from: usize, length in 1usize..40) {
            let form = normal(&text);
            let chars: Vec<char> = form.chars().collect();
            prop_assume!(!chars.is_empty());
            let part: String = chars[from % chars.len()..].iter().take(length).collect();
            let plan = Plan::read(&part).expect("a query");
            let clause = plan.clause(Tier::Body).expect("a clause");
            prop_assert!(clause.sealed(&seal).holds(&text_tokens("", &form)));
            prop_assert_eq!(plan.matches("", &form, |_| false), Some(Tier::Body));
        }

        #[test]
        fn no_query_breaks_the_reader(query in "\\PC{0,120}", text in "\\PC{0,60}") {
            if let Ok(plan) = Plan::read(&query) {
                let _ = plan.matches(&text, &text, |_| false);
                prop_assert!(plan.clause(Tier::Body).is_some());
            }
        }
    }
}
