//! Metrics of the balance sheet and of what is set aside.

use super::metrics::{Metric, Sums, balance, flow, money, npl, ratio};
use crate::engine::MonthMetric;
use crate::ledger::Flow;
use crate::stats::Value;

fn sum(sums: &Sums, of: Flow) -> Value {
    Value::Sum(flow(sums, of))
}

/// What customers bring in all their loans before what it cost to find them.
fn before_marketing(sums: &Sums) -> f64 {
    sums.flows().profit() as f64 + flow(sums, Flow::MarketingPaid)
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
    money("capital_charge_before_tax", |s| sum(s, Flow::CapitalChargeBeforeTax)),
    money("economic_profit", |s| {
        Value::Sum((s.flows().net_profit() - s.flows().get(Flow::CapitalCharge)) as f64)
    }),
    money("lifetime_value_per_customer", |s| Value::Ratio(before_marketing(s), flow(s, Flow::LoansNew))),
    ratio("lifetime_value_to_cac", |s| Value::Ratio(before_marketing(s), flow(s, Flow::MarketingPaid))),
    money("contribution_per_loan", |s| {
        let loans = s.flows().sum(&[Flow::LoansNew, Flow::LoansRepeat]);
        Value::Ratio(s.flows().profit() as f64, loans as f64)
    }),
    ratio("yield_annual", |s| Value::Ratio(12.0 * s.flows().interest_income() as f64, balance(s))),
    ratio("required_apr", |s| {
        let flows = s.flows();
        // Of a yuan of interest what VAT leaves has to carry the rest; VAT is contained in everything it is on alike.
        let taxed = flows.income_with_vat() as f64;
        let kept = 1.0 - if taxed > 0.0 { flows.vat() as f64 / taxed } else { 0.0 };
        let missing = (flows.get(Flow::CapitalChargeBeforeTax) - flows.profit()) as f64 / kept;
        Value::Ratio(12.0 * (flows.interest_income() as f64 + missing), balance(s))
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
    ratio("rationed_share_average", |s| {
        Value::Ratio(s.get(MonthMetric::Rationed) as f64 * 1e-6, s.months as f64)
    }),
    money("equity_average", |s| average(s, MonthMetric::Equity)),
];
