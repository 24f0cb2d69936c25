//! Numbers of the field, each checked where it is built. A rate is a decimal (0.18, never 18) and its type states its
//! period. Values are kept as exact decimals; `f64()` is what the engine computes with.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::money::Fen;

/// A number read from a scenario: what it is called, and its range.
pub trait Number: Sized + Copy {
    /// What the number is, with its allowed range, for error messages and the parameter list.
    const ALLOWED: &'static str;
    /// Builds the number, if it is in range.
    fn build(value: Decimal) -> Option<Self>;
    /// The exact value.
    fn decimal(self) -> Decimal;
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $low:literal ..= $high:literal, $allowed:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub struct $name(Decimal);

        impl Number for $name {
            const ALLOWED: &'static str = $allowed;

            fn build(value: Decimal) -> Option<Self> {
                let (low, high): (Decimal, Decimal) =
                    (Decimal::from_str_exact($low).ok()?, Decimal::from_str_exact($high).ok()?);
                (low <= value && value <= high).then_some(Self(value))
            }

            fn decimal(self) -> Decimal {
                self.0
            }
        }

        impl $name {
            /// The value as a binary floating-point number.
            pub fn f64(self) -> f64 {
                self.0.to_f64().expect("a decimal in range converts")
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number!(
    /// A probability or a share.
    Probability, "0"..="1", "a probability or share from 0 to 1"
);
number!(
    /// A nominal annual rate, as a decimal.
    AnnualRate, "0"..="1", "an annual rate as a decimal from 0 to 1 (18 % is 0.18)"
);
number!(
    /// A limit to an all-in annual rate, as a decimal; fees can lift short loans beyond 100 %.
    AllInRate, "0"..="10", "an annual rate as a decimal from 0 to 10 (24 % is 0.24)"
);
number!(
    /// A spread on an annual rate, as a decimal.
    AnnualSpread, "-0.5"..="0.5", "an annual spread as a decimal from -0.5 to 0.5 (50 basis points are 0.005)"
);
number!(
    /// A share moved one way (positive) or the other.
    ShareMoved, "-1"..="1", "a share moved, from -1 to 1"
);
number!(
    /// A factor something is multiplied by.
    Multiplier, "0"..="1000", "a multiplier from 0 to 1000"
);
number!(
    /// An effect on log-odds.
    LogOdds, "-6"..="6", "an effect on log-odds from -6 to 6"
);
number!(
    /// A score in points.
    Score, "0"..="1500", "a score from 0 to 1500 points"
);
number!(
    /// A difference of scores in points.
    ScorePoints, "-500"..="500", "score points from -500 to 500"
);
number!(
    /// A number of events per month or year, not necessarily whole.
    Intensity, "0"..="10000000", "a number from 0 to 10,000,000"
);
number!(
    /// A correlation or persistence, below one.
    Correlation, "0"..="0.999", "a number from 0 to 0.999"
);
number!(
    /// A standard normal value, such as the systematic factor.
    NormalValue, "-8"..="8", "a standard normal value from -8 to 8"
);
number!(
    /// A monthly growth rate, as a decimal.
    MonthlyGrowth, "-1"..="1", "a monthly growth rate as a decimal from -1 to 1 (1.6 % is 0.016)"
);
number!(
    /// A strictly positive shape parameter.
    Shape, "0.01"..="100", "a number from 0.01 to 100"
);
number!(
    /// A figure a policy compares with: a ratio, a count or an amount in currency units.
    Figure, "-1000000000000"..="1000000000000", "a number from -10^12 to 10^12"
);

/// A non-negative amount of money in currency units, exact to the fen, at most 100 million.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub Fen);

impl Number for Amount {
    const ALLOWED: &'static str = "an amount from 0 to 100,000,000.00 with at most two decimal places";

    fn build(value: Decimal) -> Option<Self> {
        (Decimal::ZERO <= value && value <= Decimal::from(100_000_000))
            .then(|| Fen::from_decimal(value))
            .flatten()
            .map(Amount)
    }

    fn decimal(self) -> Decimal {
        self.0.to_decimal()
    }
}

impl Amount {
    /// The amount in fen as a binary floating-point number.
    pub fn fen_f64(self) -> f64 {
        self.0.0 as f64
    }
}

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(&self.decimal(), serializer)
    }
}

/// A price that may be a fraction of a fen (a text message costs 0.035), in currency units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnitCost(Decimal);

impl Number for UnitCost {
    const ALLOWED: &'static str = "a cost per piece from 0 to 100,000 currency units";

    fn build(value: Decimal) -> Option<Self> {
        (Decimal::ZERO <= value && value <= Decimal::from(100_000)).then_some(UnitCost(value))
    }

    fn decimal(self) -> Decimal {
        self.0
    }
}

impl UnitCost {
    /// The cost in fen.
    pub fn fen_f64(self) -> f64 {
        self.0.to_f64().expect("a decimal in range converts") * 100.0
    }
}

/// Monthly rate of a nominal annual rate: `apr / 12`.
pub fn monthly_of_nominal(apr: f64) -> f64 {
    apr / 12.0
}

/// Effective annual rate of a nominal rate compounded `periods` times a year: `(1 + apr / k)^k - 1`.
pub fn effective_annual(apr: f64, periods: u32) -> f64 {
    crate::math::pow(1.0 + apr / f64::from(periods), f64::from(periods)) - 1.0
}

/// Single monthly mortality of an annual prepayment rate: `1 - (1 - CPR)^(1/12)`.
pub fn smm_of_cpr(cpr: f64) -> f64 {
    1.0 - crate::math::pow(1.0 - cpr, 1.0 / 12.0)
}

/// Annual prepayment rate of a single monthly mortality: `1 - (1 - SMM)^12`.
pub fn cpr_of_smm(smm: f64) -> f64 {
    1.0 - crate::math::pow(1.0 - smm, 12.0)
}
