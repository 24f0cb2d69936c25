//! Checks across keys of the cost of money.

use super::Scenario;
use super::checker::Checker;
use super::tables::CurvePoint;
use crate::rate::Number;

/// A limit has a price beyond it, and a reserve is one.
pub fn funding(scenario: &Scenario, checker: &mut Checker<'_>) {
    let funding = &scenario.funding;
    checker.require(
        funding.limit.is_none_or(|limit| limit.decimal().is_sign_positive() && !limit.decimal().is_zero()),
        "funding.limit",
        || "a line of nothing".to_owned(),
        "give an amount above 0, or raise `spread` if all money is dearer",
    );
    checker.require(
        funding.limit.is_none() || funding.step_up.is_some_and(|rate| rate.f64() > 0.0),
        "funding.limit",
        || "money beyond the limit costs no more than within it".to_owned(),
        "give step_up, an annual rate above 0 on top of the cost of money, or leave limit out",
    );
    checker.require(
        funding.step_up.is_none() || funding.limit.is_some(),
        "funding.step_up",
        || "nothing says from which balance on".to_owned(),
        "give limit, the balance up to which money costs no more, or leave step_up out",
    );
    checker.require(
        funding.curve.is_none() || funding.term_premium.is_none(),
        "funding.curve",
        || "two prices of tenor".to_owned(),
        "leave term_premium out (in an overlay: without = [\"funding.term_premium\"]), or the curve",
    );
    let ascends = |points: &Vec<CurvePoint>| {
        !points.is_empty() && points.windows(2).all(|pair| pair[0].months.0 < pair[1].months.0)
    };
    checker.require(
        funding.curve.as_ref().is_none_or(ascends),
        "funding.curve",
        || "its points do not ascend by months".to_owned(),
        "give at least one point, each of more months than the one before: [{ months = 1, spread = -0.002 }, { months = 36, spread = 0.006 }]",
    );
    checker.require(
        funding.reserve_share.is_none_or(|share| share.f64() > 0.0),
        "funding.reserve_share",
        || "a reserve of nothing".to_owned(),
        "give a share above 0, or leave the reserve out",
    );
    checker.require(
        funding.reserve_yield.is_none() || funding.reserve_share.is_some(),
        "funding.reserve_yield",
        || "there is no reserve that could earn it".to_owned(),
        "give reserve_share, the reserve as a share of the balance, or leave reserve_yield out",
    );
    checker.require(
        funding.abs_share.is_some() == funding.abs_spread.is_some(),
        if funding.abs_share.is_some() { "funding.abs_share" } else { "funding.abs_spread" },
        || "asset-backed funding has a share of the balance and a spread over the LPR".to_owned(),
        "give both abs_share and abs_spread, or neither",
    );
    checker.require(
        funding.abs_share.is_none_or(|share| share.f64() > 0.0),
        "funding.abs_share",
        || "asset-backed funding of nothing".to_owned(),
        "give a share above 0, or leave abs_share and abs_spread out",
    );
}
