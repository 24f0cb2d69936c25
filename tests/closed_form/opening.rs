//! A book that is there when month 0 begins: its run-off, what stands late in it, and the labels of its life.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::stage::Stage;

use crate::laboratory::{LAB, assert_close, flow, setup};

/// The laboratory's loan, in fen.
const LOAN: f64 = 1e10;
const STOP: &str = "policy=[{name=\"stop\", from=0, stop_new=true, stop_repeat=true}]";
const STEADY: [&str; 2] = ["product.lab.apr=0.18", "product.lab.amount_step=100.00"];

fn run(settings: &[&str]) -> RunResult {
    simulate_run(&setup(LAB, &[&STEADY[..], settings].concat()), 0, &mut Default::default())
}

/// One row of the opening book of the laboratory.
fn row(tenor: u32, months_on_book: u32, more: &str) -> String {
    format!(
        "{{segment=\"lab\", channel=\"lab\", product=\"lab\", tenor={tenor}, months_on_book={months_on_book}, count=1{more}}}"
    )
}

fn book(rows: &[String]) -> String {
    format!("opening_book=[{}]", rows.join(", "))
}

/// Balance per unit lent after `k` of 12 months at 1.5 %.
fn left(k: i32) -> f64 {
    (1.015_f64.powi(12) - 1.015_f64.powi(k)) / (1.015_f64.powi(12) - 1.0)
}

fn balance(result: &RunResult, month: usize) -> f64 {
    result.get(month, MonthMetric::Balance) as f64 / LOAN
}

/// The steady state of one loan a month in annuities of 12 months, put on the book: one loan of every age from 0 to 11.
#[test]
fn an_opening_book_runs_off_by_the_worked_fractions() {
    let rows: Vec<String> = (0..12).map(|age| row(12, age, "")).collect();
    let result = run(&[&book(&rows), STOP, "run.months=20"]);
    let opening: f64 = (0..12).map(left).sum();
    assert_close("plateau", opening, 6.677_327_658, 1e-9);
    assert_close("opening balance", result.total(Flow::OpeningBalance) as f64 / LOAN, opening, 1e-9);
    for (months, fraction) in [(1, 0.850_239), (3, 0.585_342), (6, 0.277_176), (9, 0.080_366)] {
        let remaining = balance(&result, months - 1) / opening;
        assert_close(&format!("after {months} months"), remaining, fraction, 5e-7);
    }
    for month in 0..12 {
        let opened = if month == 0 { opening } else { balance(&result, month - 1) };
        let interest = flow(&result, month, Flow::InterestReceived) as f64 / LOAN;
        assert_close(&format!("interest, month {month}"), interest, 0.015 * opened, 1e-9);
    }
    assert_eq!(balance(&result, 11), 0.0, "nothing after 12 months, exactly");
    assert_eq!((result.total(Flow::LoansOpening), result.total(Flow::LoansNew)), (12, 0));
    assert_eq!(result.total(Flow::AccountsPaidOff), 12);
    assert_eq!(result.total(Flow::FeesReceived), 0, "what was paid before month 0 is not income");
    // The opening book costs money from month 0 on.
    let cost = flow(&result, 0, Flow::FundingPaid) as f64 / LOAN;
    let spread: f64 = setup(LAB, &[]).funding.spread;
    assert_close("funding of month 0", cost, opening * (0.03 + spread) / 12.0, 1e-9);
}

#[test]
fn a_steady_book_goes_on_as_if_it_had_been_made_here() {
    // One loan a month for ever: the plateau made in the laboratory, and the plateau brought in.
    let made = run(&["run.months=40"]);
    let rows: Vec<String> = (0..12).map(|age| row(12, age, "")).collect();
    let brought = run(&[&book(&rows), "run.months=40"]);
    for month in 0..28 {
        for of in [Flow::PrincipalScheduled, Flow::InterestReceived, Flow::FundingPaid] {
            assert_eq!(
                flow(&brought, month, of),
                flow(&made, month + 12, of),
                "{} in month {month}",
                of.key()
            );
        }
        assert_eq!(brought.get(month, MonthMetric::Balance), made.get(month + 12, MonthMetric::Balance));
    }
    // A balance that stands still: the first label that holds is plateau, dated back to the first month.
    assert_eq!(brought.stages[0], Stage::Plateau);
    assert!(brought.stages.iter().all(|stage| *stage == Stage::Plateau));
}

#[test]
fn a_book_that_is_only_run_off_declines_exits_and_closes() {
    let rows: Vec<String> = (0..12).map(|age| row(12, age, "")).collect();
    let result = run(&[&book(&rows), STOP, "run.months=30"]);
    assert_eq!(result.stages[0], Stage::Decline, "nothing is lent and everything repaid");
    let first = |stage: Stage| result.stages.iter().position(|label| *label == stage).expect("it is reached");
    let exit_share = |month: usize| balance(&result, month) / (0..12).map(left).sum::<f64>();
    // Performing balance at most 5 % of its maximum, which is the opening one.
    assert!(exit_share(first(Stage::Exit)) <= 0.05 && exit_share(first(Stage::Exit) - 1) > 0.05);
    assert!(first(Stage::Closed) > first(Stage::Exit));
    // Without a book the classifier waits for the first origination.
    let never = run(&[STOP, "run.months=30"]);
    assert!(never.stages.iter().all(|stage| *stage == Stage::Growth(1)));
}

#[test]
fn what_stands_late_owes_what_it_would_owe() {
    // Bullets with penalty interest of half of 1.5 % more, nine months on book.
    let terms = [
        "product.lab.penalty_multiple=1.5",
        "delinquency.m1=[1, 0, 0]",
        "delinquency.m5=[1, 0, 0, 0, 0, 0, 0]",
    ];
    for (late, interest_booked, interest_later) in [(1, 1, 0), (5, 0, 5)] {
        let one = book(&[row(12, 9, &format!(", months_past_due={late}"))]);
        let result = run(&[&terms[..], &[&one, STOP, "run.months=20"]].concat());
        // Annuities: due are the instalments of months 10 - late to 9.
        let owed = left(9 - late);
        assert_close("balance", result.total(Flow::OpeningBalance) as f64 / LOAN, owed, 1e-9);
        let interest: f64 = (9 - late..9).map(|k| 0.015 * left(k)).sum();
        let booked = result.total(Flow::OpeningInterest) as f64 / LOAN;
        assert_close("booked", booked, f64::from(interest_booked) * interest, 1e-9);
        // It cures in month 0, with that month's instalment.
        let now = 0.015 * left(9);
        let cash_basis = flow(&result, 0, Flow::InterestCashBasis) as f64 / LOAN;
        let suspended = if interest_later > 0 { interest + now } else { 0.0 };
        assert_close("cash basis", cash_basis, suspended, 1e-9);
        let arrears = flow(&result, 0, Flow::PrincipalArrears) as f64 / LOAN;
        assert_close("arrears", arrears, owed - left(10), 1e-9);
        // Overdue principal bore 1.5 times 1.5 % from the month after each instalment on.
        let penalty: f64 = (10 - late..=9).map(|k| 0.0225 * (owed - left(k))).sum();
        assert_close("penalty", flow(&result, 0, Flow::PenaltyReceived) as f64 / LOAN, penalty, 1e-9);
        assert_eq!((result.total(Flow::OpeningPastDue), result.total(Flow::AccountsCured)), (1, 1));
        assert_eq!(balance(&result, 2), 0.0, "and goes on as written");
    }
}

#[test]
fn late_loans_of_the_opening_book_roll_on_from_where_they_stand() {
    let roll: Vec<&str> = crate::laboratory::ALL_ROLL.to_vec();
    for late in 1..=6 {
        let one = book(&[row(12, 9, &format!(", months_past_due={late}"))]);
        let result =
            run(&[&roll[..], &[&one, STOP, "run.months=20", "delinquency.charge_off_days=180"]].concat());
        // Seven months past due is more than 180 days.
        for month in 0..20 {
            let gone = i64::from(month == 6 - late);
            assert_eq!(
                flow(&result, month, Flow::AccountsChargedOff),
                gone,
                "{late} months late, month {month}"
            );
        }
        assert_eq!(result.total(Flow::ChargedOff), LOAN as i64);
    }
}
