//! Scenario files in TOML: read, overlaid, checked, with every problem reported at its place.

pub mod decode;
mod load;
pub mod node;
pub mod problem;
pub mod tables;
mod validate;

pub use load::{Request, Setting, load};
pub use problem::Problems;
pub use tables::Scenario;
