//! What applicants know of themselves, and what a dear loan does to them.

use lendcycle::math::{exp, ln, normal_quantile};
use lendcycle::random::{Process, Who, uniform};
use lendcycle::scenario::tables::Product;

use super::funnel::Applicants;
use super::month::Month;

/// What the observed score does not tell of the true one.
fn surprise(applicants: &Applicants, word: u32) -> f64 {
    let variance = applicants.deviation * applicants.deviation;
    if variance + applicants.error * applicants.error == 0.0 {
        return 0.0;
    }
    let reliability = variance / (variance + applicants.error * applicants.error);
    let spread = (variance * (1.0 - reliability)).sqrt();
    if spread > 0.0 { spread * normal_quantile(uniform(word)) } else { 0.0 }
}

/// Effect of a rate above or below the reference rate on the log-odds of missing payments.
pub fn price_of_risk(now: &Month<'_>, product: &Product, rate: f64) -> f64 {
    let slope = now.world.scenario.delinquency.apr_slope.map_or(0.0, |slope| slope.f64());
    slope * 100.0 * (rate - product.take_up_apr.f64())
}

/// Take-up of one who knows how far the true score is from what the observed one lets expect.
pub fn with_private_knowledge(
    now: &Month<'_>,
    applicants: &Applicants,
    product: &Product,
    who: Who,
    take_up: f64,
) -> f64 {
    let Some(slope) = product.take_up_risk_slope else { return take_up };
    let word = now.world.draws.words(who, Process::Borrower, now.month)[0];
    let surprise = surprise(applicants, word);
    let points = now.world.scenario.underwriting.points_to_double_odds.f64() / ln(2.0);
    let odds = take_up * exp(slope.f64() * (-surprise / points));
    odds / (1.0 - take_up + odds)
}
