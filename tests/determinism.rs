//! The same input gives the same bytes, and a change moves only what it should: threads, blocks, order in files,
//! policies, budgets; and common random numbers make comparisons monotone.

#[path = "determinism/acquisition.rs"]
mod acquisition;
#[path = "determinism/collections.rs"]
mod collections;
#[path = "determinism/competition.rs"]
mod competition;
#[path = "determinism/customers.rs"]
mod customers;
#[path = "determinism/dated.rs"]
mod dated;
#[path = "determinism/exit.rs"]
mod exit;
#[path = "determinism/holidays.rs"]
mod holidays;
#[path = "determinism/isolation.rs"]
mod isolation;
#[path = "closed_form/laboratory.rs"]
mod laboratory;
#[path = "determinism/levers.rs"]
mod levers;
#[path = "determinism/lines.rs"]
mod lines;
#[path = "determinism/monotonicity.rs"]
mod monotonicity;
#[path = "determinism/prices.rs"]
mod prices;
#[path = "determinism/reproduction.rs"]
mod reproduction;
#[path = "determinism/rules.rs"]
mod rules;
