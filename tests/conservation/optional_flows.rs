//! Flows that only a scenario with options has.

use lendcycle::ledger::Flow;

/// Flows of options the base scenario does without.
pub const OPTIONAL: &[Flow] = &[
    Flow::Reminders,
    Flow::CourtReceived,
    Flow::CourtPaid,
    Flow::ClaimsSold,
    Flow::SaleProceeds,
    Flow::GuaranteeReceived,
    Flow::GuaranteeFeePaid,
    Flow::Drawn,
    Flow::Draws,
    Flow::LimitsGranted,
    Flow::LimitsRaised,
    Flow::LimitsCut,
    Flow::LimitRises,
    Flow::LimitReviews,
    Flow::CustomersLifted,
];
