//! Flows of a group, and the sums that profit is made of.

use super::account::Account;
use super::flow::Flow;
use crate::money::Fen;

/// Flows of one group in one month, or summed over months: counts, and amounts in fen.
///
/// Of whole cache lines, as a month touches flows of many groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Flows(pub [i64; Flow::COUNT]);

impl Default for Flows {
    fn default() -> Self {
        Flows([0; Flow::COUNT])
    }
}

impl Flows {
    /// The flows at the head of a row of metrics.
    ///
    /// # Panics
    /// When the row is shorter than the flows.
    pub fn of_row(row: &[i64]) -> Self {
        Flows(row[..Flow::COUNT].try_into().expect("flows come first"))
    }

    /// Counts `count` more of a flow.
    #[inline]
    pub fn count(&mut self, flow: Flow, count: i64) {
        self.0[flow as usize] += count;
    }

    /// Books an entry.
    #[inline]
    pub fn book(&mut self, flow: Flow, amount: Fen) {
        self.0[flow as usize] += amount.0;
    }

    /// Books a change of either sign: `rise` when it is above nil, `fall` when below.
    pub fn book_change(&mut self, rise: Flow, fall: Flow, change: i64) {
        self.book(rise, Fen(change.max(0)));
        self.book(fall, Fen((-change).max(0)));
    }

    /// A flow's amount in fen, or count.
    #[inline]
    pub fn get(&self, flow: Flow) -> i64 {
        self.0[flow as usize]
    }

    /// Adds another group's or month's flows.
    pub fn add(&mut self, other: &Flows) {
        for (sum, value) in self.0.iter_mut().zip(other.0) {
            *sum += value;
        }
    }

    /// Sum of some flows.
    pub fn sum(&self, flows: &[Flow]) -> i64 {
        flows.iter().map(|flow| self.get(*flow)).sum()
    }

    /// Contract interest: accrued, less reversed, plus cash-basis.
    pub fn interest_income(&self) -> i64 {
        self.get(Flow::InterestAccrued) - self.get(Flow::InterestReversed) + self.get(Flow::InterestCashBasis)
    }

    /// Interest, penalty interest, fees and subsidies, less points redeemed.
    pub fn income(&self) -> i64 {
        self.interest_income()
            + self.sum(&[
                Flow::PenaltyReceived,
                Flow::FeesReceived,
                Flow::ServicingFees,
                Flow::SubsidyReceived,
            ])
            - self.get(Flow::PointsRedeemed)
    }

    /// Income that contains VAT: interest, penalty interest, fees.
    pub fn income_with_vat(&self) -> i64 {
        self.interest_income() + self.sum(&[Flow::PenaltyReceived, Flow::FeesReceived, Flow::ServicingFees])
    }

    /// VAT and surcharges, less what was reversed.
    pub fn vat(&self) -> i64 {
        self.get(Flow::VatPaid) - self.get(Flow::VatReversed)
    }

    /// Marketing, applications, servicing, collections, courts, funding with its reserve, fees to guarantors, shares of
    /// partners, operational losses, VAT.
    pub fn cost(&self) -> i64 {
        self.sum(&[
            Flow::MarketingPaid,
            Flow::ApplicationsPaid,
            Flow::ServicingPaid,
            Flow::CollectionsPaid,
            Flow::CourtPaid,
            Flow::FundingPaid,
            Flow::GuaranteeFeePaid,
            Flow::PartnerPaid,
            Flow::OperationalLoss,
            Flow::ReservePaid,
        ]) + self.vat()
    }

    /// Credit loss on the incurred basis, loans sold below par and what the horizon leaves included, less what came in after
    /// charge-off.
    pub fn net_credit_loss(&self) -> i64 {
        self.sum(&[Flow::ChargedOff, Flow::LoanSaleLoss, Flow::TerminalLoss])
            - self.sum(&[
                Flow::Recoveries,
                Flow::CourtReceived,
                Flow::SaleProceeds,
                Flow::GuaranteeReceived,
                Flow::LoanSaleGain,
            ])
    }

    /// Impairment on the basis of expected losses: what is lost, and what is set aside for what will be.
    pub fn impairment(&self) -> i64 {
        self.net_credit_loss() + self.get(Flow::ProvisionCharged)
            - self.sum(&[Flow::ProvisionReleased, Flow::TerminalRelease])
    }

    /// Profit before tax on the basis of expected losses.
    pub fn profit_expected(&self) -> i64 {
        self.income() + self.get(Flow::Stage3Interest) - self.cost() - self.impairment()
    }

    /// Profit before tax on the incurred basis.
    pub fn profit(&self) -> i64 {
        self.income() - self.cost() - self.net_credit_loss()
    }

    /// Profit before tax as it stands in the accounts: on the basis of expected losses, without the settlement of the horizon.
    pub fn profit_booked(&self) -> i64 {
        self.profit_expected() + self.get(Flow::TerminalLoss) - self.get(Flow::TerminalRelease)
    }

    /// Tax on profits, current and deferred.
    pub fn income_tax(&self) -> i64 {
        self.sum(&[Flow::IncomeTaxPaid, Flow::DeferredTaxUsed])
            - self.sum(&[Flow::IncomeTaxRefunded, Flow::DeferredTaxRaised])
    }

    /// Profit after tax, on the basis of expected losses.
    pub fn net_profit(&self) -> i64 {
        self.profit_expected() - self.income_tax()
    }

    /// Equity that the opening book brings.
    pub fn opening_equity(&self) -> i64 {
        self.sum(&[Flow::OpeningBalance, Flow::OpeningInterest, Flow::OpeningDeferredTax])
            - self.get(Flow::OpeningAllowance)
    }

    /// Change of an account, debit positive.
    pub fn change(&self, account: Account) -> i64 {
        let entries = Flow::ALL.iter().filter_map(|flow| flow.entry().map(|entry| (*flow, entry)));
        entries.fold(0, |sum, (flow, (debit, credit))| {
            let sign = i64::from(debit == account) - i64::from(credit == account);
            sum + sign * self.get(flow)
        })
    }
}
