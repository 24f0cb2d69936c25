//! Checks across keys of revolving lines.

use super::Scenario;
use super::checker::Checker;
use super::tables::{Line, Product, Schedule};
use crate::rate::Amount;

/// A line's own keys, and keys of loans that would do nothing to a line.
pub fn line(product: &Product, scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(line) = &product.line else { return };
    let of_product = |key: &str| format!("product.{}.{key}", product.name);
    checker.require(
        product.schedule == Schedule::InterestOnly,
        &of_product("schedule"),
        || "a line has no instalments: its principal is repaid at will".to_owned(),
        "use schedule = \"interest_only\" with a line, or leave the line out",
    );
    for (key, given) in [
        ("payment_months", product.payment_months.is_some_and(|months| months.0 != 1)),
        ("rate_steps", product.rate_steps.is_some()),
        ("waiver", product.waiver.is_some()),
        ("prepayment_fee", product.prepayment_fee.is_some()),
        ("curtailment", product.curtailment.is_some()),
        ("day_count", product.days_of_year().is_some()),
    ] {
        checker.require(
            !given,
            &of_product(key),
            || format!("{key} is about loans, and this product is a line"),
            "leave it out: a line is paid every month, at one rate or at the LPR of its resets",
        );
    }
    let of_line = |key: &str| of_product(&format!("line.{key}"));
    let grades = scenario.underwriting.grade_scores.len() + 1;
    checker.require(
        line.limit_by_grade.len() == grades && line.limit_by_grade.iter().all(|share| share.f64() > 0.0),
        &of_line("limit_by_grade"),
        || format!("{} multiples, some perhaps 0, for {grades} grades", line.limit_by_grade.len()),
        "give one multiple above 0 per grade: one more than underwriting.grade_scores",
    );
    checker.require(
        line.limit_max >= product.amount_min,
        &of_line("limit_max"),
        || "no limit could be as high as the smallest amount".to_owned(),
        "raise it to amount_min at least",
    );
    checker.require(
        line.initial_share.is_none_or(|share| share.f64() > 0.0),
        &of_line("initial_share"),
        || "a first limit of 0 never grows".to_owned(),
        "give a share above 0, or leave it out",
    );
    let draws = line.draw_probability.f64() * line.draw_share.f64();
    checker.require(
        draws > 0.0 && line.inactive_share.f64() < 1.0,
        &of_line("draw_probability"),
        || "nothing is ever drawn".to_owned(),
        "give draw_probability and draw_share above 0 and inactive_share below 1",
    );
    rises(line, &of_line, checker);
}

/// A policy on limits is about lines.
pub fn limits(scenario: &Scenario, checker: &mut Checker<'_>) {
    let has_lines = scenario.product.iter().any(|product| product.line.is_some());
    for policy in scenario.policy.iter().flatten() {
        checker.require(
            policy.limits.is_none_or(|limits| has_lines && limits.f64() > 0.0),
            &format!("policy.{}.limits", policy.name),
            || "limits of lines are multiplied, and there is no line, or by nothing".to_owned(),
            "give a product a table [product.line] and limits above 0; stop_new = true admits nobody",
        );
    }
}

fn rises(line: &Line, of_line: &impl Fn(&str) -> String, checker: &mut Checker<'_>) {
    let rises = line.on_time_rise.as_ref().is_some_and(|rise| rise.share.f64() > 0.0);
    checker.require(
        rises || line.on_time_rise.is_none(),
        &of_line("on_time_rise"),
        || "the limit rises by nothing".to_owned(),
        "give a share above 0, or leave it out",
    );
    let reviewed = line.review.as_ref();
    checker.require(
        reviewed.is_none_or(|r| r.coverage.f64() > 0.0 && r.rise.f64() + r.cut.f64() > 0.0),
        &of_line("review"),
        || "the review changes no limit".to_owned(),
        "give a coverage above 0, and a rise or a cut above 0, or leave it out",
    );
    checker.require(
        line.rise_drawn_share.is_none() || rises || reviewed.is_some_and(|review| review.rise.f64() > 0.0),
        &of_line("rise_drawn_share"),
        || "no limit ever rises".to_owned(),
        "give on_time_rise or a review with a rise, or leave it out",
    );
}

/// Most that can be paid out to one customer within the horizon, in fen.
pub fn exposure(product: &Product, months: u64) -> f64 {
    product
        .line
        .as_ref()
        .map_or(product.amount_max.fen_f64(), |line| line.limit_max.fen_f64() * months as f64)
}

/// Largest balance of a customer.
pub fn balance_max(product: &Product) -> Amount {
    product.line.as_ref().map_or(product.amount_max, |line| line.limit_max)
}
