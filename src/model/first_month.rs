//! The month in which a payment falls due: who is late on the day after, who still is at month end.
//!
//! Due dates are spread evenly over the month, so that at its end a payment missed is `d = 1 ... 30` days past due, each as
//! likely. Of those late on day 1 a share `u(d)` has not paid by the end of day `d`; the daily rate of paying is constant
//! within a tier.

use crate::math::{exp, ln};

/// Days of a month.
pub const DAYS: usize = 30;

/// Daily rate at which `paid` of those unpaid at its begin pay within `days` days.
pub fn daily_rate(paid: f64, days: usize) -> f64 {
    -ln(1.0 - paid) / days as f64
}

/// Shares unpaid at the end of day 0 (the due date), 1, ..., 30, by daily rates of paying on day 1, 2, ...
pub fn unpaid(rates: &[f64; DAYS]) -> [f64; DAYS + 1] {
    let mut shares = [1.0; DAYS + 1];
    for (day, rate) in rates.iter().enumerate() {
        shares[day + 1] = shares[day] * exp(-rate);
    }
    shares
}

/// Share of those late on day 1 that has not paid at month end.
pub fn unpaid_at_month_end(unpaid: &[f64; DAYS + 1]) -> f64 {
    unpaid[1..].iter().sum::<f64>() / DAYS as f64
}

/// Share of a tier's days that an account late on day 1 spends in it unpaid before the month ends, on average. What is due
/// on the day `d` before month end reaches day `x` only if `d >= x`.
pub fn exposure(unpaid: &[f64; DAYS + 1], from: usize, to: usize) -> f64 {
    let days = (from..=to).map(|day| unpaid[day - 1] * (DAYS + 1 - day) as f64).sum::<f64>();
    days / (DAYS * (to + 1 - from)) as f64
}

/// Share of those late on day 1 that enters a tier before the month ends.
pub fn entering(unpaid: &[f64; DAYS + 1], from: usize) -> f64 {
    unpaid[from - 1] * (DAYS + 1 - from) as f64 / DAYS as f64
}
