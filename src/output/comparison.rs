//! What differs between two batches that share their luck: by stage and over the whole life, metric by metric, and why.
//!
//! A run that does not reach a stage brings nothing in it, so that the differences of the stages add up to that of the life.

use super::summary::{Batch, stages_reached};
use crate::ledger::{Account, Flow};
use crate::lifecycle::basis::Basis;
use crate::lifecycle::metrics::{Sums, Unit, all_metrics};
use crate::lifecycle::profitability::{RunRow, STAGE_METRICS, StageRun};
use crate::lifecycle::stage::Stage;
use crate::paired::{Difference, compare, compare_quantile, compare_tail};
use crate::stats::Value;

/// Differences of one stage, or of the whole life.
#[derive(Debug)]
pub struct StageDifferences {
    /// `growth`, `plateau`, ..., `closed`, `lifetime`.
    pub name: String,
    /// By metric name.
    pub metrics: Vec<(&'static str, Unit, Difference)>,
    /// Profit by what made it, in the order of [`Line::ALL`].
    pub lines: Vec<(Line, Difference)>,
}

impl StageDifferences {
    /// A difference by metric name.
    ///
    /// # Panics
    /// When there is none of that name.
    pub fn get(&self, key: &str) -> &Difference {
        let found = self.metrics.iter().find(|(name, _, _)| *name == key);
        &found.unwrap_or_else(|| panic!("no difference of {key}")).2
    }
}

/// Number of lines.
const LINES: usize = 11;

/// A part of the profit. Together they are the profit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Interest by the balance: what it would be at the base's yield.
    InterestVolume,
    /// Interest by the yield: what the variant's balance earns beyond that.
    InterestYield,
    /// Fees, penalty interest and subsidies, less points redeemed.
    Fees,
    /// Marketing and applications.
    Acquisition,
    /// Servicing and operational losses.
    Servicing,
    /// Collections and courts.
    Collections,
    /// Funding.
    Funding,
    /// Fees to guarantors.
    GuaranteeFees,
    /// VAT and surcharges.
    Vat,
    /// Principal charged off or lost in the sale of loans.
    ChargeOffs,
    /// Recoveries, judgements, sales of claims, payments of guarantors.
    Recoveries,
}

impl Line {
    /// All lines, in order.
    pub const ALL: [Line; LINES] = [
        Line::InterestVolume,
        Line::InterestYield,
        Line::Fees,
        Line::Acquisition,
        Line::Servicing,
        Line::Collections,
        Line::Funding,
        Line::GuaranteeFees,
        Line::Vat,
        Line::ChargeOffs,
        Line::Recoveries,
    ];

    /// Name in files.
    pub fn key(self) -> &'static str {
        match self {
            Line::InterestVolume => "interest_volume",
            Line::InterestYield => "interest_yield",
            Line::Fees => "fees",
            Line::Acquisition => "acquisition",
            Line::Servicing => "servicing",
            Line::Collections => "collections",
            Line::Funding => "funding",
            Line::GuaranteeFees => "guarantee_fees",
            Line::Vat => "vat",
            Line::ChargeOffs => "charge_offs",
            Line::Recoveries => "recoveries",
        }
    }

    /// The line an account of income or expense belongs to; `None` for accounts of the balance sheet.
    fn of(account: Account) -> Option<Line> {
        Some(match account {
            Account::Loans
            | Account::InterestReceivable
            | Account::Cash
            | Account::Allowance
            | Account::IncomeTaxExpense
            | Account::DeferredTax
            | Account::Funding
            | Account::PaidIn
            | Account::Opening => return None,
            Account::InterestIncome => Line::InterestVolume,
            Account::PenaltyIncome | Account::FeeIncome | Account::SubsidyIncome | Account::PointsRebate => {
                Line::Fees
            }
            Account::RecoveryIncome | Account::SaleIncome | Account::GuaranteeIncome => Line::Recoveries,
            Account::MarketingExpense | Account::ApplicationExpense | Account::PartnerExpense => {
                Line::Acquisition
            }
            Account::ServicingExpense | Account::OperationalExpense => Line::Servicing,
            Account::CollectionsExpense => Line::Collections,
            Account::FundingExpense => Line::Funding,
            Account::GuaranteeExpense => Line::GuaranteeFees,
            Account::VatExpense => Line::Vat,
            Account::CreditLoss | Account::ProvisionExpense => Line::ChargeOffs,
        })
    }
}

/// Metrics of which more is better (`true`) or worse (`false`); of others neither is meant by "better".
const BETTER: &[(&str, bool)] = &[
    ("profit_before_tax", true),
    ("profit_before_tax_ecl", true),
    ("profit_before_tax_vintage", true),
    ("profitable", true),
    ("net_profit", true),
    ("economic_profit", true),
    ("raroc", true),
    ("npv", true),
    ("npv_positive", true),
    ("irr", true),
    ("payback_month", false),
    ("break_even_month", false),
    ("peak_equity_need", false),
    ("lifetime_value_per_customer", true),
    ("lifetime_value_to_cac", true),
    ("contribution_per_loan", true),
    ("required_apr", false),
    ("return_on_balance_annual", true),
    ("profit_per_new_customer", true),
    ("income", true),
    ("cost", false),
    ("cac", false),
    ("acquisition_cost_per_new_loan", false),
    ("charged_off", false),
    ("credit_loss_net", false),
    ("credit_loss_net_vintage", false),
    ("impairment_ecl", false),
    ("credit_loss_net_rate_annual", false),
    ("charge_off_rate_annual", false),
    ("npl_ratio_balance", false),
    ("dpd1_ratio_balance", false),
    ("dpd30_ratio_balance", false),
    ("dpd1_entry_rate", false),
    ("fpd1_rate", false),
    ("fpd7_rate", false),
    ("fpd30_rate", false),
    ("fpd_rate_count", false),
    ("npl_formation_rate_annual", false),
    ("market_share", true),
    ("recoveries", true),
];

/// Whether more of a metric is better (`true`) or worse (`false`), if either is meant.
pub fn more_is_better(key: &str) -> Option<bool> {
    BETTER.iter().find(|(name, _)| *name == key).map(|(_, more)| *more)
}

/// Share of runs in which the variant is better, ties counted half; NaN for a metric of which neither more nor less is.
pub fn better(key: &str, difference: &Difference) -> f64 {
    match more_is_better(key) {
        Some(true) => difference.larger,
        Some(false) => 1.0 - difference.larger,
        None => f64::NAN,
    }
}

/// Values by run of a metric of a stage (of the whole life with `None`), and its unit; `None` for a name that no metric has. A run
/// that does not reach the stage brings nothing.
pub fn values_by_run(batch: &Batch, stage: Option<Stage>, key: &str) -> Option<(Unit, Vec<Value>)> {
    let never = StageRun::new(Stage::Growth(1), 0);
    let entries = || batch.rows.iter().map(|row| of(row, stage).unwrap_or(&never));
    if let Some((_, unit, value)) = STAGE_METRICS.iter().find(|(name, _, _)| *name == key) {
        return Some((*unit, entries().map(value).collect()));
    }
    if let Some((_, value)) = VINTAGE_METRICS.iter().find(|(name, _)| *name == key) {
        let fen = |entry: &StageRun| Value::Sum(value(entry, Basis::Vintage) as f64);
        return Some((Unit::Money, entries().map(fen).collect()));
    }
    let metric = all_metrics().find(|metric| metric.key == key)?;
    Some((metric.unit, entries().map(|entry| (metric.of)(&entry.sums)).collect()))
}

/// Names that [`values_by_run`] knows.
pub fn metric_names() -> impl Iterator<Item = &'static str> {
    let of_stages = STAGE_METRICS.iter().map(|(key, _, _)| *key);
    of_stages.chain(VINTAGE_METRICS.iter().map(|(key, _)| *key)).chain(all_metrics().map(|metric| metric.key))
}

type OfBasis = fn(&StageRun, Basis) -> i64;

/// Metrics that the vintage basis decides.
const VINTAGE_METRICS: [(&str, OfBasis); 2] =
    [("profit_before_tax_vintage", StageRun::profit), ("credit_loss_net_vintage", StageRun::credit_loss)];

/// Differences of a variant from a base: by stage in the order of life, and of the whole life last.
pub fn differences(base: &Batch, variant: &Batch) -> Vec<StageDifferences> {
    let stages = stages_reached(base.rows.iter().chain(&variant.rows));
    let parts = stages.into_iter().map(Some).chain([None]);
    parts.map(|stage| stage_differences(stage, base, variant)).collect()
}

/// Differences of a stage; of the whole life with `None`.
fn stage_differences(stage: Option<Stage>, base: &Batch, variant: &Batch) -> StageDifferences {
    let never = StageRun::new(Stage::Growth(1), 0);
    let found = |batch: &'_ Batch| -> Vec<bool> {
        batch.rows.iter().map(|row| stage.is_none_or(|stage| row.stage(stage).is_some())).collect()
    };
    let (first_reached, second_reached) = (found(base), found(variant));
    let first: Vec<&StageRun> = base.rows.iter().map(|row| of(row, stage).unwrap_or(&never)).collect();
    let second: Vec<&StageRun> = variant.rows.iter().map(|row| of(row, stage).unwrap_or(&never)).collect();
    let mut metrics = Vec::new();
    let share = |reached: &[bool]| -> Vec<Value> {
        reached.iter().map(|reached| Value::Sum(f64::from(u8::from(*reached)))).collect()
    };
    metrics.push((
        "probability_reached",
        Unit::Ratio,
        compare(&share(&first_reached), &share(&second_reached)),
    ));
    for (key, unit, value) in STAGE_METRICS {
        // A stage that is not reached has no start: only pairs that both reach it tell when.
        let both = |entries: &[&StageRun]| -> Vec<Value> {
            let pairs = entries.iter().zip(first_reached.iter().zip(&second_reached));
            pairs
                .filter(|(_, (first, second))| *key != "start_month" || (**first && **second))
                .map(|(entry, _)| value(entry))
                .collect()
        };
        metrics.push((*key, *unit, compare(&both(&first), &both(&second))));
    }
    for metric in all_metrics() {
        let values = |entries: &[&StageRun]| -> Vec<Value> {
            entries.iter().map(|entry| (metric.of)(&entry.sums)).collect()
        };
        metrics.push((metric.key, metric.unit, compare(&values(&first), &values(&second))));
    }
    for (key, of) in VINTAGE_METRICS {
        let values = |entries: &[&StageRun]| -> Vec<Value> {
            entries.iter().map(|entry| Value::Sum(of(entry, Basis::Vintage) as f64)).collect()
        };
        metrics.push((key, Unit::Money, compare(&values(&first), &values(&second))));
    }
    let profits = |entries: &[&StageRun]| -> Vec<f64> {
        entries.iter().map(|entry| entry.sums.flows().profit() as f64).collect()
    };
    let (first_profits, second_profits) = (profits(&first), profits(&second));
    for (key, level) in
        [("profit_before_tax_p05", 0.05), ("profit_before_tax_p50", 0.5), ("profit_before_tax_p95", 0.95)]
    {
        metrics.push((key, Unit::Money, compare_quantile(&first_profits, &second_profits, level)));
    }
    let tail = compare_tail(&first_profits, &second_profits, 0.05);
    metrics.push(("profit_before_tax_worst_5_percent", Unit::Money, tail));
    let name = stage.map_or_else(|| "lifetime".to_owned(), Stage::name);
    StageDifferences { name, metrics, lines: lines(&first, &second) }
}

fn of(row: &RunRow, stage: Option<Stage>) -> Option<&StageRun> {
    match stage {
        Some(stage) => row.stage(stage),
        None => Some(&row.lifetime),
    }
}

/// The difference of profit, line by line, run by run.
fn lines(base: &[&StageRun], variant: &[&StageRun]) -> Vec<(Line, Difference)> {
    let parts: Vec<([f64; LINES], [f64; LINES])> =
        base.iter().zip(variant).map(|(first, second)| split_interest(&first.sums, &second.sums)).collect();
    Line::ALL
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let first: Vec<Value> = parts.iter().map(|(first, _)| Value::Sum(first[at])).collect();
            let second: Vec<Value> = parts.iter().map(|(_, second)| Value::Sum(second[at])).collect();
            (*line, compare(&first, &second))
        })
        .collect()
}

/// Lines of both, with the variant's interest split into what its balance would earn at the base's yield and the rest. All of the
/// base's interest is volume.
fn split_interest(base: &Sums, variant: &Sums) -> ([f64; LINES], [f64; LINES]) {
    let (first, mut second) = (line_sums(base), line_sums(variant));
    let balance = |sums: &Sums| sums.get(crate::engine::MonthMetric::Balance) as f64;
    let at = |line: Line| Line::ALL.iter().position(|other| *other == line).expect("a line");
    let (volume, yielding) = (at(Line::InterestVolume), at(Line::InterestYield));
    if balance(base) > 0.0 {
        let expected = first[volume] / balance(base) * balance(variant);
        second[yielding] = second[volume] - expected;
        second[volume] = expected;
    }
    (first, second)
}

fn line_sums(sums: &Sums) -> [f64; LINES] {
    let flows = sums.flows();
    let at = |line: Line| Line::ALL.iter().position(|other| *other == line).expect("a line");
    let mut parts = [0.0; LINES];
    for flow in Flow::ALL {
        if *flow == Flow::TerminalLoss {
            parts[at(Line::ChargeOffs)] -= flows.get(*flow) as f64;
        }
        // Profit is on the incurred basis.
        let Some((debit, credit)) = flow.entry().filter(|_| !flow.is_provision()) else { continue };
        let amount = flows.get(*flow) as f64;
        for (account, sign) in [(debit, -1.0), (credit, 1.0)] {
            if let Some(line) = Line::of(account) {
                parts[at(line)] += sign * amount;
            }
        }
    }
    parts
}
