//! Where customers stand on the ladder of rungs, and how their loans move them.

use super::book::{Book, Loan};
use super::setup::Setup;
use crate::ledger::Flow;
use crate::money::Fen;

/// A customer's standing during a loan; at its pay-off, what the next loan will be made on.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Amount asked for as a new customer.
    pub first: Fen,
    /// Amount asked for now, fen.
    pub asked: f64,
    /// Rungs earned during this loan so far.
    earned: u16,
    /// Month on book after which the present run of months without anything past due began.
    streak_from: u16,
    /// Rung.
    pub rung: u8,
    /// Was on a rung above 0 once.
    lifted: bool,
}

impl Standing {
    /// Of a new customer.
    pub fn of_first_loan(asked: Fen) -> Self {
        Standing { first: asked, asked: asked.0 as f64, earned: 0, streak_from: 0, rung: 0, lifted: false }
    }

    /// Of a customer who comes back.
    pub fn of_next_loan(&self, setup: &Setup) -> Self {
        Standing { asked: self.asked * setup.repeat.amount_growth, earned: 0, streak_from: 0, ..*self }
    }
}

impl Book {
    /// A loan was on time up to month on book `last` and is late now.
    pub fn end_streak(&mut self, setup: &Setup, loan: &Loan, last: u32) {
        let Some(ladder) = &setup.ladder else { return };
        let standing = &mut self.standings[loan.index as usize];
        let months = last.saturating_sub(u32::from(standing.streak_from));
        standing.earned += ladder.earned(months) as u16;
    }

    /// A loan was late up to month on book `last` and is on time again.
    pub fn begin_streak(&mut self, loan: &Loan, last: u32) {
        if let Some(standing) = self.standings.get_mut(loan.index as usize) {
            standing.streak_from = last as u16;
        }
    }

    /// A loan of a good customer is paid off: the rung that its conduct leaves.
    pub fn climb(&mut self, setup: &Setup, loan: &Loan, month: u32) {
        let Some(ladder) = &setup.ladder else { return };
        self.end_streak(setup, loan, loan.age(month).min(u32::from(loan.tenor)));
        let standing = &mut self.standings[loan.index as usize];
        let rung =
            ladder.rung_after(u32::from(standing.rung), u32::from(standing.earned), u32::from(loan.late));
        standing.rung = rung as u8;
        let first_time = rung > 0 && !standing.lifted;
        standing.lifted |= first_time;
        self.flows[loan.cell()].count(Flow::CustomersLifted, i64::from(first_time));
    }
}
