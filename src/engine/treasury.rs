//! The end of a month in the books: taxes, then the equity that the book needs, then borrowing, so that no cash is left over.
//!
//! Taxes on profit, equity and funding belong to the product as a whole and stand in the group of shared costs; VAT stands where
//! its income does.

use super::internal_ratings::{InternalSetup, Rated};
use super::provision::STAGES;
use super::result::RunResult;
use super::setup::Setup;
use crate::ledger::{Account, Flow, Flows};
use crate::model::capital::ASSETS_PER_REQUIREMENT;
use crate::model::tax::IncomeTax;
use crate::model::value::RunValue;
use crate::money::{Fen, rounded_parts};
use crate::rate::monthly_of_nominal;

/// Taxes, resolved.
#[derive(Clone, Copy, Debug)]
pub struct TaxSetup {
    /// VAT with surcharges, share of income that contains it.
    pub vat: f64,
    /// Share of the taxable profit.
    pub income: f64,
    /// Allowance that lowers the taxable profit, at most this share of the balance.
    pub deductible: f64,
    /// Years in which a loss may be used.
    pub loss_years: u32,
}

/// How risk is weighted.
#[derive(Debug)]
pub enum Weighting {
    /// By given weights: of loans not in default, and of those in it net of their allowance.
    Standardised(f64, f64),
    /// By the bank's own ratings.
    Internal(Box<InternalSetup>),
}

/// Equity, resolved.
#[derive(Debug)]
pub struct CapitalSetup {
    /// Equity per unit of risk-weighted assets.
    pub ratio: f64,
    /// How risk is weighted.
    pub weighting: Weighting,
    /// Share of undrawn limits that counts as lent.
    pub conversion: f64,
    /// What equity must earn, annual rate.
    pub cost: f64,
}

/// Limits to the balance that can be lent, resolved.
#[derive(Clone, Debug, Default)]
pub struct RoomSetup {
    /// Most equity from a month on, fen; month 0 comes first if there are any.
    pub equity: Vec<(u32, f64)>,
    /// Balance that there is money for, fen.
    pub balance_max: Option<f64>,
}

/// How much of what new customers ask for can be lent.
#[derive(Clone, Copy, Debug)]
pub struct Rationing {
    /// Share of this month's demand.
    pub share: f64,
    /// What new customers would have taken, as far as it was seen; fen.
    demand: f64,
}

impl Default for Rationing {
    fn default() -> Self {
        Rationing { share: 1.0, demand: 0.0 }
    }
}

impl Rationing {
    /// Looks at a month that is over and sets the share of the next: room under the limits, and what is repaid, less what
    /// repeat loans and draws take first, over what new customers asked for.
    pub fn look(&mut self, setup: &Setup, flows: &Flows, next: u32, stand: Stand, required: i64) {
        let room = &setup.room;
        let by_equity =
            setup.capital.as_ref().zip(room.equity.iter().rfind(|(from, _)| *from <= next)).map(
                |(capital, (_, most))| (most - required as f64) / (capital.ratio * stand.weight(capital)),
            );
        let by_money = room.balance_max.map(|most| most - stand.balance as f64);
        let Some(left) = by_equity.into_iter().chain(by_money).reduce(f64::min) else { return };
        let lent = flows.get(Flow::OriginatedNew) as f64;
        // Of those that are turned away nothing is seen: they are taken to ask for what was asked for before.
        self.demand = self.demand * (1.0 - self.share) + lent;
        let repaid =
            [Flow::PrincipalScheduled, Flow::PrincipalPrepaid, Flow::PrincipalArrears, Flow::ChargedOff];
        let first = flows.sum(&repaid) - flows.sum(&[Flow::OriginatedRepeat, Flow::Drawn]);
        let room = (left + first as f64).max(0.0);
        self.share = if self.demand > room { room / self.demand } else { 1.0 };
    }
}

/// What the balance sheet stands on at a month's end, fen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stand {
    /// Principal.
    pub balance: i64,
    /// Principal more than 90 days past due.
    pub defaulted: i64,
    /// Limits less balance of lines.
    pub undrawn: i64,
    /// Allowance by stage.
    pub allowance: [i64; STAGES],
    /// What internal ratings come to, where they weight the risk.
    pub rated: Rated,
}

impl Stand {
    /// Risk weight of what is lent next: that of what is on book.
    fn weight(&self, capital: &CapitalSetup) -> f64 {
        match &capital.weighting {
            Weighting::Standardised(weight, _) => *weight,
            Weighting::Internal(internal) => {
                let performing = (self.balance - self.defaulted) as f64;
                let weight = ASSETS_PER_REQUIREMENT * self.rated.requirement / performing;
                if performing > 0.0 && weight > 0.0 { weight } else { internal.weight_new }
            }
        }
    }
}

/// Cash, debts and equity of one run. Amounts in fen.
#[derive(Clone, Debug, Default)]
pub struct Treasury {
    /// Cash, and what is owed for money; without equity of its own a product has one account for both, cash below nil.
    pub cash: i64,
    pub funding: i64,
    pub equity: i64,
    /// Equity that the book needs.
    pub required: i64,
    /// Balance by group that needed it, fen.
    behind: Vec<i64>,
    pub deferred_tax: i64,
    deductible: i64,
    tax: IncomeTax,
}

impl Treasury {
    /// What the run is worth to its owners: at the start they pay for the equity that the opening book brings; at the horizon
    /// they get what is left, less the losses still expected of it beyond its allowance, after tax.
    pub fn value(&self, setup: &Setup, result: &RunResult) -> Option<RunValue> {
        let capital = setup.capital.as_ref()?;
        let months = || (0..setup.months as usize).map(|month| result.flows(month));
        let opening: i64 = months().map(|flows| flows.opening_equity()).sum();
        let mut cash = vec![-opening];
        cash.extend(months().map(|flows| flows.get(Flow::DividendPaid) - flows.get(Flow::CapitalInjected)));
        let left = result.total(Flow::TerminalLoss) - result.total(Flow::TerminalRelease);
        let after_tax = 1.0 - setup.tax.map_or(0.0, |tax| tax.income);
        *cash.last_mut().expect("a month") += self.equity - Fen::round(left as f64 * after_tax).0;
        let profit: Vec<i64> = months().map(|flows| flows.net_profit()).collect();
        Some(RunValue::new(&cash, &profit, capital.cost))
    }

    /// What the opening book brings: the tax that its allowance will save.
    pub fn open(&mut self, setup: &Setup, flows: &mut [Flows], stand: Stand) {
        let Some(tax) = &setup.tax else { return };
        self.deductible = deductible(tax, stand);
        let beyond = stand.allowance.iter().sum::<i64>() - self.deductible;
        self.deferred_tax = Fen::round(tax.income * beyond as f64).0;
        flows[setup.shared_group()].book(Flow::OpeningDeferredTax, Fen(self.deferred_tax));
    }

    /// Closes the books of a month, after everything else of it.
    /// `balance` is that of the groups.
    pub fn close_month(
        &mut self,
        setup: &Setup,
        flows: &mut [Flows],
        month: u32,
        stand: Stand,
        balance: &[Fen],
    ) {
        let shared = setup.shared_group();
        if let Some(tax) = &setup.tax {
            for flows in flows.iter_mut() {
                pay_vat(tax, flows);
            }
            self.tax_profit(tax, setup, flows, month, stand);
        }
        let mut all = Flows::default();
        flows.iter().for_each(|flows| all.add(flows));
        self.cash += all.change(Account::Cash);
        self.equity += all.profit_booked() - all.income_tax() + all.opening_equity();
        if let Some(capital) = &setup.capital {
            // On what stood behind the book through the month.
            self.charge(setup, capital, flows);
            self.behind.clear();
            self.behind.extend(balance.iter().map(|balance| balance.0));
            self.required = Fen::round(required(capital, stand)).0;
            let missing = self.required - self.equity;
            flows[shared].book_change(Flow::CapitalInjected, Flow::DividendPaid, missing);
            self.equity += missing;
            self.cash += missing;
        }
        // Debts are what cash lacks; cash is kept once there are none.
        let change = (-self.cash).max(-self.funding);
        if setup.capital.is_some() {
            flows[shared].book_change(Flow::FundingRaised, Flow::FundingRepaid, change);
        }
        self.cash += change;
        self.funding += change;
    }

    /// What equity must earn, by the balance it stood behind; what needs it without any, in the group of shared costs.
    fn charge(&self, setup: &Setup, capital: &CapitalSetup, flows: &mut [Flows]) {
        let required = self.required as f64;
        let charge = monthly_of_nominal(capital.cost) * required;
        let before_tax = charge / (1.0 - setup.tax.map_or(0.0, |tax| tax.income));
        let total: i64 = self.behind.iter().sum();
        let share = |group: usize| match total {
            0 => f64::from(u8::from(group == setup.shared_group())),
            total => self.behind[group] as f64 / total as f64,
        };
        let sums = [
            (Flow::CapitalHeld, required),
            (Flow::CapitalCharge, charge),
            (Flow::CapitalChargeBeforeTax, before_tax),
        ];
        for (flow, sum) in sums {
            let parts = rounded_parts((0..flows.len()).map(|group| sum * share(group)));
            flows.iter_mut().zip(parts).for_each(|(flows, part)| flows.count(flow, part));
        }
    }

    fn tax_profit(&mut self, tax: &TaxSetup, setup: &Setup, flows: &mut [Flows], month: u32, stand: Stand) {
        let deductible = deductible(tax, stand);
        let incurred: i64 = flows.iter().map(|flows| flows.profit() + flows.get(Flow::TerminalLoss)).sum();
        let payment = self.tax.add(incurred - (deductible - self.deductible), tax.income);
        self.deductible = deductible;
        if setup.start.plus(month).month_of_year() == 11 {
            self.tax.end_year(tax.loss_years);
        }
        let beyond = stand.allowance.iter().sum::<i64>() - deductible;
        let deferred = Fen::round(tax.income * (beyond + self.tax.unused(tax.loss_years)) as f64).0;
        let change = deferred - self.deferred_tax;
        self.deferred_tax = deferred;
        let shared = &mut flows[setup.shared_group()];
        shared.book_change(Flow::IncomeTaxPaid, Flow::IncomeTaxRefunded, payment);
        shared.book_change(Flow::DeferredTaxRaised, Flow::DeferredTaxUsed, change);
    }
}

/// Allowance that lowers the taxable profit: up to a share of the balance. What is charged off always does.
fn deductible(tax: &TaxSetup, stand: Stand) -> i64 {
    let most = Fen::round(tax.deductible * stand.balance as f64).0;
    stand.allowance.iter().sum::<i64>().min(most)
}

/// Interest that is more than 90 days past due is reversed, and taxed when it comes in: that is when it is income.
fn pay_vat(tax: &TaxSetup, flows: &mut Flows) {
    let vat = Fen::round(tax.vat * flows.income_with_vat() as f64).0;
    flows.book_change(Flow::VatPaid, Flow::VatReversed, vat);
}

/// Equity that the book needs, fen.
fn required(capital: &CapitalSetup, stand: Stand) -> f64 {
    let [first, second, third] = stand.allowance;
    let defaulted = stand.defaulted as f64;
    match &capital.weighting {
        Weighting::Standardised(weight, weight_defaulted) => {
            let performing =
                (stand.balance - stand.defaulted) as f64 + capital.conversion * stand.undrawn as f64;
            let in_default = weight_defaulted * (defaulted - third as f64).max(0.0);
            capital.ratio * (weight * performing + in_default)
        }
        Weighting::Internal(internal) => {
            // In default what a downturn would lose beyond the allowance; and what is expected beyond it is deducted.
            let in_default = (internal.lgd * defaulted - third as f64).max(0.0);
            let assets = ASSETS_PER_REQUIREMENT * (stand.rated.requirement + in_default);
            let shortfall = (stand.rated.expected_loss - (first + second) as f64).max(0.0);
            capital.ratio * assets + shortfall
        }
    }
}
