//! T38: recoveries after charge-off; contacts, their effect and cost; what a late payer pays.

use lendcycle::engine::{MonthMetric, RunResult, simulate_run};
use lendcycle::ledger::Flow;
use lendcycle::model::collections::{contact_effect, contacts_per_account};
use lendcycle::model::recovery::{cumulative_recovery, factor_multiplier, monthly_share, present_value};

use crate::laboratory::{ALL_ROLL, LAB, assert_close, assert_count, flow, setup};

/// The laboratory's loan, in fen.
const LOAN: f64 = 1e10;
/// One loan in month 0.
const ONE: &str = "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=1}]";
const CHARGED_OFF_IN: usize = 7;

fn run(parts: &[&[&str]]) -> RunResult {
    let settings: Vec<&str> = parts.concat();
    simulate_run(&setup(LAB, &settings), 0, &mut Default::default())
}

#[test]
fn recovery_formulas_match_worked_numbers() {
    for (months, cumulative) in [(12.0, 0.074053), (24.0, 0.102407), (36.0, 0.113264)] {
        assert_close("cumulative", cumulative_recovery(0.12, 0.08, months), cumulative, 5e-7);
    }
    let delta = 1.10_f64.ln() / 12.0;
    assert_close("PV at 10 % EAR", present_value(0.12, 0.08, delta), 0.109162, 5e-7);
    assert_close("first month", monthly_share(0.08), 1.0 - (-0.08_f64).exp(), 1e-15);
    // exp(effect Z - effect^2 / 2): the mean over Z is 1.
    assert_close("downturn", factor_multiplier(0.15, -2.0), (-0.31125_f64).exp(), 1e-15);
    assert_close("no effect", factor_multiplier(0.0, -2.0), 1.0, 1e-15);
}

#[test]
fn recoveries_of_a_charged_off_cohort_decay_from_the_month_after() {
    let settings = ["recovery.total=0.12", "recovery.speed=0.08", "recovery.cost=0.30", "run.months=60"];
    let result = run(&[&ALL_ROLL, &[ONE], &settings]);
    assert_eq!(flow(&result, CHARGED_OFF_IN, Flow::ChargedOff), LOAN as i64);
    let mut cumulative = 0.0;
    for month in 0..60 {
        let recovered = flow(&result, month, Flow::Recoveries) as f64 / LOAN;
        cumulative += recovered;
        let age = month as f64 - CHARGED_OFF_IN as f64;
        let expected =
            if age < 1.0 { 0.0 } else { 0.12 * ((-0.08 * (age - 1.0)).exp() - (-0.08 * age).exp()) };
        assert_close(&format!("recovered {age} months after charge-off"), recovered, expected, 1e-9);
        let cost = flow(&result, month, Flow::CollectionsPaid) as f64 / LOAN;
        assert_close("30 % to collectors", cost, 0.30 * expected, 1e-9);
        match month - CHARGED_OFF_IN.min(month) {
            12 => assert_close("after 12 months", cumulative, 0.074053, 5e-7),
            24 => assert_close("after 24 months", cumulative, 0.102407, 5e-7),
            36 => assert_close("after 36 months", cumulative, 0.113264, 5e-7),
            _ => {}
        }
    }
}

#[test]
fn downturns_lower_recoveries() {
    let good = ["recovery.total=0.12", "recovery.factor_effect=0.15", "economy.factor_path=[1.5]"];
    let bad = ["recovery.total=0.12", "recovery.factor_effect=0.15", "economy.factor_path=[-2.0]"];
    let recovered = |economy: &[&str]| run(&[&ALL_ROLL, &[ONE], economy]).total(Flow::Recoveries) as f64;
    assert_close("ratio", recovered(&good) / recovered(&bad), (0.15_f64 * 3.5).exp(), 1e-8);
}

#[test]
fn contacts_are_aimed_allowed_and_possible() {
    assert_eq!(contacts_per_account(4.0, 8.0, 12_000.0, 2_000.0), 4.0);
    assert_eq!(contacts_per_account(4.0, 3.0, 12_000.0, 2_000.0), 3.0);
    assert_eq!(contacts_per_account(4.0, 8.0, 12_000.0, 6_000.0), 2.0);
    assert_eq!(contacts_per_account(4.0, 8.0, 0.0, 0.0), 4.0);
}

#[test]
fn contact_effect_saturates_and_is_zero_where_observed() {
    assert_eq!(contact_effect(0.8, 4.0, 4.0, 3.0), 0.0);
    assert_close("63 %", contact_effect(0.8, 3.0, 0.0, 3.0), 0.8 * (1.0 - (-1.0_f64).exp()), 1e-15);
    assert_close("all", contact_effect(0.8, 1e6, 0.0, 3.0), 0.8, 1e-15);
    assert_close("none", contact_effect(0.8, 0.0, 3.0, 3.0), -0.8 * (1.0 - (-1.0_f64).exp()), 1e-15);
    let gain = |contacts: f64| {
        contact_effect(0.8, contacts + 1.0, 4.0, 3.0) - contact_effect(0.8, contacts, 4.0, 3.0)
    };
    assert!((0..20).all(|e| gain(f64::from(e)) > gain(f64::from(e) + 1.0)), "returns diminish");
}

/// Loans of which all miss in month 1; M1 then rolls on with 45 %.
fn late_cohort(settings: &[&str]) -> RunResult {
    let given = [
        "plan.loans=[{segment=\"lab\", channel=\"lab\", from=0, to=0, count=20000}]",
        "product.lab.amount_min=1000.00",
        "product.lab.amount_median=1000.00",
        "product.lab.amount_max=1000.00",
        "delinquency.m0=[0, 1]",
        "run.months=3",
        "collections.tier.early.effect_max=0.8",
        "collections.tier.early.contacts_max=30",
        "collections.tier.early.contacts_scale=3",
        "collections.tier.early.contacts_observed=4",
        "collections.tier.early.contact_cost=0.80",
        "collections.tier.early.capacity=1000000",
    ];
    run(&[&given, settings])
}

#[test]
fn contacts_lower_the_odds_of_rolling_on_and_cost_per_contact() {
    for (contacts, capacity) in [(4.0, 1e6), (10.0, 1e6), (0.0, 1e6), (4.0, 30_000.0)] {
        let result = late_cohort(&[
            &format!("collections.tier.early.contacts={contacts:.1}"),
            &format!("collections.tier.early.capacity={capacity}"),
        ]);
        let made = f64::min(contacts, capacity / 20_000.0);
        let effect = 0.8 * ((-4.0_f64 / 3.0).exp() - (-made / 3.0).exp());
        let odds = 0.45 / 0.55 * ((-effect * 32.0).round() / 32.0).exp();
        let rolled = result.get(2, MonthMetric::BucketAccounts(2));
        assert_count(&format!("{made} contacts"), rolled, 20_000.0, odds / (1.0 + odds));
        let contacts = made * 20_000.0;
        assert_close("contacts", result.get(2, MonthMetric::Contacts) as f64, contacts, 1e-12);
        assert_close("cost", flow(&result, 2, Flow::CollectionsPaid) as f64, contacts * 80.0, 1e-12);
    }
}

#[test]
fn contingency_is_a_share_of_what_late_payers_pay() {
    let result = late_cohort(&[
        "delinquency.m1=[1, 0, 0]",
        "collections.tier.early.contact_cost=0",
        "collections.tier.early.contingency=0.25",
        "product.lab.penalty_multiple=1.5",
    ]);
    let paid = [Flow::PrincipalArrears, Flow::InterestReceived, Flow::PenaltyReceived];
    let cash: i64 = paid.iter().map(|of| flow(&result, 2, *of)).sum();
    assert!(cash > 0);
    assert_close("a quarter", flow(&result, 2, Flow::CollectionsPaid) as f64, 0.25 * cash as f64, 1e-9);
}

#[test]
fn a_late_payer_pays_two_instalments_and_penalty_interest() {
    // 100,000,000.00 at 1.5 % a month over 12 months: missed in month 1, cured in month 2.
    let late = ["delinquency.m0=[0, 1]", "delinquency.m1=[1, 0, 0]", "product.lab.penalty_multiple=1.5"];
    let result = run(&[&[ONE], &late]);
    let payment = 0.015 / (1.0 - 1.015_f64.powi(-12));
    let principal = |k: i32| payment * 1.015_f64.powi(k - 13);
    let month = |of: Flow| flow(&result, 2, of) as f64 / LOAN;
    assert_close("arrears", month(Flow::PrincipalArrears), principal(1) + principal(2), 1e-9);
    let interest = 2.0 * payment - principal(1) - principal(2);
    assert_close("interest of both months", month(Flow::InterestReceived), interest, 1e-9);
    assert_close("penalty", month(Flow::PenaltyReceived), 1.5 * 0.015 * principal(1), 1e-9);
    assert_eq!(flow(&result, 2, Flow::AccountsCured), 1);
    assert_eq!(result.get(2, MonthMetric::BucketAccounts(0)), 1, "current again");
    let left = result.get(2, MonthMetric::Balance) as f64 / LOAN;
    assert_close("the contract's balance", left, 1.0 - principal(1) - principal(2), 1e-9);
}

#[test]
fn suspended_interest_is_income_only_when_paid() {
    // Rolls until more than 90 days past due (end of month 4), then pays everything in month 5.
    let rows = [
        "delinquency.m0=[0, 1]",
        "delinquency.m1=[0, 0, 1]",
        "delinquency.m2=[0, 0, 0, 1]",
        "delinquency.m3=[0, 0, 0, 0, 1]",
        "delinquency.m4=[1, 0, 0, 0, 0, 0]",
        "product.lab.schedule=\"interest_only\"",
    ];
    let result = run(&[&[ONE], &rows]);
    let interest = 150_000_000;
    assert_eq!(flow(&result, 4, Flow::InterestReversed), 4 * interest);
    assert_eq!(flow(&result, 5, Flow::InterestCashBasis), 5 * interest, "four reversed and one suspended");
    assert_eq!(flow(&result, 5, Flow::InterestReceived), 0);
    let income: i64 = (0..6)
        .map(|m| flow(&result, m, Flow::InterestAccrued) - flow(&result, m, Flow::InterestReversed))
        .sum::<i64>()
        + result.get(5, MonthMetric::Flow(Flow::InterestCashBasis));
    assert_eq!(income, 5 * interest, "in all, the contract's interest");
}
