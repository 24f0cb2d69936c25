//! The paths of one run that no portfolio moves: factor, LPR, rivals, demand noise. Drawn before month 0; policies see
//! them only up to last month.

use rand::Rng;
use rand_distr::{Distribution, Poisson};

use super::setup::Setup;
use crate::math::normal_quantile;
use crate::model::economy::{demand_noise, next_factor, step_value};
use crate::random::{Process, RunDraws, Who, uniform};

/// Exogenous paths by month.
#[derive(Debug)]
pub struct MarketPaths {
    /// Systematic factor.
    pub factor: Vec<f64>,
    /// Loan prime rate, annual.
    pub lpr: Vec<f64>,
    /// Rivals in the market.
    pub rivals: Vec<u32>,
    /// Demand multiplier: season of the calendar month times noise, times what the scenario gives besides.
    pub demand: Vec<f64>,
    /// Share of the way down that rivals' rates have gone in a price war.
    pub price_war: Vec<f64>,
}

impl MarketPaths {
    /// Draws the paths of a run.
    pub fn draw(setup: &Setup, draws: &RunDraws) -> Self {
        let months = 0..setup.months;
        let rivals = rivals(setup, draws);
        MarketPaths {
            factor: factor(setup, draws),
            lpr: lpr(setup, draws),
            price_war: super::rivals::price_war(setup.competition.as_ref(), &rivals),
            rivals,
            demand: months.map(|month| demand(setup, draws, month)).collect(),
        }
    }
}

/// A standard normal draw of the market as a whole: the quantile of a 53-bit uniform number. Not `rand_distr`'s: its
/// tails take logarithms from whichever mathematics library the build happens to link.
fn normal(draws: &RunDraws, process: Process, month: u32) -> f64 {
    let bits = draws.generator(Who::MARKET, process, month).next_u64() >> 11;
    // The very largest value would round to 1, whose quantile is infinite.
    let uniform = ((bits as f64 + 0.5) / (1_u64 << 53) as f64).min(1.0 - f64::EPSILON / 2.0);
    normal_quantile(uniform)
}

fn factor(setup: &Setup, draws: &RunDraws) -> Vec<f64> {
    let mut value = 0.0;
    (0..setup.months)
        .map(|month| {
            let economy = &setup.at(month).economy;
            if let Some(path) = &economy.factor_path {
                let given = path.get(month as usize).or(path.last());
                value = *given.expect("validation refuses an empty path");
                return value;
            }
            let innovation = normal(draws, Process::Factor, month);
            value = match (month, economy.factor_initial) {
                (0, Some(initial)) => initial,
                (0, None) => innovation,
                _ => next_factor(value, economy.persistence, innovation),
            };
            value
        })
        .collect()
}

fn lpr(setup: &Setup, draws: &RunDraws) -> Vec<f64> {
    let mut drift = 0.0;
    (0..setup.months)
        .map(|month| {
            let economy = &setup.at(month).economy;
            let (probability, step, down_share) = economy.lpr_moves;
            let words = draws.words(Who::MARKET, Process::Lpr, month);
            if month > 0 && uniform(words[0]) < probability {
                drift += if uniform(words[1]) < down_share { -step } else { step };
            }
            let given = step_value(&economy.lpr, month).expect("the path starts in month 0");
            (given + drift).max(0.0)
        })
        .collect()
}

fn rivals(setup: &Setup, draws: &RunDraws) -> Vec<u32> {
    let mut count = setup.market.initial;
    (0..setup.months)
        .map(|month| {
            let market = &setup.at(month).market;
            if month >= market.first_entry && market.entries_per_month > 0.0 {
                let law = Poisson::new(market.entries_per_month).expect("a positive mean");
                let entered: f64 = law.sample(&mut draws.generator(Who::MARKET, Process::RivalEntry, month));
                count = (count + entered as u32).min(market.max);
            }
            count
        })
        .collect()
}

fn demand(setup: &Setup, draws: &RunDraws, month: u32) -> f64 {
    let setup = setup.at(month);
    let season = setup.economy.demand_season[setup.start.plus(month).month_of_year()];
    let deviation = setup.economy.demand_noise;
    let noise =
        if deviation == 0.0 { 1.0 } else { demand_noise(deviation, normal(draws, Process::Demand, month)) };
    match step_value(&setup.economy.demand_path, month) {
        None => season * noise,
        Some(multiplier) => season * noise * multiplier,
    }
}
