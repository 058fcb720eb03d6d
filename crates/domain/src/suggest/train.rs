//! Training: from a corpus to a model.

use std::collections::BTreeSet;

use crate::rehearsal::Dice;

use super::gram::{Bag, Vocabulary};
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
/// The folds by which a model learns how sure it may be.
const SURENESS_FOLDS: usize = 3;
/// Fewer samples than this say nothing about sureness.
const SURENESS_SAMPLES_MIN: usize = 30;

/// Trains a model. The same corpus and seed give the same model; a corpus without samples and
/// hints gives one that suggests nothing.
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
    others: Vec<Bag>,
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
        Self {
            samples: corpus.samples.iter().map(count).collect(),
            hints: corpus.hints.iter().map(count).collect(),
            others: corpus.others.iter().map(|text| Bag::of(*text)).collect(),
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
