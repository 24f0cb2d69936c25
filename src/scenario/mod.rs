//! Scenario files in TOML: read, overlaid, checked, with every problem reported at its place.

mod checker;
pub mod dated;
pub mod decode;
mod define;
pub mod leaves;
mod load;
pub mod node;
pub mod parts;
pub mod problem;
mod repayment;
pub mod schema;
mod settings;
pub mod tables;
mod validate;
mod validate_acquisition;
mod validate_capital;
mod validate_claims;
mod validate_collections;
mod validate_competition;
mod validate_customers;
mod validate_dated;
mod validate_exit;
mod validate_funding;
mod validate_holiday;
mod validate_lending;
mod validate_levers;
mod validate_line;
mod validate_opening;
mod validate_policy;
mod validate_provision;
mod without;

pub use load::{Loaded, Request, load, load_whole};
pub use problem::Problems;
pub use settings::Setting;
pub use tables::Scenario;
