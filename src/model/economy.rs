//! Interest rates and the systematic factor.

/// One step of the systematic factor, a stationary AR(1) with unit variance:
/// `Z_t = phi Z_{t-1} + sqrt(1 - phi^2) e_t`, `e_t ~ N(0, 1)`. Higher is a better economy.
pub fn next_factor(factor: f64, persistence: f64, innovation: f64) -> f64 {
    persistence * factor + (1.0 - persistence * persistence).sqrt() * innovation
}

/// Value of a stepwise path in a month: the last step that has begun; `None` before the first.
pub fn step_value<T: Copy>(steps: &[(u32, T)], month: u32) -> Option<T> {
    steps.iter().rev().find(|(from, _)| *from <= month).map(|(_, value)| *value)
}

/// Demand multiplier of log-normal noise with mean 1: `exp(s z - s^2 / 2)`.
pub fn demand_noise(deviation: f64, normal: f64) -> f64 {
    crate::math::exp(deviation * normal - 0.5 * deviation * deviation)
}
