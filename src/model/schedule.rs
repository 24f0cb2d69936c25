//! Repayment schedules, exact to the fen: instalments are rounded, the last one absorbs the rest.

use std::borrow::Cow;

use crate::math::pow;
use crate::money::{Fen, FixedRate};
use crate::rate::monthly_of_nominal;
use crate::time::CalendarMonth;

/// How principal is repaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Equal instalments (等额本息).
    Annuity,
    /// Equal principal (等额本金).
    EqualPrincipal,
    /// All principal at maturity.
    InterestOnly,
}

/// How loans of a product are repaid, whatever their rate and tenor.
#[derive(Clone, Debug, PartialEq)]
pub struct Repayment {
    /// How principal is repaid.
    pub kind: Kind,
    /// Months between due dates; tenors are multiples of it.
    pub period: u32,
    /// Months at the start in which only interest is paid; a multiple of the period, below the tenor.
    pub interest_only: u32,
    /// Share of the amount that is left for the last instalment.
    pub balloon: f64,
    /// Later annual rates as differences from the first, by the month on book from which they hold; ascending. An annuity is
    /// levelled anew (分段计息).
    pub rate_steps: Vec<(u32, f64)>,
    /// Share of interest waived in the first months (免息), and in how many. What is waived changes no principal.
    pub waiver: (f64, u32),
    /// Lowest and highest annual rate that `rate_steps` may lead to.
    pub rate_range: (f64, f64),
    /// Days that bear interest (按日计息); `None` is 30/360.
    pub days: Option<Days>,
    /// What a partial prepayment does, and the months on book after whose instalment there was one; ascending.
    pub curtailment: Curtailment,
    /// See `curtailment`.
    pub curtailed: Vec<u32>,
}

/// Partial prepayment (部分提前还款).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Curtailment {
    /// Share of the balance that is prepaid.
    pub share: f64,
    /// Whether the payment stays and the term shortens; otherwise the payment is levelled anew over the term.
    pub keeps_payment: bool,
}

impl Curtailment {
    /// What is prepaid of a balance: something is always left.
    fn of(self, balance: Fen) -> Fen {
        Fen::round(balance.0 as f64 * self.share).min(balance - Fen(1)).max(Fen::ZERO)
    }
}

/// Interest by actual days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Days the annual rate is divided by.
    pub year: u32,
    /// Month at the end of which the loan is made.
    pub origination: CalendarMonth,
}

impl Days {
    /// Days of month on book `k`.
    pub fn of(self, k: u32) -> u32 {
        self.origination.plus(k).days()
    }
}

impl Repayment {
    /// Monthly repayment from the first month at one rate.
    pub fn plain(kind: Kind) -> Self {
        let (rate_steps, waiver, rate_range) = (Vec::new(), (0.0, 0), (0.0, f64::INFINITY));
        Repayment {
            kind,
            period: 1,
            interest_only: 0,
            balloon: 0.0,
            rate_steps,
            waiver,
            rate_range,
            days: None,
            curtailment: Curtailment::default(),
            curtailed: Vec::new(),
        }
    }

    /// The repayment of loans of a tenor made at the end of a calendar month.
    pub fn starting(&self, month: CalendarMonth, tenor: u32) -> Cow<'_, Repayment> {
        match self.days {
            None => Cow::Borrowed(self),
            Some(days) => {
                // After the tenor overdue principal bears interest until charge-off: ten years and one day more.
                let days = Some(Days { origination: month.alike(tenor + OVERDUE_MOST), ..days });
                Cow::Owned(Repayment { days, ..self.clone() })
            }
        }
    }

    /// Annual rate in month `k` of a contract that begins at `apr`.
    fn annual(&self, apr: f64, k: u32) -> f64 {
        let (low, high) = self.rate_range;
        let step = self.rate_steps.iter().rev().find(|(from, _)| *from <= k);
        step.map_or(apr, |(_, change)| (apr + change).clamp(low, high)).max(0.0)
    }

    /// Monthly rate in month `k` at an annual rate.
    fn monthly(&self, annual: f64, k: u32) -> FixedRate {
        FixedRate::from_monthly(match self.days {
            None => monthly_of_nominal(annual),
            Some(days) => annual * (f64::from(days.of(k)) / f64::from(days.year)),
        })
    }
}

/// Months a loan can be past due: those of the longest time until charge-off, and one.
const OVERDUE_MOST: u32 = 121;

/// Months between due dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(pub u32);

impl Period {
    /// Whether something falls due in month on book `k`.
    #[inline]
    pub fn is_due(self, k: u32) -> bool {
        self.0 == 1 || k.is_multiple_of(self.0)
    }

    /// First due month after month `k`.
    #[inline]
    pub fn next_due(self, k: u32) -> u32 {
        if self.0 == 1 { k + 1 } else { (k / self.0 + 1) * self.0 }
    }
}

/// What month `k` of a contract brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instalment {
    /// Balance before it.
    pub opening: Fen,
    /// Principal due.
    pub principal: Fen,
    /// Interest earned in the month.
    pub interest_accrued: Fen,
    /// Interest due in the month.
    pub interest_due: Fen,
}

/// The schedule of loans of one repayment, rate and tenor, by amount.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Repayment.
    pub repayment: Repayment,
    /// Annual rate of the first month.
    pub apr: f64,
    /// Months to maturity.
    pub tenor: u32,
    /// Monthly rate by month on book, first month first.
    pub rates: Vec<FixedRate>,
    /// Monthly rate of the interest that is charged, after the waiver.
    pub charged: Vec<FixedRate>,
}

/// Instalment of an annuity: `P r / (1 - (1 + r)^-n)`; `P / n` at rate 0. In the unit of `principal`.
pub fn annuity_payment(principal: f64, rate: f64, tenor: u32) -> f64 {
    principal * annuity_factor(rate, tenor)
}

/// Instalment of an annuity per unit of principal: `r / (1 - (1 + r)^-n)`; `1 / n` at rate 0.
pub fn annuity_factor(rate: f64, tenor: u32) -> f64 {
    if rate == 0.0 {
        return 1.0 / f64::from(tenor);
    }
    rate / (1.0 - pow(1.0 + rate, -f64::from(tenor)))
}

/// Balance of an annuity after `k` instalments, unrounded: `P [(1+r)^n - (1+r)^k] / [(1+r)^n - 1]`.
pub fn annuity_balance(principal: f64, rate: f64, tenor: u32, k: u32) -> f64 {
    if rate == 0.0 {
        return principal * f64::from(tenor - k) / f64::from(tenor);
    }
    let whole = pow(1.0 + rate, f64::from(tenor));
    principal * (whole - pow(1.0 + rate, f64::from(k))) / (whole - 1.0)
}

impl Schedule {
    /// With a first annual rate of `apr`.
    pub fn new(repayment: &Repayment, apr: f64, tenor: u32) -> Self {
        let (waived, waived_months) = repayment.waiver;
        let rates: Vec<FixedRate> =
            (1..=tenor).map(|k| repayment.monthly(repayment.annual(apr, k), k)).collect();
        let charged = (1..)
            .zip(&rates)
            .map(|(k, rate)| {
                if k <= waived_months {
                    FixedRate::from_monthly(rate.monthly() * (1.0 - waived))
                } else {
                    *rate
                }
            })
            .collect();
        Schedule { repayment: repayment.clone(), apr, tenor, rates, charged }
    }

    /// The rate of all months, those after the tenor too, if it is the same and nothing of it is waived.
    pub fn one_rate(&self) -> Option<FixedRate> {
        let first = *self.rates.first()?;
        let is_one = self.repayment.days.is_none()
            && self.rates.iter().chain(&self.charged).all(|rate| *rate == first);
        is_one.then_some(first)
    }

    /// Monthly rate in force in month `k`, before any waiver; after the tenor the annual rate is that of the last month.
    #[inline]
    pub fn rate(&self, k: u32) -> FixedRate {
        match self.rates.get(k as usize - 1) {
            Some(rate) => *rate,
            None => self.repayment.monthly(self.repayment.annual(self.apr, self.tenor), k),
        }
    }

    /// Principal per due date, or annuity instalment, when `balance` is left before month `k` and `last` of it is for the
    /// last instalment on top: `B a - F (a - R)` for an annuity of factor `a` at the period's rate `R`, `(B - F) / m`
    /// for equal principal, over the `m` due dates left up to month `end`.
    fn payment(&self, balance: Fen, last: Fen, k: u32, end: u32) -> Fen {
        let period = self.repayment.period;
        let dates = (end - (k - 1)) / period;
        match self.repayment.kind {
            Kind::Annuity if self.repayment.days.is_some() => {
                let (all, at_last) = self.worth(k, end);
                Fen::round((balance.0 as f64 - last.0 as f64 * at_last) / all)
            }
            Kind::Annuity => {
                let rate = self.rates[k as usize - 1].monthly() * f64::from(period);
                let factor = annuity_factor(rate, dates);
                Fen::round(balance.0 as f64 * factor - last.0 as f64 * (factor - rate))
            }
            Kind::EqualPrincipal => Fen::round((balance.0 - last.0) as f64 * (1.0 / f64::from(dates))),
            Kind::InterestOnly => Fen::ZERO,
        }
    }

    /// What one fen on every due date from month `k` on is worth before it, and one on the last: at the annual rate of
    /// month `k` for the days of each month.
    fn worth(&self, k: u32, end: u32) -> (f64, f64) {
        let period = self.repayment.period;
        let annual = self.repayment.annual(self.apr, k);
        let (mut all, mut one) = (0.0, 1.0);
        for first in (k..=end).step_by(period as usize) {
            let months = first..first + period;
            let rate: f64 = months.map(|month| self.repayment.monthly(annual, month).monthly()).sum();
            one /= 1.0 + rate;
            all += one;
        }
        (all, one)
    }

    /// Visits the months of a loan of `amount`, from 1 to the tenor. Returns the month of the last instalment: before the
    /// tenor when a payment was kept.
    pub fn walk(&self, amount: Fen, mut visit: impl FnMut(u32, Instalment)) -> u32 {
        let Repayment {
            kind,
            period,
            interest_only,
            balloon,
            ref rate_steps,
            curtailment,
            ref curtailed,
            ..
        } = self.repayment;
        let last = Fen::round(amount.0 as f64 * balloon);
        let mut balance = amount;
        let (mut interest, mut charged) = (Fen::ZERO, Fen::ZERO);
        let mut payment = Fen::ZERO;
        let mut end = self.tenor;
        for k in 1..=self.tenor {
            let levelled = k == interest_only + 1
                || k > interest_only
                    && (kind == Kind::Annuity && rate_steps.iter().any(|(from, _)| *from == k)
                        || !curtailment.keeps_payment && curtailed.contains(&(k - 1)));
            if levelled && k <= end {
                payment = self.payment(balance, last, k, end);
            }
            interest += self.rates[k as usize - 1].interest(balance);
            let interest_accrued = self.charged[k as usize - 1].interest(balance);
            charged += interest_accrued;
            let is_due = k.is_multiple_of(period);
            let principal = match kind {
                _ if k == end => balance,
                _ if !is_due || k <= interest_only => Fen::ZERO,
                Kind::Annuity => Fen((payment - interest).0.clamp(0, balance.0)),
                Kind::EqualPrincipal => payment.min(balance),
                Kind::InterestOnly => Fen::ZERO,
            };
            let interest_due = if is_due { charged } else { Fen::ZERO };
            visit(k, Instalment { opening: balance, principal, interest_accrued, interest_due });
            if is_due {
                (interest, charged) = (Fen::ZERO, Fen::ZERO);
            }
            balance -= principal;
            if curtailed.contains(&k) {
                let part = curtailment.of(balance);
                balance -= part;
                if part > Fen::ZERO && curtailment.keeps_payment && k > interest_only {
                    end = self.end(balance, payment, k, end);
                }
            }
        }
        end
    }

    /// The due date up to `end` on which a payment kept after month `k` pays a balance off, at the annual rate of month `k`.
    fn end(&self, mut balance: Fen, payment: Fen, k: u32, end: u32) -> u32 {
        let Repayment { kind, period, .. } = self.repayment;
        let annual = self.repayment.annual(self.apr, k);
        for date in (k + period..end).step_by(period as usize) {
            let months = date - period + 1..=date;
            let interest = |month| self.repayment.monthly(annual, month).interest(balance);
            let principal = match kind {
                Kind::Annuity => payment - months.map(interest).sum(),
                _ => payment,
            };
            if principal >= balance {
                return date;
            }
            balance -= principal.max(Fen::ZERO);
        }
        end
    }

    /// The months of a loan of `amount`.
    pub fn instalments(&self, amount: Fen) -> Vec<Instalment> {
        let mut months = Vec::with_capacity(self.tenor as usize);
        self.walk(amount, |_, instalment| months.push(instalment));
        months
    }
}
