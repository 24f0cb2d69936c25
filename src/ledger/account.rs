//! Chart of accounts.

/// Accounts of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// Principal of loans on book (asset).
    Loans,
    /// Interest earned and not yet received (asset).
    InterestReceivable,
    /// Cash (asset).
    Cash,
    /// Brought in with the opening book (equity).
    Opening,
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
    /// Subsidies (income).
    SubsidyIncome,
    /// Operational losses (expense).
    OperationalExpense,
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
    /// Shares of interest paid to partners (expense).
    PartnerExpense,
    /// Points redeemed against interest (less income).
    PointsRebate,
    /// Principal charged off (expense).
    CreditLoss,
    /// Set aside for losses on loans on book (against the asset).
    Allowance,
    /// Changes of what is set aside (expense).
    ProvisionExpense,
    /// VAT and its surcharges (expense).
    VatExpense,
    /// Tax on profits, current and deferred (expense).
    IncomeTaxExpense,
    /// Taxes that losses and allowances of today will save (asset).
    DeferredTax,
    /// Borrowed (liability).
    Funding,
    /// Put in by the bank, less what it took out (equity).
    PaidIn,
}

impl Account {
    /// Number of accounts.
    pub const COUNT: usize = Account::PaidIn as usize + 1;
}
