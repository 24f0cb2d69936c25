//! From spend to leads: adstock, Hill response, Bass diffusion, and the count of leads.

use crate::math::{exp, normal_quantile, pow};

/// Advertising stock with geometric carry-over (Koyck): `a_t = x_t + retention * a_{t-1}`.
pub fn adstock(stock: f64, spend: f64, retention: f64) -> f64 {
    spend + retention * stock
}

/// Hill response: `max * a^s / (K^s + a^s)` leads per month of stock `a` (Jin et al. 2017, carryover and shape effects).
pub fn hill(stock: f64, leads_max: f64, half_saturation: f64, slope: f64) -> f64 {
    if stock <= 0.0 {
        return 0.0;
    }
    leads_max / (1.0 + pow(half_saturation / stock, slope))
}

/// Rise of the Hill response per unit of relative rise of the stock, `d hill / d ln a = s hill (1 - hill / max)`.
pub fn hill_rise(response: f64, leads_max: f64, slope: f64) -> f64 {
    if leads_max <= 0.0 { 0.0 } else { slope * response * (1.0 - response / leads_max) }
}

/// Bass diffusion (Bass 1969): expected adopters per month `(M - A) (p + q A / M)`.
pub fn bass(market: f64, adopted: f64, innovation: f64, imitation: f64) -> f64 {
    if market <= 0.0 {
        return 0.0;
    }
    (market - adopted).max(0.0) * (innovation + imitation * adopted / market)
}

/// Expected leads of a cell: paid response on the part of the market not yet worked through, and those who come by
/// themselves.
pub fn expected_leads(paid: f64, organic: f64, saturation: f64, demand: f64) -> f64 {
    (paid * (1.0 - saturation).max(0.0) + organic) * demand
}

/// Poisson quantile at `u`: the count of leads. Monotone in the mean at fixed `u` on either side of 30, so that more
/// spend does not lose leads under common random numbers. Exact inversion below 30; from there the Cornish-Fisher expansion
/// of order 1/sqrt(mean), whose error in probability is below 0.001.
pub fn poisson_quantile(mean: f64, u: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    if mean >= 30.0 {
        let z = normal_quantile(u);
        let value = mean + mean.sqrt() * z + (z * z - 1.0) / 6.0;
        return crate::math::round(value.max(0.0)) as u64;
    }
    let mut term = exp(-mean);
    let mut sum = term;
    let mut count = 0_u64;
    while sum < u && count < 400 {
        count += 1;
        term *= mean / count as f64;
        sum += term;
    }
    count
}
