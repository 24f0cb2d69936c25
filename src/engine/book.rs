//! The book of one run: loans, tiles of current loans, delinquent loans, customers who will return, and totals.

use std::collections::BTreeMap;

use super::claims::{Due, Fate, Fund, Pursued};
use super::collecting::no_sums;
use super::contracts::{Contract, ContractId, Contracts};
use super::customers::Between;
use super::holiday::{Parked, Past};
use super::ladder::Standing;
use super::lines::Line;
use super::result::TierSums;
use super::setup::Setup;
use super::tile::Tile;
use crate::ledger::{Flow, Flows};
use crate::model::delinquency::BUCKETS;
use crate::model::discrimination::{Band, SCORE_BANDS, band_of};
use crate::money::Fen;
use crate::random::{Process, RunDraws, Who};

/// What a month needs to know of a loan. It stands in the tile or the list of delinquent loans the loan is in, and moves
/// with it, so that a month reads memory in order. Half a cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub struct Loan {
    pub who: Who,
    /// Position of its [`Origination`].
    pub index: u32,
    pub contract: ContractId,
    /// Month of origination; of the opening book counted back from -1, modulo 2^16.
    pub vintage: u16,
    pub group: u16,
    pub level: i16,
    pub level_delinquent: i16,
    /// Month ends past due so far.
    pub late: u16,
    pub product: u8,
    pub tenor: u8,
    /// Most months past due so far.
    pub worst: u8,
    pub grade: u8,
    /// Rung of the ladder its rate is of.
    pub rung: u8,
    pub fraud: bool,
}

const _: () = assert!(size_of::<Loan>() == 32);

/// What is remembered of a loan made, for the day its borrower asks again.
#[derive(Clone, Copy, Debug)]
pub struct Origination {
    pub who: Who,
    pub amount: Fen,
    pub score_observed: f64,
    pub score_true: f64,
    /// Monthly income, fen; 0 where it plays no part.
    pub income: f64,
    pub group: u16,
    /// Month ends past due when it was paid off.
    pub late: u16,
    /// Month on book in which it was paid off.
    pub months_paid: u16,
    pub product: u8,
    pub tenor: u8,
}

impl Loan {
    /// The contract.
    #[inline]
    pub fn contract<'a>(&self, contracts: &'a Contracts) -> Contract<'a> {
        contracts.get(self.contract, u32::from(self.tenor))
    }

    /// Its cell.
    pub fn cell(&self) -> usize {
        usize::from(self.group)
    }

    /// Its slot in a tile.
    pub fn slot(&self, setup: &Setup) -> usize {
        setup.products[usize::from(self.product)].slot_of_group[self.cell()]
    }

    /// Months on book in a month.
    pub fn age(&self, month: u32) -> u32 {
        u32::from((month as u16).wrapping_sub(self.vintage))
    }
}

/// State of a delinquent loan. All instalments due up to `paid_through` are paid and the next one is not, so that
/// months past due = month on book - `paid_through`.
#[derive(Clone, Copy, Debug)]
pub struct Delinquent {
    pub loan: Loan,
    pub paid_through: u16,
    /// Block of four months `words` are for.
    pub block: u16,
    pub words: [u32; 4],
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

impl Delinquent {
    /// A loan that has paid everything due up to `paid_through` and owes `balance`, `scheduled` of it by contract.
    pub fn new(loan: Loan, paid_through: u32, balance: Fen, scheduled: Fen) -> Self {
        Delinquent {
            loan,
            paid_through: paid_through as u16,
            block: u16::MAX,
            words: [0; 4],
            balance,
            scheduled,
            receivable: Fen::ZERO,
            suspended: Fen::ZERO,
            penalty: Fen::ZERO,
        }
    }

    /// Months past due at the end of a month.
    pub fn months_past_due(&self, month: u32) -> u32 {
        self.loan.age(month) - u32::from(self.paid_through)
    }

    /// The behaviour word of a month, of a draw that serves four.
    pub fn word(&mut self, draws: &RunDraws, month: u32) -> u32 {
        let block = (month / 4) as u16;
        if self.block != block {
            self.words = draws.words(self.loan.who, Process::Behaviour, month / 4);
            self.block = block;
        }
        self.words[month as usize % 4]
    }
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
    /// Paid by buyers of loans on book beyond their balance.
    pub gained: i64,
    /// Contract interest earned, less what was reversed.
    pub interest: i64,
    /// Penalty interest and fees received.
    pub fees: i64,
}

/// Everything one run changes.
#[derive(Debug, Default)]
pub struct Book {
    pub loans: Vec<Origination>,
    /// By loan, where there is a ladder.
    pub standings: Vec<Standing>,
    pub contracts: Contracts,
    pub tiles: Vec<Tile>,
    /// Tiles in use come first; the rest keep their memory for later.
    pub tiles_used: usize,
    /// Tile of a vintage and product; `u32::MAX` where there is none.
    tile_at: Vec<u32>,
    /// Tiles that still hold current loans or may get some back.
    pub active: Vec<u32>,
    pub delinquents: Vec<Delinquent>,
    pub entering: Vec<Delinquent>,
    /// Loans in a payment holiday.
    pub parked: Vec<Parked>,
    /// Loans that had one, by index.
    pub holidays: BTreeMap<u32, Past>,
    /// Tiles of loans that had one, by vintage by the clock of their contracts, true vintage and product.
    later_tiles: BTreeMap<(u16, u16, u8), u32>,
    /// Revolving lines, current and delinquent.
    pub lines: Vec<Line>,
    /// Loans whose borrower asks again, with months since pay-off, by month.
    pub returns: Vec<Vec<(u32, u32)>>,
    pub between: Between,
    pub flows: Vec<Flows>,
    pub vintages: Vec<VintageSums>,
    /// By vintage, then cell: loans, and those ever more than 30 days past due.
    pub cell_vintages: Vec<(i64, i64)>,
    /// Charged-off principal still pursued.
    pub pursued: Vec<Pursued>,
    /// Position in `pursued` by vintage and cell; `u32::MAX` where there is none.
    pub pursued_at: Vec<u32>,
    /// What became of a fen charged off, by month of charge-off.
    pub fates: Vec<Fate>,
    /// By product.
    pub funds: Vec<Fund>,
    /// What guarantors will pay, by month.
    pub compensations: Vec<Vec<Due>>,
    /// What was sued for, by month of payment.
    pub judgements: Vec<Vec<Due>>,
    /// Balance by schedule of loans sold, by month and cell; fen.
    pub serviced: Vec<i64>,
    /// Cash collected from delinquent loans this month, by opening bucket and cell, fen.
    pub bucket_cash: Vec<i64>,
    /// What tiers did so far: those of days first.
    pub tier_sums: Vec<TierSums>,
    /// Buffer: loans that matured.
    pub matured: Vec<Loan>,
    pub account_months: u64,
    /// Sum of amount x average life of this month's originations.
    pub principal_months: i64,
    /// Sum of the default probabilities the scores of this month's loans promised, millionths.
    pub score_defaults: i64,
    /// Interest that this month's borrowers save against rivals' mean rate over their contracts, fen.
    pub interest_saved: i64,
    /// Loans that are followed for twelve months, by band of observed scores, before any has gone bad.
    scores: Vec<Band>,
    /// Positions of those that have.
    bad: Vec<u32>,
    /// Largest loan made this month.
    pub largest_loan: Fen,
}

/// Months that loans are followed to tell how good their scores were.
const FOLLOWED: u32 = 12;

/// Rows of tiles for the opening book: its current loans are younger than the longest tenor.
const OPENING_AGES: usize = 121;

impl Book {
    /// Empties the book for a new run.
    pub fn begin(&mut self, setup: &Setup) {
        let months = setup.months as usize;
        self.loans.clear();
        self.standings.clear();
        self.contracts.begin();
        self.tiles_used = 0;
        self.tile_at.clear();
        let ages = if setup.opening.is_empty() { 0 } else { OPENING_AGES };
        self.tile_at.resize((months + ages) * setup.products.len(), u32::MAX);
        self.active.clear();
        self.delinquents.clear();
        self.entering.clear();
        self.parked.clear();
        self.holidays.clear();
        self.later_tiles.clear();
        self.lines.clear();
        self.returns.resize_with(months, Vec::new);
        self.returns.iter_mut().for_each(Vec::clear);
        self.between.begin(setup);
        self.flows.clear();
        self.flows.resize(setup.groups(), Flows::default());
        self.vintages.clear();
        // One more for the opening book.
        self.vintages.resize(months + 1, VintageSums::default());
        self.cell_vintages.clear();
        self.cell_vintages.resize((months + 1) * setup.cells.len(), (0, 0));
        self.pursued.clear();
        self.pursued_at.clear();
        self.pursued_at.resize((months + 1) * setup.cells.len(), u32::MAX);
        for due in [&mut self.compensations, &mut self.judgements] {
            due.resize_with(months, Vec::new);
            due.iter_mut().for_each(Vec::clear);
        }
        self.funds.clear();
        self.funds.resize(setup.products.len(), Fund::default());
        self.fates.clear();
        self.fates.resize(months, Fate::default());
        self.serviced.clear();
        if setup.securitisation.is_some() {
            self.serviced.resize(months * setup.cells.len(), 0);
        }
        self.bucket_cash.clear();
        self.bucket_cash.resize(BUCKETS * setup.cells.len(), 0);
        self.tier_sums = no_sums(setup);
        self.scores.clear();
        self.scores.resize(SCORE_BANDS, Band::default());
        self.bad.clear();
        self.account_months = 0;
        self.principal_months = 0;
    }

    /// Notes the score of a loan made in a month, if it can be followed for twelve months.
    #[inline]
    pub fn note_score(&mut self, setup: &Setup, month: u32, score: f64, promised: i64) {
        if month + FOLLOWED < setup.months {
            let band = &mut self.scores[band_of(score)];
            band.loans += 1;
            band.promised += promised;
        }
    }

    /// Notes a loan that is more than 90 days past due for the first time.
    #[inline]
    pub fn note_bad(&mut self, setup: &Setup, month: u32, loan: &Loan) {
        let made = u32::from(self.vintage_of(loan));
        // Loans of the opening book were made before month 0: their vintage lies beyond the horizon.
        if made + FOLLOWED < setup.months && month <= made + FOLLOWED {
            self.bad.push(loan.index);
        }
    }

    /// Loans by band of observed scores. Scores of the bad are looked up here, at the end of a run, and not as loans go bad.
    pub fn score_bands(&self) -> Vec<Band> {
        let mut bands = self.scores.clone();
        for &index in &self.bad {
            bands[band_of(self.loans[index as usize].score_observed)].bad += 1;
        }
        bands
    }

    /// Row of a loan's vintage.
    pub fn row_of(&self, loan: &Loan) -> usize {
        // The last row is that of the opening book.
        usize::from(self.vintage_of(loan)).min(self.vintages.len() - 1)
    }

    /// Books interest, penalty interest or fees of a loan in its cell, and in the row of its vintage.
    #[inline]
    pub fn earn(&mut self, row: usize, cell: usize, flow: Flow, amount: Fen) {
        self.flows[cell].book(flow, amount);
        let sums = &mut self.vintages[row];
        match flow {
            Flow::InterestAccrued | Flow::InterestCashBasis => sums.interest += amount.0,
            Flow::InterestReversed => sums.interest -= amount.0,
            _ => sums.fees += amount.0,
        }
    }

    /// Begins a month.
    pub fn begin_month(&mut self) {
        self.flows.fill(Flows::default());
        self.between.begin_month(self.loans.len());
        self.bucket_cash.fill(0);
        self.score_defaults = 0;
        self.interest_saved = 0;
        self.largest_loan = Fen::ZERO;
        self.principal_months = 0;
    }

    /// The tile of a loan; it is begun with the first loan of its vintage and product.
    #[inline(always)]
    pub fn tile_of(&mut self, setup: &Setup, loan: &Loan) -> u32 {
        let (months, product) = (setup.months as usize, usize::from(loan.product));
        let made = self.vintage_of(loan);
        let at = if made == loan.vintage {
            let row = match usize::from(loan.vintage) {
                vintage if vintage < months => vintage,
                vintage => months + usize::from(u16::MAX) - vintage,
            };
            &mut self.tile_at[row * setup.products.len() + product]
        } else {
            self.later_tiles.entry((loan.vintage, made, loan.product)).or_insert(u32::MAX)
        };
        if *at == u32::MAX {
            *at = self.tiles_used as u32;
            if self.tiles_used == self.tiles.len() {
                self.tiles.push(Tile::default());
            }
            let offered = &setup.products[product];
            let slots = offered.groups.len();
            let vintages = (loan.vintage, made);
            self.tiles[self.tiles_used].begin(vintages, product, slots, offered.tenor_max());
            self.active.push(*at);
            self.tiles_used += 1;
        }
        *at
    }

    /// Puts a loan among the current ones that has paid its instalments up to month on book `paid`.
    pub fn join_tile(&mut self, setup: &Setup, draws: &RunDraws, month: u32, loan: &Loan, paid: u32) {
        let words = (paid > 0).then(|| draws.words(loan.who, Process::Behaviour, month / 4));
        let tile = self.tile_of(setup, loan) as usize;
        let contract = loan.contract(&self.contracts);
        self.tiles[tile].join(loan, loan.slot(setup), contract, paid, words);
    }

    /// Adds interest that falls due next to what a current loan's tile has earned.
    pub fn add_unbilled(&mut self, setup: &Setup, loan: &Loan, interest: Fen) {
        let tile = self.tile_of(setup, loan) as usize;
        self.tiles[tile].slots[loan.slot(setup)].unbilled += interest.0;
    }

    /// Sum of amount x average life of the loans a vintage has in its tiles, fen-months.
    pub fn new_principal_months(&self, setup: &Setup, vintage: u32) -> i64 {
        let products = setup.products.len();
        self.tile_at[vintage as usize * products..][..products]
            .iter()
            .filter(|tile| **tile != u32::MAX)
            .map(|tile| self.tiles[*tile as usize].principal_months())
            .sum()
    }
}
