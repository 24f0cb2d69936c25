//! Levers on customers from loan to loan, on common random numbers: the sign that theory demands, and what it costs.

use lendcycle::engine::{MonthMetric, RunResult};
use lendcycle::ledger::Flow;

use crate::laboratory::{BASE, runs, setup, total};

const RUNS: u64 = 12;

fn base(settings: &[&str]) -> Vec<RunResult> {
    runs(&setup(BASE, settings), RUNS)
}

fn originated(results: &[RunResult]) -> f64 {
    total(results, Flow::OriginatedNew) + total(results, Flow::OriginatedRepeat)
}

fn interest(results: &[RunResult]) -> f64 {
    results.iter().flat_map(|result| &result.groups).map(|flows| flows.interest_income()).sum::<i64>() as f64
}

#[test]
fn caps_for_weak_grades_lose_less_and_lend_less() {
    let caps = [
        "product.business.grade_amount_max=[500000, 500000, 300000, 150000, 100000]",
        "product.renovation.grade_amount_max=[200000, 200000, 120000, 70000, 50000]",
    ];
    let (free, capped) = (base(&[]), base(&caps));
    for (free, capped) in free.iter().zip(&capped) {
        assert!(capped.total(Flow::ChargedOff) < free.total(Flow::ChargedOff), "run {}", free.run);
        assert!(capped.total(Flow::OriginatedNew) < free.total(Flow::OriginatedNew), "run {}", free.run);
        assert_eq!(capped.total(Flow::LoansNew), free.total(Flow::LoansNew), "nobody is turned away");
    }
    // The weak are cut: losses fall by a larger share than lending.
    let (lost, lent) = (
        total(&capped, Flow::ChargedOff) / total(&free, Flow::ChargedOff),
        originated(&capped) / originated(&free),
    );
    assert!(lost < lent, "losses at {lost} of before, lending at {lent}");
    assert!(interest(&capped) < interest(&free), "the cost is interest forgone");
}

#[test]
fn starting_low_loses_less_on_first_loans_and_lends_less() {
    let ladder = |share: &str| {
        let terms =
            format!("rungs_max=10, streak_months=3, late_rungs=2, first_share={share}, limit_rise=0.1");
        base(&[&format!("ladder={{{terms}}}")])
    };
    let (full, low) = (ladder("1"), ladder("0.6"));
    for (full, low) in full.iter().zip(&low) {
        assert!(low.total(Flow::ChargedOff) < full.total(Flow::ChargedOff), "run {}", full.run);
        assert!(low.total(Flow::OriginatedNew) < full.total(Flow::OriginatedNew), "run {}", full.run);
        // Who comes and who is on time is as before; only amounts move.
        let months = 0..full.stages.len();
        let missed = |result: &RunResult| {
            months
                .clone()
                .map(|month| result.get(month, MonthMetric::Flow(Flow::AccountsMissed)))
                .sum::<i64>()
        };
        assert_eq!(missed(full), missed(low), "run {}", full.run);
        assert_eq!(full.total(Flow::CustomersLifted), low.total(Flow::CustomersLifted), "run {}", full.run);
    }
}

#[test]
fn a_cheaper_next_loan_is_drawn_more_often_and_earns_less_each() {
    let cut = |cut: &str| {
        base(&[&format!(
            "ladder={{rungs_max=5, streak_months=3, late_rungs=2, limit_rise=0.0001, rate_cut={cut}}}"
        )])
    };
    let (same, cheap) = (cut("0"), cut("0.01"));
    assert!(total(&cheap, Flow::LoansRepeat) > total(&same, Flow::LoansRepeat));
    for (same, cheap) in same.iter().zip(&cheap) {
        assert_eq!(same.total(Flow::LoansNew), cheap.total(Flow::LoansNew), "run {}", same.run);
    }
    let rate = |results: &[RunResult]| interest(results) / originated(results);
    assert!(rate(&cheap) < rate(&same));
}
