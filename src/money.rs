//! Money in fen (1/100 of the currency unit), as integers; the only place where money is rounded.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// An amount in fen. All arithmetic is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(pub i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// Rounds an amount in fen to the nearest fen, halves away from zero.
    #[inline]
    pub fn round(fen: f64) -> Fen {
        Fen(crate::math::round(fen))
    }

    /// Exact amount in currency units, with two places.
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// From currency units; `None` when not a whole number of fen or out of range.
    pub fn from_decimal(amount: Decimal) -> Option<Fen> {
        let fen = amount.checked_mul(Decimal::ONE_HUNDRED)?;
        fen.is_integer().then(|| fen.to_i64().map(Fen)).flatten()
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_decimal())
    }
}

impl Add for Fen {
    type Output = Fen;
    fn add(self, other: Fen) -> Fen {
        Fen(self.0 + other.0)
    }
}

impl Sub for Fen {
    type Output = Fen;
    fn sub(self, other: Fen) -> Fen {
        Fen(self.0 - other.0)
    }
}

impl Neg for Fen {
    type Output = Fen;
    fn neg(self) -> Fen {
        Fen(-self.0)
    }
}

impl AddAssign for Fen {
    fn add_assign(&mut self, other: Fen) {
        self.0 += other.0;
    }
}

impl SubAssign for Fen {
    fn sub_assign(&mut self, other: Fen) {
        self.0 -= other.0;
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(iter: I) -> Fen {
        Fen(iter.map(|fen| fen.0).sum())
    }
}

/// A monthly interest rate as the integer `round(rate * 2^40)`, so that interest in fen is integer arithmetic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixedRate(pub i64);

impl FixedRate {
    const BITS: u32 = 40;

    /// From a monthly rate as a decimal (0.015 is 1.5 % a month).
    pub fn from_monthly(rate: f64) -> FixedRate {
        FixedRate(crate::math::round(rate * (1_u64 << Self::BITS) as f64))
    }

    /// The monthly rate as a decimal.
    pub fn monthly(self) -> f64 {
        self.0 as f64 / (1_u64 << Self::BITS) as f64
    }

    /// `balance * rate`, rounded to the nearest fen, halves up; `balance >= 0`.
    /// The product is taken in 128 bits: it cannot overflow.
    #[inline]
    pub fn interest(self, balance: Fen) -> Fen {
        let product = i128::from(balance.0) * i128::from(self.0);
        Fen(((product + (1 << (Self::BITS - 1))) >> Self::BITS) as i64)
    }

    /// Whether [`FixedRate::interest_plain`] holds for this balance and all below it.
    #[inline]
    pub fn is_plain(self, balance: Fen) -> bool {
        0 <= balance.0 && balance.0 < 1 << 27 && 0 <= self.0 && self.0 < 1 << (Self::BITS - 5)
    }

    /// [`FixedRate::interest`] in 64 bits, for balances and rates that [`FixedRate::is_plain`] allows.
    #[inline]
    pub fn interest_plain(self, balance: Fen) -> Fen {
        Fen((balance.0 * self.0 + (1 << (Self::BITS - 1))) >> Self::BITS)
    }
}

/// Rounds amounts in sequence, so that what they round to adds up to their rounded sum; fen.
pub fn rounded_parts(parts: impl Iterator<Item = f64>) -> Vec<i64> {
    let (mut exact, mut before) = (0.0, 0);
    let part = |part: f64| {
        exact += part;
        let upto = Fen::round(exact).0;
        let share = upto - before;
        before = upto;
        share
    };
    parts.map(part).collect()
}
