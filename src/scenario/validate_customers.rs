//! Checks across keys of customers from loan to loan: caps by grade, the ladder.

use super::Scenario;
use super::checker::Checker;
use super::tables::Product;
use crate::rate::Number;

/// Largest amounts and longest tenors by grade.
pub fn grade_caps(product: &Product, scenario: &Scenario, checker: &mut Checker<'_>) {
    let grades = scenario.underwriting.grade_scores.len() + 1;
    let path = format!("product.{}.grade_amount_max", product.name);
    if let Some(amounts) = &product.grade_amount_max {
        by_grade(&path, amounts.len(), grades, checker);
        let step = product.amount_step.0.0;
        let fits = |amount: i64| {
            product.amount_min.0.0 <= amount
                && amount <= product.amount_max.0.0
                && (step == 0 || amount % step == 0)
        };
        if let Some(amount) = amounts.iter().find(|amount| !fits(amount.0.0)) {
            checker.problem(
                &path,
                format!("{} is no amount of the product", amount.decimal()),
                "give whole multiples of amount_step from amount_min to amount_max",
            );
        }
        checker.require(
            amounts.iter().any(|amount| *amount < product.amount_max),
            &path,
            || "no grade gets less than amount_max".to_owned(),
            "lower a grade's amount, or leave the key out",
        );
    }
    let path = format!("product.{}.grade_tenor_max", product.name);
    if let Some(months) = &product.grade_tenor_max {
        by_grade(&path, months.len(), grades, checker);
        let tenors = || product.tenors.iter().map(|tenor| tenor.months.0);
        let (shortest, longest) = (tenors().min().unwrap_or(0), tenors().max().unwrap_or(0));
        checker.require(
            months.iter().all(|most| most.0 >= shortest),
            &path,
            || format!("a grade would get no loan: the shortest tenor is {shortest} months"),
            "give each grade the shortest tenor at least",
        );
        checker.require(
            months.iter().any(|most| most.0 < longest),
            &path,
            || format!("no grade gets less than the longest tenor, {longest} months"),
            "lower a grade's tenor, or leave the key out",
        );
    }
}

fn by_grade(path: &str, given: usize, grades: usize, checker: &mut Checker<'_>) {
    checker.require(
        given == grades,
        path,
        || format!("{given} values for {grades} grades"),
        "give one value per grade: one more than underwriting.grade_scores",
    );
}

/// A ladder leads somewhere, and customers come back to climb it.
pub fn ladder(scenario: &Scenario, checker: &mut Checker<'_>) {
    let Some(ladder) = &scenario.ladder else { return };
    let rises = ladder.limit_rise.is_some_and(|rise| rise.f64() > 0.0);
    let cuts = ladder.rate_cut.is_some_and(|cut| cut.f64() > 0.0);
    checker.require(
        rises || cuts,
        "ladder",
        || "a rung gives nothing".to_owned(),
        "give limit_rise = 0.10 or rate_cut = 0.002 or so, or leave [ladder] out",
    );
    checker.require(
        ladder.first_share.is_none_or(|share| share.f64() > 0.0),
        "ladder.first_share",
        || "first loans would be of nothing".to_owned(),
        "give a share above 0",
    );
    checker.require(
        scenario.repeat.rate.f64() > 0.0,
        "ladder",
        || "nobody comes back: repeat.rate is 0".to_owned(),
        "give a repeat.rate above 0, or leave [ladder] out",
    );
    let longest =
        scenario.product.iter().flat_map(|product| &product.tenors).map(|tenor| tenor.months.0).max();
    checker.require(
        longest.is_none_or(|months| ladder.streak_months.0 <= months),
        "ladder.streak_months",
        || format!("no loan lasts {} months: no rung is ever earned", ladder.streak_months.0),
        "lower it to the longest tenor at most",
    );
}

/// Points, calls on good customers, and what rivals do to return and refinancing.
pub fn returning(scenario: &Scenario, checker: &mut Checker<'_>) {
    let nobody = scenario.repeat.rate.f64() == 0.0;
    let idle = |given: bool| !(nobody && given);
    let none = || "nobody comes back: repeat.rate is 0".to_owned();
    let help = "give a repeat.rate above 0, or leave it out";
    if let Some(loyalty) = &scenario.loyalty {
        checker.require(
            loyalty.points_share.f64() > 0.0,
            "loyalty.points_share",
            || "no points are earned".to_owned(),
            "give a share above 0, or leave [loyalty] out",
        );
        checker.require(
            loyalty.redemption.f64() > 0.0,
            "loyalty.redemption",
            || "points are never redeemed".to_owned(),
            "give a share above 0, or leave [loyalty] out",
        );
        checker.require(idle(loyalty.return_factor.is_some()), "loyalty.return_factor", none, help);
    }
    checker.require(idle(scenario.care.is_some()), "care", none, help);
    let market = &scenario.market;
    let effect = market.return_effect.map_or(0.0, |effect| effect.f64());
    checker.require(idle(effect > 0.0), "market.return_effect", none, help);
    checker.require(
        market.return_effect.is_none() || market.rivals_max.0 > 0,
        "market.return_effect",
        || "there are never rivals: rivals_max is 0".to_owned(),
        "raise rivals_max, or leave it out",
    );
    let Some(by_grade) = &market.prepayment_by_grade else { return };
    let path = "market.prepayment_by_grade";
    self::by_grade(path, by_grade.len(), scenario.underwriting.grade_scores.len() + 1, checker);
    let per_rival = market.prepayment_effect.f64();
    checker.require(
        per_rival > 0.0,
        path,
        || "it multiplies prepayment_effect, which is 0".to_owned(),
        "give a prepayment_effect above 0, or leave it out",
    );
    let most = by_grade.iter().map(|factor| factor.f64()).fold(0.0, f64::max);
    let inflator = 1.0 + per_rival * market.rivals_max.0 as f64 * most;
    for product in &scenario.product {
        let rate = product.prepayment.f64() * inflator;
        checker.require(
            rate <= 1.0,
            path,
            || {
                let name = &product.name;
                format!(
                    "with all rivals in the market {name:?} would be prepaid at {rate:.3} a month, above 1"
                )
            },
            "lower the factors, product.prepayment or prepayment_effect",
        );
    }
}
