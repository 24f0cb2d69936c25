//! Reminders before the due date: how many fewer miss, and what it costs.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::model::reminder::missed_share_left;

use crate::laboratory::{LAB, assert_close, assert_count, flow, setup};

const LOANS: f64 = 100_000.0;

/// Loans of 1,000 made in month 0, first due in month 1; each misses with 6 % a month, and never prepays.
fn cohort(settings: &[&str]) -> RunResult {
    let given = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=100000}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
        "delinquency.m0=[0.94, 0.06]",
        "run.months=8",
    ];
    simulate_run(&setup(LAB, &[&given, settings].concat()), 0, &mut Default::default())
}

#[test]
fn the_share_left_falls_in_equal_steps() {
    let left = |month: u32| missed_share_left(0.40, 0.85, 6, 3, month);
    for (month, expected) in
        [(0, 1.0), (5, 1.0), (6, 1.0 - 0.34 / 3.0), (7, 1.0 - 0.68 / 3.0), (8, 0.66), (90, 0.66)]
    {
        assert_close(&format!("month {month}"), left(month), expected, 1e-15);
    }
    // 6 % to 3.6 %, as the source documents mean it: relative.
    assert_close("relative", 0.06 * missed_share_left(0.40, 1.0, 0, 1, 0), 0.036, 1e-15);
}

#[test]
fn of_those_who_would_miss_the_stated_share_misses() {
    let without = cohort(&[]);
    assert_count("6 %", flow(&without, 1, Flow::AccountsMissed), LOANS, 0.06);
    for (effect, coverage) in [(0.40, 1.0), (0.40, 0.85), (1.0, 1.0), (0.40, 0.0)] {
        let reminder =
            format!("reminder={{from=0, ramp=1, effect={effect}, coverage={coverage}, cost=0.05}}");
        let result = cohort(&[&reminder]);
        let left = 1.0 - effect * coverage;
        let missed = flow(&result, 1, Flow::AccountsMissed);
        assert_count(&format!("{effect} x {coverage}"), missed, LOANS, 0.06 * left);
        // The same borrowers, less those reminded in time: a share of `left` of those who missed without reminders.
        let missed_without = flow(&without, 1, Flow::AccountsMissed);
        if left < 1.0 {
            assert_count(&format!("of {missed_without}"), missed, missed_without as f64, left);
        } else {
            assert_eq!(missed, missed_without);
        }
    }
}

#[test]
fn the_effect_ramps_up_and_every_current_loan_due_costs_a_message() {
    let reminder = "reminder={from=2, ramp=3, effect=0.60, coverage=0.9, cost=0.05}";
    let result = cohort(&[reminder, "delinquency.m1=[0, 0, 1]", "delinquency.m2=[0, 0, 0, 1]"]);
    let mut current = LOANS;
    for month in 1..8 {
        let risen = (month as f64 - 1.0).clamp(0.0, 3.0) / 3.0;
        let missed = flow(&result, month, Flow::AccountsMissed);
        assert_count(&format!("month {month}"), missed, current, 0.06 * (1.0 - 0.54 * risen));
        let sent = if month >= 2 { current as i64 } else { 0 };
        assert_eq!(flow(&result, month, Flow::Reminders), sent, "month {month}");
        assert_eq!(flow(&result, month, Flow::CollectionsPaid), 5 * sent, "5 fen a message, month {month}");
        current -= missed as f64;
        let at_end = result.get(month, MonthMetric::BucketAccounts(0));
        assert!(at_end as f64 >= current, "cures out of M3 come on top");
        current = at_end as f64;
    }
}

#[test]
fn who_owes_quarterly_is_reminded_quarterly() {
    let quarterly =
        ["product.lab.schedule=\"interest_only\"", "product.lab.payment_months=3", "delinquency.m0=[1, 0]"];
    let reminder = "reminder={from=0, ramp=1, effect=0.4, coverage=1, cost=0.05}";
    let result = cohort(&[&quarterly[..], &[reminder]].concat());
    let sent: Vec<i64> = (0..8).map(|month| flow(&result, month, Flow::Reminders)).collect();
    assert_eq!(sent, [0, 0, 0, 100_000, 0, 0, 100_000, 0]);
}
