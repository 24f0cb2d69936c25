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
    }
    checker.require(
        scenario.closing.is_none() || policies().any(|policy| policy.close == Some(true)),
        "closing",
        || "the product is never closed".to_owned(),
        "give a policy with `close = true`, or leave [closing] out",
    );
}
