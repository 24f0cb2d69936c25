//! The result tables of the contract: stages, months, vintages, segments, channels, runs.

use super::spool::{Spool, VINTAGE_WIDTH};
use super::summary::{Batch, StageSummary};
use super::table::{Cell, ESTIMATE_COLUMNS, Table, estimate_cells};
use crate::engine::{MONTH_METRICS, Setup, VINTAGE_AGES, VintageMetric};
use crate::ledger::{Flow, Flows};
use crate::lifecycle::basis::Basis;
use crate::lifecycle::finance_metrics::FINANCE_STOCK_METRICS;
use crate::lifecycle::metrics::{Sums, Unit, all_metrics, find, flow_metrics};
use crate::lifecycle::month_metrics::MONTH_ONLY_METRICS;
use crate::lifecycle::profitability::RunRow;
use crate::lifecycle::stage::Stage;
use crate::stats::{Estimate, Value, estimate, mean_and_error, ratio_change};

fn with_estimate(leading: &[&'static str]) -> Vec<&'static str> {
    leading.iter().copied().chain(ESTIMATE_COLUMNS).collect()
}

fn row(leading: Vec<Cell>, found: Option<&Estimate>, unit: Unit) -> Vec<Cell> {
    leading.into_iter().chain(estimate_cells(found, unit)).collect()
}

/// `stages.csv`: every metric with losses when they happen, and those metrics that the basis decides on the others too.
pub fn stages(stages: &[StageSummary]) -> Table {
    let columns = with_estimate(&["stage", "basis", "metric", "unit", "runs_reached"]);
    let mut table = Table::new("stages", &columns);
    for stage in stages {
        let leading = |basis: Basis, key: &str, unit: Unit, runs: usize| {
            vec![
                Cell::text(&stage.name),
                Cell::text(basis.key()),
                Cell::text(key),
                Cell::text(unit.key()),
                Cell::whole(runs as u64),
            ]
        };
        let mut reached = leading(Basis::Incurred, "probability_reached", Unit::Ratio, stage.runs_reached);
        reached.push(Cell::value(stage.reached.0, Unit::Ratio));
        reached.push(Cell::value(stage.reached.1, Unit::Ratio));
        reached.resize(columns.len(), Cell::Number(None));
        table.push(reached);
        for (key, unit, found) in &stage.metrics {
            let cells = leading(Basis::Incurred, key, *unit, stage.runs_reached);
            table.push(row(cells, found.as_ref(), *unit));
        }
        for (basis, metrics) in stage.bases.iter().filter(|(basis, _)| *basis != Basis::Incurred) {
            for (key, unit, found) in metrics {
                table.push(row(leading(*basis, key, *unit, stage.runs_reached), found.as_ref(), *unit));
            }
        }
    }
    table
}

/// `months.csv`.
///
/// # Errors
/// When the spool cannot be read.
pub fn months(setup: &Setup, batch: &Batch, spool: &Spool) -> std::io::Result<Table> {
    let mut table = Table::new("months", &with_estimate(&["month", "date", "metric", "unit"]));
    let mut before = None;
    for month in 0..setup.months {
        let rows = spool.month(month as usize, batch.rows.len())?;
        let sums: Vec<Sums> = rows
            .chunks_exact(MONTH_METRICS)
            .map(|row| {
                let mut sums = Sums::default();
                sums.add(row);
                sums
            })
            .collect();
        let date = setup.start.plus(month).to_string();
        let leading = |key: &str, unit: Unit| {
            vec![Cell::whole(month), Cell::text(&date), Cell::text(key), Cell::text(unit.key())]
        };
        let metrics = all_metrics().chain(MONTH_ONLY_METRICS);
        for metric in metrics {
            // The average of a month's balance is the balance at its end.
            let key = match metric.key {
                "balance_average" => "balance",
                "rivals_average" => "rivals",
                "factor_average" => "factor",
                "lpr_average" => "lpr",
                "accounts_average" => "accounts",
                "rival_advantage_average" => "rival_advantage",
                "rival_apr_average" => "rival_apr",
                "balance_acceleration_average" => "balance_acceleration",
                "customers_dormant_average" => "customers_dormant",
                key if FINANCE_STOCK_METRICS.iter().any(|metric| metric.key == key) => {
                    key.trim_end_matches("_average")
                }
                key => key,
            };
            let values: Vec<Value> = sums.iter().map(metric.of).collect();
            table.push(row(leading(key, metric.unit), estimate(&values).as_ref(), metric.unit));
        }
        // Of the ratio of sums over runs, so that the two effects are its change exactly.
        let now = npl_and_balance(&sums);
        let change = before.and_then(|before| ratio_change(before, now));
        let (of_npl, of_balance) = change.unwrap_or((f64::NAN, f64::NAN));
        for (key, value) in [
            ("npl_ratio_change", of_npl + of_balance),
            ("npl_ratio_change_by_npl", of_npl),
            ("npl_ratio_change_by_balance", of_balance),
        ] {
            let mut cells = leading(key, Unit::Ratio);
            cells.push(Cell::value(value, Unit::Ratio));
            cells.resize(table.columns.len(), Cell::Number(None));
            table.push(cells);
        }
        before = Some(now);
        let counts = batch.stage_counts_online[month as usize];
        for (count, key) in counts.iter().zip([
            "probability_growth_online",
            "probability_plateau_online",
            "probability_decline_online",
            "probability_exit_online",
            "probability_closed_online",
        ]) {
            let share = *count as f64 / batch.rows.len() as f64;
            let error = (share * (1.0 - share) / (batch.rows.len() as f64 - 1.0)).sqrt();
            let mut cells = leading(key, Unit::Ratio);
            cells.push(Cell::value(share, Unit::Ratio));
            cells.push(Cell::value(error, Unit::Ratio));
            cells.resize(table.columns.len(), Cell::Number(None));
            table.push(cells);
        }
    }
    Ok(table)
}

/// Balance more than 90 days past due, and balance, over all runs.
fn npl_and_balance(runs: &[Sums]) -> (f64, f64) {
    let ratio = find("npl_ratio_balance");
    runs.iter().fold((0.0, 0.0), |sum, run| match (ratio.of)(run) {
        Value::Ratio(above, below) => (sum.0 + above, sum.1 + below),
        Value::Sum(_) => sum,
    })
}

/// Metrics of a vintage at a month on book, as ratios of sums over runs.
type VintageRatio = (&'static str, fn(&dyn Fn(VintageMetric) -> f64) -> Value);
const VINTAGE_RATIOS: &[VintageRatio] = &[
    ("balance_share", |get| Value::Ratio(get(VintageMetric::Balance), get(VintageMetric::Originated))),
    ("dpd30_rate_balance", |get| Value::Ratio(get(VintageMetric::Balance30), get(VintageMetric::Originated))),
    ("ever_dpd30_rate_count", |get| Value::Ratio(get(VintageMetric::Ever30), get(VintageMetric::Loans))),
    ("ever_dpd90_rate_count", |get| Value::Ratio(get(VintageMetric::Ever90), get(VintageMetric::Loans))),
    ("charge_off_cumulative_rate", |get| {
        Value::Ratio(get(VintageMetric::ChargedOff), get(VintageMetric::Originated))
    }),
    ("net_loss_cumulative_rate", |get| {
        Value::Ratio(
            get(VintageMetric::ChargedOff) - get(VintageMetric::Recovered),
            get(VintageMetric::Originated),
        )
    }),
];

/// `vintages.csv`: only vintages with loans, only ages within the horizon.
///
/// # Errors
/// When the spool cannot be read.
pub fn vintages(setup: &Setup, batch: &Batch, spool: &Spool) -> std::io::Result<Table> {
    let columns = ["vintage", "months_on_book", "metric", "unit", "mean", "std_error", "p05", "p50", "p95"];
    let mut table = Table::new("vintages", &columns);
    for vintage in 0..setup.months {
        let rows = spool.vintage(vintage as usize, batch.rows.len())?;
        for (age_index, &age) in VINTAGE_AGES.iter().enumerate() {
            if vintage + age >= setup.months {
                break;
            }
            let cell = |run: usize, metric: VintageMetric| {
                rows[run * VINTAGE_WIDTH + age_index * VintageMetric::COUNT + metric as usize] as f64
            };
            let runs = rows.len() / VINTAGE_WIDTH;
            for (key, of) in VINTAGE_RATIOS {
                let values: Vec<Value> = (0..runs).map(|run| of(&|metric| cell(run, metric))).collect();
                let found = estimate(&values);
                let [p05, _, p50, _, p95] = found.map_or([f64::NAN; 5], |found| found.quantiles);
                let (mean, error) = found.map_or((f64::NAN, f64::NAN), |found| (found.mean, found.std_error));
                let mut cells = vec![
                    Cell::whole(vintage),
                    Cell::whole(age),
                    Cell::text(*key),
                    Cell::text(Unit::Ratio.key()),
                ];
                let numbers = [mean, error, p05, p50, p95];
                cells.extend(numbers.map(|value| Cell::value(value, Unit::Ratio)));
                table.push(cells);
            }
        }
    }
    Ok(table)
}

/// `segments.csv` or `channels.csv`: unit economics of groups of cells over the whole life. Direct contribution: the
/// fixed cost is nobody's and stands in a row of its own, `shared`. Last the share of the people they reach who have become
/// leads by the end.
pub fn breakdown(
    name: &'static str,
    leading: &'static str,
    members: &[(String, Vec<usize>)],
    setup: &Setup,
    batch: &Batch,
) -> Table {
    let mut table = Table::new(name, &with_estimate(&[leading, "metric", "unit"]));
    for (member, groups) in members {
        let sums: Vec<Sums> = batch
            .groups
            .iter()
            .map(|(_, of_run)| {
                let mut flows = Flows::default();
                let mut balance = 0;
                for &group in groups {
                    flows.add(&of_run[group].0);
                    balance += of_run[group].1;
                }
                Sums::of_flows(&flows, balance, i64::from(setup.months))
            })
            .collect();
        for metric in flow_metrics() {
            let values: Vec<Value> = sums.iter().map(metric.of).collect();
            let cells = vec![Cell::text(member), Cell::text(metric.key), Cell::text(metric.unit.key())];
            table.push(row(cells, estimate(&values).as_ref(), metric.unit));
        }
        let cells = groups.iter().filter_map(|group| setup.cells.get(*group));
        let reachable: u64 = cells.map(|cell| cell.reachable).sum();
        let leads = |sums: &Sums| sums.flows().get(Flow::Leads) as f64;
        let values: Vec<Value> =
            sums.iter().map(|sums| Value::Ratio(leads(sums), reachable as f64)).collect();
        let cells = vec![Cell::text(member), Cell::text("saturation"), Cell::text(Unit::Ratio.key())];
        table.push(row(cells, estimate(&values).as_ref(), Unit::Ratio));
    }
    table
}

/// Members of `segments.csv`.
pub fn segment_members(setup: &Setup) -> Vec<(String, Vec<usize>)> {
    members(setup, setup.segments.iter().map(|segment| segment.name.clone()), |cell| cell.segment)
}

/// Members of `channels.csv`.
pub fn channel_members(setup: &Setup) -> Vec<(String, Vec<usize>)> {
    members(setup, setup.channels.iter().map(|channel| channel.name.clone()), |cell| cell.channel)
}

fn members(
    setup: &Setup,
    names: impl Iterator<Item = String>,
    of: fn(&crate::engine::Cell) -> usize,
) -> Vec<(String, Vec<usize>)> {
    names
        .enumerate()
        .map(|(index, name)| {
            let cells = setup.cells.iter().enumerate();
            (name, cells.filter(|(_, cell)| of(cell) == index).map(|(group, _)| group).collect())
        })
        .chain([("shared".to_owned(), vec![setup.shared_group()])])
        .collect()
}

const RUN_METRICS: &[&str] = &[
    "loans_new",
    "loans_repeat",
    "originated",
    "balance_average",
    "income",
    "marketing_cost",
    "application_cost",
    "servicing_cost",
    "collections_cost",
    "funding_cost",
    "cost",
    "charged_off",
    "recoveries",
    "credit_loss_net",
    "profit_before_tax",
    "return_on_balance_annual",
    "npl_ratio_balance",
    "charge_off_rate_annual",
    "rivals_average",
    "factor_average",
];

/// `runs.csv`: one row per run; of each stage start, duration, profit and whether the horizon cut it off.
pub fn runs(batch: &Batch) -> Table {
    let growths = batch
        .rows
        .iter()
        .flat_map(|row| row.stages.iter())
        .filter_map(|entry| match entry.stage {
            Stage::Growth(number) => Some(number),
            _ => None,
        })
        .max()
        .unwrap_or(1);
    let stages: Vec<Stage> = (1..=growths)
        .map(Stage::Growth)
        .chain([Stage::Plateau, Stage::Decline, Stage::Exit, Stage::Closed])
        .collect();
    let mut columns: Vec<String> = vec!["run".to_owned()];
    columns.extend(RUN_METRICS.iter().map(|key| (*key).to_owned()));
    columns.extend(["balance_max", "balance_max_month", "censored"].map(str::to_owned));
    for stage in &stages {
        for what in ["start_month", "duration", "profit_before_tax", "censored"] {
            columns.push(format!("{}_{what}", stage.name()));
        }
    }
    columns.push("account_months".to_owned());
    let mut table = Table { name: "runs", columns, rows: Vec::new() };
    for entry in &batch.rows {
        table.push(run_row(entry, &stages));
    }
    table
}

fn run_row(entry: &RunRow, stages: &[Stage]) -> Vec<Cell> {
    let mut cells = vec![Cell::whole(entry.run)];
    cells.extend(RUN_METRICS.iter().map(|key| {
        let metric = find(key);
        Cell::value((metric.of)(&entry.lifetime.sums).own(), metric.unit)
    }));
    cells.push(Cell::value(entry.balance_max.0 as f64, Unit::Money));
    cells.push(Cell::whole(entry.balance_max.1));
    cells.push(Cell::whole(u32::from(entry.lifetime.censored)));
    for stage in stages {
        match entry.stage(*stage) {
            Some(found) => cells.extend([
                Cell::whole(found.start),
                Cell::whole(found.sums.months),
                Cell::value(found.sums.flows().profit() as f64, Unit::Money),
                Cell::whole(u32::from(found.censored)),
            ]),
            None => cells.extend(vec![Cell::Number(None); 4]),
        }
    }
    cells.push(Cell::whole(entry.account_months));
    cells
}

/// Mean balance by month, fen.
pub fn mean_balance(batch: &Batch) -> Vec<f64> {
    let runs = batch.rows.len() as f64;
    batch.balance.iter().map(|sum| *sum as f64 / runs).collect()
}

/// Mean and standard error of lifetime profit, fen.
pub fn lifetime_profit(batch: &Batch, basis: Basis) -> (f64, f64) {
    let profits: Vec<f64> = batch.rows.iter().map(|row| row.lifetime.profit(basis) as f64).collect();
    mean_and_error(&profits)
}
