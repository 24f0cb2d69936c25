//! What is set aside for losses, at every month's end, from what a bank knows then.
//!
//! Current loans are judged in pools (a tile: one vintage of a product), loans past due one by one. Contracts give the balances
//! to come, grades the log-odds, today's factor its forecast. Nothing of a borrower's true score, of rivals' effect on it, or of
//! the months to come is used: what that costs shows as misestimation.

use std::collections::BTreeMap;

use super::book::{Book, Loan};
use super::delinquent::NPL_AGE;
use super::setup::Setup;
use super::setup_provision::{Expected, Method, ProvisionSetup};
use crate::ledger::Flow;
use crate::model::provision::DefaultWeight;
use crate::money::Fen;

/// Stages of expected credit loss.
pub const STAGES: usize = 3;

/// What holds for everybody at a month's end.
#[derive(Clone, Copy, Debug)]
pub struct Today<'a> {
    pub month: u32,
    /// Factors by month; those after `month` are not looked at.
    pub factors: &'a [f64],
    pub lpr: f64,
    pub rivals: u32,
}

/// Share of a balance that is expected to be lost.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coverage {
    pub lifetime: f64,
    pub twelve: f64,
    /// The pool is in stage 2.
    pub is_worse: bool,
}

/// Provisions of one run.
#[derive(Debug, Default)]
pub struct Provision {
    /// By cell: allowance by stage, fen.
    pub cells: Vec<[i64; STAGES]>,
    /// Balance by stage, fen.
    pub exposure: [i64; STAGES],
    /// By vintage, then those of the opening book: loss measured last, fen; once the horizon is settled that over life.
    pub vintages: Vec<f64>,
    /// Loss over life expected at the end of the month a vintage was made in, fen.
    pub at_origination: Vec<i64>,
    /// By cell: interest that stage 3 earns next month on what it is worth, fen.
    pub(super) unwinding: Vec<i64>,
    /// Every pool is looked at over its life.
    pub(super) whole_life: bool,
    pub(super) sums: Vec<[f64; STAGES]>,
    /// Factor of the month.
    pub(super) factor: f64,
    pub(super) expected: Expected,
    pub(super) weights: Vec<DefaultWeight>,
    /// By product and month on book.
    pub(super) pools: Vec<Vec<Coverage>>,
    /// By product, month on book and months to the end.
    pub(super) lines: BTreeMap<(usize, u32, u32), Coverage>,
    /// By product: discount factor of a month, loss given default.
    pub(super) losses: Vec<(f64, f64)>,
}

impl Provision {
    /// Empties it for a new run.
    pub fn begin(&mut self, setup: &Setup) {
        let cells = setup.cells.len();
        self.cells.clear();
        self.cells.resize(cells, [0; STAGES]);
        self.unwinding.clear();
        self.unwinding.resize(cells, 0);
        self.exposure = [0; STAGES];
        self.vintages.clear();
        self.vintages.resize(setup.months as usize + 1, 0.0);
        self.at_origination.clear();
        self.at_origination.resize(setup.months as usize, 0);
        self.whole_life = false;
        self.pools.clear();
        self.pools.extend(
            setup.products.iter().map(|product| vec![Coverage::default(); product.tenor_max() as usize + 2]),
        );
    }

    /// Allowance of a cell, fen.
    pub fn of_cell(&self, cell: usize) -> i64 {
        self.cells[cell].iter().sum()
    }

    /// Allowance of a stage, fen.
    pub fn of_stage(&self, stage: usize) -> i64 {
        self.cells.iter().map(|stages| stages[stage]).sum()
    }

    /// Measures the book at the end of a month and books what changes: interest of stage 3 on its net amount, which the
    /// allowance gives up, then the charge or release that takes the allowance to what it must be.
    pub fn close_month(&mut self, book: &mut Book, setup: &Setup, terms: &ProvisionSetup, today: Today<'_>) {
        let before: Vec<i64> = (0..self.cells.len()).map(|cell| self.of_cell(cell)).collect();
        let unwinding = std::mem::take(&mut self.unwinding);
        self.measure(book, setup, terms, today);
        for (cell, before) in before.into_iter().enumerate() {
            // What was sold or charged off since has nothing left to give up.
            let earned = unwinding[cell].min(before);
            let change = self.of_cell(cell) - (before - earned);
            let flows = &mut book.flows[cell];
            flows.book(Flow::Stage3Interest, Fen(earned));
            flows.book_change(Flow::ProvisionCharged, Flow::ProvisionReleased, change);
        }
        if today.month + 1 == setup.months {
            self.settle(book, setup, terms, today);
        }
    }

    /// Settles at the horizon what is left on book: its loss over life is counted, by whatever method was set aside for it.
    fn settle(&mut self, book: &mut Book, setup: &Setup, terms: &ProvisionSetup, today: Today<'_>) {
        let cells = setup.cells.len();
        let (exposure, mut sums) = (self.exposure, std::mem::take(&mut self.sums));
        self.whole_life = true;
        self.sums.resize(cells, [0.0; STAGES]);
        self.vintages.fill(0.0);
        self.expect(book, setup, terms, None, today);
        std::mem::swap(&mut self.sums, &mut sums);
        for (cell, loss) in sums.into_iter().enumerate() {
            book.flows[cell].count(Flow::TerminalLoss, Fen::round(loss.iter().sum()).0);
            book.flows[cell].count(Flow::TerminalRelease, self.of_cell(cell));
        }
        self.exposure = exposure;
        self.whole_life = false;
    }

    /// Measures the book.
    pub fn measure(&mut self, book: &Book, setup: &Setup, terms: &ProvisionSetup, today: Today<'_>) {
        let cells = setup.cells.len();
        self.sums.clear();
        self.sums.resize(cells, [0.0; STAGES]);
        self.exposure = [0; STAGES];
        self.vintages.fill(0.0);
        self.unwinding.clear();
        self.unwinding.resize(cells, 0);
        match terms.method {
            Method::Ecl { pd_ratio } => self.expect(book, setup, terms, pd_ratio, today),
            Method::FiveClass(rates) => self.classify(book, setup, rates, today.month),
            Method::Incurred => {}
        }
        for (stages, sums) in self.cells.iter_mut().zip(&self.sums) {
            *stages = sums.map(|sum| Fen::round(sum).0);
        }
    }

    /// Adds the loss expected of a balance.
    pub(super) fn add(&mut self, cell: usize, vintage: usize, stage: usize, balance: i64, loss: f64) {
        self.sums[cell][stage] += loss;
        self.exposure[stage] += balance;
        self.vintages[vintage] += loss;
    }

    /// Shares of the five categories.
    fn classify(&mut self, book: &Book, setup: &Setup, rates: [f64; 5], month: u32) {
        for &tile in &book.active {
            let tile = &book.tiles[tile as usize];
            let made = setup.vintage_row(tile.made);
            for (slot, &cell) in tile.slots.iter().zip(&setup.products[tile.product].groups) {
                self.add(cell, made, 0, slot.balance, slot.balance as f64 * rates[0]);
            }
        }
        let late = book.delinquents.iter().chain(book.lines.iter().map(|line| &line.account));
        let late = late.map(|account| (account, account.months_past_due(month), false));
        let parked = book.parked.iter().map(|parked| (&parked.account, parked.age(), true));
        for (account, age, is_parked) in late.chain(parked) {
            let (doubtful, loss) = setup.classes[usize::from(account.loan.product)];
            let class = match age {
                0 => usize::from(is_parked),
                1..NPL_AGE => 1,
                age if age >= loss => 4,
                age if age >= doubtful => 3,
                _ => 2,
            };
            let made = setup.vintage_row(book.vintage_of(&account.loan));
            let balance = account.balance.0;
            self.add(account.loan.cell(), made, class.min(2), balance, balance as f64 * rates[class]);
        }
    }
}

impl Book {
    /// Notes what its grade tells of a loan that has just been put among the current ones of its tile.
    pub fn know(&mut self, setup: &Setup, loan: &Loan, amount: Fen) {
        let Some(terms) = &setup.provision else { return };
        let (current, late) = terms.known[setup.cells[loan.cell()].segment][usize::from(loan.grade)];
        let tile = self.tile_of(setup, loan) as usize;
        let slot = &mut self.tiles[tile].slots[loan.slot(setup)];
        slot.lent += amount.0;
        slot.known.0 += amount.0 * i64::from(current);
        slot.known.1 += amount.0 * i64::from(late);
    }
}
