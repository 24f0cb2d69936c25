//! What the bank offers in a month, by product and grade.

use super::contracts::{Contracts, FamilyId};
use super::month::Conditions;
use super::setup::Setup;
use crate::model::pricing::{shifted, take_up};
use crate::random;

/// Offers of the month: probability of take-up by product and grade, family of contracts by tenor. They are
/// made anew only when the LPR or the number of rivals moves.
#[derive(Debug, Default)]
pub struct Offers {
    made_for: Option<(f64, u32)>,
    grades: usize,
    take_up: Vec<f64>,
    /// By product and grade: of first and of repeat loans, by tenor.
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
        let mut accepted = Vec::with_capacity(grades * setup.products.len());
        for product in &setup.products {
            for grade in 0..grades {
                let apr = product.apr_at(now.lpr, grade);
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
        Offers { made_for: Some((now.lpr, now.rivals)), grades, take_up: accepted, families }
    }

    /// The family of contracts a loan belongs to.
    pub fn family(&self, product: usize, grade: usize, tenor_index: usize, repeat: bool) -> FamilyId {
        self.families[product * self.grades + grade][usize::from(repeat)][tenor_index]
    }

    /// Word threshold of waiting for the decision, as a share `staying` of applicants does, and drawing an approved loan, the
    /// log-odds of which a promotion moves by `shift`.
    pub fn take_up(&self, product: usize, grade: usize, shift: f64, staying: f64) -> u64 {
        random::threshold(shifted(self.take_up[product * self.grades + grade], shift) * staying)
    }
}
