//! lendcycle: Monte Carlo simulator of the life of a personal-credit product.
pub mod cli;
pub mod engine;
pub mod ledger;
pub mod lifecycle;
pub mod math;
pub mod model;
pub mod money;
pub mod output;
pub mod policy;
pub mod random;
pub mod rate;
pub mod scenario;
pub mod stats;
pub mod time;
