//! Payment holidays on common random numbers: they hide arrears while they last, and cost what is not earned.

use lendcycle::engine::{MonthMetric, RunResult};
use lendcycle::ledger::Flow;

use crate::laboratory::{BASE, flow, runs, setup};

const RUNS: u64 = 10;

fn with(terms: &str) -> Vec<RunResult> {
    let event = format!("payment_holiday=[{{from=18, to=20, months=3, {terms}}}]");
    runs(&setup(BASE, &[&event, "run.months=60"]), RUNS)
}

fn profit(result: &RunResult) -> i64 {
    result.groups.iter().map(|flows| flows.profit()).sum()
}

#[test]
fn holidays_of_all_loans_hide_arrears_while_they_last() {
    let none = runs(&setup(BASE, &["run.months=60"]), RUNS);
    let granted = with("share=0.5, interest=\"charged\"");
    let (mut hidden, mut all) = (0, 0);
    for (none, granted) in none.iter().zip(&granted) {
        for month in 0..=18 {
            assert_eq!(flow(none, month, Flow::AccountsMissed), flow(granted, month, Flow::AccountsMissed));
        }
        let missed = |result: &RunResult| {
            (19..=23).map(|month| flow(result, month, Flow::AccountsMissed)).sum::<i64>()
        };
        assert!(missed(granted) < missed(none), "run {}", none.run);
        hidden += missed(none) - missed(granted);
        all += missed(none);
        let repaid = |result: &RunResult| {
            (19..=21).map(|month| flow(result, month, Flow::PrincipalScheduled)).sum::<i64>()
        };
        assert!(repaid(granted) < repaid(none) && granted.get(20, MonthMetric::HolidayBalance) > 0);
        assert!(granted.get(21, MonthMetric::Balance) > none.get(21, MonthMetric::Balance));
        assert_eq!(granted.get(23, MonthMetric::HolidayBalance), 0, "the last one began in month 21");
        for month in 0..60 {
            let market = [Flow::Leads, Flow::Approvals, Flow::LoansNew];
            assert!(
                market.iter().all(|of| flow(none, month, *of) == flow(granted, month, *of)),
                "month {month}"
            );
        }
    }
    assert!(hidden as f64 > 0.25 * all as f64, "{hidden} of {all}");
}

#[test]
fn waived_interest_costs_more_and_risk_afterwards_more_still() {
    let charged = with("share=0.3, interest=\"charged\"");
    let waived = with("share=0.3, interest=\"waived\"");
    let riskier = with("share=0.3, interest=\"waived\", risk_effect=1.2");
    for ((charged, waived), riskier) in charged.iter().zip(&waived).zip(&riskier) {
        assert!(charged.total(Flow::InterestAccrued) > waived.total(Flow::InterestAccrued));
        assert!(profit(charged) > profit(waived) && profit(waived) > profit(riskier), "run {}", charged.run);
        assert!(waived.total(Flow::ChargedOff) < riskier.total(Flow::ChargedOff));
        assert_eq!(charged.total(Flow::HolidaysGranted), waived.total(Flow::HolidaysGranted));
    }
}
