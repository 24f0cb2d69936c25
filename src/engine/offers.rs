//! What the bank offers in a month, by product and grade, and who takes it: alone, or beside the offers of rivals.

use super::contracts::{Contracts, FamilyId};
use super::month::Conditions;
use super::resolve::cumulative;
use super::rivals::{Choices, Standing};
use super::setup::{ProductSetup, Setup};
use super::setup_competition::RivalOffer;
use crate::model::borrower::choose;
use crate::model::competition::Choice;
use crate::model::pricing::{AllIn, take_up, tenor_mix};
use crate::model::schedule::{Repayment, Schedule};
use crate::random;
use crate::time::CalendarMonth;

/// Offers of the month: what approved applicants do, by product and grade, family of contracts by tenor, mix of tenors.
/// They are made anew only when something they are made for moves, and every month where interest counts actual days.
#[derive(Debug, Default)]
pub struct Offers {
    /// All rivals of the run in the order of entry, where they have offers of their own.
    rivals: Vec<RivalOffer>,
    made_for: Option<MadeFor>,
    grades: usize,
    rungs: usize,
    /// Cumulative thresholds of tenors by product.
    tenors: Vec<Vec<u64>>,
    /// By product, grade and rung, of first and of repeat loans, where rivals act by their number alone.
    take_up: Vec<[f64; 2]>,
    /// By product, grade and rung: of first and of repeat loans, by tenor.
    families: Vec<[Vec<FamilyId>; 2]>,
    /// Where customers choose among lenders.
    choices: Option<Choices>,
}

#[derive(Debug)]
struct MadeFor {
    lpr: f64,
    apr_cap: f64,
    rivals: u32,
    price_war: f64,
    month: u32,
    price: Vec<f64>,
    tenor: Vec<f64>,
}

impl MadeFor {
    fn is(&self, setup: &Setup, now: &Conditions) -> bool {
        self.lpr == now.lpr
            && self.apr_cap == now.apr_cap
            && self.rivals == now.rivals
            && self.price_war == now.price_war
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
    /// No offers yet, for a run with these rivals.
    pub fn of_run(rivals: Vec<RivalOffer>) -> Self {
        Offers { rivals, ..Offers::default() }
    }

    /// Makes the offers of a month.
    pub fn update(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        if !self.made_for.as_ref().is_some_and(|made| made.is(setup, now)) {
            self.make(setup, now, contracts);
        }
    }

    fn make(&mut self, setup: &Setup, now: &Conditions, contracts: &mut Contracts) {
        let start = setup.start.plus(now.month);
        self.grades = setup.underwriting.grades();
        self.families.clear();
        self.take_up.clear();
        let rivals = setup.market.take_up_effect * f64::from(now.rivals);
        self.rungs = setup.rungs();
        self.tenors.clear();
        for (index, product) in setup.products.iter().enumerate() {
            self.tenors.push(match now.levers.tenor[index] {
                0.0 => product.tenor_thresholds.clone(),
                moved => cumulative(&tenor_mix(&product.tenor_shares, moved), 1.0),
            });
            let (grades, rungs) = (self.grades, self.rungs);
            let step = product.amount.law().step;
            let repayments = [&product.repayment, &product.repayment_repeat];
            let alike = product.repayment == product.repayment_repeat;
            for (grade, rung) in (0..grades).flat_map(|grade| (0..rungs).map(move |rung| (grade, rung))) {
                let apr = product.apr_at(now.lpr, grade, rung, now.levers.price[index], now.apr_cap);
                let (at_reference, reference, slope) = product.take_up;
                self.take_up.push(repayments.map(|repayment| {
                    let rate = rate_seen(product, repayment, (apr, grade), start);
                    take_up(at_reference, rate, reference, slope, rivals)
                }));
                let mut families = |repayment: &Repayment| -> Vec<FamilyId> {
                    let tenors = product.tenors.iter();
                    tenors
                        .map(|tenor| contracts.family(&repayment.starting(start, *tenor), apr, *tenor, step))
                        .collect()
                };
                let first = families(&product.repayment);
                let repeat = if alike { first.clone() } else { families(&product.repayment_repeat) };
                self.families.push([first, repeat]);
            }
        }
        self.choices = setup
            .competition
            .as_ref()
            .map(|competition| Choices::new(setup, competition, now, &self.rivals[..now.rivals as usize]));
        self.made_for = Some(MadeFor {
            lpr: now.lpr,
            apr_cap: now.apr_cap,
            rivals: now.rivals,
            price_war: now.price_war,
            month: month_that_counts(setup, now),
            price: now.levers.price.clone(),
            tenor: now.levers.tenor.clone(),
        });
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

    /// What approved applicants of a segment do; of a repeat loan on a rung, or of a first one.
    #[inline]
    pub fn choice(&self, segment: usize, product: usize, grade: usize, rung: Option<usize>) -> Choice {
        let at = (product, grade, rung.unwrap_or(0));
        match &self.choices {
            Some(choices) => choices.of(segment, at.0, at.1, at.2),
            None => {
                let take_up = self.take_up[self.at(at.0, at.1, at.2)];
                Choice { take_up: take_up[usize::from(rung.is_some())], lost: 0.0 }
            }
        }
    }

    /// Where the bank stands among lenders; `None` without rivals that have offers.
    pub fn standing(&self) -> Option<Standing> {
        self.choices.as_ref().and_then(|choices| choices.standing)
    }

    /// By how much rivals' mean annual rate for a product, grade and rung is above the own one; 0 without them.
    pub fn rivals_dearer_by(&self, product: usize, grade: usize, rung: usize) -> f64 {
        self.choices.as_ref().map_or(0.0, |choices| choices.dearer_by(product, grade, rung))
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
