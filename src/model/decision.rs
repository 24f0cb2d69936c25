//! How long a decision takes, and who does not wait for it.

use crate::math::exp;

/// Hours in a month.
pub const HOURS_PER_MONTH: f64 = 730.0;

/// Share of applicants who still want the loan after `hours`: `e^(-rate hours)`.
pub fn staying(rate: f64, hours: f64) -> f64 {
    exp(-rate * hours)
}

/// Hours a case waits behind `backlog` cases when staff decide `capacity` cases a month (a fluid queue).
pub fn waiting_hours(backlog: f64, capacity: f64) -> f64 {
    if backlog > 0.0 { HOURS_PER_MONTH * backlog / capacity } else { 0.0 }
}

/// Cases left at the end of a month.
pub fn backlog_after(backlog: f64, cases: f64, capacity: f64) -> f64 {
    (backlog + cases - capacity).max(0.0)
}
