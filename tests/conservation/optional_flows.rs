//! Flows that only a scenario with options has.

use lendcycle::ledger::Flow;

/// Flows of options the base scenario does without.
pub const OPTIONAL: &[Flow] = &[
    Flow::Reminders,
    Flow::AccountsDue,
    Flow::AccountsLate,
    Flow::LatePaidAlone,
    Flow::FirstLate,
    Flow::FirstLate7,
    Flow::LateCash,
    Flow::LateCashAlone,
    Flow::CourtReceived,
    Flow::CourtPaid,
    Flow::ClaimsSold,
    Flow::SaleProceeds,
    Flow::GuaranteeReceived,
    Flow::GuaranteeFeePaid,
];
