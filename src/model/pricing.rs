//! Rates by grade, and how many take up an offer.

use crate::math::{expit, logit};

/// Annual rate offered: base + spread of the product + spread of the grade, held between floor and cap.
pub fn offered_apr(base: f64, product_spread: f64, grade_spread: f64, floor: f64, cap: f64) -> f64 {
    (base + product_spread + grade_spread).clamp(floor, cap)
}

/// Probability that an approved applicant draws the loan:
/// `logit pi = logit pi0 + slope * 100 (apr - apr0) + rival_effect * rivals`.
pub fn take_up(base: f64, apr: f64, reference_apr: f64, slope: f64, rivals_log_odds: f64) -> f64 {
    if base <= 0.0 || base >= 1.0 {
        return base;
    }
    expit(logit(base) + slope * 100.0 * (apr - reference_apr) + rivals_log_odds)
}
