//! Asset-backed securities: pools of loans that leave the book in true sale, and a part of the book funded by them.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;

use crate::laboratory::{LAB, assert_close, assert_count, flow, setup};

/// The laboratory's loan, in fen.
const LOAN: f64 = 1e10;
const ONE: &str = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=1}]";
const MANY: &str = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=20000}]";
const SMALL: [&str; 3] =
    ["product.lab.amount_min=1000.00", "product.lab.amount_median=1000.00", "product.lab.amount_max=1000.00"];

fn run(settings: &[&str]) -> RunResult {
    simulate_run(&setup(LAB, settings), 0, &mut Default::default())
}

/// Balance per unit lent after `k` of 12 months at 1.5 %.
fn left(k: i32) -> f64 {
    (1.015_f64.powi(12) - 1.015_f64.powi(k)) / (1.015_f64.powi(12) - 1.0)
}

#[test]
fn a_pool_holds_its_share_of_current_loans_less_what_is_kept() {
    let pools = "securitisation={every=4, from=2, share=0.5, retained=0.2, price=1}";
    let result = run(&[&SMALL[..], &[MANY, pools]].concat());
    let mut open = 20_000;
    for month in 1..12 {
        let share = if [2, 6, 10].contains(&month) { 0.5 * 0.8 } else { 0.0 };
        let sold = flow(&result, month, Flow::AccountsSold);
        assert_count(&format!("month {month}"), sold, f64::from(open), share);
        open -= sold as i32;
        assert_eq!(result.get(month, MonthMetric::BucketAccounts(0)), i64::from(open), "month {month}");
        assert_eq!(flow(&result, month, Flow::AccountsSoldPastDue), 0);
    }
    // Five of a hundred stay, unless more do.
    let whole = run(&[&SMALL[..], &[MANY, "securitisation={every=100, from=5, share=1, price=1}"]].concat());
    assert_count("kept", 20_000 - whole.total(Flow::AccountsSold), 20_000.0, 0.05);
}

/// The loan that is sold in month 5, if it is: the first seed whose loan is.
fn sold_in_month_5(terms: &str) -> RunResult {
    let pool = format!("securitisation={{every=100, from=5, share=1, {terms}}}");
    (1..100)
        .map(|seed| run(&[ONE, &pool, &format!("run.seed={seed}")]))
        .find(|result| result.total(Flow::AccountsSold) == 1)
        .expect("19 of 20 are sold")
}

#[test]
fn a_loan_sold_brings_its_price_and_fees_on_its_schedule_and_nothing_else() {
    for (price, gain, loss) in [(1.02, 0.02, 0.0), (1.0, 0.0, 0.0), (0.97, 0.0, 0.03)] {
        let result = sold_in_month_5(&format!("price={price}, servicing_fee=0.012"));
        for month in 0..20 {
            let share = |of: Flow| flow(&result, month, of) as f64 / LOAN;
            let at = |value: f64| if month == 5 { value * left(5) } else { 0.0 };
            let what = format!("price {price}, month {month}");
            assert_close(&what, share(Flow::LoanSaleProceeds), at(1.0 - loss), 1e-9);
            assert_close(&what, share(Flow::LoanSaleGain), at(gain), 1e-9);
            assert_close(&what, share(Flow::LoanSaleLoss), at(loss), 1e-9);
            let serviced = if (6..=12).contains(&month) { left(month as i32 - 1) } else { 0.0 };
            assert_close(&what, share(Flow::ServicingFees), 0.001 * serviced, 1e-9);
            let earns = (1..=5).contains(&month);
            assert_eq!(share(Flow::InterestAccrued) > 0.0, earns, "{what}");
            assert_eq!(share(Flow::PrincipalScheduled) > 0.0, earns, "a sale is no repayment: {what}");
        }
        let losses: i64 = result.groups.iter().map(|flows| flows.net_credit_loss()).sum();
        assert_close("net loss", losses as f64 / LOAN, (loss - gain) * left(5), 1e-9);
        assert_eq!(result.total(Flow::PrincipalPrepaid) + result.total(Flow::ChargedOff), 0);
    }
}

#[test]
fn a_policy_sells_pools_while_it_holds() {
    let terms = "securitisation={share=0.3, retained=0.05, price=1}";
    let policy = "policy=[{name=\"pool\", from=3, to=4, securitise=true}]";
    let result = run(&[&SMALL[..], &[MANY, terms, policy]].concat());
    let first = flow(&result, 3, Flow::AccountsSold);
    assert_count("month 3", first, 20_000.0, 0.285);
    assert_count("month 4", flow(&result, 4, Flow::AccountsSold), (20_000 - first) as f64, 0.285);
    assert_eq!(result.total(Flow::AccountsSold), first + flow(&result, 4, Flow::AccountsSold));
}

#[test]
fn a_part_funded_by_securities_costs_their_rate_and_moves_no_loan() {
    let spread = "funding.spread=-0.005";
    let plain = run(&[spread]);
    let result = run(&[spread, "funding.abs_share=0.4", "funding.abs_spread=-0.012"]);
    // 60 % at 2.5 % and 40 % at 1.8 %.
    let rate = 0.6 * 0.025 + 0.4 * 0.018;
    for month in 1..40 {
        let opening = result.get(month - 1, MonthMetric::Balance) as f64;
        let cost = flow(&result, month, Flow::FundingPaid) as f64;
        assert_close(&format!("month {month}"), cost / LOAN, opening / LOAN * rate / 12.0, 1e-9);
    }
    for of in Flow::ALL.iter().filter(|of| **of != Flow::FundingPaid) {
        assert_eq!(result.total(*of), plain.total(*of), "{}", of.key());
    }
}
