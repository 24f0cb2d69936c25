//! Policies resolved: names become positions, conditions and timing numbers.

use super::setup::{Cell, ChannelSetup, ProductSetup, SegmentSetup, Setup};
use crate::policy::{Action, Condition, Counts, Lasting, Metric, Over, Rule, Side, StageKind, Timing};
use crate::scenario::Scenario;
use crate::scenario::tables::{self, Policy, StageName, Watched, When};

/// Months on book of the vintage that is watched, unless told otherwise.
const MONTHS_ON_BOOK: u32 = 3;

impl Setup {
    /// Of how many things there are levers.
    pub fn lever_counts(&self) -> Counts {
        Counts {
            segments: self.segments.len(),
            channels: self.channels.len(),
            products: self.products.len(),
            tiers: self.tiers.len() + self.day_tiers(),
        }
    }
}

/// All policies in file order.
pub fn rules(
    scenario: &Scenario,
    segments: &[SegmentSetup],
    channels: &[ChannelSetup],
    products: &[ProductSetup],
    cells: &[Cell],
) -> Vec<Rule> {
    let names = Names {
        segments: segments.iter().map(|segment| segment.name.as_str()).collect(),
        segment_setups: segments,
        channels: channels.iter().map(|channel| channel.name.as_str()).collect(),
        products: products.iter().map(|product| product.name.as_str()).collect(),
        tiers: scenario.collections.tier_names().collect(),
        cells,
    };
    scenario.policy.iter().flatten().map(|policy| rule(policy, &names)).collect()
}

/// What names mean, by position.
struct Names<'a> {
    segments: Vec<&'a str>,
    segment_setups: &'a [SegmentSetup],
    channels: Vec<&'a str>,
    products: Vec<&'a str>,
    tiers: Vec<&'a str>,
    cells: &'a [Cell],
}

/// Positions of the names chosen; of all without a choice.
fn chosen(names: &Option<Vec<String>>, all: &[&str]) -> Vec<usize> {
    (0..all.len())
        .filter(|&index| names.as_ref().is_none_or(|names| names.iter().any(|name| name == all[index])))
        .collect()
}

fn rule(policy: &Policy, names: &Names<'_>) -> Rule {
    Rule {
        name: policy.name.clone(),
        months: (
            policy.from.map_or(0, |month| month.0 as u32),
            policy.to.map_or(u32::MAX, |month| month.0 as u32),
        ),
        stages: policy
            .stages
            .iter()
            .flatten()
            .map(|stage| match stage {
                StageName::Growth => StageKind::Growth,
                StageName::Plateau => StageKind::Plateau,
                StageName::Decline => StageKind::Decline,
                StageName::Exit => StageKind::Exit,
            })
            .collect(),
        rivals_min: policy.rivals_min.map_or(0, |count| count.0 as u32),
        when: policy.when.iter().flatten().map(|when| condition(when, names)).collect(),
        timing: timing(policy),
        segments: chosen(&policy.segments, &names.segments),
        converting: super::resolve_acquisition::converting(policy, names.segment_setups),
        channels: chosen(&policy.channels, &names.channels),
        products: chosen(&policy.products, &names.products),
        tiers: (chosen(&policy.tiers, &names.tiers), policy.tiers.is_none()),
        launch: policy.launch.as_ref().map_or(Vec::new(), |_| chosen(&policy.launch, &names.channels)),
        action: Action {
            conversion: policy.conversion.map_or(0.0, |value| value.f64()),
            marketing: policy.marketing.map_or(1.0, |value| value.f64()),
            cutoff_new: policy.cutoff_new.map_or(0.0, |value| value.f64()),
            cutoff_repeat: policy.cutoff_repeat.map_or(0.0, |value| value.f64()),
            collections: policy.collections.map_or(1.0, |value| value.f64()),
            limits: policy.limits.map_or(1.0, |value| value.f64()),
            price: policy.price.map_or(0.0, |value| value.f64()),
            amount: policy.amount.map_or(1.0, |value| value.f64()),
            tenor: policy.tenor.map_or(0.0, |value| value.f64()),
            hours: policy.hours.map_or(1.0, |value| value.f64()),
            stop_new: policy.stop_new.unwrap_or(false),
            stop_repeat: policy.stop_repeat.unwrap_or(false),
            sell: policy.sell.unwrap_or(false),
            transfer: policy.transfer.map_or(0.0, |share| share.f64()),
            securitise: policy.securitise.unwrap_or(false),
            close: policy.close.unwrap_or(false),
        },
    }
}

/// Cells of a segment, of a channel or of both; none when neither is named.
fn cells_of(when: &When, names: &Names<'_>) -> Vec<usize> {
    if when.segment.is_none() && when.channel.is_none() {
        return Vec::new();
    }
    let is = |name: &Option<String>, of: &str| name.as_ref().is_none_or(|name| name == of);
    let named = |cell: &Cell| {
        is(&when.segment, names.segments[cell.segment]) && is(&when.channel, names.channels[cell.channel])
    };
    (0..names.cells.len()).filter(|&cell| named(&names.cells[cell])).collect()
}

fn condition(when: &When, names: &Names<'_>) -> Condition {
    let over = match when.over {
        None | Some(tables::Over::Mean) => Over::Mean,
        Some(tables::Over::Max) => Over::Max,
        Some(tables::Over::Min) => Over::Min,
        Some(tables::Over::Consecutive) => Over::Consecutive,
    };
    let target = when.target.as_ref();
    let steps =
        target.map(|steps| steps.iter().map(|step| (step.month.0 as u32, step.value.f64())).collect());
    Condition {
        metric: metric(when),
        cells: cells_of(when, names),
        target: steps,
        window: (when.months.map_or(1, |months| months.0 as usize), over),
        side: match when.is {
            tables::Side::Above => Side::Above,
            tables::Side::Below => Side::Below,
        },
        threshold: when.threshold.f64(),
        reset: when.reset.unwrap_or(when.threshold).f64(),
    }
}

fn metric(when: &When) -> Metric {
    let months_on_book = when.months_on_book.map_or(MONTHS_ON_BOOK, |months| months.0 as u32);
    match when.metric {
        Watched::NplRatio => Metric::NplRatio,
        Watched::NplRatioLagged => Metric::NplRatioLagged,
        Watched::Dpd30Ratio => Metric::Dpd30Ratio,
        Watched::Dpd1Ratio => Metric::Dpd1Ratio,
        Watched::EverDpd30Rate => Metric::EverDpd30Rate(months_on_book),
        Watched::FpdRate => Metric::FpdRate,
        Watched::ChargeOffRate => Metric::ChargeOffRate,
        Watched::Originated => Metric::Originated,
        Watched::LoansNew => Metric::LoansNew,
        Watched::Balance => Metric::Balance,
        Watched::RepaidToOriginated => Metric::RepaidToOriginated,
        Watched::Rivals => Metric::Rivals,
        Watched::CompletionRate => Metric::CompletionRate,
        Watched::ApprovalRate => Metric::ApprovalRate,
        Watched::Cac => Metric::Cac,
        Watched::ProfitBeforeTax => Metric::ProfitBeforeTax,
        Watched::RivalAdvantage => Metric::RivalAdvantage,
        Watched::MarketShare => Metric::MarketShare,
    }
}

/// When a policy acts once it fires, and what it costs.
fn timing(policy: &Policy) -> Timing {
    Timing {
        lag: policy.lag.map_or(0, |months| months.0 as u32),
        lasting: match (policy.permanent, policy.duration) {
            (Some(true), _) => Lasting::Permanent,
            (_, Some(months)) => Lasting::Months(months.0 as u32),
            _ => Lasting::WhileHeld,
        },
        ramp: policy.ramp.map_or(1, |months| months.0 as u32),
        cooldown: policy.cooldown.map_or(0, |months| months.0 as u32),
        cost: policy.cost.map_or(crate::money::Fen(0), |amount| amount.0),
        monthly_cost: policy.monthly_cost.map_or(crate::money::Fen(0), |amount| amount.0),
    }
}
