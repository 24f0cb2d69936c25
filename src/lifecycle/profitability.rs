//! What each stage of a run earned: sums of its months.

use super::metrics::{Sums, Unit};
use super::stage::Stage;
use crate::engine::{MonthMetric, RunResult};
use crate::stats::Value;

/// One stage of one run.
#[derive(Clone, Debug)]
pub struct StageRun {
    /// The stage; all its months, also if it was left and entered again.
    pub stage: Stage,
    /// First month.
    pub start: u32,
    /// Balance at the end of its last month, fen.
    pub balance_end: i64,
    /// The stage still held at the horizon: its duration is a lower bound.
    pub censored: bool,
    /// Sums of its months.
    pub sums: Sums,
}

/// One run by stages.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// Run index.
    pub run: u64,
    /// Stages in the order of their first months.
    pub stages: Vec<StageRun>,
    /// The whole life.
    pub lifetime: StageRun,
    /// Highest month-end balance, fen, and its month.
    pub balance_max: (i64, u32),
    /// Loans stepped.
    pub account_months: u64,
}

/// Sums a run by stages. Every month belongs to exactly one stage, so that stages add up to the life.
pub fn by_stage(result: &RunResult) -> RunRow {
    let mut stages: Vec<StageRun> = Vec::new();
    let mut lifetime = StageRun::new(Stage::Growth(1), 0);
    let mut balance_max = (0, 0);
    for (month, &stage) in result.stages.iter().enumerate() {
        let row = result.month(month);
        let at = stages.iter().position(|entry| entry.stage == stage).unwrap_or_else(|| {
            stages.push(StageRun::new(stage, month as u32));
            stages.len() - 1
        });
        let balance = row[MonthMetric::Balance.index()];
        for entry in [&mut stages[at], &mut lifetime] {
            entry.sums.add(row);
            entry.balance_end = balance;
        }
        if balance > balance_max.0 {
            balance_max = (balance, month as u32);
        }
    }
    let last = result.stages.last().copied();
    for entry in &mut stages {
        entry.censored = last == Some(entry.stage) && entry.stage != Stage::Closed;
    }
    lifetime.censored = last != Some(Stage::Closed);
    RunRow { run: result.run, stages, lifetime, balance_max, account_months: result.account_months }
}

impl StageRun {
    /// A stage of no months yet.
    pub fn new(stage: Stage, start: u32) -> Self {
        StageRun { stage, start, balance_end: 0, censored: false, sums: Sums::default() }
    }
}

/// A metric of a stage: name, unit, value of one run.
pub type StageMetric = (&'static str, Unit, fn(&StageRun) -> Value);

/// Metrics of a stage that are not sums of its months: name, unit, value of one run.
pub const STAGE_METRICS: &[StageMetric] = &[
    ("start_month", Unit::Months, |stage| Value::Sum(f64::from(stage.start))),
    ("duration", Unit::Months, |stage| Value::Sum(stage.sums.months as f64)),
    ("censored", Unit::Ratio, |stage| Value::Sum(f64::from(u8::from(stage.censored)))),
    ("balance_end", Unit::Money, |stage| Value::Sum(stage.balance_end as f64)),
    ("profitable", Unit::Ratio, |stage| Value::Sum(f64::from(u8::from(stage.sums.flows().profit() > 0)))),
];

impl RunRow {
    /// A stage of the run, if it was reached.
    pub fn stage(&self, stage: Stage) -> Option<&StageRun> {
        self.stages.iter().find(|entry| entry.stage == stage)
    }
}
