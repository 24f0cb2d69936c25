//! Checks across keys of what becomes of charged-off loans.

use super::Scenario;
use super::checker::Checker;
use super::tables::Product;
use super::validate_line::balance_max;

/// Sale of charged-off claims: prices by age, and that a sale is held at all.
pub fn sale(scenario: &Scenario, checker: &mut Checker<'_>) {
    let policies = || scenario.policy.iter().flatten();
    let Some(sale) = &scenario.sale else {
        for policy in policies().filter(|policy| policy.sell.is_some()) {
            checker.problem(
                &format!("policy.{}.sell", policy.name),
                "there is no price to sell at".to_owned(),
                "add a table [sale] with the key `price`",
            );
        }
        return;
    };
    let months: Vec<u64> = sale.price.iter().map(|step| step.months.0).collect();
    checker.ascending("sale.price", &months, true);
    for (key, given) in [("from", sale.from.is_some()), ("months_min", sale.months_min.is_some())] {
        checker.require(
            !given || sale.every.is_some(),
            &format!("sale.{key}"),
            || format!("{key} is about packages, and none is sold"),
            "give `every`, the months between packages, or leave it out",
        );
    }
    checker.require(
        sale.every.is_some() || policies().any(|policy| policy.sell == Some(true)),
        "sale",
        || "nothing is ever sold".to_owned(),
        "give `every`, the months between packages, or a policy with `sell = true`",
    );
}

/// A guarantee has a share above 0.
pub fn guarantee(product: &Product, checker: &mut Checker<'_>) {
    let path = format!("product.{}", product.name);
    let covered = product.guarantee_share.is_some_and(|share| share.f64() > 0.0);
    checker.require(
        covered || product.guarantee_share.is_none(),
        &format!("{path}.guarantee_share"),
        || "the guarantor pays nothing".to_owned(),
        "give a share above 0, or leave the guarantee out",
    );
    checker.require(
        product.guarantee_cap.is_none_or(|cap| cap.f64() > 0.0),
        &format!("{path}.guarantee_cap"),
        || "the guarantor pays nothing".to_owned(),
        "give a cap above 0, or leave it out",
    );
    for (key, given) in [
        ("guarantee_lag", product.guarantee_lag.is_some()),
        ("guarantee_fee", product.guarantee_fee.is_some()),
        ("guarantee_cap", product.guarantee_cap.is_some()),
    ] {
        checker.require(
            !given || product.guarantee_share.is_some(),
            &format!("{path}.{key}"),
            || "there is no guarantee it could be about".to_owned(),
            "give guarantee_share, the share of charged-off principal the guarantor pays",
        );
    }
}

/// A suit is about something and can bring something.
pub fn litigation(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(litigation) = &scenario.litigation else { return };
    for (key, value) in [("share", litigation.share), ("recovery", litigation.recovery)] {
        checker.require(
            value.f64() > 0.0,
            &format!("litigation.{key}"),
            || "suits with nothing to gain".to_owned(),
            "give a share above 0, or leave [litigation] out",
        );
    }
    let largest = scenario.product.iter().map(balance_max).max();
    checker.require(
        largest.is_none_or(|largest| litigation.amount_min <= largest),
        "litigation.amount_min",
        || "no loan is as large as that".to_owned(),
        "lower it to the largest amount_max of the products at most",
    );
}
