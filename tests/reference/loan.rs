//! One loan with its whole contract in hand, and its month.

use lendcycle::ledger::{Flow, Flows};
use lendcycle::math::{exp, ln};
use lendcycle::random::{Process, Who};

use super::contract::{Contract, Instalment, interest, nearest};
use super::customers::Standing;
use super::holiday::Holiday;
use super::late::note_collected;
use super::line::Line;
use super::month::Month;
use super::risk::{Conduct, level, words_below};

/// Months past due from which a loan is more than 90 days past due and non-performing.
pub const NON_PERFORMING: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Current,
    Delinquent,
    PaidOff,
    ChargedOff,
    /// Moved to another product, or sold while on book.
    Left,
}

#[derive(Clone, Debug)]
pub struct Loan {
    pub who: Who,
    /// Month of origination; before month 0 modulo 2^32.
    pub vintage: u32,
    /// Position of the cell.
    pub group: usize,
    pub product: usize,
    pub grade: usize,
    pub amount: i64,
    pub contract: Contract,
    /// The contract as it was made.
    pub made: Contract,
    pub score_observed: f64,
    pub score_true: f64,
    pub income: f64,
    pub level: i32,
    pub level_delinquent: i32,
    pub fraud: bool,
    pub repeat: bool,
    /// Where its customer stands on the ladder.
    pub ladder: Standing,

    pub status: Status,
    /// Sold in a pool.
    pub sold: bool,
    /// Which instalments are paid.
    pub paid: Vec<bool>,
    /// Interest earned, booked and not received.
    pub receivable: i64,
    /// Interest earned and not booked.
    pub suspended: i64,
    /// Penalty interest, not booked.
    pub penalty: i64,
    /// Principal charged off.
    pub charged_off: i64,
    /// Most months past due at any month end.
    pub worst_age: u32,
    /// Month ends past due.
    pub late: u32,
    /// Whether each month on book so far ended with nothing past due.
    pub on_time: Vec<bool>,
    /// Month on book in which it was paid off.
    pub paid_off: u32,
    /// Month in which the customer asks for another loan.
    pub asks_again: Option<u32>,
    /// The line, if it is one.
    pub line: Option<Line>,
    /// Month in which a good customer asks again or gives up, and whether the bank calls until then.
    pub waits_until: u32,
    pub called: bool,
    /// Annual rates so far, by the month on book from which they hold.
    pub apr: Vec<(u32, f64)>,
    /// Months on book after whose instalment part of it was prepaid.
    pub curtailed: Vec<u32>,
    pub holiday: Holiday,
}

impl Loan {
    pub fn is_open(&self) -> bool {
        matches!(self.status, Status::Current | Status::Delinquent)
    }

    /// Principal owed.
    pub fn balance(&self) -> i64 {
        if !self.is_open() {
            return 0;
        }
        if let Some(line) = &self.line {
            return line.balance();
        }
        let instalments = self.contract.instalments.iter().zip(&self.paid);
        instalments.filter(|(_, paid)| !**paid).map(|(instalment, _)| instalment.principal).sum()
    }

    /// Months on book up to `k` in which something fell due that is not paid, oldest first.
    pub fn unpaid(&self, k: u32) -> Vec<u32> {
        let months = (1..).zip(&self.contract.instalments).zip(&self.paid);
        months
            .take_while(|((month, _), _)| *month <= k)
            .filter(|((_, instalment), paid)| instalment.falls_due && !**paid)
            .map(|((month, _), _)| month)
            .collect()
    }

    /// Months past due at the end of month on book `k`: 1 is 1-30 days.
    fn age(&self, k: u32) -> u32 {
        self.unpaid(k).first().map_or(0, |oldest| k - oldest + 1)
    }

    /// Months past due at the end of a calendar month.
    pub fn age_at(&self, month: u32) -> u32 {
        match &self.line {
            _ if self.status != Status::Delinquent => 0,
            Some(line) => line.age(month - self.vintage),
            None => self.age(self.clock(month)),
        }
    }

    /// Paid out so far.
    pub fn paid_out(&self) -> i64 {
        let drawn = |line: &Line| line.draws.iter().map(|draw| draw.amount).sum();
        self.line.as_ref().map_or(self.amount, drawn)
    }

    /// Row of its vintage in tables of so many months; all loans made before month 0 share the one after the last.
    pub fn row(&self, months: u32) -> usize {
        self.vintage.min(months) as usize
    }

    /// Plays a month after that of origination. Cash from arrears is noted in `cash` by tier.
    pub fn live(&mut self, now: &Month<'_>, flows: &mut Flows, cash: &mut [i64]) {
        if self.is_on_holiday(now.month) {
            self.rest(now, flows);
            return;
        }
        match self.status {
            _ if self.line.is_some() => self.live_line(now, flows, cash),
            Status::Current => self.live_current(now, flows),
            Status::Delinquent => self.live_delinquent(now, flows, cash),
            Status::PaidOff | Status::ChargedOff | Status::Left => {}
        }
        self.on_time.push(!matches!(self.status, Status::Delinquent | Status::ChargedOff));
        if self.is_open() && self.line.is_none() {
            self.reprice(now);
            self.ask_for_holiday(now, flows);
        }
    }

    /// Probability of prepaying in full in month on book `k`.
    pub fn prepayment(&self, now: &Month<'_>, k: u32) -> f64 {
        let product = now.world.products[self.product];
        let ramp = product.prepayment_ramp.0 as u32;
        let risen = if k < ramp { f64::from(k) / f64::from(ramp) } else { 1.0 };
        f64::min(product.prepayment.f64() * risen * (1.0 + self.drawn_away(now)), 1.0)
    }

    fn live_current(&mut self, now: &Month<'_>, flows: &mut Flows) {
        let k = self.clock(now.month);
        let tenor = self.contract.tenor();
        let instalment = self.contract.month(k).expect("a current loan has not matured");
        let product = now.world.products[self.product];
        flows.0[Flow::InterestAccrued as usize] += instalment.interest_accrued;
        self.receivable += instalment.interest_accrued;
        flows.0[Flow::Reminders as usize] += i64::from(instalment.falls_due && now.reminds());
        let first_due = self.contract.instalments.iter().position(|instalment| instalment.falls_due);
        let is_first = first_due == Some(k as usize - 1);
        flows.0[Flow::FirstPaymentsDue as usize] += i64::from(is_first);
        match self.conduct(now, k, instalment, is_first, flows) {
            Conduct::Prepays if k < tenor => {
                flows.0[Flow::PrincipalPrepaid as usize] += self.balance();
                flows.0[Flow::InterestReceived as usize] += self.receivable;
                self.receivable = 0;
                self.holiday.unpaid = 0;
                let fee = product.prepayment_fee.map_or(0.0, |fee| fee.f64());
                flows.0[Flow::FeesReceived as usize] += nearest(self.balance() as f64 * fee);
                self.pay_off(now, flows);
            }
            Conduct::Misses => {
                flows.0[Flow::AccountsMissed as usize] += 1;
                flows.0[Flow::FirstPaymentsMissed as usize] += i64::from(is_first);
                self.status = Status::Delinquent;
                self.worst_age = self.worst_age.max(1);
                self.late += 1;
            }
            Conduct::Pays | Conduct::Prepays => {
                flows.0[Flow::PrincipalScheduled as usize] += instalment.principal;
                flows.0[Flow::InterestReceived as usize] += instalment.interest_due;
                if instalment.falls_due {
                    let fee = product.monthly_fee.map_or(0, |fee| fee.0.0);
                    flows.0[Flow::FeesReceived as usize] += fee * i64::from(self.contract.period);
                }
                self.receivable -= instalment.interest_due;
                if instalment.falls_due {
                    let unpaid = std::mem::take(&mut self.holiday.unpaid);
                    flows.0[Flow::InterestReceived as usize] += unpaid;
                    self.receivable -= unpaid;
                }
                self.paid[k as usize - 1] = true;
                if k == tenor {
                    assert_eq!(self.receivable, 0, "a matured loan owes nothing");
                    self.pay_off(now, flows);
                } else if instalment.falls_due {
                    self.curtail(now, k, flows);
                }
            }
        }
    }

    /// What rivals add to prepayment.
    pub fn drawn_away(&self, now: &Month<'_>) -> f64 {
        let market = &now.world.scenario.market;
        let first = market.prepayment_by_grade.as_ref().map_or(1.0, |factors| factors[self.grade].f64());
        market.prepayment_effect.f64() * now.rivals() * first
    }

    fn conduct(
        &self,
        now: &Month<'_>,
        k: u32,
        instalment: Instalment,
        is_first: bool,
        flows: &mut Flows,
    ) -> Conduct {
        let product = now.world.products[self.product];
        let prepayment = self.prepayment(now, k);
        let due_level = instalment.falls_due.then(|| {
            let x = f64::from(k) / product.seasoning_month.0 as f64;
            let (peak, long_run) = (product.seasoning_peak.f64(), product.seasoning_long_run.f64());
            let seasoning = long_run + (peak - long_run) * x * exp(1.0 - x);
            let exposure = ln(f64::from(self.contract.period));
            self.level_in(now.month) + level(ln(seasoning) + exposure + now.season())
        });
        let cash = instalment.principal + instalment.interest_due + self.holiday.unpaid;
        self.decide(now, due_level, prepayment, is_first, cash, flows)
    }

    fn live_delinquent(&mut self, now: &Month<'_>, flows: &mut Flows, cash: &mut [i64]) {
        let k = self.clock(now.month);
        let age = self.age(k - 1);
        let bucket = (age as usize).min(6);
        let opening = self.balance();
        self.accrue(now, k, age, flows);
        let state = self.next_state(now, bucket, now.delinquent_shift(bucket));
        let alone = self.next_state(now, bucket, now.delinquent_shift_alone(bucket));
        let (_, _, _, alone, cured_alone) = self.payment(k, bucket, alone);
        let (months, principal, interest, received, _) = self.payment(k, bucket, state);
        for month in months {
            self.paid[month as usize - 1] = true;
        }
        flows.0[Flow::PrincipalArrears as usize] += principal;
        note_collected(flows, received, alone, cured_alone);
        let new_age = self.age(k);
        if new_age == 0 {
            self.holiday.unpaid = 0;
        }
        self.note_bad(age, opening, new_age, flows);
        if new_age == 0 {
            self.cure(now, k, interest, flows);
        } else {
            self.receive(interest, flows);
            let period = self.contract.period;
            // Of the opening book only what falls due in the run.
            let is_seen = self.vintage <= u32::MAX / 2 || u32::MAX - self.vintage < period;
            let first_30 = is_seen && self.worst_age < 2 && new_age >= 2 && self.unpaid(k)[0] == period;
            flows.0[Flow::FirstMissed30 as usize] += i64::from(first_30);
            self.worst_age = self.worst_age.max(new_age);
            self.late += 1;
            if age < NON_PERFORMING && new_age >= NON_PERFORMING {
                flows.0[Flow::InterestReversed as usize] += self.receivable;
                self.suspended += self.receivable;
                self.receivable = 0;
            }
            let least_days = u64::from(new_age - 1) * 30 + 1;
            if least_days > now.world.scenario.delinquency.charge_off_days.0 {
                self.charge_off(flows);
            }
        }
        for tier in now.world.tiers_of(bucket) {
            cash[tier] += received;
        }
    }

    /// Contract interest as if the contract were kept, booked unless non-performing; penalty interest on overdue principal.
    fn accrue(&mut self, now: &Month<'_>, k: u32, age: u32, flows: &mut Flows) {
        let overdue: i64 = self
            .unpaid(k - 1)
            .iter()
            .map(|month| self.contract.instalments[*month as usize - 1].principal)
            .sum();
        let multiple = now.world.products[self.product].penalty_multiple.f64();
        let rate = self.contract.rates[k as usize - 1];
        self.penalty += interest(overdue, nearest(rate as f64 * multiple));
        let earned = self.contract.month(k).map_or(0, |instalment| instalment.interest_accrued);
        if age >= NON_PERFORMING {
            self.suspended += earned;
        } else {
            self.receivable += earned;
            flows.0[Flow::InterestAccrued as usize] += earned;
        }
    }

    /// Takes cash for interest: for what is booked first, then for what is suspended (MODEL.md 3.14).
    pub fn receive(&mut self, interest: i64, flows: &mut Flows) {
        let booked = interest.min(self.receivable);
        flows.0[Flow::InterestReceived as usize] += booked;
        flows.0[Flow::InterestCashBasis as usize] += interest - booked;
        self.receivable -= booked;
        self.suspended -= interest - booked;
        assert!(self.suspended >= 0, "interest paid was earned");
    }

    /// All that was due is paid, and penalty interest with it; interest not yet due stands booked from now on, and is
    /// booked now if it was suspended (MODEL.md 3.14).
    fn cure(&mut self, now: &Month<'_>, k: u32, interest: i64, flows: &mut Flows) {
        let not_yet_due = self.contract.not_yet_due(k);
        let rebooked = (not_yet_due - self.receivable).max(0);
        flows.0[Flow::InterestAccrued as usize] += rebooked;
        self.suspended -= rebooked;
        let booked = self.receivable + rebooked - not_yet_due;
        flows.0[Flow::InterestReceived as usize] += booked;
        flows.0[Flow::InterestCashBasis as usize] += interest - booked;
        self.suspended -= interest - booked;
        assert_eq!(self.suspended, 0, "a cured loan has no suspended interest");
        self.receivable = not_yet_due;
        flows.0[Flow::PenaltyReceived as usize] += self.penalty;
        self.penalty = 0;
        flows.0[Flow::AccountsCured as usize] += 1;
        self.status = Status::Current;
        if k >= self.contract.tenor() {
            self.pay_off(now, flows);
        }
    }

    pub fn charge_off(&mut self, flows: &mut Flows) {
        assert_eq!(self.receivable, 0, "no booked interest is left to charge off");
        self.charged_off = self.balance();
        self.status = Status::ChargedOff;
        flows.0[Flow::ChargedOff as usize] += self.charged_off;
        flows.0[Flow::AccountsChargedOff as usize] += 1;
    }

    /// Closes a loan that owes nothing any more; a good customer may come back.
    pub fn pay_off(&mut self, now: &Month<'_>, flows: &mut Flows) {
        self.status = Status::PaidOff;
        self.paid_off = self.clock(now.month);
        flows.0[Flow::AccountsPaidOff as usize] += 1;
        let repeat = &now.world.scenario.repeat;
        let good = u64::from(self.worst_age) <= repeat.days_past_due_max.0 / 30;
        if self.fraud || !good || repeat.rate.f64() <= 0.0 {
            flows.0[Flow::CustomersLost as usize] += 1;
            return;
        }
        self.climb(now, flows);
        self.called = self.is_called(now);
        let word = now.world.draws.words(self.who, Process::RepeatWait, now.month)[0];
        let (mut silent, mut hazard) = (1.0, self.first_hazard(now));
        self.waits_until = now.month + repeat.window.0 as u32;
        for wait in 1..=repeat.window.0 as u32 {
            silent *= 1.0 - hazard;
            hazard *= repeat.rate_decay.f64();
            if u64::from(word) < words_below(1.0 - silent) {
                self.asks_again = Some(now.month + wait);
                self.waits_until = now.month + wait;
                return;
            }
        }
    }
}
