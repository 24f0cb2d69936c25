//! Laboratory scenarios and the few comparisons every test uses.
#![allow(dead_code, reason = "a test crate uses its part of them")]

use std::path::PathBuf;
use std::sync::Mutex;

use lendcycle::engine::runs::simulate_blocks;
use lendcycle::engine::{MonthMetric, RunResult, Setup};
use lendcycle::ledger::Flow;
use lendcycle::rate::Number;
use lendcycle::scenario::tables::{BudgetStep, Channel};
use lendcycle::scenario::{Request, Scenario, Setting, load};
use rust_decimal::Decimal;
use statrs::distribution::{Binomial, DiscreteCDF};

/// The base scenario.
pub const BASE: &str = "scenarios/base/consumer_credit.toml";
/// The same without provisions, which pools of borrowers share and the horizon settles.
pub const BARE: &str = "tests/scenarios/base_bare.toml";
/// One segment, one channel and one product of their own; all effects off, the market silent.
pub const MARKET: &str = "tests/scenarios/lab_market.toml";
/// The same with one loan a month by plan.
pub const LAB: &str = "tests/scenarios/lab_credit.toml";

/// Every loan misses from the first month on and rolls to charge-off: at age `j` it stands in bucket `j`, at 7 it is gone.
pub const ALL_ROLL: [&str; 8] = [
    "delinquency.m0=[0, 1]",
    "delinquency.m1=[0, 0, 1]",
    "delinquency.m2=[0, 0, 0, 1]",
    "delinquency.m3=[0, 0, 0, 0, 1]",
    "delinquency.m4=[0, 0, 0, 0, 0, 1]",
    "delinquency.m5=[0, 0, 0, 0, 0, 0, 1]",
    "delinquency.m6=[0, 0, 0, 0, 0, 0, 0, 1]",
    "product.lab.schedule=\"interest_only\"",
];

/// A scenario file with `--set` options.
pub fn scenario(file: &str, settings: &[&str]) -> Scenario {
    let settings = settings.iter().map(|text| Setting { what: "--set", text: (*text).to_owned() });
    let request = Request { path: PathBuf::from(file), settings: settings.collect() };
    match load(&request) {
        Ok(scenario) => scenario,
        Err(problems) => panic!("{file} is not a scenario: {:#?}", problems.list),
    }
}

/// A scenario file with `--set` options, resolved.
pub fn setup(file: &str, settings: &[&str]) -> Setup {
    Setup::new(&scenario(file, settings))
}

/// A scenario file with `--set` options that were put together, resolved.
pub fn setup_of(file: &str, settings: &[String]) -> Setup {
    setup(file, &settings.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The first `count` runs, in run order.
pub fn runs(setup: &Setup, count: u64) -> Vec<RunResult> {
    runs_on(setup, count, 0)
}

/// The first `count` runs on a number of threads, in run order.
pub fn runs_on(setup: &Setup, count: u64, threads: usize) -> Vec<RunResult> {
    let all = Mutex::new(Vec::new());
    simulate_blocks(setup, 0..count, threads, |block| {
        all.lock().expect("no block panicked").extend(block);
        true
    })
    .expect("threads start");
    let mut all = all.into_inner().expect("no block panicked");
    all.sort_by_key(|result| result.run);
    assert_eq!(all.len() as u64, count);
    all
}

/// The first `count` runs without the log of firings, for policies that come to the same by other rules.
pub fn runs_without_log(setup: &Setup, count: u64) -> Vec<RunResult> {
    runs(setup, count).into_iter().map(|result| RunResult { firings: Vec::new(), ..result }).collect()
}

/// The setting that multiplies every budget step of a channel.
pub fn budget(channel: &Channel, by: i64) -> String {
    let step = |step: &BudgetStep| {
        format!("{{month={}, amount={}}}", step.month.0, step.amount.decimal() * Decimal::from(by))
    };
    let steps: Vec<String> = channel.budget.iter().map(step).collect();
    format!("channel.{}.budget=[{}]", channel.name, steps.join(", "))
}

/// A flow of a month.
pub fn flow(result: &RunResult, month: usize, flow: Flow) -> i64 {
    result.get(month, MonthMetric::Flow(flow))
}

/// A flow over all runs and months.
pub fn total(results: &[RunResult], flow: Flow) -> f64 {
    results.iter().map(|result| result.total(flow)).sum::<i64>() as f64
}

/// Asserts equality up to a relative difference (absolute below 1).
#[track_caller]
pub fn assert_close(what: &str, got: f64, expected: f64, tolerance: f64) {
    let allowed = tolerance * expected.abs().max(1.0);
    assert!((got - expected).abs() <= allowed, "{what}: got {got}, expected {expected} within {allowed:e}");
}

/// Asserts that the mean of independent values is `expected`, within four standard errors.
#[track_caller]
pub fn assert_mean(what: &str, values: &[f64], expected: f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    assert!(
        (mean - expected).abs() <= 4.0 * error,
        "{what}: mean {mean}, expected {expected}, standard error {error}"
    );
}

/// Asserts a count of independent events among `trials` of probability `p`: neither tail of the binomial law beyond it is
/// below 3e-5, as with four standard errors of a normal law.
#[track_caller]
pub fn assert_count(what: &str, count: i64, trials: f64, p: f64) {
    let law = Binomial::new(p, trials as u64).expect("a probability");
    let count = count as u64;
    let above = if count == 0 { 1.0 } else { law.sf(count - 1) };
    assert!(law.cdf(count) > 3e-5 && above > 3e-5, "{what}: {count} of {trials}, expected {}", trials * p);
}
