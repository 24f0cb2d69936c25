//! What can happen in a month: counts, and entries with one debit, one credit, one amount.

use super::account::Account;

macro_rules! flows {
    ($($(#[$doc:meta])* $name:ident $key:literal $($debit:ident $credit:ident)?;)*) => {
        /// Something that is counted or booked in a month.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Flow { $($(#[$doc])* $name,)* }

        impl Flow {
            /// All flows, in order.
            pub const ALL: &[Flow] = &[$(Flow::$name),*];
            /// Number of flows.
            pub const COUNT: usize = Flow::ALL.len();

            /// Name in files.
            pub fn key(self) -> &'static str {
                match self { $(Flow::$name => $key,)* }
            }

            /// The accounts an entry debits and credits; `None` for a count.
            pub fn entry(self) -> Option<(Account, Account)> {
                match self { $(Flow::$name => flows!(@entry $($debit $credit)?),)* }
            }
        }
    };
    (@entry) => { None };
    (@entry $debit:ident $credit:ident) => { Some((Account::$debit, Account::$credit)) };
}

flows! {
    /// People who responded to marketing or came by themselves.
    Leads "leads";
    /// Completed applications of new customers.
    Applications "applications";
    /// Applications the fraud screening caught.
    FraudCaught "fraud_caught";
    /// Approved new applications.
    Approvals "approvals";
    /// Loans to new customers.
    LoansNew "loans_new";
    /// Approved new applicants who took a rival's offer.
    LostToRivals "lost_to_rivals";
    /// Of them fraud.
    LoansFraud "loans_fraud";
    /// Requests of repeat customers.
    RepeatApplications "repeat_applications";
    /// Approved requests of repeat customers.
    RepeatApprovals "repeat_approvals";
    /// Loans to repeat customers.
    LoansRepeat "loans_repeat";
    /// Accounts paid off.
    AccountsPaidOff "accounts_paid_off";
    /// Accounts that missed a payment while current.
    AccountsMissed "accounts_missed";
    /// Loans whose first instalment fell due.
    FirstPaymentsDue "first_payments_due";
    /// Of them those that did not pay it.
    FirstPaymentsMissed "first_payments_missed";
    /// Delinquent accounts that became current or were paid off.
    AccountsCured "accounts_cured";
    /// Accounts charged off.
    AccountsChargedOff "accounts_charged_off";
    /// Of those cured, accounts that would have been without contacts.
    CuredAlone "accounts_cured_alone";
    /// Current accounts with an instalment due, where the month of the due date is worked.
    AccountsDue "accounts_due";
    /// Of them, late on the day after.
    AccountsLate "accounts_late";
    /// Of those late, paid before the month ended and would have without contacts.
    LatePaidAlone "late_paid_alone";
    /// First instalments late on the day after they fell due, where the month of the due date is worked.
    FirstLate "first_late";
    /// Of them, not paid 7 days after the due date.
    FirstLate7 "first_late_7";
    /// First instalments that became more than 30 days past due.
    FirstMissed30 "first_missed_30";
    /// Paid by accounts before the month ended in which they were late, fen; part of what is paid as scheduled.
    LateCash "late_cash";
    /// Of it, what would have come without contacts, fen.
    LateCashAlone "late_cash_alone";
    /// Paid by delinquent accounts, fen: principal, interest, penalty interest; no entry, as these have theirs.
    ArrearsCash "arrears_cash";
    /// Of it, what would have come without contacts, fen.
    ArrearsCashAlone "arrears_cash_alone";
    /// Balance that became more than 90 days past due, fen.
    NplFormed "npl_formed";
    /// Balance more than 90 days past due that was paid or is so no more, charge-offs apart, fen.
    NplReduced "npl_reduced";
    /// Accounts on book when month 0 begins, counted in it.
    LoansOpening "loans_opening";
    /// Of them past due.
    OpeningPastDue "loans_opening_past_due";
    /// Accounts that moved to another product of the bank.
    AccountsTransferred "accounts_transferred";
    /// Accounts sold while on book.
    AccountsSold "accounts_sold";
    /// Of them past due.
    AccountsSoldPastDue "accounts_sold_past_due";
    /// Reminders sent before the due date.
    Reminders "reminders";
    /// Partial prepayments.
    AccountsCurtailed "accounts_curtailed";
    /// Payment holidays granted.
    HolidaysGranted "holidays_granted";
    /// Originations, new customers.
    OriginatedNew "originated_new" Loans Cash;
    /// Originations, repeat customers.
    OriginatedRepeat "originated_repeat" Loans Cash;
    /// Principal paid as scheduled.
    PrincipalScheduled "principal_scheduled" Cash Loans;
    /// Principal prepaid.
    PrincipalPrepaid "principal_prepaid" Cash Loans;
    /// Of the principal prepaid that of partial prepayments, fen; no entry of its own.
    PrincipalCurtailed "principal_curtailed";
    /// Principal of delinquent accounts paid late.
    PrincipalArrears "principal_arrears" Cash Loans;
    /// Principal charged off.
    ChargedOff "charged_off" CreditLoss Loans;
    /// Balance of the opening book, in month 0.
    OpeningBalance "opening_balance" Loans Opening;
    /// Interest receivable of the opening book, in month 0.
    OpeningInterest "opening_interest" InterestReceivable Opening;
    /// Principal that moved to another product of the bank, at par.
    PrincipalTransferred "principal_transferred" Cash Loans;
    /// Principal sold while on book: what the buyer paid of it.
    LoanSaleProceeds "loan_sale_proceeds" Cash Loans;
    /// What the buyer of loans on book paid beyond their balance.
    LoanSaleGain "loan_sale_gain" Cash SaleIncome;
    /// Fees for servicing loans sold.
    ServicingFees "servicing_fees" Cash FeeIncome;
    /// Principal sold while on book: what the buyer did not pay.
    LoanSaleLoss "loan_sale_loss" CreditLoss Loans;
    /// Contract interest earned.
    InterestAccrued "interest_accrued" InterestReceivable InterestIncome;
    /// Accrued interest taken back when a loan passes 90 days past due.
    InterestReversed "interest_reversed" InterestIncome InterestReceivable;
    /// Accrued interest received.
    InterestReceived "interest_received" Cash InterestReceivable;
    /// Interest of non-accruing loans, booked when received.
    InterestCashBasis "interest_cash_basis" Cash InterestIncome;
    /// Penalty interest received.
    PenaltyReceived "penalty_received" Cash PenaltyIncome;
    /// Upfront fees.
    FeesReceived "fees_received" Cash FeeIncome;
    /// Recoveries after charge-off.
    Recoveries "recoveries" Cash RecoveryIncome;
    /// Paid by borrowers after a judgement.
    CourtReceived "court_recoveries" Cash RecoveryIncome;
    /// Charged-off claims sold: what was still owed on them, fen; no entry, as they left the book at charge-off.
    ClaimsSold "claims_sold";
    /// Paid by buyers of charged-off claims.
    SaleProceeds "sale_proceeds" Cash SaleIncome;
    /// Paid by guarantors for loans charged off.
    GuaranteeReceived "guarantee_received" Cash GuaranteeIncome;
    /// Marketing spend.
    MarketingPaid "marketing_cost" MarketingExpense Cash;
    /// Cost of applications.
    ApplicationsPaid "application_cost" ApplicationExpense Cash;
    /// Servicing cost.
    ServicingPaid "servicing_cost" ServicingExpense Cash;
    /// Collections cost.
    CollectionsPaid "collections_cost" CollectionsExpense Cash;
    /// Cost of filing suits.
    CourtPaid "court_cost" CollectionsExpense Cash;
    /// Funding cost.
    FundingPaid "funding_cost" FundingExpense Cash;
    /// Fees paid to guarantors.
    GuaranteeFeePaid "guarantee_fee" GuaranteeExpense Cash;
    /// Share of interest paid to the partners that run channels.
    PartnerPaid "partner_share" PartnerExpense Cash;
    /// Drawn on revolving lines.
    Drawn "drawn" Loans Cash;
    /// Draws on revolving lines.
    Draws "draws";
    /// Limits of lines granted, fen: no entry.
    LimitsGranted "limits_granted";
    /// Rises of limits, fen: no entry.
    LimitsRaised "limits_raised";
    /// Cuts of limits, fen: no entry.
    LimitsCut "limits_cut";
    /// Limits raised.
    LimitRises "limit_rises";
    /// Lines whose limit was reviewed.
    LimitReviews "limit_reviews";
    /// Subsidies received for loans on book.
    SubsidyReceived "subsidy_received" Cash SubsidyIncome;
    /// Operational losses.
    OperationalLoss "operational_loss" OperationalExpense Cash;
    /// What the liquid reserve costs beyond what it earns.
    ReservePaid "reserve_cost" FundingExpense Cash;
    /// Honest applicants the fraud screening turned away.
    HonestRejected "honest_rejected";
    /// New loans that a relative rise of all marketing spend would add, per unit of it; millionths.
    MarginalLoans "marginal_loans";
    /// What such a rise would cost, per unit of it, fen; no entry, as nobody pays it.
    MarginalSpend "marginal_spend";
    /// Customers whose conduct earned their first rung, counted at pay-off.
    CustomersLifted "customers_lifted";
    /// Customers who will not come back: charged off, unwelcome, turned away, or the window passed.
    CustomersLost "customers_lost";
    /// Former customers called on this month.
    CustomersCalled "customers_called";
    /// Points earned, fen of interest they are worth; no entry.
    PointsEarned "points_earned";
    /// Points expired; no entry.
    PointsExpired "points_expired";
    /// Points redeemed against interest.
    PointsRedeemed "points_redeemed" PointsRebate Cash;
    /// Allowance brought in with the opening book, in month 0.
    OpeningAllowance "opening_allowance" Opening Allowance;
    /// Set aside for losses.
    ProvisionCharged "provision_charged" ProvisionExpense Allowance;
    /// Set aside before and needed no more.
    ProvisionReleased "provision_released" Allowance ProvisionExpense;
    /// Interest on what loans of stage 3 are worth: the allowance gives it up.
    Stage3Interest "stage_3_interest" Allowance InterestIncome;
    /// Loss over life expected of what the horizon leaves on book, fen: a loss of the last month; no entry.
    TerminalLoss "terminal_loss";
    /// Allowance at the horizon, fen, which covers the first of that loss; no entry.
    TerminalRelease "terminal_release";
    /// VAT and surcharges on interest and fees.
    VatPaid "vat_paid" VatExpense Cash;
    /// VAT on interest that was reversed.
    VatReversed "vat_reversed" Cash VatExpense;
    /// Tax on the profit of the year so far.
    IncomeTaxPaid "income_tax_paid" IncomeTaxExpense Cash;
    /// Tax paid earlier in a year whose profit fell.
    IncomeTaxRefunded "income_tax_refunded" Cash IncomeTaxExpense;
    /// Deferred tax of the opening book's allowance, in month 0.
    OpeningDeferredTax "opening_deferred_tax" DeferredTax Opening;
    /// Deferred tax that came into being.
    DeferredTaxRaised "deferred_tax_raised" DeferredTax IncomeTaxExpense;
    /// Deferred tax that was used or expired.
    DeferredTaxUsed "deferred_tax_used" IncomeTaxExpense DeferredTax;
    /// Equity put in.
    CapitalInjected "capital_injected" Cash PaidIn;
    /// Equity taken out.
    DividendPaid "dividend_paid" PaidIn Cash;
    /// Equity that stood behind the book through the month, fen; no entry.
    CapitalHeld "capital_held";
    /// What the equity that the book needed should have earned, fen; no entry.
    CapitalCharge "capital_charge";
    /// What that is before income tax, fen; no entry.
    CapitalChargeBeforeTax "capital_charge_before_tax";
    /// Borrowed.
    FundingRaised "funding_raised" Cash Funding;
    /// Borrowed money paid back.
    FundingRepaid "funding_repaid" Funding Cash;
}

impl Flow {
    /// Whether it moves the allowance, and so is no part of profit on the incurred basis.
    pub fn is_provision(self) -> bool {
        matches!(self, Flow::ProvisionCharged | Flow::ProvisionReleased | Flow::Stage3Interest)
    }
}
