//! The business: pure functions over plain numbers, one file per process, in the order of a loan's life.

pub mod affordability;
pub mod borrower;
pub mod collections;
pub mod competition;
pub mod concentration;
pub mod decision;
pub mod delinquency;
pub mod economy;
pub mod first_month;
pub mod funding;
pub mod guarantee;
pub mod ladder;
pub mod line;
pub mod litigation;
pub mod loyalty;
pub mod market;
pub mod marketing;
pub mod prepayment;
pub mod prescreen;
pub mod pricing;
pub mod recovery;
pub mod reminder;
pub mod retention;
pub mod sale;
pub mod schedule;
pub mod underwriting;
