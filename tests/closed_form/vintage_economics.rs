//! What vintages earn: a single vintage is the whole product, values of all customers are what all loans bring, discounts as by
//! hand.

use lendcycle::engine::{MonthMetric, RunResult, VintageEconomics};
use lendcycle::ledger::Flow;

use crate::laboratory::{assert_close, runs, setup};

const LAB: &str = "tests/scenarios/lab_finance.toml";
const SMALL: &str = "tests/scenarios/small_ecl.toml";

fn split(result: &RunResult) -> (&VintageEconomics, &[VintageEconomics]) {
    result.vintage_economics.split_last().expect("the opening book")
}

/// All that is earned belongs to the only vintage there is; discounted month by month.
#[test]
fn a_single_vintage_is_the_whole_product() {
    let plan = "plan.loans=[{ segment = \"lab\", channel = \"lab\", from = 0, to = 0, count = 300 }]";
    let result = &runs(&setup(LAB, &[plan, "delinquency.m0=[0.98, 0.02]"]), 1)[0];
    let (_, vintages) = split(result);
    let first = vintages[0];
    let profit: i64 = (0..40).map(|month| result.flows(month).profit()).sum();
    assert!(result.total(Flow::ChargedOff) > 0, "some losses");
    assert_eq!((first.contribution, first.loans_new, first.loans_repeat), (profit, 300, 0));
    assert!(vintages[1..].iter().all(|vintage| vintage.contribution == 0));
    assert_close("value", first.lifetime_value, (profit + first.marketing) as f64, 1e-12);
    assert_close("loans", first.loans_in_all, 300.0, 1e-12);
    let discounted: f64 = (0..40)
        .map(|month| result.flows(month).profit() as f64 * 1.12_f64.powf(-(month as f64) / 12.0))
        .sum();
    assert_close("discounted", first.lifetime_value_discounted, discounted + first.marketing as f64, 1e-9);
    let charge = result.total(Flow::CapitalChargeBeforeTax) as f64;
    assert_close("cost of equity", first.capital_charge_before_tax, charge, 1e-9);
    let balance: i64 = (0..40).map(|month| result.get(month, MonthMetric::Balance)).sum();
    assert_eq!(first.balance_months, balance);
}

/// Whatever the loans of later months bring belongs to customers of earlier ones: values of new customers are all there is.
#[test]
fn values_of_customers_add_up_to_what_all_loans_bring() {
    for result in runs(&setup(SMALL, &[]), 4) {
        let (opening, vintages) = split(&result);
        assert_eq!((opening.contribution, opening.loans_new), (0, 0), "no opening book");
        let of_customers: f64 = vintages
            .iter()
            .filter(|vintage| vintage.loans_new > 0)
            .map(|vintage| {
                let loans = (vintage.loans_new + vintage.loans_repeat) as f64;
                vintage.lifetime_value * vintage.loans_new as f64 / loans
            })
            .sum();
        let of_loans: i64 = vintages.iter().map(|vintage| vintage.contribution + vintage.marketing).sum();
        assert!(vintages.iter().any(|vintage| vintage.loans_repeat > 0));
        // Months that made no loan have costs all the same.
        let idle = |vintage: &&VintageEconomics| vintage.loans_new + vintage.loans_repeat == 0;
        let of_none: i64 =
            vintages.iter().filter(idle).map(|vintage| vintage.contribution + vintage.marketing).sum();
        assert_close("value", of_customers, (of_loans - of_none) as f64, 1e-6);
        let in_all: f64 = vintages
            .iter()
            .filter(|vintage| vintage.loans_new > 0)
            .map(|v| v.loans_in_all * v.loans_new as f64 / (v.loans_new + v.loans_repeat) as f64)
            .sum();
        let loans: i64 = vintages.iter().map(|vintage| vintage.loans_new + vintage.loans_repeat).sum();
        assert_close("loans", in_all, loans as f64, 1e-9);
        // Interest and losses of vintages are those of the ledger.
        let interest: i64 = vintages.iter().map(|vintage| vintage.interest).sum();
        let months = result.stages.len();
        let booked: i64 = (0..months).map(|month| result.flows(month).interest_income()).sum();
        assert_eq!(interest, booked);
    }
}

/// Dearer servicing leaves less of every vintage, and its interest as it is.
#[test]
fn what_costs_more_leaves_less_of_a_vintage() {
    let plan = "plan.loans=[{ segment = \"lab\", channel = \"lab\", from = 0, to = 5, count = 50 }]";
    let of = |cost: &str| {
        let result = &runs(&setup(LAB, &[plan, cost]), 1)[0];
        let vintages = split(result).1;
        (vintages[3].interest, vintages[3].contribution)
    };
    let (cheap, dear) = (of("servicing.balance_cost=0.01"), of("servicing.balance_cost=0.03"));
    assert_eq!(cheap.0, dear.0);
    assert!(cheap.1 > dear.1);
}
