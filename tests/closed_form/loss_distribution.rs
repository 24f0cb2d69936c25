//! T24: the one-period portfolio loss distribution of Vasicek, and through the engine.

use lendcycle::engine::{MonthMetric, RunResult};
use lendcycle::ledger::Flow;
use lendcycle::model::delinquency::conditional_probability;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::laboratory::{LAB, assert_close, assert_count, assert_mean, runs, setup};

/// p, rho, standard deviation, quantiles at 50, 90, 95, 99, 99.9 %.
const TABLE: [(f64, f64, f64, [f64; 5]); 6] = [
    (0.02, 0.04, 0.010097, [0.018037, 0.033290, 0.039175, 0.052484, 0.071418]),
    (0.02, 0.15, 0.021838, [0.012953, 0.045586, 0.062192, 0.105587, 0.176329]),
    (0.05, 0.04, 0.021186, [0.046598, 0.078216, 0.089633, 0.114313, 0.147324]),
    (0.05, 0.08, 0.030752, [0.043184, 0.090616, 0.109379, 0.151769, 0.210809]),
    (0.05, 0.15, 0.044011, [0.037204, 0.106431, 0.137171, 0.209881, 0.313506]),
    (0.10, 0.08, 0.051255, [0.090757, 0.168981, 0.197366, 0.257811, 0.335473]),
];
const LEVELS: [f64; 5] = [0.5, 0.9, 0.95, 0.99, 0.999];

/// Integral of `f(z) phi(z)` by the trapezoidal rule, which is spectrally accurate here.
fn expectation(f: impl Fn(f64) -> f64) -> f64 {
    let step = 1.0 / 32.0;
    let density = |z: f64| (-0.5 * z * z).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (-300..=300).map(|i| f64::from(i) * step).map(|z| f(z) * density(z) * step).sum()
}

/// Distribution function of the share lost in an infinitely granular portfolio.
fn vasicek(p: f64, rho: f64, share: f64) -> f64 {
    let normal = Normal::standard();
    let quantile = |p: f64| normal.inverse_cdf(p);
    normal.cdf(((1.0 - rho).sqrt() * quantile(share) - quantile(p)) / rho.sqrt())
}

#[test]
fn conditional_probabilities_are_the_vasicek_quantiles() {
    let normal = Normal::standard();
    for (p, rho, deviation, quantiles) in TABLE {
        for (level, expected) in LEVELS.into_iter().zip(quantiles) {
            let got = conditional_probability(p, rho, -normal.inverse_cdf(level));
            assert_close(&format!("p {p}, rho {rho}, {level}"), got, expected, 6e-7);
            assert_close("its distribution function", vasicek(p, rho, got), level, 1e-9);
        }
        let mean = expectation(|z| conditional_probability(p, rho, z));
        assert_close("the factor keeps the mean", mean, p, 1e-12);
        let square = expectation(|z| conditional_probability(p, rho, z).powi(2));
        assert_close("standard deviation", (square - p * p).sqrt(), deviation, 6e-7);
    }
    let square = expectation(|z| conditional_probability(0.05, 0.08, z).powi(2));
    assert_close("default correlation", (square - 0.0025) / 0.0475, 0.0199096, 5e-8);
}

#[test]
fn without_correlation_the_factor_does_nothing() {
    for factor in [-3.0, 0.0, 2.5] {
        assert_close("p", conditional_probability(0.05, 0.0, factor), 0.05, 1e-14);
    }
}

/// Runs of `loans` one-month loans, of which a share `p` misses its only due date.
fn simulate(p: f64, rho: f64, loans: u32, count: u64) -> Vec<RunResult> {
    let settings = [
        "run.months=2".to_owned(),
        format!("plan.loans=[{{segment=\"lab\", channel=\"lab\", from=0, to=0, count={loans}}}]"),
        "product.lab.schedule=\"interest_only\"".to_owned(),
        "product.lab.tenors=[{months=1, share=1.0}]".to_owned(),
        "product.lab.amount_min=1000.00".to_owned(),
        "product.lab.amount_median=1000.00".to_owned(),
        "product.lab.amount_max=1000.00".to_owned(),
        format!("economy.factor_correlation={rho}"),
        format!("delinquency.m0=[{}, {p}]", 1.0 - p),
    ];
    let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
    runs(&setup(LAB, &settings), count)
}

fn missed(result: &RunResult) -> f64 {
    result.get(1, MonthMetric::Flow(Flow::AccountsMissed)) as f64
}

/// Largest distance between the sample's and a given distribution function.
fn kolmogorov_smirnov(mut values: Vec<f64>, law: impl Fn(f64) -> f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    let distance = |(i, value): (usize, &f64)| {
        let expected = law(*value);
        (expected - i as f64 / n).abs().max(((i + 1) as f64 / n - expected).abs())
    };
    values.iter().enumerate().map(distance).fold(0.0, f64::max)
}

#[test]
fn losses_over_runs_follow_vasicek() {
    const LOANS: u32 = 2_500;
    // The last number bounds the Kolmogorov-Smirnov distance: exceeded by chance once in 20 and in 1,000 samples.
    for ((p, rho, deviation, quantiles), count, far) in
        [(TABLE[3], 10_000, 1.36), (TABLE[1], 4_000, 1.95), (TABLE[5], 4_000, 1.95)]
    {
        let results = simulate(p, rho, LOANS, count);
        let what = |detail: &str| format!("p {p}, rho {rho}: {detail}");
        let n = f64::from(LOANS);
        let shares: Vec<f64> = results.iter().map(|result| missed(result) / n).collect();
        assert_mean(&what("mean"), &shares, p);
        let squares: Vec<f64> = shares.iter().map(|share| (share - p).powi(2)).collect();
        let variance = deviation.powi(2);
        assert_mean(&what("variance"), &squares, variance + (p * (1.0 - p) - variance) / n);
        for (level, quantile) in LEVELS.into_iter().zip(quantiles) {
            let below: Vec<f64> =
                shares.iter().map(|share| f64::from(u8::from(*share <= quantile))).collect();
            assert_mean(&what(&format!("P(share <= q{level})")), &below, level);
        }
        // Half a loan is the continuity correction.
        let spread: Vec<f64> = results.iter().map(|result| (missed(result) + 0.5) / n).collect();
        let distance = kolmogorov_smirnov(spread, |share| vasicek(p, rho, share));
        assert!(distance < far / (count as f64).sqrt(), "{}", what(&format!("KS distance {distance}")));
    }
}

#[test]
fn small_portfolios_add_their_own_variance() {
    for (loans, deviation) in [(100, 0.0375665), (1_000, 0.0315001)] {
        let results = simulate(0.05, 0.08, loans, 4_000);
        let squares: Vec<f64> =
            results.iter().map(|result| (missed(result) / f64::from(loans) - 0.05).powi(2)).collect();
        assert_mean(&format!("variance with {loans} loans"), &squares, deviation * deviation);
    }
}

#[test]
fn given_the_factor_losses_are_binomial() {
    let (p, rho, n) = (0.05, 0.15, 1_000.0);
    let normal = Normal::standard();
    let (mut residuals, mut squares) = (Vec::new(), Vec::new());
    for result in simulate(p, rho, 1_000, 3_000) {
        let factor = result.get(1, MonthMetric::Factor) as f64 * 1e-6;
        let q: f64 = normal.cdf((normal.inverse_cdf(p) - rho.sqrt() * factor) / (1.0 - rho).sqrt());
        let residual = (missed(&result) - n * q) / (n * q * (1.0 - q)).sqrt();
        residuals.push(residual);
        squares.push(residual * residual);
    }
    assert_mean("mean of residuals", &residuals, 0.0);
    assert_mean("variance of residuals", &squares, 1.0);
}

#[test]
fn a_given_factor_path_is_followed() {
    for (factor, expected) in [(-2.0, 0.172_604), (0.0, 0.037_204), (2.0, 0.004_342)] {
        let settings = [
            "run.months=2".to_owned(),
            "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=100000}]".to_owned(),
            "product.lab.schedule=\"interest_only\"".to_owned(),
            "product.lab.tenors=[{months=1, share=1.0}]".to_owned(),
            "economy.factor_correlation=0.15".to_owned(),
            "delinquency.m0=[0.95, 0.05]".to_owned(),
            format!("economy.factor_path=[0.5, {factor:.1}]"),
        ];
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        let result = runs(&setup(LAB, &settings), 1).remove(0);
        let normal = Normal::standard();
        let q = normal.cdf((normal.inverse_cdf(0.05) - 0.15_f64.sqrt() * factor) / 0.85_f64.sqrt());
        assert_close("worked number", q, expected, 6e-7);
        assert_count("missed", missed(&result) as i64, 100_000.0, q);
        assert_eq!(result.get(1, MonthMetric::Factor), (factor * 1e6) as i64);
    }
}
