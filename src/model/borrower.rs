//! What a borrower brings: true risk behind the observed score, amount asked for.

use crate::math::{exp, ln, normal_cdf, normal_quantile};
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
        self.mean + variance / total * (observed - self.mean) + self.surprise(u)
    }

    /// True score of a borrower above what the observed one lets expect: normal, whatever the observed score.
    pub fn surprise(&self, u: f64) -> f64 {
        let variance = self.deviation * self.deviation;
        let total = variance + self.error * self.error;
        if total == 0.0 {
            return 0.0;
        }
        let spread = (variance * (1.0 - variance / total)).sqrt();
        if spread == 0.0 { 0.0 } else { spread * normal_quantile(u) }
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

    /// The law when everybody asks for `by` times as much; limits stay.
    pub fn scaled(&self, by: f64) -> AmountLaw {
        AmountLaw { median: self.median * by, ..*self }
    }

    /// The nearest amount allowed, of an amount in fen.
    pub fn fit(&self, amount: f64) -> Fen {
        let clipped = amount.clamp(self.min.0 as f64, self.max.0 as f64);
        let steps = crate::math::round(clipped / self.step.0 as f64);
        Fen(steps * self.step.0)
    }
}

/// The amounts of a law by word: the same as [`AmountLaw::draw`] at the word's uniform number, without its exponential and
/// normal quantile. Measured on the reduced model: those took a tenth of a run.
#[derive(Clone, Debug)]
pub struct AmountTable {
    law: AmountLaw,
    /// Entry `i`: first word whose amount is more than `i` steps above the smallest; empty where the law itself is asked.
    above: Vec<u64>,
    /// By the word's highest [`GUIDE_BITS`] bits: amount of the lowest such word, in steps above the smallest.
    guide: Vec<u32>,
}

const GUIDE_BITS: u32 = 10;
/// A table of more amounts is not worth its making.
const AMOUNTS_MAX: i64 = 1 << 12;

impl AmountTable {
    /// The table of a law.
    pub fn new(law: AmountLaw) -> Self {
        let smallest = law.min.0 / law.step.0;
        let steps = law.max.0 / law.step.0 - smallest;
        if law.spread == 0.0 || steps > AMOUNTS_MAX {
            return AmountTable { law, above: Vec::new(), guide: Vec::new() };
        }
        let above: Vec<u64> = (smallest..smallest + steps).map(|s| first_word_above(&law, s)).collect();
        let guide = (0..1_u64 << GUIDE_BITS)
            .map(|high| above.partition_point(|word| *word <= high << (32 - GUIDE_BITS)) as u32)
            .collect();
        AmountTable { law, above, guide }
    }

    /// The law.
    pub fn law(&self) -> &AmountLaw {
        &self.law
    }

    /// Amount at a word.
    #[inline]
    pub fn draw(&self, word: u32) -> Fen {
        let Some(&first) = self.guide.get((word >> (32 - GUIDE_BITS)) as usize) else {
            return self.law.draw(random::uniform(word));
        };
        let mut steps = first as usize;
        while self.above.get(steps).is_some_and(|above| u64::from(word) >= *above) {
            steps += 1;
        }
        self.law.min + Fen(steps as i64 * self.law.step.0)
    }
}

/// First word whose amount is more than `steps` steps; `2^32` where there is none.
fn first_word_above(law: &AmountLaw, steps: i64) -> u64 {
    let is_above = |word: u64| law.draw(random::uniform(word as u32)).0 > steps * law.step.0;
    let boundary = (steps as f64 + 0.5) * law.step.0 as f64;
    // The closed form is right but for rounding.
    let mut word = random::threshold(normal_cdf(ln(boundary / law.median) / law.spread));
    while word > 0 && is_above(word - 1) {
        word -= 1;
    }
    while word < 1 << 32 && !is_above(word) {
        word += 1;
    }
    word
}

/// Index of the choice at a word, of cumulative thresholds (the last one is `2^32` or all there is).
#[inline]
pub fn choose(cumulative: &[u64], word: u32) -> usize {
    cumulative.iter().position(|threshold| u64::from(word) < *threshold).unwrap_or(cumulative.len() - 1)
}
