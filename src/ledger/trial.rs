//! The ledger of one run: balances by account and group, proven every month.

use super::account::Account;
use super::flow::Flow;
use super::flows::Flows;
use crate::money::Fen;

/// Balances of all accounts, by group (one group per segment and channel, and one for shared costs). Debit is positive.
#[derive(Clone, Debug)]
pub struct Ledger {
    balances: Vec<[i64; Account::COUNT]>,
    /// Every flow that is booked, with what it debits and credits: counts are not walked past each month.
    entries: Vec<(Flow, Account, Account)>,
}

impl Ledger {
    /// An empty ledger of `groups` groups.
    pub fn new(groups: usize) -> Self {
        let entry = |flow: &Flow| flow.entry().map(|(debit, credit)| (*flow, debit, credit));
        Ledger {
            balances: vec![[0; Account::COUNT]; groups],
            entries: Flow::ALL.iter().filter_map(entry).collect(),
        }
    }

    /// Posts a month's entries of one group.
    pub fn post(&mut self, group: usize, flows: &Flows) {
        let accounts = &mut self.balances[group];
        for &(flow, debit, credit) in &self.entries {
            let amount = flows.get(flow);
            assert!(amount >= 0, "{} must not be negative", flow.key());
            accounts[debit as usize] += amount;
            accounts[credit as usize] -= amount;
        }
    }

    /// Balance of an account in a group.
    pub fn balance(&self, group: usize, account: Account) -> Fen {
        Fen(self.balances[group][account as usize])
    }

    /// Balance of an account over all groups, fen.
    pub fn total(&self, account: Account) -> i64 {
        self.balances.iter().map(|accounts| accounts[account as usize]).sum()
    }

    /// Proves the balance sheet: loans, less the allowance, interest receivable, cash and deferred tax are funding and equity;
    /// cash and debts are what the treasury counted.
    ///
    /// # Panics
    /// When a fen is missing: that is a defect of the engine, not of a scenario.
    pub fn prove_sheet(&self, month: u32, (cash, funding, equity, deferred_tax): (i64, i64, i64, i64)) {
        let total = |account| self.total(account);
        let assets = total(Account::Loans)
            + total(Account::Allowance)
            + total(Account::InterestReceivable)
            + total(Account::Cash)
            + total(Account::DeferredTax);
        assert_eq!(total(Account::Cash) + total(Account::Funding), cash - funding, "cash in month {month}");
        assert_eq!(total(Account::DeferredTax), deferred_tax, "deferred tax in month {month}");
        assert_eq!(assets + total(Account::Funding), equity, "balance sheet in month {month}");
        assert!(cash >= 0 && funding >= 0, "cash or funding below zero in month {month}");
        assert!(cash == 0 || funding == 0, "borrowed cash is kept in month {month}");
    }

    /// Proves a month: debits equal credits, and the control accounts for principal, interest receivable and allowance equal
    /// what the book of accounts itself sums to.
    ///
    /// # Panics
    /// When a fen is missing: that is a defect of the engine, not of a scenario.
    pub fn prove(
        &self,
        month: u32,
        book_principal: &[Fen],
        book_receivable: &[Fen],
        allowance: impl Fn(usize) -> i64,
    ) {
        for (group, accounts) in self.balances.iter().enumerate() {
            let trial: i64 = accounts.iter().sum();
            assert_eq!(trial, 0, "trial balance of group {group} in month {month}");
            assert_eq!(
                self.balance(group, Account::Loans),
                book_principal[group],
                "principal control account of group {group} in month {month}"
            );
            assert_eq!(
                self.balance(group, Account::InterestReceivable),
                book_receivable[group],
                "interest control account of group {group} in month {month}"
            );
            // The group of shared costs comes last and has no loans.
            let set_aside = if group + 1 == self.balances.len() { 0 } else { allowance(group) };
            assert_eq!(
                -self.balance(group, Account::Allowance).0,
                set_aside,
                "allowance control account of group {group} in month {month}"
            );
            assert!(set_aside >= 0, "an allowance below zero in group {group} in month {month}");
        }
    }
}
