//! Screening out fraud: what a stricter filter costs in honest applicants, and how it wears out.

use crate::math::{ln, pow};

/// Share of honest applicants turned away by a filter that catches `catch` of fraudsters, when one that catches `reference`
/// turns away `rejected`: the power curve `rejected ^ (ln catch / ln reference)`, from (0, 0) to (1, 1).
pub fn honest_rejected(catch: f64, reference: f64, rejected: f64) -> f64 {
    if catch <= 0.0 || rejected <= 0.0 {
        return 0.0;
    }
    pow(rejected, ln(catch) / ln(reference))
}

/// Share of fraudsters caught `months` after the last version of the rules, to which fraudsters adapt.
pub fn catch_rate(fresh: f64, adaptation: f64, months: u32) -> f64 {
    fresh * pow(1.0 - adaptation, f64::from(months))
}
