//! Training: from a corpus to a model.

use std::collections::BTreeSet;

use crate::rehearsal::Dice;

use super::gram::{Bag, Spread, Vocabulary};
use super::judge;
use super::machine::{self, Plane, Point};
use super::model::Model;
use super::{Corpus, Sample, bayes};

/// How much a hint counts beside a sample.
const HINT_WEIGHT: f32 = 0.6;
/// The part of the support vector machine in the mean; the rest is naive Bayes.
const MACHINE_PART: f32 = 0.6;
/// The most grams that a model keeps, the weightiest ones.
const GRAMS_MAX: usize = 8000;
/// The most samples and the most other texts that are read; the first ones count.
const SAMPLES_MAX: usize = 20_000;
const OTHERS_MAX: usize = 5_000;
/// The folds by which a model learns how sure it may be.
const SURENESS_FOLDS: usize = 3;
/// Fewer samples than this say nothing about sureness.
const SURENESS_SAMPLES_MIN: usize = 30;

/// Trains a model. The same corpus and seed give the same model; a corpus without samples and
/// hints gives one that suggests nothing. At most 20,000 samples, as many hints and 5,000 other
/// texts are read, so the newest should come first.
///
/// A model knows pairs of characters of its samples, parts of names among them: it belongs where
/// the samples belong.
#[must_use]
pub fn train(corpus: &Corpus<'_>, seed: u64) -> Model {
    let counted = Counted::of(corpus);
    let all: Vec<usize> = (0..counted.samples.len()).collect();
    let mut model = counted.fit(&all, seed);
    if all.len() >= SURENESS_SAMPLES_MIN {
        let judged = judge::outside(&counted, SURENESS_FOLDS, seed);
        model.sharpen(judge::sharpness(&judged));
    }
    model
}

/// A corpus whose grams are counted.
pub(super) struct Counted {
    pub(super) classes: Vec<String>,
    /// Each sample and the number of its class.
    pub(super) samples: Vec<(Bag, usize)>,
    hints: Vec<(Bag, usize)>,
    others: Spread,
}

impl Counted {
    pub(super) fn of(corpus: &Corpus<'_>) -> Self {
        let classed = corpus.samples.iter().chain(corpus.hints);
        let classes: BTreeSet<&str> = classed.map(|sample| sample.class).collect();
        let classes: Vec<String> = classes.into_iter().map(str::to_owned).collect();
        let count = |sample: &Sample<'_>| {
            let class = classes.iter().position(|class| class == sample.class).unwrap_or_default();
            (Bag::of(sample.text), class)
        };
        let others: Vec<Bag> =
            corpus.others.iter().take(OTHERS_MAX).map(|text| Bag::of(*text)).collect();
        Self {
            samples: corpus.samples.iter().take(SAMPLES_MAX).map(count).collect(),
            hints: corpus.hints.iter().take(SAMPLES_MAX).map(count).collect(),
            others: Spread::of(others.iter()),
            classes,
        }
    }

    /// The model of some of the samples, with all hints and other texts.
    pub(super) fn fit(&self, chosen: &[usize], seed: u64) -> Model {
        let classed = self.classed(chosen);
        let bags: Vec<&Bag> = classed.iter().map(|(bag, _, _)| *bag).collect();
        let vocabulary = Vocabulary::of(&bags, &self.others);
        let points: Vec<Point> = classed
            .into_iter()
            .map(|(bag, class, weight)| Point { vector: vocabulary.vector(bag), class, weight })
            .filter(|point| !point.vector.is_empty())
            .collect();
        let dimensions = vocabulary.grams.len();
        let mut dice = Dice::new(seed);
        let classes = 0..self.classes.len();
        let mut machine: Vec<Plane> =
            classes.clone().map(|c| machine::part(&points, c, dimensions, &mut dice)).collect();
        let mut bayes: Vec<Plane> = classes.map(|c| bayes::part(&points, c, dimensions)).collect();
        level(&mut machine, &points, MACHINE_PART);
        level(&mut bayes, &points, 1.0 - MACHINE_PART);
        let planes: Vec<Plane> = machine.iter().zip(&bayes).map(|(a, b)| a.plus(b)).collect();
        Model::of(&self.classes, &vocabulary, &planes, &kept(&planes, dimensions))
    }

    /// The chosen samples and all hints with what each counts: every class weighs the same,
    /// however many samples it has.
    fn classed(&self, chosen: &[usize]) -> Vec<(&Bag, usize, f32)> {
        let mut sizes = vec![0_usize; self.classes.len()];
        chosen.iter().for_each(|at| sizes[self.samples[*at].1] += 1);
        let fair =
            chosen.len() as f32 / sizes.iter().filter(|size| **size > 0).count().max(1) as f32;
        let samples = chosen.iter().map(|at| {
            let (bag, class) = &self.samples[*at];
            (bag, *class, fair / sizes[*class] as f32)
        });
        samples.chain(self.hints.iter().map(|(bag, class)| (bag, *class, HINT_WEIGHT))).collect()
    }
}

/// Makes the planes of one model comparable with those of another: what all classes have in common
/// goes, and the margins of the points spread by `spread`.
fn level(planes: &mut [Plane], points: &[Point], spread: f32) {
    let share = 1.0 / planes.len().max(1) as f32;
    if let Some(mut common) = planes.iter().cloned().reduce(|a, b| a.plus(&b)) {
        common.scale(-share);
        planes.iter_mut().for_each(|plane| *plane = plane.plus(&common));
    }
    let margins = points.iter().flat_map(|point| planes.iter().map(|p| p.margin(&point.vector)));
    let squares: f32 = margins.map(|margin| margin * margin).sum();
    let spread_now = (squares * share / points.len().max(1) as f32).sqrt();
    if spread_now > 0.0 {
        planes.iter_mut().for_each(|plane| plane.scale(spread / spread_now));
    }
}

/// The dimensions that weigh most for any class, in order.
fn kept(planes: &[Plane], dimensions: usize) -> Vec<usize> {
    let weight = |at: usize| planes.iter().map(|p| p.weights[at].abs()).fold(0.0, f32::max);
    let mut by_weight: Vec<(f32, usize)> = (0..dimensions).map(|at| (weight(at), at)).collect();
    by_weight.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut kept: Vec<usize> = by_weight.into_iter().take(GRAMS_MAX).map(|(_, at)| at).collect();
    kept.sort_unstable();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suggest::{Text, cross_validate};
    use proptest::prelude::*;

    const WORDS: [(&str, &[&str]); 3] = [
        ("noise", &["噪音", "扰民", "施工", "广场舞"]),
        ("smoke", &["油烟", "饭店", "异味", "排放"]),
        ("wages", &["拖欠", "工资", "农民工", "讨薪"]),
    ];

    /// Short texts of three classes which share half of their words.
    fn bodies(count: usize, seed: u64) -> Vec<(String, &'static str)> {
        let mut dice = Dice::new(seed);
        (0..count)
            .map(|at| {
                let (class, words) = WORDS[at % WORDS.len()];
                let mut body = String::new();
                for _ in 0..4 {
                    body += dice.pick(words).copied().unwrap_or_default();
                    body += dice
                        .pick(&["小区", "居民", "希望", "尽快", "处理"])
                        .copied()
                        .unwrap_or_default();
                }
                (body, class)
            })
            .collect()
    }

    fn samples<'a>(bodies: &'a [(String, &'static str)]) -> Vec<Sample<'a>> {
        let sample = |(body, class): &'a (String, &'static str)| Sample {
            text: Text { title: "", body },
            class,
        };
        bodies.iter().map(sample).collect()
    }

    fn first(model: &Model, body: &str) -> Option<String> {
        model.suggest(Text { title: "", body }).into_iter().next().map(|s| s.class)
    }

    #[test]
    fn the_same_seed_gives_the_same_model_and_it_survives_being_kept() {
        let bodies = bodies(60, 1);
        let samples = samples(&bodies);
        let corpus = Corpus { samples: &samples, ..Corpus::default() };
        let model = train(&corpus, 5);
        assert_eq!(model, train(&corpus, 5));
        let kept = serde_json::to_string(&model).expect("kept");
        let back: Model = serde_json::from_str(&kept).expect("read back");
        let text = Text { title: "半夜施工", body: "噪音太大" };
        assert_eq!((&back, back.suggest(text)), (&model, model.suggest(text)));
        for (from, to) in [
            ("\"step\"", "\"stop\""),
            ("\"pairs\":\"", "\"pairs\":\"字"),
            ("\"bias\":[", "\"bias\":[0.0,"),
        ] {
            assert!(kept.contains(from));
            assert!(serde_json::from_str::<Model>(&kept.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn new_texts_are_classed_with_reasons_and_scores_that_add_up() {
        let bodies = bodies(90, 2);
        let samples = samples(&bodies);
        let corpus = Corpus { samples: &samples, ..Corpus::default() };
        let model = train(&corpus, 1);
        assert_eq!(model.classes(), ["noise", "smoke", "wages"]);
        let suggestions = model
            .suggest(Text { title: "老板拖欠工资", body: "请帮助讨薪，居民楼" });
        assert_eq!(suggestions.len(), 3);
        assert_eq!(suggestions[0].class, "wages");
        assert!(suggestions[0].score > 0.8);
        assert!((suggestions.iter().map(|s| s.score).sum::<f32>() - 1.0).abs() < 1e-4);
        let reasons = &suggestions[0].reasons;
        assert!(reasons.iter().any(|reason| reason.gram == "工资"), "{reasons:?}");
        assert!(reasons.windows(2).all(|pair| pair[0].weight >= pair[1].weight));
        assert!(!reasons.iter().any(|reason| reason.gram == "居民"), "what all share is no reason");
        let scores = cross_validate(&corpus, 5, 3);
        assert!(scores.accuracy > 0.99 && scores.macro_f1 > 0.99 && scores.texts == 90);
        assert_eq!(scores, cross_validate(&corpus, 5, 3));
    }

    #[test]
    fn hints_are_enough_to_begin_with() {
        let hints: Vec<Sample<'_>> = WORDS
            .iter()
            .flat_map(|(class, words)| {
                words.iter().flat_map(|body| [Sample { text: Text { title: "", body }, class }; 2])
            })
            .collect();
        let model = train(&Corpus { hints: &hints, ..Corpus::default() }, 1);
        assert_eq!(first(&model, "楼下饭店油烟很大").as_deref(), Some("smoke"));
    }

    #[test]
    fn where_there_is_nothing_to_say_nothing_is_said() {
        let nothing = train(&Corpus::default(), 1);
        assert_eq!(first(&nothing, "噪音"), None);
        let one = Sample { text: Text { title: "噪音", body: "" }, class: "noise" };
        let only = train(&Corpus { samples: &[one, one], ..Corpus::default() }, 1);
        assert_eq!(first(&only, "噪音").as_deref(), Some("noise"));
        assert_eq!(only.suggest(one.text)[0].score, 1.0);
        for text in ["", "。！", "未知", "🙂", "\u{0}"] {
            assert_eq!(first(&only, text), None, "{text}");
        }
        assert_eq!(cross_validate(&Corpus { samples: &[one], ..Corpus::default() }, 5, 1).texts, 0);
        assert_eq!(
            cross_validate(&Corpus { samples: &[one, one], ..Corpus::default() }, 5, 1).texts,
            2
        );
        let empty = Sample { text: Text::default(), class: "empty" };
        assert_eq!(
            train(&Corpus { samples: &[empty; 40], ..Corpus::default() }, 1).classes(),
            ["empty"]
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_model(title in "\\PC{0,20}", body in "[噪音油烟拖欠a1，🙂]{0,20}") {
            let bodies = bodies(12, 4);
            let samples = samples(&bodies);
            let model = train(&Corpus { samples: &samples, ..Corpus::default() }, 1);
            for suggestion in model.suggest(Text { title: &title, body: &body }) {
                prop_assert!((0.0..=1.0).contains(&suggestion.score));
                prop_assert!(suggestion.reasons.iter().all(|reason| reason.weight > 0.0));
            }
        }
    }
}
