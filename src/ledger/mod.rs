//! Chart of accounts, postings, totals and trial balance; all in integer fen.

mod flow;
mod trial;

pub use flow::{Account, Flow, Flows};
pub use trial::Ledger;
