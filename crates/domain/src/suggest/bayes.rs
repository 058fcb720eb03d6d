//! Naive Bayes over the complement of each class: a gram speaks for a class as far as the texts of
//! all other classes lack it, which is fairer to small classes than counting in the class itself.

use super::machine::{Plane, Point};

/// What every gram is given, so that none is impossible.
const SMOOTHING: f32 = 0.05;

/// The plane of one class.
pub(super) fn part(points: &[Point], class: usize, dimensions: usize) -> Plane {
    let mut weights = vec![SMOOTHING; dimensions];
    for point in points.iter().filter(|point| point.class != class) {
        for (at, value) in &point.vector {
            weights[*at as usize] += point.weight * value;
        }
    }
    let all: f32 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight = -(*weight / all).ln());
    Plane { weights, bias: 0.0 }
}
