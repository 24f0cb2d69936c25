//! Sweeps over keys: which points are simulated, and what their responses say.

pub mod design;
pub mod effects;
pub mod sensitivity;
pub mod vary;

pub use design::{Design, Plan};
pub use vary::Dimension;
