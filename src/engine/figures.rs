//! Figures of a month as policies see them once it is over: the reported metrics of the same name, in currency units.

use super::book::Book;
use super::delinquent::NPL_AGE;
use super::result::{MONTH_METRICS, MonthMetric, VINTAGE_AGES, VintageMetric};
use super::stock::Stock;
use crate::ledger::{Flow, Flows};
use crate::model::delinquency::BUCKETS;
use crate::policy::Metric;

/// Months between a balance and what has become of it, for the lagged ratio.
const LAG: usize = 12;

/// A figure of a month by the rows of months and the vintages measured so far; `None` is unknown.
pub fn figure(metric: Metric, month: u32, months: &[i64], vintages: &[i64]) -> Option<f64> {
    let row = &months[month as usize * MONTH_METRICS..][..MONTH_METRICS];
    match metric {
        Metric::NplRatioLagged => {
            let then = (month as usize).checked_sub(LAG)? * MONTH_METRICS + MonthMetric::Balance.index();
            ratio(past_due(row, NPL_AGE as usize), months[then] as f64)
        }
        Metric::EverDpd30Rate(age) => {
            let vintage = month.checked_sub(age)? as usize;
            let at = VINTAGE_AGES.iter().position(|measured| *measured == age)?;
            let measured = &vintages[(vintage * VINTAGE_AGES.len() + at) * VintageMetric::COUNT..];
            let of = |metric: VintageMetric| measured[metric as usize] as f64;
            ratio(of(VintageMetric::Ever30), of(VintageMetric::Loans))
        }
        _ => figure_of_row(metric, row),
    }
}

/// A figure of some cells' customers alone, at the end of the month that book and stock stand at.
pub fn figure_of_cells(
    metric: Metric,
    month: u32,
    cells: &[usize],
    book: &Book,
    stock: &Stock,
) -> Option<f64> {
    if let Metric::EverDpd30Rate(age) = metric {
        let vintage = month.checked_sub(age)? as usize * (book.flows.len() - 1);
        let sums = cells.iter().map(|cell| book.cell_vintages[vintage + cell]);
        let (loans, late) = sums.fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
        return ratio(late as f64, loans as f64);
    }
    let mut row = vec![0; MONTH_METRICS];
    for &cell in cells {
        for (sum, value) in row.iter_mut().zip(book.flows[cell].0) {
            *sum += value;
        }
        row[MonthMetric::Balance.index()] += stock.balance[cell].0;
        for bucket in 1..BUCKETS {
            let balance = stock.delinquent_balance_in(bucket, cell);
            row[MonthMetric::BucketBalance(bucket as u8).index()] += balance;
        }
    }
    figure_of_row(metric, &row)
}

/// Balance of a bucket and of all beyond.
fn past_due(row: &[i64], from: usize) -> f64 {
    (from..BUCKETS).map(|bucket| row[MonthMetric::BucketBalance(bucket as u8).index()] as f64).sum()
}

/// A figure that a month's own row tells.
fn figure_of_row(metric: Metric, row: &[i64]) -> Option<f64> {
    let get = |metric: MonthMetric| row[metric.index()] as f64;
    let flow = |flow: Flow| get(MonthMetric::Flow(flow));
    let balance = get(MonthMetric::Balance);
    let originated = flow(Flow::OriginatedNew) + flow(Flow::OriginatedRepeat) + flow(Flow::Drawn);
    match metric {
        Metric::NplRatio => ratio(past_due(row, NPL_AGE as usize), balance),
        Metric::Dpd30Ratio => ratio(past_due(row, 2), balance),
        Metric::Dpd1Ratio => ratio(past_due(row, 1), balance),
        Metric::ChargeOffRate => ratio(12.0 * flow(Flow::ChargedOff), balance),
        Metric::FpdRate => ratio(flow(Flow::FirstPaymentsMissed), flow(Flow::FirstPaymentsDue)),
        Metric::Originated => Some(originated / 100.0),
        Metric::LoansNew => Some(flow(Flow::LoansNew)),
        Metric::Balance => Some(balance / 100.0),
        Metric::RepaidToOriginated => {
            let repaid = [Flow::PrincipalScheduled, Flow::PrincipalPrepaid, Flow::PrincipalArrears];
            ratio(repaid.into_iter().map(flow).sum(), originated)
        }
        Metric::Rivals => Some(get(MonthMetric::Rivals)),
        Metric::CompletionRate => ratio(flow(Flow::Applications), flow(Flow::Leads)),
        Metric::ApprovalRate => ratio(flow(Flow::Approvals), flow(Flow::Applications)),
        Metric::Cac => ratio(flow(Flow::MarketingPaid) / 100.0, flow(Flow::LoansNew)),
        Metric::RivalAdvantage => {
            ratio(get(MonthMetric::RivalAdvantage) * 1e-6, get(MonthMetric::ContestedMonths))
        }
        Metric::MarketShare if get(MonthMetric::ContestedMonths) == 0.0 => None,
        Metric::MarketShare => {
            let chosen = flow(Flow::LoansNew);
            ratio(chosen, chosen + flow(Flow::LostToRivals))
        }
        Metric::ProfitBeforeTax => {
            let flows = Flows::of_row(row);
            Some(flows.profit() as f64 / 100.0)
        }
        // Not of one month alone.
        Metric::NplRatioLagged | Metric::EverDpd30Rate(_) => None,
    }
}

fn ratio(above: f64, below: f64) -> Option<f64> {
    (below != 0.0).then(|| above / below)
}
