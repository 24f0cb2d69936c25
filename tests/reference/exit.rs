//! Loans that move to another product, and the end of the product.

use std::collections::BTreeMap;

use lendcycle::ledger::Flow;
use lendcycle::random::Process;

use super::contract::nearest;
use super::loan::Status;
use super::month::Month;
use super::risk::words_below;
use super::run::Book;

/// Current loans that move this month, at par.
pub fn transfer(book: &mut Book, now: &Month<'_>) {
    let mut stay = 1.0;
    for (policy, share) in &now.policies {
        stay *= 1.0 - policy.transfer.map_or(0.0, |transfer| transfer.f64()) * share;
    }
    for loan in book.loans.iter_mut().filter(|loan| loan.status == Status::Current && !loan.fraud) {
        let word = now.world.draws.words(loan.who, Process::Transfer, now.month)[0];
        if u64::from(word) < words_below(1.0 - stay) {
            let flows = &mut book.flows[loan.group].0;
            flows[Flow::AccountsTransferred as usize] += 1;
            flows[Flow::PrincipalTransferred as usize] += loan.balance();
            flows[Flow::InterestReceived as usize] += loan.receivable;
            loan.receivable = 0;
            loan.status = Status::Left;
        }
    }
}

/// Everything on book is sold: current loans by vintage, product and cell, the others one by one.
pub fn close(book: &mut Book, now: &Month<'_>) {
    let prices = now.world.scenario.closing.as_ref().expect("a product that is closed has prices");
    let mut sums: BTreeMap<(u32, usize, usize), i64> = BTreeMap::new();
    for loan in book.loans.iter_mut().filter(|loan| loan.is_open()) {
        let flows = &mut book.flows[loan.group].0;
        let balance = loan.balance();
        flows[Flow::AccountsSold as usize] += 1;
        let late = loan.status == Status::Delinquent;
        flows[Flow::AccountsSoldPastDue as usize] += i64::from(late);
        let interest = if late { Flow::InterestReversed } else { Flow::InterestReceived };
        flows[interest as usize] += loan.receivable;
        // Frauds are sold one by one, as they are kept.
        if !late && !loan.fraud {
            *sums.entry((loan.vintage, loan.product, loan.group)).or_default() += balance;
        } else {
            let price = if late { prices.past_due_price } else { prices.current_price };
            let paid = nearest(balance as f64 * price.f64());
            flows[Flow::LoanSaleProceeds as usize] += paid;
            flows[Flow::LoanSaleLoss as usize] += balance - paid;
            book.lost_in_sales[loan.row(now.world.months)] += balance - paid;
        }
        loan.receivable = 0;
        loan.status = Status::Left;
    }
    for ((vintage, _, group), balance) in sums {
        let flows = &mut book.flows[group].0;
        let paid = nearest(balance as f64 * prices.current_price.f64());
        flows[Flow::LoanSaleProceeds as usize] += paid;
        flows[Flow::LoanSaleLoss as usize] += balance - paid;
        book.lost_in_sales[vintage.min(now.world.months) as usize] += balance - paid;
    }
    book.claims.give_up();
}
