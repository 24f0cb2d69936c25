//! What errors promise: intervals hold the answer as often as they say, with a fixed number of runs and when runs end at a target.

use std::sync::{Mutex, OnceLock};

use lendcycle::engine::{Setup, runs};
use lendcycle::output::comparison::values_by_run;
use lendcycle::output::summary::Batch;
use lendcycle::paired::{Difference, compare, student_95};
use lendcycle::precision::{FIRST_LOOK, Look, Target, Wanted, look};
use lendcycle::random::philox;
use lendcycle::scenario::{Request, Setting, load};
use lendcycle::stats::{Value, mean_and_error};

const EXPERIMENTS: usize = 400;
/// Pairs of runs of one experiment.
const PAIRS: usize = 64;

fn batch(settings: &[&str]) -> Batch {
    let settings = settings.iter().map(|text| Setting { what: "--set", text: (*text).to_owned() });
    let request = Request { path: "tests/scenarios/small.toml".into(), settings: settings.collect() };
    let setup = Setup::new(&load(&request).expect("a scenario without problems"));
    let batch = Mutex::new(Batch::new(setup.months as usize));
    runs::simulate_blocks(&setup, 0..(EXPERIMENTS * PAIRS) as u64, 0, |block| {
        batch.lock().expect("a batch").add(&block);
        true
    })
    .expect("threads");
    let mut batch = batch.into_inner().expect("a batch");
    batch.finish();
    batch
}

/// Many runs of a small scenario, and the same ones with the cut-off raised. What all of them say is the answer that experiments
/// of a few of them are to find.
fn bank() -> &'static [Batch; 2] {
    static BANK: OnceLock<[Batch; 2]> = OnceLock::new();
    BANK.get_or_init(|| {
        let short = "run.months=24";
        [batch(&[short]), batch(&[short, "segment.youth.cutoff_new=620"])]
    })
}

fn values(metric: &str) -> [Vec<Value>; 2] {
    let [base, variant] = bank();
    [base, variant].map(|batch| values_by_run(batch, None, metric).expect("a metric").1)
}

fn holds(found: &Difference, answer: f64) -> bool {
    let (low, high) = found.interval();
    (low..=high).contains(&answer)
}

#[test]
fn intervals_of_differences_hold_the_answer_as_often_as_they_say() {
    for metric in ["profit_before_tax", "originated", "charge_off_rate_annual", "npl_ratio_balance"] {
        let [base, variant] = values(metric);
        let answer = compare(&base, &variant).difference;
        assert!(answer != 0.0, "{metric} does not differ");
        let experiments = base.chunks(PAIRS).zip(variant.chunks(PAIRS));
        let held = experiments.filter(|(base, variant)| holds(&compare(base, variant), answer)).count();
        let share = held as f64 / EXPERIMENTS as f64;
        println!("{metric}: the 95 % interval holds the answer in {share} of {EXPERIMENTS} experiments");
        assert!((0.93..=0.97).contains(&share), "{metric}: {share}");
    }
}

#[test]
fn intervals_hold_the_answer_when_runs_end_at_a_target() {
    let [base, variant] = values("profit_before_tax");
    let differences: Vec<f64> =
        base.iter().zip(&variant).map(|(base, variant)| variant.own() - base.own()).collect();
    let (answer, error) = mean_and_error(&differences);
    let spread = error * (differences.len() as f64).sqrt();
    // Experiments draw from the bank: what they are to find is known exactly.
    let experiments = 4_000;
    for runs_wanted in [100.0, 200.0, 1000.0] {
        let wanted = spread / f64::sqrt(runs_wanted);
        let (mut held, mut total) = (0, 0);
        for experiment in 0..experiments {
            let draw = |run: u64| {
                let word = philox([experiment, run as u32, runs_wanted as u32, 0], [1, 2])[0];
                differences[((u64::from(word) * differences.len() as u64) >> 32) as usize]
            };
            let mut runs = FIRST_LOOK;
            let mut drawn: Vec<f64> = (0..runs).map(draw).collect();
            let (mean, error) = loop {
                let (mean, error) = mean_and_error(&drawn);
                match look(runs, error, wanted, 100_000) {
                    Look::Next(next) => {
                        drawn.extend((runs..next).map(draw));
                        runs = next;
                    }
                    other => {
                        assert_eq!(other, Look::Reached);
                        break (mean, error);
                    }
                }
            };
            held += u32::from((mean - answer).abs() <= student_95(drawn.len()) * error);
            total += runs;
        }
        let share = f64::from(held) / f64::from(experiments);
        let mean_runs = total as f64 / f64::from(experiments);
        println!("target of {runs_wanted} runs: held in {share}, {mean_runs:.0} runs on average");
        assert!((0.935..=0.96).contains(&share), "{runs_wanted}: {share}");
        assert!(mean_runs < 1.5 * runs_wanted, "{mean_runs} runs for {runs_wanted}");
    }
}

#[test]
fn looks_come_where_the_target_should_be_met() {
    assert_eq!(look(64, 1.0, 1.0, 1000), Look::Reached);
    // Half the error takes 256 runs; 5 % more, in blocks of 16.
    assert_eq!(look(64, 2.0, 1.0, 1000), Look::Next(256));
    assert_eq!(look(100, 2.0, 1.5, 1000), Look::Next(192));
    assert_eq!(look(64, 1.01, 1.0, 1000), Look::Next(80));
    assert_eq!(look(64, 100.0, 1.0, 1000), Look::Next(256));
    assert_eq!(look(64, 100.0, 1.0, 200), Look::Next(200));
    assert_eq!(look(200, 3.0, 1.0, 200), Look::OutOfReach(1800.0));
    assert_eq!(look(200, 3.0, 0.0, 200), Look::OutOfReach(f64::INFINITY));
    assert_eq!(look(200, 0.0, 0.0, 200), Look::Reached);
}

#[test]
fn targets_are_read_as_people_write_them() {
    let of = |text: &str| text.parse::<Target>();
    assert_eq!(of("npv=1%"), Ok(Target { metric: "npv".to_owned(), wanted: Wanted::Relative(0.01) }));
    assert_eq!(of("cac = 2.5"), Ok(Target { metric: "cac".to_owned(), wanted: Wanted::Absolute(2.5) }));
    for text in ["npv", "npv=", "npv=0%", "npv=-1", "npv=nan", "npv=inf%", "npv=1%%"] {
        assert!(of(text).expect_err(text).contains("above 0"), "{text}");
    }
    assert_eq!(Wanted::Relative(0.1).error(-50.0, 100.0), 5.0);
    assert_eq!(Wanted::Absolute(0.1).error(-50.0, 100.0), 10.0);
}
