//! The part of a setup that concerns loans past due: collections, reminders, recoveries, courts, sales.

use crate::money::Fen;

/// A collections tier.
#[derive(Debug)]
pub struct TierSetup {
    /// Name.
    pub name: String,
    /// Buckets it works.
    pub buckets: std::ops::RangeInclusive<usize>,
    /// Contacts: aimed at, allowed, observed, scale of effect.
    pub contacts: f64,
    /// Allowed.
    pub contacts_max: f64,
    /// Observed in the rows.
    pub contacts_observed: f64,
    /// Scale of the effect.
    pub contacts_scale: f64,
    /// Contacts per month staff can make.
    pub capacity: f64,
    /// Largest effect.
    pub effect_max: f64,
    /// Fen per contact.
    pub contact_cost: f64,
    /// Contingency share.
    pub contingency: f64,
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
