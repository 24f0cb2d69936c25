//! Stages of the product's life, and what each earned.

pub mod stage;
