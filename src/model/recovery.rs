//! Money after charge-off.

use crate::math::exp;

/// Share of what is still recoverable that comes in this month: `1 - exp(-speed)`.
pub fn monthly_share(speed: f64) -> f64 {
    1.0 - exp(-speed)
}

/// Cumulative recovery after `months`: `total (1 - exp(-speed * months))`.
pub fn cumulative_recovery(total: f64, speed: f64, months: f64) -> f64 {
    total * (1.0 - exp(-speed * months))
}

/// Present value at a continuous rate `delta` per month: `total * speed / (speed + delta)`.
pub fn present_value(total: f64, speed: f64, delta: f64) -> f64 {
    total * speed / (speed + delta)
}

/// Multiplier of a month's recoveries by the state of the economy: `exp(effect Z - effect^2 / 2)`, with mean 1.
pub fn factor_multiplier(effect: f64, factor: f64) -> f64 {
    exp(effect * factor - 0.5 * effect * effect)
}
