//! `products.csv`: what a median loan of each product, grade and tenor costs its customer.

use super::table::{Cell, Table};
use crate::lifecycle::metrics::Unit;
use crate::scenario::Scenario;

/// One row per product, grade (1 is best), tenor and figure, at the LPR of month 0, for a customer's first loan.
pub fn products(scenario: &Scenario) -> Table {
    let columns = ["product", "grade", "tenor_months", "metric", "unit", "value"];
    let mut table = Table::new("products", &columns);
    let lpr = scenario.economy.lpr.first().map_or(0.0, |step| step.apr.f64());
    for product in &scenario.product {
        for grade in 0..product.grade_spread.len() {
            for tenor in &product.tenors {
                let now = (lpr, scenario.run.start);
                let cost = product.all_in(product.amount_median.0, now, grade, tenor.months.0 as u32, false);
                let daily = cost.apr / f64::from(product.days_of_year().unwrap_or(360));
                let figures = [
                    ("amount", Unit::Money, product.amount_median.fen_f64()),
                    ("apr", Unit::Ratio, cost.apr),
                    ("daily_rate", Unit::Ratio, daily),
                    ("apr_all_in", Unit::Ratio, cost.apr_all_in),
                    ("effective_annual_rate", Unit::Ratio, cost.effective_annual),
                    ("instalment_first", Unit::Money, cost.instalment_first.0 as f64),
                    ("instalment_max", Unit::Money, cost.instalment_max.0 as f64),
                ];
                for (metric, unit, value) in figures {
                    table.push(vec![
                        Cell::text(&product.name),
                        Cell::whole(grade as u64 + 1),
                        Cell::whole(tenor.months.0),
                        Cell::text(metric),
                        Cell::text(unit.key()),
                        Cell::value(value, unit),
                    ]);
                }
            }
        }
    }
    table
}
