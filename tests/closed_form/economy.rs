//! Exogenous paths as the engine draws them: the systematic factor, the loan prime rate, rivals, demand.

use lendcycle::engine::{MonthMetric, RunResult};
use lendcycle::model::economy::{demand_noise, next_factor, step_value};
use lendcycle::model::market::{applicant_score_mean, effective_spend, saturation};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::laboratory::{LAB, assert_close, assert_mean, runs, setup};

const PHI: f64 = 0.965;

fn paths(settings: &[&str], count: u64) -> Vec<RunResult> {
    let mut all = vec!["plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=0}]"];
    all.extend(settings);
    runs(&setup(LAB, &all), count)
}

fn factor(result: &RunResult, month: usize) -> f64 {
    result.get(month, MonthMetric::Factor) as f64 * 1e-6
}

fn values(results: &[RunResult], of: impl Fn(&RunResult) -> f64) -> Vec<f64> {
    results.iter().map(of).collect()
}

#[test]
fn the_factor_is_a_stationary_ar1_of_unit_variance() {
    let results = paths(&["run.months=61", "economy.factor_persistence=0.965"], 4_000);
    for month in [0, 1, 24, 60] {
        assert_mean("mean", &values(&results, |r| factor(r, month)), 0.0);
        let what = format!("variance in month {month}");
        assert_mean(&what, &values(&results, |r| factor(r, month).powi(2)), 1.0);
    }
    for (from, lag) in [(0, 1), (0, 12), (0, 60), (20, 1), (24, 6), (24, 36)] {
        let what = format!("autocorrelation from {from} at lag {lag}");
        let products = values(&results, |r| factor(r, from) * factor(r, from + lag));
        assert_mean(&what, &products, PHI.powi(lag as i32));
    }
}

#[test]
fn innovations_of_the_factor_are_independent_normals() {
    let results = paths(&["run.months=21", "economy.factor_persistence=0.965"], 1_000);
    let normal = Normal::standard();
    let innovation =
        |r: &RunResult, month| (factor(r, month) - PHI * factor(r, month - 1)) / (1.0 - PHI * PHI).sqrt();
    let mut all: Vec<f64> =
        results.iter().flat_map(|r| (1..21).map(move |month| innovation(r, month))).collect();
    let products = values(&results, |r| innovation(r, 7) * innovation(r, 8));
    assert_mean("neighbours are uncorrelated", &products, 0.0);
    all.sort_unstable_by(f64::total_cmp);
    let n = all.len() as f64;
    let distance = all
        .iter()
        .enumerate()
        .map(|(i, value)| (normal.cdf(*value) - (i as f64 + 0.5) / n).abs())
        .fold(0.0, f64::max);
    assert!(distance < 1.95 / n.sqrt(), "KS distance {distance} of {n} innovations");
}

#[test]
fn a_given_start_of_the_factor_fades_by_phi() {
    let results =
        paths(&["run.months=25", "economy.factor_persistence=0.965", "economy.factor_initial=-2.0"], 3_000);
    assert!(results.iter().all(|r| r.get(0, MonthMetric::Factor) == -2_000_000));
    for month in [1, 6, 24_i32] {
        let mean = -2.0 * PHI.powi(month);
        assert_mean("conditional mean", &values(&results, |r| factor(r, month as usize)), mean);
        let squares = values(&results, |r| (factor(r, month as usize) - mean).powi(2));
        assert_mean("conditional variance", &squares, 1.0 - PHI.powi(2 * month));
    }
}

#[test]
fn one_step_of_the_factor_by_hand() {
    assert_close("0.6 x 2 + 0.8 x (-1)", next_factor(2.0, 0.6, -1.0), 0.4, 1e-15);
    assert_close("no persistence", next_factor(5.0, 0.0, 0.3), 0.3, 1e-15);
}

#[test]
fn the_loan_prime_rate_is_a_lazy_random_walk() {
    let step = 0.001;
    let results = paths(
        &[
            "run.months=61",
            "economy.lpr=[{month=0, apr=0.05}, {month=30, apr=0.04}]",
            "economy.lpr_move_probability=0.2",
            "economy.lpr_move_step=0.001",
            "economy.lpr_move_down_share=0.25",
            "funding.spread=-0.03",
        ],
        3_000,
    );
    let lpr = |r: &RunResult, month| r.get(month, MonthMetric::Lpr) as f64 * 1e-6;
    assert!(results.iter().all(|r| r.get(0, MonthMetric::Lpr) == 50_000), "no move in month 0");
    for (month, given) in [(1, 0.05), (29, 0.05), (30, 0.04), (60, 0.04)] {
        // Moves are +1 with probability 0.15 and -1 with 0.05 a month.
        let moves = f64::from(month);
        let mean = given + 0.1 * step * moves;
        let month = month as usize;
        assert_mean("mean", &values(&results, |r| lpr(r, month)), mean);
        let squares = values(&results, |r| (lpr(r, month) - mean).powi(2));
        assert_mean("variance", &squares, (0.2 - 0.01) * step * step * moves);
    }
}

#[test]
fn rivals_enter_as_a_poisson_process_up_to_their_most() {
    let settings = |max: &'static str| {
        [
            "run.months=61",
            "market.rivals_entries_per_year=2.6",
            "market.rivals_initial=1",
            "market.rivals_first_entry=9",
            max,
        ]
    };
    let rivals = |r: &RunResult, month| r.get(month, MonthMetric::Rivals) as f64;
    let free = paths(&settings("market.rivals_max=1000"), 3_000);
    assert!(free.iter().all(|r| rivals(r, 8) == 1.0), "nobody before the first month of entry");
    for month in [9, 20, 60] {
        let mean = 2.6 / 12.0 * (month - 8) as f64;
        assert_mean("mean", &values(&free, |r| rivals(r, month) - 1.0), mean);
        let squares = values(&free, |r| (rivals(r, month) - 1.0 - mean).powi(2));
        assert_mean("variance of a Poisson", &squares, mean);
    }
    let capped = paths(&settings("market.rivals_max=5"), 3_000);
    for (one, other) in free.iter().zip(&capped) {
        for month in 0..61 {
            assert_eq!(rivals(other, month), rivals(one, month).min(5.0));
        }
    }
}

#[test]
fn demand_noise_has_mean_one() {
    let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    for deviation in [0.0, 0.05, 0.4] {
        let (mut mean, mut square) = (0.0, 0.0);
        for i in -400..=400 {
            let z = f64::from(i) / 40.0;
            let noise = demand_noise(deviation, z);
            mean += noise * density(z) / 40.0;
            square += noise * noise * density(z) / 40.0;
        }
        assert_close("mean", mean, 1.0, 1e-12);
        assert_close("second moment", square, (deviation * deviation).exp(), 1e-12);
    }
}

#[test]
fn steps_hold_until_the_next_one() {
    let path = [(2, 0.05), (7, 0.04)];
    let read: Vec<Option<f64>> = (0..10).map(|month| step_value(&path, month)).collect();
    let (before, first, second) = (None, Some(0.05), Some(0.04));
    let expected = [before, before, first, first, first, first, first, second, second, second];
    assert_eq!(read, expected);
}

#[test]
fn rivals_and_saturation_enter_linearly() {
    assert_close("saturation", saturation(30_000, 120_000), 0.25, 1e-15);
    assert_eq!(saturation(5, 0), 0.0);
    // 556 - 4 with 3 rivals at -1.2 points and a quarter of the market worked at -20 points.
    assert_close("score", applicant_score_mean(556.0, -4.0, -3.6, -5.0), 543.4, 1e-15);
    assert_close("spend", effective_spend(1_300.0, 0.06, 5.0), 1_000.0, 1e-15);
}
