//! What a model is worth: each sample judged by a model that has not seen it.

use crate::rehearsal::Dice;

use super::Corpus;
use super::machine::shuffle;
use super::model::scores;
use super::train::Counted;

/// A first suggestion with at least this score counts as sure.
const SURE: f32 = 0.8;
/// The bounds of sharpness: below, all classes look alike; above, every suggestion looks certain.
const SHARPNESS_BOUNDS: (f32, f32) = (0.05, 20.0);

/// How well suggestions agree with what people said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scores {
    /// How many texts were judged.
    pub texts: usize,
    /// The share of texts whose first suggestion is their class.
    pub accuracy: f64,
    /// The share of texts whose class is among the first two suggestions.
    pub first_two: f64,
    /// The mean of the classes' F1, each class counting the same.
    pub macro_f1: f64,
    /// The share of texts whose first suggestion scores 0.8 or more.
    pub sure: f64,
    /// The accuracy among these.
    pub sure_accuracy: f64,
    /// The classes that have samples, in order.
    pub classes: Vec<ClassScore>,
}

/// How well one class is suggested.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassScore {
    /// The class.
    pub class: String,
    /// How many texts people gave it.
    pub texts: usize,
    /// Of the texts for which it is suggested first, the share that is truly in it.
    pub precision: f64,
    /// Of the texts in it, the share for which it is suggested first.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

/// A sample as judged by a model that has not seen it.
pub(super) struct Judged {
    class: usize,
    margins: Vec<f32>,
}

/// Judges each sample by a model of the other folds, which always sees all hints and other texts.
/// The folds hold a fair share of each class; fewer than two samples give empty scores.
#[must_use]
pub fn cross_validate(corpus: &Corpus<'_>, folds: usize, seed: u64) -> Scores {
    let counted = Counted::of(corpus);
    if counted.samples.len() < 2 {
        return Scores::default();
    }
    let judged = outside(&counted, folds, seed);
    let sharpness = sharpness(&judged);
    let texts = judged.len();
    let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
    let among = |first: usize| judged.iter().filter(|j| j.rank() < first).count();
    let sure: Vec<&Judged> = judged.iter().filter(|j| j.best(sharpness).1 >= SURE).collect();
    let right = sure.iter().filter(|j| j.rank() == 0).count();
    let of_class = |(at, class): (usize, &String)| {
        let suggested = judged.iter().filter(|j| j.best(sharpness).0 == at).count();
        let texts = judged.iter().filter(|j| j.class == at).count();
        let hits = judged.iter().filter(|j| j.class == at && j.rank() == 0).count();
        let f1 = share(2 * hits, suggested + texts);
        let (precision, recall) = (share(hits, suggested), share(hits, texts));
        ClassScore { class: class.clone(), texts, precision, recall, f1 }
    };
    let mut classes: Vec<ClassScore> = counted.classes.iter().enumerate().map(of_class).collect();
    classes.retain(|class| class.texts > 0);
    Scores {
        texts,
        accuracy: share(among(1), texts),
        first_two: share(among(2), texts),
        macro_f1: classes.iter().map(|class| class.f1).sum::<f64>() / classes.len() as f64,
        sure: share(sure.len(), texts),
        sure_accuracy: share(right, sure.len()),
        classes,
    }
}

/// Every sample judged by a model of the other folds, fold after fold.
pub(super) fn outside(counted: &Counted, folds: usize, seed: u64) -> Vec<Judged> {
    let fold_of = fold_of(counted, folds.clamp(2, counted.samples.len().max(2)), seed);
    let folds = fold_of.iter().max().map_or(0, |last| last + 1);
    let mut judged = Vec::with_capacity(fold_of.len());
    for fold in 0..folds {
        let (test, rest): (Vec<usize>, Vec<usize>) =
            (0..fold_of.len()).partition(|at| fold_of[*at] == fold);
        let model = counted.fit(&rest, seed);
        judged.extend(test.into_iter().map(|at| {
            let (bag, class) = &counted.samples[at];
            Judged { class: *class, margins: model.judge(bag) }
        }));
    }
    judged
}

/// The fold of each sample: each class is shuffled and dealt out.
fn fold_of(counted: &Counted, folds: usize, seed: u64) -> Vec<usize> {
    let mut dice = Dice::new(seed);
    let mut order: Vec<usize> = (0..counted.samples.len()).collect();
    shuffle(&mut order, &mut dice);
    order.sort_by_key(|at| counted.samples[*at].1);
    let mut fold_of = vec![0; order.len()];
    order.into_iter().enumerate().for_each(|(dealt, at)| fold_of[at] = dealt % folds);
    fold_of
}

/// The sharpness under which the judged samples' own classes are likeliest, by golden section.
pub(super) fn sharpness(judged: &[Judged]) -> f32 {
    let surprise = |log: f64| -> f64 {
        let share = |j: &Judged| f64::from(scores(&j.margins, log.exp() as f32)[j.class]);
        judged.iter().map(|j| -share(j).max(1e-9).ln()).sum()
    };
    let (low, high) = SHARPNESS_BOUNDS;
    let (mut low, mut high) = (f64::from(low).ln(), f64::from(high).ln());
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..24 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if surprise(a) < surprise(b) { high = b } else { low = a }
    }
    f64::midpoint(low, high).exp() as f32
}

impl Judged {
    /// How many classes lie before the sample's own.
    fn rank(&self) -> usize {
        let own = self.margins[self.class];
        self.margins
            .iter()
            .enumerate()
            .filter(|(at, m)| **m > own || (**m == own && *at < self.class))
            .count()
    }

    /// The first suggestion and its score.
    fn best(&self, sharpness: f32) -> (usize, f32) {
        let scores = scores(&self.margins, sharpness).into_iter().enumerate();
        scores.fold((0, 0.0), |best, next| if next.1 > best.1 { next } else { best })
    }
}
