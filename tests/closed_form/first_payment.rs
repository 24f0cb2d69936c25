//! First instalments: how many fall due, when, and how many are missed (首期逾期).

use lendcycle::engine::{RunResult, simulate_run};
use lendcycle::ledger::Flow;

use crate::laboratory::{LAB, assert_count, flow, setup};

const LOANS: f64 = 60_000.0;

/// Loans of 1,000 made in month 0 that miss with 6 % a month whatever their age and never prepay.
fn cohort(settings: &[&str]) -> RunResult {
    let given = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=60000}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
        "delinquency.m0=[0.94, 0.06]",
        "run.months=14",
    ];
    simulate_run(&setup(LAB, &[&given, settings].concat()), 0, &mut Default::default())
}

#[test]
fn every_loan_has_one_first_instalment_and_the_stated_share_misses_it() {
    let result = cohort(&[]);
    for month in 0..14 {
        let due = flow(&result, month, Flow::FirstPaymentsDue);
        assert_eq!(due, if month == 1 { LOANS as i64 } else { 0 }, "month {month}");
    }
    let missed = result.total(Flow::FirstPaymentsMissed);
    assert_count("6 %", missed, LOANS, 0.06);
    assert_eq!(missed, flow(&result, 1, Flow::AccountsMissed), "nobody missed before");
    assert!(result.total(Flow::AccountsMissed) > 5 * missed, "later misses are none of the first");
}

#[test]
fn the_first_instalment_of_a_quarter_falls_due_after_three_months_of_exposure() {
    // Odds of missing grow with the months since the last due date: 3 · 0.06 / 0.94.
    let odds = 3.0 * 0.06 / 0.94;
    let result = cohort(&["product.lab.payment_months=3"]);
    for month in 0..14 {
        let due = flow(&result, month, Flow::FirstPaymentsDue);
        assert_eq!(due, if month == 3 { LOANS as i64 } else { 0 }, "month {month}");
    }
    assert_count("a quarter", result.total(Flow::FirstPaymentsMissed), LOANS, odds / (1.0 + odds));
}

#[test]
fn frauds_miss_their_first_instalment_all_and_add_to_the_rate() {
    let result = cohort(&["segment.lab.fraud_share=0.05"]);
    let frauds = result.total(Flow::LoansFraud);
    assert_count("frauds", frauds, LOANS, 0.05);
    assert_eq!(
        result.total(Flow::FirstPaymentsDue),
        LOANS as i64,
        "frauds are asked to pay like everybody else"
    );
    let missed = result.total(Flow::FirstPaymentsMissed);
    assert_count("honest", missed - frauds, LOANS - frauds as f64, 0.06);
}
