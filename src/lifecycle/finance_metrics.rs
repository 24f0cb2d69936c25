//! Metrics of the balance sheet and of what is set aside.

use super::metrics::{Metric, balance, money, npl, ratio};
use crate::engine::MonthMetric;
use crate::ledger::Flow;
use crate::stats::Value;

use super::metrics::Sums;

fn sum(sums: &Sums, flow: Flow) -> Value {
    Value::Sum(sums.flows().get(flow) as f64)
}

fn average(sums: &Sums, metric: MonthMetric) -> Value {
    Value::Ratio(sums.get(metric) as f64, sums.months as f64)
}

fn allowance(sums: &Sums) -> f64 {
    (0..3).map(|stage| sums.get(MonthMetric::Allowance(stage))).sum::<i64>() as f64
}

/// Sums of flows, which every breakdown has.
pub const FINANCE_FLOW_METRICS: &[Metric] = &[
    money("opening_allowance", |s| sum(s, Flow::OpeningAllowance)),
    money("provision_charged", |s| sum(s, Flow::ProvisionCharged)),
    money("provision_released", |s| sum(s, Flow::ProvisionReleased)),
    money("stage_3_interest", |s| sum(s, Flow::Stage3Interest)),
    money("terminal_loss", |s| sum(s, Flow::TerminalLoss)),
    money("impairment_ecl", |s| Value::Sum(s.flows().impairment() as f64)),
    money("profit_before_tax_ecl", |s| Value::Sum(s.flows().profit_expected() as f64)),
    money("vat", |s| Value::Sum(s.flows().vat() as f64)),
    money("income_tax", |s| Value::Sum(s.flows().income_tax() as f64)),
    money("net_profit", |s| Value::Sum(s.flows().net_profit() as f64)),
    money("capital_charge", |s| sum(s, Flow::CapitalCharge)),
    money("economic_profit", |s| {
        Value::Sum((s.flows().net_profit() - s.flows().get(Flow::CapitalCharge)) as f64)
    }),
    ratio("raroc", |s| {
        Value::Ratio(12.0 * s.flows().net_profit() as f64, s.flows().get(Flow::CapitalHeld) as f64)
    }),
    money("capital_injected", |s| sum(s, Flow::CapitalInjected)),
    money("dividend_paid", |s| sum(s, Flow::DividendPaid)),
    money("funding_raised", |s| sum(s, Flow::FundingRaised)),
    money("funding_repaid", |s| sum(s, Flow::FundingRepaid)),
];

/// Stocks: averages of month ends over a stage, which of a single month are the stock itself.
pub const FINANCE_STOCK_METRICS: &[Metric] = &[
    money("allowance_average", |s| Value::Ratio(allowance(s), s.months as f64)),
    money("allowance_stage_1_average", |s| average(s, MonthMetric::Allowance(0))),
    money("allowance_stage_2_average", |s| average(s, MonthMetric::Allowance(1))),
    money("allowance_stage_3_average", |s| average(s, MonthMetric::Allowance(2))),
    money("balance_stage_1_average", |s| average(s, MonthMetric::StageBalance(0))),
    money("balance_stage_2_average", |s| average(s, MonthMetric::StageBalance(1))),
    money("balance_stage_3_average", |s| average(s, MonthMetric::StageBalance(2))),
    ratio("provision_coverage_ratio", |s| Value::Ratio(allowance(s), npl(s) as f64)),
    ratio("loan_provision_ratio", |s| Value::Ratio(allowance(s), balance(s))),
    money("claims_held_average", |s| average(s, MonthMetric::ClaimsHeld)),
    money("interest_receivable_average", |s| average(s, MonthMetric::Receivable)),
    money("cash_average", |s| average(s, MonthMetric::Cash)),
    money("funding_average", |s| average(s, MonthMetric::Funding)),
    money("deferred_tax_average", |s| average(s, MonthMetric::DeferredTax)),
    money("equity_average", |s| average(s, MonthMetric::Equity)),
];
