//! Rungs that good conduct earns: the limit rises and the rate falls with them.

use crate::money::Fen;

/// A ladder of rungs.
#[derive(Clone, Copy, Debug)]
pub struct Ladder {
    /// Highest rung.
    pub rungs_max: u32,
    /// Months in a row without anything past due that earn a rung.
    pub streak: u32,
    /// Rungs lost per month past due.
    pub late_rungs: u32,
    /// Share of the amount first asked for that is the limit on rung 0.
    pub first_share: f64,
    /// Rise of the limit per rung.
    pub limit_rise: f64,
}

impl Ladder {
    /// Rungs a run of months without anything past due earns.
    pub fn earned(&self, months: u32) -> u32 {
        months / self.streak
    }

    /// Rung after a loan in which so many rungs were earned and so many months were past due.
    pub fn rung_after(&self, rung: u32, earned: u32, late: u32) -> u32 {
        (rung + earned).saturating_sub(late * self.late_rungs).min(self.rungs_max)
    }

    /// Limit on a rung, fen, of a customer who first asked for an amount: `first_share (1 + limit_rise)^rung` of it.
    pub fn limit(&self, first: Fen, rung: usize) -> f64 {
        (0..rung).fold(first.0 as f64 * self.first_share, |limit, _| limit * (1.0 + self.limit_rise))
    }
}
