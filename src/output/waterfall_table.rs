//! `waterfall.csv`: from income to economic profit, by stage and basis.

use super::summary::{Batch, stages_reached};
use super::table::{Cell, ESTIMATE_COLUMNS, Table, estimate_cells};
use crate::lifecycle::basis::Basis;
use crate::lifecycle::metrics::Unit;
use crate::lifecycle::profitability::StageRun;
use crate::lifecycle::waterfall::{STEPS, Step, economic_profit};
use crate::stats::{Value, estimate};

/// Steps in order, then their sum; over the runs that reached the stage.
pub fn waterfall(batch: &Batch, bases: &[Basis]) -> Table {
    let leading = ["stage", "basis", "step", "name", "unit"];
    let columns: Vec<&str> = leading.into_iter().chain(ESTIMATE_COLUMNS).collect();
    let mut table = Table::new("waterfall", &columns);
    let stages = stages_reached(batch.rows.iter()).into_iter().map(Some).chain([None]);
    for stage in stages {
        let entries: Vec<&StageRun> = batch
            .rows
            .iter()
            .filter_map(|row| match stage {
                Some(stage) => row.stage(stage),
                None => Some(&row.lifetime),
            })
            .collect();
        let name = stage.map_or_else(|| "lifetime".to_owned(), |stage| stage.name());
        for &basis in bases {
            let last: [Step; 1] = [("economic_profit", economic_profit)];
            for (step, (key, of)) in STEPS.iter().chain(&last).enumerate() {
                let values: Vec<Value> =
                    entries.iter().map(|entry| Value::Sum(of(entry, basis) as f64)).collect();
                let mut cells = vec![
                    Cell::text(&name),
                    Cell::text(basis.key()),
                    Cell::whole(step as u64 + 1),
                    Cell::text(*key),
                    Cell::text(Unit::Money.key()),
                ];
                cells.extend(estimate_cells(estimate(&values).as_ref(), Unit::Money));
                table.push(cells);
            }
        }
    }
    table
}
