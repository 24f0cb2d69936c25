//! A revolving line with every draw and every bill it ever had (MODEL.md 3.34).

use lendcycle::ledger::{Flow, Flows};
use lendcycle::math::{exp, ln, pow};
use lendcycle::random::Process;
use lendcycle::scenario::tables::Line as Terms;

use super::contract::{interest, nearest, rate_units};
use super::late::note_collected;
use super::loan::{Loan, NON_PERFORMING, Status};
use super::month::Month;
use super::offers::apr;
use super::risk::{Conduct, level, words_below};
use super::run::Book;

#[derive(Clone, Debug)]
pub struct Draw {
    pub month: u32,
    pub amount: i64,
    /// Fen-months it is expected to stay out.
    pub expected: i64,
}

#[derive(Clone, Debug)]
pub struct Bill {
    /// Month on book.
    pub month: u32,
    pub principal: i64,
    pub interest: i64,
    pub paid: bool,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub limit: i64,
    /// Monthly, in units of `2^-40`.
    rate: i64,
    ends: u32,
    on_time: u32,
    was_late: bool,
    inactive: bool,
    pub draws: Vec<Draw>,
    /// Principal repaid so far.
    repaid: i64,
    pub bills: Vec<Bill>,
}

impl Line {
    pub fn balance(&self) -> i64 {
        self.draws.iter().map(|draw| draw.amount).sum::<i64>() - self.repaid
    }

    fn unpaid(&self) -> impl Iterator<Item = &Bill> {
        self.bills.iter().filter(|bill| !bill.paid && bill.principal + bill.interest > 0)
    }

    /// Months past due at the end of month on book `k`.
    pub fn age(&self, k: u32) -> u32 {
        self.unpaid().next().map_or(0, |oldest| k - oldest.month + 1)
    }

    pub fn interest_billed(&self) -> i64 {
        self.unpaid().map(|bill| bill.interest).sum()
    }

    pub fn undrawn(&self) -> i64 {
        if self.unpaid().next().is_some() { 0 } else { (self.limit - self.balance()).max(0) }
    }
}

fn terms<'a>(now: &Month<'a>, loan: &Loan) -> &'a Terms {
    now.world.products[loan.product].line.as_ref().expect("a line")
}

/// The first limit of an amount.
fn first_limit(now: &Month<'_>, terms: &Terms, amount: i64) -> i64 {
    let share = terms.initial_share.map_or(1.0, |share| share.f64()) * now.limits();
    nearest(amount as f64 * share).min(terms.limit_max.0.0)
}

/// Principal due on a balance with nothing overdue.
fn principal_due(terms: &Terms, balance: i64, earned: i64, k: u32, ends: u32) -> i64 {
    let mut due = nearest(balance as f64 * terms.minimum_share.f64());
    due = due.max(terms.minimum_payment.0.0 - earned);
    if k >= ends {
        let run_off = terms.run_off_months.map_or(1, |months| months.0 as i64);
        let left = (i64::from(ends) + run_off - i64::from(k)).max(1);
        due = due.max(balance / left + i64::from(balance % left > 0));
    }
    due.clamp(0, balance)
}

/// The monthly payment when all of a first limit is drawn.
pub fn payment_when_drawn(now: &Month<'_>, terms: &Terms, amount: i64, annual: f64) -> f64 {
    let limit = first_limit(now, terms, amount);
    let earned = interest(limit, rate_units(annual / 12.0));
    (principal_due(terms, limit, earned, 0, u32::MAX) + earned) as f64
}

/// Grants a line in the month of origination, with its first draw.
pub fn grant(loan: &mut Loan, now: &Month<'_>, flows: &mut Flows) -> i64 {
    let product = now.world.products[loan.product];
    let terms = terms(now, loan);
    let words = now.world.draws.words(loan.who, Process::Line, now.month);
    let limit = first_limit(now, terms, loan.amount);
    flows.0[Flow::LimitsGranted as usize] += limit;
    loan.line = Some(Line {
        limit,
        rate: rate_units(apr(now, product, loan.grade, loan.ladder.rung) / 12.0),
        ends: loan.contract.tenor(),
        on_time: 0,
        was_late: false,
        inactive: !loan.fraud && u64::from(words[3]) < words_below(terms.inactive_share.f64()),
        draws: Vec::new(),
        repaid: 0,
        bills: Vec::new(),
    });
    let draws = u64::from(words[0]) < words_below(terms.draw_probability.f64());
    if loan.fraud {
        loan.draw(now, limit, flows);
    } else if draws && !loan.line().inactive {
        loan.draw(now, nearest(limit as f64 * terms.draw_share.f64()), flows);
    }
    limit
}

impl Loan {
    fn line(&self) -> &Line {
        self.line.as_ref().expect("a line")
    }

    fn line_mut(&mut self) -> &mut Line {
        self.line.as_mut().expect("a line")
    }

    fn draw(&mut self, now: &Month<'_>, amount: i64, flows: &mut Flows) {
        if amount == 0 {
            return;
        }
        let terms = terms(now, self);
        let left = self.line().ends - (now.month - self.vintage);
        let repaid = f64::max(terms.repaid_share.f64(), terms.minimum_share.f64());
        let life = match repaid {
            0.0 => f64::from(left),
            repaid => (1.0 - pow(1.0 - repaid, f64::from(left))) / repaid,
        };
        let expected = nearest(amount as f64 * life);
        self.line_mut().draws.push(Draw { month: now.month, amount, expected });
        flows.0[Flow::Draws as usize] += 1;
        flows.0[Flow::Drawn as usize] += amount;
    }

    fn set_limit(&mut self, limit: i64, flows: &mut Flows) {
        let before = std::mem::replace(&mut self.line_mut().limit, limit);
        if limit > before {
            flows.0[Flow::LimitRises as usize] += 1;
            flows.0[Flow::LimitsRaised as usize] += limit - before;
        } else {
            flows.0[Flow::LimitsCut as usize] += before - limit;
        }
    }

    fn raise_limit(&mut self, now: &Month<'_>, share: f64, flows: &mut Flows) {
        let limit = self.line().limit;
        let highest = terms(now, self).limit_max.0.0;
        if !now.stop_repeat() && limit < highest {
            self.set_limit((limit + nearest(limit as f64 * share)).min(highest), flows);
        }
    }

    fn cut_limit(&mut self, share: f64, flows: &mut Flows) {
        let limit = self.line().limit;
        let owed = self.line().balance();
        let lower = limit - nearest(limit as f64 * share);
        // A line may owe more than its limit only if that was cut to it before.
        self.set_limit(if lower < owed { owed.min(limit) } else { lower }, flows);
    }

    /// Step 3 of a month.
    pub fn live_line(&mut self, now: &Month<'_>, flows: &mut Flows, cash: &mut [i64]) {
        let k = now.month - self.vintage;
        match self.status {
            Status::Current => self.live_line_on_time(now, k, flows),
            Status::Delinquent => self.live_line_late(now, k, flows, cash),
            Status::PaidOff | Status::ChargedOff | Status::Left => {}
        }
        let product = now.world.products[self.product];
        if product.reprice_months.is_some_and(|months| u64::from(k).is_multiple_of(months.0)) {
            self.line_mut().rate = rate_units(apr(now, product, self.grade, self.ladder.rung) / 12.0);
        }
    }

    fn bill(&mut self, now: &Month<'_>, k: u32) -> Bill {
        let terms = terms(now, self);
        let line = self.line_mut();
        let owed = line.balance() - line.unpaid().map(|bill| bill.principal).sum::<i64>();
        let earned = interest(owed, line.rate);
        let principal = principal_due(terms, owed, earned, k, line.ends);
        let bill = Bill { month: k, principal, interest: earned, paid: false };
        line.bills.push(bill.clone());
        bill
    }

    fn live_line_on_time(&mut self, now: &Month<'_>, k: u32, flows: &mut Flows) {
        let terms = terms(now, self);
        let product = now.world.products[self.product];
        let good = u64::from(self.worst_age) * 30 <= now.world.scenario.repeat.days_past_due_max.0;
        if k == self.line().ends && good && !self.fraud && !now.stop_repeat() {
            let word = now.world.draws.words(self.who, Process::Line, now.month)[1];
            if u64::from(word) < words_below(terms.renewal.map_or(0.0, |renewal| renewal.f64())) {
                self.line_mut().ends += self.contract.tenor();
            }
        }
        let bill = self.bill(now, k);
        if bill.principal + bill.interest > 0 {
            flows.0[Flow::InterestAccrued as usize] += bill.interest;
            flows.0[Flow::Reminders as usize] += i64::from(now.reminds());
            let owed = self.line().balance();
            match self.line_conduct(now, k, bill.principal + bill.interest, flows) {
                Conduct::Misses => {
                    self.receivable += bill.interest;
                    self.miss(now, k, owed, flows);
                    return;
                }
                happens => {
                    let share = nearest(owed as f64 * terms.repaid_share.f64());
                    let wished = if happens == Conduct::Prepays { owed } else { share };
                    let paid = wished.max(bill.principal);
                    flows.0[Flow::InterestReceived as usize] += bill.interest;
                    flows.0[Flow::PrincipalScheduled as usize] += bill.principal;
                    flows.0[Flow::PrincipalPrepaid as usize] += paid - bill.principal;
                    flows.0[Flow::FeesReceived as usize] += product.monthly_fee.map_or(0, |fee| fee.0.0);
                    let line = self.line_mut();
                    line.repaid += paid;
                    line.on_time += 1;
                    line.bills.last_mut().expect("this month's bill").paid = true;
                }
            }
        }
        self.end_line(now, k, flows);
    }

    fn miss(&mut self, now: &Month<'_>, k: u32, owed: i64, flows: &mut Flows) {
        let terms = terms(now, self);
        let open = (self.line().limit - owed).max(0);
        if k < self.line().ends {
            self.draw(now, nearest(open as f64 * terms.conversion_factor.f64()), flows);
        }
        self.cut_limit(terms.late_cut.map_or(0.0, |share| share.f64()), flows);
        let line = self.line_mut();
        line.on_time = 0;
        line.was_late = true;
        flows.0[Flow::AccountsMissed as usize] += 1;
        self.status = Status::Delinquent;
        self.worst_age = self.worst_age.max(1);
        self.late += 1;
    }

    fn end_line(&mut self, now: &Month<'_>, k: u32, flows: &mut Flows) {
        if k >= self.line().ends && self.line().balance() == 0 {
            self.pay_off(now, flows);
        }
    }

    fn line_conduct(&self, now: &Month<'_>, k: u32, due: i64, flows: &mut Flows) -> Conduct {
        let product = now.world.products[self.product];
        let ramp = product.prepayment_ramp.0 as u32;
        let risen = if k < ramp { f64::from(k) / f64::from(ramp) } else { 1.0 };
        let rivals = 1.0 + self.drawn_away(now);
        let prepayment = f64::min(product.prepayment.f64() * risen * rivals, 1.0);
        // Beyond the longest tenor, which renewed lines may reach, odds stay what they are there.
        let longest = product.tenors.iter().map(|tenor| tenor.months.0 as u32).max().expect("a tenor");
        let x = f64::from(k.min(longest)) / product.seasoning_month.0 as f64;
        let (peak, long_run) = (product.seasoning_peak.f64(), product.seasoning_long_run.f64());
        let seasoning = long_run + (peak - long_run) * x * exp(1.0 - x);
        let level = self.level + level(ln(seasoning) + ln(1.0) + now.season());
        self.decide(now, Some(level), prepayment, false, due, flows)
    }

    /// What is paid when the month takes the line from a bucket to a state, and whether that is everything due.
    fn line_payment(&self, oldest: u32, bucket: usize, state: usize) -> (i64, bool) {
        let is_paid = |bill: &&Bill| state == 0 || bill.month < oldest + (bucket + 1 - state) as u32;
        let paid =
            self.line().unpaid().filter(is_paid).map(|bill| bill.principal + bill.interest).sum::<i64>();
        let cured = self.line().unpaid().all(|bill| is_paid(&bill));
        (paid + if cured { self.penalty } else { 0 }, cured)
    }

    fn live_line_late(&mut self, now: &Month<'_>, k: u32, flows: &mut Flows, cash: &mut [i64]) {
        let product = now.world.products[self.product];
        let age = self.line().age(k - 1);
        let bucket = (age as usize).min(6);
        let overdue: i64 = self.line().unpaid().map(|bill| bill.principal).sum();
        let penalty = self.line().rate as f64 / (1_u64 << 40) as f64 * product.penalty_multiple.f64();
        self.penalty += interest(overdue, rate_units(penalty));
        let oldest = self.line().unpaid().next().expect("something is overdue").month;
        let bill = self.bill(now, k);
        if age >= NON_PERFORMING {
            self.suspended += bill.interest;
        } else {
            self.receivable += bill.interest;
            flows.0[Flow::InterestAccrued as usize] += bill.interest;
        }
        let opening = self.balance();
        let state = self.next_state(now, bucket, now.delinquent_shift(bucket));
        let alone = self.next_state(now, bucket, now.delinquent_shift_alone(bucket));
        let alone = self.line_payment(oldest, bucket, alone);
        // Every bucket short of the worst outcome is one month's bill, oldest first; to M0 all of them.
        let before = if state == 0 { k + 1 } else { oldest + (bucket + 1 - state) as u32 };
        let (mut principal, mut earned) = (0, 0);
        let line = self.line_mut();
        for bill in line.bills.iter_mut().filter(|bill| !bill.paid && bill.month < before) {
            principal += bill.principal;
            earned += bill.interest;
            bill.paid = true;
        }
        line.repaid += principal;
        line.was_late = true;
        flows.0[Flow::PrincipalArrears as usize] += principal;
        self.receive(earned, flows);
        let mut received = principal + earned;
        let new_age = self.line().age(k);
        self.note_bad(age, opening, new_age, flows);
        if new_age == 0 {
            assert_eq!((self.receivable, self.suspended), (0, 0), "all interest is paid");
            received += self.penalty;
            flows.0[Flow::PenaltyReceived as usize] += self.penalty;
            flows.0[Flow::AccountsCured as usize] += 1;
            self.penalty = 0;
            self.status = Status::Current;
            self.end_line(now, k, flows);
        } else {
            self.worst_age = self.worst_age.max(new_age);
            self.late += 1;
            if age < NON_PERFORMING && new_age >= NON_PERFORMING {
                flows.0[Flow::InterestReversed as usize] += self.receivable;
                self.suspended += self.receivable;
                self.receivable = 0;
            }
            let least_days = u64::from(new_age - 1) * 30 + 1;
            if state == bucket + 1 && least_days > now.world.scenario.delinquency.charge_off_days.0 {
                self.charge_off(flows);
            }
        }
        note_collected(flows, received, alone.0, alone.1);
        for tier in now.world.tiers_of(bucket) {
            cash[tier] += received;
        }
    }

    /// Step 6 of a month: limits, then draws.
    fn use_line(&mut self, now: &Month<'_>, flows: &mut Flows) {
        let terms = terms(now, self);
        if self.status != Status::Current || self.fraud || now.month - self.vintage >= self.line().ends {
            return;
        }
        let words = now.world.draws.words(self.who, Process::Line, now.month);
        let limit = self.line().limit;
        if let Some(rise) = &terms.on_time_rise
            && u64::from(self.line().on_time) >= rise.payments.0
        {
            self.line_mut().on_time = 0;
            self.raise_limit(now, rise.share.f64(), flows);
        }
        if let Some(review) = &terms.review
            && now.month > 0
            && u64::from(now.month).is_multiple_of(review.every.0)
        {
            if u64::from(words[2]) < words_below(review.coverage.f64()) {
                flows.0[Flow::LimitReviews as usize] += 1;
                if self.line().was_late {
                    self.cut_limit(review.cut.f64(), flows);
                } else if self.line().balance() > 0 {
                    self.raise_limit(now, review.rise.f64(), flows);
                }
            }
            self.line_mut().was_late = false;
        }
        if self.line().inactive {
            return;
        }
        let risen = (self.line().limit - limit).max(0);
        let at_once = nearest(risen as f64 * terms.rise_drawn_share.map_or(0.0, |share| share.f64()));
        let at_once = at_once.min(self.line().undrawn());
        let mut amount = at_once;
        if u64::from(words[0]) < words_below(terms.draw_probability.f64()) {
            amount += nearest((self.line().undrawn() - at_once) as f64 * terms.draw_share.f64());
        }
        self.draw(now, amount, flows);
    }
}

/// Limits and draws of all lines at month end.
pub fn use_lines(book: &mut Book, now: &Month<'_>) {
    for loan in book.loans.iter_mut().filter(|loan| loan.line.is_some()) {
        loan.use_line(now, &mut book.flows[loan.group]);
    }
}
