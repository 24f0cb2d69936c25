//! Choice among lenders by what they offer: multinomial logit (McFadden 1974).

use super::pricing::shifted;
use crate::math::{exp, logit};

/// What a lender offers for a product.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Terms {
    /// Annual rate.
    pub apr: f64,
    /// Natural logarithm of the largest amount.
    pub limit: f64,
    /// Hours to the decision.
    pub hours: f64,
    /// Flexibility of repayment, 0 to 1.
    pub flexibility: f64,
}

/// What customers mind, log-odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    /// Per percentage point of annual rate (negative).
    pub rate: f64,
    /// Per unit of the logarithm of the limit.
    pub limit: f64,
    /// Per hour less.
    pub speed: f64,
    /// Of full flexibility.
    pub flexibility: f64,
}

/// An advantage beyond this counts as this, so that sums stay finite.
const ADVANTAGE_MAX: f64 = 50.0;

impl Terms {
    /// Terms that are a copy of another's to the degree `homogeneity`, the limit in logarithms.
    pub fn towards(&self, other: &Terms, homogeneity: f64) -> Terms {
        let mix = |drawn: f64, copied: f64| (1.0 - homogeneity) * drawn + homogeneity * copied;
        Terms {
            apr: mix(self.apr, other.apr),
            limit: mix(self.limit, other.limit),
            hours: mix(self.hours, other.hours),
            flexibility: mix(self.flexibility, other.flexibility),
        }
    }

    /// Utility of these terms above that of `other`, at most `ADVANTAGE_MAX`.
    pub fn advantage(&self, other: &Terms, brand: f64, weights: &Weights) -> f64 {
        let utility = weights.rate * 100.0 * (self.apr - other.apr)
            + weights.limit * (self.limit - other.limit)
            - weights.speed * (self.hours - other.hours)
            + weights.flexibility * (self.flexibility - other.flexibility)
            + brand;
        utility.min(ADVANTAGE_MAX)
    }
}

/// A rival's rate in a price war of which a share `covered` is over: the way down to `lowest`; below it stays where it is.
pub fn war_rate(apr: f64, lowest: f64, covered: f64) -> f64 {
    apr - covered * (apr - lowest).max(0.0)
}

/// Share of the way down that `months` of war have covered: `1 - (1 - speed)^months`.
pub fn war_covered(speed: f64, months: u32) -> f64 {
    1.0 - crate::math::pow(1.0 - speed, f64::from(months))
}

/// What an approved applicant does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// Probability of taking the loan offered.
    pub take_up: f64,
    /// Share of those who do not who take a rival's.
    pub lost: f64,
}

impl Choice {
    /// The choice when the log-odds of taking the loan offered move by `shift`; what the others do stays the same.
    pub fn shifted(self, shift: f64) -> Choice {
        Choice { take_up: shifted(self.take_up, shift), ..self }
    }
}

/// Choice where rivals' attractions relative to the own offer sum to `rivals`. Not to borrow is as attractive as makes
/// `take_up` the answer without rivals at the reference rate; `price` is the log-odds that the own rate differs by from there.
pub fn choose_lender(take_up: f64, price: f64, rivals: f64) -> Choice {
    let outside = if take_up <= 0.0 {
        f64::INFINITY
    } else if take_up >= 1.0 {
        0.0
    } else {
        exp(-(logit(take_up) + price))
    };
    Choice {
        take_up: 1.0 / (1.0 + outside + rivals),
        lost: if rivals > 0.0 { rivals / (outside + rivals) } else { 0.0 },
    }
}

/// Take-up of a borrower whose own knowledge of risk moves its log-odds by `log_odds`.
pub fn with_own_knowledge(take_up: f64, log_odds: f64) -> f64 {
    let odds = take_up * exp(log_odds);
    odds / (1.0 - take_up + odds)
}
