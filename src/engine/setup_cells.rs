//! Segments, channels and their cells, in the order of their names, so that the order in a file is irrelevant.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::resolve::cumulative;
use super::setup::{Cell, ChannelSetup, SegmentSetup};
use crate::model::affordability::{IncomeLaw, Strain};
use crate::random::cell_hash;
use crate::rate::{Number, Probability};
use crate::scenario::Scenario;
use crate::scenario::tables::{Channel, Product, Segment};

/// Resolves segments, channels and cells.
pub fn cells(scenario: &Scenario) -> (Vec<SegmentSetup>, Vec<ChannelSetup>, Vec<Cell>) {
    let mut products: Vec<&str> = scenario.product.iter().map(|p| p.name.as_str()).collect();
    products.sort_unstable();
    let mut segments: Vec<&Segment> = scenario.segment.iter().collect();
    segments.sort_by(|a, b| a.name.cmp(&b.name));
    let mut channels: Vec<&Channel> = scenario.channel.iter().collect();
    channels.sort_by(|a, b| a.name.cmp(&b.name));
    let mut cells = Vec::new();
    let mut hashes = BTreeSet::new();
    for (segment_index, segment) in segments.iter().enumerate() {
        for (channel_index, channel) in channels.iter().enumerate() {
            let Some(audience) = channel.audience.get(&segment.name) else {
                continue;
            };
            // Two cells share a 22-bit hash about once in 60,000 scenarios; the later name then moves on by one.
            let mut hash = cell_hash(&segment.name, &channel.name);
            while !hashes.insert(hash) {
                hash = (hash + 1) & ((1 << 22) - 1);
            }
            cells.push(Cell {
                segment: segment_index,
                channel: channel_index,
                hash,
                reachable: reachable(segment.population.0, audience.reach),
                budget_share: audience.budget_share.f64(),
                half_saturation: audience.half_saturation.fen_f64(),
                leads_max: audience.leads_max.f64(),
                bass: (audience.innovation.f64(), audience.imitation.f64()),
            });
        }
    }
    (
        segments.into_iter().map(|s| segment_setup(s, &products, scenario)).collect(),
        channels.into_iter().map(channel_setup).collect(),
        cells,
    )
}

/// Whole people a channel can reach, from exact decimals.
fn reachable(population: u64, reach: Probability) -> u64 {
    (Decimal::from(population) * reach.decimal()).to_u64().expect("a share of a population fits")
}

fn segment_setup(segment: &Segment, products: &[&str], scenario: &Scenario) -> SegmentSetup {
    let by_staff = |name: &str| {
        let product = scenario.product.iter().find(|product| product.name == name);
        1.0 - product.map_or(1.0, Product::automatic)
    };
    let completion = segment.completion.f64();
    let shares: Vec<f64> = segment.products.values().map(|share| share.f64()).collect();
    let asked = segment
        .products
        .keys()
        .map(|name| products.binary_search(&name.as_str()).expect("validation knows every product"));
    SegmentSetup {
        name: segment.name.clone(),
        score: (segment.score_mean.f64(), segment.score_deviation.f64()),
        saturation_effect: segment.saturation_effect.f64(),
        strain: scenario.affordability.as_ref().map(|table| Strain {
            free: table.payment_to_income_free.f64(),
            slope: segment.affordability_slope.unwrap_or(table.slope).f64(),
        }),
        income: segment.income_median.map(|median| IncomeLaw {
            median: median.fen_f64(),
            spread: segment.income_spread.map_or(0.0, |spread| spread.f64()),
        }),
        risk_effect: segment.risk_effect.f64(),
        completion,
        fraud_share: segment.fraud_share.f64(),
        cutoff: (segment.cutoff_new.f64(), segment.cutoff_repeat.f64()),
        region: super::resolve_acquisition::region(scenario, segment),
        products: asked.collect(),
        manual_share: segment.products.iter().map(|(name, share)| share.f64() * by_staff(name)).sum(),
        product_thresholds: cumulative(&shares, completion),
        planned_thresholds: cumulative(&shares, 1.0),
        shares,
    }
}

fn channel_setup(channel: &Channel) -> ChannelSetup {
    ChannelSetup {
        name: channel.name.clone(),
        budget: channel.budget.iter().map(|step| (step.month.0 as u32, step.amount.fen_f64())).collect(),
        retention: channel.retention.f64(),
        slope: channel.slope.f64(),
        capacity: channel.capacity.f64(),
        referrals: channel.referrals.map_or(0.0, |leads| leads.f64()),
        reward: channel.reward.map_or(0.0, |cost| cost.fen_f64()),
        score_effect: channel.score_effect.f64(),
        profit_share: channel.profit_share.map_or(0.0, |share| share.f64()),
        spend_score_effect: channel.spend_score_effect.map_or(0.0, |points| points.f64()),
    }
}

/// Planned loans by month and cell.
pub fn plan(
    scenario: &Scenario,
    segments: &[SegmentSetup],
    channels: &[ChannelSetup],
    cells: &[Cell],
) -> Option<Vec<Vec<u64>>> {
    let plan = scenario.plan.as_ref()?;
    let months = scenario.run.months.0;
    let mut counts = vec![vec![0; cells.len()]; months as usize];
    for loans in &plan.loans {
        let group = cells
            .iter()
            .position(|cell| {
                segments[cell.segment].name == loans.segment && channels[cell.channel].name == loans.channel
            })
            .expect("validation knows the cell of every plan");
        for month in loans.from.0..=loans.to.0.min(months - 1) {
            counts[month as usize][group] += loans.count.0;
        }
    }
    Some(counts)
}
