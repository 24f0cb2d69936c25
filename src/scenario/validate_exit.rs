//! Checks across keys of how a product ends.

use super::Scenario;
use super::checker::Checker;

/// A policy that closes has prices, and prices have a policy that closes. A transfer moves somebody.
pub fn closing(scenario: &Scenario, checker: &mut Checker<'_>) {
    let policies = || scenario.policy.iter().flatten();
    for policy in policies() {
        checker.require(
            policy.close.is_none() || scenario.closing.is_some(),
            &format!("policy.{}.close", policy.name),
            || "nothing says what loans on book fetch when the product ends".to_owned(),
            "add a table [closing] with current_price and past_due_price; 0 writes them off",
        );
        checker.require(
            policy.transfer.is_none_or(|share| share.f64() > 0.0),
            &format!("policy.{}.transfer", policy.name),
            || "nobody would move".to_owned(),
            "give a share of current loans per month above 0, or leave transfer out",
        );
        checker.require(
            policy.transfer.is_none() || has_loans(scenario),
            &format!("policy.{}.transfer", policy.name),
            || "all products are revolving lines, and those do not move".to_owned(),
            "leave transfer out, or give a product that is no line",
        );
    }
    checker.require(
        scenario.closing.is_none() || policies().any(|policy| policy.close == Some(true)),
        "closing",
        || "the product is never closed".to_owned(),
        "give a policy with `close = true`, or leave [closing] out",
    );
}

/// Whether a product has loans that can be moved or sold one by one.
fn has_loans(scenario: &Scenario) -> bool {
    scenario.product.iter().any(|product| product.line.is_none())
}

/// Somebody sells pools, and there is something in them.
pub fn securitisation(scenario: &Scenario, checker: &mut Checker<'_>) {
    let policies = || scenario.policy.iter().flatten();
    let Some(table) = &scenario.securitisation else {
        for policy in policies().filter(|policy| policy.securitise.is_some()) {
            checker.problem(
                &format!("policy.{}.securitise", policy.name),
                "nothing says what a pool is".to_owned(),
                "add a table [securitisation] with share and price",
            );
        }
        return;
    };
    let retained = table.retained.map_or(0.05, |share| share.f64());
    checker.require(
        table.share.f64() > 0.0,
        "securitisation.share",
        || "pools of nothing".to_owned(),
        "give a share of current loans above 0, or leave [securitisation] out",
    );
    checker.require(
        has_loans(scenario),
        "securitisation",
        || "all products are revolving lines, and pools are of loans".to_owned(),
        "leave [securitisation] out, or give a product that is no line",
    );
    checker.require(
        (0.05..1.0).contains(&retained),
        "securitisation.retained",
        || format!("an originator keeps at least 5 % of a pool, and not all of it; here {retained}"),
        "give a share from 0.05 to below 1",
    );
    checker.require(
        table.from.is_none() || table.every.is_some(),
        "securitisation.from",
        || "from is about pools in turn, and none is sold".to_owned(),
        "give `every`, the months between pools, or leave it out",
    );
    checker.require(
        table.every.is_some() || policies().any(|policy| policy.securitise == Some(true)),
        "securitisation",
        || "no pool is ever sold".to_owned(),
        "give `every`, the months between pools, or a policy with `securitise = true`",
    );
}
