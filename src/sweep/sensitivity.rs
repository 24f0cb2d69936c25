//! Sensitivity indices of variance: how much of the response's variance over a sweep each key makes.
//!
//! The design of Saltelli et al. (2010, "Variance based sensitivity analysis of model output", table 2): with `f` at rows `A`, `B` and
//! `A` with key `i` from `B`, first-order index `S_i = E[f(B) (f(AB_i) − f(A))] / V` (b), total effect
//! `T_i = E[(f(A) − f(AB_i))²] / 2V` (f, Jansen 1999).
//!
//! Responses are means over runs, so that products contain what the noise of their factors has in common. Points share their luck
//! run by run: its variance is known from the runs, and taken off.

use super::design::Row;
use crate::stats::{Value, ratio_and_error};

/// Indices of one key, each with its standard error over the rows of the design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// Share of the variance that the key makes alone.
    pub first: (f64, f64),
    /// Share of the variance that is gone when the key is fixed: alone and with others.
    pub total: (f64, f64),
}

/// Indices by key. `values[p][r]` is the response of point `p` in run `r`; all points have the same runs. NaN where the response
/// does not vary.
///
/// Errors are those of rows drawn at random by the delta method; rows of a Sobol sequence err less.
pub fn indices(values: &[Vec<f64>], rows: &[Row]) -> Vec<Indices> {
    let shared = shared(values, rows);
    let centred = |point: usize| minus(&values[point], &shared);
    let rise = |row: &Row, key: usize| minus(&values[row.mixed[key]], &values[row.a]);
    // Of twice as many samples as rows, whose mean is estimated too.
    let samples = 2.0 * rows.len() as f64;
    let variances: Vec<f64> = rows
        .iter()
        .map(|row| {
            let squares = [row.a, row.b].map(|point| product(&centred(point), &centred(point)));
            squares.iter().sum::<f64>() / 2.0 * samples / (samples - 1.0)
        })
        .collect();
    let of = |key: usize, part: &dyn Fn(&Row, &[f64]) -> f64| {
        let pairs: Vec<Value> = rows
            .iter()
            .zip(&variances)
            .map(|(row, variance)| Value::Ratio(part(row, &rise(row, key)), *variance))
            .collect();
        ratio_and_error(&pairs)
    };
    let keys = rows.first().map_or(0, |row| row.mixed.len());
    (0..keys)
        .map(|key| Indices {
            first: of(key, &|row, rise| product(&centred(row.b), rise)),
            total: of(key, &|_, rise| product(rise, rise) / 2.0),
        })
        .collect()
}

/// The response of each run over the two samples: what runs have in common is no noise between points.
fn shared(values: &[Vec<f64>], rows: &[Row]) -> Vec<f64> {
    let samples: Vec<usize> = rows.iter().flat_map(|row| [row.a, row.b]).collect();
    let runs = values.first().map_or(0, Vec::len);
    let of = |run: usize| samples.iter().map(|point| values[*point][run]).sum::<f64>();
    (0..runs).map(|run| of(run) / samples.len() as f64).collect()
}

fn minus(values: &[f64], from: &[f64]) -> Vec<f64> {
    values.iter().zip(from).map(|(value, from)| value - from).collect()
}

/// Product of two means over runs, without what their noise has in common; a single run is taken as exact.
fn product(first: &[f64], second: &[f64]) -> f64 {
    let n = first.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (one, other) = (mean(first), mean(second));
    let pairs = first.iter().zip(second);
    let together: f64 = pairs.map(|(first, second)| (first - one) * (second - other)).sum();
    if n < 2.0 { one * other } else { one * other - together / (n * (n - 1.0)) }
}
