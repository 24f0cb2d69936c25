//! Numbers of leads.

use lendcycle::math::{exp, normal_quantile};

/// The count at quantile `u` of a Poisson law: by summing up below a mean of 30, Cornish-Fisher from there.
pub fn poisson(mean: f64, u: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    if mean >= 30.0 {
        let z = normal_quantile(u);
        let count = libm::floor(mean + mean.sqrt() * z + (z * z - 1.0) / 6.0 + 0.5);
        return if count > 0.0 { count as u64 } else { 0 };
    }
    let mut probability = exp(-mean);
    let mut below = probability;
    let mut count = 0;
    while below < u && count < 400 {
        count += 1;
        probability *= mean / count as f64;
        below += probability;
    }
    count
}
