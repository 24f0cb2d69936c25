//! Taxes on a product: VAT contained in what customers pay, and income tax on yearly profits with losses carried forward.

use std::collections::VecDeque;

/// VAT and surcharges contained in gross income, as a share of it: `vat / (1 + vat) · (1 + surcharges)`.
pub fn contained_vat(vat: f64, surcharges: f64) -> f64 {
    vat / (1.0 + vat) * (1.0 + surcharges)
}

/// Income tax of one product by itself. Amounts in fen.
#[derive(Clone, Debug, Default)]
pub struct IncomeTax {
    /// Taxable profit of the calendar year so far.
    year: i64,
    /// Tax paid on it so far.
    paid: i64,
    /// Losses of earlier years that are left, with the years that have ended since; oldest first.
    losses: VecDeque<(u32, i64)>,
}

impl IncomeTax {
    /// Adds a month's taxable profit and returns what is to be paid on the year so far beyond what has been paid (below 0: what
    /// comes back). Losses of earlier years are set against the year's profit first.
    pub fn add(&mut self, taxable: i64, rate: f64) -> i64 {
        self.year += taxable;
        let due = crate::money::Fen::round(rate * (self.year - self.carried()).max(0) as f64).0;
        let payment = due - self.paid;
        self.paid = due;
        payment
    }

    /// Ends a calendar year: its loss may be used in the next `years`.
    pub fn end_year(&mut self, years: u32) {
        let mut profit = self.year.max(0);
        for (_, loss) in &mut self.losses {
            let used = profit.min(*loss);
            *loss -= used;
            profit -= used;
        }
        self.losses.iter_mut().for_each(|(age, _)| *age += 1);
        self.losses.push_back((0, (-self.year).max(0)));
        self.losses.retain(|(age, loss)| *age < years && *loss > 0);
        (self.year, self.paid) = (0, 0);
    }

    /// Losses that may still be used: those carried, less what this year's profit has used of them, and this year's own.
    pub fn unused(&self, years: u32) -> i64 {
        let own = if years > 0 { (-self.year).max(0) } else { 0 };
        self.carried() - self.carried().min(self.year.max(0)) + own
    }

    fn carried(&self) -> i64 {
        self.losses.iter().map(|(_, loss)| loss).sum()
    }
}
