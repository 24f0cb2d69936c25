//! Loans that move to another product, and the end of the product.

use std::collections::BTreeMap;

use lendcycle::ledger::Flow;
use lendcycle::random::Process;

use super::contract::nearest;
use super::loan::{Loan, NON_PERFORMING, Status};
use super::month::Month;
use super::risk::words_below;
use super::run::Book;

/// Closed-end loans that are current and have no holiday ahead; lines stay where they are.
fn can_be_moved(loan: &Loan, month: u32) -> bool {
    loan.status == Status::Current && !loan.fraud && loan.line.is_none() && !loan.is_on_holiday(month + 1)
}

/// Current loans that move this month, at par.
pub fn transfer(book: &mut Book, now: &Month<'_>) {
    let mut stay = 1.0;
    for (policy, share) in &now.policies {
        stay *= 1.0 - policy.transfer.map_or(0.0, |transfer| transfer.f64()) * share;
    }
    for loan in book.loans.iter_mut().filter(|loan| can_be_moved(loan, now.month)) {
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

/// Fees for loans sold before this month, and a pool of current loans in a month that has one.
pub fn securitise(book: &mut Book, now: &Month<'_>) {
    let Some(terms) = &now.world.scenario.securitisation else {
        return;
    };
    let rate = terms.servicing_fee.map_or(0.0, |fee| fee.f64()) / 12.0;
    for cell in 0..now.world.cells.len() {
        // A sold loan is paid as it was written.
        let owed = book.loans.iter().filter(|loan| loan.sold && loan.group == cell).map(|loan| {
            let k = loan.clock(now.month);
            let ahead = loan.contract.instalments.iter().skip(k as usize - 1);
            ahead.map(|instalment| instalment.principal).sum::<i64>()
        });
        let owed: i64 = owed.sum();
        book.flows[cell].0[Flow::ServicingFees as usize] += nearest(owed as f64 * rate);
    }
    let from = terms.from.map_or(0, |from| from.0);
    let month = u64::from(now.month);
    let in_turn = terms.every.is_some_and(|every| month >= from && (month - from).is_multiple_of(every.0));
    if !in_turn && !now.policies.iter().any(|(policy, _)| policy.securitise == Some(true)) {
        return;
    }
    let kept = terms.retained.map_or(0.05, |share| share.f64());
    let below = words_below(terms.share.f64() * (1.0 - kept));
    for loan in book.loans.iter_mut().filter(|loan| can_be_moved(loan, now.month)) {
        let word = now.world.draws.words(loan.who, Process::Securitise, now.month)[0];
        if u64::from(word) < below {
            let flows = &mut book.flows[loan.group].0;
            let balance = loan.balance();
            let paid = nearest(balance as f64 * terms.price.f64());
            flows[Flow::AccountsSold as usize] += 1;
            flows[Flow::LoanSaleProceeds as usize] += paid.min(balance);
            flows[Flow::LoanSaleGain as usize] += (paid - balance).max(0);
            flows[Flow::LoanSaleLoss as usize] += (balance - paid).max(0);
            book.lost_in_sales[loan.row(now.world.months)] += (balance - paid).max(0);
            flows[Flow::InterestReceived as usize] += loan.receivable;
            loan.receivable = 0;
            loan.status = Status::Left;
            loan.sold = true;
        }
    }
}

/// Everything on book is sold: current loans by vintage, product and cell, the others one by one.
pub fn close(book: &mut Book, now: &Month<'_>) {
    let prices = now.world.scenario.closing.as_ref().expect("a product that is closed has prices");
    let mut sums: BTreeMap<(u32, u32, usize, usize), i64> = BTreeMap::new();
    for loan in book.loans.iter_mut().filter(|loan| loan.is_open()) {
        let flows = &mut book.flows[loan.group].0;
        let balance = loan.balance();
        flows[Flow::AccountsSold as usize] += 1;
        let late = loan.status == Status::Delinquent;
        flows[Flow::AccountsSoldPastDue as usize] += i64::from(late);
        let bad = loan.age_at(now.month) >= NON_PERFORMING;
        flows[Flow::NplReduced as usize] += if bad { balance } else { 0 };
        let interest = if late { Flow::InterestReversed } else { Flow::InterestReceived };
        flows[interest as usize] += loan.receivable;
        // Frauds, lines and loans in a holiday are sold one by one, as they are kept.
        if !late && can_be_moved(loan, now.month) {
            let clock = loan.clock(now.month);
            *sums.entry((loan.vintage, clock, loan.product, loan.group)).or_default() += balance;
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
    for ((vintage, _, _, group), balance) in sums {
        let flows = &mut book.flows[group].0;
        let paid = nearest(balance as f64 * prices.current_price.f64());
        flows[Flow::LoanSaleProceeds as usize] += paid;
        flows[Flow::LoanSaleLoss as usize] += balance - paid;
        book.lost_in_sales[vintage.min(now.world.months) as usize] += balance - paid;
    }
    book.claims.give_up();
}
