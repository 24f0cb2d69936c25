//! Price of money.

/// Annual rate of funds transfer pricing: base and spread, not below 0.
pub fn transfer_rate(lpr: f64, spread: f64) -> f64 {
    (lpr + spread).max(0.0)
}

/// Rate on top for the mean tenor of a product: so much for each year of it. `tenors` are months and shares.
pub fn term_premium(per_year: f64, tenors: impl Iterator<Item = (f64, f64)>) -> f64 {
    per_year * tenors.fold(0.0, |sum, (months, share)| sum + months * share) / 12.0
}

/// Share of a balance that lies beyond a limit.
pub fn share_beyond(balance: f64, limit: f64) -> f64 {
    if balance > limit { (balance - limit) / balance } else { 0.0 }
}
