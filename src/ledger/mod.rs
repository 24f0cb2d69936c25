//! Chart of accounts, postings, totals and trial balance; all in integer fen.

mod account;
mod flow;
mod trial;

pub use account::Account;
pub use flow::{Flow, Flows};
pub use trial::Ledger;
