//! What the bank offers in a month, by product and grade.

use super::month::Conditions;
use super::setup::Setup;
use crate::model::pricing::{offered_apr, take_up};
use crate::model::schedule::{Terms, payment_factor};
use crate::money::{Fen, FixedRate};
use crate::random;
use crate::rate::monthly_of_nominal;

/// Offers of the month: monthly rate and take-up threshold by product and grade, annuity factor by tenor. They are made
/// anew only when the LPR or the number of rivals moves.
#[derive(Debug, Default)]
pub struct Offers {
    made_for: Option<(f64, u32)>,
    grades: usize,
    rate: Vec<FixedRate>,
    take_up: Vec<u64>,
    annuity_factor: Vec<f64>,
}

/// Most tenors a product can have in the table of annuity factors.
const TENORS: usize = 120;

impl Offers {
    /// Makes the offers of a month.
    pub fn update(&mut self, setup: &Setup, now: &Conditions) {
        if self.made_for != Some((now.lpr, now.rivals)) {
            *self = Offers::new(setup, now);
        }
    }

    fn new(setup: &Setup, now: &Conditions) -> Self {
        let grades = setup.underwriting.grades();
        let mut annuity_factor = Vec::new();
        let rivals = setup.market.take_up_effect * f64::from(now.rivals);
        let mut rate = Vec::with_capacity(grades * setup.products.len());
        let mut accepted = Vec::with_capacity(rate.capacity());
        for product in &setup.products {
            let base = if product.on_lpr { now.lpr } else { 0.0 };
            let (spread, floor, cap) = product.apr;
            for grade_spread in &product.grade_spread {
                let apr = offered_apr(base, spread, *grade_spread, floor, cap);
                let (at_reference, reference, slope) = product.take_up;
                let probability = take_up(at_reference, apr, reference, slope, rivals);
                let monthly = FixedRate::from_monthly(monthly_of_nominal(apr));
                annuity_factor
                    .extend(product.tenors.iter().map(|tenor| payment_factor(product.kind, monthly, *tenor)));
                annuity_factor.resize((rate.len() + 1) * TENORS, 0.0);
                rate.push(monthly);
                accepted.push(random::threshold(probability));
            }
        }
        Offers { made_for: Some((now.lpr, now.rivals)), grades, rate, take_up: accepted, annuity_factor }
    }

    /// Terms of a loan.
    pub fn terms(
        &self,
        setup: &Setup,
        product: usize,
        grade: usize,
        tenor_index: usize,
        amount: Fen,
    ) -> Terms {
        let at = product * self.grades + grade;
        let product = &setup.products[product];
        Terms {
            kind: product.kind,
            tenor: product.tenors[tenor_index],
            rate: self.rate[at],
            payment: Fen::round(amount.0 as f64 * self.annuity_factor[at * TENORS + tenor_index]),
        }
    }

    /// Word threshold of drawing an approved loan.
    pub fn take_up(&self, product: usize, grade: usize) -> u64 {
        self.take_up[product * self.grades + grade]
    }
}
