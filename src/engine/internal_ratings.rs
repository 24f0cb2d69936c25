//! Equity by internal ratings: what the risk-weight function requires of the book at a month's end.
//!
//! Ratings are through the cycle: the long-run probabilities of the scenario's own rows, by what grades tell (as in
//! `expected_loss`), of being more than 90 days past due within twelve months.

use super::book::Book;
use super::delinquent::NPL_AGE;
use super::expected_loss::{Pool, mean_known, pool_levels};
use super::setup::{ProductSetup, Setup};
use super::setup_provision::{Expected, ProvisionSetup};
use crate::model::capital::{ASSETS_PER_REQUIREMENT, RetailClass};
use crate::model::provision::DefaultWeight;

/// Internal ratings, resolved.
#[derive(Debug)]
pub struct InternalSetup {
    /// Loss given default in a downturn.
    pub lgd: f64,
    /// Long-run probabilities of missing payments, and of passing 90 days past due after that.
    pub long_run: Expected,
    /// Risk weight of new loans, mean of products.
    pub weight_new: f64,
}

/// What the ratings of a book come to; fen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rated {
    /// Capital requirement of exposures that are not in default.
    pub requirement: f64,
    /// Loss that is expected of them within a year.
    pub expected_loss: f64,
}

impl Rated {
    fn add(&mut self, class: RetailClass, pd: f64, lgd: f64, exposure: f64) {
        self.requirement += class.requirement(pd, lgd) * exposure;
        self.expected_loss += pd * lgd * exposure;
    }
}

fn class(product: &ProductSetup) -> RetailClass {
    if product.line.is_some() { RetailClass::Revolving } else { RetailClass::Other }
}

impl InternalSetup {
    /// Of a setup whose provisions are resolved.
    pub fn new(setup: &Setup, terms: &ProvisionSetup, lgd: f64) -> Self {
        let mut internal =
            InternalSetup { lgd, long_run: Expected::long_run(setup, NPL_AGE), weight_new: 0.0 };
        let mut weights = Vec::new();
        let sum: f64 = setup
            .products
            .iter()
            .map(|product| {
                let pd = internal.pd(setup, product, mean_known(setup, terms, product), 0, &mut weights);
                class(product).requirement(pd, lgd)
            })
            .sum();
        internal.weight_new = ASSETS_PER_REQUIREMENT * sum / setup.products.len() as f64;
        internal
    }

    /// Probability that current loans after month on book `m` are in default within twelve months.
    fn pd(
        &self,
        setup: &Setup,
        product: &ProductSetup,
        levels: (f64, f64),
        m: u32,
        weights: &mut Vec<DefaultWeight>,
    ) -> f64 {
        let pool = Pool { setup, product, levels, rivals: setup.market.initial };
        pool.weigh(&self.long_run, (m, product.tenor_max().max(m)), 1.0, 0, weights);
        weights.iter().map(|weight| weight.twelve).sum()
    }

    /// Rates a book at the end of a month.
    pub fn rate(&self, book: &Book, setup: &Setup, terms: &ProvisionSetup, month: u32) -> Rated {
        let mut rated = Rated::default();
        let mut weights = Vec::new();
        for &tile in &book.active {
            let tile = &book.tiles[tile as usize];
            let product = &setup.products[tile.product];
            let balance: i64 = tile.slots.iter().map(|slot| slot.balance).sum();
            if balance > 0 {
                let levels = pool_levels(tile, setup, terms, product);
                let pd = self.pd(setup, product, levels, tile.age(month), &mut weights);
                rated.add(class(product), pd, self.lgd, balance as f64);
            }
        }
        let late = book.delinquents.iter().map(|account| (account, account.months_past_due(month), 0.0));
        let parked = book.parked.iter().map(|parked| (&parked.account, parked.age(), 0.0));
        let lines = book.lines.iter().map(|line| {
            let account = &line.account;
            let open = setup.capital.as_ref().map_or(0.0, |capital| capital.conversion);
            (account, account.months_past_due(month), open * line.undrawn().0 as f64)
        });
        for (account, age, open) in late.chain(parked).chain(lines) {
            let loan = &account.loan;
            let product = &setup.products[usize::from(loan.product)];
            let pd = match age {
                0 => {
                    let m = loan.age(month).min(product.tenor_max());
                    self.pd(setup, product, mean_known(setup, terms, product), m, &mut weights)
                }
                // In default: what it needs is told by its allowance.
                NPL_AGE.. => continue,
                age => {
                    let known = terms.known[setup.cells[loan.cell()].segment][usize::from(loan.grade)];
                    self.long_run.absorbed(f64::from(known.1), age)
                }
            };
            rated.add(class(product), pd, self.lgd, account.balance.0 as f64 + open);
        }
        rated
    }
}
