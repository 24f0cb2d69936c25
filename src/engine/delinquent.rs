//! One month of the delinquent loans: interest, next bucket, payments of arrears, charge-off.

use super::book::{Book, Delinquent};
use super::collecting::note_payment;
use super::contracts::Contracts;
use super::month::{Month, repriced};
use super::setup::Setup;
use crate::ledger::Flow;
use crate::model::delinquency::{BUCKETS, position};
use crate::money::{Fen, FixedRate};

/// Months past due from which a loan is non-performing (more than 90 days) and bears no booked interest.
pub const NPL_AGE: u32 = 4;

/// Bucket of a loan by its months past due.
pub fn bucket_of(age: u32) -> usize {
    (age as usize).min(BUCKETS - 1)
}

/// So many delinquent loans ahead, contracts are brought into the cache.
const AHEAD: usize = 8;

/// How a delinquent loan's month ended.
enum Outcome {
    StillDelinquent,
    Cured,
    ChargedOff,
}

/// Steps all delinquent loans, then takes in those that missed a payment this month.
pub fn step_delinquents(book: &mut Book, month: Month<'_>) {
    let Month { now, .. } = month;
    let mut accounts = std::mem::take(&mut book.delinquents);
    let mut index = 0;
    book.account_months += accounts.len() as u64;
    while index < accounts.len() {
        if let Some(Delinquent { loan, .. }) = accounts.get(index + AHEAD) {
            let tenor = u32::from(loan.tenor);
            book.contracts.touch(
                loan.contract,
                tenor.min(loan.age(now.month) + 1),
                loan.age(now.month).min(tenor),
            );
        }
        match step(book, &mut accounts[index], month) {
            Outcome::StillDelinquent => index += 1,
            Outcome::Cured | Outcome::ChargedOff => {
                accounts.swap_remove(index);
            }
        }
    }
    accounts.append(&mut book.entering);
    if month.setup.products.iter().any(|product| product.reprice > 0) {
        for account in &mut accounts {
            let m = account.loan.age(now.month);
            account.loan.contract = repriced(&mut book.contracts, month, &account.loan, m);
        }
    }
    book.delinquents = accounts;
}

/// A fraudster who has not missed yet looks like everybody else.
fn count_due_of_fraud(book: &mut Book, account: &Delinquent, month: Month<'_>, m: u32) {
    let Month { setup, now, .. } = month;
    let product = usize::from(account.loan.product);
    let due = setup.products[product].period().is_due(m);
    let late = due && now.effort.first_month.is_some();
    let flows = &mut book.flows[account.loan.cell()];
    flows.count(Flow::Reminders, i64::from(setup.reminds(now.month, product, m)));
    for flow in [Flow::AccountsDue, Flow::AccountsLate, Flow::FirstLate, Flow::FirstLate7] {
        flows.count(flow, i64::from(late));
    }
}

fn step(book: &mut Book, account: &mut Delinquent, month: Month<'_>) -> Outcome {
    let Month { setup, draws, now } = month;
    let m = account.loan.age(now.month);
    let age = m - 1 - u32::from(account.paid_through);
    let bucket = bucket_of(age);
    let product = &setup.products[usize::from(account.loan.product)];
    accrue_interest(book, account, product.penalty_multiple, m, age);
    let opening = if age >= NPL_AGE { account.balance } else { Fen::ZERO };
    let state = if account.loan.fraud {
        if age == 0 {
            count_due_of_fraud(book, account, month, m);
        }
        bucket + 1
    } else {
        let word = account.word(draws, now.month);
        let level = i32::from(account.loan.level_delinquent) + now.effort.shift[bucket];
        let state = setup.thresholds.next_state_of_word(bucket, position(level), &now.factor, word);
        if state <= bucket {
            let pays = |contracts: &Contracts, state| payment(contracts, setup, account, m, age, state);
            note_payment(book, account, month, bucket, state, word, pays);
        }
        state
    };
    let new_age = if state == bucket + 1 { age + 1 } else { age + state as u32 - bucket as u32 };
    // Everything due up to this month on book is paid; what is due next may lie in the future.
    let paid_to = if state == 0 { m } else { m - new_age };
    let next_due = setup.products[usize::from(account.loan.product)].period().next_due(paid_to);
    if account.loan.fraud && next_due > m {
        // Nothing has fallen due yet: a fraudster who has not been asked to pay.
        account.paid_through = m as u16;
        return Outcome::StillDelinquent;
    }
    if next_due > m.min(u32::from(account.loan.tenor)) {
        cure(book, account, month);
        note_npl(book, account.loan.cell(), age, opening, Fen::ZERO);
        return Outcome::Cured;
    }
    if paid_to > u32::from(account.paid_through) {
        pay_arrears(book, account, paid_to);
    }
    account.paid_through = (next_due - 1) as u16;
    let new_age = account.months_past_due(now.month);
    if age == 0 {
        // The first instalment of a fraudster fell due.
        let flows = &mut book.flows[account.loan.cell()];
        flows.count(Flow::FirstPaymentsDue, 1);
        flows.count(Flow::FirstPaymentsMissed, 1);
    }
    note_age(book, account, month, age, new_age);
    let closing = if new_age >= NPL_AGE { account.balance } else { Fen::ZERO };
    note_npl(book, account.loan.cell(), age, opening, closing);
    if state == bucket + 1 && new_age >= setup.risk.charge_off_age {
        charge_off(book, account, setup, now.month);
        return Outcome::ChargedOff;
    }
    Outcome::StillDelinquent
}

/// Counts what a month made of a bad balance.
#[inline]
pub fn note_npl(book: &mut Book, group: usize, age: u32, opening: Fen, closing: Fen) {
    if opening == closing {
        return;
    }
    let flows = &mut book.flows[group];
    if age >= NPL_AGE {
        flows.book(Flow::NplReduced, opening - closing);
    } else {
        flows.book(Flow::NplFormed, closing);
    }
}

/// Contract interest on the scheduled balance (booked until the loan is non-performing), penalty interest on overdue
/// principal (memo until paid).
fn accrue_interest(book: &mut Book, account: &mut Delinquent, penalty_multiple: f64, m: u32, age: u32) {
    let overdue = account.balance - account.scheduled;
    let contract = account.loan.contract(&book.contracts);
    let rate = contract.rate(m).monthly() * penalty_multiple;
    account.penalty += FixedRate::from_monthly(rate).interest(overdue);
    if m > u32::from(account.loan.tenor) {
        return;
    }
    let accrued = contract.accrued(m);
    account.scheduled = contract.closing(m);
    if age >= NPL_AGE {
        account.suspended += accrued;
    } else {
        account.receivable += accrued;
        book.earn(book.row_of(&account.loan), account.loan.cell(), Flow::InterestAccrued, accrued);
    }
}

/// Cash for interest: booked interest first, then suspended.
pub fn receive_interest(book: &mut Book, account: &mut Delinquent, group: usize, interest: Fen) {
    let booked = interest.min(account.receivable);
    let rest = interest - booked;
    account.receivable -= booked;
    account.suspended -= rest;
    assert!(account.suspended >= Fen::ZERO, "more interest paid than was earned");
    book.flows[group].book(Flow::InterestReceived, booked);
    book.earn(book.row_of(&account.loan), group, Flow::InterestCashBasis, rest);
}

/// What a delinquent loan pays when the month takes it to a state, and whether that is everything due.
fn payment(
    contracts: &Contracts,
    setup: &Setup,
    account: &Delinquent,
    m: u32,
    age: u32,
    state: usize,
) -> (Fen, bool) {
    let bucket = bucket_of(age);
    let loan = &account.loan;
    let contract = loan.contract(contracts);
    let paid_to = if state == 0 { m } else { m + bucket as u32 - age - state as u32 };
    let next_due = setup.products[usize::from(loan.product)].period().next_due(paid_to);
    if next_due > m.min(u32::from(loan.tenor)) {
        let interest = account.receivable + account.suspended - contract.unbilled(m);
        return (account.balance - account.scheduled + interest + account.penalty, true);
    }
    let paid_through = u32::from(account.paid_through);
    if paid_to <= paid_through {
        return (Fen::ZERO, false);
    }
    let principal = account.balance - contract.closing(paid_to);
    (principal + contract.interest_due(paid_through + 1, paid_to), false)
}

/// Pays the oldest instalments, those due up to month on book `paid_to`.
fn pay_arrears(book: &mut Book, account: &mut Delinquent, paid_to: u32) {
    let contract = account.loan.contract(&book.contracts);
    let group = account.loan.cell();
    let before = account.balance;
    let interest = contract.interest_due(u32::from(account.paid_through) + 1, paid_to);
    account.balance = contract.closing(paid_to);
    let principal = before - account.balance;
    receive_interest(book, account, group, interest);
    book.flows[group].book(Flow::PrincipalArrears, principal);
}

/// Pays all arrears with penalty interest; the contract resumes, or ends if its tenor is over.
fn cure(book: &mut Book, account: &mut Delinquent, month: Month<'_>) {
    let Month { setup, draws, now } = month;
    let m = account.loan.age(now.month);
    let group = account.loan.cell();
    let unbilled = account.loan.contract(&book.contracts).unbilled(m);
    let earned = account.receivable + account.suspended;
    // Interest not yet due returns to the plan as receivable; if it was suspended it is booked now.
    let booked_now = (unbilled - account.receivable).max(Fen::ZERO);
    let row = book.row_of(&account.loan);
    book.earn(row, group, Flow::InterestAccrued, booked_now);
    let interest = earned - unbilled;
    let from_receivable = account.receivable + booked_now - unbilled;
    book.flows[group].book(Flow::InterestReceived, from_receivable);
    book.earn(row, group, Flow::InterestCashBasis, interest - from_receivable);
    let principal = account.balance - account.scheduled;
    book.flows[group].book(Flow::PrincipalArrears, principal);
    book.earn(row, group, Flow::PenaltyReceived, account.penalty);
    book.flows[group].count(Flow::AccountsCured, 1);
    book.begin_streak(&account.loan, m - 1);
    if m >= u32::from(account.loan.tenor) {
        book.pay_off(setup, draws, now.month, &account.loan);
    } else {
        account.loan.contract = repriced(&mut book.contracts, month, &account.loan, m);
        book.join_tile(setup, draws, now.month, &account.loan, m);
    }
}

/// Counts first times past 30 and 90 days, and stops booked interest past 90.
#[inline]
pub fn note_age(book: &mut Book, account: &mut Delinquent, month: Month<'_>, age: u32, new_age: u32) {
    let Month { setup, now, .. } = month;
    let group = account.loan.cell();
    let worst = u32::from(account.loan.worst);
    if worst < 2 && new_age >= 2 {
        let at = setup.vintage_row(book.vintage_of(&account.loan));
        book.vintages[at].ever_30 += 1;
        book.cell_vintages[at * (book.flows.len() - 1) + group].1 += 1;
        let product = &setup.products[usize::from(account.loan.product)];
        // Lines have no first instalment: how much falls due first hangs on what was drawn. That of a loan of the opening
        // book that is late already was not seen to fall due.
        let made = book.vintage_of(&account.loan);
        let is_seen = u32::from(made) < setup.months || u32::from(made.wrapping_neg()) <= product.period().0;
        let is_first =
            is_seen && product.line.is_none() && u32::from(account.paid_through) < product.period().0;
        book.flows[group].count(Flow::FirstMissed30, i64::from(is_first));
    }
    if worst < NPL_AGE && new_age >= NPL_AGE {
        let at = setup.vintage_row(book.vintage_of(&account.loan));
        book.vintages[at].ever_90 += 1;
        book.note_bad(setup, now.month, &account.loan);
    }
    book.flows[group].count(Flow::AccountsMissed, i64::from(age == 0));
    account.loan.worst = worst.max(new_age) as u8;
    account.loan.late += 1;
    if age < NPL_AGE && new_age >= NPL_AGE {
        book.earn(book.row_of(&account.loan), group, Flow::InterestReversed, account.receivable);
        account.suspended += account.receivable;
        account.receivable = Fen::ZERO;
    }
}

/// Takes what is owed off the book; what is the bank's to pursue goes on to recovery.
pub fn charge_off(book: &mut Book, account: &Delinquent, setup: &Setup, month: u32) {
    let group = account.loan.cell();
    book.flows[group].book(Flow::ChargedOff, account.balance);
    book.flows[group].count(Flow::AccountsChargedOff, 1);
    let vintage = book.vintage_of(&account.loan);
    book.vintages[setup.vintage_row(vintage)].charged_off += account.balance.0;
    // What the guarantor pays for is the guarantor's to pursue.
    let guaranteed = book.claim_guarantee(setup, month, account);
    if !account.loan.fraud {
        let ours = account.balance - guaranteed;
        let in_court = book.sue(setup, month, account, ours);
        book.pursue(setup, vintage, group, ours - in_court);
    }
}
