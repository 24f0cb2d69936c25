//! The scenario as the reference reads it, sorted by name and otherwise as it stands in the file; and the paths of a
//! run that no borrower moves.

use lendcycle::lifecycle::stage::Rules;
use lendcycle::math::{exp, normal_quantile};
use lendcycle::random::{Process, RunDraws, Who, cell_hash, uniform};
use lendcycle::rate::Number;
use lendcycle::scenario::Scenario;
use lendcycle::scenario::tables::{Audience, Channel, Product, Segment, Tier};
use rand::Rng;
use rand_distr::{Distribution, Poisson};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A segment as a channel reaches it.
pub struct Cell<'a> {
    pub segment: &'a Segment,
    pub channel: &'a Channel,
    pub audience: &'a Audience,
    pub hash: u32,
    /// People.
    pub reachable: u64,
}

/// All that a run is given.
pub struct World<'a> {
    pub scenario: &'a Scenario,
    pub cells: Vec<Cell<'a>>,
    pub products: Vec<&'a Product>,
    /// Transition rows of M0 to M6.
    pub rows: Vec<Vec<f64>>,
    pub draws: RunDraws,
    pub months: u32,
    /// By month.
    pub factor: Vec<f64>,
    pub lpr: Vec<f64>,
    pub rivals: Vec<u32>,
    pub demand: Vec<f64>,
}

impl<'a> World<'a> {
    pub fn new(scenario: &'a Scenario, run: u64) -> Self {
        let mut products: Vec<&Product> = scenario.product.iter().collect();
        products.sort_by_key(|product| &product.name);
        let d = &scenario.delinquency;
        let rows: [&[_]; 7] = [&d.m0, &d.m1, &d.m2, &d.m3, &d.m4, &d.m5, &d.m6];
        let mut world = World {
            scenario,
            cells: cells(scenario),
            products,
            rows: rows.iter().map(|row| row.iter().map(|p| p.f64()).collect()).collect(),
            draws: RunDraws::new(scenario.run.seed.0, run),
            months: scenario.run.months.0 as u32,
            factor: Vec::new(),
            lpr: Vec::new(),
            rivals: Vec::new(),
            demand: Vec::new(),
        };
        for month in 0..world.months {
            world.next_month(month);
        }
        world
    }

    fn normal(&self, process: Process, month: u32) -> f64 {
        let word = self.draws.generator(Who::MARKET, process, month).next_u64();
        normal_quantile(((word >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0)
    }

    fn next_month(&mut self, month: u32) {
        let economy = &self.scenario.economy;
        let phi = economy.factor_persistence.f64();
        let innovation = self.normal(Process::Factor, month);
        let factor = match (&economy.factor_path, economy.factor_initial, self.factor.last()) {
            (Some(path), _, _) => path[(month as usize).min(path.len() - 1)].f64(),
            (None, Some(initial), None) => initial.f64(),
            (None, None, None) => innovation,
            (None, _, Some(last)) => phi * last + (1.0 - phi * phi).sqrt() * innovation,
        };
        self.factor.push(factor);
        self.lpr.push(self.lpr_of(month));
        let rivals = self.rivals_of(month);
        self.rivals.push(rivals);
        let deviation = economy.demand_noise.f64();
        let noise = if deviation > 0.0 {
            exp(deviation * self.normal(Process::Demand, month) - 0.5 * deviation * deviation)
        } else {
            1.0
        };
        let mut path = self.scenario.economy.demand_path.iter().flatten();
        let given = path.rfind(|step| step.month.0 <= u64::from(month));
        let given = given.map_or(1.0, |step| step.multiplier.f64());
        self.demand.push(self.demand_season(month) * noise * given);
    }

    /// The given path, and the moves drawn in all months so far.
    fn lpr_of(&self, month: u32) -> f64 {
        let economy = &self.scenario.economy;
        let step = economy.lpr_move_step.f64();
        let mut drift = 0.0;
        for past in 1..=month {
            let words = self.draws.words(Who::MARKET, Process::Lpr, past);
            if uniform(words[0]) < economy.lpr_move_probability.f64() {
                let down = uniform(words[1]) < economy.lpr_move_down_share.f64();
                drift += if down { -step } else { step };
            }
        }
        let given = economy.lpr.iter().rfind(|step| step.month.0 <= u64::from(month));
        f64::max(given.expect("the path starts in month 0").apr.f64() + drift, 0.0)
    }

    fn rivals_of(&self, month: u32) -> u32 {
        let market = &self.scenario.market;
        let before = self.rivals.last().copied().unwrap_or(market.rivals_initial.0 as u32);
        let mean = market.rivals_entries_per_year.f64() / 12.0;
        if mean <= 0.0 || u64::from(month) < market.rivals_first_entry.0 {
            return before;
        }
        let law = Poisson::new(mean).expect("a positive mean");
        let entered: f64 = law.sample(&mut self.draws.generator(Who::MARKET, Process::RivalEntry, month));
        (before + entered as u32).min(market.rivals_max.0 as u32)
    }

    pub fn month_of_year(&self, month: u32) -> usize {
        self.scenario.run.start.plus(month).month_of_year()
    }

    /// What originations of new customers are divided by before stages are told; a plan follows no season.
    pub fn season_of_originations(&self, month: u32) -> f64 {
        if self.scenario.plan.is_some() { 1.0 } else { self.demand_season(month) }
    }

    fn demand_season(&self, month: u32) -> f64 {
        self.scenario.economy.demand_season[self.month_of_year(month)].f64()
    }

    pub fn delinquency_season(&self, month: u32) -> f64 {
        self.scenario.economy.delinquency_season[self.month_of_year(month)].f64()
    }

    /// Positions of the collections tiers that work bucket 1 to 6.
    pub fn tiers_of(&self, bucket: usize) -> Vec<usize> {
        let first_day = 30 * (bucket as u64 - 1) + 1;
        let works = |tier: &Tier| {
            tier.days_from.0 <= first_day && tier.days_to.is_none_or(|last| first_day <= last.0)
        };
        let tiers = &self.scenario.collections.tier;
        let found: Vec<usize> = (0..tiers.len()).filter(|index| works(&tiers[*index])).collect();
        assert!(!found.is_empty(), "tiers leave no gap");
        found
    }

    /// Stage rules, with the given dwell.
    pub fn stage_rules(&self, dwell: u64) -> Rules {
        let given = &self.scenario.lifecycle;
        Rules {
            window: given.window.0 as usize,
            dwell: dwell as u32,
            plateau_growth: given.plateau_growth.f64(),
            second_growth: given.second_growth.f64(),
            second_growth_rise: given.second_growth_rise.f64(),
            decline_growth: given.decline_growth.f64(),
            recovery_growth: given.recovery_growth.f64(),
            exit_originations: given.exit_originations.f64(),
            exit_npl: given.exit_npl.f64(),
            exit_balance: given.exit_balance.f64(),
            relaunch_originations: given.relaunch_originations.f64(),
            closed_balance: given.closed_balance.f64(),
        }
    }
}

/// Whole people a channel can reach.
fn reachable(segment: &Segment, audience: &Audience) -> u64 {
    let people = Decimal::from(segment.population.0) * audience.reach.decimal();
    people.floor().to_u64().expect("a share of a population")
}

fn cells(scenario: &Scenario) -> Vec<Cell<'_>> {
    let mut segments: Vec<&Segment> = scenario.segment.iter().collect();
    segments.sort_by_key(|segment| &segment.name);
    let mut channels: Vec<&Channel> = scenario.channel.iter().collect();
    channels.sort_by_key(|channel| &channel.name);
    let mut cells: Vec<Cell<'_>> = Vec::new();
    for segment in segments {
        for channel in &channels {
            if let Some(audience) = channel.audience.get(&segment.name) {
                let hash = cell_hash(&segment.name, &channel.name);
                assert!(cells.iter().all(|cell| cell.hash != hash), "choose names that do not collide");
                cells.push(Cell {
                    segment,
                    channel,
                    audience,
                    hash,
                    reachable: reachable(segment, audience),
                });
            }
        }
    }
    cells
}
