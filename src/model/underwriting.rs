//! Scores, grades, decisions.

use crate::math::{exp, ln};

/// Scale of a score: `score = offset + factor * ln(odds good : bad)` (Siddiqi).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreScale {
    /// Points per unit of log-odds: `points to double odds / ln 2`.
    pub factor: f64,
    /// Score at odds 1 : 1.
    pub offset: f64,
}

impl ScoreScale {
    /// A scale on which `base_score` means `base_odds` and `points` double the odds.
    pub fn new(points: f64, base_score: f64, base_odds: f64) -> Self {
        let factor = points / ln(2.0);
        ScoreScale { factor, offset: base_score - factor * ln(base_odds) }
    }

    /// Log-odds good : bad of a score.
    pub fn log_odds(&self, score: f64) -> f64 {
        (score - self.offset) / self.factor
    }

    /// Probability of default (90+ days past due within 12 months) of a score: `1 / (1 + odds)`.
    pub fn default_probability(&self, score: f64) -> f64 {
        1.0 / (1.0 + exp(self.log_odds(score)))
    }

    /// How much worse than at the reference score the log-odds of missing payments are.
    pub fn risk(&self, score: f64, reference: f64) -> f64 {
        (reference - score) / self.factor
    }
}

/// Grade of an observed score: 0 is best; `lowest` holds the lowest score of each grade but the last, best first.
pub fn grade(observed: f64, lowest: &[f64]) -> usize {
    lowest.iter().take_while(|bound| observed < **bound).count()
}
