//! Rates by grade, and how many take up an offer.

use super::schedule::{Period, Schedule};
use crate::math::{expit, logit, pow};
use crate::money::Fen;
use crate::rate::effective_annual;

/// Annual rate offered: base + spread of the product + spread of the grade, held between floor and cap.
pub fn offered_apr(base: f64, product_spread: f64, grade_spread: f64, floor: f64, cap: f64) -> f64 {
    (base + product_spread + grade_spread).clamp(floor, cap)
}

/// Probability that an approved applicant draws the loan:
/// `logit pi = logit pi0 + slope * 100 (apr - apr0) + rival_effect * rivals`.
pub fn take_up(base: f64, apr: f64, reference_apr: f64, slope: f64, rivals_log_odds: f64) -> f64 {
    if base <= 0.0 || base >= 1.0 {
        return base;
    }
    expit(logit(base) + slope * 100.0 * (apr - reference_apr) + rivals_log_odds)
}

/// A probability whose log-odds move by `shift`; certainties stay what they are.
pub fn shifted(probability: f64, shift: f64) -> f64 {
    if probability <= 0.0 || probability >= 1.0 || shift == 0.0 {
        return probability;
    }
    expit(logit(probability) + shift)
}

/// Shares of tenors, in ascending order, when the share `moved` of every tenor's loans takes the next longer one instead,
/// or, negative, the next shorter one; the last stays where it is.
pub fn tenor_mix(shares: &[f64], moved: f64) -> Vec<f64> {
    let moved = moved.clamp(-1.0, 1.0);
    let last = shares.len() - 1;
    let mut mix = vec![0.0; shares.len()];
    for (tenor, share) in shares.iter().enumerate() {
        let next = if moved > 0.0 { (tenor + 1).min(last) } else { tenor.saturating_sub(1) };
        mix[tenor] += share * (1.0 - moved.abs());
        mix[next] += share * moved.abs();
    }
    mix
}

/// What a contract costs its customer, fees included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AllIn {
    /// Nominal annual rate of the contract.
    pub apr: f64,
    /// Twelve times the monthly internal rate of return of all the customer receives and pays; by actual days the annual rate
    /// that, for the days of each month out of 365, is their internal rate of return.
    pub apr_all_in: f64,
    /// The same compounded: `(1 + irr)^12 - 1`; by actual days over the life of the contract, brought to 365 days.
    pub effective_annual: f64,
    /// First instalment with interest and fee, fen.
    pub instalment_first: Fen,
    /// Largest instalment, fen.
    pub instalment_max: Fen,
}

impl AllIn {
    /// Of a loan of `amount` that pays on schedule; `upfront_fee` is a share of the amount, `monthly_fee` falls due with
    /// the instalments.
    pub fn new(schedule: &Schedule, apr: f64, amount: Fen, upfront_fee: f64, monthly_fee: Fen) -> AllIn {
        let period = schedule.repayment.period;
        let payments: Vec<i64> = (1..)
            .zip(schedule.instalments(amount))
            .map(|(k, month)| {
                let fee = if Period(period).is_due(k) { monthly_fee.0 * i64::from(period) } else { 0 };
                (month.principal + month.interest_due).0 + fee
            })
            .collect();
        let received = amount - Fen::round(amount.0 as f64 * upfront_fee);
        let worth = received.0 as f64;
        let (apr_all_in, effective_annual) = match schedule.repayment.days {
            None => {
                let irr = monthly_irr(worth, payments.iter().map(|payment| *payment as f64));
                (12.0 * irr, effective_annual(12.0 * irr, 12))
            }
            Some(days) => {
                let shares = (1..).map(|k| f64::from(days.of(k)) / 365.0);
                let months: Vec<(f64, f64)> =
                    payments.iter().map(|payment| *payment as f64).zip(shares).collect();
                let rate = annual_irr(worth, &months);
                let years: f64 = months.iter().map(|(_, share)| share).sum();
                let growth: f64 = months.iter().map(|(_, share)| 1.0 + rate * share).product();
                (rate, pow(growth, 1.0 / years) - 1.0)
            }
        };
        AllIn {
            apr,
            apr_all_in,
            effective_annual,
            instalment_first: Fen(payments.iter().copied().find(|payment| *payment > 0).unwrap_or(0)),
            instalment_max: Fen(payments.iter().copied().max().unwrap_or(0)),
        }
    }
}

/// Monthly internal rate of return: the rate `r` at which `sum payment_k / (1 + r)^k` is what was received; by
/// bisection between -50 % and 100 %.
pub fn monthly_irr(received: f64, payments: impl DoubleEndedIterator<Item = f64> + Clone) -> f64 {
    bisect(-0.5, 1.0, |rate| {
        let discount = 1.0 / (1.0 + rate);
        payments.clone().rev().fold(0.0, |worth, payment| (worth + payment) * discount) > received
    })
}

/// Annual internal rate of return of payments at the ends of months, each a share of a year: the rate `R` at which
/// `sum payment_k / prod_{j <= k} (1 + R share_j)` is what was received; by bisection between -500 % and 1,200 %.
pub fn annual_irr(received: f64, months: &[(f64, f64)]) -> f64 {
    bisect(-5.0, 12.0, |rate| {
        let worth =
            months.iter().rev().fold(0.0, |worth, (payment, share)| (worth + payment) / (1.0 + rate * share));
        worth > received
    })
}

/// The rate up to which `is_low` holds.
fn bisect(mut low: f64, mut high: f64, is_low: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if is_low(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
