//! Stages of the product's life, and what each earned.

pub mod basis;
pub mod finance_metrics;
pub mod metrics;
pub mod month_metrics;
pub mod profitability;
pub mod stage;
pub mod waterfall;
