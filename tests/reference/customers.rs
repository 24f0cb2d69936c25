//! Customers from loan to loan: the ladder, told from the months of a loan one by one; who waits, who is called on, who is
//! lost; points.

use std::collections::BTreeSet;

use lendcycle::engine::MonthMetric;
use lendcycle::ledger::{Flow, Flows};
use lendcycle::random::Who;
use lendcycle::scenario::Scenario;
use lendcycle::scenario::tables::Product;

use super::contract::nearest;
use super::loan::{Loan, Status};
use super::month::Month;
use super::offers::amount;
use super::run::Book;

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

/// What a customer is granted who would get `otherwise` if there were no ladder; `multiple` is that of a new line's grade.
pub fn granted(
    now: &Month<'_>,
    product: &Product,
    grade: usize,
    standing: &Standing,
    otherwise: f64,
    multiple: Option<f64>,
) -> i64 {
    let most = product.grade_amount_max.as_ref().map_or(i64::MAX, |most| most[grade].0.0);
    let Some(ladder) = &now.world.scenario.ladder else {
        return of_grade(product, amount(product, otherwise), multiple).min(most);
    };
    let mut limit = standing.first as f64 * ladder.first_share.map_or(1.0, |share| share.f64());
    for _ in 0..standing.rung {
        limit *= 1.0 + ladder.limit_rise.map_or(0.0, |rise| rise.f64());
    }
    of_grade(product, amount(product, f64::min(standing.asked, limit)), multiple).min(most)
}

fn of_grade(product: &Product, granted: i64, multiple: Option<f64>) -> i64 {
    multiple.map_or(granted, |multiple| amount(product, granted as f64 * multiple))
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

    /// Score of a customer whose loan is paid off.
    pub fn behaviour(&self, now: &Month<'_>) -> f64 {
        let repeat = &now.world.scenario.repeat;
        let period = self.contract.period;
        let instalments = self.paid_off.min(self.contract.tenor()) / period;
        let on_time = instalments.saturating_sub(self.late.div_ceil(period));
        let gained = f64::min(f64::from(on_time) * repeat.points_on_time.f64(), repeat.points_max.f64());
        self.score_observed + gained - f64::from(self.late) * repeat.points_late.f64()
    }

    pub fn is_called(&self, now: &Month<'_>) -> bool {
        let care = now.world.scenario.care.as_ref();
        care.is_some_and(|care| {
            u64::from(now.month) >= care.from.0 && self.behaviour(now) >= care.score_min.f64()
        })
    }

    /// Probability that a customer paid off this month asks again in the next.
    pub fn first_hazard(&self, now: &Month<'_>) -> f64 {
        let scenario = now.world.scenario;
        let mut factor = 1.0;
        if let Some(loyalty) = &scenario.loyalty
            && u64::from(now.month) >= loyalty.from.0
        {
            factor *= loyalty.return_factor.map_or(1.0, |factor| factor.f64());
        }
        if let Some(care) = &scenario.care
            && self.called
        {
            factor *= care.return_factor.f64();
        }
        let drawn_away = scenario.market.return_effect.map_or(0.0, |effect| effect.f64()) * now.rivals();
        f64::min(scenario.repeat.rate.f64() * factor / (1.0 + drawn_away), 1.0)
    }

    /// Month of pay-off.
    fn ended(&self) -> Option<u32> {
        (self.status == Status::PaidOff).then_some(self.vintage.wrapping_add(self.paid_off + self.rested()))
    }
}

impl Book {
    /// Calls on customers paid off before this month, and points.
    pub fn look_after(&mut self, now: &Month<'_>) {
        let scenario = now.world.scenario;
        for cell in 0..now.world.cells.len() {
            let flows = &mut self.flows[cell].0;
            if let Some(care) = &scenario.care {
                let called = self.loans.iter().filter(|loan| {
                    let before = loan.ended().is_some_and(|month| month < now.month);
                    loan.group == cell && loan.called && before && now.month <= loan.waits_until
                });
                let called = called.count() as i64;
                flows[Flow::CustomersCalled as usize] += called;
                flows[Flow::ServicingPaid as usize] += nearest(called as f64 * care.cost.fen_f64());
            }
            if let Some(loyalty) = &scenario.loyalty {
                let interest =
                    flows[Flow::InterestReceived as usize] + flows[Flow::InterestCashBasis as usize];
                let held = self.points[cell];
                let redeemed = i64::min(nearest(held as f64 * loyalty.redemption.f64()), interest);
                let expired = nearest((held - redeemed) as f64 * loyalty.expiry.f64());
                let earned = match u64::from(now.month) >= loyalty.from.0 {
                    true => nearest(interest as f64 * loyalty.points_share.f64()),
                    false => 0,
                };
                flows[Flow::PointsRedeemed as usize] += redeemed;
                flows[Flow::PointsExpired as usize] += expired;
                flows[Flow::PointsEarned as usize] += earned;
                self.points[cell] = held - redeemed - expired + earned;
            }
        }
        if let Some(loyalty) = &scenario.loyalty
            && u64::from(now.month) >= loyalty.from.0
            && !now.closed
        {
            let shared = now.world.cells.len();
            let cost = loyalty.monthly_cost.map_or(0, |cost| cost.0.0);
            self.flows[shared].0[Flow::ServicingPaid as usize] += cost;
        }
    }

    /// Those whose waiting ends without a loan this month; and those charged off.
    pub fn lose_customers(&mut self, now: &Month<'_>) {
        let came: BTreeSet<Who> =
            self.loans.iter().filter(|loan| loan.vintage == now.month).map(|loan| loan.who).collect();
        for loan in self.loans.iter().filter(|loan| loan.status == Status::PaidOff) {
            if loan.waits_until == now.month && loan.waits_until > 0 && !came.contains(&loan.who) {
                self.flows[loan.group].0[Flow::CustomersLost as usize] += 1;
            }
        }
        for flows in &mut self.flows {
            flows.0[Flow::CustomersLost as usize] += flows.0[Flow::AccountsChargedOff as usize];
        }
    }

    pub fn customer_row(&self, now: &Month<'_>, row: &mut [i64]) {
        let waits = |loan: &&Loan| loan.status == Status::PaidOff && loan.waits_until > now.month;
        row[MonthMetric::CustomersDormant.index()] = self.loans.iter().filter(waits).count() as i64;
        let Some(year_ago) = now.month.checked_sub(12) else {
            return;
        };
        let ended: Vec<Who> =
            self.loans.iter().filter(|loan| loan.ended() == Some(year_ago)).map(|loan| loan.who).collect();
        let since: BTreeSet<Who> = self
            .loans
            .iter()
            .filter(|loan| loan.vintage > year_ago && loan.vintage <= now.month)
            .map(|loan| loan.who)
            .collect();
        row[MonthMetric::PaidOffYearAgo.index()] = ended.len() as i64;
        row[MonthMetric::BackWithinYear.index()] =
            ended.iter().filter(|who| since.contains(who)).count() as i64;
    }
}
