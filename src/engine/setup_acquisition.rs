//! Launch, promotions, regions and the fraud filter, resolved; and what of them holds in a month.

use std::borrow::Cow;

use super::resolve::cumulative;
use super::setup::{SegmentSetup, Setup};
use crate::model::prescreen::catch_rate;
use crate::money::Fen;

/// Time and money before the first loan.
#[derive(Clone, Copy, Debug, Default)]
pub struct LaunchSetup {
    /// First month in which anything is sold.
    pub month: u32,
    /// Cost of each month before it.
    pub development_cost: Fen,
}

/// A promotion.
#[derive(Debug)]
pub struct PromotionSetup {
    /// First and last month.
    pub months: (u32, u32),
    /// By calendar month from January: whether it is held.
    pub calendar: [bool; 12],
    /// By cell: whether it is about it.
    pub cells: Vec<bool>,
    /// By product: take-up, fee and coupon.
    pub terms: Vec<PromotionTerms>,
    /// Spend and expected leads are multiplied by this.
    pub spend: f64,
    pub leads: f64,
    /// Share of the spend that the bank pays itself.
    pub own_share: f64,
    /// Cost of a month.
    pub cost: Fen,
}

/// What promotions change of the terms of a product.
#[derive(Clone, Copy, Debug)]
pub struct PromotionTerms {
    /// Shift of the log-odds of take-up.
    pub take_up: f64,
    /// Share of the upfront fee that is charged.
    pub fee_left: f64,
    /// Given to every new borrower.
    pub coupon: Fen,
}

impl PromotionTerms {
    /// Terms without promotion.
    pub const NONE: PromotionTerms = PromotionTerms { take_up: 0.0, fee_left: 1.0, coupon: Fen(0) };
}

/// All promotions of a month together, in one cell.
#[derive(Clone, Debug)]
pub struct CellPromotion {
    /// Spend and expected leads are multiplied by this.
    pub spend: f64,
    pub leads: f64,
    /// Share of the spend that the bank pays itself.
    pub own_share: f64,
    /// By product.
    pub terms: Vec<PromotionTerms>,
}

/// The region of a segment.
#[derive(Clone, Debug)]
pub struct RegionSetup {
    /// Name.
    pub name: String,
    /// Multiplies completion.
    pub conversion: f64,
}

/// The fraud filter beyond its catch rate.
#[derive(Clone, Copy, Debug)]
pub struct PrescreenSetup {
    /// Share of honest applicants turned away.
    pub honest_rejected: f64,
    /// Share of the catch rate lost per month.
    pub adaptation: f64,
    /// Months between versions of the rules; 0: there is one.
    pub iterate_every: u32,
    /// Cost of a version.
    pub iteration_cost: Fen,
}

impl PromotionSetup {
    fn is_held(&self, setup: &Setup, month: u32) -> bool {
        (self.months.0..=self.months.1).contains(&month)
            && self.calendar[setup.start.plus(month).month_of_year()]
    }
}

impl Setup {
    /// Promotions held in a month by cell, and what they cost by themselves. Several at once: multipliers multiply, shifts
    /// and coupons add up, of fee and spend each takes its share of what others leave.
    pub fn promotions_in(&self, month: u32) -> (Vec<Option<CellPromotion>>, Fen) {
        let mut cells: Vec<Option<CellPromotion>> = vec![None; self.cells.len()];
        let mut cost = Fen(0);
        for promotion in self.promotions.iter().filter(|promotion| promotion.is_held(self, month)) {
            cost += promotion.cost;
            for (now, _) in cells.iter_mut().zip(&promotion.cells).filter(|(_, meant)| **meant) {
                let terms = || vec![PromotionTerms::NONE; self.products.len()];
                let now = now.get_or_insert_with(|| CellPromotion {
                    spend: 1.0,
                    leads: 1.0,
                    own_share: 1.0,
                    terms: terms(),
                });
                now.spend *= promotion.spend;
                now.leads *= promotion.leads;
                now.own_share *= promotion.own_share;
                for (sum, more) in now.terms.iter_mut().zip(&promotion.terms) {
                    sum.take_up += more.take_up;
                    sum.fee_left *= more.fee_left;
                    sum.coupon += more.coupon;
                }
            }
        }
        (cells, cost)
    }

    /// Share of fraudsters the filter catches in a month, and of honest applicants it turns away.
    pub fn screening(&self, month: u32) -> (f64, f64) {
        let fresh = self.underwriting.fraud_catch_rate;
        let Some(prescreen) = &self.prescreen else { return (fresh, 0.0) };
        let months = month.saturating_sub(self.launch.month);
        let worn = if prescreen.iterate_every == 0 { months } else { months % prescreen.iterate_every };
        (catch_rate(fresh, prescreen.adaptation, worn), prescreen.honest_rejected)
    }

    /// What a new version of the filter's rules costs this month.
    pub fn screening_cost(&self, month: u32) -> Fen {
        match (&self.prescreen, month.checked_sub(self.launch.month)) {
            (Some(prescreen), Some(months @ 1..)) if prescreen.iterate_every > 0 => {
                if months % prescreen.iterate_every == 0 { prescreen.iteration_cost } else { Fen(0) }
            }
            _ => Fen(0),
        }
    }
}

impl SegmentSetup {
    /// Share of leads who complete an application, its region's conversion being raised by `raise`, and the cumulative word
    /// thresholds of the products they ask for.
    pub fn completing(&self, raise: f64) -> (f64, Cow<'_, [u64]>) {
        match &self.region {
            None => (self.completion, Cow::Borrowed(&self.product_thresholds)),
            Some(region) => {
                let completion = (self.completion * (region.conversion + raise)).min(1.0);
                (completion, Cow::Owned(cumulative(&self.shares, completion)))
            }
        }
    }
}
