//! One month of the delinquent loans: interest, next bucket, payments of arrears, charge-off.

use super::book::{Book, Delinquent, Loan};
use super::month::Conditions;
use super::setup::Setup;
use crate::ledger::Flow;
use crate::model::delinquency::{BUCKETS, position};
use crate::money::{Fen, FixedRate};
use crate::random::RunDraws;

/// Months past due from which a loan is non-performing (more than 90 days) and bears no booked interest.
pub const NPL_AGE: u32 = 4;

/// Bucket of a loan by its months past due.
pub fn bucket_of(age: u32) -> usize {
    (age as usize).min(BUCKETS - 1)
}

/// How a delinquent loan's month ended.
enum Outcome {
    StillDelinquent,
    Cured,
    ChargedOff,
}

/// Steps all delinquent loans, then takes in those that missed a payment this month.
pub fn step_delinquents(book: &mut Book, setup: &Setup, draws: &RunDraws, now: &Conditions) {
    let mut index = 0;
    book.account_months += book.delinquents.len() as u64;
    while index < book.delinquents.len() {
        let mut account = book.delinquents[index];
        match step(book, &mut account, setup, draws, now) {
            Outcome::StillDelinquent => {
                book.delinquents[index] = account;
                index += 1;
            }
            Outcome::Cured | Outcome::ChargedOff => {
                book.delinquents.swap_remove(index);
            }
        }
    }
    book.delinquents.append(&mut book.entering);
}

fn step(
    book: &mut Book,
    account: &mut Delinquent,
    setup: &Setup,
    draws: &RunDraws,
    now: &Conditions,
) -> Outcome {
    let loan = book.loans[account.loan as usize];
    let m = now.month - loan.vintage;
    let age = m - 1 - account.paid_through;
    let bucket = bucket_of(age);
    accrue_interest(book, account, &loan, setup, m, age);
    let state = if loan.fraud {
        bucket + 1
    } else {
        let y = now.factor.latent(draws.behaviour(loan.who, now.month));
        let level = i32::from(loan.level_delinquent) + now.delinquent_shift[bucket];
        setup.thresholds.next_state(bucket, position(level), y)
    };
    let new_age = if state == bucket + 1 { age + 1 } else { age + state as u32 - bucket as u32 };
    // Everything due up to this month on book is paid; what is due next may lie in the future.
    let paid_to = if state == 0 { m } else { m - new_age };
    let next_due = loan.terms.kind.next_due(paid_to);
    if loan.fraud && next_due > m {
        // Nothing has fallen due yet: a fraudster who has not been asked to pay.
        account.paid_through = m;
        return Outcome::StillDelinquent;
    }
    if next_due > m.min(loan.terms.tenor) {
        cure(book, account, &loan, setup, draws, now.month, bucket);
        return Outcome::Cured;
    }
    if paid_to > account.paid_through {
        pay_arrears(book, account, &loan, setup, paid_to, bucket);
    }
    account.paid_through = next_due - 1;
    let new_age = m - account.paid_through;
    note_age(book, account, &loan, age, new_age);
    if state == bucket + 1 && new_age >= setup.risk.charge_off_age {
        charge_off(book, account, &loan, setup);
        return Outcome::ChargedOff;
    }
    Outcome::StillDelinquent
}

/// Contract interest on the scheduled balance (booked until the loan is non-performing), penalty interest on overdue
/// principal (memo until paid).
fn accrue_interest(book: &mut Book, account: &mut Delinquent, loan: &Loan, setup: &Setup, m: u32, age: u32) {
    let overdue = account.balance - account.scheduled;
    let penalty_rate = loan.terms.rate.monthly() * setup.products[loan.product].penalty_multiple;
    account.penalty += FixedRate::from_monthly(penalty_rate).interest(overdue);
    if m > loan.terms.tenor {
        return;
    }
    let instalment = loan.terms.instalment(account.scheduled, m);
    account.scheduled -= instalment.principal;
    if age >= NPL_AGE {
        account.suspended += instalment.interest_accrued;
    } else {
        account.receivable += instalment.interest_accrued;
        book.flows[loan.group].book(Flow::InterestAccrued, instalment.interest_accrued);
    }
}

/// Cash for interest: booked interest first, then suspended.
fn receive_interest(book: &mut Book, account: &mut Delinquent, group: usize, interest: Fen) {
    let booked = interest.min(account.receivable);
    let rest = interest - booked;
    account.receivable -= booked;
    account.suspended -= rest;
    assert!(account.suspended >= Fen::ZERO, "more interest paid than was earned");
    book.flows[group].book(Flow::InterestReceived, booked);
    book.flows[group].book(Flow::InterestCashBasis, rest);
}

fn note_cash(book: &mut Book, setup: &Setup, group: usize, bucket: usize, cash: Fen) {
    book.tier_cash[setup.tier_of_bucket[bucket] * setup.cells.len() + group] += cash.0;
}

/// Pays the oldest instalments, those due up to month on book `paid_to`.
fn pay_arrears(
    book: &mut Book,
    account: &mut Delinquent,
    loan: &Loan,
    setup: &Setup,
    paid_to: u32,
    bucket: usize,
) {
    let mut principal = Fen::ZERO;
    let mut interest = Fen::ZERO;
    for k in account.paid_through + 1..=paid_to.min(loan.terms.tenor) {
        let instalment = loan.terms.instalment(account.balance, k);
        account.balance -= instalment.principal;
        principal += instalment.principal;
        interest += instalment.interest_due;
    }
    receive_interest(book, account, loan.group, interest);
    book.flows[loan.group].book(Flow::PrincipalArrears, principal);
    note_cash(book, setup, loan.group, bucket, principal + interest);
}

/// Pays all arrears with penalty interest; the contract resumes, or ends if its tenor is over.
fn cure(
    book: &mut Book,
    account: &mut Delinquent,
    loan: &Loan,
    setup: &Setup,
    draws: &RunDraws,
    month: u32,
    bucket: usize,
) {
    let m = month - loan.vintage;
    let group = loan.group;
    let unbilled = loan.terms.unbilled(account.scheduled, m);
    let earned = account.receivable + account.suspended;
    // Interest not yet due returns to the plan as receivable; if it was suspended it is booked now.
    let booked_now = (unbilled - account.receivable).max(Fen::ZERO);
    book.flows[group].book(Flow::InterestAccrued, booked_now);
    account.receivable += booked_now;
    account.suspended -= booked_now;
    let interest = earned - unbilled;
    let from_receivable = account.receivable - unbilled;
    book.flows[group].book(Flow::InterestReceived, from_receivable);
    book.flows[group].book(Flow::InterestCashBasis, interest - from_receivable);
    let principal = account.balance - account.scheduled;
    book.flows[group].book(Flow::PrincipalArrears, principal);
    book.flows[group].book(Flow::PenaltyReceived, account.penalty);
    book.flows[group].count(Flow::AccountsCured, 1);
    note_cash(book, setup, group, bucket, principal + interest + account.penalty);
    if m >= loan.terms.tenor {
        book.pay_off(setup, draws, month, account.loan, group);
    } else {
        book.join_tile(setup, draws, month, account.loan, m, account.scheduled);
    }
}

/// Counts first times past 30 and 90 days, and stops booked interest past 90.
fn note_age(book: &mut Book, account: &mut Delinquent, loan: &Loan, age: u32, new_age: u32) {
    let vintage = &mut book.vintages[loan.vintage as usize];
    vintage.ever_30 += i64::from(loan.worst < 2 && new_age >= 2);
    vintage.ever_90 += i64::from(loan.worst < NPL_AGE && new_age >= NPL_AGE);
    book.flows[loan.group].count(Flow::AccountsMissed, i64::from(age == 0));
    let entry = &mut book.loans[account.loan as usize];
    entry.worst = entry.worst.max(new_age);
    entry.late += 1;
    if age < NPL_AGE && new_age >= NPL_AGE {
        book.flows[loan.group].book(Flow::InterestReversed, account.receivable);
        account.suspended += account.receivable;
        account.receivable = Fen::ZERO;
    }
}

fn charge_off(book: &mut Book, account: &Delinquent, loan: &Loan, setup: &Setup) {
    book.flows[loan.group].book(Flow::ChargedOff, account.balance);
    book.flows[loan.group].count(Flow::AccountsChargedOff, 1);
    book.vintages[loan.vintage as usize].charged_off += account.balance.0;
    if !loan.fraud {
        book.pursue(setup, loan.vintage, loan.group, account.balance);
    }
}
