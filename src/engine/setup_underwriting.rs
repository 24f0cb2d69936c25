//! Underwriting and risk, resolved.

use crate::model::underwriting::ScoreScale;

/// Score, grades, fraud.
#[derive(Debug)]
pub struct UnderwritingSetup {
    /// Score scale.
    pub scale: ScoreScale,
    /// Probability of default of each whole score from 0, millionths.
    pub score_defaults: Vec<i64>,
    /// Score error.
    pub score_error: f64,
    /// Lowest score of each grade but the last.
    pub grade_scores: Vec<f64>,
    /// Share of fraud caught.
    pub fraud_catch_rate: f64,
    /// Fen per application.
    pub application_cost: f64,
    /// Rate per hour of giving up on a decision.
    pub abandonment: f64,
    /// Fen per decision by staff.
    pub manual_cost: f64,
    /// Decisions per month by staff; infinite without limit.
    pub manual_capacity: f64,
}

impl UnderwritingSetup {
    /// The scorecard's probability of default of a score, in whole points as scorecards print it; millionths.
    pub fn promised_default(&self, score: f64) -> i64 {
        let last = self.score_defaults.len() - 1;
        self.score_defaults[(crate::math::round(score).max(0) as usize).min(last)]
    }

    /// Number of grades.
    pub fn grades(&self) -> usize {
        self.grade_scores.len() + 1
    }
}

/// Effects on risk.
#[derive(Debug)]
pub struct RiskSetup {
    /// Score at which the transition rows hold.
    pub reference_score: f64,
    /// Effect of score log-odds when current and when delinquent.
    pub slopes: (f64, f64),
    /// Effect of a percentage point of rate above the reference rate.
    pub apr_slope: f64,
    /// Months past due at which an account is charged off: charge-off days / 30 + 1.
    pub charge_off_age: u32,
}
