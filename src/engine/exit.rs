//! How loans leave the book other than by what borrowers do: they move to another product of the bank, or the product ends.

use super::book::Book;
use super::month::{Conditions, Month};
use super::setup::Setup;
use crate::ledger::Flow;
use crate::money::Fen;
use crate::random::{self, Process};

/// Moves a share of the current loans to another product, at par: no fee, no loss, no repayment.
pub fn transfer(book: &mut Book, month: Month<'_>) {
    let Month { setup, draws, now } = month;
    let leaves = random::threshold(1.0 - now.levers.stay);
    if leaves == 0 {
        return;
    }
    for &tile in &book.active {
        let tile = &mut book.tiles[tile as usize];
        let product = &setup.products[tile.product];
        let m = tile.age(now.month);
        // From the last position to the first, so that taking one out leaves those still to come where they are.
        for at in (0..tile.len() as u32).rev() {
            let loan = *tile.at(at);
            let word = draws.words(loan.who, Process::Transfer, now.month)[0];
            if u64::from(word) >= leaves {
                continue;
            }
            tile.remove(at);
            let contract = loan.contract(&book.contracts);
            let (balance, interest) = tile.leave_after(product.slot_of_group[loan.cell()], contract, m);
            let flows = &mut book.flows[loan.cell()];
            flows.count(Flow::AccountsTransferred, 1);
            flows.book(Flow::PrincipalTransferred, balance);
            flows.book(Flow::InterestReceived, interest);
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
            let lost = sell(flows, Fen(sums.balance), current);
            book.vintages[setup.vintage_row(tile.vintage)].charged_off += lost.0;
        }
        tile.clear();
    }
    for account in std::mem::take(&mut book.delinquents) {
        let flows = &mut book.flows[account.loan.cell()];
        flows.count(Flow::AccountsSold, 1);
        // A fraudster who has not been asked to pay looks like everybody else.
        let is_late = account.months_past_due(now.month) > 0;
        flows.count(Flow::AccountsSoldPastDue, i64::from(is_late));
        let interest = if is_late { Flow::InterestReversed } else { Flow::InterestReceived };
        flows.book(interest, account.receivable);
        let lost = sell(flows, account.balance, if is_late { past_due } else { current });
        book.vintages[setup.vintage_row(account.loan.vintage)].charged_off += lost.0;
    }
    for pursued in &mut book.pursued {
        pursued.principal = 0.0;
    }
}

/// Books the sale of a balance at a price, and returns what was lost by it.
fn sell(flows: &mut crate::ledger::Flows, balance: Fen, price: f64) -> Fen {
    let paid = Fen::round(balance.0 as f64 * price);
    flows.book(Flow::LoanSaleProceeds, paid);
    flows.book(Flow::LoanSaleLoss, balance - paid);
    balance - paid
}
