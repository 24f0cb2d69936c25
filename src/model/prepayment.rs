//! Prepayment in full, a competing risk drawn before delinquency.

/// Monthly prepayment probability at month on book `m`: `rate * min(1, m / ramp) * (1 + effect * rivals)`, at most 1.
pub fn prepayment_probability(rate: f64, month_on_book: u32, ramp: u32, rival_factor: f64) -> f64 {
    let risen = (f64::from(month_on_book) / f64::from(ramp)).min(1.0);
    (rate * risen * rival_factor).min(1.0)
}
