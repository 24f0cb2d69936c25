//! From income to economic profit, step by step.

use super::basis::Basis;
use super::profitability::StageRun;
use crate::ledger::Flow;

/// A step: name, and amount of a stage on a basis in fen, what costs below nil.
pub type Step = (&'static str, fn(&StageRun, Basis) -> i64);

fn cost(stage: &StageRun, flows: &[Flow]) -> i64 {
    -stage.sums.flows().sum(flows)
}

/// Steps in order. Together they are the economic profit; taxes and the cost of equity are those of the books on every basis.
pub const STEPS: &[Step] = &[
    ("income", StageRun::income),
    ("funding", |stage, _| cost(stage, &[Flow::FundingPaid, Flow::ReservePaid])),
    ("credit_loss_net", |stage, basis| -stage.credit_loss(basis)),
    ("acquisition", |stage, _| {
        cost(stage, &[Flow::MarketingPaid, Flow::ApplicationsPaid, Flow::PartnerPaid])
    }),
    ("operations", |stage, _| {
        cost(stage, &[Flow::ServicingPaid, Flow::OperationalLoss, Flow::GuaranteeFeePaid])
    }),
    ("collections", |stage, _| cost(stage, &[Flow::CollectionsPaid, Flow::CourtPaid])),
    ("tax", |stage, _| -stage.sums.flows().vat() - stage.sums.flows().income_tax()),
    ("capital", |stage, _| cost(stage, &[Flow::CapitalCharge])),
];

/// Profit after taxes and the cost of equity on a basis, fen.
pub fn economic_profit(stage: &StageRun, basis: Basis) -> i64 {
    let flows = stage.sums.flows();
    stage.profit(basis) - flows.income_tax() - flows.get(Flow::CapitalCharge)
}
