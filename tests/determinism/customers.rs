//! Levers on customers from loan to loan, on common random numbers: the sign that theory demands, and what it costs.

use lendcycle::engine::{MonthMetric, RunResult, Setup, simulate_run_with};
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

#[test]
fn rivals_that_draw_customers_away_leave_fewer_repeat_loans() {
    let (kept, drawn) = (base(&["market.return_effect=0"]), base(&["market.return_effect=0.1"]));
    assert_eq!(kept, base(&[]), "no effect is none");
    for (kept, drawn) in kept.iter().zip(&drawn) {
        assert_eq!(kept.total(Flow::LoansNew), drawn.total(Flow::LoansNew), "run {}", kept.run);
        assert!(drawn.total(Flow::LoansRepeat) < kept.total(Flow::LoansRepeat), "run {}", kept.run);
    }
}

#[test]
fn points_and_calls_bring_customers_back_and_cost_what_they_cost() {
    let loyalty = |factor: &str| {
        let terms = "from=6, points_share=0.05, redemption=0.04, expiry=0.06";
        base(&[&format!("loyalty={{{terms}, return_factor={factor}}}")])
    };
    let care =
        |factor: &str| base(&[&format!("care={{from=6, score_min=630, return_factor={factor}, cost=8.00}}")]);
    let profit = |result: &RunResult| result.groups.iter().map(|flows| flows.profit()).sum::<i64>();
    for ((idle, at_work), paid) in [
        ((loyalty("1"), loyalty("1.3")), Flow::PointsRedeemed),
        ((care("1"), care("1.3")), Flow::CustomersCalled),
    ] {
        for ((free, idle), at_work) in base(&[]).iter().zip(&idle).zip(&at_work) {
            // Without effect the programme is its cost and nothing else.
            assert_eq!(free.total(Flow::LoansRepeat), idle.total(Flow::LoansRepeat));
            assert!(idle.total(paid) > 0 && profit(idle) < profit(free), "run {}", free.run);
            assert!(at_work.total(Flow::LoansRepeat) > idle.total(Flow::LoansRepeat), "run {}", free.run);
        }
    }
}

#[test]
fn refinancing_the_good_first_leaves_the_bad() {
    let by_grade = |factors: &str| {
        let results =
            base(&["market.prepayment_effect=0.15", &format!("market.prepayment_by_grade={factors}")]);
        let balance: i64 = results
            .iter()
            .flat_map(|result| {
                (0..result.stages.len()).map(move |month| result.get(month, MonthMetric::Balance))
            })
            .sum();
        total(&results, Flow::ChargedOff) / balance as f64
    };
    let (bad_first, alike, good_first) =
        (by_grade("[0, 0.5, 1, 2, 4]"), by_grade("[1, 1, 1, 1, 1]"), by_grade("[4, 2, 1, 0.5, 0]"));
    assert!(bad_first < alike && alike < good_first, "{bad_first} {alike} {good_first}");
}

#[test]
fn cheaper_loans_for_the_riskier_bring_more_of_them_and_lose_more() {
    let cheaper = setup("scenarios/what_if/cheaper_for_the_riskier.toml", &[]);
    let weak = |setup: &Setup| {
        let (_, loans) = simulate_run_with(setup, 0);
        loans.iter().filter(|loan| loan.grade > 2).count() as f64 / loans.len() as f64
    };
    assert!(weak(&cheaper) > weak(&setup(BASE, &[])), "more weak grades among those who take a loan");
    let (base, cheaper) = (base(&[]), runs(&cheaper, RUNS));
    for (base, cheaper) in base.iter().zip(&cheaper) {
        assert_eq!(base.total(Flow::Approvals), cheaper.total(Flow::Approvals), "run {}", base.run);
    }
    let rate = |results: &[RunResult]| total(results, Flow::ChargedOff) / originated(results);
    assert!(rate(&cheaper) > rate(&base), "{} {}", rate(&cheaper), rate(&base));
}
