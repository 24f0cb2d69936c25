//! Revolving lines: payments, arrears and the end of a line; then, at month end, limits and draws. They stand in a list of
//! their own, so that closed-end loans pay nothing for them; a line's arrears go through the same thresholds, ages, tiers and
//! charge-off as those of a loan.

use super::book::{Book, Delinquent, Loan};
use super::collecting::note_payment;
use super::contracts::Contracts;
use super::delinquent::{NPL_AGE, bucket_of, charge_off, note_age, note_npl, receive_interest};
use super::month::{Month, prepays};
use super::setup::ProductSetup;
use super::setup_line::{LineSetup, ReviewSetup};
use super::tile::after_grace;
use crate::ledger::Flow;
use crate::model::delinquency::{LEVELS, level, position};
use crate::model::line::{LineDue, cut, raised};
use crate::money::{Fen, FixedRate};
use crate::random::Process;
use crate::rate::monthly_of_nominal;

/// A line. What it owes stands in `account`; its age in months is the number of payments due and not made.
#[derive(Debug)]
pub struct Line {
    pub account: Delinquent,
    pub limit: Fen,
    rate: FixedRate,
    /// Month on book in which it ends unless it is renewed.
    pub ends: u32,
    /// Payments on time in a row.
    on_time: u32,
    /// Late since the last review.
    was_late: bool,
    /// Its customer never draws.
    inactive: bool,
    /// Payments due and not made, oldest first.
    dues: Vec<LineDue>,
}

/// How a line's month ended.
#[derive(PartialEq, Eq)]
enum Outcome {
    Open,
    Gone,
}

impl Line {
    /// Whether a payment is overdue: nothing can be drawn.
    pub fn is_frozen(&self) -> bool {
        !self.dues.is_empty()
    }

    /// What could be drawn.
    pub fn undrawn(&self) -> Fen {
        if self.is_frozen() { Fen::ZERO } else { (self.limit - self.account.balance).max(Fen::ZERO) }
    }
}

/// Annual rate of a product offered this month to a grade on a rung.
pub fn apr_now(month: Month<'_>, product: usize, grade: usize, rung: usize) -> f64 {
    let now = month.now;
    month.setup.products[product].apr_at(now.lpr, grade, rung, now.levers.price[product], now.apr_cap)
}

/// Rate of a line granted or reset this month; no policy raises a rate that is reset.
fn rate_now(month: Month<'_>, loan: &Loan) -> FixedRate {
    let apr = apr_now(month, loan.product.into(), loan.grade.into(), loan.rung.into());
    FixedRate::from_monthly(monthly_of_nominal(apr))
}

/// Grants a line at month end, and makes its first draw. Returns the limit.
pub fn grant(book: &mut Book, month: Month<'_>, loan: &Loan, amount: Fen) -> Fen {
    let Month { setup, draws, now } = month;
    let product = &setup.products[usize::from(loan.product)];
    let Some(terms) = &product.line else { return Fen::ZERO };
    let limit = terms.first_limit(amount, now.levers.limits);
    let words = draws.words(loan.who, Process::Line, now.month);
    let mut line = Line {
        account: Delinquent::new(*loan, 0, Fen::ZERO, Fen::ZERO),
        limit,
        rate: rate_now(month, loan),
        ends: u32::from(loan.tenor),
        on_time: 0,
        was_late: false,
        inactive: u64::from(words[3]) < terms.inactive && !loan.fraud,
        dues: Vec::new(),
    };
    book.flows[loan.cell()].book(Flow::LimitsGranted, limit);
    let first = if loan.fraud {
        limit
    } else if !line.inactive && u64::from(words[0]) < terms.draw {
        Fen::round(limit.0 as f64 * terms.draw_share)
    } else {
        Fen::ZERO
    };
    draw(book, &mut line, terms, 0, first);
    book.lines.push(line);
    limit
}

/// Pays out a draw in month on book `m`.
fn draw(book: &mut Book, line: &mut Line, terms: &LineSetup, m: u32, amount: Fen) {
    if amount <= Fen::ZERO {
        return;
    }
    line.account.balance += amount;
    line.account.scheduled += amount;
    let flows = &mut book.flows[line.account.loan.cell()];
    flows.count(Flow::Draws, 1);
    flows.book(Flow::Drawn, amount);
    book.vintages[usize::from(line.account.loan.vintage)].originated += amount.0;
    book.funds[usize::from(line.account.loan.product)].lent += amount;
    let left = (line.ends - m) as usize;
    book.principal_months += Fen::round(amount.0 as f64 * terms.life[left.min(terms.life.len() - 1)]).0;
}

/// Word thresholds of missing a payment in a month, by position of the level; worked out when first asked for.
struct MissThresholds([Option<u32>; LEVELS]);

impl MissThresholds {
    fn get(&mut self, position: usize, month: Month<'_>) -> u32 {
        let Month { setup, now, .. } = month;
        *self.0[position].get_or_insert_with(|| {
            let left = setup.reminder.as_ref().map_or(1.0, |r| r.missed_left[now.month as usize]);
            let left = now.effort.first_month.as_ref().map_or(left, |first| left * first.late);
            setup.thresholds.miss(position, &now.factor, left)
        })
    }
}

/// Interest, payments, arrears, and lines that end (step 3).
pub fn step_lines(book: &mut Book, month: Month<'_>) {
    let mut lines = std::mem::take(&mut book.lines);
    book.account_months += lines.len() as u64;
    let mut misses = MissThresholds([None; LEVELS]);
    lines.retain_mut(|line| {
        let product = &month.setup.products[usize::from(line.account.loan.product)];
        let Some(terms) = &product.line else { return false };
        let m = line.account.loan.age(month.now.month);
        let outcome = if line.is_frozen() {
            step_late(book, line, product, terms, month, m)
        } else {
            renew(line, terms, month, m);
            step_current(book, line, product, terms, month, m, &mut misses)
        };
        if product.reprices_after(m) {
            line.rate = rate_now(month, &line.account.loan);
        }
        outcome == Outcome::Open
    });
    book.lines = lines;
}

/// A line in good standing may be renewed in the month in which it ends.
fn renew(line: &mut Line, terms: &LineSetup, month: Month<'_>, m: u32) {
    let Month { setup, draws, now } = month;
    let loan = &line.account.loan;
    let good = !loan.fraud && u32::from(loan.worst) <= setup.repeat.worst;
    if m == line.ends && good && !now.levers.stop_repeat {
        let word = draws.words(loan.who, Process::Line, now.month)[1];
        line.ends += if u64::from(word) < terms.renewal { u32::from(loan.tenor) } else { 0 };
    }
}

/// Closes a line that has ended and owes nothing.
fn close_if_ended(book: &mut Book, line: &Line, month: Month<'_>, m: u32) -> Outcome {
    if m < line.ends || line.account.balance > Fen::ZERO {
        return Outcome::Open;
    }
    book.pay_off(month.setup, month.draws, month.now.month, &line.account.loan);
    Outcome::Gone
}

fn step_current(
    book: &mut Book,
    line: &mut Line,
    product: &ProductSetup,
    terms: &LineSetup,
    month: Month<'_>,
    m: u32,
    misses: &mut MissThresholds,
) -> Outcome {
    let Month { setup, draws, now } = month;
    let account = &mut line.account;
    account.paid_through = m as u16;
    let balance = account.balance;
    let interest = line.rate.interest(balance);
    let due = terms.terms.due(balance, interest, m, line.ends);
    if due.is_nothing() {
        return close_if_ended(book, line, month, m);
    }
    let group = account.loan.cell();
    book.earn(book.row_of(&account.loan), group, Flow::InterestAccrued, interest);
    if setup.reminds(now.month, usize::from(account.loan.product), m) {
        book.flows[group].count(Flow::Reminders, 1);
    }
    let by_grade = setup.market.prepayment_by_grade.as_ref();
    let by_grade = by_grade.map_or(1.0, |factors| factors[usize::from(account.loan.grade)]);
    let keep = (1 << 32) - prepays(setup, now, product, m, by_grade);
    let shift = product.current_shift[(m as usize).min(product.current_shift.len() - 1)] + now.season;
    let at = position(i32::from(account.loan.level) + level(shift));
    let miss = (u64::from(misses.get(at, month)) * after_grace(keep, product.grace)) >> 32;
    let word = account.word(draws, now.month);
    let late = account.loan.fraud || u64::from(word) < miss;
    let mut missed = late;
    if let Some(first) = &now.effort.first_month {
        let flows = &mut book.flows[group];
        flows.count(Flow::AccountsDue, 1);
        if account.loan.fraud {
            flows.count(Flow::AccountsLate, 1);
        } else if late {
            missed = first.stays_late(flows, false, due.principal + due.interest, miss as u32, word);
        }
    }
    if missed {
        account.receivable = interest;
        miss_payment(book, line, terms, month, due, m);
        return Outcome::Open;
    }
    let paid = if u64::from(word) >= keep {
        balance
    } else {
        due.principal.max(Fen::round(balance.0 as f64 * terms.repaid)).min(balance)
    };
    let flows = &mut book.flows[group];
    flows.book(Flow::InterestReceived, interest);
    flows.book(Flow::PrincipalScheduled, due.principal);
    flows.book(Flow::PrincipalPrepaid, paid - due.principal);
    account.balance -= paid;
    account.scheduled = account.balance;
    book.earn(book.row_of(&account.loan), group, Flow::FeesReceived, product.monthly_fee);
    line.on_time += 1;
    close_if_ended(book, line, month, m)
}

/// A payment is missed: who gets into trouble first draws on what is open; then the line is frozen, and cut.
fn miss_payment(book: &mut Book, line: &mut Line, terms: &LineSetup, month: Month<'_>, due: LineDue, m: u32) {
    let tenor = u32::from(line.account.loan.tenor);
    book.end_streak(month.setup, &line.account.loan, (m - 1).min(tenor));
    line.account.scheduled -= due.principal;
    if m < line.ends {
        let drawn = Fen::round(line.undrawn().0 as f64 * terms.conversion);
        draw(book, line, terms, m, drawn);
    }
    line.dues.push(due);
    line.account.paid_through = (m - 1) as u16;
    line.on_time = 0;
    line.was_late = true;
    change_limit(book, line, cut(line.limit, terms.late_cut, line.account.balance));
    note_age(book, &mut line.account, month, 0, 1);
}

fn change_limit(book: &mut Book, line: &mut Line, limit: Fen) {
    let flows = &mut book.flows[line.account.loan.cell()];
    flows.book(Flow::LimitsRaised, (limit - line.limit).max(Fen::ZERO));
    flows.book(Flow::LimitsCut, (line.limit - limit).max(Fen::ZERO));
    flows.count(Flow::LimitRises, i64::from(limit > line.limit));
    line.limit = limit;
}

/// A month of a line with payments overdue.
fn step_late(
    book: &mut Book,
    line: &mut Line,
    product: &ProductSetup,
    terms: &LineSetup,
    month: Month<'_>,
    m: u32,
) -> Outcome {
    let Month { setup, draws, now } = month;
    let age = line.dues.len() as u32;
    let bucket = bucket_of(age);
    let account = &mut line.account;
    let group = account.loan.cell();
    let overdue = account.balance - account.scheduled;
    let penalty = FixedRate::from_monthly(line.rate.monthly() * product.penalty_multiple);
    account.penalty += penalty.interest(overdue);
    let interest = line.rate.interest(account.scheduled);
    if age >= NPL_AGE {
        account.suspended += interest;
    } else {
        account.receivable += interest;
        book.earn(book.row_of(&account.loan), group, Flow::InterestAccrued, interest);
    }
    let due = terms.terms.due(account.scheduled, interest, m, line.ends);
    account.scheduled -= due.principal;
    line.dues.push(due);
    line.was_late = true;
    let state = if account.loan.fraud {
        bucket + 1
    } else {
        let word = account.word(draws, now.month);
        let level = i32::from(account.loan.level_delinquent) + now.effort.shift[bucket];
        let state = setup.thresholds.next_state_of_word(bucket, position(level), &now.factor, word);
        if state <= bucket {
            let penalty = account.penalty;
            let pays = |_: &Contracts, state| {
                let (count, paid) = payment(&line.dues, bucket, state);
                let cured = count == line.dues.len();
                (paid.principal + paid.interest + if cured { penalty } else { Fen::ZERO }, cured)
            };
            note_payment(book, account, month, bucket, state, word, pays);
        }
        state
    };
    let opening = if age >= NPL_AGE { account.balance } else { Fen::ZERO };
    let (count, paid) = payment(&line.dues, bucket, state);
    line.dues.drain(..count);
    account.balance -= paid.principal;
    book.flows[group].book(Flow::PrincipalArrears, paid.principal);
    receive_interest(book, account, group, paid.interest);
    if line.dues.is_empty() {
        note_npl(book, group, age, opening, Fen::ZERO);
        book.earn(book.row_of(&account.loan), group, Flow::PenaltyReceived, account.penalty);
        book.flows[group].count(Flow::AccountsCured, 1);
        account.penalty = Fen::ZERO;
        account.paid_through = m as u16;
        book.begin_streak(&account.loan, m - 1);
        return close_if_ended(book, line, month, m);
    }
    let new_age = line.dues.len() as u32;
    account.paid_through = (m - new_age) as u16;
    note_age(book, account, month, age, new_age);
    note_npl(book, group, age, opening, if new_age >= NPL_AGE { account.balance } else { Fen::ZERO });
    if state == bucket + 1 && new_age >= setup.risk.charge_off_age {
        charge_off(book, account, setup, now.month);
        return Outcome::Gone;
    }
    Outcome::Open
}

/// Of the payments due, how many are made when the month takes a line from a bucket to a state, and what they come to.
fn payment(dues: &[LineDue], bucket: usize, state: usize) -> (usize, LineDue) {
    let payments = if state == 0 { dues.len() } else { bucket + 1 - state };
    // Months in which nothing fell due count no longer once what was due before is paid.
    let empty = dues[payments..].iter().take_while(|due| due.is_nothing()).count();
    let paid = dues[..payments + empty].iter().fold(LineDue::default(), |sum, due| LineDue {
        principal: sum.principal + due.principal,
        interest: sum.interest + due.interest,
    });
    (payments + empty, paid)
}

/// Limits and draws at month end, of lines that are neither overdue nor at their end (step 6).
pub fn use_lines(book: &mut Book, month: Month<'_>) {
    let Month { setup, draws, now } = month;
    let mut lines = std::mem::take(&mut book.lines);
    for line in &mut lines {
        let loan = line.account.loan;
        let m = loan.age(now.month);
        let Some(terms) = &setup.products[usize::from(loan.product)].line else { continue };
        if line.is_frozen() || loan.fraud || m >= line.ends {
            continue;
        }
        let words = draws.words(loan.who, Process::Line, now.month);
        let before = line.limit;
        if line.on_time >= terms.on_time.0 {
            line.on_time = 0;
            raise(book, line, terms, month, terms.on_time.1);
        }
        if let Some(review) = terms.reviews(now.month) {
            self::review(book, line, terms, month, review, words[2]);
        }
        if line.inactive {
            continue;
        }
        let risen = (line.limit - before).max(Fen::ZERO);
        let mut drawn = Fen::round(risen.0 as f64 * terms.rise_drawn).min(line.undrawn());
        if u64::from(words[0]) < terms.draw {
            drawn += Fen::round((line.undrawn() - drawn).0 as f64 * terms.draw_share);
        }
        draw(book, line, terms, m, drawn);
    }
    book.lines = lines;
}

/// Raises a limit, unless business with existing customers is stopped.
fn raise(book: &mut Book, line: &mut Line, terms: &LineSetup, month: Month<'_>, share: f64) {
    if !month.now.levers.stop_repeat {
        change_limit(book, line, raised(line.limit, share, terms.limit_max));
    }
}

/// A review: up for those who use the line and paid on time since the last one, down for those who were late.
fn review(
    book: &mut Book,
    line: &mut Line,
    terms: &LineSetup,
    month: Month<'_>,
    review: &ReviewSetup,
    word: u32,
) {
    if u64::from(word) < review.coverage {
        book.flows[line.account.loan.cell()].count(Flow::LimitReviews, 1);
        if line.was_late {
            change_limit(book, line, cut(line.limit, review.cut, line.account.balance));
        } else if line.account.balance > Fen::ZERO {
            raise(book, line, terms, month, review.rise);
        }
    }
    line.was_late = false;
}
