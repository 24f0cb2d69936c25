//! Chart of accounts, postings, totals and trial balance; all in integer fen.

mod account;
mod flow;
mod flows;
mod trial;

pub use account::Account;
pub use flow::Flow;
pub use flows::Flows;
pub use trial::Ledger;
