//! A linear support vector machine with squared loss, by dual coordinate descent: one class
//! against the rest, one sample after another in an order that the dice give.

use crate::rehearsal::Dice;

use super::gram::Part;

/// What one sample may at most cost, times its weight. Larger values follow the samples closer.
const COST: f32 = 1.0;
/// The most rounds over the samples.
const ROUNDS_MAX: usize = 60;
/// The rounds end when no sample pulls harder than this any more.
const PULL_MIN: f32 = 0.02;

/// A sample's vector, the number of its class and how much it counts.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) vector: Vec<Part>,
    pub(super) class: usize,
    pub(super) weight: f32,
}

/// The weights of one class over all dimensions, and what it has without any.
#[derive(Debug, Clone)]
pub(super) struct Plane {
    pub(super) weights: Vec<f32>,
    pub(super) bias: f32,
}

impl Plane {
    /// On which side of the plane a vector lies, and how far.
    pub(super) fn margin(&self, vector: &[Part]) -> f32 {
        self.bias + vector.iter().map(|(at, value)| self.weights[*at as usize] * value).sum::<f32>()
    }

    /// Both planes together.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let weights = self.weights.iter().zip(&other.weights).map(|(a, b)| a + b).collect();
        Self { weights, bias: self.bias + other.bias }
    }

    /// Moves every margin away from zero by a factor.
    pub(super) fn scale(&mut self, factor: f32) {
        self.bias *= factor;
        self.weights.iter_mut().for_each(|weight| *weight *= factor);
    }

    fn add(&mut self, vector: &[Part], times: f32) {
        self.bias += times;
        for (at, value) in vector {
            self.weights[*at as usize] += times * value;
        }
    }
}

/// The plane that best parts one class from all others.
pub(super) fn part(points: &[Point], class: usize, dimensions: usize, dice: &mut Dice) -> Plane {
    let mut plane = Plane { weights: vec![0.0; dimensions], bias: 0.0 };
    let mut pulls = vec![0.0_f32; points.len()];
    let mut order: Vec<usize> = (0..points.len()).collect();
    for _ in 0..ROUNDS_MAX {
        shuffle(&mut order, dice);
        let mut strongest = 0.0_f32;
        for at in &order {
            let point = &points[*at];
            let side = if point.class == class { 1.0 } else { -1.0 };
            // What the sample costs beyond its length, which is one, and the bias, which is one.
            let slack = 1.0 / (2.0 * COST * point.weight);
            let slope = side * plane.margin(&point.vector) - 1.0 + pulls[*at] * slack;
            if pulls[*at] == 0.0 && slope >= 0.0 {
                continue;
            }
            strongest = strongest.max(slope.abs());
            let pull = (pulls[*at] - slope / (2.0 + slack)).max(0.0);
            plane.add(&point.vector, (pull - pulls[*at]) * side);
            pulls[*at] = pull;
        }
        if strongest < PULL_MIN {
            break;
        }
    }
    plane
}

/// Puts things into an order that the dice give; every order is equally likely.
pub(super) fn shuffle<T>(things: &mut [T], dice: &mut Dice) {
    for at in (1..things.len()).rev() {
        things.swap(at, dice.below(at + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plane_parts_the_classes_and_follows_the_weight() {
        let point = |at, class, weight| Point { vector: vec![(at, 1.0)], class, weight };
        let points = [point(0, 0, 1.0), point(1, 1, 1.0), point(2, 0, 5.0), point(2, 1, 1.0)];
        let plane = part(&points, 0, 3, &mut Dice::new(1));
        assert!(plane.margin(&[(0, 1.0)]) > 0.0 && plane.margin(&[(1, 1.0)]) < 0.0);
        assert!(plane.margin(&[(2, 1.0)]) > 0.0, "the heavier sample wins");
    }

    #[test]
    fn shuffling_loses_nothing() {
        let mut things: Vec<usize> = (0..50).collect();
        shuffle(&mut things, &mut Dice::new(7));
        assert_ne!(things[..5], [0, 1, 2, 3, 4]);
        things.sort_unstable();
        assert!(things.into_iter().eq(0..50));
    }
}
