//! `vintage_losses.csv`: what each month's loans lost in the end, and what was expected of them when they were made.

use super::summary::Batch;
use super::table::{Cell, ESTIMATE_COLUMNS, Table, estimate_cells};
use crate::lifecycle::metrics::Unit;
use crate::stats::{Value, estimate};

/// Lent, lost, and expected to be lost; fen.
#[derive(Clone, Copy, Debug, Default)]
pub struct VintageLoss {
    /// Principal lent.
    pub originated: i64,
    /// Net credit loss, whenever it came, with what the horizon leaves.
    pub lost: i64,
    /// Loss over life expected at the end of the month the loans were made in.
    pub expected: i64,
}

/// A figure of a vintage: name, unit, value of one run.
type Figure = (&'static str, Unit, fn(&VintageLoss) -> Value);

const FIGURES: &[Figure] = &[
    ("originated", Unit::Money, |v| Value::Sum(v.originated as f64)),
    ("credit_loss_net", Unit::Money, |v| Value::Sum(v.lost as f64)),
    ("credit_loss_net_rate", Unit::Ratio, |v| Value::Ratio(v.lost as f64, v.originated as f64)),
];

/// Of scenarios that expect losses: they are discounted, what was lost is not.
const EXPECTED: &[Figure] = &[
    ("expected_loss", Unit::Money, |v| Value::Sum(v.expected as f64)),
    ("expected_loss_rate", Unit::Ratio, |v| Value::Ratio(v.expected as f64, v.originated as f64)),
    ("misestimation_rate", Unit::Ratio, |v| Value::Ratio((v.lost - v.expected) as f64, v.originated as f64)),
];

/// One row per vintage that lent anything and figure.
pub fn vintage_losses(batch: &Batch, is_expected: bool) -> Table {
    let columns: Vec<&str> = ["vintage", "metric", "unit"].into_iter().chain(ESTIMATE_COLUMNS).collect();
    let mut table = Table::new("vintage_losses", &columns);
    let vintages = batch.vintages.first().map_or(0, |(_, vintages)| vintages.len());
    for vintage in 0..vintages {
        let of_runs = || batch.vintages.iter().map(|(_, vintages)| &vintages[vintage]);
        if of_runs().all(|found| found.originated == 0) {
            continue;
        }
        for (key, unit, of) in FIGURES.iter().chain(if is_expected { EXPECTED } else { &[] }) {
            let values: Vec<Value> = of_runs().map(of).collect();
            let mut cells = vec![Cell::whole(vintage as u64), Cell::text(*key), Cell::text(unit.key())];
            cells.extend(estimate_cells(estimate(&values).as_ref(), *unit));
            table.push(cells);
        }
    }
    table
}
