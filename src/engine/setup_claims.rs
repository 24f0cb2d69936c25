//! The part of a setup that concerns loans past due: collections, reminders, recoveries, courts, sales.

use super::setup::Setup;
use crate::model::collections::{contact_effect, contacts_per_account};
use crate::money::Fen;

/// A collections tier.
#[derive(Debug)]
pub struct TierSetup {
    /// Name.
    pub name: String,
    /// Buckets it works.
    pub buckets: std::ops::RangeInclusive<usize>,
    /// Contacts and what they do.
    pub work: WorkSetup,
    /// Contingency share.
    pub contingency: f64,
}

/// Contacts of a tier, their effect and cost.
#[derive(Debug)]
pub struct WorkSetup {
    /// Contacts aimed at.
    pub contacts: f64,
    /// Allowed.
    pub contacts_max: f64,
    /// Under which the rows, or shares paid, were observed.
    pub contacts_observed: f64,
    /// Scale of the effect.
    pub contacts_scale: f64,
    /// Contacts per month staff can make.
    pub capacity: f64,
    /// Largest effect.
    pub effect_max: f64,
    /// Fen per contact.
    pub contact_cost: f64,
}

impl WorkSetup {
    /// Contacts per account, with the lever on collections, when so many accounts wait for them.
    pub fn contacts(&self, lever: f64, accounts: f64) -> f64 {
        contacts_per_account(self.contacts * lever, self.contacts_max, self.capacity * lever, accounts)
    }

    /// Effect of contacts on log-odds, over what was observed.
    pub fn effect(&self, contacts: f64) -> f64 {
        contact_effect(self.effect_max, contacts, self.contacts_observed, self.contacts_scale)
    }
}

/// A tier of days within the month of the due date.
#[derive(Debug)]
pub struct DayTierSetup {
    /// Name.
    pub name: String,
    /// First and last day past due.
    pub days: (usize, usize),
    /// Daily rate of paying under the contacts observed.
    pub rate: f64,
    /// Contacts and what they do to the logarithm of the rate.
    pub work: WorkSetup,
    /// Share of its days an account late on day 1 spends in it, as observed.
    pub exposure: f64,
}

/// Collections in the month of the due date.
#[derive(Debug)]
pub struct FirstMonthSetup {
    /// Tiers in the order of days.
    pub tiers: Vec<DayTierSetup>,
    /// Share of those late on day 1 that is unpaid at month end, as observed: what the row of M0 holds.
    pub unpaid_observed: f64,
}

/// Reminders before the due date.
#[derive(Debug)]
pub struct ReminderSetup {
    /// First month.
    pub from: u32,
    /// Share of missed payments left, by month.
    pub missed_left: Vec<f64>,
    /// Fen per reminder.
    pub cost: f64,
}

/// Recoveries.
#[derive(Debug)]
pub struct RecoverySetup {
    /// Total share.
    pub total: f64,
    /// Speed per month.
    pub speed: f64,
    /// Factor effect.
    pub factor_effect: f64,
    /// Cost share.
    pub cost: f64,
}

/// Suits over charged-off loans.
#[derive(Debug)]
pub struct LitigationSetup {
    /// Least balance, fen.
    pub amount_min: Fen,
    /// Share of principal that goes to court.
    pub share: f64,
    /// Months to payment.
    pub lag: u32,
    /// Share paid.
    pub recovery: f64,
    /// Cost of filing: share, and fen per case.
    pub cost: (f64, f64),
}

/// Sale of charged-off claims.
#[derive(Debug)]
pub struct SaleSetup {
    /// First package and months between packages, if packages are sold.
    pub packages: Option<(u32, u32)>,
    /// Months since charge-off from which claims go into a package.
    pub months_min: u32,
    /// Price by months since charge-off.
    pub price: Vec<(u32, f64)>,
}

impl Setup {
    /// Whether borrowers of a product are reminded of an instalment in month on book `m`.
    pub fn reminds(&self, month: u32, product: usize, m: u32) -> bool {
        self.reminder.as_ref().is_some_and(|reminder| month >= reminder.from)
            && self.products[product].period().is_due(m)
    }

    /// Number of collections tiers by days within the month of the due date.
    pub fn day_tiers(&self) -> usize {
        self.first_month.as_ref().map_or(0, |first| first.tiers.len())
    }
}
