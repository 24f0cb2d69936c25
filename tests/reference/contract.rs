//! The contract of one loan written out in full, with rounding of its own: nothing here is shared with the engine but
//! the names of the schedules.

use lendcycle::math::pow;
use lendcycle::scenario::tables::{Kept, Product, Schedule};

use super::prices::year_share;

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
    /// Months between due dates.
    pub period: u32,
    /// Monthly rates in units of `2^-40`, before any waiver; beyond the tenor those of overdue principal.
    pub rates: Vec<i64>,
    /// What is left of them after waivers.
    pub charged: Vec<i64>,
    /// Whether all principal is left for the end.
    pub bullet: bool,
    pub instalments: Vec<Instalment>,
}

/// What has become of a contract since it was made.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Annual rates by the month on book from which they hold.
    pub resets: Vec<(u32, f64)>,
    /// Months on book after whose instalment part of it was prepaid.
    pub curtailed: Vec<u32>,
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
    /// The contract of a first or repeat loan of an amount, made at the end of a calendar month, at an annual rate, written
    /// month by month (MODEL.md 3.10).
    pub fn new(
        product: &Product,
        repeat: bool,
        apr: f64,
        (amount, made): (i64, i64),
        tenor: u32,
        changes: &Changes,
    ) -> Self {
        let Changes { resets, curtailed } = changes;
        let period = product.payment_months.map_or(1, |months| months.0 as u32);
        let interest_only = product.interest_only_months.map_or(0, |months| months.0 as u32);
        let at_last = nearest(amount as f64 * product.balloon.map_or(0.0, |share| share.f64()));
        let annual_of = |k: u32| {
            let mut annual = apr;
            for step in product.rate_steps.iter().flatten() {
                if u64::from(k) >= step.month_on_book.0 {
                    annual = apr + step.change.f64();
                    annual = annual.max(product.apr_floor.f64()).min(product.apr_cap.f64());
                }
            }
            for (from, reset) in resets {
                if k >= *from {
                    // By way of the difference, as the product's own steps are written.
                    annual = apr + (reset - apr);
                }
            }
            f64::max(annual, 0.0)
        };
        let monthly = |annual: f64, k: u32| match year_share(product, made, k) {
            None => rate_units(annual / 12.0),
            Some(share) => rate_units(annual * share),
        };
        let rate_of = |k: u32| monthly(annual_of(k.min(tenor)), k);
        let rate_changes = |k: u32| {
            product.rate_steps.iter().flatten().any(|step| step.month_on_book.0 == u64::from(k))
                || resets.iter().any(|(from, _)| *from == k)
        };
        let keeps_payment = product.curtailment.as_ref().is_some_and(|table| table.keep == Kept::Payment);
        let charged_of = |k: u32| match &product.waiver {
            Some(waiver)
                if u64::from(k) <= waiver.months.0 && !(repeat && waiver.first_loan_only == Some(true)) =>
            {
                let kept = 1.0 - waiver.share.f64();
                nearest(rate_of(k) as f64 / RATE_UNIT as f64 * kept * RATE_UNIT as f64)
            }
            _ => rate_of(k),
        };
        let mut balance = amount;
        // Interest since the last due date: as the contract counts it, and as the customer is charged.
        let (mut counted, mut charged) = (0, 0);
        let mut payment = 0;
        let mut end = tenor;
        let mut instalments = Vec::new();
        for k in 1..=tenor {
            let begins = k == interest_only + 1;
            let levelled = k > interest_only
                && (product.schedule == Schedule::Annuity && rate_changes(k)
                    || !keeps_payment && curtailed.contains(&(k - 1)));
            if begins || levelled {
                let dates = (end + 1 - k) / period;
                payment = match product.schedule {
                    Schedule::Annuity if year_share(product, made, k).is_some() => {
                        let (mut all, mut last) = (0.0, 1.0);
                        for date in (0..dates).rev() {
                            let months = k + date * period..k + (date + 1) * period;
                            let units: i64 = months.map(|month| monthly(annual_of(k), month)).sum();
                            let growth = 1.0 + units as f64 / RATE_UNIT as f64;
                            (all, last) = ((all + 1.0) / growth, last / growth);
                        }
                        nearest((balance as f64 - at_last as f64 * last) / all)
                    }
                    Schedule::Annuity => {
                        let rate = rate_of(k) as f64 / RATE_UNIT as f64 * f64::from(period);
                        let factor = annuity(rate, dates);
                        nearest(balance as f64 * factor - at_last as f64 * (factor - rate))
                    }
                    Schedule::EqualPrincipal => {
                        nearest((balance - at_last) as f64 * (1.0 / f64::from(dates)))
                    }
                    Schedule::InterestOnly => 0,
                };
            }
            let earned = interest(balance, charged_of(k));
            counted += interest(balance, rate_of(k));
            charged += earned;
            let falls_due = k % period == 0;
            let repays = falls_due && k > interest_only;
            let principal = match product.schedule {
                _ if k == end => balance,
                Schedule::Annuity if repays => (payment - counted).max(0).min(balance),
                Schedule::EqualPrincipal if repays => payment.min(balance),
                _ => 0,
            };
            let interest_due = if falls_due { charged } else { 0 };
            if falls_due {
                (counted, charged) = (0, 0);
            }
            balance -= principal;
            instalments.push(Instalment { falls_due, principal, interest_accrued: earned, interest_due });
            if k == end {
                break;
            }
            if curtailed.contains(&k) {
                let share = product.curtailment.as_ref().expect("there is a share").share.f64();
                let part = nearest(balance as f64 * share).min(balance - 1).max(0);
                balance -= part;
                if part > 0 && keeps_payment && k > interest_only {
                    // Play on at the month's annual rate until nothing is left.
                    let (mut left, mut owed, mut month) = (balance, 0, k);
                    while month < end && left > 0 {
                        month += 1;
                        owed += interest(left, monthly(annual_of(k), month));
                        if month % period == 0 {
                            let of_interest = if product.schedule == Schedule::Annuity { owed } else { 0 };
                            left -= (payment - of_interest).max(0);
                            owed = 0;
                        }
                    }
                    end = month;
                }
            }
        }
        assert_eq!(balance, 0, "a contract repays its principal");
        assert_eq!(charged, 0, "a contract pays its interest");
        let months = 1..=tenor + 121;
        let rates = months.clone().map(rate_of).collect();
        let charged = months.map(|k| if k <= tenor { charged_of(k) } else { rate_of(k) }).collect();
        let bullet = product.schedule == Schedule::InterestOnly;
        Contract { period, rates, charged, bullet, instalments }
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

/// Instalment of an annuity per unit of its amount, at a rate per due date.
fn annuity(r: f64, dates: u32) -> f64 {
    if r == 0.0 { 1.0 / f64::from(dates) } else { r / (1.0 - pow(1.0 + r, -f64::from(dates))) }
}
