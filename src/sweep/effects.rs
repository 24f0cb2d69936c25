//! What the values of keys do to the response, and which point is best: all differences are paired by run.

use super::design::{Levels, Plan};
use crate::paired::student_95;
use crate::stats::mean_and_error;

/// What a value of a key does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Points that have it.
    pub points: usize,
    /// Mean response of these points less that of the scenario as it is, with its standard error over runs; NaN without points.
    pub difference: (f64, f64),
}

/// Mean difference of paired values, second less first, and its standard error.
pub fn difference(first: &[f64], second: &[f64]) -> (f64, f64) {
    let differences: Vec<f64> = first.iter().zip(second).map(|(first, second)| second - first).collect();
    mean_and_error(&differences)
}

/// Effects by key and value. `values[p][r]` is the response of point `p` in run `r`, `base` that of the scenario as it is. Of a
/// Sobol design the points of its two samples count: in the others keys stand together by design.
pub fn effects(plan: &Plan, counts: &[usize], base: &[f64], values: &[Vec<f64>]) -> Vec<Vec<Effect>> {
    let counted: Vec<usize> = match plan.rows.is_empty() {
        true => (0..plan.points.len()).collect(),
        false => plan.rows.iter().flat_map(|row| [row.a, row.b]).collect(),
    };
    let of = |key: usize, level: usize| {
        let has = |levels: &Levels| levels[key] == Some(level);
        let chosen: Vec<usize> = counted.iter().copied().filter(|point| has(&plan.points[*point])).collect();
        let sum = |run: usize| chosen.iter().map(|point| values[*point][run]).sum::<f64>();
        let mean: Vec<f64> = (0..base.len()).map(|run| sum(run) / chosen.len() as f64).collect();
        Effect { points: chosen.len(), difference: difference(base, &mean) }
    };
    counts.iter().enumerate().map(|(key, count)| (0..*count).map(|level| of(key, level)).collect()).collect()
}

/// The point whose mean response is the largest (`more`) or smallest; the first of equals, `None` where none is known.
pub fn best(values: &[Vec<f64>], more: bool) -> Option<usize> {
    let means = values.iter().map(|values| mean_and_error(values).0).enumerate();
    let known = means.filter(|(_, mean)| mean.is_finite());
    known
        .reduce(|best, other| {
            let is_better = if more { other.1 > best.1 } else { other.1 < best.1 };
            if is_better { other } else { best }
        })
        .map(|(point, _)| point)
}

/// Other points whose difference from one is within its 95 % interval of nothing.
pub fn not_told_apart(values: &[Vec<f64>], from: usize) -> Vec<usize> {
    let is_near = |other: &Vec<f64>| {
        let (difference, error) = difference(&values[from], other);
        difference == 0.0 || difference.abs() <= student_95(other.len()) * error
    };
    (0..values.len()).filter(|point| *point != from && is_near(&values[*point])).collect()
}
