//! What a sweep found: the response of every point, effects of values, sensitivity, and the best point on fresh runs.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::comparison::more_is_better;
use super::manifest::{Random, Timing, Tool};
use super::number::decimal;
use super::table::{Cell, Table};
use crate::lifecycle::metrics::Unit;
use crate::paired::student_95;
use crate::scenario::Scenario;
use crate::stats::mean_and_error;
use crate::sweep::effects::{Effect, best, difference, effects, not_told_apart};
use crate::sweep::sensitivity::{Indices, indices};
use crate::sweep::{Dimension, Plan};

/// A number with its standard error.
pub type WithError = (f64, f64);

/// The best point.
#[derive(Clone, Debug)]
pub struct Best {
    /// Its position in the plan.
    pub point: usize,
    /// Its response less that of the scenario as it is, on the runs it was chosen by.
    pub chosen: WithError,
    /// The same on fresh runs, and how many.
    pub fresh: Option<(WithError, usize)>,
    /// Points that cannot be told from it.
    pub not_told_apart: Vec<usize>,
}

impl Best {
    /// What choosing the best of many added to what it seems to bring, in the sense of `chosen - fresh`; the runs are different ones.
    pub fn curse(&self) -> Option<WithError> {
        let (fresh, _) = self.fresh?;
        let error = (self.chosen.1 * self.chosen.1 + fresh.1 * fresh.1).sqrt();
        Some((self.chosen.0 - fresh.0, error))
    }
}

/// A finished sweep.
#[derive(Debug)]
pub struct SweepResult {
    /// Name of the scenario.
    pub scenario: String,
    /// What varied.
    pub dimensions: Vec<Dimension>,
    /// The points.
    pub plan: Plan,
    /// Name of the response, and its unit.
    pub metric: (String, Unit),
    /// Response by run of the scenario as it is.
    pub base: Vec<f64>,
    /// Response by point and run.
    pub values: Vec<Vec<f64>>,
    /// By key and value.
    pub effects: Vec<Vec<Effect>>,
    /// By key; empty unless the design is a Sobol one.
    pub indices: Vec<Indices>,
    /// `None` where neither more nor less of the response is better.
    pub best: Option<Best>,
}

impl SweepResult {
    /// Works out what responses say. `base` and `values` are by run, all of the same runs.
    pub fn new(
        scenario: String,
        dimensions: Vec<Dimension>,
        plan: Plan,
        metric: (String, Unit),
        base: Vec<f64>,
        values: Vec<Vec<f64>>,
    ) -> Self {
        let counts: Vec<usize> = dimensions.iter().map(|dimension| dimension.values.len()).collect();
        let chosen = more_is_better(&metric.0).and_then(|more| best(&values, more));
        SweepResult {
            effects: effects(&plan, &counts, &base, &values),
            indices: indices(&values, &plan.rows),
            best: chosen.map(|point| Best {
                point,
                chosen: difference(&base, &values[point]),
                fresh: None,
                not_told_apart: not_told_apart(&values, point),
            }),
            scenario,
            dimensions,
            plan,
            metric,
            base,
            values,
        }
    }

    /// The value of a key at a point; `None`: as the scenario has it.
    pub fn value(&self, point: usize, key: usize) -> Option<&str> {
        self.plan.points[point][key].map(|level| self.dimensions[key].values[level].as_str())
    }

    /// A point's response less that of the scenario as it is.
    pub fn difference(&self, point: usize) -> WithError {
        difference(&self.base, &self.values[point])
    }
}

/// `points.csv`: the values of every point, and its response.
pub fn points(result: &SweepResult) -> Table {
    let keys = result.dimensions.iter().map(|dimension| dimension.key.as_str());
    let columns: Vec<&str> = std::iter::once("point")
        .chain(keys)
        .chain([
            "metric",
            "unit",
            "mean",
            "std_error",
            "difference",
            "difference_std_error",
            "ci_low",
            "ci_high",
        ])
        .collect();
    let mut table = Table::new("points", &columns);
    let (metric, unit) = (&result.metric.0, result.metric.1);
    let mut add = |name: Cell, values: Vec<Cell>, own: &[f64], difference: WithError| {
        let (mean, error) = mean_and_error(own);
        let half = student_95(own.len()) * difference.1;
        let numbers = [mean, error, difference.0, difference.1, difference.0 - half, difference.0 + half];
        let mut row = vec![name];
        row.extend(values);
        row.extend([Cell::text(metric.clone()), Cell::text(unit.key())]);
        row.extend(numbers.map(|number| Cell::value(number, unit)));
        table.push(row);
    };
    let unset = vec![Cell::text(""); result.dimensions.len()];
    add(Cell::text("base"), unset, &result.base, (0.0, 0.0));
    for point in 0..result.plan.points.len() {
        let values = (0..result.dimensions.len())
            .map(|key| Cell::text(result.value(point, key).unwrap_or_default()))
            .collect();
        add(Cell::whole(point as u64 + 1), values, &result.values[point], result.difference(point));
    }
    table
}

/// Columns of `responses.csv` after the point.
pub const RESPONSE_COLUMNS: [&str; 9] =
    ["stage", "metric", "unit", "value", "difference", "std_error", "ci_low", "ci_high", "prob_better"];

/// `effects.csv`: what each value of each key does, over the points that have it.
pub fn effects_table(result: &SweepResult) -> Table {
    let columns =
        ["key", "value", "points", "metric", "unit", "difference", "std_error", "ci_low", "ci_high"];
    let mut table = Table::new("effects", &columns);
    let (metric, unit) = (&result.metric.0, result.metric.1);
    for (dimension, effects) in result.dimensions.iter().zip(&result.effects) {
        for (value, effect) in dimension.values.iter().zip(effects) {
            let (difference, error) = effect.difference;
            let half = student_95(result.base.len()) * error;
            let mut row = vec![
                Cell::text(&dimension.key),
                Cell::text(value),
                Cell::whole(effect.points as u64),
                Cell::text(metric),
                Cell::text(unit.key()),
            ];
            row.extend(
                [difference, error, difference - half, difference + half]
                    .map(|number| Cell::value(number, unit)),
            );
            table.push(row);
        }
    }
    table
}

/// `sensitivity.csv`: indices by key.
pub fn sensitivity(result: &SweepResult) -> Table {
    let columns =
        ["key", "metric", "first_order", "first_order_std_error", "total_effect", "total_effect_std_error"];
    let mut table = Table::new("sensitivity", &columns);
    for (dimension, found) in result.dimensions.iter().zip(&result.indices) {
        let mut row = vec![Cell::text(&dimension.key), Cell::text(&result.metric.0)];
        let numbers = [found.first.0, found.first.1, found.total.0, found.total.1];
        row.extend(numbers.map(|number| Cell::value(number, Unit::Ratio)));
        table.push(row);
    }
    table
}

/// A figure with its error.
#[derive(Debug, Serialize)]
struct Figure {
    value: Option<Decimal>,
    std_error: Option<Decimal>,
}

/// The best point.
#[derive(Debug, Serialize)]
struct BestFigures {
    point: usize,
    values: BTreeMap<String, Option<String>>,
    chosen: Figure,
    fresh: Option<Figure>,
    fresh_runs: Option<usize>,
    winners_curse: Option<Figure>,
    not_told_apart: Vec<usize>,
}

#[derive(Debug, Serialize)]
struct IndexFigures {
    first_order: Option<Decimal>,
    first_order_std_error: Option<Decimal>,
    total_effect: Option<Decimal>,
    total_effect_std_error: Option<Decimal>,
}

/// `summary.json` of a sweep.
#[derive(Debug, Serialize)]
pub struct SweepSummary {
    scenario: String,
    metric: String,
    unit: &'static str,
    points: usize,
    runs: usize,
    base: Figure,
    best: Option<BestFigures>,
    sensitivity: BTreeMap<String, IndexFigures>,
}

/// Builds the summary. Points are counted from 1.
pub fn summary(result: &SweepResult) -> SweepSummary {
    let unit = result.metric.1;
    let figure =
        |found: WithError| Figure { value: decimal(found.0, unit), std_error: decimal(found.1, unit) };
    let ratio = |value: f64| decimal(value, Unit::Ratio);
    let keys = || result.dimensions.iter().map(|dimension| dimension.key.clone());
    SweepSummary {
        scenario: result.scenario.clone(),
        metric: result.metric.0.clone(),
        unit: unit.key(),
        points: result.plan.points.len(),
        runs: result.base.len(),
        base: figure(mean_and_error(&result.base)),
        best: result.best.as_ref().map(|best| BestFigures {
            point: best.point + 1,
            values: keys()
                .enumerate()
                .map(|(key, name)| (name, result.value(best.point, key).map(str::to_owned)))
                .collect(),
            chosen: figure(best.chosen),
            fresh: best.fresh.map(|(fresh, _)| figure(fresh)),
            fresh_runs: best.fresh.map(|(_, runs)| runs),
            winners_curse: best.curse().map(figure),
            not_told_apart: best.not_told_apart.iter().map(|point| point + 1).collect(),
        }),
        sensitivity: keys()
            .zip(&result.indices)
            .map(|(key, found)| {
                let figures = IndexFigures {
                    first_order: ratio(found.first.0),
                    first_order_std_error: ratio(found.first.1),
                    total_effect: ratio(found.total.0),
                    total_effect_std_error: ratio(found.total.1),
                };
                (key, figures)
            })
            .collect(),
    }
}

/// `manifest.json` of a sweep.
#[derive(Debug, Serialize)]
pub struct SweepManifest<'a> {
    /// Name and version of the tool.
    pub tool: Tool,
    /// Seed.
    pub seed: u64,
    /// Runs of each point.
    pub runs: u64,
    /// Horizon.
    pub months: u64,
    /// How borrowers are counted.
    pub resolution: &'static str,
    /// Random numbers.
    pub random: Random,
    /// How points were chosen, as given on the command line.
    pub design: String,
    /// What varied, as given on the command line.
    pub vary: &'a [String],
    /// Files of the result.
    pub files: Vec<String>,
    /// Hash of the resolved scenario.
    pub scenario_hash: String,
    /// The resolved scenario.
    pub scenario: &'a Scenario,
    /// The only part that differs from machine to machine.
    pub timing: Timing,
}
