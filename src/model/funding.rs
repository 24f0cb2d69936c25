//! Price of money.

/// Annual rate of funds transfer pricing: base and spread, not below 0.
pub fn transfer_rate(lpr: f64, spread: f64) -> f64 {
    (lpr + spread).max(0.0)
}

/// Rate on top for the mean tenor of a product: so much for each year of it. `tenors` are months and shares.
pub fn term_premium(per_year: f64, tenors: impl Iterator<Item = (f64, f64)>) -> f64 {
    per_year * tenors.fold(0.0, |sum, (months, share)| sum + months * share) / 12.0
}

/// Rate on top for the tenors of a product by a curve of months and rates, ascending by months: each share at its own tenor, a
/// straight line between points, level beyond the first and the last.
pub fn curve_premium(curve: &[(f64, f64)], tenors: impl Iterator<Item = (f64, f64)>) -> f64 {
    let at = |months: f64| match curve.iter().position(|(point, _)| *point >= months) {
        Some(0) => curve[0].1,
        None => curve.last().map_or(0.0, |(_, rate)| *rate),
        Some(above) => {
            let ((from, low), (to, high)) = (curve[above - 1], curve[above]);
            low + (high - low) * (months - from) / (to - from)
        }
    };
    tenors.fold(0.0, |sum, (months, share)| sum + at(months) * share)
}

/// Share of a balance that lies beyond a limit.
pub fn share_beyond(balance: f64, limit: f64) -> f64 {
    if balance > limit { (balance - limit) / balance } else { 0.0 }
}
