//! The simulation: a resolved setup, one run month by month, many runs in parallel.

mod book;
mod claims;
mod collecting;
pub mod contracts;
mod delinquent;
mod figures;
mod first_month;
mod funnel;
pub mod kernel;
mod loan_record;
mod market_paths;
mod month;
mod offers;
mod origination;
mod resolve;
mod resolve_collections;
mod resolve_policy;
mod result;
mod run;
pub mod runs;
mod setup;
mod setup_cells;
mod setup_claims;
mod stock;
mod tile;

pub use delinquent::NPL_AGE;
pub use figures::figure;
pub use loan_record::LoanRecord;
pub use result::{MONTH_METRICS, MonthMetric, RunResult, TierSums, Unit, VINTAGE_AGES, VintageMetric};
pub use run::{Workspace, simulate_run, simulate_run_with};
pub use setup::{Cell, ProductSetup, Setup, TierSetup};
