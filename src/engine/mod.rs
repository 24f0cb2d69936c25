//! The simulation: a resolved setup, one run month by month, many runs in parallel.

mod book;
mod delinquent;
pub mod kernel;
mod market_paths;
mod month;
mod offers;
mod origination;
mod resolve;
mod result;
mod run;
pub mod runs;
mod setup;
mod setup_cells;
mod stock;
mod tile;

pub use result::{MONTH_METRICS, MonthMetric, RunResult, Unit, VINTAGE_AGES, VintageMetric};
pub use run::{Workspace, simulate_run, simulate_run_with};
pub use setup::{Cell, ProductSetup, Setup, TierSetup};

/// One loan as it was made, for tests and audits: who took it, when, and on what terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LoanRecord {
    /// The borrower.
    pub who: crate::random::Who,
    /// Month of origination.
    pub month: u32,
    /// Index of the cell (segment and channel).
    pub group: usize,
    /// Index of the product.
    pub product: usize,
    /// Grade, 0 is best.
    pub grade: usize,
    /// Amount.
    pub amount: crate::money::Fen,
    /// Contract terms.
    pub terms: crate::model::schedule::Terms,
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
