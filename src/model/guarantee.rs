//! Guarantees (第三方担保、风险补偿基金): what a guarantor pays, and is paid.

use crate::money::Fen;
use crate::rate::monthly_of_nominal;

/// What the guarantor owes for a loan charged off with `principal`: its share, rounded to the fen.
pub fn compensation(principal: Fen, share: f64) -> Fen {
    Fen::round(principal.0 as f64 * share)
}

/// Fee of a month on an opening balance in fen, at an annual share.
pub fn monthly_fee(balance: i64, fee: f64) -> f64 {
    balance as f64 * monthly_of_nominal(fee)
}
