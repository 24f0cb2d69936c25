//! Every loan of a run, for tests and audits.

use super::book::{Loan, Origination};
use crate::model::schedule::{Instalment, Schedule};
use crate::money::Fen;
use crate::random::Who;

/// One loan as it was made, for tests and audits: who took it, when, and on what terms.
#[derive(Clone, Debug, PartialEq)]
pub struct LoanRecord {
    /// The borrower.
    pub who: Who,
    /// Month of origination.
    pub month: u32,
    /// Index of the cell (segment and channel).
    pub group: usize,
    /// Index of the product.
    pub product: usize,
    /// Grade, 0 is best.
    pub grade: usize,
    /// Amount.
    pub amount: Fen,
    /// The contract, month on book 1 first.
    pub instalments: Vec<Instalment>,
    /// Observed (or behaviour) score.
    pub score_observed: f64,
    /// True score.
    pub score_true: f64,
    /// Level of the log-odds of missing a payment when current.
    pub level: i32,
    /// Level of the log-odds of rolling on when delinquent.
    pub level_delinquent: i32,
    /// Never pays.
    pub fraud: bool,
    /// A repeat loan.
    pub repeat: bool,
}

impl LoanRecord {
    /// The record of a loan as it is put on the book.
    pub(super) fn new(
        loan: &Loan,
        made: &Origination,
        schedule: &Schedule,
        grade: usize,
        repeat: bool,
    ) -> Self {
        LoanRecord {
            who: loan.who,
            month: u32::from(loan.vintage),
            group: loan.cell(),
            product: usize::from(loan.product),
            grade,
            amount: made.amount,
            instalments: schedule.instalments(made.amount),
            score_observed: made.score_observed,
            score_true: made.score_true,
            level: i32::from(loan.level),
            level_delinquent: i32::from(loan.level_delinquent),
            fraud: loan.fraud,
            repeat,
        }
    }
}
