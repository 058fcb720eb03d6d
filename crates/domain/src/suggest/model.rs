//! A trained model: what it suggests, why, and how it is kept.

use serde::{Deserialize, Serialize};

use super::Text;
use super::gram::{Bag, Gram, Part, Vocabulary, gram, is_single, spelled};
use super::machine::Plane;

/// The most reasons given for a class.
const REASONS_MAX: usize = 5;
/// Weights are kept in steps, so many up to the largest.
const STEPS: f32 = 2000.0;
/// How sharply margins become scores where the samples cannot tell.
const SHARPNESS: f32 = 1.5;
/// The steps of a rarity of one.
const RARITY_STEPS: f32 = 100.0;

/// A class suggested for a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// The class.
    pub class: String,
    /// How likely the class is, from 0 to 1; those of all classes add up to 1.
    pub score: f32,
    /// What in the text spoke for the class, the weightiest first; may be empty.
    pub reasons: Vec<Reason>,
}

/// A character or pair of the text that spoke for a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// The characters, in their comparable form.
    pub gram: String,
    /// How much they spoke for the class beyond what they say for any; above 0.
    pub weight: f32,
}

/// A kept model that does not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the model's {0} do not fit together")]
pub struct BadModel(pub &'static str);

/// A model that suggests classes. It serialises to some tens of kilobytes per class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Model {
    stored: Stored,
    vocabulary: Vocabulary,
}

/// A model as it is kept: the grams as two running texts, the numbers as whole steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stored {
    classes: Vec<String>,
    /// The grams of one character, in order, then those of two.
    singles: String,
    pairs: String,
    rarity: Vec<u16>,
    /// For each gram one weight per class.
    weights: Vec<i16>,
    step: f32,
    bias: Vec<f32>,
    sharpness: f32,
}

impl TryFrom<Stored> for Model {
    type Error = BadModel;

    fn try_from(stored: Stored) -> Result<Self, BadModel> {
        let pairs: Vec<char> = stored.pairs.chars().collect();
        let grams: Vec<Gram> = stored
            .singles
            .chars()
            .map(|c| gram(None, c))
            .chain(pairs.chunks_exact(2).map(|pair| gram(Some(pair[0]), pair[1])))
            .collect();
        if !pairs.len().is_multiple_of(2) || !grams.is_sorted_by(|a, b| a < b) {
            return Err(BadModel("grams"));
        }
        let classes = stored.classes.len();
        if stored.rarity.len() != grams.len()
            || stored.weights.len() != grams.len() * classes
            || stored.bias.len() != classes
        {
            return Err(BadModel("weights"));
        }
        Ok(Self { vocabulary: Vocabulary { grams, rarity: stored.rarity() }, stored })
    }
}

impl Stored {
    fn rarity(&self) -> Vec<f32> {
        self.rarity.iter().map(|steps| f32::from(*steps) / RARITY_STEPS).collect()
    }
}

impl From<Model> for Stored {
    fn from(model: Model) -> Self {
        model.stored
    }
}

impl Model {
    /// The model of some planes, with the chosen dimensions only.
    pub(super) fn of(
        classes: &[String],
        vocabulary: &Vocabulary,
        planes: &[Plane],
        chosen: &[usize],
    ) -> Self {
        let steps = |at: &usize| (vocabulary.rarity[*at] * RARITY_STEPS).round() as u16;
        let rarity: Vec<u16> = chosen.iter().map(steps).collect();
        let grams: Vec<Gram> = chosen.iter().map(|at| vocabulary.grams[*at]).collect();
        let (singles, pairs): (Vec<Gram>, Vec<Gram>) =
            grams.iter().partition(|gram| is_single(**gram));
        let weights = chosen.iter().flat_map(|at| planes.iter().map(|plane| plane.weights[*at]));
        let largest = weights.clone().map(f32::abs).fold(0.0, f32::max);
        let step = if largest > 0.0 { largest / STEPS } else { 1.0 };
        let stored = Stored {
            classes: classes.to_vec(),
            singles: singles.into_iter().map(spelled).collect(),
            pairs: pairs.into_iter().map(spelled).collect(),
            weights: weights.map(|weight| (weight / step).round() as i16).collect(),
            step,
            bias: planes.iter().map(|plane| plane.bias).collect(),
            sharpness: SHARPNESS,
            rarity,
        };
        Self { vocabulary: Vocabulary { grams, rarity: stored.rarity() }, stored }
    }

    /// Sets how sharply margins become scores.
    pub(super) fn sharpen(&mut self, sharpness: f32) {
        self.stored.sharpness = sharpness;
    }

    /// The classes that the model knows, in order.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.stored.classes
    }

    /// All classes for a text, the likeliest first; none where the text holds nothing that the
    /// model knows, because then there is nothing to say.
    #[must_use]
    pub fn suggest(&self, text: Text<'_>) -> Vec<Suggestion> {
        let vector = self.vocabulary.vector(&Bag::of(text));
        if vector.is_empty() {
            return Vec::new();
        }
        let margins = self.margins(&vector);
        let mut suggestions: Vec<Suggestion> = scores(&margins, self.stored.sharpness)
            .into_iter()
            .zip(&self.stored.classes)
            .enumerate()
            .map(|(at, (score, class))| Suggestion {
                class: class.clone(),
                score,
                reasons: self.reasons(&vector, at),
            })
            .collect();
        suggestions.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.class.cmp(&b.class)));
        suggestions
    }

    /// How far a counted text lies on the side of each class.
    pub(super) fn judge(&self, bag: &Bag) -> Vec<f32> {
        self.margins(&self.vocabulary.vector(bag))
    }

    fn margins(&self, vector: &[Part]) -> Vec<f32> {
        let mut margins = self.stored.bias.clone();
        for part in vector {
            let says = self.says(part);
            margins.iter_mut().zip(says).for_each(|(margin, said)| *margin += said);
        }
        margins
    }

    /// What one part of a vector says for each class.
    fn says(&self, (at, value): &Part) -> impl Iterator<Item = f32> {
        let classes = self.stored.classes.len();
        let weights = &self.stored.weights[*at as usize * classes..][..classes];
        weights.iter().map(move |steps| value * f32::from(*steps) * self.stored.step)
    }

    /// A character that is part of a weightier pair is not named again.
    fn reasons(&self, vector: &[Part], class: usize) -> Vec<Reason> {
        let said = |part: &Part| self.says(part).nth(class).unwrap_or_default();
        let mut parts: Vec<(f32, u32)> = vector.iter().map(|part| (said(part), part.0)).collect();
        parts.retain(|(weight, _)| *weight > 0.0);
        parts.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut reasons: Vec<Reason> = Vec::new();
        for (weight, at) in parts {
            let gram = spelled(self.vocabulary.grams[at as usize]);
            if reasons.len() < REASONS_MAX && !reasons.iter().any(|r| r.gram.contains(&gram)) {
                reasons.push(Reason { gram, weight });
            }
        }
        reasons
    }
}

/// Margins as shares of one.
pub(super) fn scores(margins: &[f32], sharpness: f32) -> Vec<f32> {
    let largest = margins.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = margins.iter().map(|m| ((m - largest) * sharpness).exp()).collect();
    let all: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / all).collect()
}
