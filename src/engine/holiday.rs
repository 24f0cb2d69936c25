//! Payment holidays: months in which nothing falls due and the clock of a contract stands still.
//!
//! A loan in a holiday is parked: it is in no tile and no list of delinquent loans. Afterwards its contract goes on where
//! it stopped, so that the loan moves to a tile that began as many months later; its true vintage is kept here.

use super::book::{Book, Delinquent, Loan};
use super::delinquent::NPL_AGE;
use super::month::Month;
use super::setup::Setup;
use crate::ledger::Flow;
use crate::model::delinquency::LEVEL_MAX;
use crate::money::Fen;
use crate::random::{Process, RunDraws, threshold};

/// An event after which holidays are granted.
#[derive(Clone, Copy, Debug)]
pub struct HolidaySetup {
    /// First and last month in which they are granted.
    pub window: (u32, u32),
    /// Length, months.
    pub months: u32,
    /// Probability per month of the window: of current loans, and of delinquent ones.
    pub share: (f64, f64),
    /// Most months past due of delinquent ones.
    pub age_max: u32,
    /// Whether interest is waived.
    pub waived: bool,
    /// Added to the level of the log-odds of missing a payment afterwards.
    pub level: i32,
}

/// A loan in its holiday.
#[derive(Clone, Copy, Debug)]
pub struct Parked {
    /// As it was at the end of the month in which it was granted; interest goes on.
    pub account: Delinquent,
    /// Month on book by the clock of its contract.
    pub m: u32,
    /// Last month of the holiday.
    until: u32,
    event: HolidaySetup,
}

/// What is kept of a loan that had a holiday.
#[derive(Clone, Copy, Debug)]
pub struct Past {
    /// Months by which its contract stands later than its vintage says.
    pub months: u16,
    /// Month on book up to which it had paid when it was over, and the interest of the holiday that falls due next.
    paid: u16,
    interest: Fen,
}

impl Parked {
    /// Months past due, which stand still.
    pub fn age(&self) -> u32 {
        self.m - u32::from(self.account.paid_through)
    }
}

impl Book {
    /// The true vintage of a loan.
    #[inline]
    pub fn vintage_of(&self, loan: &Loan) -> u16 {
        if self.holidays.is_empty() {
            return loan.vintage;
        }
        loan.vintage.wrapping_sub(self.holidays.get(&loan.index).map_or(0, |past| past.months))
    }

    /// Takes the interest of a holiday out of the tile of a current loan that has not paid it before month on book `m`.
    pub fn pay_holiday_interest(&mut self, setup: &Setup, tile: usize, loan: &Loan, m: u32) -> Fen {
        let interest = self.holiday_interest(setup, loan, m);
        if interest > Fen::ZERO {
            self.tiles[tile].slots[loan.slot(setup)].unbilled -= interest.0;
        }
        interest
    }

    /// Interest of a holiday that a current loan has not paid before month on book `m`.
    pub fn holiday_interest(&self, setup: &Setup, loan: &Loan, m: u32) -> Fen {
        let Some(past) = self.holidays.get(&loan.index) else {
            return Fen::ZERO;
        };
        let due = setup.products[usize::from(loan.product)].period().next_due(u32::from(past.paid));
        if m <= due.min(u32::from(loan.tenor)) { past.interest } else { Fen::ZERO }
    }
}

/// Ends and begins holidays at the end of a month, before loans are made.
pub fn holidays(book: &mut Book, month: Month<'_>) {
    let Month { setup, now, .. } = month;
    go_on(book, month);
    let events = setup.holidays.iter();
    for event in events.filter(|event| (event.window.0..=event.window.1).contains(&now.month)) {
        grant(book, month, event);
    }
}

/// A month of all holidays; those that are over go back among current or delinquent loans.
fn go_on(book: &mut Book, month: Month<'_>) {
    let Month { setup, draws, now } = month;
    let mut parked = std::mem::take(&mut book.parked);
    book.account_months += parked.len() as u64;
    parked.retain_mut(|holiday| {
        accrue(book, holiday);
        if holiday.until > now.month {
            return true;
        }
        let account = &mut holiday.account;
        let loan = &mut account.loan;
        let months = holiday.event.months as u16;
        loan.vintage = loan.vintage.wrapping_add(months);
        loan.level = (i32::from(loan.level) + holiday.event.level).clamp(-LEVEL_MAX, LEVEL_MAX) as i16;
        let mut past = Past { months, paid: holiday.m as u16, interest: Fen::ZERO };
        if holiday.m == u32::from(account.paid_through) {
            past.interest = account.receivable - loan.contract(&book.contracts).unbilled(holiday.m);
            book.holidays.insert(loan.index, past);
            book.join_tile(setup, draws, now.month, loan, holiday.m);
            book.add_unbilled(setup, loan, past.interest);
        } else {
            book.holidays.insert(loan.index, past);
            book.delinquents.push(*account);
        }
        false
    });
    book.parked = parked;
}

/// Interest at the rate of the contract's next month on all that is owed, overdue principal included; no penalty.
fn accrue(book: &mut Book, holiday: &mut Parked) {
    if holiday.event.waived {
        return;
    }
    let age = holiday.age();
    let account = &mut holiday.account;
    let contract = account.loan.contract(&book.contracts);
    let interest = contract.charged(holiday.m + 1).interest(account.balance);
    if age >= NPL_AGE {
        account.suspended += interest;
    } else {
        account.receivable += interest;
        book.earn(book.row_of(&account.loan), account.loan.cell(), Flow::InterestAccrued, interest);
    }
}

/// Grants holidays to current and delinquent loans that have had none.
fn grant(book: &mut Book, month: Month<'_>, event: &HolidaySetup) {
    let Month { draws, now, .. } = month;
    let (current, delinquent) = (threshold(event.share.0), threshold(event.share.1));
    if current > 0 {
        for at in 0..book.active.len() {
            grant_in_tile(book, month, book.active[at] as usize, event, current);
        }
    }
    let mut accounts = std::mem::take(&mut book.delinquents);
    accounts.retain(|account| {
        let age = account.months_past_due(now.month);
        let eligible = (1..=event.age_max).contains(&age)
            && !account.loan.fraud
            && !book.holidays.contains_key(&account.loan.index);
        if !eligible || !draws_one(draws, &account.loan, now.month, delinquent) {
            return true;
        }
        park(book, *account, account.loan.age(now.month), now.month, event);
        false
    });
    book.delinquents = accounts;
}

/// Grants holidays to the current loans of a tile.
fn grant_in_tile(book: &mut Book, month: Month<'_>, tile: usize, event: &HolidaySetup, share: u64) {
    let Month { setup, draws, now } = month;
    // A tile of loans that had a holiday holds no others.
    if book.tiles[tile].made != book.tiles[tile].vintage {
        return;
    }
    let m = book.tiles[tile].age(now.month);
    for at in (0..book.tiles[tile].len() as u32).rev() {
        let loan = *book.tiles[tile].at(at);
        if m >= u32::from(loan.tenor) || !draws_one(draws, &loan, now.month, share) {
            continue;
        }
        book.tiles[tile].remove(at);
        let contract = loan.contract(&book.contracts);
        let (balance, unbilled) = book.tiles[tile].leave_after(loan.slot(setup), contract, m);
        let mut account = Delinquent::new(loan, m, balance, balance);
        account.receivable = unbilled;
        park(book, account, m, now.month, event);
    }
}

fn draws_one(draws: &RunDraws, loan: &Loan, month: u32, share: u64) -> bool {
    u64::from(draws.words(loan.who, Process::Holiday, month)[0]) < share
}

fn park(book: &mut Book, account: Delinquent, m: u32, month: u32, event: &HolidaySetup) {
    book.flows[account.loan.cell()].count(Flow::HolidaysGranted, 1);
    book.parked.push(Parked { account, m, until: month + event.months, event: *event });
}
