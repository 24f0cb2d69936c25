//! Figures of a month as policies see them once it is over: the reported metrics of the same name, in currency units.

use super::delinquent::NPL_AGE;
use super::result::{MONTH_METRICS, MonthMetric, VINTAGE_AGES, VintageMetric};
use crate::ledger::{Flow, Flows};
use crate::model::delinquency::BUCKETS;
use crate::policy::Metric;

/// Months between a balance and what has become of it, for the lagged ratio.
const LAG: usize = 12;

/// A figure of a month by the rows of months and the vintages measured so far; `None` is unknown.
pub fn figure(metric: Metric, month: u32, months: &[i64], vintages: &[i64]) -> Option<f64> {
    let row = &months[month as usize * MONTH_METRICS..][..MONTH_METRICS];
    let get = |metric: MonthMetric| row[metric.index()] as f64;
    let flow = |flow: Flow| get(MonthMetric::Flow(flow));
    let past_due =
        |bucket: usize| (bucket..BUCKETS).map(|b| get(MonthMetric::BucketBalance(b as u8))).sum::<f64>();
    let balance = get(MonthMetric::Balance);
    let originated = flow(Flow::OriginatedNew) + flow(Flow::OriginatedRepeat) + flow(Flow::Drawn);
    match metric {
        Metric::NplRatio => ratio(past_due(NPL_AGE as usize), balance),
        Metric::NplRatioLagged => {
            let then = (month as usize).checked_sub(LAG)? * MONTH_METRICS + MonthMetric::Balance.index();
            ratio(past_due(NPL_AGE as usize), months[then] as f64)
        }
        Metric::Dpd30Ratio => ratio(past_due(2), balance),
        Metric::Dpd1Ratio => ratio(past_due(1), balance),
        Metric::EverDpd30Rate(age) => {
            let vintage = month.checked_sub(age)? as usize;
            let at = VINTAGE_AGES.iter().position(|measured| *measured == age)?;
            let measured = &vintages[(vintage * VINTAGE_AGES.len() + at) * VintageMetric::COUNT..];
            let of = |metric: VintageMetric| measured[metric as usize] as f64;
            ratio(of(VintageMetric::Ever30), of(VintageMetric::Loans))
        }
        Metric::ChargeOffRate => ratio(12.0 * flow(Flow::ChargedOff), balance),
        Metric::Originated => Some(originated / 100.0),
        Metric::LoansNew => Some(flow(Flow::LoansNew)),
        Metric::Balance => Some(balance / 100.0),
        Metric::RepaidToOriginated => {
            let repaid = [Flow::PrincipalScheduled, Flow::PrincipalPrepaid, Flow::PrincipalArrears];
            ratio(repaid.into_iter().map(flow).sum(), originated)
        }
        Metric::Rivals => Some(get(MonthMetric::Rivals)),
        Metric::ApprovalRate => ratio(flow(Flow::Approvals), flow(Flow::Applications)),
        Metric::Cac => ratio(flow(Flow::MarketingPaid) / 100.0, flow(Flow::LoansNew)),
        Metric::ProfitBeforeTax => {
            let flows = Flows(row[..Flow::COUNT].try_into().expect("flows come first"));
            Some(flows.profit() as f64 / 100.0)
        }
    }
}

fn ratio(above: f64, below: f64) -> Option<f64> {
    (below != 0.0).then(|| above / below)
}
