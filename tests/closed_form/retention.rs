//! T43: customers who come back.

use lendcycle::engine::{LoanRecord, RunResult, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::model::retention::{BehaviourPoints, behaviour_score, return_probability};
use lendcycle::money::Fen;

use crate::laboratory::{LAB, assert_close, assert_count, flow, setup};

#[test]
fn return_probability_is_one_less_the_product_of_staying_away() {
    let (rate, decay) = (0.10, 0.80_f64);
    let away: f64 = (0..12).map(|k| 1.0 - rate * decay.powi(k)).product();
    assert_close("12 months", return_probability(rate, decay, 12), 1.0 - away, 1e-14);
    assert_close("constant hazard", return_probability(0.1, 1.0, 12), 1.0 - 0.9_f64.powi(12), 1e-14);
    assert_eq!(return_probability(0.0, 0.8, 12), 0.0);
}

#[test]
fn behaviour_score_counts_months() {
    let points = BehaviourPoints { on_time: 2.0, late: 12.0, most: 24.0 };
    assert_close("9 on time, 2 late", behaviour_score(600.0, 9, 2, &points), 594.0, 1e-15);
    assert_close("at most 24", behaviour_score(600.0, 36, 0, &points), 624.0, 1e-15);
}

const CUSTOMERS: f64 = 10_000.0;

/// Customers with one-month loans who never miss, and return a month after pay-off with probability `rate`, or never.
fn cohort(rate: f64, settings: &[&str]) -> (RunResult, Vec<LoanRecord>) {
    let given = [
        "run.months=600".to_owned(),
        format!("plan.loans=[{{segment=\"lab\", channel=\"lab\", from=0, to=0, count={CUSTOMERS}}}]"),
        "product.lab.schedule=\"interest_only\"".to_owned(),
        "product.lab.tenors=[{months=1, share=1.0}]".to_owned(),
        "product.lab.amount_min=1000.00".to_owned(),
        "product.lab.amount_median=1000.00".to_owned(),
        format!("repeat.rate={rate}"),
        "repeat.rate_decay=1.0".to_owned(),
        "repeat.window=1".to_owned(),
    ];
    let settings: Vec<&str> = given.iter().map(String::as_str).chain(settings.iter().copied()).collect();
    simulate_run_with(&setup(LAB, &settings), 0)
}

#[test]
fn waiting_times_follow_the_hazard() {
    // Everybody is paid off in month 1; requests are counted and refused, so that nobody returns twice.
    let wait =
        ["repeat.rate_decay=0.8", "repeat.window=12", "segment.lab.cutoff_repeat=1500", "run.months=20"];
    let (result, _) = cohort(0.10, &wait);
    let mut away = 1.0;
    for month in 0..20 {
        let asked = flow(&result, month, Flow::RepeatApplications);
        let probability = if (2..14).contains(&month) { 0.10 * 0.80_f64.powi(month as i32 - 2) } else { 0.0 };
        assert_count(&format!("requests in month {month}"), asked, CUSTOMERS, away * probability);
        away *= 1.0 - probability;
    }
    assert_close("ever", 1.0 - away, return_probability(0.10, 0.80, 12), 1e-14);
}

#[test]
fn loans_per_customer_are_geometric() {
    for (p, loans_per_customer) in [(0.20, 1.25), (0.35, 1.538462), (0.93, 14.285714)] {
        assert_close("1 / (1 - p)", 1.0 / (1.0 - p), loans_per_customer, 5e-7);
        assert_close("probability", return_probability(p, 1.0, 1), p, 1e-15);
        let (result, loans) = cohort(p, &[]);
        let mean = loans.len() as f64 / CUSTOMERS;
        let error = (p / CUSTOMERS).sqrt() / (1.0 - p);
        assert!((mean - loans_per_customer).abs() < 4.0 * error, "{p}: {mean} loans per customer, {error}");
        // A generation lasts two months: pay-off in the next month, the new loan in the one after.
        for generation in [1, 2, 5] {
            let repeats = flow(&result, 2 * generation, Flow::LoansRepeat);
            assert_count("customers left", repeats, CUSTOMERS, p.powi(generation as i32));
        }
        assert_eq!(result.total(Flow::LoansRepeat), loans.iter().filter(|loan| loan.repeat).count() as i64);
        assert_eq!(result.total(Flow::AccountsPaidOff), loans.len() as i64);
    }
}

#[test]
fn steady_repeat_share_is_the_repeat_probability() {
    let plan = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=599, count=100}]";
    let (result, _) = cohort(0.35, &[plan, "run.months=200"]);
    let sum = |of: Flow| (100..200).map(|month| flow(&result, month, of)).sum::<i64>() as f64;
    let share = sum(Flow::LoansRepeat) / (sum(Flow::LoansRepeat) + sum(Flow::LoansNew));
    // Some 5,400 repeat loans; customers are independent and have few each.
    assert!((share - 0.35).abs() < 4.0 * 0.0075, "repeat share {share}");
}

#[test]
fn repeat_loans_keep_the_borrower_and_grow() {
    let (_, loans) = cohort(
        0.93,
        &[
            "run.months=40",
            "repeat.amount_growth=1.1",
            "repeat.risk_effect=-0.25",
            "product.lab.amount_max=1500.00",
        ],
    );
    let mut last = std::collections::BTreeMap::new();
    for loan in &loans {
        if let Some(earlier) = last.insert(loan.who, loan) {
            let earlier: &LoanRecord = earlier;
            assert!(loan.repeat && loan.month == earlier.month + 2);
            // Times 1.1, rounded to 100, at most 1,500.
            let grown = ((earlier.amount.0 as f64 * 1.1 / 1e4).round() as i64 * 10_000).min(150_000);
            assert_eq!(loan.amount, Fen(grown));
            assert_eq!((loan.score_true, loan.group), (earlier.score_true, earlier.group));
            assert_eq!(loan.level, -8, "a quarter of log-odds, in steps of 1/32");
        } else {
            assert!(!loan.repeat && loan.month == 0 && loan.level == 0);
        }
    }
    assert_eq!(last.len() as f64, CUSTOMERS);
}

/// Behaviour score of the second loan, of customers who all return in the month after pay-off.
fn second_score(settings: &[&str]) -> f64 {
    let always = ["repeat.rate=1", "run.months=40", "repeat.days_past_due_max=150"];
    let (_, loans) = cohort(1.0, &[&always, settings].concat());
    let repeat = loans.iter().find(|loan| loan.repeat).expect("all return");
    repeat.score_observed
}

#[test]
fn behaviour_points_are_for_instalments_that_came() {
    let late = ["delinquency.m0=[0, 1]", "delinquency.m1=[1, 0, 0]"];
    let tenor = |months: u32| format!("product.lab.tenors=[{{months={months}, share=1.0}}]");
    let quarterly = "product.lab.payment_months=3";
    assert_close("6 months", second_score(&[&tenor(6)]), 569.0 + 12.0, 1e-12);
    assert_close("24 months", second_score(&[&tenor(24)]), 569.0 + 24.0, 1e-12);
    assert_close("2 quarters", second_score(&[quarterly, &tenor(6)]), 569.0 + 4.0, 1e-12);
    // Prepaid in the first month.
    let prepaid = ["product.lab.prepayment=1", &tenor(6)];
    assert_close("prepaid", second_score(&prepaid), 569.0 + 2.0, 1e-12);
    // Of two instalments the first came late, the second in time with it.
    assert_close("late once", second_score(&[late[0], late[1], &tenor(2)]), 569.0 + 2.0 - 12.0, 1e-12);
}

#[test]
fn a_last_instalment_that_comes_late_earns_no_points() {
    // The only instalment falls due in month 1, is missed, and comes in month 2.
    let late =
        ["delinquency.m0=[0, 1]", "delinquency.m1=[1, 0, 0]", "product.lab.tenors=[{months=1, share=1.0}]"];
    assert_close("late at maturity", second_score(&late), 569.0 - 12.0, 1e-12);
}

#[test]
fn bad_customers_do_not_return() {
    // One late month, cured at once: 1-30 days past due.
    let late = ["delinquency.m0=[0, 1]", "delinquency.m1=[1, 0, 0]"];
    let (result, _) = cohort(0.93, &[late[0], late[1], "repeat.days_past_due_max=0"]);
    assert_eq!(result.total(Flow::LoansRepeat), 0);
    let (result, _) =
        cohort(0.93, &[late[0], late[1], "repeat.days_past_due_max=30", "repeat.points_late=0"]);
    assert_count("first repeat", flow(&result, 3, Flow::LoansRepeat), CUSTOMERS, 0.93);
}
