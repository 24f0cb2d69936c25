//! The month of the due date: who is late on the day after, who pays before the month ends, what working them costs.

use super::book::Book;
use super::resolve_collections::rates;
use super::setup::FirstMonthSetup;
use crate::ledger::{Flow, Flows};
use crate::model::first_month::{entering, exposure, unpaid, unpaid_at_month_end};
use crate::money::Fen;
use crate::random;

/// What holds for loans that are late in a month.
#[derive(Debug)]
pub struct FirstMonth {
    /// Contacts made per account late on day 1, by tier.
    pub made: Vec<f64>,
    /// Misses of the row of M0 times this are late on day 1.
    pub late: f64,
    /// Of those late on day 1, shares unpaid at month end, the same without contacts, and after 7 days, as word thresholds.
    still: u64,
    still_alone: u64,
    week: u64,
    /// Share unpaid at month end.
    unpaid: f64,
    /// By tier, shares of those late on day 1: that enter it, that pay in it, and that are unpaid at month end without it
    /// and not with it; and the share of those who enter that pay before its last day is over.
    tiers: Vec<DayTier>,
}

#[derive(Debug)]
struct DayTier {
    entered: f64,
    paid: f64,
    collected: f64,
    success: f64,
}

impl FirstMonth {
    /// From the levers on collections by tier, and the number of accounts that were late on day 1 in the month before.
    pub fn new(setup: &FirstMonthSetup, levers: &[f64], late_before: i64) -> Self {
        let tiers = &setup.tiers;
        let contacts: Vec<f64> = tiers
            .iter()
            .zip(levers)
            .map(|(tier, lever)| tier.work.contacts(*lever, late_before as f64 * tier.exposure))
            .collect();
        // One tier may be idle, or all.
        let unpaid_at = |idle: &dyn Fn(usize) -> bool| {
            unpaid(&rates(tiers, |tier| {
                tiers[tier].work.effect(if idle(tier) { 0.0 } else { contacts[tier] })
            }))
        };
        let days = unpaid_at(&|_| false);
        let still = unpaid_at_month_end(&days);
        let day_tier = |index: usize| {
            let (from, to) = tiers[index].days;
            let left = days[to] / days[from - 1];
            DayTier {
                entered: entering(&days, from),
                // All who leave unpaidness in its days, before the month ends.
                paid: (from..=to).map(|day| entering(&days, day) * (1.0 - days[day] / days[day - 1])).sum(),
                collected: unpaid_at_month_end(&unpaid_at(&|idle| idle == index)) - still,
                success: 1.0 - left,
            }
        };
        FirstMonth {
            made: (0..tiers.len())
                .map(|index| contacts[index] * exposure(&days, tiers[index].days.0, tiers[index].days.1))
                .collect(),
            late: 1.0 / setup.unpaid_observed,
            still: random::threshold(still),
            still_alone: random::threshold(unpaid_at_month_end(&unpaid_at(&|_| true))),
            week: random::threshold(days[7]),
            unpaid: still,
            tiers: (0..tiers.len()).map(day_tier).collect(),
        }
    }

    /// Counts a current loan late on day 1, whose word is below `threshold`: whether it is its first instalment, and what
    /// is due. Returns whether it is unpaid at month end.
    pub fn stays_late(
        &self,
        flows: &mut Flows,
        is_first: bool,
        cash: Fen,
        threshold: u32,
        word: u32,
    ) -> bool {
        let below = |share: u64| u64::from(word) < (u64::from(threshold) * share) >> 32;
        flows.count(Flow::AccountsLate, 1);
        flows.count(Flow::FirstLate, i64::from(is_first));
        flows.count(Flow::FirstLate7, i64::from(is_first && below(self.week)));
        if below(self.still) {
            return true;
        }
        flows.count(Flow::LateCash, cash.0);
        if !below(self.still_alone) {
            flows.count(Flow::LatePaidAlone, 1);
            flows.count(Flow::LateCashAlone, cash.0);
        }
        false
    }

    /// Cost of contacts, by tier and cell, and what each tier brought.
    pub fn book_cost(&self, setup: &FirstMonthSetup, book: &mut Book, cells: usize) {
        let (mut late, mut paid, mut cash) = (0, 0, 0);
        for flows in &mut book.flows[..cells] {
            let accounts = flows.get(Flow::AccountsLate);
            late += accounts;
            paid += accounts - flows.get(Flow::AccountsMissed);
            cash += flows.get(Flow::LateCash);
            for (index, tier) in setup.tiers.iter().enumerate() {
                let cost = Fen::round(accounts as f64 * self.made[index] * tier.work.contact_cost);
                flows.book(Flow::CollectionsPaid, cost);
                book.tier_sums[index].cost += cost.0 as f64;
            }
        }
        // Nobody was late, or nobody paid.
        let of_paid = if self.unpaid < 1.0 { 1.0 / (1.0 - self.unpaid) } else { 0.0 };
        for (index, tier) in self.tiers.iter().enumerate() {
            let sums = &mut book.tier_sums[index];
            sums.accounts += late as f64 * tier.entered;
            sums.contacts += late as f64 * self.made[index];
            sums.cash += cash as f64 * tier.paid * of_paid;
            sums.cash_collected += cash as f64 * tier.collected * of_paid;
            sums.cures += paid as f64 * tier.paid * of_paid;
            sums.cures_collected += paid as f64 * tier.collected * of_paid;
            sums.entered += late as f64 * tier.entered;
            sums.cleared += late as f64 * tier.entered * tier.success;
        }
    }
}
