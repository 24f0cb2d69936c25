//! What the bank offers in a month, by product and grade.

use super::contracts::{Contracts, FamilyId};
use super::month::Conditions;
use super::setup::Setup;
use crate::model::pricing::{offered_apr, take_up};
use crate::money::FixedRate;
use crate::random;
use crate::rate::monthly_of_nominal;

/// Offers of the month: monthly rate and take-up threshold by product and grade, family of contracts by tenor. They are
/// made anew only when the LPR or the number of rivals moves.
#[derive(Debug, Default)]
pub struct Offers {
    made_for: Option<(f64, u32)>,
    grades: usize,
    take_up: Vec<u64>,
    families: Vec<Vec<FamilyId>>,
}

impl Offers {
    /// Makes the offers of a month.
    pub fn update(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        if self.made_for != Some((now.lpr, now.rivals)) {
            *self = Offers::new(setup, now, contracts);
        }
    }

    fn new(setup: &Setup, now: &Conditions, contracts: &mut Contracts) -> Self {
        let grades = setup.underwriting.grades();
        let mut families = Vec::new();
        let rivals = setup.market.take_up_effect * f64::from(now.rivals);
        let mut accepted = Vec::with_capacity(grades * setup.products.len());
        for product in &setup.products {
            let base = if product.on_lpr { now.lpr } else { 0.0 };
            let (spread, floor, cap) = product.apr;
            for grade_spread in &product.grade_spread {
                let apr = offered_apr(base, spread, *grade_spread, floor, cap);
                let (at_reference, reference, slope) = product.take_up;
                let probability = take_up(at_reference, apr, reference, slope, rivals);
                let monthly = FixedRate::from_monthly(monthly_of_nominal(apr));
                let family =
                    |tenor: &u32| contracts.family(product.kind, *tenor, monthly, product.amount.law().step);
                families.push(product.tenors.iter().map(family).collect());
                accepted.push(random::threshold(probability));
            }
        }
        Offers { made_for: Some((now.lpr, now.rivals)), grades, take_up: accepted, families }
    }

    /// The family of contracts a loan belongs to.
    pub fn family(&self, product: usize, grade: usize, tenor_index: usize) -> FamilyId {
        self.families[product * self.grades + grade][tenor_index]
    }

    /// Word threshold of drawing an approved loan.
    pub fn take_up(&self, product: usize, grade: usize) -> u64 {
        self.take_up[product * self.grades + grade]
    }
}
