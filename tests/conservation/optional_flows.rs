//! Flows that only a scenario with options has.

use lendcycle::ledger::Flow;

/// Flows of options the base scenario does without.
const OPTIONAL: &[Flow] = &[
    Flow::LostToRivals,
    Flow::PartnerPaid,
    Flow::Reminders,
    Flow::AccountsDue,
    Flow::AccountsLate,
    Flow::LatePaidAlone,
    Flow::FirstLate,
    Flow::FirstLate7,
    Flow::LateCash,
    Flow::LateCashAlone,
    Flow::AccountsCurtailed,
    Flow::HolidaysGranted,
    Flow::PrincipalCurtailed,
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
    Flow::OpeningAllowance,
];

/// Flows of taxes and equity, which the base scenario does without and which are measured of the book.
pub const TAXES_AND_EQUITY: &[Flow] = &[
    Flow::OpeningDeferredTax,
    Flow::VatPaid,
    Flow::VatReversed,
    Flow::IncomeTaxPaid,
    Flow::IncomeTaxRefunded,
    Flow::DeferredTaxRaised,
    Flow::DeferredTaxUsed,
    Flow::CapitalHeld,
    Flow::CapitalCharge,
    Flow::CapitalChargeBeforeTax,
    Flow::CapitalInjected,
    Flow::DividendPaid,
    Flow::FundingRaised,
    Flow::FundingRepaid,
];

/// Whether only a scenario with options has it.
pub fn is_optional(flow: Flow) -> bool {
    OPTIONAL.contains(&flow) || TAXES_AND_EQUITY.contains(&flow)
}
