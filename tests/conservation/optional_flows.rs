//! Flows that only a scenario with options has.

use lendcycle::ledger::Flow;

/// Flows of options the base scenario does without.
pub const OPTIONAL: &[Flow] = &[
    Flow::Reminders,
    Flow::AccountsCurtailed,
    Flow::HolidaysGranted,
    Flow::PrincipalCurtailed,
    Flow::CourtReceived,
    Flow::CourtPaid,
    Flow::ClaimsSold,
    Flow::SaleProceeds,
    Flow::GuaranteeReceived,
    Flow::GuaranteeFeePaid,
    Flow::CustomersLifted,
];
