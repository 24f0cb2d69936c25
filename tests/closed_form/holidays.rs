//! Payment holidays: a contract that stands still, days past due that do, and what is earned meanwhile.

use lendcycle::engine::{MonthMetric, RunResult, VINTAGE_AGES, VintageMetric, simulate_run_with};
use lendcycle::ledger::Flow;

use crate::laboratory::{ALL_ROLL, LAB, assert_close, assert_count, flow, setup};

const LOANS: i64 = 500;
const PLAN: &str = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=500}]";

/// Loans of 10,000 over 12 months at 18 %, made in month 0.
fn book(settings: &[&str]) -> RunResult {
    let amounts = ["product.lab.amount_min=10000.00", "product.lab.amount_median=10000.00"];
    let all = [PLAN, amounts[0], amounts[1], "run.months=24"];
    simulate_run_with(&setup(LAB, &[&all, settings].concat()), 0).0
}

/// Balance of such a loan after `k` instalments, fen.
fn balance(k: i32) -> f64 {
    let whole = 1.015_f64.powi(12);
    1_000_000.0 * (whole - 1.015_f64.powi(k)) / (whole - 1.0)
}

#[test]
fn a_holiday_moves_what_falls_due_and_its_interest_falls_due_afterwards() {
    for (interest, charged) in [("charged", 1.0), ("waived", 0.0)] {
        let event = format!("payment_holiday=[{{from=3, to=3, months=2, share=1, interest=\"{interest}\"}}]");
        let result = book(&["delinquency.m0=[1, 0]", &event]);
        let loans = LOANS as f64;
        assert_eq!(flow(&result, 3, Flow::HolidaysGranted), LOANS);
        for month in 1..=14_usize {
            let what = format!("{interest}, month {month}");
            let k = if month <= 3 { month } else { month.saturating_sub(2).max(3) } as i32;
            let rests = month == 4 || month == 5;
            let left = loans * balance(k);
            assert!((result.get(month, MonthMetric::Balance) as f64 - left).abs() <= 14.0 * loans, "{what}");
            let earned = loans * 0.015 * if rests { charged * balance(3) } else { balance(k - 1) };
            assert!((flow(&result, month, Flow::InterestAccrued) as f64 - earned).abs() <= loans, "{what}");
            let late = if month == 6 { charged * loans * 0.03 * balance(3) } else { 0.0 };
            let received = if rests { 0.0 } else { loans * 0.015 * balance(k - 1) + late };
            assert!(
                (flow(&result, month, Flow::InterestReceived) as f64 - received).abs() <= 3.0 * loans,
                "{what}"
            );
            let on_holiday =
                if (3..5).contains(&month) { result.get(month, MonthMetric::Balance) } else { 0 };
            assert_eq!(result.get(month, MonthMetric::HolidayBalance), on_holiday, "{what}");
            assert_eq!(
                flow(&result, month, Flow::AccountsPaidOff),
                if month == 14 { LOANS } else { 0 },
                "{what}"
            );
        }
        // 10,000 at 916.80 a month: 7,665.11 are left after three; two months of it cost 229.95.
        assert_close("worked", balance(3), 766_510.8, 1e-4);
    }
}

#[test]
fn days_past_due_stand_still_and_charge_off_waits() {
    let event = "payment_holiday=[{from=2, to=2, months=3, share_delinquent=1, days_past_due_max=60, interest=\"charged\"}]";
    let (plain, result) = (book(&ALL_ROLL), book(&[&ALL_ROLL[..], &[event]].concat()));
    for month in 1..=12 {
        // Two months past due from the second month to the fifth, then on as if three months had not been.
        let age = match month {
            1 | 2 => month,
            3..=5 => 2,
            _ => month - 3,
        };
        for bucket in 1..7 {
            let expected = if age == bucket { LOANS } else { 0 };
            let accounts = result.get(month, MonthMetric::BucketAccounts(bucket as u8));
            assert_eq!(accounts, expected, "month {month}, bucket {bucket}");
        }
        let masked = if (2..5).contains(&month) { LOANS * 1_000_000 } else { 0 };
        assert_eq!(result.get(month, MonthMetric::HolidayDelinquent), masked, "month {month}");
        let worked = result.get(month, MonthMetric::Contacts) > 0;
        assert_eq!(worked, (month == 2 || month > 5) && month <= 10, "contacts of month {month}");
    }
    let charged_off = |result: &RunResult| (0..24).find(|month| flow(result, *month, Flow::ChargedOff) > 0);
    assert_eq!((charged_off(&plain), charged_off(&result)), (Some(7), Some(10)));
    // Vintages know when loans were really made.
    let of = |result: &RunResult, age: u32, metric: VintageMetric| {
        let at = VINTAGE_AGES.iter().position(|measured| *measured == age).expect("measured");
        result.vintages[at * VintageMetric::COUNT + metric as usize]
    };
    for (age, before, after) in [(4, LOANS, 0), (6, LOANS, 0), (9, LOANS, LOANS)] {
        assert_eq!(of(&plain, age, VintageMetric::Ever90), before);
        assert_eq!(of(&result, age, VintageMetric::Ever90), after, "at {age} months");
    }
    assert_eq!(of(&result, 12, VintageMetric::ChargedOff), LOANS * 1_000_000);
}

#[test]
fn a_share_of_loans_is_granted_one_and_once_only() {
    let event = "payment_holiday=[{from=2, to=4, months=1, share=0.3, interest=\"waived\"}]";
    let result = book(&["delinquency.m0=[1, 0]", event]);
    let granted: Vec<i64> = (0..24).map(|month| flow(&result, month, Flow::HolidaysGranted)).collect();
    assert_count("first month", granted[2], LOANS as f64, 0.3);
    assert_count("of those left", granted[3], (LOANS - granted[2]) as f64, 0.3);
    let all: i64 = granted.iter().sum();
    assert_count("in the window", all, LOANS as f64, 1.0 - 0.7_f64.powi(3));
    assert_eq!(flow(&result, 13, Flow::AccountsPaidOff), all, "a month later than the others");
    assert_eq!(flow(&result, 12, Flow::AccountsPaidOff), LOANS - all);
}

#[test]
fn who_had_a_holiday_misses_with_other_odds() {
    // Odds of 0.1 / 0.9 times e: 0.2320.
    let event = "payment_holiday=[{from=1, to=1, months=2, share=1, interest=\"waived\", risk_effect=1}]";
    let rows = [
        "delinquency.m0=[0.9, 0.1]",
        // Who misses in month 1 does not come back.
        "delinquency.m1=[0, 0, 1]",
        "delinquency.m2=[0, 0, 0, 1]",
        "delinquency.m3=[0, 0, 0, 0, 1]",
        event,
    ];
    let result = book(&rows);
    let left = LOANS - flow(&result, 1, Flow::AccountsMissed);
    assert_eq!(
        flow(&result, 2, Flow::AccountsMissed) + flow(&result, 3, Flow::AccountsMissed),
        0,
        "nothing is due"
    );
    let odds = 1.0_f64.exp() * 0.1 / 0.9;
    assert_close("worked", odds / (1.0 + odds), 0.2320, 1e-3);
    assert_count("afterwards", flow(&result, 4, Flow::AccountsMissed), left as f64, odds / (1.0 + odds));
}
