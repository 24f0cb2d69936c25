//! `tiers.csv`: what each collections tier cost and brought over the whole life.

use super::summary::Batch;
use super::table::{Cell, ESTIMATE_COLUMNS, Table, estimate_cells};
use crate::engine::{Setup, TierSums};
use crate::lifecycle::metrics::Unit;
use crate::stats::{Value, estimate};

/// A figure of a tier.
type TierMetric = (&'static str, Unit, fn(&TierSums) -> Value);

const TIER_METRICS: &[TierMetric] = &[
    ("accounts", Unit::Count, |t| Value::Sum(t.accounts)),
    ("contacts", Unit::Count, |t| Value::Sum(t.contacts)),
    ("cost", Unit::Money, |t| Value::Sum(t.cost)),
    ("cash", Unit::Money, |t| Value::Sum(t.cash)),
    ("cash_by_contact", Unit::Money, |t| Value::Sum(t.cash_collected)),
    ("cures", Unit::Count, |t| Value::Sum(t.cures)),
    ("cures_by_contact", Unit::Count, |t| Value::Sum(t.cures_collected)),
    ("success_rate", Unit::Ratio, |t| Value::Ratio(t.cleared, t.entered)),
    ("cost_per_cash", Unit::Ratio, |t| Value::Ratio(t.cost, t.cash)),
    ("return_on_cost", Unit::Ratio, |t| Value::Ratio(t.cash_collected - t.cost, t.cost)),
];

/// One row per tier and metric: tiers of days in the month of the due date, then the others, in file order.
pub fn tiers(setup: &Setup, batch: &Batch) -> Table {
    let leading = ["tier", "days_from", "days_to", "metric", "unit"];
    let columns: Vec<&str> = leading.into_iter().chain(ESTIMATE_COLUMNS).collect();
    let mut table = Table::new("tiers", &columns);
    let of_days = setup.first_month.iter().flat_map(|first| &first.tiers);
    let of_days = of_days.map(|tier| (&tier.name, tier.days.0, Some(tier.days.1)));
    let of_months = setup.tiers.iter().map(|tier| {
        let (first, last) = (*tier.buckets.start(), *tier.buckets.end());
        let end = (last + 1 < crate::model::delinquency::BUCKETS).then_some(30 * last);
        (&tier.name, 30 * (first - 1) + 1, end)
    });
    for (index, (name, from, to)) in of_days.chain(of_months).enumerate() {
        for (key, unit, of) in TIER_METRICS {
            let values: Vec<Value> = batch.tiers.iter().map(|(_, tiers)| of(&tiers[index])).collect();
            let mut cells = vec![
                Cell::text(name),
                Cell::whole(from as u64),
                to.map_or(Cell::Number(None), |to| Cell::whole(to as u64)),
                Cell::text(*key),
                Cell::text(unit.key()),
            ];
            cells.extend(estimate_cells(estimate(&values).as_ref(), *unit));
            table.push(cells);
        }
    }
    table
}
