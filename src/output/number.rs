//! Numbers as they are written: exact decimals, unknown as empty.

use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::lifecycle::metrics::Unit;
use crate::money::Fen;

/// A value in a unit as an exact decimal: money with two places, everything else with at most eight; `None` for
/// unknown.
pub fn decimal(value: f64, unit: Unit) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    match unit {
        Unit::Money => Some(Fen::round(value).to_decimal()),
        _ => Some(Decimal::from_f64(value)?.round_dp(8).normalize()),
    }
}

/// A power of ten that makes amounts readable, and what to call it: for fen amounts up to `largest`.
pub fn money_scale(largest: f64, chinese: bool) -> (f64, &'static str) {
    let units = largest.abs() / 100.0;
    match (chinese, units) {
        (true, 1e9..) => (1e10, "亿元"),
        (true, 1e4..) => (1e6, "万元"),
        (true, _) => (100.0, "元"),
        (false, 1e6..) => (1e8, "million"),
        (false, 1e4..) => (1e5, "thousand"),
        (false, _) => (100.0, "units"),
    }
}
