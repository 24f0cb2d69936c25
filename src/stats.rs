//! Estimates over runs: means with standard errors, ratios of sums, exact quantiles.

/// What is shown of a metric over runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Runs that have a value.
    pub runs: usize,
    /// Mean; for a ratio the ratio of sums, never the mean of ratios.
    pub mean: f64,
    /// Standard error of `mean`; NaN with fewer than two runs.
    pub std_error: f64,
    /// 5 %, 25 %, 50 %, 75 % and 95 % quantiles of the runs' own values.
    pub quantiles: [f64; 5],
}

/// Levels of [`Estimate::quantiles`].
pub const QUANTILE_LEVELS: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];

/// A metric of one run: a sum, or a ratio of two sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A sum or count.
    Sum(f64),
    /// Numerator and denominator; unknown where the denominator is 0.
    Ratio(f64, f64),
}

impl Value {
    /// The run's own value; NaN when unknown.
    pub fn own(self) -> f64 {
        match self {
            Value::Sum(value) => value,
            Value::Ratio(_, 0.0) => f64::NAN,
            Value::Ratio(numerator, denominator) => numerator / denominator,
        }
    }
}

/// Estimates a metric from its values in the runs, in run order; `None` when no run has one.
pub fn estimate(values: &[Value]) -> Option<Estimate> {
    let mut own: Vec<f64> = values.iter().map(|value| value.own()).filter(|value| !value.is_nan()).collect();
    if own.is_empty() {
        return None;
    }
    let (mean, std_error) = match values[0] {
        Value::Sum(_) => mean_and_error(&own),
        Value::Ratio(..) => ratio_and_error(values),
    };
    own.sort_unstable_by(f64::total_cmp);
    Some(Estimate {
        runs: own.len(),
        mean,
        std_error,
        quantiles: QUANTILE_LEVELS.map(|level| quantile(&own, level)),
    })
}

/// Mean and its standard error `s / sqrt(n)`, `s^2` with `n - 1`.
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// Ratio of sums and its standard error by the delta method: `sqrt(sum (y - r x)^2 / (n (n-1))) / mean(x)`.
/// Runs without denominator take part with what they have.
pub fn ratio_and_error(values: &[Value]) -> (f64, f64) {
    let pairs = values.iter().map(|value| match value {
        Value::Ratio(numerator, denominator) => (*numerator, *denominator),
        Value::Sum(value) => (*value, 1.0),
    });
    let n = values.len() as f64;
    let (above, below) = pairs.clone().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let ratio = above / below;
    let squares: f64 = pairs.map(|(y, x)| (y - ratio * x) * (y - ratio * x)).sum();
    (ratio, (squares / (n * (n - 1.0))).sqrt() / (below / n).abs())
}

/// Quantile of sorted values, interpolated linearly between order statistics (Hyndman-Fan type 7).
pub fn quantile(sorted: &[f64], level: f64) -> f64 {
    let place = level * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The change of a ratio `n / b` from one month to the next, split without rest: what the numerator did, and what the
/// denominator did, each at the mean of the other over both months. `None` where a denominator is 0.
pub fn ratio_change(before: (f64, f64), after: (f64, f64)) -> Option<(f64, f64)> {
    let ((n0, b0), (n1, b1)) = (before, after);
    let known = b0 != 0.0 && b1 != 0.0;
    let (one_by, mean) = (|b: f64| 1.0 / b, (n0 + n1) / 2.0);
    known.then(|| ((n1 - n0) * (one_by(b0) + one_by(b1)) / 2.0, mean * (one_by(b1) - one_by(b0))))
}
