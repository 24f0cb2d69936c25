//! Provisions, resolved: tables of what is expected, by forecast of the factor, log-odds and month on book.

use super::expected_loss::{Pool, mean_known};
use super::setup::Setup;
use crate::math::pow;
use crate::model::delinquency::{BUCKETS, LEVEL_MAX, LEVELS_PER_UNIT, Thresholds, position};
use crate::model::provision::{LossTerms, charge_off_probabilities, forecast_probability, truncated_mean};
use crate::model::recovery::monthly_share;
use crate::scenario::Scenario;
use crate::scenario::tables::{Classification, ProvisionMethod};

/// Shares set aside of the five categories where a scenario gives none.
const CLASS_RATES: [f64; 5] = [0.01, 0.02, 0.25, 0.50, 1.00];

/// How much is set aside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Three stages; pools whose lifetime PD is so many times what it was expected to be are in the second.
    Ecl { pd_ratio: Option<f64> },
    /// Shares of pass, special mention, substandard, doubtful, loss.
    FiveClass([f64; 5]),
    /// Nothing before loans are charged off.
    Incurred,
}

/// Provisions.
#[derive(Debug)]
pub struct ProvisionSetup {
    /// How much is set aside.
    pub method: Method,
    /// Log-odds of missing payments that a grade of a segment tells, on the grid: when current, and when delinquent.
    pub known: Vec<Vec<(i32, i32)>>,
    /// By product: what decides the loss on a loan charged off.
    pub terms: Vec<LossTerms>,
    /// By product, month on book and factor: probability of charge-off over the rest of life.
    pd: Vec<Vec<[f64; FACTORS]>>,
    persistence: f64,
    forecast: Forecast,
}

/// Factor values of the tables, from `-FACTOR_MAX` in steps of `FACTOR_STEP`; between them a straight line.
const FACTOR_MAX: f64 = 4.0;
const FACTOR_STEP: f64 = 0.5;
const FACTORS: usize = 17;
/// Levels of the tables are every fourth of the grid: between them a straight line, which is off by 0.2 % of a probability
/// at most.
const EVERY: usize = 4;
const LEVELS: usize = 2 * LEVEL_MAX as usize / EVERY + 1;
/// Months ahead that the tables reach; from there on the factor is forgotten.
const HORIZON: usize = 60;

/// Probabilities by factor; month ahead or months past due; level.
#[derive(Debug)]
struct Forecast {
    missed: Vec<f64>,
    absorbed: Vec<f64>,
    ages: usize,
}

/// The forecast at one factor.
#[derive(Debug, Default)]
pub struct Expected {
    /// Months ahead from 1, then level.
    missed: Vec<f64>,
    /// Months past due from 0, then level.
    absorbed: Vec<f64>,
    /// What it was made for.
    factor: Option<f64>,
}

fn level_of(at: usize) -> i32 {
    (at * EVERY) as i32 - LEVEL_MAX
}

impl Forecast {
    /// `ages` months past due are absorbing.
    fn new(setup: &Setup, law: (f64, f64), ages: usize) -> Self {
        let factors = (0..FACTORS).map(|at| at as f64 * FACTOR_STEP - FACTOR_MAX);
        let (mut missed, mut absorbed) = (Vec::new(), Vec::new());
        for factor in factors {
            for ahead in 1..=HORIZON {
                missed.extend((0..LEVELS).map(|at| {
                    let threshold = setup.thresholds.at(0, position(level_of(at)), 1);
                    forecast_probability(threshold, law, factor, ahead as u32)
                }));
            }
            let by_level: Vec<Vec<f64>> = (0..LEVELS)
                .map(|at| absorption(&setup.thresholds, level_of(at), law, factor, ages as u32))
                .collect();
            for age in 0..ages {
                absorbed.extend(by_level.iter().map(|by_age| by_age[age]));
            }
        }
        Forecast { missed, absorbed, ages }
    }

    fn at(&self, factor: f64, expected: &mut Expected) {
        if expected.factor == Some(factor) {
            return;
        }
        let place = ((factor + FACTOR_MAX) / FACTOR_STEP).clamp(0.0, (FACTORS - 1) as f64 - 1e-9);
        let (low, part) = (place as usize, place - place.trunc());
        let between = |table: &[f64], width: usize, found: &mut Vec<f64>| {
            let (below, above) = (&table[low * width..][..width], &table[(low + 1) * width..][..width]);
            found.clear();
            found.extend(below.iter().zip(above).map(|(below, above)| below + part * (above - below)));
        };
        between(&self.missed, HORIZON * LEVELS, &mut expected.missed);
        between(&self.absorbed, self.ages * LEVELS, &mut expected.absorbed);
        expected.factor = Some(factor);
    }
}

/// Probability of charge-off by months past due at a level, when the factor stays what next month's forecast is.
fn absorption(
    thresholds: &Thresholds,
    level: i32,
    law: (f64, f64),
    factor: f64,
    charge_off_age: u32,
) -> Vec<f64> {
    let rows: Vec<Vec<f64>> = (0..BUCKETS)
        .map(|bucket| {
            let tail = |state: usize| match state {
                0 => 1.0,
                state if state > bucket + 1 => 0.0,
                state => forecast_probability(thresholds.at(bucket, position(level), state), law, factor, 1),
            };
            (0..bucket + 2).map(|state| tail(state) - tail(state + 1)).collect()
        })
        .collect();
    charge_off_probabilities(|age| &rows[(age as usize).min(BUCKETS - 1)], charge_off_age)
}

/// A value at a level, in units of the grid, of a row by level.
fn at_level(row: &[f64], level: f64) -> f64 {
    let place = ((level + f64::from(LEVEL_MAX)) / EVERY as f64).clamp(0.0, (LEVELS - 1) as f64 - 1e-9);
    let (low, part) = (place as usize, place - place.trunc());
    row[low] + part * (row[low + 1] - row[low])
}

impl Expected {
    /// What is expected whatever the factor of today, and of passing `ages` months past due.
    pub fn long_run(setup: &Setup, ages: u32) -> Self {
        // Of a factor that is forgotten at once nothing is left in a month.
        let forecast = Forecast::new(setup, (setup.economy.correlation, 0.0), ages as usize);
        let mut expected = Expected::default();
        forecast.at(0.0, &mut expected);
        expected
    }

    /// Probability that a current loan at a level, in units of the grid, misses a payment due so many months ahead.
    pub fn missed(&self, level: f64, ahead: u32) -> f64 {
        let ahead = (ahead as usize).clamp(1, HORIZON) - 1;
        at_level(&self.missed[ahead * LEVELS..][..LEVELS], level)
    }

    /// Probability that a loan so many months past due is charged off before it has caught up.
    pub fn absorbed(&self, level: f64, age: u32) -> f64 {
        let ages = self.absorbed.len() / LEVELS;
        match age as usize {
            age if age >= ages => 1.0,
            age => at_level(&self.absorbed[age * LEVELS..][..LEVELS], level),
        }
    }
}

impl Setup {
    /// Whether losses are expected when loans are made.
    pub fn expects_losses(&self) -> bool {
        self.provision.as_ref().is_some_and(|provision| matches!(provision.method, Method::Ecl { .. }))
    }
}

impl ProvisionSetup {
    /// Resolves the table of a valid scenario, of which the rest of the setup is made.
    pub fn new(scenario: &Scenario, setup: &Setup) -> Option<Self> {
        let table = scenario.provision.as_ref()?;
        let method = match table.method {
            ProvisionMethod::Ecl => Method::Ecl { pd_ratio: table.stage_2_pd_ratio.map(|ratio| ratio.f64()) },
            ProvisionMethod::Incurred => Method::Incurred,
            ProvisionMethod::FiveClass => {
                Method::FiveClass(table.class_rates.map_or(CLASS_RATES, |rates| rates.map(|rate| rate.f64())))
            }
        };
        let law = (setup.economy.correlation, setup.economy.persistence);
        let mut provision = ProvisionSetup {
            method,
            known: (0..setup.segments.len()).map(|segment| known(setup, segment)).collect(),
            terms: setup.products.iter().map(|product| terms(setup, &product.guarantee)).collect(),
            forecast: Forecast::new(setup, law, setup.risk.charge_off_age as usize),
            pd: Vec::new(),
            persistence: setup.economy.persistence,
        };
        if let Method::Ecl { pd_ratio: Some(_) } = provision.method {
            provision.pd = lifetime_pds(setup, &provision);
        }
        Some(provision)
    }

    /// Probability of charge-off over the rest of life of current loans of a product after month on book `m`, at a factor.
    pub fn lifetime_pd(&self, product: usize, m: u32, factor: f64) -> f64 {
        let place = ((factor + FACTOR_MAX) / FACTOR_STEP).clamp(0.0, (FACTORS - 1) as f64 - 1e-9);
        let (low, part) = (place as usize, place - place.trunc());
        let by_factor = &self.pd[product][m as usize];
        by_factor[low] + part * (by_factor[low + 1] - by_factor[low])
    }

    /// What the factor of a month was expected to be so many months later.
    pub fn forecast_of(&self, factor: f64, months: u32) -> f64 {
        factor * pow(self.persistence, f64::from(months))
    }

    /// What is expected in a month in which the factor is `factor`.
    pub fn expect(&self, factor: f64, expected: &mut Expected) {
        self.forecast.at(factor, expected);
    }
}

fn lifetime_pds(setup: &Setup, terms: &ProvisionSetup) -> Vec<Vec<[f64; FACTORS]>> {
    let mut weights = Vec::new();
    let mut table: Vec<Vec<[f64; FACTORS]>> =
        setup.products.iter().map(|product| vec![[0.0; FACTORS]; product.tenor_max() as usize + 1]).collect();
    for at in 0..FACTORS {
        let mut expected = Expected::default();
        terms.expect(at as f64 * FACTOR_STEP - FACTOR_MAX, &mut expected);
        for (product, by_month) in setup.products.iter().zip(&mut table) {
            let levels = mean_known(setup, terms, product);
            let pool = Pool { setup, product, levels, rivals: setup.market.initial };
            for (m, by_factor) in by_month.iter_mut().enumerate() {
                let months = (m as u32, product.tenor_max());
                by_factor[at] = pool.weigh(&expected, months, 1.0, 0, &mut weights);
            }
        }
    }
    table
}

/// Months past due from which loans are doubtful, and a loss, by product.
pub fn classes(scenario: &Scenario) -> Vec<(u32, u32)> {
    let mut products: Vec<_> = scenario.product.iter().collect();
    products.sort_by(|a, b| a.name.cmp(&b.name));
    let ages = |class: Option<Classification>| match class {
        None | Some(Classification::Loan) => (10, 13),
        Some(Classification::Card) => (5, 7),
    };
    products.iter().map(|product| ages(product.classification)).collect()
}

/// What a bank knows of a borrower's log-odds from segment and grade, by the scores of the scenario: not what rivals, wear of
/// the market or a borrower's own secrets do to them.
fn known(setup: &Setup, segment: usize) -> Vec<(i32, i32)> {
    let underwriting = &setup.underwriting;
    let segment = &setup.segments[segment];
    let (mean, deviation) = segment.score;
    let error = underwriting.score_error;
    let total = deviation * deviation + error * error;
    let reliability = if total > 0.0 { deviation * deviation / total } else { 0.0 };
    let bounds = &underwriting.grade_scores;
    (0..underwriting.grades())
        .map(|grade| {
            let high = if grade == 0 { f64::INFINITY } else { bounds[grade - 1] };
            let low = bounds.get(grade).copied().unwrap_or(f64::NEG_INFINITY).max(segment.cutoff.0.min(high));
            let observed = truncated_mean((mean, total.sqrt()), low, high);
            let expected = mean + reliability * (observed - mean);
            let risk = underwriting.scale.risk(expected, setup.risk.reference_score);
            let level = |log_odds: f64| {
                (crate::math::round(log_odds * LEVELS_PER_UNIT) as i32).clamp(-LEVEL_MAX, LEVEL_MAX)
            };
            (level(setup.risk.slopes.0 * risk + segment.risk_effect), level(setup.risk.slopes.1 * risk))
        })
        .collect()
}

fn terms(setup: &Setup, guarantee: &super::setup::GuaranteeSetup) -> LossTerms {
    let recovery = &setup.recovery;
    LossTerms {
        recovery: (recovery.total, monthly_share(recovery.speed), recovery.cost),
        factor_effect: recovery.factor_effect,
        guarantee: (guarantee.share, guarantee.lag),
        litigation: setup.litigation.as_ref().map_or((0.0, 0, 0.0), |l| (l.share, l.lag, l.recovery)),
    }
}
