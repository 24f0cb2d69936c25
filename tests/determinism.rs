//! The same input gives the same bytes, and a change moves only what it should: threads, blocks, order in files,
//! policies, budgets; and common random numbers make comparisons monotone.

#[path = "determinism/collections.rs"]
mod collections;
#[path = "determinism/isolation.rs"]
mod isolation;
#[path = "closed_form/laboratory.rs"]
mod laboratory;
#[path = "determinism/monotonicity.rs"]
mod monotonicity;
#[path = "determinism/reproduction.rs"]
mod reproduction;
#[path = "determinism/rules.rs"]
mod rules;
