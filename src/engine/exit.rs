//! How loans leave the book other than by what borrowers do: they move to another product of the bank, or the product ends.

use super::book::{Book, Delinquent, Loan, VintageSums};
use super::delinquent::NPL_AGE;
use super::month::{Conditions, Month};
use super::setup::Setup;
use crate::ledger::{Flow, Flows};
use crate::model::sale::is_sale_month;
use crate::money::Fen;
use crate::random::{self, Process};
use crate::rate::monthly_of_nominal;

/// Moves a share of the current loans to another product, at par: no fee, no loss, no repayment.
pub fn transfer(book: &mut Book, month: Month<'_>) {
    let leaves = random::threshold(1.0 - month.now.levers.stay);
    take_out(book, month, leaves, Process::Transfer, |book, loan, _, balance| {
        let flows = &mut book.flows[loan.cell()];
        flows.count(Flow::AccountsTransferred, 1);
        flows.book(Flow::PrincipalTransferred, balance);
    });
}

/// Sells a pool of current loans, and is paid for servicing those sold before.
pub fn securitise(book: &mut Book, month: Month<'_>) {
    let Month { setup, now, .. } = month;
    let Some(terms) = &setup.securitisation else { return };
    let cells = setup.cells.len();
    let serviced = &book.serviced[now.month as usize * cells..][..cells];
    for (flows, balance) in book.flows.iter_mut().zip(serviced) {
        let fee = *balance as f64 * monthly_of_nominal(terms.fee);
        flows.book(Flow::ServicingFees, Fen::round(fee));
    }
    let pool = terms.pools.is_some_and(|(from, every)| is_sale_month(now.month, from, every));
    if !pool && !now.levers.securitise {
        return;
    }
    take_out(book, month, random::threshold(terms.share), Process::Securitise, |book, loan, m, balance| {
        let contract = loan.contract(&book.contracts);
        let left = setup.months - 1 - now.month;
        for ahead in 1..=left.min(u32::from(loan.tenor) - m) {
            let at = (now.month + ahead) as usize * cells + loan.cell();
            book.serviced[at] += contract.opening(m + ahead).0;
        }
        let flows = &mut book.flows[loan.cell()];
        flows.count(Flow::AccountsSold, 1);
        let sold = sell(flows, balance, terms.price);
        let made = book.vintage_of(loan);
        book.vintages[setup.vintage_row(made)].add_sale(sold);
    });
}

/// Takes out current loans whose word of a process is below a threshold; interest not yet due is received.
fn take_out(
    book: &mut Book,
    month: Month<'_>,
    leaves: u64,
    process: Process,
    mut goes: impl FnMut(&mut Book, &Loan, u32, Fen),
) {
    let Month { setup, draws, now } = month;
    if leaves == 0 {
        return;
    }
    for index in 0..book.active.len() {
        let at_tile = book.active[index] as usize;
        let product = &setup.products[book.tiles[at_tile].product];
        let m = book.tiles[at_tile].age(now.month);
        // From the last position to the first, so that taking one out leaves those still to come where they are.
        for at in (0..book.tiles[at_tile].len() as u32).rev() {
            let tile = &mut book.tiles[at_tile];
            let loan = *tile.at(at);
            if u64::from(draws.words(loan.who, process, now.month)[0]) >= leaves {
                continue;
            }
            tile.remove(at);
            let contract = loan.contract(&book.contracts);
            let (balance, interest) = tile.leave_after(product.slot_of_group[loan.cell()], contract, m);
            let interest = interest + book.pay_holiday_interest(setup, at_tile, &loan, m + 1);
            book.flows[loan.cell()].book(Flow::InterestReceived, interest);
            goes(book, &loan, m, balance);
        }
    }
}

/// Ends the product: what is on book goes at its price, and nothing is pursued any more.
pub fn close(book: &mut Book, setup: &Setup, now: &Conditions) {
    let Some((current, past_due)) = setup.closing.filter(|_| now.levers.close) else { return };
    for tile in std::mem::take(&mut book.active) {
        let tile = &mut book.tiles[tile as usize];
        for (sums, &group) in tile.slots.iter().zip(&setup.products[tile.product].groups) {
            let flows = &mut book.flows[group];
            flows.count(Flow::AccountsSold, i64::from(sums.count));
            // The buyer pays the interest of loans that pay on schedule up to the day.
            flows.book(Flow::InterestReceived, Fen(sums.unbilled));
            let sold = sell(flows, Fen(sums.balance), current);
            book.vintages[setup.vintage_row(tile.made)].add_sale(sold);
        }
        tile.clear();
    }
    let lines = std::mem::take(&mut book.lines).into_iter().map(|line| line.account);
    let age = |account: &Delinquent| account.months_past_due(now.month);
    let accounts = std::mem::take(&mut book.delinquents).into_iter().chain(lines);
    let accounts = accounts.map(|account| (age(&account), account));
    let parked = std::mem::take(&mut book.parked).into_iter();
    let parked = parked.map(|holiday| (holiday.age(), holiday.account));
    for (age, account) in accounts.chain(parked) {
        let is_late = age > 0;
        let flows = &mut book.flows[account.loan.cell()];
        flows.count(Flow::AccountsSold, 1);
        // A fraudster who has not been asked to pay looks like everybody else.
        flows.count(Flow::AccountsSoldPastDue, i64::from(is_late));
        if age >= NPL_AGE {
            flows.book(Flow::NplReduced, account.balance);
        }
        let interest = if is_late { Flow::InterestReversed } else { Flow::InterestReceived };
        flows.book(interest, account.receivable);
        let sold = sell(flows, account.balance, if is_late { past_due } else { current });
        let row = book.row_of(&account.loan);
        book.vintages[row].add_sale(sold);
        if is_late {
            book.vintages[row].interest -= account.receivable.0;
        }
    }
    for pursued in &mut book.pursued {
        pursued.principal = 0.0;
    }
}

/// Books the sale of a balance at a price, and returns what was lost and gained by it.
fn sell(flows: &mut Flows, balance: Fen, price: f64) -> (Fen, Fen) {
    let paid = Fen::round(balance.0 as f64 * price);
    let of_balance = paid.min(balance);
    flows.book(Flow::LoanSaleProceeds, of_balance);
    flows.book(Flow::LoanSaleGain, paid - of_balance);
    flows.book(Flow::LoanSaleLoss, balance - of_balance);
    (balance - of_balance, paid - of_balance)
}

impl VintageSums {
    /// Adds what the sale of loans on book lost and gained.
    fn add_sale(&mut self, (lost, gained): (Fen, Fen)) {
        self.charged_off += lost.0;
        self.gained += gained.0;
    }
}
