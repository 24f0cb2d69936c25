//! T60: how a product ends: transfers at par, the close, a book that ends as non-performing only, the soft landing.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::lifecycle::metrics::{Sums, find};
use lendcycle::lifecycle::profitability::{STAGE_METRICS, by_stage};
use lendcycle::lifecycle::stage::Stage;

use crate::laboratory::{ALL_ROLL, LAB, assert_close, assert_count, flow, setup};

/// The laboratory's loan, in fen.
const LOAN: f64 = 1e10;
const NO_FIXED_COST: &str = "servicing.fixed_cost=0";

fn run(settings: &[&str]) -> RunResult {
    simulate_run(&setup(LAB, settings), 0, &mut Default::default())
}

fn plan(to: u32, count: u32) -> String {
    format!("plan.loans=[{{segment=\"lab\", channel=\"lab\", from=0, to={to}, count={count}}}]")
}

/// Balance per unit lent after `k` of 12 months at 1.5 %.
fn left(k: i32) -> f64 {
    (1.015_f64.powi(12) - 1.015_f64.powi(k)) / (1.015_f64.powi(12) - 1.0)
}

#[test]
fn a_transfer_is_at_par_without_fee_loss_or_repayment() {
    let dear = ["product.lab.prepayment_fee=0.01", "product.lab.upfront_fee=0", NO_FIXED_COST];
    let one = plan(0, 1);
    let kept = run(&[&dear[..], &[&one]].concat());
    let all = "policy=[{name=\"move\", from=5, to=5, transfer=1}]";
    let moved = run(&[&dear[..], &[&one, all]].concat());
    for month in 0..40 {
        let at = |result: &RunResult, of: Flow| flow(result, month, of);
        let expected = if month == 5 { left(5) } else { 0.0 };
        let what = format!("month {month}");
        assert_close(&what, at(&moved, Flow::PrincipalTransferred) as f64 / LOAN, expected, 1e-9);
        assert_eq!(at(&moved, Flow::AccountsTransferred), i64::from(month == 5), "{what}");
        for of in [Flow::PrincipalScheduled, Flow::InterestAccrued, Flow::InterestReceived] {
            let contracted = if month <= 5 { at(&kept, of) } else { 0 };
            assert_eq!(at(&moved, of), contracted, "{} in {what}", of.key());
        }
        for of in [Flow::PrincipalPrepaid, Flow::FeesReceived, Flow::ChargedOff, Flow::LoanSaleLoss] {
            assert_eq!(at(&moved, of), 0, "{} in {what}", of.key());
        }
        assert_eq!(moved.get(month, MonthMetric::Balance) == 0, month >= 5);
    }
    // The profit forgone is the interest not earned less the cost of money and servicing not paid.
    let profit = |result: &RunResult| result.groups.iter().map(|flows| flows.profit()).sum::<i64>();
    let less = |of: Flow| kept.total(of) - moved.total(of);
    let forgone = less(Flow::InterestAccrued) - less(Flow::FundingPaid) - less(Flow::ServicingPaid);
    assert_eq!(profit(&kept) - profit(&moved), forgone);
}

#[test]
fn interest_not_yet_due_is_paid_when_a_loan_moves() {
    let quarterly = ["product.lab.schedule=\"interest_only\"", "product.lab.payment_months=3"];
    let all = "policy=[{name=\"move\", from=5, to=5, transfer=1}]";
    let result = run(&[&quarterly[..], &[&plan(0, 1), all]].concat());
    for month in 0..12 {
        // Three months of 1.5 % fall due in month 3; two are paid at the transfer.
        let expected = [(3, 0.045), (5, 0.030)].iter().find(|(at, _)| *at == month).map_or(0.0, |(_, i)| *i);
        let received = flow(&result, month, Flow::InterestReceived) as f64 / LOAN;
        assert_close(&format!("month {month}"), received, expected, 1e-9);
    }
}

#[test]
fn a_share_of_current_loans_moves_each_month_and_shares_of_policies_compound() {
    let small = [
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
    ];
    let policies = "policy=[{name=\"a\", from=2, transfer=0.1}, {name=\"b\", from=4, to=6, transfer=0.2}]";
    let result = run(&[&small[..], &[&plan(0, 20_000), policies]].concat());
    let mut open = 20_000;
    for month in 1..12 {
        let share = match month {
            0..2 => 0.0,
            // 1 - 0.9 x 0.8
            4..=6 => 0.28,
            _ => 0.1,
        };
        let moved = flow(&result, month, Flow::AccountsTransferred);
        assert_count(&format!("month {month}"), moved, f64::from(open), share);
        open -= moved as i32;
        let standing = result.get(month, MonthMetric::BucketAccounts(0));
        assert_eq!(standing, i64::from(open), "month {month}");
    }
}

#[test]
fn closing_sells_what_is_on_book_and_ends_everything() {
    // Loans of months 0 to 9 in bullets; in month 7 the product is closed.
    let bullet = "product.lab.schedule=\"interest_only\"";
    let close =
        ["closing={current_price=0.9, past_due_price=0.25}", "policy=[{name=\"shut\", from=7, close=true}]"];
    let fixed = "servicing.fixed_cost=1000.00";
    let result = run(&[&[bullet, fixed, &plan(9, 1)], &close[..]].concat());
    assert_eq!(result.groups[result.groups.len() - 1].get(Flow::ServicingPaid), 8 * 100_000, "months 0 to 7");
    for month in 0..40 {
        let share = |of: Flow| flow(&result, month, of) as f64 / LOAN;
        let at = |value: f64| if month == 7 { value } else { 0.0 };
        let what = format!("month {month}");
        assert_close(&what, share(Flow::LoanSaleProceeds), at(6.3), 1e-12);
        assert_close(&what, share(Flow::LoanSaleLoss), at(0.7), 1e-12);
        assert_close(&what, share(Flow::OriginatedNew), if month < 7 { 1.0 } else { 0.0 }, 1e-12);
        if month > 7 {
            assert!(Flow::ALL.iter().all(|of| flow(&result, month, *of) == 0), "{what}: something goes on");
        }
    }
    let profit: i64 = result.groups.iter().map(|flows| flows.profit()).sum();
    let open = run(&[bullet, fixed, &plan(6, 1), "run.months=8"]);
    let open: i64 = open.groups.iter().map(|flows| flows.profit()).sum();
    assert_eq!(
        open - profit,
        7 * LOAN as i64 / 10,
        "what the buyer did not pay is the loss, and nothing else moves"
    );
}

#[test]
fn loans_past_due_fetch_their_own_price_and_claims_are_given_up() {
    let close =
        ["closing={current_price=1, past_due_price=0.25}", "policy=[{name=\"shut\", from=9, close=true}]"];
    // Charged off in month 7: the loans of month 0. Those of months 1 to 8 are late, that of month 8 for a month.
    let result = run(&[&ALL_ROLL[..], &[&plan(8, 1), "recovery.total=0.12"], &close].concat());
    let total = |of: Flow| result.total(of) as f64 / LOAN;
    let charged_off = total(Flow::ChargedOff);
    assert_close("charged off", charged_off, 3.0, 1e-12);
    assert_close("proceeds", total(Flow::LoanSaleProceeds), 0.25 * 6.0, 1e-12);
    assert_eq!(result.total(Flow::AccountsSoldPastDue), 6);
    assert_eq!(flow(&result, 10, Flow::Recoveries), 0, "what was charged off is given up");
    assert!(flow(&result, 9, Flow::Recoveries) > 0);
    // Interest booked and not received is taken back.
    let receivable = [Flow::InterestAccrued, Flow::InterestReversed].map(|of| result.total(of));
    assert_eq!(receivable[0], receivable[1]);
}

#[test]
fn a_book_that_admits_nobody_ends_as_non_performing_loans_only() {
    // Half of the loans miss a payment at some time and roll on; the others are repaid within the year.
    let roll: Vec<&str> = ALL_ROLL[1..7].to_vec();
    let hard = ["delinquency.m0=[0.93, 0.07]", "delinquency.charge_off_days=900", "run.months=60"];
    let stop = "policy=[{name=\"stop\", from=6, stop_new=true, stop_repeat=true}]";
    let result = run(&[&roll[..], &hard, &[&plan(20, 200), stop]].concat());
    let npl = |month: usize| {
        let mut sums = Sums::default();
        sums.add(result.month(month));
        (find("npl_ratio_balance").of)(&sums).own()
    };
    assert!((6..44).all(|month| flow(&result, month, Flow::OriginatedNew) == 0), "nobody is admitted");
    // The last loans mature in month 17; who missed that payment is more than 90 days late from month 20 on.
    assert!(npl(10) < npl(14) && npl(14) < npl(17) && npl(17) < 1.0);
    for month in 20..30 {
        assert_eq!(npl(month), 1.0, "month {month}");
        assert!(result.get(month, MonthMetric::Balance) > 0);
    }
    assert_eq!(result.get(50, MonthMetric::Balance), 0, "at last everything is charged off");
}

#[test]
fn a_soft_landing_counts_who_was_repaid_or_moved() {
    let stop = "{name=\"stop\", from=6, stop_new=true, stop_repeat=true}";
    let landing = |settings: &[&str]| {
        let result = run(settings);
        let row = by_stage(&result);
        let exit = row.stage(Stage::Exit).expect("an exit");
        let (_, _, of) =
            STAGE_METRICS.iter().find(|(name, _, _)| *name == "soft_landing_rate_count").expect("a metric");
        assert!(of(row.stage(Stage::Growth(1)).expect("growth")).own().is_nan(), "of exit only");
        let start = exit.start as usize;
        let open: i64 = (0..7).map(|b| result.get(start - 1, MonthMetric::BucketAccounts(b))).sum();
        let lost: i64 = (start..40).map(|month| flow(&result, month, Flow::AccountsChargedOff)).sum();
        (of(exit).own(), open, lost)
    };
    let stopped = format!("policy=[{stop}]");
    let early = ["lifecycle.exit_balance=0.6", "delinquency.charge_off_days=120"];
    let (rate, open, _) = landing(&[&early[..], &[&plan(20, 100), &stopped]].concat());
    assert!(open > 0 && rate == 1.0, "everybody pays: {rate}");
    let hard = ["delinquency.m0=[0.9, 0.1]"];
    let (rate, open, lost) = landing(&[&early[..], &hard, &[&plan(20, 100), &stopped]].concat());
    assert!(lost > 0);
    assert_close("all but those charged off", rate, 1.0 - lost as f64 / open as f64, 1e-12);
    let moved = format!("policy=[{stop}, {{name=\"move\", stages=[\"exit\"], transfer=0.3}}]");
    let (softer, _, fewer) = landing(&[&early[..], &hard, &[&plan(20, 100), &moved]].concat());
    assert!(softer > rate && fewer < lost, "who moves is kept: {softer} and {rate}");
}
