//! Lines under common random numbers: terms of a line move what they must, in the direction they must, and nobody else.

use lendcycle::engine::{MonthMetric, RunResult};
use lendcycle::ledger::Flow;

use crate::laboratory::{BASE, runs, setup, total};

const RUNS: u64 = 12;
const PRESET: &str = "scenarios/presets/merchant_line.toml";

fn merchants(settings: &[&str]) -> Vec<RunResult> {
    // Nothing but the line is to answer: no repeat customers, collections as they are.
    let quiet = ["repeat.rate=0", "run.months=48"];
    runs(&setup(PRESET, &[&quiet, settings].concat()), RUNS)
}

fn sum(results: &[RunResult], metric: MonthMetric) -> f64 {
    let of =
        |result: &RunResult| (0..result.stages.len()).map(|month| result.get(month, metric)).sum::<i64>();
    results.iter().map(of).sum::<i64>() as f64
}

#[test]
fn more_drawn_before_default_loses_more_and_moves_nobody() {
    let at = |share: &str| merchants(&[&format!("product.merchant_line.line.conversion_factor={share}")]);
    let (none, half, all) = (at("0"), at("0.5"), at("1"));
    for (less, more) in [(&none, &half), (&half, &all)] {
        for (less, more) in less.iter().zip(more) {
            for of in [Flow::LoansNew, Flow::AccountsMissed, Flow::AccountsCured, Flow::AccountsChargedOff] {
                assert_eq!(less.total(of), more.total(of), "{} of run {}", of.key(), less.run);
            }
            assert!(less.total(Flow::ChargedOff) < more.total(Flow::ChargedOff), "run {}", less.run);
        }
    }
}

#[test]
fn limits_that_start_low_lose_less_and_lend_less() {
    let at = |share: &str| merchants(&[&format!("product.merchant_line.line.initial_share={share}")]);
    let (low, full) = (at("0.3"), at("1"));
    for (low, full) in low.iter().zip(&full) {
        assert_eq!(low.total(Flow::LoansNew), full.total(Flow::LoansNew));
        for of in [Flow::LimitsGranted, Flow::Drawn, Flow::ChargedOff, Flow::InterestReceived] {
            assert!(low.total(of) < full.total(of), "{} of run {}", of.key(), low.run);
        }
    }
}

#[test]
fn a_policy_on_limits_is_the_first_limit_it_moves() {
    let of_policy = merchants(&["policy=[{ name=\"careful\", limits=0.5 }]"]);
    let of_product = merchants(&["product.merchant_line.line.initial_share=0.3"]);
    for (of_policy, of_product) in of_policy.iter().zip(&of_product) {
        assert_eq!(of_policy.months, of_product.months, "half of a first limit of 0.6");
    }
    let later = merchants(&["policy=[{ name=\"careful\", from=20, limits=0.5 }]"]);
    let none = merchants(&[]);
    for (later, none) in later.iter().zip(&none) {
        assert_eq!(later.month(19), none.month(19));
        assert!(later.total(Flow::LimitsGranted) < none.total(Flow::LimitsGranted));
        // In a run that loses few, all of them may have been granted before.
        assert!(later.total(Flow::ChargedOff) <= none.total(Flow::ChargedOff), "run {}", later.run);
    }
    assert!(total(&later, Flow::ChargedOff) < total(&none, Flow::ChargedOff));
}

#[test]
fn more_use_and_higher_limits_move_balances_and_cuts_take_them_back() {
    let base = merchants(&[]);
    let more_draws = merchants(&["product.merchant_line.line.draw_probability=0.6"]);
    let slower = merchants(&["product.merchant_line.line.repaid_share=0.08"]);
    let harder = merchants(&["product.merchant_line.line.late_cut=0.6"]);
    let used = |results: &[RunResult]| {
        sum(results, MonthMetric::LineBalance) / sum(results, MonthMetric::LineLimits)
    };
    assert!(used(&more_draws) > used(&base) && used(&slower) > used(&base));
    assert!(sum(&harder, MonthMetric::LineLimits) < sum(&base, MonthMetric::LineLimits));
    assert!(total(&harder, Flow::ChargedOff) < total(&base, Flow::ChargedOff), "cured lines are smaller");
    let still = "product.merchant_line.line.on_time_rise={ payments=3, share=0.0001 }";
    let still = merchants(&[still]);
    assert!(sum(&still, MonthMetric::LineLimits) < sum(&base, MonthMetric::LineLimits));
    assert!(total(&still, Flow::Drawn) < total(&base, Flow::Drawn));
}

#[test]
fn a_line_beside_loans_leaves_their_borrowers_as_they_were() {
    let months = "run.months=36";
    let alone = runs(&setup(BASE, &[months]), 3);
    let line = "product.emergency.line={ limit_max=5000, limit_by_grade=[1, 1, 1, 1, 1], inactive_share=0.1, \
        draw_probability=0.5, draw_share=0.6, repaid_share=0.3, minimum_share=0.2, minimum_payment=100, \
        conversion_factor=0.5 }";
    let beside = setup(BASE, &[months, line]);
    let young = |group: usize| {
        group < beside.cells.len() && beside.segments[beside.cells[group].segment].name == "youth"
    };
    for (alone, beside) in alone.iter().zip(&runs(&beside, 3)) {
        assert!(beside.total(Flow::Draws) > 0 && alone.total(Flow::Draws) == 0);
        for (group, (ours, theirs)) in alone.groups.iter().zip(&beside.groups).enumerate() {
            assert_eq!(ours == theirs, !young(group), "group {group}");
        }
    }
}
