//! Rivals with offers: who they are in a run, and what customers choose beside them in a month.

use super::month::Conditions;
use super::result::MonthMetric;
use super::setup::Setup;
use super::setup_competition::{CompetitionSetup, RivalOffer};
use crate::math::{exp, normal_quantile};
use crate::model::competition::{Choice, Terms, choose_lender, war_covered, war_rate};
use crate::random::{Process, RunDraws, Who, uniform};

/// Draws the offers of all rivals there can be: those known by name first, then entrants.
pub fn draw(competition: &CompetitionSetup, rivals_max: u32, draws: &RunDraws) -> Vec<RivalOffer> {
    let entrant = |ordinal: u32| {
        let words = draws.words(Who::rival(ordinal), Process::RivalTerms, 0);
        let deviate = |at: usize, deviation: f64| {
            if deviation == 0.0 { 0.0 } else { deviation * normal_quantile(uniform(words[at])) }
        };
        let (apr, limit, hours) = competition.deviations;
        let (brand, brand_deviation) = competition.brand;
        RivalOffer {
            apr: deviate(0, apr),
            limit: deviate(1, limit),
            hours: exp(deviate(2, hours)),
            brand: brand + deviate(3, brand_deviation),
        }
    };
    let named = competition.incumbents.iter().copied();
    named.chain((competition.incumbents.len() as u32..rivals_max).map(entrant)).collect()
}

/// By month: share of the way down that rates have gone in a price war.
pub fn price_war(competition: Option<&CompetitionSetup>, rivals: &[u32]) -> Vec<f64> {
    let Some(war) = competition.and_then(|competition| competition.war.as_ref()) else {
        return vec![0.0; rivals.len()];
    };
    let mut months = 0;
    rivals
        .iter()
        .map(|count| {
            months += u32::from(*count >= war.rivals_min);
            war_covered(war.speed, months)
        })
        .collect()
}

/// Where the bank stands among lenders.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Utility of the best rival's offer above the own one, over all demand, log-odds.
    pub advantage: f64,
    /// Mean rate of rivals, over all demand.
    pub rival_apr: f64,
}

/// What customers choose in a month.
#[derive(Debug)]
pub struct Choices {
    products: usize,
    grades: usize,
    rungs: usize,
    /// By segment, product, grade and rung; only where they meet.
    choices: Vec<Choice>,
    /// By product, grade and rung.
    dearer_by: Vec<f64>,
    pub standing: Option<Standing>,
}

impl Choices {
    /// Choices beside these rivals.
    pub fn new(
        setup: &Setup,
        competition: &CompetitionSetup,
        now: &Conditions,
        rivals: &[RivalOffer],
    ) -> Self {
        let (products, grades, rungs) = (setup.products.len(), setup.underwriting.grades(), setup.rungs());
        let nobody = Choice { take_up: 0.0, lost: 0.0 };
        let mut choices = vec![nobody; setup.segments.len() * products * grades * rungs];
        let mut dearer_by = vec![0.0; products * grades * rungs];
        let mut advantages = vec![0.0; rivals.len()];
        let mut rival_apr = 0.0;
        for demand in &competition.demands {
            let product = &setup.products[demand.product];
            let (take_up, reference, _) = product.take_up;
            for (grade, rung) in (0..grades).flat_map(|grade| (0..rungs).map(move |rung| (grade, rung))) {
                let at = (demand.product * grades + grade) * rungs + rung;
                // Where the bank stands, it stands with the terms of a first loan.
                let share = if rung == 0 { demand.share / grades as f64 } else { 0.0 };
                let mut own = competition.against[demand.product].own;
                own.apr = product.apr_at(now.lpr, grade, rung, now.levers.price[demand.product], now.apr_cap);
                let (mut sum, mut rates) = (0.0, 0.0);
                for (rival, total) in rivals.iter().zip(&mut advantages) {
                    let offer = rival_terms(setup, competition, now, rival, (demand.product, grade), &own);
                    let advantage = offer.advantage(&own, rival.brand, &demand.weights);
                    sum += exp(advantage);
                    rates += offer.apr;
                    *total += share * advantage;
                }
                let price = demand.weights.rate * 100.0 * (own.apr - reference);
                choices[demand.segment * products * grades * rungs + at] = choose_lender(take_up, price, sum);
                if !rivals.is_empty() {
                    let mean = rates / rivals.len() as f64;
                    dearer_by[at] = mean - own.apr;
                    rival_apr += share * mean;
                }
            }
        }
        let best = advantages.into_iter().reduce(f64::max);
        let standing = best.map(|advantage| Standing { advantage, rival_apr });
        Choices { products, grades, rungs, choices, dearer_by, standing }
    }

    pub fn of(&self, segment: usize, product: usize, grade: usize, rung: usize) -> Choice {
        self.choices[((segment * self.products + product) * self.grades + grade) * self.rungs + rung]
    }

    pub fn dearer_by(&self, product: usize, grade: usize, rung: usize) -> f64 {
        self.dearer_by[(product * self.grades + grade) * self.rungs + rung]
    }
}

/// What a rival offers in a month against a product and grade: drawn, made alike, and cheaper in a price war.
fn rival_terms(
    setup: &Setup,
    competition: &CompetitionSetup,
    now: &Conditions,
    rival: &RivalOffer,
    (product, grade): (usize, usize),
    own: &Terms,
) -> Terms {
    let mean = &competition.against[product].rivals;
    let product = &setup.products[product];
    let rate = product.rate_base(now.lpr) + mean.apr + product.grade_spread[grade] + rival.apr;
    let drawn = Terms {
        apr: rate.max(0.0),
        limit: mean.limit + rival.limit,
        hours: mean.hours * rival.hours,
        flexibility: mean.flexibility,
    };
    let mut offer = drawn.towards(own, competition.homogeneity);
    if let Some(war) = &competition.war {
        let lowest = (now.lpr + setup.funding.spread).max(0.0) + war.margin;
        offer.apr = war_rate(offer.apr, lowest, now.price_war);
    }
    offer
}

/// Where the bank stands, in a month's row.
pub fn record(row: &mut [i64], standing: Option<Standing>) {
    let Some(standing) = standing else { return };
    let millionths = |value: f64| crate::math::round(value * 1e6);
    row[MonthMetric::ContestedMonths.index()] = 1;
    row[MonthMetric::RivalAdvantage.index()] = millionths(standing.advantage);
    row[MonthMetric::RivalRate.index()] = millionths(standing.rival_apr);
}
