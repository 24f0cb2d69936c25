//! What may change from a month on. Names, what is drawn or sized once, and contracts already made stay as they are.

use super::Scenario;
use super::dated::states;
use super::node::Node;
use super::parts::{Difference, differences};
use super::problem::Problem;

/// Checks the scenarios of later months: each by itself, and against the first.
pub fn later(scenario: &Scenario, tree: &Node, problems: &mut Vec<Problem>) {
    for ((_, state), later) in states(tree).iter().skip(1).zip(scenario.later.iter().flatten()) {
        super::validate::validate(&later.scenario, state, problems);
        for found in differences(tree, state) {
            if let Some(reason) = refused(&found, scenario, &later.scenario)
                && let Some(node) = found.sides[1].or(found.sides[0])
            {
                problems.push(
                    Problem::at(&node.span, found.path, "this cannot change from a month on").help(reason),
                );
            }
        }
    }
}

/// Tables that may come from a month on.
const MAY_COME: [&str; 9] = [
    "affordability",
    "care",
    "closing",
    "litigation",
    "loyalty",
    "prescreen",
    "regulation",
    "reminder",
    "sale",
];

/// What makes a contract.
const CONTRACT: [&str; 12] = [
    "schedule",
    "payment_months",
    "interest_only_months",
    "balloon",
    "rate_steps",
    "waiver",
    "rate_base",
    "reprice_months",
    "day_count",
    "curtailment",
    "grace_days",
    "line",
];

/// Why a place may not change, if it may not.
fn refused(found: &Difference, first: &Scenario, later: &Scenario) -> Option<&'static str> {
    let parts: Vec<&str> = found.path.split('.').collect();
    let is_one_sided = found.sides.iter().any(Option::is_none);
    match parts[..] {
        ["later"] => None,
        ["run" | "schema", ..] => Some("runs, horizon, seed and start hold for the whole scenario"),
        ["lifecycle", ..] => Some("stages are told by one rule for the whole life"),
        ["competition", ..] | ["market", "rivals_max"] => Some("rivals are drawn once, for all months"),
        ["opening_book" | "launch", ..] | ["economy", "factor_initial"] | ["market", "rivals_initial"] => {
            Some("it belongs to the first month")
        }
        ["policy"] => None,
        ["policy", _] if found.sides[0].is_none() => None,
        ["policy", ..] => Some("end the policy with `to` in the scenario, and add another one here"),
        [table] if is_one_sided && !MAY_COME.contains(&table) => Some(
            "only these tables can come later: affordability, care, closing, litigation, loyalty, prescreen, regulation, reminder, sale",
        ),
        ["segment" | "channel" | "product" | "region" | "collections", ..]
            if is_one_sided && parts.len() < 4 && is_member(found) =>
        {
            Some(
                "who is there is there from the first month: open a channel with a policy (`launch`), stop new loans with `stop_new`",
            )
        }
        ["collections", "first_month"] if is_one_sided => {
            Some("its tiers are there from the first month or not at all")
        }
        ["segment", _, "region" | "affordability", ..] if is_one_sided => {
            Some("it belongs to the first month")
        }
        ["channel", _, "audience", _] if is_one_sided => {
            Some("a channel reaches its segments from the first month on")
        }
        ["product", _, key, ..] if CONTRACT.contains(&key) => Some(
            "contracts on book were made under it: add a product for the new terms, and steer between them with policies",
        ),
        ["product", _, "tenors"] if !same_tenors(first, later) => {
            Some("tenors stay what they are; only their shares can change")
        }
        ["underwriting", "grade_scores"]
            if first.underwriting.grade_scores.len() != later.underwriting.grade_scores.len() =>
        {
            Some("the number of grades stays what it is")
        }
        _ => None,
    }
}

/// Whether what stands on one side only is a member of a list, not a key.
fn is_member(found: &Difference) -> bool {
    found.sides.iter().flatten().any(|node| node.name().is_some())
}

fn same_tenors(first: &Scenario, later: &Scenario) -> bool {
    let months = |scenario: &Scenario| -> Vec<Vec<u64>> {
        let of =
            |product: &super::tables::Product| product.tenors.iter().map(|tenor| tenor.months.0).collect();
        scenario.product.iter().map(of).collect()
    };
    months(first) == months(later)
}
