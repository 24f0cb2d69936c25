//! What must hold at every month's end of every run, beyond the trial balance: the book is the same however it is cut, and what
//! came in and went out explains what stands.

use super::delinquent::NPL_AGE;
use super::month::Conditions;
use super::provision::STAGES;
use super::result::MonthMetric;
use super::setup::Setup;
use super::stock::Stock;
use crate::ledger::Flow;
use crate::model::delinquency::BUCKETS;
use crate::money::Fen;

/// Open accounts, and balance more than 90 days past due.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    accounts: i64,
    npl: i64,
}

impl Standing {
    /// Of a book that has been counted.
    pub fn of(stock: &Stock) -> Self {
        Standing {
            accounts: stock.bucket_accounts.iter().sum(),
            npl: stock.bucket_balance[NPL_AGE as usize..].iter().sum(),
        }
    }

    /// Proves a month's row and book against how the month before ended.
    ///
    /// # Panics
    /// When something does not add up: that is a defect of the engine, not of a scenario.
    pub fn prove(&mut self, setup: &Setup, now: &Conditions, row: &[i64], stock: &Stock) {
        let month = now.month;
        let get = |metric: MonthMetric| row[metric.index()];
        let flow = |flow: Flow| row[MonthMetric::Flow(flow).index()];
        let balance = get(MonthMetric::Balance);
        let cuts: [(&str, i64); 4] = [
            ("buckets", (0..BUCKETS as u8).map(|bucket| get(MonthMetric::BucketBalance(bucket))).sum()),
            ("groups", stock.balance.iter().copied().sum::<Fen>().0),
            ("products", stock.products.iter().sum()),
            ("vintages", stock.vintages.iter().map(|vintage| vintage.balance).sum()),
        ];
        for (cut, sum) in cuts {
            assert_eq!(sum, balance, "balance by {cut} in month {month}");
        }
        if setup.provision.is_some() {
            let stages = (0..STAGES as u8).map(|stage| get(MonthMetric::StageBalance(stage))).sum::<i64>();
            assert!(stages == balance || stages == 0, "balance by stages of provisions in month {month}");
        }
        let before = std::mem::replace(self, Standing::of(stock));
        let left =
            [Flow::AccountsPaidOff, Flow::AccountsChargedOff, Flow::AccountsTransferred, Flow::AccountsSold];
        let came = [Flow::LoansNew, Flow::LoansRepeat].map(flow).iter().sum::<i64>();
        let gone = left.map(flow).iter().sum::<i64>();
        assert_eq!(self.accounts, before.accounts + came - gone, "accounts in month {month}");
        let moved = flow(Flow::NplFormed) - flow(Flow::NplReduced) - flow(Flow::ChargedOff);
        assert_eq!(self.npl, before.npl + moved, "non-performing balance in month {month}");
        if setup.plan.is_none() {
            let [applied, approved, funded] = [Flow::Applications, Flow::Approvals, Flow::LoansNew].map(flow);
            assert!(applied >= approved && approved >= funded, "the funnel of month {month}");
        }
        let [applied, approved, funded] =
            [Flow::RepeatApplications, Flow::RepeatApprovals, Flow::LoansRepeat].map(flow);
        assert!(applied >= approved && approved >= funded, "repeat loans of month {month}");
        let stopped = [
            (now.levers.stop_new, Flow::LoansNew, "new"),
            (now.levers.stop_repeat, Flow::LoansRepeat, "repeat"),
        ];
        for (is_stopped, loans, what) in stopped {
            assert!(!is_stopped || flow(loans) == 0, "{what} loans while none are made, month {month}");
        }
    }
}
