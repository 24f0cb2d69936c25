//! Payments against income (PTI): too short a tenor or too high a limit strains a borrower at equal score.

use crate::math::{exp, normal_quantile};
use crate::random::uniform;

/// Law of monthly incomes in a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncomeLaw {
    /// Median, fen per month.
    pub median: f64,
    /// Standard deviation of the logarithm.
    pub spread: f64,
}

impl IncomeLaw {
    /// Income at a word, fen per month: log-normal.
    pub fn draw(&self, word: u32) -> f64 {
        if self.spread == 0.0 {
            self.median
        } else {
            self.median * exp(self.spread * normal_quantile(uniform(word)))
        }
    }
}

/// Effect of payments on the log-odds of missing one: `slope * max(0, PTI - free)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Strain {
    /// Share of income that payments take without effect.
    pub free: f64,
    /// Log-odds per unit of PTI above it.
    pub slope: f64,
}

impl Strain {
    /// Log-odds at a monthly payment and income in the same unit.
    pub fn log_odds(&self, payment: f64, income: f64) -> f64 {
        self.slope * (payment / income - self.free).max(0.0)
    }
}
