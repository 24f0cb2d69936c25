//! Launch, promotions, regions and the fraud filter: from scenario to setup.

use super::setup::{Cell, ChannelSetup, SegmentSetup};
use super::setup_acquisition::{LaunchSetup, PrescreenSetup, PromotionSetup, PromotionTerms, RegionSetup};
use crate::model::prescreen::honest_rejected;
use crate::money::Fen;
use crate::rate::Amount;
use crate::scenario::Scenario;
use crate::scenario::tables::{Policy, Promotion, Segment};

fn fen(amount: Option<Amount>) -> Fen {
    amount.map_or(Fen(0), |amount| amount.0)
}

/// Time and money before the first loan.
pub fn launch(scenario: &Scenario) -> LaunchSetup {
    scenario.launch.as_ref().map_or_else(LaunchSetup::default, |launch| LaunchSetup {
        month: launch.month.0 as u32,
        development_cost: fen(launch.development_cost),
    })
}

/// The region of a segment.
pub fn region(scenario: &Scenario, segment: &Segment) -> Option<RegionSetup> {
    let name = segment.region.as_ref()?;
    let region = scenario.region.iter().flatten().find(|region| &region.name == name)?;
    Some(RegionSetup { name: name.clone(), conversion: region.conversion.f64() })
}

/// The fraud filter beyond its catch rate.
pub fn prescreen(scenario: &Scenario) -> Option<PrescreenSetup> {
    let given = scenario.prescreen.as_ref()?;
    Some(PrescreenSetup {
        honest_rejected: honest_rejected(
            scenario.underwriting.fraud_catch_rate.f64(),
            given.catch_reference.f64(),
            given.honest_rejected.f64(),
        ),
        adaptation: given.adaptation.map_or(0.0, |share| share.f64()),
        iterate_every: given.iterate_every.map_or(0, |months| months.0 as u32),
        iteration_cost: fen(given.iteration_cost),
    })
}

/// Promotions in file order.
pub fn promotions(
    scenario: &Scenario,
    segments: &[SegmentSetup],
    channels: &[ChannelSetup],
    cells: &[Cell],
) -> Vec<PromotionSetup> {
    let mut products: Vec<&str> = scenario.product.iter().map(|product| product.name.as_str()).collect();
    products.sort_unstable();
    let promotions = scenario.promotion.iter().flatten();
    promotions.map(|given| promotion(given, segments, channels, cells, &products)).collect()
}

fn promotion(
    given: &Promotion,
    segments: &[SegmentSetup],
    channels: &[ChannelSetup],
    cells: &[Cell],
    products: &[&str],
) -> PromotionSetup {
    let named = |names: &Option<Vec<String>>, name: &str| {
        names.as_ref().is_none_or(|names| names.iter().any(|candidate| candidate == name))
    };
    let held = |month: usize| {
        given.calendar_months.as_ref().is_none_or(|list| list.iter().any(|held| held.0 as usize == month + 1))
    };
    let terms = PromotionTerms {
        take_up: given.take_up.map_or(0.0, |shift| shift.f64()),
        fee_left: 1.0 - given.fee_waived.map_or(0.0, |share| share.f64()),
        coupon: fen(given.coupon),
    };
    PromotionSetup {
        months: (
            given.from.map_or(0, |month| month.0 as u32),
            given.to.map_or(u32::MAX, |month| month.0 as u32),
        ),
        calendar: std::array::from_fn(held),
        cells: cells
            .iter()
            .map(|cell| {
                named(&given.segments, &segments[cell.segment].name)
                    && named(&given.channels, &channels[cell.channel].name)
            })
            .collect(),
        terms: products
            .iter()
            .map(|name| if named(&given.products, name) { terms } else { PromotionTerms::NONE })
            .collect(),
        spend: given.spend.map_or(1.0, |multiplier| multiplier.f64()),
        leads: given.leads.map_or(1.0, |multiplier| multiplier.f64()),
        own_share: 1.0 - given.partner_share.map_or(0.0, |share| share.f64()),
        cost: fen(given.cost),
    }
}

/// Segments whose conversion a policy raises.
pub fn converting(policy: &Policy, segments: &[SegmentSetup]) -> Vec<usize> {
    let meant =
        |region: &RegionSetup| policy.regions.as_ref().is_none_or(|names| names.contains(&region.name));
    (0..segments.len()).filter(|&index| segments[index].region.as_ref().is_some_and(meant)).collect()
}
