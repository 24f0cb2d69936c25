//! What the bank offers in a month, by product and grade.

use super::contracts::{Contracts, FamilyId};
use super::month::Conditions;
use super::resolve::cumulative;
use super::setup::{ProductSetup, Setup};
use crate::model::borrower::choose;
use crate::model::pricing::{AllIn, shifted, take_up, tenor_mix};
use crate::model::schedule::{Repayment, Schedule};
use crate::random;
use crate::time::CalendarMonth;

/// Offers of the month: probability of take-up by product and grade, family of contracts by tenor, mix of tenors. They are
/// made anew only when something they are made for moves, and every month where interest counts actual days.
#[derive(Debug, Default)]
pub struct Offers {
    made_for: Option<MadeFor>,
    grades: usize,
    rungs: usize,
    /// Cumulative thresholds of tenors by product.
    tenors: Vec<Vec<u64>>,
    /// By product, grade and rung: of first and of repeat loans.
    take_up: Vec<[f64; 2]>,
    /// By product, grade and rung: of first and of repeat loans, by tenor.
    families: Vec<[Vec<FamilyId>; 2]>,
}

#[derive(Debug)]
struct MadeFor {
    lpr: f64,
    apr_cap: f64,
    rivals: u32,
    month: u32,
    price: Vec<f64>,
    tenor: Vec<f64>,
}

impl MadeFor {
    fn is(&self, setup: &Setup, now: &Conditions) -> bool {
        self.lpr == now.lpr
            && self.apr_cap == now.apr_cap
            && self.rivals == now.rivals
            && self.month == month_that_counts(setup, now)
            && self.price == now.levers.price
            && self.tenor == now.levers.tenor
    }
}

/// The month, where interest counts its days; otherwise all are alike.
fn month_that_counts(setup: &Setup, now: &Conditions) -> u32 {
    let by_days = setup.products.iter().any(|product| product.repayment.days.is_some());
    if by_days { now.month } else { 0 }
}

impl Offers {
    /// Makes the offers of a month.
    pub fn update(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        if !self.made_for.as_ref().is_some_and(|made| made.is(setup, now)) {
            *self = Offers::new(setup, now, contracts);
        }
    }

    fn new(setup: &Setup, now: &Conditions, contracts: &mut Contracts) -> Self {
        let start = setup.start.plus(now.month);
        let grades = setup.underwriting.grades();
        let mut families = Vec::new();
        let rivals = setup.market.take_up_effect * f64::from(now.rivals);
        let rungs = setup.rungs();
        let mut accepted = Vec::with_capacity(grades * rungs * setup.products.len());
        let mut tenors = Vec::new();
        for (index, product) in setup.products.iter().enumerate() {
            tenors.push(match now.levers.tenor[index] {
                0.0 => product.tenor_thresholds.clone(),
                moved => cumulative(&tenor_mix(&product.tenor_shares, moved), 1.0),
            });
            let step = product.amount.law().step;
            let repayments = [&product.repayment, &product.repayment_repeat];
            for (grade, rung) in (0..grades).flat_map(|grade| (0..rungs).map(move |rung| (grade, rung))) {
                let apr = product.apr_at(now.lpr, grade, rung, now.levers.price[index], now.apr_cap);
                let (at_reference, reference, slope) = product.take_up;
                accepted.push(repayments.map(|repayment| {
                    let rate = rate_seen(product, repayment, (apr, grade), start);
                    take_up(at_reference, rate, reference, slope, rivals)
                }));
                families.push(repayments.map(|repayment| {
                    let tenors = product.tenors.iter();
                    tenors
                        .map(|tenor| contracts.family(&repayment.starting(start, *tenor), apr, *tenor, step))
                        .collect()
                }));
            }
        }
        let made_for = MadeFor {
            lpr: now.lpr,
            apr_cap: now.apr_cap,
            rivals: now.rivals,
            month: month_that_counts(setup, now),
            price: now.levers.price.clone(),
            tenor: now.levers.tenor.clone(),
        };
        Offers { made_for: Some(made_for), grades, rungs, tenors, take_up: accepted, families }
    }

    /// Position of the tenor that a word chooses.
    pub fn tenor(&self, product: usize, word: u32) -> usize {
        choose(&self.tenors[product], word)
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

    /// Word threshold of waiting for the decision, as a share `staying` of applicants does, and drawing an approved loan, the
    /// log-odds of which a promotion moves by `shift`.
    pub fn take_up(&self, product: usize, grade: usize, shift: f64, staying: f64) -> u64 {
        random::threshold(shifted(self.take_up[self.at(product, grade, 0)][0], shift) * staying)
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
