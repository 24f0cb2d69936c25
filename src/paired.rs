//! Differences between two sets of runs that share their luck, run by run.

use crate::math;
use crate::stats::{Value, mean_and_error, quantile};

/// Two-sided 95 % quantile of the normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Two-sided 95 % quantiles of Student's t for 1 to 10 degrees of freedom.
const STUDENT_95: [f64; 10] = [
    12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912, 2.364_624, 2.306_004, 2.262_157,
    2.228_139,
];

/// Two-sided 95 % quantile of Student's t for the mean of `values` values; NaN with fewer than two. Beyond ten degrees of freedom by
/// the expansion of Fisher and Cornish (1960) around the normal quantile; the error is below 0.00001.
pub fn student_95(values: usize) -> f64 {
    match values {
        0 | 1 => f64::NAN,
        2..=11 => STUDENT_95[values - 2],
        _ => {
            let (z, degrees) = (NORMAL_95, (values - 1) as f64);
            let z2 = z * z;
            let terms = [
                (z2 + 1.0) / 4.0,
                ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0,
                (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0,
                ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0,
            ];
            z * (1.0 + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / degrees))
        }
    }
}

/// Difference of a metric between two sets of runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Value in the first set: mean, or ratio of sums.
    pub base: f64,
    /// Value in the second set.
    pub variant: f64,
    /// Second less first.
    pub difference: f64,
    /// Standard error of `difference` over pairs of runs; NaN with fewer than two.
    pub std_error: f64,
    /// Share of pairs in which the second run's own value is the larger one, ties counted half; NaN when no pair has both.
    pub larger: f64,
    /// Pairs of runs.
    pub pairs: usize,
    /// Variance of the difference were the sets independent, over its variance; NaN when the difference does not vary.
    pub variance_reduction: f64,
}

impl Difference {
    /// 95 % interval of `difference`: Student's t on its standard error.
    pub fn interval(&self) -> (f64, f64) {
        let half = student_95(self.pairs) * self.std_error;
        (self.difference - half, self.difference + half)
    }
}

/// Compares a metric run by run. Both slices have the runs in the same order.
///
/// The error of a ratio of sums is that of its linearisation, `(y - r x) / mean(x)` (delta method), taken pair by pair.
pub fn compare(base: &[Value], variant: &[Value]) -> Difference {
    let (first, second) = (linearised(base), linearised(variant));
    let own: Vec<(f64, f64)> = base
        .iter()
        .zip(variant)
        .map(|(first, second)| (first.own(), second.own()))
        .filter(|(first, second)| !first.is_nan() && !second.is_nan())
        .collect();
    let points: f64 = own
        .iter()
        .map(|(first, second)| {
            if second > first {
                1.0
            } else if second < first {
                0.0
            } else {
                0.5
            }
        })
        .sum();
    let larger = if own.is_empty() { f64::NAN } else { points / own.len() as f64 };
    of_linearised(first, second, larger)
}

fn of_linearised(base: (f64, Vec<f64>), variant: (f64, Vec<f64>), larger: f64) -> Difference {
    let differences: Vec<f64> = variant.1.iter().zip(&base.1).map(|(second, first)| second - first).collect();
    let (_, std_error) = mean_and_error(&differences);
    let apart = |values: &[f64]| {
        let (_, error) = mean_and_error(values);
        error * error
    };
    let reduction = (apart(&base.1) + apart(&variant.1)) / (std_error * std_error);
    Difference {
        base: base.0,
        variant: variant.0,
        difference: variant.0 - base.0,
        std_error,
        larger,
        pairs: differences.len(),
        variance_reduction: if reduction.is_finite() { reduction } else { f64::NAN },
    }
}

/// Numbers by run whose mean is the value over all runs, and whose scatter is its error; NaN where it is unknown.
pub fn scores(values: &[Value]) -> Vec<f64> {
    match values {
        // Sums as they are, to the last bit.
        [Value::Sum(_), ..] => values.iter().map(|value| value.own()).collect(),
        _ => {
            let (value, adds) = linearised(values);
            adds.into_iter().map(|add| value + add).collect()
        }
    }
}

/// The value over all runs, and what each run adds to its error: numbers whose mean has that error.
fn linearised(values: &[Value]) -> (f64, Vec<f64>) {
    let n = values.len() as f64;
    let pairs = values.iter().map(|value| match value {
        Value::Sum(value) => (*value, 1.0),
        Value::Ratio(numerator, denominator) => (*numerator, *denominator),
    });
    let (above, below) = pairs.clone().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let (ratio, mean) = (above / below, below / n);
    (ratio, pairs.map(|(y, x)| (y - ratio * x) / mean).collect())
}

/// Difference of a quantile, with the error of its linearisation `(p - [x <= q]) / f(q)`. The density `f` is the slope of the
/// quantiles around `p`, as wide as Bofinger (1975) found best for normal values.
pub fn compare_quantile(base: &[f64], variant: &[f64], level: f64) -> Difference {
    let of = |values: &[f64]| {
        let sorted = sorted(values);
        let found = quantile(&sorted, level);
        let width = bandwidth(values.len(), level);
        let (low, high) = ((level - width).max(0.0), (level + width).min(1.0));
        let density = (high - low) / (quantile(&sorted, high) - quantile(&sorted, low));
        let add = |value: &f64| (level - f64::from(u8::from(*value <= found))) / density;
        (found, values.iter().map(add).collect())
    };
    of_linearised(of(base), of(variant), f64::NAN)
}

/// Difference of the mean of the worst (lowest) share `level` of runs (conditional value at risk), with the error of its
/// linearisation `q - (q - x)+ / p`.
pub fn compare_tail(base: &[f64], variant: &[f64], level: f64) -> Difference {
    let of = |values: &[f64]| {
        let edge = quantile(&sorted(values), level);
        let adds: Vec<f64> = values.iter().map(|value| edge - (edge - value).max(0.0) / level).collect();
        (mean_and_error(&adds).0, adds)
    };
    of_linearised(of(base), of(variant), f64::NAN)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

fn bandwidth(n: usize, level: f64) -> f64 {
    let z = math::normal_quantile(level);
    let density = math::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
    let shape = 4.5 * density * density * density * density / ((2.0 * z * z + 1.0) * (2.0 * z * z + 1.0));
    math::pow(shape / n as f64, 0.2)
}
