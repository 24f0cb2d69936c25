//! Who is late in the month of the due date, and what would have come without contacts.

use lendcycle::ledger::{Flow, Flows};
use lendcycle::math::{exp, ln};
use lendcycle::scenario::tables::{DayTier, Tier};

use super::loan::{Loan, NON_PERFORMING};
use super::month::Month;
use super::risk::{Conduct, WORDS, conduct, next_bucket, words_below};

/// Reduction of log-odds, or rise of the logarithm of the daily rate, by contacts beyond those observed.
fn effect(effect_max: f64, observed: f64, contacts: f64, scale: f64) -> f64 {
    effect_max * (exp(-observed / scale) - exp(-contacts / scale))
}

pub fn effect_of(tier: &Tier, contacts: f64) -> f64 {
    effect(tier.effect_max.f64(), tier.contacts_observed.f64(), contacts, tier.contacts_scale.f64())
}

/// Tiers of days, and the contacts each makes per account that stays to its end.
pub struct Days<'a> {
    tiers: &'a [DayTier],
    contacts: Vec<f64>,
}

impl<'a> Days<'a> {
    /// `late` are the accounts late on day 1 in the month before.
    pub fn new(tiers: &'a [DayTier], lever: impl Fn(&str) -> f64, late: i64) -> Self {
        let observed: Vec<f64> = tiers.iter().map(|tier| tier.contacts_observed.f64()).collect();
        let observed = Days { tiers, contacts: observed };
        let contacts = tiers.iter().enumerate().map(|(index, tier)| {
            let lever = lever(&tier.name);
            let contacts = f64::min(tier.contacts.f64() * lever, tier.contacts_max.f64());
            let waiting = late as f64 * observed.stay(index);
            if waiting > 0.0 { contacts.min(tier.capacity.f64() * lever / waiting) } else { contacts }
        });
        Days { tiers, contacts: contacts.collect() }
    }

    fn without_contacts(&self) -> Days<'a> {
        Days { tiers: self.tiers, contacts: vec![0.0; self.tiers.len()] }
    }

    fn as_observed(&self) -> Days<'a> {
        let contacts = self.tiers.iter().map(|tier| tier.contacts_observed.f64()).collect();
        Days { tiers: self.tiers, contacts }
    }

    fn tier_of(&self, day: u64) -> usize {
        let works = |tier: &DayTier| tier.days_from.0 <= day && day <= tier.days_to.0;
        self.tiers.iter().position(works).expect("tiers leave no gap")
    }

    fn rate(&self, day: u64) -> f64 {
        let index = self.tier_of(day);
        let tier = &self.tiers[index];
        let days = (tier.days_to.0 + 1 - tier.days_from.0) as f64;
        let of_effect = effect(
            tier.effect_max.f64(),
            tier.contacts_observed.f64(),
            self.contacts[index],
            tier.contacts_scale.f64(),
        );
        -ln(1.0 - tier.paid.f64()) / days * exp(of_effect)
    }

    /// Share of those late on day 1 that has not paid by the end of a day.
    pub fn unpaid(&self, day: u64) -> f64 {
        (1..=day).map(|day| exp(-self.rate(day))).product()
    }

    /// The same at month end, when a payment is 1 to 30 days late.
    pub fn unpaid_at_month_end(&self) -> f64 {
        (1..=30).map(|day| self.unpaid(day)).sum::<f64>() / 30.0
    }

    /// Share of the days of a tier that who is late on day 1 spends in it.
    fn stay(&self, index: usize) -> f64 {
        let tier = &self.tiers[index];
        let (from, to) = (tier.days_from.0, tier.days_to.0);
        let days = (from..=to).map(|day| self.unpaid(day - 1) * (31 - day) as f64).sum::<f64>();
        days / (30 * (to + 1 - from)) as f64
    }

    /// Contacts a tier makes per account late on day 1.
    pub fn made(&self, index: usize) -> f64 {
        self.contacts[index] * self.stay(index)
    }

    /// Cost of a tier's contacts per account late on day 1 is this times the accounts.
    pub fn cost_of_contact(&self, index: usize) -> f64 {
        self.tiers[index].contact_cost.fen_f64()
    }

    pub fn count(&self) -> usize {
        self.tiers.len()
    }

    /// Share late on day 1 of a share that the rows say to be unpaid at month end.
    pub fn late(&self) -> f64 {
        1.0 / self.as_observed().unpaid_at_month_end()
    }

    /// Share of those late after the due date that is after the days of grace, in words.
    pub fn after_grace(&self, days: Option<u64>) -> u64 {
        days.map_or(WORDS, |days| words_below(exp(-self.without_contacts().rate(1) * days as f64)))
    }
}

/// Counts a borrower late on day 1, whose words below `late` are; `first` says whether it is the first instalment, `cash` what is
/// due. Returns whether it is unpaid at month end.
fn stays_late(days: &Days<'_>, flows: &mut Flows, first: bool, cash: i64, late: u64, word: u32) -> bool {
    let below =
        |share: f64| u128::from(word) < u128::from(late) * u128::from(words_below(share)) / u128::from(WORDS);
    let mut count = |flow: Flow, by: i64| flows.0[flow as usize] += by;
    count(Flow::AccountsLate, 1);
    count(Flow::FirstLate, i64::from(first));
    count(Flow::FirstLate7, i64::from(first && below(days.unpaid(7))));
    if below(days.unpaid_at_month_end()) {
        return true;
    }
    count(Flow::LateCash, cash);
    if !below(days.without_contacts().unpaid_at_month_end()) {
        count(Flow::LatePaidAlone, 1);
        count(Flow::LateCashAlone, cash);
    }
    false
}

impl Loan {
    /// What a current borrower does; `due_level` is the level when something is due, `cash` what is.
    pub fn decide(
        &self,
        now: &Month<'_>,
        due_level: Option<i32>,
        prepayment: f64,
        is_first: bool,
        cash: i64,
        flows: &mut Flows,
    ) -> Conduct {
        let is_due = due_level.is_some();
        let watched = i64::from(is_due && now.days.is_some());
        flows.0[Flow::AccountsDue as usize] += watched;
        if self.fraud {
            flows.0[Flow::AccountsLate as usize] += watched;
            flows.0[Flow::FirstLate as usize] += watched * i64::from(is_first);
            flows.0[Flow::FirstLate7 as usize] += watched * i64::from(is_first);
            return if is_due { Conduct::Misses } else { Conduct::Pays };
        }
        let word = now.world.draws.behaviour(self.who, now.month);
        let row = &now.world.rows[0];
        let Some(days) = &now.days else {
            return conduct(row, due_level, prepayment, now.factor(), now.missed_left(), WORDS, word).0;
        };
        let left = now.missed_left() * days.late();
        let product = now.world.products[self.product];
        let grace = days.after_grace(product.grace_days.as_ref().map(|days| days.0));
        let (conduct, late) = conduct(row, due_level, prepayment, now.factor(), left, grace, word);
        let pays = conduct == Conduct::Misses && !stays_late(days, flows, is_first, cash, late, word);
        if pays { Conduct::Pays } else { conduct }
    }

    /// Where a month takes a delinquent borrower of a bucket.
    pub fn next_state(&self, now: &Month<'_>, bucket: usize, shift: i32) -> usize {
        if self.fraud {
            return bucket + 1;
        }
        let word = now.world.draws.behaviour(self.who, now.month);
        next_bucket(&now.world.rows[bucket], self.level_delinquent + shift, now.factor(), word)
    }

    /// What is paid when the month takes the loan from a bucket to a state: the months paid for, principal, interest, and
    /// all with penalty interest; whether that is everything due.
    pub fn payment(&self, k: u32, bucket: usize, state: usize) -> (Vec<u32>, i64, i64, i64, bool) {
        // To M0: all that is due. Otherwise every bucket short of the worst outcome is one month's dues, oldest first;
        // so also beyond 180 days, where the loan may stay in M6 although the row says M1 to M5 (MODEL.md 3.12).
        let oldest = self.unpaid(k - 1)[0];
        let pays_before = if state == 0 { k + 1 } else { oldest + (bucket + 1 - state) as u32 };
        let mut months = self.unpaid(k);
        let due = months.len();
        months.retain(|month| *month < pays_before);
        let instalments = || months.iter().map(|month| self.contract.instalments[*month as usize - 1]);
        let principal = instalments().map(|instalment| instalment.principal).sum::<i64>();
        let mut interest = instalments().map(|instalment| instalment.interest_due).sum::<i64>();
        let cured = months.len() == due;
        interest += if cured { self.holiday.unpaid } else { 0 };
        let all = principal + interest + if cured { self.penalty } else { 0 };
        (months, principal, interest, all, cured)
    }

    /// Counts what became more than 90 days past due, and what of that is so no more.
    pub fn note_bad(&self, age: u32, opening: i64, new_age: u32, flows: &mut Flows) {
        let bad = |age: u32, balance: i64| if age >= NON_PERFORMING { balance } else { 0 };
        let moved = if age >= NON_PERFORMING { Flow::NplReduced } else { Flow::NplFormed };
        flows.0[moved as usize] += (bad(age, opening) - bad(new_age, self.balance())).abs();
    }
}

/// Counts what a delinquent borrower paid, and what would have been without contacts.
pub fn note_collected(flows: &mut Flows, received: i64, alone: i64, cured_alone: bool) {
    flows.0[Flow::ArrearsCash as usize] += received;
    flows.0[Flow::ArrearsCashAlone as usize] += alone;
    flows.0[Flow::CuredAlone as usize] += i64::from(cured_alone);
}

/// Contacts of the month, and what they cost in a cell with so many accounts late on day 1.
pub fn cost(now: &Month<'_>, late: i64) -> i64 {
    let Some(days) = &now.days else { return 0 };
    let tiers = 0..days.count();
    let cost = |index| super::contract::nearest(late as f64 * days.made(index) * days.cost_of_contact(index));
    tiers.map(cost).sum()
}

/// Contacts of the month with delinquent accounts by bucket, and those late on day 1.
pub fn contacts_made(now: &Month<'_>, load: &[i64], late: i64) -> i64 {
    let mut made = 0.0;
    for (bucket, accounts) in load.iter().enumerate().skip(1) {
        for index in now.world.tiers_of(bucket) {
            made += *accounts as f64 * now.contacts[index];
        }
    }
    if let Some(days) = &now.days {
        made += late as f64 * (0..days.count()).map(|index| days.made(index)).sum::<f64>();
    }
    super::contract::nearest(made)
}
