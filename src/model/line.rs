//! A revolving line: what falls due in a month, and how long a draw is expected to stay out.

use crate::money::Fen;

/// How what is drawn on a line is repaid.
#[derive(Clone, Copy, Debug)]
pub struct LineTerms {
    /// Share of the balance due every month.
    pub minimum_share: f64,
    /// Least payment due, principal and interest.
    pub minimum_payment: Fen,
    /// Equal months in which the balance is repaid once the line has ended.
    pub run_off: u32,
}

/// A payment due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineDue {
    /// Principal.
    pub principal: Fen,
    /// Interest of the month.
    pub interest: Fen,
}

impl LineDue {
    /// Nothing is due.
    pub fn is_nothing(self) -> bool {
        self.principal == Fen::ZERO && self.interest == Fen::ZERO
    }
}

impl LineTerms {
    /// What falls due in month on book `m` on a balance that is not overdue; the line ends in month `ends`.
    pub fn due(&self, balance: Fen, interest: Fen, m: u32, ends: u32) -> LineDue {
        let share = Fen::round(balance.0 as f64 * self.minimum_share);
        let mut principal = share.max(self.minimum_payment - interest);
        if m >= ends {
            let left = i64::from((ends + self.run_off).saturating_sub(m).max(1));
            principal = principal.max(Fen((balance.0 + left - 1) / left));
        }
        LineDue { principal: principal.max(Fen::ZERO).min(balance), interest }
    }
}

/// Months a draw is expected to stay out when a share `repaid` of what is left is repaid every month, and all of it in
/// the last of `months`: `(1 - (1 - repaid)^months) / repaid`.
pub fn expected_life(repaid: f64, months: u32) -> f64 {
    if repaid == 0.0 {
        return f64::from(months);
    }
    (1.0 - crate::math::pow(1.0 - repaid, f64::from(months))) / repaid
}

/// A limit raised by a share, held at the highest.
pub fn raised(limit: Fen, share: f64, highest: Fen) -> Fen {
    (limit + Fen::round(limit.0 as f64 * share)).min(highest).max(limit)
}

/// A limit cut by a share, though not below the balance.
pub fn cut(limit: Fen, share: f64, balance: Fen) -> Fen {
    (limit - Fen::round(limit.0 as f64 * share)).max(balance.min(limit))
}
