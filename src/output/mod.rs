//! Results: named tables with units, one writer each, and a result directory that appears whole or not at all.

pub mod comparison;
pub mod comparison_text;
pub mod csv;
pub mod difference_tables;
pub mod directory;
pub mod manifest;
mod number;
pub mod parts;
pub mod products;
pub mod rules_table;
mod scale;
pub mod scores_table;
pub mod spool;
pub mod stage_table;
pub mod summary;
pub mod sweep_result;
pub mod sweep_store;
pub mod sweep_text;
pub mod table;
pub mod tables;
pub mod tiers_table;
pub mod until;
pub mod vintage_economics_table;
pub mod vintage_losses_table;
pub mod waterfall_table;

pub use number::{decimal, money_scale};
