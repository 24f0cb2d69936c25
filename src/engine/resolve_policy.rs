//! Conditions and timing of policies, resolved.

use crate::policy::{Condition, Lasting, Metric, Over, Side, Timing};
use crate::scenario::tables::{self, Policy, Watched, When};

/// Months on book of the vintage that is watched, unless told otherwise.
const MONTHS_ON_BOOK: u32 = 3;

/// The conditions on figures.
pub fn conditions(policy: &Policy) -> Vec<Condition> {
    policy.when.iter().flatten().map(condition).collect()
}

fn condition(when: &When) -> Condition {
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
        Watched::ChargeOffRate => Metric::ChargeOffRate,
        Watched::Originated => Metric::Originated,
        Watched::LoansNew => Metric::LoansNew,
        Watched::Balance => Metric::Balance,
        Watched::RepaidToOriginated => Metric::RepaidToOriginated,
        Watched::Rivals => Metric::Rivals,
        Watched::ApprovalRate => Metric::ApprovalRate,
        Watched::Cac => Metric::Cac,
        Watched::ProfitBeforeTax => Metric::ProfitBeforeTax,
        Watched::RivalAdvantage => Metric::RivalAdvantage,
        Watched::MarketShare => Metric::MarketShare,
    }
}

/// When a policy acts once it fires, and what it costs.
pub fn timing(policy: &Policy) -> Timing {
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
