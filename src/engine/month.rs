//! One month, in the fixed order of the model.

use super::book::{Book, Delinquent, Loan};
use super::claims::{recover, settle_guarantees, settle_judgements};
use super::collecting::{Effort, book_collections, book_reminders};
use super::contracts::{ContractId, Contracts};
use super::curtailment::curtail;
use super::delinquent::step_delinquents;
use super::exit::{close, securitise, transfer};
use super::holiday::holidays;
use super::kernel::{TABLE, level_of_position, table_position};
use super::lines::{step_lines, use_lines};
use super::market_paths::MarketPaths;
use super::origination::originate;
use super::run::MarketState;
use super::running_cost::book_running_cost;
use super::setup::{ProductSetup, Setup};
use super::stock::Stock;
use super::tile::{Happening, MonthThresholds, Prepayment};
use crate::ledger::Flow;
use crate::model::delinquency::{FactorLink, LEVEL_MAX, level, position};
use crate::model::economy::step_value;
use crate::model::prepayment::prepayment_probability;
use crate::money::Fen;
use crate::policy::Levers;
use crate::random::{self, RunDraws};

/// What holds for everybody in a month.
#[derive(Debug)]
pub struct Conditions {
    pub month: u32,
    pub factor_value: f64,
    pub factor: FactorLink,
    pub lpr: f64,
    /// Highest contract rate that regulation allows.
    pub apr_cap: f64,
    pub rivals: u32,
    /// Share of the way down that rivals' rates have gone in a price war.
    pub price_war: f64,
    pub demand: f64,
    /// Effect of the calendar month on log-odds.
    pub season: f64,
    /// What collections does.
    pub effort: Effort,
    pub levers: Levers,
    /// The product was closed at the end of last month.
    pub closed: bool,
}

/// What a month is played with, and nothing in it changes.
#[derive(Clone, Copy, Debug)]
pub struct Month<'a> {
    pub setup: &'a Setup,
    pub draws: &'a RunDraws,
    pub now: &'a Conditions,
}

/// Word thresholds of missing a payment this month by table position; the other table is for months without a due date.
#[derive(Debug)]
struct Thresholds {
    due: Box<[u32; TABLE]>,
    none: Box<[u32; TABLE]>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds { due: Box::new([0; TABLE]), none: Box::new([0; TABLE]) }
    }
}

/// Buffers of a run that keep their memory.
#[derive(Debug, Default)]
pub struct Buffers {
    miss: Thresholds,
    candidates: Vec<u32>,
    found: Vec<u32>,
    leaving: Vec<Loan>,
}

impl Conditions {
    /// Draws are already made (step 1); levers are set on information up to last month (step 2).
    pub fn new(
        setup: &Setup,
        paths: &MarketPaths,
        month: u32,
        levers: Levers,
        closed: bool,
        opening: &Stock,
    ) -> Self {
        let factor_value = paths.factor[month as usize];
        let season = setup.economy.delinquency_season[setup.start.plus(month).month_of_year()];
        Conditions {
            month,
            factor_value,
            factor: FactorLink::new(setup.economy.correlation, factor_value),
            lpr: paths.lpr[month as usize],
            apr_cap: step_value(&setup.apr_cap, month).unwrap_or(f64::INFINITY),
            rivals: paths.rivals[month as usize],
            price_war: paths.price_war[month as usize],
            demand: paths.demand[month as usize],
            season,
            effort: Effort::new(setup, season, &levers, opening),
            levers,
            closed,
        }
    }
}

/// Plays a month through. Steps 1 and 2 (draws, policies) are in `now`; 8 and 9 (accounts, KPIs, stage) follow in `run`.
pub fn play(
    book: &mut Book,
    market: &mut MarketState,
    buffers: &mut Buffers,
    month: Month<'_>,
    opening: &Stock,
) {
    let Month { setup, now, .. } = month;
    book.begin_month();
    book.review_funds(setup);
    book.begin_customers(setup, now);
    // 3. Interest on opening balances, payments due, prepayments, missed payments; then the delinquent move.
    step_tiles(book, buffers, month);
    step_delinquents(book, month);
    if !setup.holidays.is_empty() {
        holidays(book, month);
    }
    step_lines(book, month);
    transfer(book, month);
    securitise(book, month);
    // 4. Collections cost; recoveries of what was charged off before this month; sale of claims; guarantees.
    book_collections(book, setup, now, opening);
    book_reminders(book, setup);
    settle_judgements(book, setup, now);
    recover(book, setup, now);
    settle_guarantees(book, setup, now, opening);
    book.settle_points(setup, now);
    // 5. Charge-off happened as accounts rolled past the charge-off age; what it left is pursued from next month on.
    close(book, setup, now);
    // 6. Limits of revolving lines and draws on them.
    use_lines(book, month);
    // 7. Marketing, leads, applications, decisions, take-up; repeat loans. Originations stand at month end.
    originate(book, market, month);
    // 8. Cost of funding and servicing the opening book.
    book_running_cost(book, setup, now, opening);
}

fn step_tiles(book: &mut Book, buffers: &mut Buffers, month: Month<'_>) {
    let Month { setup, now, .. } = month;
    fill_miss_thresholds(&mut buffers.miss.due, book, setup, now);
    let mut kept = 0;
    for index in 0..book.active.len() {
        let tile = book.active[index];
        let product = &setup.products[book.tiles[tile as usize].product];
        let m = book.tiles[tile as usize].age(now.month);
        step_tile(book, buffers, month, tile, product, m);
        if m < product.tenor_max() {
            book.active[kept] = tile;
            kept += 1;
        }
    }
    book.active.truncate(kept);
}

/// Word thresholds of missing a payment, for the levels that current loans have this month.
fn fill_miss_thresholds(miss: &mut [u32; TABLE], book: &Book, setup: &Setup, now: &Conditions) {
    let (mut low, mut high) = (i32::MAX, i32::MIN);
    for &tile in &book.active {
        let tile = &book.tiles[tile as usize];
        let product = &setup.products[tile.product];
        let m = tile.age(now.month);
        if tile.len() > 0 && product.period().is_due(m) {
            let shift = tile_shift(product, now, m);
            let (lowest, highest) = tile.levels();
            low = low.min(lowest + shift);
            high = high.max(highest + shift);
        }
    }
    if low <= high {
        let left = setup.reminder.as_ref().map_or(1.0, |reminder| reminder.missed_left[now.month as usize]);
        let left = now.effort.first_month.as_ref().map_or(left, |first| left * first.late);
        let used = table_position(low)..=table_position(high);
        for (threshold, at) in miss[used.clone()].iter_mut().zip(used) {
            *threshold = setup.thresholds.miss(position(level_of_position(at)), &now.factor, left);
        }
    }
}

/// Largest shift that can matter: it takes any level across the whole grid, and still fits a threshold table.
const SHIFT_MAX: i32 = 2 * LEVEL_MAX;

/// Level shift of the current loans of a tile at month on book `m`.
fn tile_shift(product: &ProductSetup, now: &Conditions, m: u32) -> i32 {
    level(product.current_shift[m as usize] + now.season).clamp(-SHIFT_MAX, SHIFT_MAX)
}

fn step_tile(
    book: &mut Book,
    buffers: &mut Buffers,
    month: Month<'_>,
    tile_index: u32,
    product: &ProductSetup,
    m: u32,
) {
    let Month { setup, draws, now } = month;
    let tile = &mut book.tiles[tile_index as usize];
    let row = setup.vintage_row(tile.made);
    book.account_months += tile.len() as u64;
    for (slot, &group) in product.groups.iter().enumerate() {
        let accrued = book.tiles[tile_index as usize].accrued(slot, m);
        book.tiles[tile_index as usize].slots[slot].unbilled += accrued;
        book.earn(row, group, Flow::InterestAccrued, Fen(accrued));
    }
    let tile = &mut book.tiles[tile_index as usize];
    let due = product.period().is_due(m);
    let watched = now.effort.first_month.is_some();
    let reminds = setup.reminds(now.month, tile.product, m);
    if due && (watched || reminds) {
        for (sums, &group) in tile.slots.iter().zip(&product.groups) {
            let flows = &mut book.flows[group];
            flows.count(Flow::Reminders, if reminds { i64::from(sums.count) } else { 0 });
            flows.count(Flow::AccountsDue, if watched { i64::from(sums.count) } else { 0 });
        }
    }
    if product.period().next_due(0) == m {
        for (sums, &group) in tile.slots.iter().zip(&product.groups) {
            book.flows[group].count(Flow::FirstPaymentsDue, i64::from(sums.count));
        }
    }
    let prepay = prepayment(setup, now, product, m);
    let thresholds = MonthThresholds {
        miss: if due { &buffers.miss.due } else { &buffers.miss.none },
        shift: tile_shift(product, now, m),
        prepay: &prepay,
        grace: product.grace,
    };
    tile.find_happenings(draws, now.month, &thresholds, &mut buffers.candidates, &mut buffers.found);
    let found = std::mem::take(&mut buffers.found);
    let mut leaving = std::mem::take(&mut buffers.leaving);
    leaving.clear();
    let tile = &book.tiles[tile_index as usize];
    leaving.extend(found.iter().map(|&at| *tile.at(at)));
    for loan in &leaving {
        book.contracts.touch(loan.contract, u32::from(loan.tenor), m);
    }
    // From the last position to the first, so that taking one out leaves those still to come where they are.
    for (&at, loan) in found.iter().zip(&leaving).rev() {
        let tile = &book.tiles[tile_index as usize];
        let happening = tile.happening(at, now.month, &prepay);
        if happening == Happening::Prepaid && u32::from(loan.tenor) == m {
            // The last instalment pays the loan off anyway.
            continue;
        }
        if happening == Happening::Missed
            && let Some(first) = &now.effort.first_month
        {
            let (threshold, word) = (thresholds.below(loan), tile.word(at, now.month));
            let is_first = product.period().next_due(0) == m;
            let contract = loan.contract(&book.contracts);
            let cash = contract.opening(m) - contract.closing(m) + contract.interest_due(m, m);
            let cash = cash + book.holiday_interest(setup, loan, m);
            if !first.stays_late(&mut book.flows[loan.cell()], is_first, cash, threshold, word) {
                continue;
            }
        }
        book.tiles[tile_index as usize].remove(at);
        leave_plan(book, month, tile_index, loan, m, happening);
    }
    buffers.found = found;
    buffers.leaving = leaving;
    for (slot, &group) in product.groups.iter().enumerate() {
        let tile = &mut book.tiles[tile_index as usize];
        let principal = tile.principal(slot, m);
        let sums = &mut tile.slots[slot];
        // What the loans still on plan have earned and not paid falls due together.
        let interest = if due { std::mem::take(&mut sums.unbilled) } else { 0 };
        sums.balance -= principal;
        book.flows[group].book(Flow::PrincipalScheduled, Fen(principal));
        book.flows[group].book(Flow::InterestReceived, Fen(interest));
        if due {
            let fees = product.monthly_fee.0 * i64::from(product.period().0) * i64::from(sums.count);
            book.earn(row, group, Flow::FeesReceived, Fen(fees));
        }
    }
    if product.curtailment > 0.0 {
        curtail(book, month, tile_index, m, &prepay);
    }
    if product.reprices_after(m) {
        let tile = &mut book.tiles[tile_index as usize];
        tile.rewrite(m, &product.slot_of_group, &mut book.contracts, |contracts, loan| {
            repriced(contracts, month, loan, m)
        });
    }
    if product.tenors.contains(&m) || product.repayment.curtailment.keeps_payment {
        mature(book, setup, draws, now.month, tile_index, m);
    }
}

/// Word threshold of prepaying at month on book `m`, of a grade whom rivals draw away so much more than others.
pub fn prepays(setup: &Setup, now: &Conditions, product: &ProductSetup, m: u32, by_grade: f64) -> u64 {
    let rival_factor = 1.0 + setup.market.prepayment_effect * f64::from(now.rivals) * by_grade;
    let (rate, ramp) = product.prepayment;
    random::threshold(prepayment_probability(rate, m, ramp, rival_factor))
}

/// Word thresholds of prepaying at month on book `m`.
fn prepayment(setup: &Setup, now: &Conditions, product: &ProductSetup, m: u32) -> Prepayment {
    let at = |by_grade: f64| prepays(setup, now, product, m, by_grade);
    match &setup.market.prepayment_by_grade {
        None => Prepayment::same(at(1.0)),
        Some(by_grade) => Prepayment::by_grade(by_grade.iter().map(|factor| at(*factor))),
    }
}

/// The contract of a loan from month on book `m + 1` on: at the LPR of this month if it is reset now.
pub fn repriced(contracts: &mut Contracts, month: Month<'_>, loan: &Loan, m: u32) -> ContractId {
    let product = &month.setup.products[usize::from(loan.product)];
    if !product.reprices_after(m) || m >= u32::from(loan.tenor) {
        return loan.contract;
    }
    let (grade, rung) = (usize::from(loan.grade), usize::from(loan.rung));
    let apr = product.apr_at(month.now.lpr, grade, rung, 0.0, month.now.apr_cap);
    contracts.repriced(loan.contract, u32::from(loan.tenor), m, apr)
}

/// A current loan that missed a payment or was prepaid leaves the plan of its tile; it has left the columns already.
fn leave_plan(book: &mut Book, month: Month<'_>, tile_index: u32, loan: &Loan, m: u32, happening: Happening) {
    let Month { setup, draws, now } = month;
    let contract = loan.contract(&book.contracts);
    let group = loan.cell();
    let balance = contract.opening(m);
    let interest = contract.unbilled(m - 1) + contract.accrued(m);
    book.tiles[tile_index as usize].leave_plan(loan.slot(setup), contract, m);
    let interest = interest + book.pay_holiday_interest(setup, tile_index as usize, loan, m);
    let contract = loan.contract(&book.contracts);
    match happening {
        Happening::Prepaid => {
            book.flows[group].book(Flow::PrincipalPrepaid, balance);
            let product = &setup.products[usize::from(loan.product)];
            let fee = Fen::round(balance.0 as f64 * product.prepayment_fee);
            book.earn(book.row_of(loan), group, Flow::FeesReceived, fee);
            book.flows[group].book(Flow::InterestReceived, interest);
            book.pay_off(setup, draws, now.month, loan);
        }
        Happening::Missed => {
            let first = setup.products[usize::from(loan.product)].period().next_due(0) == m;
            book.flows[group].count(Flow::AccountsMissed, 1);
            book.flows[group].count(Flow::FirstPaymentsMissed, i64::from(first));
            let mut missed = *loan;
            missed.worst = missed.worst.max(1);
            missed.late += 1;
            let closing = contract.closing(m);
            let mut account = Delinquent::new(missed, m - 1, balance, closing);
            account.receivable = interest;
            book.entering.push(account);
            book.end_streak(setup, loan, m - 1);
        }
    }
}

/// Loans that paid their last instalment.
fn mature(book: &mut Book, setup: &Setup, draws: &RunDraws, month: u32, tile_index: u32, tenor: u32) {
    let mut matured = std::mem::take(&mut book.matured);
    let tile = &mut book.tiles[tile_index as usize];
    tile.remove_tenor(tenor, &setup.products[tile.product].slot_of_group, &mut matured);
    for loan in matured.drain(..) {
        book.pay_off(setup, draws, month, &loan);
    }
    book.matured = matured;
}
