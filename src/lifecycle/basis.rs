//! When losses count: what a stage earned on each basis.

use super::metrics::Unit;
use super::profitability::StageRun;
use crate::engine::MonthMetric;
use crate::ledger::Flow;
use crate::stats::Value;

/// When a loss counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// When it is expected: what is set aside counts (accrual with expected credit losses).
    Ecl,
    /// When it happens: at charge-off.
    Incurred,
    /// In the stage in which the loan was made.
    Vintage,
}

impl Basis {
    /// All bases, in the order they are told in.
    pub const ALL: [Basis; 3] = [Basis::Ecl, Basis::Incurred, Basis::Vintage];

    /// Name in files and on the command line.
    pub fn key(self) -> &'static str {
        match self {
            Basis::Ecl => "ecl",
            Basis::Incurred => "incurred",
            Basis::Vintage => "vintage",
        }
    }
}

impl StageRun {
    /// Income on a basis, fen: interest of stage 3 is shown where it is provided for.
    pub fn income(&self, basis: Basis) -> i64 {
        let flows = self.sums.flows();
        let stage_3 = if basis == Basis::Ecl { flows.get(Flow::Stage3Interest) } else { 0 };
        flows.income() + stage_3
    }

    /// Net credit loss on a basis, fen.
    pub fn credit_loss(&self, basis: Basis) -> i64 {
        match basis {
            Basis::Ecl => self.sums.flows().impairment(),
            Basis::Incurred => self.sums.flows().net_credit_loss(),
            Basis::Vintage => self.made_losses,
        }
    }

    /// Profit before tax on a basis, fen.
    pub fn profit(&self, basis: Basis) -> i64 {
        self.income(basis) - self.sums.flows().cost() - self.credit_loss(basis)
    }
}

/// A metric of a stage that the basis decides: name, unit, value of one run.
pub type BasisMetric = (&'static str, Unit, fn(&StageRun, Basis) -> Value);

fn balance(stage: &StageRun) -> f64 {
    stage.sums.get(MonthMetric::Balance) as f64
}

/// Metrics that the basis decides; all others are the same on every basis.
pub const BASIS_METRICS: &[BasisMetric] = &[
    ("income", Unit::Money, |stage, basis| Value::Sum(stage.income(basis) as f64)),
    ("credit_loss_net", Unit::Money, |stage, basis| Value::Sum(stage.credit_loss(basis) as f64)),
    ("profit_before_tax", Unit::Money, |stage, basis| Value::Sum(stage.profit(basis) as f64)),
    ("profitable", Unit::Ratio, |stage, basis| Value::Sum(f64::from(u8::from(stage.profit(basis) > 0)))),
    ("return_on_balance_annual", Unit::Ratio, |stage, basis| {
        Value::Ratio(12.0 * stage.profit(basis) as f64, balance(stage))
    }),
    ("credit_loss_net_rate_annual", Unit::Ratio, |stage, basis| {
        Value::Ratio(12.0 * stage.credit_loss(basis) as f64, balance(stage))
    }),
];
