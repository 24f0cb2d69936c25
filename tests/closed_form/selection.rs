//! The four channels of adverse selection, each by itself: observed drift with spend, selection at acceptance, drift the score
//! does not see, and price.

use lendcycle::engine::{LoanRecord, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::model::competition::with_own_knowledge;
use lendcycle::model::market::spend_score_shift;

use crate::laboratory::{MARKET, assert_close, assert_count, assert_mean, flow, setup};

/// Points per unit of log-odds of the laboratory.
fn factor() -> f64 {
    20.0 / 2.0_f64.ln()
}

fn loans(settings: &[&str], run: u64) -> (i64, Vec<LoanRecord>) {
    let (result, loans) = simulate_run_with(&setup(MARKET, settings), run);
    (result.total(Flow::Approvals), loans)
}

const SPEND: [&str; 5] = [
    "run.months=6",
    "channel.lab.budget=[{ month=0, amount=1000.00 }]",
    "channel.lab.retention=0.5",
    "channel.lab.audience.lab.half_saturation=1000.00",
    "channel.lab.audience.lab.leads_max=100",
];

#[test]
fn marginal_leads_score_lower_by_the_logarithm_of_the_stock() {
    assert_close("at the half-saturation", spend_score_shift(-10.0, 5.0, 5.0), -10.0 * 2.0_f64.ln(), 1e-14);
    assert_eq!(spend_score_shift(-10.0, 0.0, 5.0), 0.0);
    let drift = [&SPEND[..], &["channel.lab.spend_score_effect=-10"]].concat();
    let (_, loans) = loans(&drift, 0);
    assert!(loans.len() > 100);
    for loan in loans {
        // Everybody has the mean score: 569 less ten times the logarithm of 1 + (2 - 2^-t).
        let stock = 2.0 - 0.5_f64.powi(loan.month as i32);
        let expected = 569.0 - 10.0 * (1.0 + stock).ln();
        assert_close(&format!("score in month {}", loan.month), loan.score_observed, expected, 1e-12);
        assert_eq!(loan.score_true, loan.score_observed);
    }
}

/// Integral over a standard normal variable by Simpson's rule.
fn normal_mean(of: impl Fn(f64) -> f64) -> f64 {
    let (steps, width) = (4_000, 16.0 / 4_000.0);
    let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let weight = |at: i32| f64::from(if at == 0 || at == steps { 1 } else { 2 + 2 * (at % 2) });
    let points = (0..=steps).map(|at| (at, -8.0 + width * f64::from(at)));
    points.map(|(at, x)| weight(at) * density(x) * of(x)).sum::<f64>() * width / 3.0
}

#[test]
fn takers_are_as_much_worse_as_quadrature_says() {
    let common = [
        "run.months=12",
        "channel.lab.budget=[{ month=0, amount=1000.00 }]",
        "channel.lab.audience.lab.half_saturation=1000.00",
        "channel.lab.audience.lab.leads_max=4000",
        "segment.lab.score_deviation=40",
        "underwriting.score_error=30",
        "product.lab.take_up=0.4",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
    ];
    // What the score does not tell: standard deviation 40 * 30 / 50 points.
    let unknown = 24.0;
    for slope in [0.0, 1.2, -0.6] {
        let setting = format!("product.lab.take_up_risk_slope={slope}");
        let (approvals, loans) = loans(&[&common[..], &[&setting]].concat(), 1);
        let take_up = |z: f64| 1.0 / (1.0 + 1.5 * (slope * unknown * z / factor()).exp());
        let accepted = normal_mean(take_up);
        assert_count(&format!("slope {slope}: takers"), loans.len() as i64, approvals as f64, accepted);
        // E[x | accept] = E[x pi] / E[pi], of the surprise in points ...
        let surprise = |loan: &LoanRecord| {
            let reliability = 1600.0 / 2500.0;
            loan.score_true - (569.0 + reliability * (loan.score_observed - 569.0))
        };
        let points: Vec<f64> = loans.iter().map(surprise).collect();
        let expected = normal_mean(|z| unknown * z * take_up(z)) / accepted;
        assert_mean(&format!("slope {slope}: surprise"), &points, expected);
        // ... and of the probability of default at equal observed score, 600 points for odds of 50 : 1.
        let default = |points: f64| 1.0 / (1.0 + 50.0 * (points / factor()).exp());
        let defaults: Vec<f64> = points.iter().map(|points| default(*points)).collect();
        let expected = normal_mean(|z| default(unknown * z) * take_up(z)) / accepted;
        assert_mean(&format!("slope {slope}: default"), &defaults, expected);
        let all = normal_mean(|z| default(unknown * z));
        assert_eq!(expected > all * 1.05, slope > 0.0, "slope {slope}: {expected} of takers, {all} of all");
        assert_eq!(expected < all * 0.95, slope < 0.0, "slope {slope}: {expected} of takers, {all} of all");
    }
    assert_close("even odds, twice as ready", with_own_knowledge(0.5, 2.0_f64.ln()), 2.0 / 3.0, 1e-15);
    assert_eq!((with_own_knowledge(0.0, 3.0), with_own_knowledge(1.0, -3.0)), (0.0, 1.0));
}

#[test]
fn a_dearer_loan_is_missed_more_often_at_equal_score() {
    let priced = [&SPEND[..], &["delinquency.apr_slope=0.1", "product.lab.apr=0.21"]].concat();
    let level = |settings: &[&str]| {
        let (_, loans) = loans(settings, 0);
        assert!(loans.iter().all(|loan| loan.level_delinquent == 0), "delinquent loans feel no price");
        loans[0].level
    };
    assert_eq!(level(&SPEND), 0);
    // Three points dearer than at the reference rate: 0.3 of log-odds, 9.6 of 1/32; three points cheaper the same downwards.
    assert_eq!(level(&priced), 10);
    assert_eq!(level(&[&priced[..], &["product.lab.apr=0.15"]].concat()), -10);
    // 5 % at the reference: odds times e^(10/32).
    let odds = 0.05 / 0.95 * (10.0_f64 / 32.0).exp();
    let missing = [
        "run.months=2",
        "delinquency.m0=[0.95, 0.05]",
        "channel.lab.audience.lab.leads_max=40000",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
    ];
    let (result, _) = simulate_run_with(&setup(MARKET, &[&priced[..], &missing].concat()), 0);
    let loans = flow(&result, 0, Flow::LoansNew);
    let missed = flow(&result, 1, Flow::AccountsMissed);
    assert!(loans > 10_000);
    assert_count("missed", missed, loans as f64, odds / (1.0 + odds));
}
