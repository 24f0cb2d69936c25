//! Competition as a run needs it: weights of a choice by segment and product, what rivals offer against each product.

use rust_decimal::prelude::ToPrimitive;

use crate::model::competition::{Terms, Weights};
use crate::rate::Number;
use crate::scenario::Scenario;
use crate::scenario::tables::{Competition, Incumbent, Product, Segment};

/// Rivals with offers.
#[derive(Debug)]
pub struct CompetitionSetup {
    /// Pairs of segment and product that meet, in the order of their names.
    pub demands: Vec<Demand>,
    /// Offers by product.
    pub against: Vec<Against>,
    /// Degree to which rivals copy the own terms.
    pub homogeneity: f64,
    /// Rivals' brand: mean and standard deviation, log-odds.
    pub brand: (f64, f64),
    /// Standard deviations of rate, logarithm of the limit, logarithm of hours.
    pub deviations: (f64, f64, f64),
    /// Rivals known by name, the first ones.
    pub incumbents: Vec<RivalOffer>,
    /// Price war, if there can be one.
    pub war: Option<WarSetup>,
}

/// A segment that asks for a product.
#[derive(Debug)]
pub struct Demand {
    pub segment: usize,
    pub product: usize,
    /// Share of all demand: of people, by the product they ask for.
    pub share: f64,
    pub weights: Weights,
}

/// What stands against a product.
#[derive(Debug)]
pub struct Against {
    /// The own terms but for the rate.
    pub own: Terms,
    /// Rivals' mean terms; the rate is counted from the product's base.
    pub rivals: Terms,
}

/// How a rival's offers differ from the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RivalOffer {
    /// Added to the rate.
    pub apr: f64,
    /// Added to the logarithm of the limit.
    pub limit: f64,
    /// Multiplies hours.
    pub hours: f64,
    /// Brand.
    pub brand: f64,
}

/// A price war.
#[derive(Debug)]
pub struct WarSetup {
    /// Rivals with whom it begins.
    pub rivals_min: u32,
    /// Share of the distance covered per month.
    pub speed: f64,
    /// Lowest rate above the cost of funding.
    pub margin: f64,
}

/// Resolves competition; `segments` and `products` in the order of their names.
pub fn competition(scenario: &Scenario) -> Option<CompetitionSetup> {
    let table = scenario.competition.as_ref()?;
    let mut segments: Vec<&Segment> = scenario.segment.iter().collect();
    segments.sort_by(|a, b| a.name.cmp(&b.name));
    let mut products: Vec<&Product> = scenario.product.iter().collect();
    products.sort_by(|a, b| a.name.cmp(&b.name));
    let mut demands = Vec::new();
    let people: f64 = segments.iter().map(|segment| segment.population.0 as f64).sum();
    for (index, segment) in segments.iter().enumerate() {
        for (name, share) in &segment.products {
            let product = products
                .binary_search_by(|product| product.name.as_str().cmp(name.as_str()))
                .expect("validation knows every product");
            demands.push(Demand {
                segment: index,
                product,
                share: share.f64() * segment.population.0 as f64 / people,
                weights: weights(table, segment, products[product]),
            });
        }
    }
    let brand = table.brand.f64();
    Some(CompetitionSetup {
        demands,
        against: products.iter().map(|product| against(product)).collect(),
        homogeneity: number(table.homogeneity, 0.0),
        brand: (brand, number(table.brand_deviation, 0.0)),
        deviations: (
            number(table.apr_deviation, 0.0),
            number(table.limit_deviation, 0.0),
            number(table.hours_deviation, 0.0),
        ),
        incumbents: table.incumbent.iter().flatten().map(|rival| incumbent(rival, brand)).collect(),
        war: table.price_war.as_ref().map(|war| WarSetup {
            rivals_min: war.rivals_min.0 as u32,
            speed: war.speed.f64(),
            margin: war.margin.f64(),
        }),
    })
}

/// An optional number.
fn number<N: Number>(value: Option<N>, absent: f64) -> f64 {
    value.and_then(|value| value.decimal().to_f64()).unwrap_or(absent)
}

fn weights(table: &Competition, segment: &Segment, product: &Product) -> Weights {
    let minds = segment.preferences.as_ref();
    Weights {
        rate: product.take_up_slope.f64() * number(minds.and_then(|p| p.rate), 1.0),
        limit: number(table.limit_weight, 0.0) * number(minds.and_then(|p| p.limit), 1.0),
        speed: number(table.speed_weight, 0.0) * number(minds.and_then(|p| p.speed), 1.0),
        flexibility: number(table.flexibility_weight, 0.0) * number(minds.and_then(|p| p.flexibility), 1.0),
    }
}

fn against(product: &Product) -> Against {
    let rivals = product.rival_terms.as_ref().expect("validation asks for the terms of rivals");
    let automatic = number(product.automatic_share, 1.0);
    Against {
        own: Terms {
            apr: 0.0,
            limit: crate::math::ln(product.amount_max.fen_f64()),
            hours: automatic * number(product.automatic_hours, 0.0)
                + (1.0 - automatic) * number(product.manual_hours, 0.0),
            flexibility: number(product.flexibility, 0.0),
        },
        rivals: Terms {
            apr: rivals.apr.f64(),
            limit: crate::math::ln(rivals.limit.unwrap_or(product.amount_max).fen_f64()),
            hours: number(rivals.hours, 0.0),
            flexibility: number(rivals.flexibility, 0.0),
        },
    }
}

fn incumbent(rival: &Incumbent, brand: f64) -> RivalOffer {
    RivalOffer {
        apr: number(rival.apr_shift, 0.0),
        limit: crate::math::ln(number(rival.limit_multiple, 1.0)),
        hours: number(rival.hours_multiple, 1.0),
        brand: number(rival.brand, brand),
    }
}

impl super::setup::ProductSetup {
    /// What rates are counted from at an LPR.
    pub fn rate_base(&self, lpr: f64) -> f64 {
        if self.on_lpr { lpr } else { 0.0 }
    }
}
