//! `vintage_economics.csv`: what the loans of a month earn, and what their borrowers are worth.

use super::summary::Batch;
use super::table::{Cell, ESTIMATE_COLUMNS, Table, estimate_cells};
use crate::engine::VintageEconomics;
use crate::lifecycle::metrics::Unit;
use crate::stats::{Value, estimate};

/// A figure of a vintage: name, unit, value of one run.
type Figure = (&'static str, Unit, fn(&VintageEconomics) -> Value);

fn loans(of: &VintageEconomics) -> f64 {
    (of.loans_new + of.loans_repeat) as f64
}

/// Per loan of the vintage, over new customers.
fn of_new(of: &VintageEconomics, sum: f64) -> f64 {
    if loans(of) > 0.0 { sum * of.loans_new as f64 / loans(of) } else { 0.0 }
}

const FIGURES: &[Figure] = &[
    ("loans_new", Unit::Count, |v| Value::Sum(v.loans_new as f64)),
    ("loans_repeat", Unit::Count, |v| Value::Sum(v.loans_repeat as f64)),
    ("marketing_cost", Unit::Money, |v| Value::Sum(v.marketing as f64)),
    ("contribution", Unit::Money, |v| Value::Sum(v.contribution as f64)),
    ("contribution_per_loan", Unit::Money, |v| Value::Ratio(v.contribution as f64, loans(v))),
    ("cac", Unit::Money, |v| Value::Ratio(v.marketing as f64, v.loans_new as f64)),
    ("loans_per_customer", Unit::Number, |v| Value::Ratio(of_new(v, v.loans_in_all), v.loans_new as f64)),
    ("lifetime_value_per_customer", Unit::Money, |v| {
        Value::Ratio(of_new(v, v.lifetime_value), v.loans_new as f64)
    }),
    ("lifetime_value_discounted_per_customer", Unit::Money, |v| {
        Value::Ratio(of_new(v, v.lifetime_value_discounted), v.loans_new as f64)
    }),
    ("lifetime_value_to_cac", Unit::Ratio, |v| Value::Ratio(of_new(v, v.lifetime_value), v.marketing as f64)),
    ("yield_annual", Unit::Ratio, |v| Value::Ratio(12.0 * v.interest as f64, v.balance_months as f64)),
    ("required_apr", Unit::Ratio, |v| {
        let missing = (v.capital_charge_before_tax - v.contribution as f64) / (1.0 - v.vat_share);
        Value::Ratio(12.0 * (v.interest as f64 + missing), v.balance_months as f64)
    }),
];

/// One row per vintage that lent anything and figure.
pub fn vintage_economics(batch: &Batch) -> Table {
    let columns: Vec<&str> = ["vintage", "metric", "unit"].into_iter().chain(ESTIMATE_COLUMNS).collect();
    let mut table = Table::new("vintage_economics", &columns);
    let vintages = batch.economics.first().map_or(0, |(_, vintages)| vintages.len());
    for vintage in 0..vintages {
        let of_runs = || batch.economics.iter().map(|(_, vintages)| &vintages[vintage]);
        if of_runs().all(|found| loans(found) == 0.0) {
            continue;
        }
        for (key, unit, of) in FIGURES {
            let values: Vec<Value> = of_runs().map(of).collect();
            let mut cells = vec![Cell::whole(vintage as u64), Cell::text(*key), Cell::text(unit.key())];
            cells.extend(estimate_cells(estimate(&values).as_ref(), *unit));
            table.push(cells);
        }
    }
    table
}
