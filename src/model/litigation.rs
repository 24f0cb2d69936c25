//! Litigation (诉讼): what is sued for, what filing costs, what a judgement brings.

use crate::money::Fen;

/// Part of a charged-off principal that goes to court.
pub fn sued(principal: Fen, share: f64) -> Fen {
    Fen::round(principal.0 as f64 * share)
}

/// Cost of filing: a share of what is sued for, and a fixed amount in fen for the share of cases filed.
pub fn filing_cost(sued: Fen, cost_share: f64, share: f64, cost_fixed: f64) -> Fen {
    Fen::round(sued.0 as f64 * cost_share + share * cost_fixed)
}

/// What a judgement brings of what was sued for.
pub fn judged(sued: Fen, recovery: f64) -> Fen {
    Fen::round(sued.0 as f64 * recovery)
}
