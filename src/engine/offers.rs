//! What the bank offers in a month, by product and grade, and who takes it: alone, or beside the offers of rivals.

use super::contracts::{Contracts, FamilyId};
use super::month::Conditions;
use super::rivals::{Choices, Standing};
use super::setup::Setup;
use super::setup_competition::RivalOffer;
use crate::model::competition::Choice;
use crate::model::pricing::take_up;
use crate::random;

/// Offers of the month: what approved applicants do, by product and grade, family of contracts by tenor. They are
/// made anew only when the LPR, the number of rivals or their rates move.
#[derive(Debug, Default)]
pub struct Offers {
    /// All rivals of the run in the order of entry, where they have offers of their own.
    rivals: Vec<RivalOffer>,
    made_for: Option<(f64, u32, f64)>,
    grades: usize,
    /// By product and grade, where rivals act by their number alone.
    take_up: Vec<f64>,
    /// By product and grade: of first and of repeat loans, by tenor.
    families: Vec<[Vec<FamilyId>; 2]>,
    /// Where customers choose among lenders.
    choices: Option<Choices>,
}

impl Offers {
    /// No offers yet, for a run with these rivals.
    pub fn of_run(rivals: Vec<RivalOffer>) -> Self {
        Offers { rivals, ..Offers::default() }
    }

    /// Makes the offers of a month.
    pub fn update(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        let made_for = Some((now.lpr, now.rivals, now.price_war));
        if self.made_for != made_for {
            self.make(setup, now, contracts);
            self.made_for = made_for;
        }
    }

    fn make(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        self.grades = setup.underwriting.grades();
        self.families.clear();
        self.take_up.clear();
        let rivals = setup.market.take_up_effect * f64::from(now.rivals);
        for product in &setup.products {
            for grade in 0..self.grades {
                let apr = product.apr_at(now.lpr, grade);
                let (at_reference, reference, slope) = product.take_up;
                self.take_up.push(take_up(at_reference, apr, reference, slope, rivals));
                self.families.push([&product.repayment, &product.repayment_repeat].map(|repayment| {
                    let step = product.amount.law().step;
                    product
                        .tenors
                        .iter()
                        .map(|tenor| contracts.family(repayment, apr, *tenor, step))
                        .collect()
                }));
            }
        }
        self.choices = setup
            .competition
            .as_ref()
            .map(|competition| Choices::new(setup, competition, now, &self.rivals[..now.rivals as usize]));
    }

    /// The family of contracts a loan belongs to.
    pub fn family(&self, product: usize, grade: usize, tenor_index: usize, repeat: bool) -> FamilyId {
        self.families[product * self.grades + grade][usize::from(repeat)][tenor_index]
    }

    /// What approved applicants of a segment do.
    #[inline]
    pub fn choice(&self, segment: usize, product: usize, grade: usize) -> Choice {
        match &self.choices {
            Some(choices) => choices.of(segment, product, grade),
            None => Choice { take_up: self.take_up[product * self.grades + grade], lost: 0.0 },
        }
    }

    /// Where the bank stands among lenders; `None` without rivals that have offers.
    pub fn standing(&self) -> Option<Standing> {
        self.choices.as_ref().and_then(|choices| choices.standing)
    }

    /// By how much rivals' mean annual rate for a product and grade is above the own one; 0 without them.
    pub fn rivals_dearer_by(&self, product: usize, grade: usize) -> f64 {
        self.choices.as_ref().map_or(0.0, |choices| choices.dearer_by(product, grade))
    }
}

/// Word threshold of waiting for the decision, as a share `staying` of applicants does, and drawing an approved loan.
#[inline]
pub fn takes(choice: Choice, staying: f64) -> u64 {
    random::threshold(choice.take_up * staying)
}

/// Word threshold of that or of taking a rival's offer.
#[inline]
pub fn takes_any(choice: Choice, staying: f64) -> u64 {
    random::threshold(choice.take_up * staying + (1.0 - choice.take_up) * choice.lost)
}
