//! What the bank offers in a month, by product and grade.

use super::contracts::{Contracts, FamilyId};
use super::month::Conditions;
use super::setup::Setup;
use crate::model::pricing::take_up;
use crate::random;

/// Offers of the month: probability of take-up by product and grade, family of contracts by tenor. They are
/// made anew only when the LPR or the number of rivals moves.
#[derive(Debug, Default)]
pub struct Offers {
    made_for: Option<(f64, u32)>,
    grades: usize,
    rungs: usize,
    take_up: Vec<f64>,
    /// By product, grade and rung: of first and of repeat loans, by tenor.
    families: Vec<[Vec<FamilyId>; 2]>,
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
        let rungs = setup.rungs();
        let mut accepted = Vec::with_capacity(grades * rungs * setup.products.len());
        for product in &setup.products {
            for (grade, rung) in (0..grades).flat_map(|grade| (0..rungs).map(move |rung| (grade, rung))) {
                let apr = product.apr_at(now.lpr, grade, rung);
                let (at_reference, reference, slope) = product.take_up;
                let probability = take_up(at_reference, apr, reference, slope, rivals);
                families.push([&product.repayment, &product.repayment_repeat].map(|repayment| {
                    let step = product.amount.law().step;
                    product
                        .tenors
                        .iter()
                        .map(|tenor| contracts.family(repayment, apr, *tenor, step))
                        .collect()
                }));
                accepted.push(probability);
            }
        }
        Offers { made_for: Some((now.lpr, now.rivals)), grades, rungs, take_up: accepted, families }
    }

    fn at(&self, product: usize, grade: usize, rung: usize) -> usize {
        (product * self.grades + grade) * self.rungs + rung
    }

    /// The family of contracts a first loan belongs to.
    pub fn family(&self, product: usize, grade: usize, tenor_index: usize) -> FamilyId {
        self.families[self.at(product, grade, 0)][0][tenor_index]
    }

    /// The family of contracts a repeat loan belongs to.
    pub fn family_repeat(&self, product: usize, grade: usize, rung: usize, tenor_index: usize) -> FamilyId {
        self.families[self.at(product, grade, rung)][1][tenor_index]
    }

    /// Word threshold of waiting for the decision, as a share `staying` of applicants does, and drawing an approved loan.
    pub fn take_up(&self, product: usize, grade: usize, staying: f64) -> u64 {
        random::threshold(self.take_up[self.at(product, grade, 0)] * staying)
    }

    /// Word threshold of drawing an approved repeat loan.
    pub fn take_up_repeat(&self, product: usize, grade: usize, rung: usize) -> u64 {
        random::threshold(self.take_up[self.at(product, grade, rung)])
    }
}
