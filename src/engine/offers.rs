//! What the bank offers in a month, by product and grade.

use super::contracts::{Contracts, FamilyId};
use super::month::Conditions;
use super::setup::{ProductSetup, Setup};
use crate::model::pricing::{AllIn, take_up};
use crate::model::schedule::{Repayment, Schedule};
use crate::random;
use crate::time::CalendarMonth;

/// Offers of the month: probability of take-up by product and grade, family of contracts by tenor. They are
/// made anew only when the LPR or the number of rivals moves, and every month where interest counts actual days.
#[derive(Debug, Default)]
pub struct Offers {
    made_for: Option<(f64, u32, u32)>,
    grades: usize,
    rungs: usize,
    /// By product, grade and rung: of first and of repeat loans.
    take_up: Vec<[f64; 2]>,
    /// The rates take-up looks at.
    rates: Vec<[f64; 2]>,
    /// By product, grade and rung: of first and of repeat loans, by tenor.
    families: Vec<[Vec<FamilyId>; 2]>,
}

impl Offers {
    /// Makes the offers of a month.
    pub fn update(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        let by_days = setup.products.iter().any(|product| product.repayment.days.is_some());
        let month = if by_days { now.month } else { 0 };
        let made_for = Some((now.lpr, now.rivals, month));
        if self.made_for == made_for {
            return;
        }
        if !self.made_for.is_some_and(|(lpr, _, at)| (lpr, at) == (now.lpr, month)) {
            self.price(setup, now, contracts);
        }
        self.made_for = made_for;
        let rivals = setup.market.take_up_effect * f64::from(now.rivals);
        let rates = self.rates.chunks((self.grades * self.rungs).max(1));
        self.take_up.clear();
        for (product, rates) in setup.products.iter().zip(rates) {
            let (at_reference, reference, slope) = product.take_up;
            let probability = |rate: f64| take_up(at_reference, rate, reference, slope, rivals);
            self.take_up.extend(rates.iter().map(|rates| rates.map(probability)));
        }
    }

    /// Sets rates and contracts.
    fn price(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        let start = setup.start.plus(now.month);
        self.grades = setup.underwriting.grades();
        self.rungs = setup.rungs();
        self.rates.clear();
        self.families.clear();
        for product in &setup.products {
            let step = product.amount.law().step;
            for at in 0..self.grades * self.rungs {
                let (grade, rung) = (at / self.rungs, at % self.rungs);
                let apr = product.apr_at(now.lpr, grade, rung);
                let repayments = [&product.repayment, &product.repayment_repeat];
                self.rates
                    .push(repayments.map(|repayment| rate_seen(product, repayment, (apr, grade), start)));
                self.families.push(repayments.map(|repayment| {
                    let tenors = product.tenors.iter();
                    tenors
                        .map(|tenor| contracts.family(&repayment.starting(start, *tenor), apr, *tenor, step))
                        .collect()
                }));
            }
        }
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
        random::threshold(self.take_up[self.at(product, grade, 0)][0] * staying)
    }

    /// Word threshold of drawing an approved repeat loan.
    pub fn take_up_repeat(&self, product: usize, grade: usize, rung: usize) -> u64 {
        random::threshold(self.take_up[self.at(product, grade, rung)][1])
    }
}

/// The annual rate an applicant of a grade looks at: that of the contract, or what the median loan costs all in, on average
/// over the tenors; amount and tenors as far as the grade may have them.
fn rate_seen(
    product: &ProductSetup,
    repayment: &Repayment,
    (apr, grade): (f64, usize),
    start: CalendarMonth,
) -> f64 {
    let Some((median, shares)) = &product.take_up_all_in else {
        return apr;
    };
    let caps = &product.caps[grade];
    let amount = (*median).min(caps.amount);
    let cost_of = |(index, share): (usize, &f64)| {
        let tenor = product.tenors[index.min(caps.tenor_index)];
        let schedule = Schedule::new(&repayment.starting(start, tenor), apr, tenor);
        share * AllIn::new(&schedule, apr, amount, product.upfront_fee, product.monthly_fee).apr_all_in
    };
    shares.iter().enumerate().map(cost_of).sum()
}
