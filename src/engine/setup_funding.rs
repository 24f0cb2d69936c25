//! The part of a setup that concerns the cost of money.

use crate::model::funding::{curve_premium, term_premium};
use crate::scenario::Scenario;
use crate::scenario::tables::{CurvePoint, Product, Securitisation};

/// Cost of money.
#[derive(Debug)]
pub struct FundingSetup {
    /// FTP spread over the LPR.
    pub spread: f64,
    /// On top of it by product, where any differs.
    pub by_product: Option<Vec<f64>>,
    /// Limit in fen, and annual rate on top beyond it.
    pub line: Option<(f64, f64)>,
    /// Money of asset-backed securities: share of the balance, annual spread over the LPR.
    pub abs: Option<(f64, f64)>,
    /// Liquid reserve: share of the balance, annual rate it earns.
    pub reserve: Option<(f64, f64)>,
}

impl FundingSetup {
    /// Resolves a valid scenario.
    pub fn new(scenario: &Scenario) -> Self {
        let funding = &scenario.funding;
        let per_year = funding.term_premium.map_or(0.0, |premium| premium.f64());
        let point = |point: &CurvePoint| (point.months.0 as f64, point.spread.f64());
        let curve: Option<Vec<(f64, f64)>> =
            funding.curve.as_ref().map(|points| points.iter().map(point).collect());
        let on_top = |product: &Product| {
            let tenors = product.tenors.iter().map(|tenor| (tenor.months.0 as f64, tenor.share.f64()));
            let matched = match &curve {
                Some(curve) => curve_premium(curve, tenors),
                None => term_premium(per_year, tenors),
            };
            matched + product.funding_spread.map_or(0.0, |spread| spread.f64())
        };
        let mut products: Vec<&Product> = scenario.product.iter().collect();
        products.sort_by(|a, b| a.name.cmp(&b.name));
        let differs = funding.term_premium.is_some()
            || curve.is_some()
            || products.iter().any(|product| product.funding_spread.is_some());
        FundingSetup {
            spread: funding.spread.f64() + funding.liquidity_premium.map_or(0.0, |premium| premium.f64()),
            by_product: differs.then(|| products.into_iter().map(on_top).collect()),
            line: funding
                .limit
                .map(|limit| (limit.f64() * 100.0, funding.step_up.map_or(0.0, |rate| rate.f64()))),
            abs: funding
                .abs_share
                .map(|share| (share.f64(), funding.abs_spread.map_or(0.0, |spread| spread.f64()))),
            reserve: funding
                .reserve_share
                .map(|share| (share.f64(), funding.reserve_yield.map_or(0.0, |rate| rate.f64()))),
        }
    }
}

/// Share of a pool that the bank keeps, unless told otherwise.
const RETAINED: f64 = 0.05;

/// Pools of loans sold in true sale.
#[derive(Debug)]
pub struct SecuritisationSetup {
    /// First pool and months between pools, if pools are sold.
    pub pools: Option<(u32, u32)>,
    /// Share of current loans that leave.
    pub share: f64,
    /// Price, share of the balance.
    pub price: f64,
    /// Annual fee for servicing, share of the balance by schedule.
    pub fee: f64,
}

/// Resolves the table.
pub fn securitisation(table: &Securitisation) -> SecuritisationSetup {
    let retained = table.retained.map_or(RETAINED, |share| share.f64());
    SecuritisationSetup {
        pools: table.every.map(|every| (table.from.map_or(0, |from| from.0 as u32), every.0 as u32)),
        share: table.share.f64() * (1.0 - retained),
        price: table.price.f64(),
        fee: table.servicing_fee.map_or(0.0, |fee| fee.f64()),
    }
}
