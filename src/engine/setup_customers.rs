//! What a run needs of customers: caps by grade and the ladder.

use super::setup::Setup;
use crate::model::ladder::Ladder;
use crate::model::loyalty::Points;
use crate::money::Fen;
use crate::scenario::Scenario;
use crate::scenario::tables::{Care, Loyalty, Market, Product};

/// Most a grade gets.
#[derive(Clone, Copy, Debug)]
pub struct GradeCaps {
    /// Largest amount.
    pub amount: Fen,
    /// Position of the longest tenor.
    pub tenor_index: usize,
}

/// Points for interest paid.
#[derive(Clone, Copy, Debug)]
pub struct LoyaltySetup {
    /// First month.
    pub from: u32,
    /// Terms.
    pub points: Points,
    /// Factor of the probability of asking again.
    pub return_factor: f64,
    /// Cost per month.
    pub monthly_cost: Fen,
}

/// Calls on good customers after pay-off.
#[derive(Clone, Copy, Debug)]
pub struct CareSetup {
    /// First month of pay-off.
    pub from: u32,
    /// Lowest behaviour score.
    pub score_min: f64,
    /// Factor of the probability of asking again.
    pub return_factor: f64,
    /// Fen per customer and month.
    pub cost: f64,
}

impl Setup {
    /// Number of rungs loans can stand on, 0 included.
    pub fn rungs(&self) -> usize {
        self.ladder.as_ref().map_or(0, |ladder| ladder.rungs_max as usize) + 1
    }
}

pub(super) fn ladder(scenario: &Scenario) -> Option<Ladder> {
    scenario.ladder.as_ref().map(|ladder| Ladder {
        rungs_max: ladder.rungs_max.0 as u32,
        streak: ladder.streak_months.0 as u32,
        late_rungs: ladder.late_rungs.0 as u32,
        first_share: ladder.first_share.map_or(1.0, |share| share.f64()),
        limit_rise: ladder.limit_rise.map_or(0.0, |rise| rise.f64()),
    })
}

/// Annual rate taken off by rung; without a ladder there is rung 0 alone.
pub(super) fn rung_cut(scenario: &Scenario) -> Vec<f64> {
    let (most, cut) = scenario
        .ladder
        .as_ref()
        .map_or((0, 0.0), |ladder| (ladder.rungs_max.0, ladder.rate_cut.map_or(0.0, |cut| cut.f64())));
    (0..=most).map(|rung| rung as f64 * cut).collect()
}

pub(super) fn loyalty(loyalty: &Loyalty) -> LoyaltySetup {
    LoyaltySetup {
        from: loyalty.from.0 as u32,
        points: Points {
            share: loyalty.points_share.f64(),
            redemption: loyalty.redemption.f64(),
            expiry: loyalty.expiry.f64(),
        },
        return_factor: loyalty.return_factor.map_or(1.0, |factor| factor.f64()),
        monthly_cost: loyalty.monthly_cost.map_or(Fen::ZERO, |cost| cost.0),
    }
}

pub(super) fn care(care: &Care) -> CareSetup {
    CareSetup {
        from: care.from.0 as u32,
        score_min: care.score_min.f64(),
        return_factor: care.return_factor.f64(),
        cost: care.cost.fen_f64(),
    }
}

pub(super) fn prepayment_by_grade(market: &Market) -> Option<Vec<f64>> {
    let factors = market.prepayment_by_grade.as_ref()?;
    Some(factors.iter().map(|factor| factor.f64()).collect())
}

pub(super) fn caps(product: &Product) -> Vec<GradeCaps> {
    let tenor_index = |grade: usize| {
        let most = product.grade_tenor_max.as_ref().map_or(u64::MAX, |months| months[grade].0);
        product.tenors.iter().rposition(|tenor| tenor.months.0 <= most).unwrap_or(0)
    };
    (0..product.grade_spread.len())
        .map(|grade| GradeCaps {
            amount: product.grade_amount_max.as_ref().map_or(product.amount_max.0, |most| most[grade].0),
            tenor_index: tenor_index(grade),
        })
        .collect()
}
