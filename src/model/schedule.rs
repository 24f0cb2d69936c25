//! Repayment schedules, exact to the fen: instalments are rounded, the last one absorbs the rest.

use crate::math::pow;
use crate::money::{Fen, FixedRate};

/// How a loan is repaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Equal instalments (等额本息).
    Annuity,
    /// Equal principal (等额本金).
    EqualPrincipal,
    /// Interest monthly, principal at maturity.
    InterestOnly,
    /// Interest quarterly, principal at maturity.
    QuarterlyInterest,
}

/// Terms of one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How it is repaid.
    pub kind: Kind,
    /// Months to maturity.
    pub tenor: u32,
    /// Monthly rate.
    pub rate: FixedRate,
    /// Annuity: the instalment. Equal principal: the principal per month. Otherwise nothing.
    pub payment: Fen,
}

/// What month `k` of a contract brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instalment {
    /// Principal due.
    pub principal: Fen,
    /// Interest earned in the month.
    pub interest_accrued: Fen,
    /// Interest due in the month.
    pub interest_due: Fen,
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

/// What [`Terms::payment`] is per unit of principal.
pub fn payment_factor(kind: Kind, rate: FixedRate, tenor: u32) -> f64 {
    match kind {
        Kind::Annuity => annuity_factor(rate.monthly(), tenor),
        Kind::EqualPrincipal => 1.0 / f64::from(tenor),
        Kind::InterestOnly | Kind::QuarterlyInterest => 0.0,
    }
}

/// Balance of an annuity after `k` instalments, unrounded: `P [(1+r)^n - (1+r)^k] / [(1+r)^n - 1]`.
pub fn annuity_balance(principal: f64, rate: f64, tenor: u32, k: u32) -> f64 {
    if rate == 0.0 {
        return principal * f64::from(tenor - k) / f64::from(tenor);
    }
    let whole = pow(1.0 + rate, f64::from(tenor));
    principal * (whole - pow(1.0 + rate, f64::from(k))) / (whole - 1.0)
}

impl Terms {
    /// Terms of a loan of `amount`.
    pub fn new(kind: Kind, amount: Fen, rate: FixedRate, tenor: u32) -> Self {
        let payment = Fen::round(amount.0 as f64 * payment_factor(kind, rate, tenor));
        Terms { kind, tenor, rate, payment }
    }

    /// What month `k` (from 1 to the tenor) brings when `balance` is left before it.
    #[inline]
    pub fn instalment(&self, balance: Fen, k: u32) -> Instalment {
        let interest = self.rate.interest(balance);
        let last = k == self.tenor;
        let principal = match self.kind {
            _ if last => balance,
            Kind::Annuity => Fen((self.payment - interest).0.clamp(0, balance.0)),
            Kind::EqualPrincipal => self.payment.min(balance),
            Kind::InterestOnly | Kind::QuarterlyInterest => Fen::ZERO,
        };
        let months = match self.kind {
            Kind::QuarterlyInterest if k.is_multiple_of(3) => 3,
            Kind::QuarterlyInterest => 0,
            _ => 1,
        };
        Instalment { principal, interest_accrued: interest, interest_due: Fen(interest.0 * months) }
    }

    /// Whether an annuity needs neither 128-bit products nor clamps. Rounding moves the balance by at most
    /// `n (1 + r)^n` fen over the whole life, 4,777 fen for `r < 1/32` and `n <= 120`, and the balance before the last
    /// instalment is at least `payment / (1 + r)`: with payments from 200 currency units on it stays positive. Measured:
    /// twice as fast.
    fn is_plain(&self, balance: Fen) -> bool {
        self.payment.0 >= 20_000 && self.tenor <= 120 && self.rate.is_plain(balance)
    }

    /// Walks through months `from` to `to` when `balance` is left before `from`; returns the balance after `to`. The kind of
    /// schedule is decided once, not every month.
    #[inline]
    pub fn walk(&self, balance: Fen, from: u32, to: u32, mut visit: impl FnMut(u32, Instalment)) -> Fen {
        let mut left = balance;
        let last = to.min(self.tenor);
        let before_last = last.min(self.tenor - 1);
        match self.kind {
            Kind::Annuity if self.is_plain(balance) => {
                for k in from..=before_last {
                    let interest = self.rate.interest_plain(left);
                    visit(
                        k,
                        Instalment {
                            principal: self.payment - interest,
                            interest_accrued: interest,
                            interest_due: interest,
                        },
                    );
                    left = (left - self.payment) + interest;
                }
            }
            Kind::Annuity => {
                for k in from..=before_last {
                    let interest = self.rate.interest(left);
                    let principal = Fen((self.payment - interest).0.clamp(0, left.0));
                    left -= principal;
                    visit(k, Instalment { principal, interest_accrued: interest, interest_due: interest });
                }
            }
            Kind::EqualPrincipal => {
                for k in from..=before_last {
                    let interest = self.rate.interest(left);
                    let principal = self.payment.min(left);
                    left -= principal;
                    visit(k, Instalment { principal, interest_accrued: interest, interest_due: interest });
                }
            }
            Kind::InterestOnly | Kind::QuarterlyInterest => {
                let interest = self.rate.interest(left);
                let period = self.kind.period();
                for k in from..=before_last {
                    let months = if k.is_multiple_of(period) { i64::from(period) } else { 0 };
                    let interest_due = Fen(interest.0 * months);
                    visit(k, Instalment { principal: Fen::ZERO, interest_accrued: interest, interest_due });
                }
            }
        }
        if last == self.tenor && from <= last {
            let instalment = self.instalment(left, last);
            left -= instalment.principal;
            visit(last, instalment);
        }
        left
    }
}

impl Kind {
    /// Months between due dates.
    pub fn period(self) -> u32 {
        match self {
            Kind::QuarterlyInterest => 3,
            _ => 1,
        }
    }

    /// Whether something falls due in month `k`.
    #[inline]
    pub fn is_due(self, k: u32) -> bool {
        k.is_multiple_of(self.period())
    }

    /// First due month after month `k`.
    #[inline]
    pub fn next_due(self, k: u32) -> u32 {
        (k / self.period() + 1) * self.period()
    }
}
