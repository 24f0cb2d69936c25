//! Customers between loans: who waits, who comes back, who is lost, who is called on; and the points they hold.

use super::book::{Book, Loan, Origination};
use super::month::Conditions;
use super::setup::Setup;
use crate::ledger::Flow;
use crate::model::retention::{behaviour_score, months_until_return, return_distribution, return_rate};
use crate::money::Fen;
use crate::random::{self, Process, RunDraws};

/// Customers of a run between loans.
#[derive(Debug, Default)]
pub struct Between {
    /// Word thresholds of having asked again by month 1, 2, … after a pay-off in this month: of those who are not called
    /// on, and of those who are.
    wait: [Vec<u64>; 2],
    /// Rivals, and which programmes are on, that these were made for.
    wait_for: Option<(u32, bool, bool)>,
    /// Customers who may still come back.
    pub dormant: i64,
    /// By month and cell: those whose window ends.
    ends: Vec<i64>,
    /// By cell: customers called on; by month and cell: how many are no longer.
    called: Vec<i64>,
    called_ends: Vec<i64>,
    /// By month: customers paid off in it, and of them back within a year.
    pub paid_off: Vec<i64>,
    pub back_within_year: Vec<i64>,
    /// By cell: points held, fen.
    points: Vec<i64>,
    /// By month: loans made before it.
    made_before: Vec<usize>,
    /// By vintage of the loan before, that of the opening book last, then month: repeat loans made.
    pub(super) followed: Vec<u32>,
}

impl Between {
    /// Empties it for a new run.
    pub fn begin(&mut self, setup: &Setup) {
        let (months, cells) = (setup.months as usize, setup.cells.len());
        self.wait_for = None;
        self.dormant = 0;
        for (sums, size) in [
            (&mut self.ends, months * cells),
            (&mut self.called, cells),
            (&mut self.called_ends, months * cells),
            (&mut self.paid_off, months),
            (&mut self.back_within_year, months),
            (&mut self.points, cells),
        ] {
            sums.clear();
            sums.resize(size, 0);
        }
        self.made_before.clear();
        self.followed.clear();
        self.followed.resize((months + 1) * months, 0);
    }

    /// Begins a month in which so many loans have been made.
    pub(super) fn begin_month(&mut self, made: usize) {
        self.made_before.push(made);
    }

    /// Notes a repeat loan made in `month` to the borrower of loan `index`.
    pub(super) fn note_repeat(&mut self, months: usize, month: u32, index: u32) {
        let begun = self.made_before.partition_point(|made| *made <= index as usize);
        // What was made before month 0 is the opening book.
        let vintage = begun.checked_sub(1).unwrap_or(months);
        self.followed[vintage * months + month as usize] += 1;
    }

    /// Makes the chances of a return for pay-offs of this month.
    fn update_waits(&mut self, setup: &Setup, now: &Conditions) {
        let loyal = setup.loyalty.as_ref().filter(|loyalty| now.month >= loyalty.from);
        let care = setup.care.as_ref().filter(|care| now.month >= care.from);
        let rivals = if setup.market.return_effect > 0.0 { now.rivals } else { 0 };
        let made_for = (rivals, loyal.is_some(), care.is_some());
        if self.wait_for == Some(made_for) {
            return;
        }
        let factor = loyal.map_or(1.0, |loyalty| loyalty.return_factor);
        let (rate, decay, window) = setup.repeat.hazard;
        let factors = [factor, factor * care.map_or(1.0, |care| care.return_factor)];
        self.wait = factors.map(|factor| {
            let rate = return_rate(rate, factor, setup.market.return_effect, rivals);
            return_distribution(rate, decay, window).into_iter().map(random::threshold).collect()
        });
        self.wait_for = Some(made_for);
    }
}

/// Behaviour score of a loan that is paid off.
pub fn behaviour(setup: &Setup, made: &Origination) -> f64 {
    let late = u32::from(made.late);
    // A last instalment that came late is one instalment all the same.
    let months = u32::from(made.months_paid.min(u16::from(made.tenor)));
    let period = setup.products[usize::from(made.product)].repayment.period;
    let on_time = (months / period).saturating_sub(late.div_ceil(period));
    behaviour_score(made.score_observed, on_time, late, &setup.repeat.points)
}

impl Book {
    /// Begins a month of customers: chances of a return, and calls on those who were paid off before.
    pub fn begin_customers(&mut self, setup: &Setup, now: &Conditions) {
        self.between.update_waits(setup, now);
        let Some(care) = &setup.care else { return };
        let cells = setup.cells.len();
        let ends = &self.between.called_ends[now.month as usize * cells..][..cells];
        for ((flows, called), ended) in self.flows.iter_mut().zip(&mut self.between.called).zip(ends) {
            flows.count(Flow::CustomersCalled, *called);
            flows.book(Flow::ServicingPaid, Fen::round(*called as f64 * care.cost));
            *called -= ended;
        }
    }

    /// Closes a loan that was paid off in `month`: a good customer may come back.
    pub fn pay_off(&mut self, setup: &Setup, draws: &RunDraws, month: u32, loan: &Loan) {
        self.flows[loan.cell()].count(Flow::AccountsPaidOff, 1);
        self.between.paid_off[month as usize] += 1;
        let repeat = &setup.repeat;
        if repeat.hazard.0 == 0.0 || loan.fraud || u32::from(loan.worst) > repeat.worst {
            self.flows[loan.cell()].count(Flow::CustomersLost, 1);
            return;
        }
        self.climb(setup, loan, month);
        let called = setup.care.as_ref().is_some_and(|care| {
            month >= care.from && behaviour(setup, self.remember(loan, month)) >= care.score_min
        });
        let word = draws.words(loan.who, Process::RepeatWait, month)[0];
        let wait = months_until_return(&self.between.wait[usize::from(called)], word);
        let ends = month + wait.unwrap_or(repeat.hazard.2);
        self.between.dormant += 1;
        if called {
            self.between.called[loan.cell()] += 1;
        }
        if ends >= setup.months {
            return;
        }
        let at = ends as usize * setup.cells.len() + loan.cell();
        match wait {
            Some(wait) => {
                self.remember(loan, month);
                self.returns[ends as usize].push((loan.index, wait));
            }
            None => self.between.ends[at] += 1,
        }
        if called {
            self.between.called_ends[at] += 1;
        }
    }

    /// Notes how a loan was paid, for the day its borrower asks again.
    fn remember(&mut self, loan: &Loan, month: u32) -> &Origination {
        let origination = &mut self.loans[loan.index as usize];
        origination.late = loan.late;
        // Partial prepayment may have ended it earlier.
        origination.tenor = loan.tenor;
        origination.months_paid = loan.age(month) as u16;
        origination
    }

    /// Whoever asks again this month is turned away.
    pub fn turn_away(&mut self, month: u32) {
        for (index, _) in &self.returns[month as usize] {
            let group = usize::from(self.loans[*index as usize].group);
            self.flows[group].count(Flow::CustomersLost, 1);
        }
    }

    /// Ends a month of customers: who asked again waits no longer, nor does who let the window pass.
    pub fn end_customers(&mut self, setup: &Setup, month: u32) {
        let cells = setup.cells.len();
        let ends = &self.between.ends[month as usize * cells..][..cells];
        for (flows, ended) in self.flows.iter_mut().zip(ends) {
            let charged_off = flows.get(Flow::AccountsChargedOff);
            flows.count(Flow::CustomersLost, ended + charged_off);
            self.between.dormant -= ended;
        }
        self.between.dormant -= self.returns[month as usize].len() as i64;
    }

    /// Points of the loyalty programme: redeemed against this month's interest, expired, earned on it.
    pub fn settle_points(&mut self, setup: &Setup, now: &Conditions) {
        let Some(loyalty) = &setup.loyalty else { return };
        let runs = now.month >= loyalty.from;
        for (flows, held) in self.flows.iter_mut().zip(&mut self.between.points) {
            let interest = flows.sum(&[Flow::InterestReceived, Flow::InterestCashBasis]);
            let moved = loyalty.points.month(Fen(*held), Fen(interest), runs);
            flows.book(Flow::PointsRedeemed, moved.redeemed);
            flows.book(Flow::PointsExpired, moved.expired);
            flows.book(Flow::PointsEarned, moved.earned);
            *held += (moved.earned - moved.redeemed - moved.expired).0;
        }
        if runs && !now.closed {
            self.flows[setup.shared_group()].book(Flow::ServicingPaid, loyalty.monthly_cost);
        }
    }
}
