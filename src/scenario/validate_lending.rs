//! Checks across keys of lending: products, underwriting, delinquency, collections, stages.

use rust_decimal::Decimal;

use super::Scenario;
use super::checker::Checker;
use super::repayment::{check_all_in, check_repayment};
use super::tables::Product;
use crate::money::Fen;
use crate::rate::{Amount, Number, Probability};

/// Rates, tenors and amounts of a product.
pub fn check_product(product: &Product, scenario: &Scenario, checker: &mut Checker<'_>) {
    let path = format!("product.{}", product.name);
    let shares: Vec<Decimal> = product.tenors.iter().map(|tenor| tenor.share.decimal()).collect();
    checker.sum(&format!("{path}.tenors"), &shares, Decimal::ONE);
    let months: Vec<u64> = product.tenors.iter().map(|tenor| tenor.months.0).collect();
    checker.ascending(&format!("{path}.tenors"), &months, false);
    let before = checker.problems.len();
    check_repayment(product, scenario, checker);
    let repayable = checker.problems.len() == before;
    let grades = scenario.underwriting.grade_scores.len() + 1;
    checker.require(
        product.grade_spread.len() == grades,
        &format!("{path}.grade_spread"),
        || format!("{} spreads for {grades} grades", product.grade_spread.len()),
        "give one spread per grade: one more than underwriting.grade_scores",
    );
    checker.require(
        product.apr_floor <= product.apr_cap,
        &format!("{path}.apr_floor"),
        || format!("the floor {} is above the cap {}", product.apr_floor, product.apr_cap),
        "lower apr_floor or raise apr_cap",
    );
    let highest = scenario.economy.lpr.iter().map(|step| step.apr.decimal()).max().unwrap_or_default();
    let cost = highest + scenario.funding.spread.decimal();
    checker.require(
        product.apr_floor.decimal() >= cost,
        &format!("{path}.apr_floor"),
        || format!("the floor {} is below the cost of funding, {cost}", product.apr_floor),
        "raise apr_floor to the LPR plus funding.spread at least",
    );
    amounts(product, &path, checker);
    if repayable && product.grade_spread.len() == grades && product.apr_floor <= product.apr_cap {
        check_all_in(product, scenario, checker);
    }
}

fn amounts(product: &Product, path: &str, checker: &mut Checker<'_>) {
    let step = product.amount_step.0.0;
    checker.require(
        step > 0,
        &format!("{path}.amount_step"),
        || "the step is 0".to_owned(),
        "give a step such as 100.00",
    );
    checker.require(
        product.amount_min > Amount(Fen::ZERO)
            && product.amount_min <= product.amount_median
            && product.amount_median <= product.amount_max,
        &format!("{path}.amount_median"),
        || "amount_min, amount_median and amount_max do not ascend from above 0".to_owned(),
        "order them: 0 < amount_min <= amount_median <= amount_max",
    );
    for (key, amount) in [("amount_min", product.amount_min), ("amount_max", product.amount_max)] {
        checker.require(
            step == 0 || amount.0.0 % step == 0,
            &format!("{path}.{key}"),
            || format!("{} is not a whole multiple of amount_step", amount.decimal()),
            "make it a multiple of amount_step",
        );
    }
}

/// Grades.
pub fn underwriting(scenario: &Scenario, checker: &mut Checker<'_>) {
    let scores = &scenario.underwriting.grade_scores;
    checker.require(
        scores.windows(2).all(|pair| pair[0] > pair[1]),
        "underwriting.grade_scores",
        || "the scores do not descend".to_owned(),
        "list the lowest score of each grade, best grade first",
    );
    checker.require(
        scores.len() < 16,
        "underwriting.grade_scores",
        || format!("{} grades are too many", scores.len() + 1),
        "use at most 16 grades",
    );
}

/// Transition rows and days past due.
pub fn delinquency(scenario: &Scenario, checker: &mut Checker<'_>) {
    let d = &scenario.delinquency;
    let rows: [&[Probability]; 7] = [&d.m0, &d.m1, &d.m2, &d.m3, &d.m4, &d.m5, &d.m6];
    for (bucket, row) in rows.iter().enumerate() {
        let values: Vec<Decimal> = row.iter().map(|p| p.decimal()).collect();
        checker.sum(&format!("delinquency.m{bucket}"), &values, Decimal::ONE);
    }
    checker.require(
        d.charge_off_days.0.is_multiple_of(30),
        "delinquency.charge_off_days",
        || format!("{} is not a multiple of 30", d.charge_off_days.0),
        "use 120, 150, 180, 270, 360, …",
    );
    checker.require(
        scenario.repeat.days_past_due_max.0.is_multiple_of(30),
        "repeat.days_past_due_max",
        || format!("{} is not a multiple of 30", scenario.repeat.days_past_due_max.0),
        "use 0, 30, 60, 90, 120 or 150",
    );
}

/// Thresholds out of order would make labels flip back and forth.
pub fn lifecycle(scenario: &Scenario, checker: &mut Checker<'_>) {
    let l = &scenario.lifecycle;
    checker.require(
        l.decline_growth <= l.recovery_growth
            && l.recovery_growth <= l.plateau_growth
            && l.plateau_growth <= l.second_growth,
        "lifecycle.decline_growth",
        || "the growth thresholds are out of order".to_owned(),
        "order them: decline_growth <= recovery_growth <= plateau_growth <= second_growth",
    );
    checker.require(
        l.exit_originations <= l.relaunch_originations,
        "lifecycle.relaunch_originations",
        || "it is below exit_originations: exit would be left as soon as it is entered".to_owned(),
        "raise relaunch_originations to exit_originations at least",
    );
}
