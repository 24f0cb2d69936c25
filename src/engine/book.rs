//! The book of one run: loans, tiles of current loans, delinquent loans, customers who will return, and totals.

use super::setup::Setup;
use super::tile::{Member, Tile};
use crate::ledger::{Flow, Flows};
use crate::model::retention::months_until_return;
use crate::model::schedule::Terms;
use crate::money::Fen;
use crate::random::{Process, RunDraws, Who};

/// What stays the same, and what is remembered, of one loan.
#[derive(Clone, Copy, Debug)]
pub struct Loan {
    pub who: Who,
    pub amount: Fen,
    pub terms: Terms,
    pub tile: u32,
    pub vintage: u32,
    pub product: usize,
    pub group: usize,
    pub level: i16,
    pub level_delinquent: i16,
    pub fraud: bool,
    /// Most months past due so far.
    pub worst: u32,
    /// Month ends past due so far.
    pub late: u32,
    /// Month on book in which it was paid off.
    pub months_paid: u32,
    pub score_observed: f64,
    pub score_true: f64,
}

/// State of a delinquent loan. All instalments due up to `paid_through` are paid and the next one is not, so that
/// months past due = month on book - `paid_through`.
#[derive(Clone, Copy, Debug)]
pub struct Delinquent {
    pub loan: u32,
    pub paid_through: u32,
    /// Principal owed.
    pub balance: Fen,
    /// What the contract's balance would be.
    pub scheduled: Fen,
    /// Interest earned and booked.
    pub receivable: Fen,
    /// Interest earned while non-accruing, not booked.
    pub suspended: Fen,
    /// Penalty interest so far, not booked.
    pub penalty: Fen,
}

/// What is counted per vintage.
#[derive(Clone, Copy, Debug, Default)]
pub struct VintageSums {
    pub loans: i64,
    pub originated: i64,
    /// Loans ever more than 30 and more than 90 days past due.
    pub ever_30: i64,
    pub ever_90: i64,
    pub charged_off: i64,
    pub recovered: i64,
}

/// Charged-off principal of a vintage and cell that is still pursued.
#[derive(Clone, Copy, Debug)]
pub struct Pursued {
    pub vintage: u32,
    pub cell: usize,
    /// Fen pursued so far.
    pub principal: f64,
    /// Fen charged off this month, pursued from next month on. An integer: the order in which loans are charged off must
    /// not move a bit.
    pub entering: i64,
}

/// Everything one run changes.
#[derive(Debug, Default)]
pub struct Book {
    pub loans: Vec<Loan>,
    pub tiles: Vec<Tile>,
    /// Tiles in use come first; the rest keep their memory for later.
    pub tiles_used: usize,
    /// Tiles that still hold current loans or may get some back.
    pub active: Vec<u32>,
    pub delinquents: Vec<Delinquent>,
    pub entering: Vec<Delinquent>,
    /// Loans whose borrower asks again, by month.
    pub returns: Vec<Vec<u32>>,
    pub flows: Vec<Flows>,
    pub vintages: Vec<VintageSums>,
    /// Charged-off principal still pursued.
    pub pursued: Vec<Pursued>,
    /// Position in `pursued` by vintage and cell; `u32::MAX` where there is none.
    pub pursued_at: Vec<u32>,
    /// Cash collected from delinquent loans this month, by tier and cell, fen.
    pub tier_cash: Vec<i64>,
    /// Buffer: loans that matured, with their slots.
    pub matured: Vec<(u32, usize)>,
    pub account_months: u64,
    /// Sum of amount x average life of this month's originations.
    pub principal_months: i64,
}

impl Book {
    /// Empties the book for a new run.
    pub fn begin(&mut self, setup: &Setup) {
        let months = setup.months as usize;
        self.loans.clear();
        self.tiles_used = 0;
        self.active.clear();
        self.delinquents.clear();
        self.entering.clear();
        self.returns.resize_with(months, Vec::new);
        self.returns.iter_mut().for_each(Vec::clear);
        self.flows.clear();
        self.flows.resize(setup.groups(), Flows::default());
        self.vintages.clear();
        self.vintages.resize(months, VintageSums::default());
        self.pursued.clear();
        self.pursued_at.clear();
        self.pursued_at.resize(months * setup.cells.len(), u32::MAX);
        self.tier_cash.clear();
        self.tier_cash.resize(setup.tiers.len() * setup.cells.len(), 0);
        self.account_months = 0;
        self.principal_months = 0;
    }

    /// Begins a month.
    pub fn begin_month(&mut self) {
        self.flows.fill(Flows::default());
        self.tier_cash.fill(0);
        self.principal_months = 0;
    }

    /// The tile of a product's loans made in `month`; there is at most one, the newest ones stand last.
    pub fn tile_for(&mut self, setup: &Setup, month: u32, product: usize) -> u32 {
        let newest = self.active.iter().rev().take(setup.products.len());
        for &tile in newest {
            let existing = &self.tiles[tile as usize];
            if existing.vintage == month && existing.product == product {
                return tile;
            }
        }
        if self.tiles_used == self.tiles.len() {
            self.tiles.push(Tile::default());
        }
        let product_setup = &setup.products[product];
        self.tiles[self.tiles_used].begin(
            month,
            product,
            product_setup.groups.len(),
            product_setup.tenor_max(),
        );
        self.active.push(self.tiles_used as u32);
        self.tiles_used += 1;
        self.tiles_used as u32 - 1
    }

    /// Puts a loan among the current ones, with `balance` left after month on book `paid`.
    pub fn join_tile(
        &mut self,
        setup: &Setup,
        draws: &RunDraws,
        month: u32,
        loan: u32,
        paid: u32,
        balance: Fen,
    ) -> i64 {
        let entry = &self.loans[loan as usize];
        let slot = setup.products[entry.product].slot_of_group[entry.group];
        // A new tile draws the words of all its loans at once, next month.
        let words = if paid == 0 { [0; 4] } else { draws.words(entry.who, Process::Behaviour, month / 4) };
        let member = Member { loan, who: entry.who, level: entry.level, tenor: entry.terms.tenor };
        self.tiles[entry.tile as usize].join(member, slot, &entry.terms, paid, balance, words)
    }

    /// Hands charged-off principal to recovery.
    pub fn pursue(&mut self, setup: &Setup, vintage: u32, cell: usize, principal: Fen) {
        let at = &mut self.pursued_at[vintage as usize * setup.cells.len() + cell];
        if *at == u32::MAX {
            *at = self.pursued.len() as u32;
            self.pursued.push(Pursued { vintage, cell, principal: 0.0, entering: 0 });
        }
        self.pursued[*at as usize].entering += principal.0;
    }

    /// Closes a loan of `group` that was paid off in `month`: a good customer may come back.
    pub fn pay_off(&mut self, setup: &Setup, draws: &RunDraws, month: u32, loan: u32, group: usize) {
        self.flows[group].count(Flow::AccountsPaidOff, 1);
        let repeat = &setup.repeat;
        if repeat.wait.last() == Some(&0) {
            return;
        }
        let entry = &mut self.loans[loan as usize];
        entry.months_paid = month - entry.vintage;
        if entry.fraud || entry.worst > repeat.worst {
            return;
        }
        let word = draws.words(entry.who, Process::RepeatWait, month)[0];
        if let Some(wait) = months_until_return(&repeat.wait, word)
            && month + wait < setup.months
        {
            self.returns[(month + wait) as usize].push(loan);
        }
    }
}
