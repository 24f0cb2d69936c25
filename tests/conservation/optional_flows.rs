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
    Flow::SubsidyReceived,
    Flow::LoansOpening,
    Flow::OpeningPastDue,
    Flow::OpeningBalance,
    Flow::OpeningInterest,
    Flow::AccountsTransferred,
    Flow::AccountsSold,
    Flow::AccountsSoldPastDue,
    Flow::PrincipalTransferred,
    Flow::LoanSaleProceeds,
    Flow::LoanSaleLoss,
    Flow::LoanSaleGain,
    Flow::ServicingFees,
    Flow::OperationalLoss,
    Flow::ReservePaid,
    Flow::HonestRejected,
    Flow::CustomersLifted,
    Flow::CustomersCalled,
    Flow::PointsEarned,
    Flow::PointsExpired,
    Flow::PointsRedeemed,
];
