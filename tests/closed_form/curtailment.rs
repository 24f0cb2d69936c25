//! Partial prepayment: the two kinds of contract that follow it, and what it does to a book.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run_with};
use lendcycle::ledger::Flow;
use lendcycle::model::schedule::{Curtailment, Kind, Repayment, Schedule};
use lendcycle::money::Fen;

use crate::laboratory::{LAB, assert_close, flow, setup};

/// 10,000 at 18 % over 12 months, 30 % of what is left prepaid after an instalment.
fn prepaid_after(month: u32, keeps_payment: bool) -> Vec<(i64, i64)> {
    let curtailment = Curtailment { share: 0.3, keeps_payment };
    let repayment = Repayment { curtailment, curtailed: vec![month], ..Repayment::plain(Kind::Annuity) };
    let months = Schedule::new(&repayment, 0.18, 12).instalments(Fen(1_000_000));
    months.iter().map(|month| (month.opening.0, (month.principal + month.interest_due).0)).collect()
}

#[test]
fn a_kept_term_levels_the_payment_anew() {
    // After six instalments 5,223.18 are left, 30 % of it is 1,566.95; 3,656.23 over six months at 1.5 %.
    let months = prepaid_after(6, false);
    assert!((months[6].0 - 365_623).abs() <= 3, "{}", months[6].0);
    let payment = 365_623.0 * 0.015 / (1.0 - 1.015_f64.powi(-6));
    assert_close("worked", payment, 64_176.06, 1e-6);
    assert!(months[..6].iter().all(|(_, paid)| *paid == 91_680));
    assert!(months[6..11].iter().all(|(_, paid)| (*paid as f64 - payment).abs() <= 1.0), "{months:?}");
    assert!((months[11].1 as f64 - payment).abs() <= 6.0);
}

#[test]
fn a_kept_payment_shortens_the_term() {
    // ln(1 / (1 - 3,656.23 x 0.015 / 916.80)) / ln 1.015 = 4.14 more instalments: the fifth is a small one.
    let months = prepaid_after(6, true);
    let left = 365_623.0_f64;
    let more = -(1.0 - left * 0.015 / 91_680.0).ln() / 1.015_f64.ln();
    assert_close("worked", more, 4.143, 1e-3);
    assert!(months[..10].iter().all(|(_, paid)| *paid == 91_680), "{months:?}");
    // B (1+r)^5 - A (1+r) ((1+r)^4 - 1) / r.
    let last = left * 1.015_f64.powi(5) - 91_680.0 * 1.015 * (1.015_f64.powi(4) - 1.0) / 0.015;
    assert!((months[10].1 as f64 - last).abs() <= 6.0, "{} is not {last}", months[10].1);
    assert_eq!(months[11], (0, 0), "nothing is left for the twelfth");
    // Of both kinds the payments are worth what was lent, with what was prepaid.
    for keeps_payment in [false, true] {
        let months = prepaid_after(6, keeps_payment);
        let worth: f64 = (1..).zip(&months).map(|(k, (_, paid))| *paid as f64 * 1.015_f64.powi(-k)).sum();
        let part = 522_318.0 - months[6].0 as f64;
        assert!((worth + part * 1.015_f64.powi(-6) - 1_000_000.0).abs() <= 12.0, "worth {worth}");
    }
}

/// Loans of 12 months made in month 0, nobody late.
fn book(settings: &[&str]) -> RunResult {
    let plan = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=2000}]";
    let amount = "product.lab.amount_min=100000.00";
    let all = ["delinquency.m0=[1, 0]", plan, amount, "product.lab.amount_median=100000.00", "run.months=14"];
    simulate_run_with(&setup(LAB, &[&all, settings].concat()), 0).0
}

#[test]
fn everybody_who_prepays_every_month_leaves_a_geometric_balance() {
    // Equal principal: B_k = B_0 (n - k) / n (1 - s)^k, as each instalment is 1 / (n - k + 1) of what is left.
    let settings = [
        "product.lab.schedule=\"equal_principal\"",
        "product.lab.curtailment={probability=1, share=0.2, keep=\"term\"}",
        "product.lab.prepayment_fee=0.01",
    ];
    let result = book(&settings);
    let lent = 2_000.0 * 1e7;
    for month in 1..12 {
        let left = lent * f64::from(12 - month) / 12.0 * 0.8_f64.powi(month);
        let month = month as usize;
        assert_close(&format!("month {month}"), result.get(month, MonthMetric::Balance) as f64, left, 1e-5);
        let part = flow(&result, month, Flow::PrincipalPrepaid);
        assert_eq!(part, flow(&result, month, Flow::PrincipalCurtailed));
        // A fen at most for each loan.
        assert!((part as f64 - left / 4.0).abs() <= 2_000.0, "a fifth of what the instalment leaves: {part}");
        let fee = flow(&result, month, Flow::FeesReceived) as f64;
        assert!((fee - 0.01 * part as f64).abs() <= 1_000.0, "1 % of the part prepaid");
        assert_eq!(flow(&result, month, Flow::AccountsCurtailed), 2_000);
    }
    assert_eq!(flow(&result, 12, Flow::PrincipalCurtailed), 0, "the last instalment pays the loan off");
    assert_eq!(flow(&result, 12, Flow::AccountsPaidOff), 2_000);
}

#[test]
fn a_share_of_borrowers_prepays_its_share_of_the_balance() {
    // On average (1 - p s) of the balance is left each month; of 2,000 loans the s.e. after six months is 0.5 %.
    let settings = [
        "product.lab.schedule=\"equal_principal\"",
        "product.lab.curtailment={probability=0.25, share=0.4, keep=\"term\"}",
    ];
    let result = book(&settings);
    let left = 2_000.0 * 1e7 * 0.5 * 0.9_f64.powi(6);
    assert_close("after six months", result.get(6, MonthMetric::Balance) as f64, left, 0.02);
}

#[test]
fn loans_that_keep_their_payment_are_paid_off_when_nothing_is_left() {
    let keep = |kept: &str| {
        book(&[&format!("product.lab.curtailment={{probability=1, share=0.1, keep=\"{kept}\"}}")])
    };
    let (term, payment) = (keep("term"), keep("payment"));
    let paid_off = |result: &RunResult| -> Vec<i64> {
        (0..14).map(|month| flow(result, month, Flow::AccountsPaidOff)).collect()
    };
    assert_eq!(paid_off(&term)[12], 2_000);
    // By hand: B <- 0.9 (1.015 B - 9,168.00) from 100,000 on is 2,883 after the eighth month.
    let mut left = 100_000.0;
    let mut months = 0;
    while left > 0.0 {
        left = 0.9 * (1.015 * left - 9_167.999_29);
        months += 1;
    }
    assert_eq!(paid_off(&payment)[months], 2_000, "{months} months");
    let interest = |result: &RunResult| result.total(Flow::InterestReceived);
    assert!(interest(&payment) < interest(&term), "a shorter term earns less");
}
