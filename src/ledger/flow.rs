//! What can happen in a month: counts, and entries with one debit, one credit, one amount.

use crate::money::Fen;

/// Accounts of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// Principal of loans on book (asset).
    Loans,
    /// Interest earned and not yet received (asset).
    InterestReceivable,
    /// Cash (asset); negative when funded.
    Cash,
    /// Contract interest (income).
    InterestIncome,
    /// Penalty interest (income).
    PenaltyIncome,
    /// Fees (income).
    FeeIncome,
    /// Recoveries of charged-off loans (income).
    RecoveryIncome,
    /// Proceeds of charged-off claims sold (income).
    SaleIncome,
    /// Paid by guarantors (income).
    GuaranteeIncome,
    /// Marketing (expense).
    MarketingExpense,
    /// Application cost: bureau and data queries (expense).
    ApplicationExpense,
    /// Servicing (expense).
    ServicingExpense,
    /// Collections (expense).
    CollectionsExpense,
    /// Funding at FTP (expense).
    FundingExpense,
    /// Fees to guarantors (expense).
    GuaranteeExpense,
    /// Principal charged off (expense).
    CreditLoss,
}

impl Account {
    /// Number of accounts.
    pub const COUNT: usize = Account::CreditLoss as usize + 1;
}

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
    /// Loans whose first instalment fell due.
    FirstDue "first_due";
    /// Of them, late on the day after, where the month of the due date is worked.
    FirstLate "first_late";
    /// Of them, not paid 7 days after the due date.
    FirstLate7 "first_late_7";
    /// Of them, not paid at the end of the month.
    FirstMissed "first_missed";
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
    /// Reminders sent before the due date.
    Reminders "reminders";
    /// Originations, new customers.
    OriginatedNew "originated_new" Loans Cash;
    /// Originations, repeat customers.
    OriginatedRepeat "originated_repeat" Loans Cash;
    /// Principal paid as scheduled.
    PrincipalScheduled "principal_scheduled" Cash Loans;
    /// Principal prepaid.
    PrincipalPrepaid "principal_prepaid" Cash Loans;
    /// Principal of delinquent accounts paid late.
    PrincipalArrears "principal_arrears" Cash Loans;
    /// Principal charged off.
    ChargedOff "charged_off" CreditLoss Loans;
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
}

/// Flows of one group in one month, or summed over months: counts, and amounts in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flows(pub [i64; Flow::COUNT]);

impl Default for Flows {
    fn default() -> Self {
        Flows([0; Flow::COUNT])
    }
}

impl Flows {
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

    /// Interest, penalty interest and fees.
    pub fn income(&self) -> i64 {
        self.interest_income() + self.sum(&[Flow::PenaltyReceived, Flow::FeesReceived])
    }

    /// Marketing, applications, servicing, collections, courts, funding and fees to guarantors.
    pub fn cost(&self) -> i64 {
        self.sum(&[
            Flow::MarketingPaid,
            Flow::ApplicationsPaid,
            Flow::ServicingPaid,
            Flow::CollectionsPaid,
            Flow::CourtPaid,
            Flow::FundingPaid,
            Flow::GuaranteeFeePaid,
        ])
    }

    /// Credit loss on the incurred basis less what came in after charge-off.
    pub fn net_credit_loss(&self) -> i64 {
        self.get(Flow::ChargedOff)
            - self.sum(&[Flow::Recoveries, Flow::CourtReceived, Flow::SaleProceeds, Flow::GuaranteeReceived])
    }

    /// Profit before tax on the incurred basis.
    pub fn profit(&self) -> i64 {
        self.income() - self.cost() - self.net_credit_loss()
    }
}
