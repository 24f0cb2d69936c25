//! Customers from loan to loan: the ladder, told from the months of a loan one by one.

use lendcycle::ledger::{Flow, Flows};
use lendcycle::scenario::Scenario;
use lendcycle::scenario::tables::Product;

use super::loan::Loan;
use super::month::Month;
use super::offers::amount;

/// Where a customer stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Asked for as a new customer, and now; fen.
    pub first: i64,
    pub asked: f64,
    pub rung: u32,
    /// Has been above rung 0.
    pub lifted: bool,
}

impl Standing {
    pub fn of_new_customer(asked: i64) -> Self {
        Standing { first: asked, asked: asked as f64, rung: 0, lifted: false }
    }
}

pub fn rate_cut(scenario: &Scenario, rung: u32) -> f64 {
    let cut = scenario.ladder.as_ref().and_then(|ladder| ladder.rate_cut);
    f64::from(rung) * cut.map_or(0.0, |cut| cut.f64())
}

/// What a customer is granted who would get `otherwise` if there were no ladder.
pub fn granted(now: &Month<'_>, product: &Product, grade: usize, standing: &Standing, otherwise: f64) -> i64 {
    let most = product.grade_amount_max.as_ref().map_or(i64::MAX, |most| most[grade].0.0);
    let Some(ladder) = &now.world.scenario.ladder else {
        return amount(product, otherwise).min(most);
    };
    let mut limit = standing.first as f64 * ladder.first_share.map_or(1.0, |share| share.f64());
    for _ in 0..standing.rung {
        limit *= 1.0 + ladder.limit_rise.map_or(0.0, |rise| rise.f64());
    }
    amount(product, f64::min(standing.asked, limit)).min(most)
}

impl Loan {
    /// The rung a good customer is on when the loan is paid off this month.
    pub fn climb(&mut self, now: &Month<'_>, flows: &mut Flows) {
        let Some(ladder) = &now.world.scenario.ladder else {
            return;
        };
        let mut earned = 0;
        let mut in_a_row = 0;
        let contracted = self.contract.tenor() as usize;
        for on_time in self.on_time.iter().chain([&true]).take(contracted) {
            in_a_row = if *on_time { in_a_row + 1 } else { 0 };
            if in_a_row == ladder.streak_months.0 {
                earned += 1;
                in_a_row = 0;
            }
        }
        let lost = i64::from(self.late) * ladder.late_rungs.0 as i64;
        let rung = (i64::from(self.ladder.rung) + earned - lost).clamp(0, ladder.rungs_max.0 as i64);
        self.ladder.rung = rung as u32;
        if rung > 0 && !self.ladder.lifted {
            self.ladder.lifted = true;
            flows.0[Flow::CustomersLifted as usize] += 1;
        }
    }
}
