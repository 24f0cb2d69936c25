//! What a borrower brings: true risk behind the observed score, amount asked for.

use crate::math::{exp, normal_cdf, normal_quantile};
use crate::money::Fen;
use crate::random;

/// Observed score = true score + error, both normal, in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreLaw {
    /// Mean of the true score.
    pub mean: f64,
    /// Standard deviation of the true score.
    pub deviation: f64,
    /// Standard deviation of the error.
    pub error: f64,
}

impl ScoreLaw {
    fn observed_deviation(&self) -> f64 {
        (self.deviation * self.deviation + self.error * self.error).sqrt()
    }

    /// Observed score at quantile `u`.
    pub fn observed(&self, u: f64) -> f64 {
        let deviation = self.observed_deviation();
        if deviation == 0.0 { self.mean } else { self.mean + deviation * normal_quantile(u) }
    }

    /// Threshold `T` such that a funnel word is below the score `cutoff` exactly when `word < T`.
    pub fn below(&self, cutoff: f64) -> u64 {
        let deviation = self.observed_deviation();
        if deviation == 0.0 {
            return if self.mean < cutoff { 1 << 32 } else { 0 };
        }
        random::threshold(normal_cdf((cutoff - self.mean) / deviation))
    }

    /// True score of a borrower with this observed score: normal with mean `mean + k (observed - mean)` and variance
    /// `deviation^2 (1 - k)`, `k` being the reliability `deviation^2 / (deviation^2 + error^2)`.
    pub fn true_score(&self, observed: f64, u: f64) -> f64 {
        let variance = self.deviation * self.deviation;
        let total = variance + self.error * self.error;
        if total == 0.0 {
            return self.mean;
        }
        let reliability = variance / total;
        let spread = (variance * (1.0 - reliability)).sqrt();
        let noise = if spread == 0.0 { 0.0 } else { spread * normal_quantile(u) };
        self.mean + reliability * (observed - self.mean) + noise
    }
}

/// Limits of loan amounts, in fen.
#[derive(Clone, Copy, Debug)]
pub struct AmountLaw {
    /// Median.
    pub median: f64,
    /// Standard deviation of the logarithm.
    pub spread: f64,
    /// Smallest amount.
    pub min: Fen,
    /// Largest amount.
    pub max: Fen,
    /// Amounts are whole multiples of this.
    pub step: Fen,
}

impl AmountLaw {
    /// Log-normal amount at quantile `u`, within the limits, rounded to the step.
    pub fn draw(&self, u: f64) -> Fen {
        let amount = if self.spread == 0.0 {
            self.median
        } else {
            self.median * exp(self.spread * normal_quantile(u))
        };
        self.fit(amount)
    }

    /// The nearest amount allowed, of an amount in fen.
    pub fn fit(&self, amount: f64) -> Fen {
        let clipped = amount.clamp(self.min.0 as f64, self.max.0 as f64);
        let steps = crate::math::round(clipped / self.step.0 as f64);
        Fen(steps * self.step.0)
    }
}

/// Index of the choice at a word, of cumulative thresholds (the last one is `2^32` or all there is).
#[inline]
pub fn choose(cumulative: &[u64], word: u32) -> usize {
    cumulative.iter().position(|threshold| u64::from(word) < *threshold).unwrap_or(cumulative.len() - 1)
}
