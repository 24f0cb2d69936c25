//! Collections of a scenario, resolved.

use super::setup::{DayTierSetup, FirstMonthSetup, ProductSetup, TierSetup, WorkSetup};
use crate::model::delinquency::BUCKETS;
use crate::model::first_month::{DAYS, daily_rate, exposure, unpaid, unpaid_at_month_end};
use crate::scenario::Scenario;
use crate::scenario::tables::{DayTier, Tier};

/// Tiers by months past due, in file order.
pub fn tiers(scenario: &Scenario) -> Vec<TierSetup> {
    scenario.collections.tier.iter().map(tier).collect()
}

fn tier(tier: &Tier) -> TierSetup {
    let first = tier.days_from.0 as usize / 30 + 1;
    let last = tier.days_to.map_or(BUCKETS - 1, |to| to.0 as usize / 30);
    TierSetup {
        name: tier.name.clone(),
        buckets: first..=last,
        work: WorkSetup {
            contacts: tier.contacts.f64(),
            contacts_max: tier.contacts_max.f64(),
            contacts_observed: tier.contacts_observed.f64(),
            contacts_scale: tier.contacts_scale.f64(),
            capacity: tier.capacity.f64(),
            effect_max: tier.effect_max.f64(),
            contact_cost: tier.contact_cost.fen_f64(),
        },
        contingency: tier.contingency.f64(),
    }
}

/// Tiers that work each bucket.
pub fn tiers_of_bucket(tiers: &[TierSetup]) -> [Vec<usize>; BUCKETS] {
    std::array::from_fn(|bucket| {
        (0..tiers.len()).filter(|&tier| tiers[tier].buckets.contains(&bucket)).collect()
    })
}

/// Tiers of days in the month of the due date.
pub fn first_month(scenario: &Scenario) -> Option<FirstMonthSetup> {
    let mut tiers: Vec<DayTierSetup> =
        scenario.collections.first_month.as_ref()?.iter().map(day_tier).collect();
    let observed = unpaid(&rates(&tiers, |_| 0.0));
    for tier in &mut tiers {
        tier.exposure = exposure(&observed, tier.days.0, tier.days.1);
    }
    Some(FirstMonthSetup { tiers, unpaid_observed: unpaid_at_month_end(&observed) })
}

fn day_tier(tier: &DayTier) -> DayTierSetup {
    let days = (tier.days_from.0 as usize, tier.days_to.0 as usize);
    DayTierSetup {
        name: tier.name.clone(),
        days,
        rate: daily_rate(tier.paid.f64(), days.1 + 1 - days.0),
        work: WorkSetup {
            contacts: tier.contacts.f64(),
            contacts_max: tier.contacts_max.f64(),
            contacts_observed: tier.contacts_observed.f64(),
            contacts_scale: tier.contacts_scale.f64(),
            capacity: tier.capacity.f64(),
            effect_max: tier.effect_max.f64(),
            contact_cost: tier.contact_cost.fen_f64(),
        },
        exposure: 0.0,
    }
}

/// Daily rates of paying by day past due, each tier's by an effect on its logarithm.
pub fn rates(tiers: &[DayTierSetup], effect: impl Fn(usize) -> f64) -> [f64; DAYS] {
    let mut rates = [0.0; DAYS];
    for (index, tier) in tiers.iter().enumerate() {
        let rate = tier.rate * crate::math::exp(effect(index));
        rates[tier.days.0 - 1..tier.days.1].fill(rate);
    }
    rates
}

/// Days of grace: who pays in them was never late. Nobody is contacted in them.
pub fn grace(scenario: &Scenario, first_month: Option<&FirstMonthSetup>, products: &mut [ProductSetup]) {
    let Some(tier) = first_month.and_then(|first| first.tiers.first()) else { return };
    let rate = tier.rate * crate::math::exp(tier.work.effect(0.0));
    for product in &scenario.product {
        let resolved = products.iter_mut().find(|resolved| resolved.name == product.name);
        if let (Some(days), Some(resolved)) = (product.grace_days, resolved) {
            resolved.grace = crate::random::threshold(crate::math::exp(-rate * days.0 as f64));
        }
    }
}
