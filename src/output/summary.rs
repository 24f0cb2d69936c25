//! The summary of a batch: what each stage and the whole life bring, over runs in run order.

use std::collections::BTreeMap;

use serde::Serialize;

use super::number::decimal;
use super::until::Outcome;
use super::vintage_losses_table::VintageLoss;
use crate::engine::{RunResult, TierSums, VintageEconomics, VintageMetric};
use crate::ledger::Flows;
use crate::lifecycle::basis::{BASIS_METRICS, Basis, BasisMetric};
use crate::lifecycle::metrics::{Metric, Unit, all_metrics};
use crate::lifecycle::profitability::{RunRow, STAGE_METRICS, StageRun, by_stage};
use crate::lifecycle::stage::Stage;
use crate::model::discrimination::Band;
use crate::policy::Firing;
use crate::stats::{Estimate, Value, estimate, mean_and_error};

/// What is kept in memory of every run: one row, and integer sums over runs.
#[derive(Debug)]
pub struct Batch {
    /// One row per run, in run order once [`Batch::finish`] has run.
    pub rows: Vec<RunRow>,
    /// By group, one entry per run: flows over the horizon and sum of month-end balances.
    pub groups: Vec<(u64, Vec<(Flows, i64)>)>,
    /// Policies that fired, one entry per run.
    pub firings: Vec<(u64, Vec<Firing>)>,
    /// What collections tiers did, one entry per run.
    pub tiers: Vec<(u64, Vec<TierSums>)>,
    /// Loans by band of scores, one entry per run.
    pub scores: Vec<(u64, Vec<Band>)>,
    /// Losses by vintage, one entry per run.
    pub vintages: Vec<(u64, Vec<VintageLoss>)>,
    /// What vintages earn, one entry per run.
    pub economics: Vec<(u64, Vec<VintageEconomics>)>,
    /// By month: runs in growth, plateau, decline, exit, closed, by labels dated back.
    pub stage_counts: Vec<[u64; 5]>,
    /// The same by the labels policies saw, which never look ahead.
    pub stage_counts_online: Vec<[u64; 5]>,
    /// Sum over runs of the balance by month, fen.
    pub balance: Vec<i128>,
}

impl Batch {
    /// An empty batch.
    pub fn new(months: usize) -> Self {
        Batch {
            rows: Vec::new(),
            groups: Vec::new(),
            firings: Vec::new(),
            tiers: Vec::new(),
            scores: Vec::new(),
            vintages: Vec::new(),
            economics: Vec::new(),
            stage_counts: vec![[0; 5]; months],
            stage_counts_online: vec![[0; 5]; months],
            balance: vec![0; months],
        }
    }

    /// Takes in finished runs, in any order.
    pub fn add(&mut self, block: &[RunResult]) {
        for result in block {
            self.rows.push(by_stage(result));
            let groups = result.groups.iter().copied().zip(result.group_balance.iter().copied());
            self.groups.push((result.run, groups.collect()));
            self.firings.push((result.run, result.firings.clone()));
            self.tiers.push((result.run, result.tiers.clone()));
            self.scores.push((result.run, result.scores.clone()));
            self.vintages.push((result.run, vintage_losses(result)));
            // The opening book comes last: what it was made of is not known.
            let (_, made) = result.vintage_economics.split_last().expect("the opening book");
            self.economics.push((result.run, made.to_vec()));
            for (month, stage) in result.stages.iter().enumerate() {
                self.stage_counts[month][stage_index(*stage)] += 1;
                self.stage_counts_online[month][stage_index(result.stages_online[month])] += 1;
                let balance = result.get(month, crate::engine::MonthMetric::Balance);
                self.balance[month] += i128::from(balance);
            }
        }
    }

    /// Puts the runs in order.
    pub fn finish(&mut self) {
        self.rows.sort_by_key(|row| row.run);
        self.groups.sort_by_key(|(run, _)| *run);
        self.firings.sort_by_key(|(run, _)| *run);
        self.tiers.sort_by_key(|(run, _)| *run);
        self.scores.sort_by_key(|(run, _)| *run);
        self.vintages.sort_by_key(|(run, _)| *run);
        self.economics.sort_by_key(|(run, _)| *run);
    }
}

fn vintage_losses(result: &RunResult) -> Vec<VintageLoss> {
    let vintages = 0..result.vintage_expected.len();
    vintages
        .map(|vintage| VintageLoss {
            originated: result.vintage(vintage, 0, VintageMetric::Originated),
            lost: result.vintage_losses[vintage],
            expected: result.vintage_expected[vintage],
        })
        .collect()
}

/// Position of a stage among growth, plateau, decline, exit, closed.
pub fn stage_index(stage: Stage) -> usize {
    match stage {
        Stage::Growth(_) => 0,
        Stage::Plateau => 1,
        Stage::Decline => 2,
        Stage::Exit => 3,
        Stage::Closed => 4,
    }
}

/// A figure by metric name; `None` where no run has a value.
pub type Figure = (&'static str, Unit, Option<Estimate>);

/// Figures of a stage.
pub type Figures = Vec<Figure>;

/// A stage over all runs that reached it (or the whole life).
#[derive(Clone, Debug)]
pub struct StageSummary {
    /// `growth`, `plateau`, ..., `closed`, `lifetime`.
    pub name: String,
    /// Runs that reached it.
    pub runs_reached: usize,
    /// Share of runs that reached it, with standard error.
    pub reached: (f64, f64),
    /// By metric name; `None` where no run has a value.
    pub metrics: Figures,
    /// By basis: those metrics that it decides.
    pub bases: Vec<(Basis, Figures)>,
}

impl StageSummary {
    /// An estimate by metric name, on a basis.
    pub fn get_on(&self, basis: Basis, key: &str) -> Option<&Estimate> {
        let of_basis = self.bases.iter().find(|(other, _)| *other == basis);
        let found = of_basis.and_then(|(_, metrics)| metrics.iter().find(|(name, _, _)| *name == key));
        found.map_or_else(|| self.get(key), |(_, _, found)| found.as_ref())
    }

    /// An estimate by metric name.
    pub fn get(&self, key: &str) -> Option<&Estimate> {
        self.metrics.iter().find(|(name, _, _)| *name == key).and_then(|(_, _, found)| found.as_ref())
    }
}

/// Summaries of all stages any run reached, in the order of life, and of the whole life last.
pub fn stage_summaries(batch: &Batch, bases: &[Basis]) -> Vec<StageSummary> {
    let stages = stages_reached(batch.rows.iter());
    let total = batch.rows.len();
    let mut summaries: Vec<StageSummary> = stages
        .into_iter()
        .map(|stage| {
            let entries: Vec<&StageRun> = batch.rows.iter().filter_map(|row| row.stage(stage)).collect();
            summarise(stage.name(), &entries, total, bases)
        })
        .collect();
    let lives: Vec<&StageRun> = batch.rows.iter().map(|row| &row.lifetime).collect();
    summaries.push(summarise("lifetime".to_owned(), &lives, total, bases));
    summaries
}

/// Stages any of these runs reached, in the order of life.
pub fn stages_reached<'a>(rows: impl Iterator<Item = &'a RunRow>) -> Vec<Stage> {
    let mut stages: Vec<Stage> = rows.flat_map(|row| row.stages.iter().map(|entry| entry.stage)).collect();
    stages.sort_by_key(|stage| stage_order(*stage));
    stages.dedup();
    stages
}

/// Place of a stage in the order of life.
pub fn stage_order(stage: Stage) -> (u32, u32) {
    match stage {
        Stage::Growth(1) => (0, 0),
        Stage::Plateau => (1, 0),
        Stage::Growth(number) => (2, number.into()),
        Stage::Decline => (3, 0),
        Stage::Exit => (4, 0),
        Stage::Closed => (5, 0),
    }
}

fn summarise(name: String, entries: &[&StageRun], runs: usize, bases: &[Basis]) -> StageSummary {
    let reached: Vec<f64> = (0..runs).map(|run| if run < entries.len() { 1.0 } else { 0.0 }).collect();
    let of_sums = |metric: &Metric| {
        let values: Vec<Value> = entries.iter().map(|entry| (metric.of)(&entry.sums)).collect();
        (metric.key, metric.unit, estimate(&values))
    };
    let extra = STAGE_METRICS.iter().map(|(key, unit, of)| {
        let values: Vec<Value> = entries.iter().map(|entry| of(entry)).collect();
        (*key, *unit, estimate(&values))
    });
    StageSummary {
        name,
        runs_reached: entries.len(),
        reached: mean_and_error(&reached),
        metrics: extra.chain(all_metrics().map(of_sums)).collect(),
        bases: bases.iter().map(|basis| (*basis, on_basis(entries, *basis))).collect(),
    }
}

fn on_basis(entries: &[&StageRun], basis: Basis) -> Figures {
    let metric = |(key, unit, of): &BasisMetric| {
        let values: Vec<Value> = entries.iter().map(|entry| of(entry, basis)).collect();
        (*key, *unit, estimate(&values))
    };
    BASIS_METRICS.iter().map(metric).collect()
}

/// Metrics shown as headline figures.
pub const HEADLINES: &[&str] = &[
    "duration",
    "start_month",
    "originated",
    "balance_average",
    "npl_ratio_balance",
    "charge_off_rate_annual",
    "income",
    "cost",
    "charged_off",
    "recoveries",
    "credit_loss_net",
    "profit_before_tax",
    "profitable",
    "return_on_balance_annual",
    "cac",
    "approval_rate",
    "take_up_rate",
    "repeat_share_count",
    "recoveries_share_of_income",
];

/// The figures of `summary.json`.
#[derive(Debug, Serialize)]
pub struct Headlines {
    /// Scenario name.
    pub scenario: String,
    /// Hash of the resolved scenario.
    pub scenario_hash: String,
    /// Number of runs.
    pub runs: usize,
    /// Accounting basis of losses.
    pub basis: &'static str,
    /// By stage, then metric.
    pub stages: Vec<StageHeadlines>,
    /// Whether a figure is known as well as was wanted, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Outcome>,
}

/// Figures of one stage.
#[derive(Debug, Serialize)]
pub struct StageHeadlines {
    /// The stage.
    pub stage: String,
    /// Runs that reached it; all figures are over these.
    pub runs_reached: usize,
    /// Share of runs that reached it.
    pub probability_reached: Option<rust_decimal::Decimal>,
    /// By metric, losses on the basis above.
    pub metrics: BTreeMap<&'static str, Headline>,
    /// By basis, then metric: those that the basis decides.
    pub bases: BTreeMap<&'static str, BTreeMap<&'static str, Headline>>,
}

/// One figure.
#[derive(Debug, Serialize)]
pub struct Headline {
    /// Unit.
    pub unit: &'static str,
    /// Mean, or ratio of sums.
    pub mean: Option<rust_decimal::Decimal>,
    /// Its standard error.
    pub std_error: Option<rust_decimal::Decimal>,
    /// Quantiles over runs.
    pub p05: Option<rust_decimal::Decimal>,
    /// 25 %.
    pub p25: Option<rust_decimal::Decimal>,
    /// Median.
    pub p50: Option<rust_decimal::Decimal>,
    /// 75 %.
    pub p75: Option<rust_decimal::Decimal>,
    /// 95 %.
    pub p95: Option<rust_decimal::Decimal>,
}

/// Builds the headline figures.
pub fn headlines(scenario: &str, hash: &str, runs: usize, stages: &[StageSummary]) -> Headlines {
    Headlines {
        scenario: scenario.to_owned(),
        scenario_hash: hash.to_owned(),
        runs,
        basis: Basis::Incurred.key(),
        until: None,
        stages: stages
            .iter()
            .map(|stage| StageHeadlines {
                stage: stage.name.clone(),
                runs_reached: stage.runs_reached,
                probability_reached: decimal(stage.reached.0, Unit::Ratio),
                metrics: stage
                    .metrics
                    .iter()
                    .filter(|(key, _, _)| HEADLINES.contains(key))
                    .map(|(key, unit, found)| (*key, headline(*unit, found.as_ref())))
                    .collect(),
                bases: stage
                    .bases
                    .iter()
                    .map(|(basis, metrics)| (basis.key(), headlines_of(metrics)))
                    .collect(),
            })
            .collect(),
    }
}

fn headlines_of(metrics: &[Figure]) -> BTreeMap<&'static str, Headline> {
    metrics.iter().map(|(key, unit, found)| (*key, headline(*unit, found.as_ref()))).collect()
}

fn headline(unit: Unit, found: Option<&Estimate>) -> Headline {
    let quantiles = found.map_or([f64::NAN; 5], |found| found.quantiles);
    let [p05, p25, p50, p75, p95] = quantiles.map(|value| decimal(value, unit));
    Headline {
        unit: unit.key(),
        mean: found.and_then(|found| decimal(found.mean, unit)),
        std_error: found.and_then(|found| decimal(found.std_error, unit)),
        p05,
        p25,
        p50,
        p75,
        p95,
    }
}
