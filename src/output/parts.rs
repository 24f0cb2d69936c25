//! What each part of a variant does to the profit of each stage and the whole life: `parts.csv`, and a table for the terminal.

use std::collections::BTreeMap;

use comfy_table::Table as TextTable;
use comfy_table::presets::UTF8_BORDERS_ONLY;

use super::scale::{Scale, right_aligned};
use super::stage_table::Language;
use super::summary::{Batch, stages_reached};
use super::table::{Cell, Table};
use crate::attribution::{alone, everything, factorial, ordered, shapley_by_factorial};
use crate::lifecycle::metrics::Unit;
use crate::lifecycle::stage::Stage;
use crate::money::{Fen, rounded_parts};
use crate::stats::mean_and_error;

/// Profits by stage and run of one set of parts. A run that does not reach a stage earns nothing in it.
#[derive(Clone, Debug)]
pub struct SetResult {
    by_stage: BTreeMap<String, Vec<i64>>,
    lifetime: Vec<i64>,
    order: Vec<Stage>,
}

impl SetResult {
    /// Takes the profits out of a batch.
    pub fn new(batch: &Batch) -> Self {
        let order = stages_reached(batch.rows.iter());
        let profits = |stage: Stage| {
            let of = |row: &crate::lifecycle::profitability::RunRow| {
                row.stage(stage).map_or(0, |entry| entry.sums.flows().profit())
            };
            (stage.name(), batch.rows.iter().map(of).collect())
        };
        SetResult {
            by_stage: order.iter().map(|stage| profits(*stage)).collect(),
            lifetime: batch.rows.iter().map(|row| row.lifetime.sums.flows().profit()).collect(),
            order,
        }
    }

    fn profit(&self, stage: &str, run: usize) -> i64 {
        match stage {
            "lifetime" => self.lifetime[run],
            stage => self.by_stage.get(stage).map_or(0, |profits| profits[run]),
        }
    }
}

/// A difference of profit and its standard error, fen.
type WithError = (f64, f64);

/// What one part does.
#[derive(Clone, Debug)]
pub struct PartEffect {
    /// Where the part is.
    pub part: String,
    /// With the parts before it made.
    pub ordered: WithError,
    /// Over all orders; unknown where there are too many parts.
    pub shapley: Option<WithError>,
    /// Alone; unknown where it was not simulated.
    pub alone: Option<WithError>,
}

/// What the parts do in one stage, or in the whole life.
#[derive(Clone, Debug)]
pub struct StageParts {
    /// `growth`, ..., `lifetime`.
    pub stage: String,
    /// By part.
    pub parts: Vec<PartEffect>,
    /// What all of them do together.
    pub total: WithError,
}

/// Works out what parts do by stage and over the whole life, from the results of sets of parts. Sets of one part and all larger ones
/// are there, or only those met in order.
pub fn part_effects(parts: &[String], results: &BTreeMap<usize, SetResult>) -> Vec<StageParts> {
    let mut stages: Vec<Stage> = results.values().flat_map(|result| result.order.iter().copied()).collect();
    stages.sort_by_key(|stage| super::summary::stage_order(*stage));
    stages.dedup();
    let names = stages.into_iter().map(Stage::name).chain(["lifetime".to_owned()]);
    names.map(|stage| of_stage(stage, parts, results)).collect()
}

fn of_stage(stage: String, parts: &[String], results: &BTreeMap<usize, SetResult>) -> StageParts {
    let count = parts.len();
    let runs = results[&0].lifetime.len();
    let is_whole = results.len() == everything(count) + 1;
    let profit = |set: usize, run: usize| results[&set].profit(&stage, run);
    let over_runs = |of: &dyn Fn(usize) -> f64| {
        let values: Vec<f64> = (0..runs).map(of).collect();
        mean_and_error(&values)
    };
    let orders = factorial(count) as f64;
    let mut found: Vec<PartEffect> = (0..count)
        .map(|part| PartEffect {
            part: parts[part].clone(),
            ordered: over_runs(&|run| ordered(part, |set| profit(set, run)) as f64),
            shapley: is_whole.then(|| {
                over_runs(&|run| shapley_by_factorial(part, count, |set| profit(set, run)) as f64 / orders)
            }),
            alone: is_whole.then(|| over_runs(&|run| alone(part, |set| profit(set, run)) as f64)),
        })
        .collect();
    let all = everything(count);
    let mut total = over_runs(&|run| (profit(all, run) - profit(0, run)) as f64);
    total.0 = Fen::round(total.0).0 as f64;
    let ordered: Vec<f64> = found.iter().map(|effect| effect.ordered.0).collect();
    for (effect, fen) in found.iter_mut().zip(to_the_fen(&ordered, total.0)) {
        effect.ordered.0 = fen;
    }
    let shapley: Vec<f64> = found.iter().filter_map(|effect| effect.shapley.map(|value| value.0)).collect();
    for (effect, fen) in found.iter_mut().zip(to_the_fen(&shapley, total.0)) {
        effect.shapley = effect.shapley.map(|(_, error)| (fen, error));
    }
    StageParts { parts: found, total, stage }
}

/// Rounds parts so that they add up to the rounded total; only a half fen exactly can leave something for the last one.
fn to_the_fen(parts: &[f64], total: f64) -> Vec<f64> {
    let mut rounded: Vec<f64> =
        rounded_parts(parts.iter().copied()).into_iter().map(|fen| fen as f64).collect();
    let rest = total - rounded.iter().sum::<f64>();
    if let Some(last) = rounded.last_mut() {
        *last += rest;
    }
    rounded
}

/// A variant and what its parts do.
pub type ByVariant = (String, Vec<StageParts>);

/// `parts.csv`.
pub fn parts_table(variants: &[ByVariant]) -> Table {
    let columns = [
        "scenario",
        "stage",
        "part",
        "metric",
        "unit",
        "in_order",
        "in_order_std_error",
        "shapley",
        "shapley_std_error",
        "alone",
        "alone_std_error",
    ];
    let mut table = Table::new("parts", &columns);
    for (scenario, stages) in variants {
        for stage in stages {
            for effect in &stage.parts {
                let unknown = (f64::NAN, f64::NAN);
                let (shapley, alone) = (effect.shapley.unwrap_or(unknown), effect.alone.unwrap_or(unknown));
                let mut row: Vec<Cell> =
                    [scenario, &stage.stage, &effect.part].into_iter().map(Cell::text).collect();
                row.extend([Cell::text("profit_before_tax"), Cell::text(Unit::Money.key())]);
                let numbers =
                    [effect.ordered, shapley, alone].into_iter().flat_map(|(value, error)| [value, error]);
                row.extend(numbers.map(|value| Cell::value(value, Unit::Money)));
                table.push(row);
            }
        }
    }
    table
}

/// A part of many paths by its first two; all of them stand in the file.
fn short(part: &str) -> String {
    let paths: Vec<&str> = part.split(" + ").collect();
    match paths[..] {
        [first, second, _, ..] => format!("{first} + {second} + {} more", paths.len() - 2),
        _ => part.to_owned(),
    }
}

/// The table of the whole life for the terminal.
pub fn render(stages: &[StageParts], unit: f64, language: Language) -> String {
    let life = stages.last().expect("the whole life is always there");
    let scale = Scale::new(unit, life.total.1);
    let is_whole = life.parts.iter().all(|effect| effect.shapley.is_some());
    let mut table = TextTable::new();
    table.load_style(UTF8_BORDERS_ONLY);
    let heads = [
        language.pick("what each part of the change does to it", "各部分改动的影响"),
        language.pick("in this order ± s.e.", "按此顺序 ± 标准误"),
        language.pick("over all orders (Shapley)", "全部顺序（Shapley）"),
        language.pick("alone", "单独"),
    ];
    let shown = |value: Option<WithError>| value.map_or_else(String::new, |value| scale.with_error(value));
    let columns = if is_whole { 4 } else { 2 };
    table.set_header(&heads[..columns]);
    for effect in &life.parts {
        let cells = [
            short(&effect.part),
            scale.with_error(effect.ordered),
            shown(effect.shapley),
            shown(effect.alone),
        ];
        table.add_row(&cells[..columns]);
    }
    let all = language.pick("all together", "合计").to_owned();
    let total = scale.with_error(life.total);
    table.add_row(&[all, total.clone(), total, String::new()][..columns]);
    right_aligned(&mut table, 1);
    let note = match (is_whole, language) {
        (true, _) => String::new(),
        (false, Language::English) => {
            "Shapley values take a simulation of every combination: too many for so many parts.\n".to_owned()
        }
        (false, Language::Chinese) => "Shapley 值需模拟全部组合，部分过多，未计算。\n".to_owned(),
    };
    format!("{table}\n{note}")
}
