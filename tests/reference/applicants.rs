//! Who applies: the law of scores in a cell and month, and what applicants know of themselves.

use lendcycle::math::{exp, ln, normal_cdf, normal_quantile};
use lendcycle::random::{Process, Who, uniform};
use lendcycle::scenario::tables::Product;

use super::month::Month;
use super::risk::words_below;
use super::run::Book;
use super::world::Cell;

/// The score of the applicants of a cell in a month.
pub struct Applicants {
    mean: f64,
    deviation: f64,
    error: f64,
}

impl Applicants {
    pub fn new(book: &Book, now: &Month<'_>, group: usize) -> Self {
        let cell = &now.world.cells[group];
        let scenario = now.world.scenario;
        let drift = scenario.market.score_effect.f64() * now.rivals();
        let worked = saturation(book, cell, group);
        Applicants {
            mean: cell.segment.score_mean.f64()
                + cell.channel.score_effect.f64()
                + drift
                + cell.segment.saturation_effect.f64() * worked
                + cell.channel.spend_score_effect.map_or(0.0, |points| points.f64())
                    * ln(1.0 + book.stock[group] / cell.audience.half_saturation.fen_f64()),
            deviation: cell.segment.score_deviation.f64(),
            error: scenario.underwriting.score_error.f64(),
        }
    }

    fn observed_deviation(&self) -> f64 {
        (self.deviation * self.deviation + self.error * self.error).sqrt()
    }

    pub fn observed(&self, word: u32) -> f64 {
        match self.observed_deviation() {
            0.0 => self.mean,
            deviation => self.mean + deviation * normal_quantile(uniform(word)),
        }
    }

    /// Words that are below a cut-off.
    pub fn words_below(&self, cutoff: f64) -> u64 {
        match self.observed_deviation() {
            0.0 => words_below(if self.mean < cutoff { 1.0 } else { 0.0 }),
            deviation => words_below(normal_cdf((cutoff - self.mean) / deviation)),
        }
    }

    pub fn true_score(&self, observed: f64, word: u32) -> f64 {
        let variance = self.deviation * self.deviation;
        if variance + self.error * self.error == 0.0 {
            return self.mean;
        }
        let reliability = variance / (variance + self.error * self.error);
        self.mean + reliability * (observed - self.mean) + self.surprise(word)
    }

    /// What the observed score does not tell of the true one.
    fn surprise(&self, word: u32) -> f64 {
        let variance = self.deviation * self.deviation;
        if variance + self.error * self.error == 0.0 {
            return 0.0;
        }
        let reliability = variance / (variance + self.error * self.error);
        let spread = (variance * (1.0 - reliability)).sqrt();
        if spread > 0.0 { spread * normal_quantile(uniform(word)) } else { 0.0 }
    }
}

pub fn saturation(book: &Book, cell: &Cell<'_>, group: usize) -> f64 {
    match cell.reachable {
        0 => 0.0,
        people => book.worked[group] as f64 / people as f64,
    }
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
    let surprise = applicants.surprise(word);
    let points = now.world.scenario.underwriting.points_to_double_odds.f64() / ln(2.0);
    let odds = take_up * exp(slope.f64() * (-surprise / points));
    odds / (1.0 - take_up + odds)
}
