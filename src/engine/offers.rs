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
    /// By product and grade: of first and of repeat loans.
    take_up: Vec<[f64; 2]>,
    /// The rates take-up looks at.
    rates: Vec<[f64; 2]>,
    /// By product and grade: of first and of repeat loans, by tenor.
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
        let rates = self.rates.chunks(self.grades.max(1));
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
        self.rates.clear();
        self.families.clear();
        for product in &setup.products {
            let step = product.amount.law().step;
            for grade in 0..self.grades {
                let apr = product.apr_at(now.lpr, grade);
                let repayments = [&product.repayment, &product.repayment_repeat];
                self.rates.push(repayments.map(|repayment| rate_seen(product, repayment, apr, start)));
                self.families.push(repayments.map(|repayment| {
                    let tenors = product.tenors.iter();
                    tenors
                        .map(|tenor| contracts.family(&repayment.starting(start, *tenor), apr, *tenor, step))
                        .collect()
                }));
            }
        }
    }

    /// The family of contracts a loan belongs to.
    pub fn family(&self, product: usize, grade: usize, tenor_index: usize, repeat: bool) -> FamilyId {
        self.families[product * self.grades + grade][usize::from(repeat)][tenor_index]
    }

    /// Word threshold of waiting for the decision, as a share `staying` of applicants does, and drawing an approved loan.
    pub fn take_up(&self, product: usize, grade: usize, repeat: bool, staying: f64) -> u64 {
        random::threshold(self.take_up[product * self.grades + grade][usize::from(repeat)] * staying)
    }
}

/// The annual rate an applicant looks at: that of the contract, or what the median loan costs all in, on average over the
/// tenors.
fn rate_seen(product: &ProductSetup, repayment: &Repayment, apr: f64, start: CalendarMonth) -> f64 {
    let Some((amount, shares)) = &product.take_up_all_in else {
        return apr;
    };
    let offers = product.tenors.iter().zip(shares);
    offers
        .map(|(tenor, share)| {
            let schedule = Schedule::new(&repayment.starting(start, *tenor), apr, *tenor);
            let cost = AllIn::new(&schedule, apr, *amount, product.upfront_fee, product.monthly_fee);
            share * cost.apr_all_in
        })
        .sum()
}
