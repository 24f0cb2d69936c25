//! Checks across keys of competition: every term that is weighed is given, and nothing is given that is not weighed.

use super::Scenario;
use super::checker::Checker;
use super::tables::{Competition, Product, Watched};

/// Checks `[competition]` and all that only it uses.
pub fn competition(scenario: &Scenario, checker: &mut Checker<'_>) {
    knowledge_of_risk(scenario, checker);
    let Some(table) = &scenario.competition else {
        without(scenario, checker);
        return;
    };
    checker.require(
        scenario.market.take_up_effect.f64() == 0.0,
        "market.take_up_effect",
        || "rivals would count twice: by their offers and by their number".to_owned(),
        "set it to 0, or leave [competition] out",
    );
    for product in scenario.product.iter().filter(|product| product.takes_up_all_in()) {
        checker.problem(
            &format!("product.{}.take_up_rate", product.name),
            "customers compare the contract rates of lenders".to_owned(),
            "leave take_up_rate out, or leave [competition] out",
        );
    }
    weights(table, checker);
    let products = scenario.product.iter().filter(|product| product.rival_terms.is_none());
    let unopposed: Vec<&str> = products.map(|product| product.name.as_str()).collect();
    checker.require(
        unopposed.is_empty(),
        "competition",
        || format!("nothing says what rivals offer against {}", unopposed.join(", ")),
        "give each product rival_terms = { apr = 0.07 } or so, or leave [competition] out",
    );
    for product in &scenario.product {
        offers(product, table, checker);
    }
    for segment in &scenario.segment {
        let Some(minds) = &segment.preferences else { continue };
        for (key, given, weight) in [
            ("limit", minds.limit.is_some(), table.limit_weight.is_some()),
            ("speed", minds.speed.is_some(), table.speed_weight.is_some()),
            ("flexibility", minds.flexibility.is_some(), table.flexibility_weight.is_some()),
        ] {
            let path = format!("segment.{}.preferences.{key}", segment.name);
            needs_weight(&path, key, given, weight, checker);
        }
    }
    rivals(scenario, table, checker);
}

/// What does nothing without `[competition]`.
fn without(scenario: &Scenario, checker: &mut Checker<'_>) {
    let mut idle = Vec::new();
    for segment in scenario.segment.iter().filter(|segment| segment.preferences.is_some()) {
        idle.push(format!("segment.{}.preferences", segment.name));
    }
    for product in &scenario.product {
        for (key, given) in
            [("rival_terms", product.rival_terms.is_some()), ("flexibility", product.flexibility.is_some())]
        {
            if given {
                idle.push(format!("product.{}.{key}", product.name));
            }
        }
    }
    for policy in scenario.policy.iter().flatten() {
        for (at, when) in policy.when.iter().flatten().enumerate() {
            if matches!(when.metric, Watched::RivalAdvantage | Watched::MarketShare) {
                idle.push(format!("policy.{}.when.{at}.metric", policy.name));
            }
        }
    }
    for path in idle {
        let message = "rivals have no offers to compare with".to_owned();
        checker.problem(&path, message, "add a table [competition], or leave it out");
    }
}

fn needs_weight(path: &str, key: &str, given: bool, weight: bool, checker: &mut Checker<'_>) {
    checker.require(
        !given || weight,
        path,
        || format!("the {key} is not weighed in a choice"),
        &format!("give competition.{key}_weight, or leave it out"),
    );
}

fn weights(table: &Competition, checker: &mut Checker<'_>) {
    for (key, of, given, weight) in [
        ("limit_deviation", "limit", table.limit_deviation.is_some(), table.limit_weight.is_some()),
        ("hours_deviation", "speed", table.hours_deviation.is_some(), table.speed_weight.is_some()),
    ] {
        needs_weight(&format!("competition.{key}"), of, given, weight, checker);
    }
    for rival in table.incumbent.iter().flatten() {
        for (key, of, given, weight) in [
            ("limit_multiple", "limit", rival.limit_multiple.is_some(), table.limit_weight.is_some()),
            ("hours_multiple", "speed", rival.hours_multiple.is_some(), table.speed_weight.is_some()),
        ] {
            needs_weight(&format!("competition.incumbent.{}.{key}", rival.name), of, given, weight, checker);
        }
    }
}

/// Rivals have terms beside the product's own, one for each weight.
fn offers(product: &Product, table: &Competition, checker: &mut Checker<'_>) {
    let path = format!("product.{}", product.name);
    let Some(terms) = &product.rival_terms else { return };
    for (key, of, given, weight) in [
        ("limit", "limit", terms.limit.is_some(), table.limit_weight.is_some()),
        ("hours", "speed", terms.hours.is_some(), table.speed_weight.is_some()),
        ("flexibility", "flexibility", terms.flexibility.is_some(), table.flexibility_weight.is_some()),
    ] {
        let path = format!("{path}.rival_terms.{key}");
        needs_weight(&path, of, given, weight, checker);
        checker.require(
            given || !weight,
            &path,
            || format!("competition.{of}_weight weighs it, and rivals have none"),
            &format!("give {key}, or leave the weight out"),
        );
    }
    checker.require(
        terms.limit.is_none_or(|limit| limit.0.0 > 0),
        &format!("{path}.rival_terms.limit"),
        || "a limit of nothing is no offer".to_owned(),
        "give the largest amount that rivals lend",
    );
    let weighed = table.flexibility_weight.is_some();
    let path = format!("{path}.flexibility");
    needs_weight(&path, "flexibility", product.flexibility.is_some(), weighed, checker);
    checker.require(
        !weighed || product.flexibility.is_some(),
        &path,
        || "competition.flexibility_weight weighs it, and the product has none".to_owned(),
        "give flexibility from 0 to 1, or leave the weight out",
    );
}

fn rivals(scenario: &Scenario, table: &Competition, checker: &mut Checker<'_>) {
    let named: Vec<&str> = table.incumbent.iter().flatten().map(|rival| rival.name.as_str()).collect();
    checker.unique("competition.incumbent", &named);
    let (initial, most) = (scenario.market.rivals_initial.0, scenario.market.rivals_max.0);
    checker.require(
        named.len() as u64 <= initial,
        "competition.incumbent",
        || format!("{} rivals are named, and {initial} are there in month 0", named.len()),
        "raise market.rivals_initial: those named are its first",
    );
    let Some(war) = &table.price_war else { return };
    checker.require(
        war.rivals_min.0 <= most,
        "competition.price_war.rivals_min",
        || format!("there are never {} rivals, but {most} at most", war.rivals_min.0),
        "lower it, or raise market.rivals_max",
    );
    checker.require(
        war.speed.f64() > 0.0,
        "competition.price_war.speed",
        || "a war in which no rate falls".to_owned(),
        "give a share above 0 per month, or leave price_war out",
    );
}

/// Borrowers know more than the score only if the score errs.
fn knowledge_of_risk(scenario: &Scenario, checker: &mut Checker<'_>) {
    let errs = scenario.underwriting.score_error.f64() > 0.0;
    for product in scenario.product.iter().filter(|product| product.take_up_risk_slope.is_some()) {
        checker.require(
            errs,
            &format!("product.{}.take_up_risk_slope", product.name),
            || "the score shows all there is to know".to_owned(),
            "give an underwriting.score_error above 0, or leave it out",
        );
    }
}
