//! What each stage of a run earned: sums of its months.

use super::basis::Basis;
use super::metrics::{Sums, Unit};
use super::stage::Stage;
use super::waterfall::{STEPS, economic_profit};
use crate::engine::{MonthMetric, RunResult};
use crate::ledger::Flow;
use crate::model::delinquency::BUCKETS;
use crate::model::value::RunValue;
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
    /// Net credit loss of the loans made in it, whenever it came, fen; of the opening book in the stage of the first month.
    pub made_losses: i64,
    /// Of a growth stage: months up to that in which the balance had risen fastest.
    pub early: Option<i64>,
    /// Of a whole life: what it is worth to who put equity into it.
    pub value: Option<RunValue>,
    /// Of exit: accounts repaid or transferred from its start to the horizon, and accounts open at its start or made since.
    pub landing: Option<(i64, i64)>,
    /// Largest rise of the balance over three months so far, fen.
    fastest: i64,
}

/// Months over which the rise of the balance is measured.
const RISE_WINDOW: usize = 3;

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
        if let Stage::Growth(_) = stage {
            let rise = (month.saturating_sub(RISE_WINDOW - 1)..=month)
                .map(|month| result.get(month, MonthMetric::BalanceChange))
                .sum();
            let entry = &mut stages[at];
            if entry.early.is_none() || rise > entry.fastest {
                (entry.early, entry.fastest) = (Some(entry.sums.months), rise);
            }
        }
        if balance > balance_max.0 {
            balance_max = (balance, month as u32);
        }
    }
    // The losses of the opening book come last.
    let losses = result.vintage_losses.iter().zip(result.stages.iter().chain(result.stages.first()));
    for (&loss, made) in losses {
        let made = stages.iter_mut().find(|entry| entry.stage == *made).expect("every month has a stage");
        made.made_losses += loss;
        lifetime.made_losses += loss;
    }
    for basis in Basis::ALL {
        let parts: i64 = stages.iter().map(|stage| stage.profit(basis)).sum();
        assert_eq!(parts, lifetime.profit(basis), "stages add up to the life");
        for stage in stages.iter().chain([&lifetime]) {
            let steps: i64 = STEPS.iter().map(|(_, of)| of(stage, basis)).sum();
            assert_eq!(steps, economic_profit(stage, basis), "steps add up to the economic profit");
        }
    }
    assert_eq!(
        lifetime.profit(Basis::Vintage),
        lifetime.profit(Basis::Incurred),
        "the month of a loss does not change what is lost"
    );
    if let Some(exit) = stages.iter_mut().find(|entry| entry.stage == Stage::Exit) {
        exit.landing = Some(landing(result, exit.start as usize));
    }
    let last = result.stages.last().copied();
    for entry in &mut stages {
        entry.censored = last == Some(entry.stage) && entry.stage != Stage::Closed;
    }
    lifetime.value = result.value;
    lifetime.censored = last != Some(Stage::Closed);
    RunRow { run: result.run, stages, lifetime, balance_max, account_months: result.account_months }
}

/// Accounts that ended well from a month on, and those that could.
fn landing(result: &RunResult, start: usize) -> (i64, i64) {
    let open = |bucket: u8| result.get(start - 1, MonthMetric::BucketAccounts(bucket));
    let at_start = if start == 0 { 0 } else { (0..BUCKETS as u8).map(open).sum() };
    let mut sums = Sums::default();
    (start..result.stages.len()).for_each(|month| sums.add(result.month(month)));
    let flows = sums.flows();
    let ended_well = flows.sum(&[Flow::AccountsPaidOff, Flow::AccountsTransferred]);
    (ended_well, at_start + flows.sum(&[Flow::LoansNew, Flow::LoansRepeat, Flow::LoansOpening]))
}

impl StageRun {
    /// A stage of no months yet.
    pub fn new(stage: Stage, start: u32) -> Self {
        StageRun {
            stage,
            start,
            balance_end: 0,
            censored: false,
            sums: Sums::default(),
            made_losses: 0,
            early: None,
            value: None,
            landing: None,
            fastest: 0,
        }
    }
}

/// A metric of a stage: name, unit, value of one run.
pub type StageMetric = (&'static str, Unit, fn(&StageRun) -> Value);

/// Metrics of a stage that are not sums of its months: name, unit, value of one run.
pub const STAGE_METRICS: &[StageMetric] = &[
    ("start_month", Unit::Months, |stage| Value::Sum(f64::from(stage.start))),
    ("duration", Unit::Months, |stage| Value::Sum(stage.sums.months as f64)),
    ("duration_early", Unit::Months, |stage| early(stage, |early, _| early)),
    ("duration_late", Unit::Months, |stage| early(stage, |early, months| months - early)),
    ("censored", Unit::Ratio, |stage| Value::Sum(f64::from(u8::from(stage.censored)))),
    ("soft_landing_rate_count", Unit::Ratio, |stage| {
        stage.landing.map_or(Value::Ratio(0.0, 0.0), |(well, all)| Value::Ratio(well as f64, all as f64))
    }),
    ("npv", Unit::Money, |stage| valued(stage, |value| Some(value.npv))),
    ("npv_positive", Unit::Ratio, |stage| valued(stage, |value| Some(f64::from(u8::from(value.npv > 0.0))))),
    ("irr", Unit::Ratio, |stage| valued(stage, |value| value.irr)),
    ("payback_month", Unit::Months, |stage| valued(stage, |value| value.payback.map(f64::from))),
    ("break_even_month", Unit::Months, |stage| valued(stage, |value| value.break_even.map(f64::from))),
    ("peak_equity_need", Unit::Money, |stage| valued(stage, |value| Some(value.peak_need as f64))),
    ("balance_end", Unit::Money, |stage| Value::Sum(stage.balance_end as f64)),
    ("profitable", Unit::Ratio, |stage| Value::Sum(f64::from(u8::from(stage.profit(Basis::Incurred) > 0)))),
];

/// A figure of the whole life, over the runs that have it; unknown of stages.
fn valued(stage: &StageRun, of: fn(&RunValue) -> Option<f64>) -> Value {
    match stage.value.as_ref().and_then(of) {
        Some(found) => Value::Ratio(found, 1.0),
        None => Value::Ratio(0.0, 0.0),
    }
}

/// A duration within a growth stage; unknown of others.
fn early(stage: &StageRun, of: fn(i64, i64) -> i64) -> Value {
    match stage.early {
        Some(early) => Value::Ratio(of(early, stage.sums.months) as f64, 1.0),
        None => Value::Ratio(0.0, 0.0),
    }
}

impl RunRow {
    /// A stage of the run, if it was reached.
    pub fn stage(&self, stage: Stage) -> Option<&StageRun> {
        self.stages.iter().find(|entry| entry.stage == stage)
    }
}
