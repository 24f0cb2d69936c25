//! The contract of one loan written out in full, with rounding of its own: nothing here is shared with the engine but
//! the names of the schedules.

use lendcycle::math::pow;
use lendcycle::scenario::tables::Schedule;

/// Monthly rates are whole multiples of `2^-40`.
const RATE_UNIT: i128 = 1 << 40;

/// What one month of a contract brings, in fen.
#[derive(Clone, Copy, Debug)]
pub struct Instalment {
    /// Whether anything can fall due in this month.
    pub falls_due: bool,
    pub principal: i64,
    pub interest_accrued: i64,
    pub interest_due: i64,
}

/// A contract: month on book `k` stands at `instalments[k - 1]`.
#[derive(Clone, Debug)]
pub struct Contract {
    pub schedule: Schedule,
    /// Monthly rate in units of `2^-40`.
    pub rate: i64,
    /// Annuity: the instalment. Equal principal: principal per month. Otherwise 0.
    pub payment: i64,
    pub instalments: Vec<Instalment>,
}

/// Rounds to the nearest whole number, halves away from zero (MODEL.md 1.2).
pub fn nearest(value: f64) -> i64 {
    (if value < 0.0 { -libm::trunc(0.5 - value) } else { libm::trunc(value + 0.5) }) as i64
}

/// A monthly rate, 0.01 being 1 %, in units of `2^-40`.
pub fn rate_units(monthly: f64) -> i64 {
    nearest(monthly * RATE_UNIT as f64)
}

/// A month's interest on a balance, nearest fen, halves up.
pub fn interest(balance: i64, rate: i64) -> i64 {
    let twice = 2 * i128::from(balance) * i128::from(rate);
    let fen = (twice + RATE_UNIT).div_euclid(2 * RATE_UNIT);
    i64::try_from(fen).expect("interest fits")
}

impl Contract {
    pub fn new(schedule: Schedule, amount: i64, rate: i64, tenor: u32) -> Self {
        let payment = match schedule {
            Schedule::Annuity => nearest(amount as f64 * annuity(rate, tenor)),
            Schedule::EqualPrincipal => nearest(amount as f64 * (1.0 / f64::from(tenor))),
            Schedule::InterestOnly | Schedule::QuarterlyInterest => 0,
        };
        let mut balance = amount;
        let mut not_yet_due = 0;
        let mut instalments = Vec::new();
        for k in 1..=tenor {
            let earned = interest(balance, rate);
            not_yet_due += earned;
            let falls_due = schedule != Schedule::QuarterlyInterest || k % 3 == 0;
            let principal = if k == tenor {
                balance
            } else {
                match schedule {
                    Schedule::Annuity => (payment - earned).max(0).min(balance),
                    Schedule::EqualPrincipal => payment.min(balance),
                    Schedule::InterestOnly | Schedule::QuarterlyInterest => 0,
                }
            };
            let interest_due = if falls_due { not_yet_due } else { 0 };
            not_yet_due -= interest_due;
            balance -= principal;
            instalments.push(Instalment { falls_due, principal, interest_accrued: earned, interest_due });
        }
        assert_eq!(balance, 0, "a contract repays its principal");
        assert_eq!(not_yet_due, 0, "a contract pays its interest");
        Contract { schedule, rate, payment, instalments }
    }

    pub fn tenor(&self) -> u32 {
        self.instalments.len() as u32
    }

    /// Month on book `k`; nothing after the tenor.
    pub fn month(&self, k: u32) -> Option<Instalment> {
        self.instalments.get(k as usize - 1).copied()
    }

    /// Interest earned up to month `k` that has not fallen due by then.
    pub fn not_yet_due(&self, k: u32) -> i64 {
        let past = self.instalments.iter().take(k as usize);
        past.map(|instalment| instalment.interest_accrued - instalment.interest_due).sum()
    }

    /// Sum of month x principal, fen-months.
    pub fn principal_months(&self) -> i64 {
        (1..).zip(&self.instalments).map(|(k, instalment)| k * instalment.principal).sum()
    }
}

/// Instalment of an annuity per unit of its amount.
fn annuity(rate: i64, tenor: u32) -> f64 {
    let r = rate as f64 / RATE_UNIT as f64;
    if rate == 0 { 1.0 / f64::from(tenor) } else { r / (1.0 - pow(1.0 + r, -f64::from(tenor))) }
}
