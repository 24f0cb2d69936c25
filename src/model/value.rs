//! What a product is worth to who put equity into it: present value, internal rate of return, payback.

use crate::math::pow;

/// Value of one run to its owners; amounts in fen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunValue {
    /// Present value of distributable cash at the cost of equity.
    pub npv: f64,
    /// Annual rate at which that value is nil; `None` where there is none.
    pub irr: Option<f64>,
    /// First month from which on what came back is never below what was put in; `None` if never.
    pub payback: Option<u32>,
    /// Most that was put in and had not come back.
    pub peak_need: i64,
    /// First month from which on the net profit so far is never below nil; `None` if never.
    pub break_even: Option<u32>,
}

impl RunValue {
    /// Of distributable cash by month (`cash[0]` at the start, `cash[t + 1]` at the end of month `t`), net profit by month, and the
    /// annual cost of equity.
    pub fn new(cash: &[i64], profit: &[i64], cost_of_equity: f64) -> Self {
        // What stands at the start belongs to the first month.
        let owned = cumulated(cash);
        let peak_need = owned.iter().map(|sum| -sum).max().unwrap_or(0).max(0);
        RunValue {
            npv: present_value(cash, cost_of_equity),
            irr: internal_rate(cash),
            payback: stays_up(&owned).map(|at| at.saturating_sub(1)),
            peak_need,
            break_even: stays_up(&cumulated(profit)),
        }
    }
}

fn cumulated(amounts: &[i64]) -> Vec<i64> {
    let mut sum = 0;
    amounts
        .iter()
        .map(|amount| {
            sum += amount;
            sum
        })
        .collect()
}

/// First place from which on no sum is below nil, if the last is not.
fn stays_up(sums: &[i64]) -> Option<u32> {
    let below = sums.iter().rposition(|sum| *sum < 0).map_or(0, |at| at + 1);
    (below < sums.len()).then_some(below as u32)
}

/// Value at the start of amounts a month apart, at an annual effective rate above -1.
pub fn present_value(amounts: &[i64], annual: f64) -> f64 {
    let discount = pow(1.0 + annual, -1.0 / 12.0);
    // Horner from the end.
    amounts.iter().rev().fold(0.0, |value, amount| value * discount + *amount as f64)
}

/// Annual effective rates between which internal rates are looked for, and the number of steps of the search.
const RATES: (f64, f64) = (-0.95, 9.0);
const STEPS: i32 = 400;

/// Annual effective rate at which amounts a month apart are worth nothing: where their value turns from above nil to below it as
/// the rate rises, as of what is first put in and then comes back; the lowest if there are several, `None` if there is none
/// between -95 and 900 % a year.
pub fn internal_rate(amounts: &[i64]) -> Option<f64> {
    let rate = |step: i32| {
        let (low, high) = (1.0 + RATES.0, 1.0 + RATES.1);
        low * pow(high / low, f64::from(step) / f64::from(STEPS)) - 1.0
    };
    let turns = |step: &i32| {
        present_value(amounts, rate(*step)) > 0.0 && present_value(amounts, rate(step + 1)) <= 0.0
    };
    let step = (0..STEPS).find(turns)?;
    let (mut low, mut high) = (rate(step), rate(step + 1));
    // Halved until doubles end.
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if present_value(amounts, middle) > 0.0 { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}
