//! One loan with its whole contract in hand, and its month.

use lendcycle::ledger::{Flow, Flows};
use lendcycle::math::{exp, ln};
use lendcycle::random::{Process, Who};

use super::contract::{Contract, Instalment, interest, nearest};
use super::late::stays_late;
use super::month::Month;
use super::offers::apr;
use super::risk::{Conduct, WORDS, conduct, level, next_bucket, words_below};

/// Months past due from which a loan is more than 90 days past due and non-performing.
pub const NON_PERFORMING: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Current,
    Delinquent,
    PaidOff,
    ChargedOff,
}

#[derive(Clone, Debug)]
pub struct Loan {
    pub who: Who,
    /// Month of origination.
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

    pub status: Status,
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
    /// Month on book in which it was paid off.
    pub paid_off: u32,
    /// Month in which the customer asks for another loan.
    pub asks_again: Option<u32>,
    /// Annual rates so far, by the month on book from which they hold.
    pub apr: Vec<(u32, f64)>,
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
        let instalments = self.contract.instalments.iter().zip(&self.paid);
        instalments.filter(|(_, paid)| !**paid).map(|(instalment, _)| instalment.principal).sum()
    }

    /// Months on book up to `k` in which something fell due that is not paid, oldest first.
    fn unpaid(&self, k: u32) -> Vec<u32> {
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
        if self.status == Status::Delinquent { self.age(month - self.vintage) } else { 0 }
    }

    /// Plays a month after that of origination. Cash from arrears is noted in `cash` by tier.
    pub fn live(&mut self, now: &Month<'_>, flows: &mut Flows, cash: &mut [i64]) {
        match self.status {
            Status::Current => self.live_current(now, flows),
            Status::Delinquent => self.live_delinquent(now, flows, cash),
            Status::PaidOff | Status::ChargedOff => {}
        }
        if self.is_open() {
            self.reprice(now);
        }
    }

    /// Writes the contract anew when its rate is reset to an LPR that has moved (MODEL.md 3.10).
    fn reprice(&mut self, now: &Month<'_>) {
        let k = now.month - self.vintage;
        let product = now.world.products[self.product];
        let Some(months) = product.reprice_months.map(|months| months.0 as u32) else {
            return;
        };
        let rate = apr(now, product, self.grade);
        let (_, before) = self.apr[self.apr.len() - 1];
        if k == 0 || !k.is_multiple_of(months) || k >= self.contract.tenor() || rate == before {
            return;
        }
        self.apr.push((k + 1, rate));
        let (_, first) = self.apr[0];
        let tenor = self.contract.tenor();
        self.contract = Contract::new(product, self.repeat, first, self.amount, tenor, &self.apr[1..]);
    }

    fn live_current(&mut self, now: &Month<'_>, flows: &mut Flows) {
        let k = now.month - self.vintage;
        let tenor = self.contract.tenor();
        let instalment = self.contract.month(k).expect("a current loan has not matured");
        let product = now.world.products[self.product];
        flows.0[Flow::InterestAccrued as usize] += instalment.interest_accrued;
        self.receivable += instalment.interest_accrued;
        let first = k == self.contract.period;
        for (flow, counted) in [
            (Flow::Reminders, now.reminds()),
            (Flow::FirstDue, first),
            (Flow::AccountsDue, now.days.is_some()),
        ] {
            flows.0[flow as usize] += i64::from(instalment.falls_due && counted);
        }
        match self.conduct(now, k, instalment, flows) {
            Conduct::Prepays if k < tenor => {
                flows.0[Flow::PrincipalPrepaid as usize] += self.balance();
                flows.0[Flow::InterestReceived as usize] += self.receivable;
                self.receivable = 0;
                let fee = product.prepayment_fee.map_or(0.0, |fee| fee.f64());
                flows.0[Flow::FeesReceived as usize] += nearest(self.balance() as f64 * fee);
                self.pay_off(now, flows);
            }
            Conduct::Misses => {
                flows.0[Flow::AccountsMissed as usize] += 1;
                flows.0[Flow::FirstMissed as usize] += i64::from(first);
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
                self.paid[k as usize - 1] = true;
                if k == tenor {
                    assert_eq!(self.receivable, 0, "a matured loan owes nothing");
                    self.pay_off(now, flows);
                }
            }
        }
    }

    fn conduct(&self, now: &Month<'_>, k: u32, instalment: Instalment, flows: &mut Flows) -> Conduct {
        if self.fraud {
            let late = instalment.falls_due && now.days.is_some();
            for flow in [Flow::AccountsLate, Flow::FirstLate, Flow::FirstLate7] {
                flows.0[flow as usize] += i64::from(late);
            }
            return if instalment.falls_due { Conduct::Misses } else { Conduct::Pays };
        }
        let product = now.world.products[self.product];
        let ramp = product.prepayment_ramp.0 as u32;
        let risen = if k < ramp { f64::from(k) / f64::from(ramp) } else { 1.0 };
        let rivals = 1.0 + now.world.scenario.market.prepayment_effect.f64() * now.rivals();
        let prepayment = f64::min(product.prepayment.f64() * risen * rivals, 1.0);
        let due_level = instalment.falls_due.then(|| {
            let x = f64::from(k) / product.seasoning_month.0 as f64;
            let (peak, long_run) = (product.seasoning_peak.f64(), product.seasoning_long_run.f64());
            let seasoning = long_run + (peak - long_run) * x * exp(1.0 - x);
            let exposure = ln(f64::from(self.contract.period));
            self.level + level(ln(seasoning) + exposure + now.season())
        });
        let word = now.world.draws.behaviour(self.who, now.month);
        let row = &now.world.rows[0];
        let Some(days) = &now.days else {
            return conduct(row, due_level, prepayment, now.factor(), now.missed_left(), WORDS, word).0;
        };
        let left = now.missed_left() * days.late();
        let grace = days.after_grace(product.grace_days.as_ref().map(|days| days.0));
        let (conduct, late) = conduct(row, due_level, prepayment, now.factor(), left, grace, word);
        let cash = instalment.principal + instalment.interest_due;
        let pays = conduct == Conduct::Misses
            && !stays_late(days, flows, k == self.contract.period, cash, late, word);
        if pays { Conduct::Pays } else { conduct }
    }

    /// What is paid when the month takes the loan from a bucket to a state: the months paid for, principal, interest, and
    /// all with penalty interest; whether that is everything due.
    fn payment(&self, k: u32, bucket: usize, state: usize) -> (Vec<u32>, i64, i64, i64, bool) {
        // To M0: all that is due. Otherwise every bucket short of the worst outcome is one month's dues, oldest first;
        // so also beyond 180 days, where the loan may stay in M6 although the row says M1 to M5 (MODEL.md 3.12).
        let oldest = self.unpaid(k - 1)[0];
        let pays_before = if state == 0 { k + 1 } else { oldest + (bucket + 1 - state) as u32 };
        let mut months = self.unpaid(k);
        let due = months.len();
        months.retain(|month| *month < pays_before);
        let instalments = || months.iter().map(|month| self.contract.instalments[*month as usize - 1]);
        let principal = instalments().map(|instalment| instalment.principal).sum::<i64>();
        let interest = instalments().map(|instalment| instalment.interest_due).sum::<i64>();
        let cured = months.len() == due;
        let all = principal + interest + if cured { self.penalty } else { 0 };
        (months, principal, interest, all, cured)
    }

    fn live_delinquent(&mut self, now: &Month<'_>, flows: &mut Flows, cash: &mut [i64]) {
        let k = now.month - self.vintage;
        let age = self.age(k - 1);
        let bucket = (age as usize).min(6);
        let npl = |age: u32, balance: i64| if age >= NON_PERFORMING { balance } else { 0 };
        let opening = npl(age, self.balance());
        self.accrue(now, k, age, flows);
        let state_at = |shift: i32| {
            let word = now.world.draws.behaviour(self.who, now.month);
            next_bucket(&now.world.rows[bucket], self.level_delinquent + shift, now.factor(), word)
        };
        let states = [now.delinquent_shift(bucket), now.delinquent_shift_alone(bucket)].map(state_at);
        let [state, alone] = if self.fraud { [bucket + 1; 2] } else { states };
        let (_, _, _, alone, cured_alone) = self.payment(k, bucket, alone);
        let (months, principal, interest, received, _) = self.payment(k, bucket, state);
        for month in months {
            self.paid[month as usize - 1] = true;
        }
        flows.0[Flow::PrincipalArrears as usize] += principal;
        flows.0[Flow::ArrearsCash as usize] += received;
        flows.0[Flow::ArrearsCashAlone as usize] += alone;
        flows.0[Flow::CuredAlone as usize] += i64::from(cured_alone);
        let new_age = self.age(k);
        let closing = npl(new_age, self.balance());
        let moved = if age >= NON_PERFORMING { Flow::NplReduced } else { Flow::NplFormed };
        flows.0[moved as usize] += (opening - closing).abs();
        if new_age == 0 {
            self.cure(now, k, interest, flows);
        } else {
            self.receive(interest, flows);
            let first_30 = self.worst_age < 2 && new_age >= 2 && self.unpaid(k)[0] == self.contract.period;
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
        let rate = *self.contract.rates.get(k as usize - 1).or(self.contract.rates.last()).expect("a rate");
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
    fn receive(&mut self, interest: i64, flows: &mut Flows) {
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

    fn charge_off(&mut self, flows: &mut Flows) {
        assert_eq!(self.receivable, 0, "no booked interest is left to charge off");
        self.charged_off = self.balance();
        self.status = Status::ChargedOff;
        flows.0[Flow::ChargedOff as usize] += self.charged_off;
        flows.0[Flow::AccountsChargedOff as usize] += 1;
    }

    /// Closes a loan that owes nothing any more; a good customer may come back.
    fn pay_off(&mut self, now: &Month<'_>, flows: &mut Flows) {
        self.status = Status::PaidOff;
        self.paid_off = now.month - self.vintage;
        flows.0[Flow::AccountsPaidOff as usize] += 1;
        let repeat = &now.world.scenario.repeat;
        let good = u64::from(self.worst_age) <= repeat.days_past_due_max.0 / 30;
        if self.fraud || !good || repeat.rate.f64() <= 0.0 {
            return;
        }
        let word = now.world.draws.words(self.who, Process::RepeatWait, now.month)[0];
        let (mut silent, mut hazard) = (1.0, repeat.rate.f64());
        for wait in 1..=repeat.window.0 as u32 {
            silent *= 1.0 - hazard;
            hazard *= repeat.rate_decay.f64();
            if u64::from(word) < words_below(1.0 - silent) {
                self.asks_again = Some(now.month + wait);
                return;
            }
        }
    }
}
