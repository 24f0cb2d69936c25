//! The business: pure functions over plain numbers, one file per process, in the order of a loan's life.

pub mod economy;
pub mod market;
pub mod marketing;
pub mod borrower;
pub mod underwriting;
pub mod pricing;
pub mod schedule;
pub mod prepayment;
pub mod delinquency;
pub mod collections;
pub mod recovery;
pub mod retention;
