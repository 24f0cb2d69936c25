//! Payment holidays of single loans.

use lendcycle::ledger::{Flow, Flows};
use lendcycle::random::Process;
use lendcycle::scenario::tables::{HolidayInterest, PaymentHoliday};

use super::contract::interest;
use super::loan::{Loan, NON_PERFORMING, Status};
use super::month::Month;
use super::risk::{hold, level, words_below};

/// A holiday: granted once in the life of a loan.
#[derive(Clone, Debug, Default)]
pub struct Holiday {
    /// First and last month of it.
    pub months: Option<(u32, u32)>,
    waived: bool,
    level: i32,
    /// Interest of the holiday that is not paid.
    pub unpaid: i64,
}

impl Loan {
    pub fn is_on_holiday(&self, month: u32) -> bool {
        self.holiday.months.is_some_and(|(from, to)| from <= month && month <= to)
    }

    /// Month on book at the end of a month, by a clock that stands still in a holiday.
    pub fn clock(&self, month: u32) -> u32 {
        let still = self.holiday.months.map_or(0, |(from, to)| (month.min(to) + 1).saturating_sub(from));
        month.wrapping_sub(self.vintage).wrapping_sub(still)
    }

    /// Months of its holiday, when that is over.
    pub fn rested(&self) -> u32 {
        self.holiday.months.map_or(0, |(from, to)| to + 1 - from)
    }

    /// A month of a holiday: interest on all that is owed, and nothing else.
    pub fn rest(&mut self, now: &Month<'_>, flows: &mut Flows) {
        let k = self.clock(now.month);
        if !self.holiday.waived {
            let earned = interest(self.balance(), self.contract.charged[k as usize]);
            self.holiday.unpaid += earned;
            if self.age_at(now.month) >= NON_PERFORMING {
                self.suspended += earned;
            } else {
                self.receivable += earned;
                flows.0[Flow::InterestAccrued as usize] += earned;
            }
        }
    }

    /// Level of the log-odds of missing a payment in a month: after a holiday another one.
    pub fn level_in(&self, month: u32) -> i32 {
        let was_granted = self.holiday.months.is_some_and(|(_, to)| to < month);
        if was_granted { hold(self.level + self.holiday.level) } else { self.level }
    }

    /// Grants a holiday at the end of a month if an event is on and the loan is among those that get one.
    pub fn ask_for_holiday(&mut self, now: &Month<'_>, flows: &mut Flows) {
        let is_on = |event: &&PaymentHoliday| {
            event.from.0 <= u64::from(now.month) && u64::from(now.month) <= event.to.0
        };
        let Some(event) = now.world.scenario.payment_holiday.iter().flatten().find(is_on) else {
            return;
        };
        if self.holiday.months.is_some() || self.fraud {
            return;
        }
        let days = u64::from(self.age_at(now.month)) * 30;
        let share = match self.status {
            Status::Current => event.share,
            Status::Delinquent if days <= event.days_past_due_max.map_or(0, |days| days.0) => {
                event.share_delinquent
            }
            _ => None,
        };
        let word = now.world.draws.words(self.who, Process::Holiday, now.month)[0];
        if u64::from(word) < words_below(share.map_or(0.0, |share| share.f64())) {
            self.holiday = Holiday {
                months: Some((now.month + 1, now.month + event.months.0 as u32)),
                waived: event.interest == HolidayInterest::Waived,
                level: level(event.risk_effect.map_or(0.0, |effect| effect.f64())),
                unpaid: 0,
            };
            flows.0[Flow::HolidaysGranted as usize] += 1;
        }
    }
}
