//! What the loans of a month earn over their lives, and what their borrowers bring with later loans.
//!
//! Interest, fees and losses are those of the loans themselves; acquisition belongs to the month it was paid in. Costs that are
//! booked by cell are shared out: collections by the balance past due that the month began with, the rest by the balance.

use super::book::Book;
use super::setup::Setup;
use super::stock::{Stock, VintageStock};
use crate::ledger::{Flow, Flows};
use crate::math::pow;
use crate::model::funding::transfer_rate;
use crate::money::rounded_parts;

/// Economics of one vintage in one run; amounts in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VintageEconomics {
    /// Loans made to new customers.
    pub loans_new: i64,
    /// Repeat loans made.
    pub loans_repeat: i64,
    /// Marketing paid in the month.
    pub marketing: i64,
    /// Contract interest, less what was reversed.
    pub interest: i64,
    /// Sum of month-end balances.
    pub balance_months: i64,
    /// Profit before tax of its loans, incurred; with that of the opening book it is that of the life.
    pub contribution: i64,
    /// What the equity behind it must earn before income tax.
    pub capital_charge_before_tax: f64,
    /// Share of income that VAT takes.
    pub vat_share: f64,
    /// What its loans bring before marketing, with those their borrowers take later.
    pub lifetime_value: f64,
    /// The same, discounted to the month it was made in.
    pub lifetime_value_discounted: f64,
    /// Loans that its loans lead to, themselves included.
    pub loans_in_all: f64,
}

/// Shares out a run, month by month.
#[derive(Debug)]
pub struct Cohorts {
    /// Monthly discount factor.
    discount: f64,
    /// What the month begins with, by vintage, that of the opening book last.
    opening: Vec<VintageStock>,
    /// Interest, fees and losses so far.
    interest: Vec<i64>,
    fees: Vec<i64>,
    lost: Vec<i64>,
    /// By vintage: profit before marketing so far, and discounted.
    value: Vec<f64>,
    discounted: Vec<f64>,
    rows: Vec<VintageEconomics>,
    marketing: Vec<f64>,
}

impl Cohorts {
    /// A run that begins with a book. Values are discounted at the cost of equity, or, without any, of money in month 0.
    pub fn new(setup: &Setup, opening: &Stock, lpr: f64) -> Self {
        let annual = match &setup.capital {
            Some(capital) => capital.cost,
            None => transfer_rate(lpr, setup.funding.spread),
        };
        let rows = setup.months as usize + 1;
        Cohorts {
            discount: pow(1.0 + annual, -1.0 / 12.0),
            opening: opening.vintages.clone(),
            interest: vec![0; rows],
            fees: vec![0; rows],
            lost: vec![0; rows],
            value: vec![0.0; rows],
            discounted: vec![0.0; rows],
            rows: vec![VintageEconomics::default(); rows],
            marketing: vec![0.0; rows],
        }
    }

    /// Shares out a month whose books are closed.
    pub fn close_month(&mut self, book: &Book, flows: &Flows, closing: &Stock, month: u32) {
        let now = month as usize;
        let collections = flows.sum(&[Flow::CollectionsPaid, Flow::CourtPaid]);
        let (marketing, applications) = (flows.get(Flow::MarketingPaid), flows.get(Flow::ApplicationsPaid));
        let mut others = flows.cost() - collections - marketing - applications - flows.income();
        let taxed = flows.income_with_vat();
        let vat_share = if taxed > 0 { flows.vat() as f64 / taxed as f64 } else { 0.0 };
        let mut own = vec![0; self.rows.len()];
        for (row, sums) in book.vintages.iter().enumerate() {
            let (interest, fees) = (sums.interest - self.interest[row], sums.fees - self.fees[row]);
            let lost = sums.charged_off - sums.recovered - sums.gained;
            own[row] = interest + fees - (lost - self.lost[row]);
            // What is left of the income is shared out with the costs.
            others += interest + fees;
            (self.interest[row], self.fees[row], self.lost[row]) = (sums.interest, sums.fees, lost);
            self.rows[row].interest += interest;
            self.rows[row].balance_months += closing.vintages[row].balance;
        }
        own[now] -= applications;
        self.marketing[now] = marketing as f64;
        self.rows[now].marketing = marketing;
        self.rows[now].loans_new = flows.get(Flow::LoansNew);
        self.rows[now].loans_repeat = flows.get(Flow::LoansRepeat);
        self.rows[now].vat_share = vat_share;
        let capital = flows.get(Flow::CapitalChargeBeforeTax) as f64;
        let by_balance = shares(self.opening.iter().map(|stock| stock.balance), now);
        let by_past_due = shares(self.opening.iter().map(|stock| stock.past_due), now);
        for (row, own) in own.into_iter().enumerate() {
            let shared = others as f64 * by_balance[row] + collections as f64 * by_past_due[row];
            self.add(row, now, own as f64 - shared);
            self.rows[row].capital_charge_before_tax += capital * by_balance[row];
        }
        self.opening.copy_from_slice(&closing.vintages);
    }

    fn add(&mut self, row: usize, month: usize, amount: f64) {
        self.value[row] += amount;
        // At the end of the month, from when the loans were made; of the opening book from the start.
        let ahead = if row <= month { month - row } else { month + 1 };
        self.discounted[row] += amount * pow(self.discount, ahead as f64);
    }

    /// Economics by vintage, that of the opening book last. `losses` are those of whole lives, by vintage.
    pub fn finish(mut self, book: &Book, losses: &[i64]) -> Vec<VintageEconomics> {
        let months = self.rows.len() - 1;
        for (row, loss) in losses.iter().enumerate() {
            // What the horizon leaves.
            let left = (loss - self.lost[row]) as f64;
            self.add(row, months - 1, -left);
        }
        let parts = self.value.iter().zip(&self.marketing).map(|(value, marketing)| value - marketing);
        let contributions = rounded_parts(parts);
        // From the last vintage back: each loan of a vintage is as likely to be the one that is followed by another.
        for row in (0..months).rev().chain([months]) {
            let sums = &book.vintages[row];
            let later = if row == months { 0 } else { row + 1 };
            let mut found = self.rows[row];
            found.lifetime_value = self.value[row];
            found.lifetime_value_discounted = self.discounted[row];
            found.loans_in_all = sums.loans as f64;
            for then in later..months {
                let repeats = f64::from(book.between.followed[row * months + then]);
                if repeats == 0.0 {
                    continue;
                }
                let share = repeats / book.vintages[then].loans as f64;
                let next = &self.rows[then];
                let ahead = if row == months { then + 1 } else { then - row };
                found.lifetime_value += share * next.lifetime_value;
                found.lifetime_value_discounted +=
                    share * next.lifetime_value_discounted * pow(self.discount, ahead as f64);
                found.loans_in_all += share * next.loans_in_all;
            }
            found.contribution = contributions[row];
            self.rows[row] = found;
        }
        self.rows
    }
}

/// Shares of weights; all of it belongs to `now` where they are nil.
fn shares(weights: impl Iterator<Item = i64> + Clone, now: usize) -> Vec<f64> {
    let total: i64 = weights.clone().sum();
    let share = |(row, weight): (usize, i64)| match total {
        0 => f64::from(u8::from(row == now)),
        total => weight as f64 / total as f64,
    };
    weights.enumerate().map(share).collect()
}
