//! Collections: what contacts do and cost.

use crate::math::exp;

/// Contacts per account and month that a tier can make: what is aimed at, what rules allow, and what staff can do for
/// `accounts` of them (congestion: effort per account falls when inflow spikes).
pub fn contacts_per_account(aimed: f64, allowed: f64, capacity: f64, accounts: f64) -> f64 {
    let possible = if accounts > 0.0 { capacity / accounts } else { f64::INFINITY };
    aimed.min(allowed).min(possible)
}

/// Reduction of the log-odds of rolling on at `contacts` per account, over what the transition rows already hold:
/// `c (1 - exp(-e / e0)) - c (1 - exp(-e_observed / e0))`, with diminishing returns.
pub fn contact_effect(effect_max: f64, contacts: f64, observed: f64, scale: f64) -> f64 {
    effect_max * (exp(-observed / scale) - exp(-contacts / scale))
}
