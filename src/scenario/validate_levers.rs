//! Checks of levers: what policies move, where, and what would move nothing.

use super::Scenario;
use super::checker::Checker;
use super::tables::{Policy, Product};
use super::validate::Names;

/// Checks actions and their scopes.
pub fn check_policy(policy: &Policy, scenario: &Scenario, names: &Names<'_>, checker: &mut Checker<'_>) {
    let path = format!("policy.{}", policy.name);
    let tiers: Vec<&str> = scenario.collections.tier_names().collect();
    for (key, list, known, what) in [
        ("segments", &policy.segments, &names.segments, "segment"),
        ("channels", &policy.channels, &names.channels, "channel"),
        ("products", &policy.products, &names.products, "product"),
        ("tiers", &policy.tiers, &tiers, "collections tier"),
        ("launch", &policy.launch, &names.channels, "channel"),
    ] {
        for (at, name) in list.iter().flatten().enumerate() {
            checker.known(&format!("{path}.{key}.{at}"), name, known, what);
        }
    }
    scopes(policy, &path, checker);
    if let (Some(from), Some(to)) = (policy.from, policy.to) {
        checker.require(
            from <= to,
            &format!("{path}.to"),
            || format!("the policy ends in month {} before it begins in month {}", to.0, from.0),
            "raise `to` or lower `from`",
        );
    }
    let acts = graded(policy)
        || policy.launch.is_some()
        || policy.stop_new.is_some()
        || policy.stop_repeat.is_some()
        || policy.sell.is_some()
        || policy.securitise.is_some()
        || policy.close.is_some();
    checker.require(
        acts,
        &path,
        || format!("the policy {:?} does nothing", policy.name),
        "give an action: marketing, conversion, cutoff_new, cutoff_repeat, collections, limits, price, amount, tenor, hours, \
         launch, transfer, stop_new, stop_repeat, sell, securitise or close",
    );
    idle(policy, scenario, &path, checker);
}

/// Whether a policy moves something that can be moved in part.
pub fn graded(policy: &Policy) -> bool {
    policy.marketing.is_some()
        || policy.conversion.is_some()
        || policy.cutoff_new.is_some()
        || policy.cutoff_repeat.is_some()
        || policy.collections.is_some()
        || policy.limits.is_some()
        || policy.price.is_some()
        || policy.amount.is_some()
        || policy.tenor.is_some()
        || policy.hours.is_some()
        || policy.transfer.is_some()
}

/// A scope narrows actions of its kind.
fn scopes(policy: &Policy, path: &str, checker: &mut Checker<'_>) {
    let by_segment = policy.cutoff_new.is_some()
        || policy.cutoff_repeat.is_some()
        || policy.amount.is_some()
        || policy.marketing.is_some();
    checker.require(
        policy.segments.is_none() || by_segment,
        &format!("{path}.segments"),
        || "segments narrow marketing, cut-off and amount only, and this policy moves none".to_owned(),
        "leave segments out, or give marketing, cutoff_new, cutoff_repeat or amount",
    );
    checker.require(
        policy.channels.is_none() || policy.marketing.is_some(),
        &format!("{path}.channels"),
        || "channels narrow marketing only, and this policy moves none".to_owned(),
        "leave channels out, or give marketing",
    );
    let by_product =
        policy.price.is_some() || policy.amount.is_some() || policy.tenor.is_some() || policy.hours.is_some();
    checker.require(
        policy.products.is_none() || by_product,
        &format!("{path}.products"),
        || "products narrow price, amount, tenor and hours only, and this policy moves none".to_owned(),
        "leave products out, or give one of these",
    );
    checker.require(
        policy.tiers.is_none() || policy.collections.is_some(),
        &format!("{path}.tiers"),
        || "tiers narrow collections only, and this policy does not move them".to_owned(),
        "leave tiers out, or give collections",
    );
}

/// Whether a policy means a product.
fn means(policy: &Policy, product: &Product) -> bool {
    policy.products.as_ref().is_none_or(|names| names.contains(&product.name))
}

/// Levers that would move nothing, or what the model cannot remember.
fn idle(policy: &Policy, scenario: &Scenario, path: &str, checker: &mut Checker<'_>) {
    let products = || scenario.product.iter().filter(|product| means(policy, product));
    if policy.price.is_some()
        && let Some(product) = products().find(|product| product.reprice_months.is_some())
    {
        checker.problem(
            &format!("{path}.price"),
            format!("rates of {:?} are reset to the LPR, and a reset would forget the rise", product.name),
            "name other products, or leave reprice_months out",
        );
    }
    checker.require(
        policy.tenor.is_none() || products().any(|product| product.tenors.len() > 1),
        &format!("{path}.tenor"),
        || "there is no other tenor to move to".to_owned(),
        "give products with several tenors",
    );
    let waits = scenario.underwriting.abandonment_per_hour.is_some_and(|rate| rate.f64() > 0.0)
        && products().any(|product| product.automatic_hours.is_some() || product.manual_hours.is_some());
    checker.require(
        policy.hours.is_none() || waits,
        &format!("{path}.hours"),
        || "no decision takes time that anybody minds".to_owned(),
        "set underwriting.abandonment_per_hour and hours of the products, or leave it out",
    );
    checker.require(
        policy.launch.is_none() || scenario.plan.is_none(),
        &format!("{path}.launch"),
        || "planned loans need no channel to be open".to_owned(),
        "leave out [plan] or launch",
    );
}

/// What policies together may raise the rates of a product by.
pub fn price_most(product: &Product, scenario: &Scenario) -> f64 {
    let policies = scenario.policy.iter().flatten().filter(|policy| means(policy, product));
    policies.filter_map(|policy| policy.price).map(|price| price.f64().max(0.0)).sum()
}

/// The cap on contract rates over time.
pub fn apr_cap(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(steps) = scenario.regulation.as_ref().and_then(|rule| rule.apr_cap.as_ref()) else { return };
    let path = "regulation.apr_cap";
    let months: Vec<u64> = steps.iter().map(|step| step.month.0).collect();
    checker.ascending(path, &months, false);
    let highest = scenario.product.iter().map(|product| product.apr_cap).max();
    checker.require(
        steps.iter().any(|step| Some(step.apr) < highest),
        path,
        || "no product may be as dear as this anyway".to_owned(),
        "give a rate below the apr_cap of a product, or leave it out",
    );
}
