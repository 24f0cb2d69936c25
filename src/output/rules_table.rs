//! `rules.csv`: how often each policy fired, when, for how long and at what cost; `firings.csv`: every time it did.

use super::summary::Batch;
use super::table::{Cell, ESTIMATE_COLUMNS, Table, estimate_cells};
use crate::engine::Setup;
use crate::lifecycle::metrics::Unit;
use crate::policy::Firing;
use crate::stats::{Value, estimate, mean_and_error};

/// One row per policy in file order and metric; no rows without policies.
pub fn rules(setup: &Setup, batch: &Batch) -> Table {
    let columns: Vec<&str> = ["policy", "metric", "unit"].into_iter().chain(ESTIMATE_COLUMNS).collect();
    let mut table = Table::new("rules", &columns);
    for (index, rule) in setup.rules.iter().enumerate() {
        let by_run: Vec<Vec<Firing>> = batch
            .firings
            .iter()
            .map(|(_, firings)| firings.iter().copied().filter(|f| f.rule as usize == index).collect())
            .collect();
        let leading =
            |key: &str, unit: Unit| vec![Cell::text(&rule.name), Cell::text(key), Cell::text(unit.key())];
        let fired: Vec<f64> = by_run.iter().map(|f| f64::from(u8::from(!f.is_empty()))).collect();
        let (share, error) = mean_and_error(&fired);
        let mut cells = leading("probability_fired", Unit::Ratio);
        cells.extend([share, error].map(|value| Cell::value(value, Unit::Ratio)));
        cells.resize(columns.len(), Cell::Number(None));
        table.push(cells);
        let (timing, months) = (&rule.timing, setup.months);
        let mut push = |key: &str, unit: Unit, of: &dyn Fn(&[Firing]) -> f64| {
            let values: Vec<Value> = by_run.iter().map(|firings| Value::Sum(of(firings))).collect();
            let mut cells = leading(key, unit);
            cells.extend(estimate_cells(estimate(&values).as_ref(), unit));
            table.push(cells);
        };
        push("firings", Unit::Count, &|firings| firings.len() as f64);
        // Over the runs in which it fired.
        push("first_month", Unit::Months, &|firings| firings.first().map_or(f64::NAN, |f| f.fired.into()));
        push("months_in_effect", Unit::Months, &|firings| {
            firings.iter().map(|f| f64::from(f.months_in_effect(timing, months))).sum()
        });
        push("cost", Unit::Money, &|firings| {
            firings.iter().map(|f| f.cost(timing, months)).sum::<i64>() as f64
        });
    }
    table
}

/// One row per run and firing, in the order of runs, months and policies.
pub fn firings(setup: &Setup, batch: &Batch) -> Table {
    let columns =
        ["run", "policy", "month", "in_effect_from", "in_effect_before", "months_in_effect", "cost"];
    let mut table = Table::new("firings", &columns);
    for (run, firings) in &batch.firings {
        for firing in firings {
            let rule = &setup.rules[firing.rule as usize];
            let from = firing.fired + rule.timing.lag;
            table.push(vec![
                Cell::whole(*run),
                Cell::text(&rule.name),
                Cell::whole(firing.fired),
                // Beyond the horizon it is never in effect, and what lasts to the horizon has no end.
                if from < setup.months { Cell::whole(from) } else { Cell::Number(None) },
                firing.ended.map_or(Cell::Number(None), Cell::whole),
                Cell::whole(firing.months_in_effect(&rule.timing, setup.months)),
                Cell::value(firing.cost(&rule.timing, setup.months) as f64, Unit::Money),
            ]);
        }
    }
    table
}
