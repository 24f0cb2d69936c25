//! The part of a setup that concerns the book there is when month 0 begins.

use super::setup::{Cell, ChannelSetup, SegmentSetup};
use crate::scenario::Scenario;

/// Loans of the opening book that are alike.
#[derive(Debug)]
pub struct OpeningRow {
    /// Index of the cell.
    pub cell: usize,
    /// Index of the product.
    pub product: usize,
    /// Months.
    pub tenor: u32,
    /// Months on book at the end of the month before month 0.
    pub age: u32,
    /// Months past due then.
    pub past_due: u32,
    /// Observed score, where it is given.
    pub score: Option<f64>,
    /// Ordinals of the loans within their cell and age.
    pub ordinals: std::ops::Range<u32>,
}

/// Rows in file order.
pub fn opening(
    scenario: &Scenario,
    segments: &[SegmentSetup],
    channels: &[ChannelSetup],
    cells: &[Cell],
) -> Vec<OpeningRow> {
    let mut products: Vec<&str> = scenario.product.iter().map(|product| product.name.as_str()).collect();
    products.sort_unstable();
    let mut rows: Vec<OpeningRow> = Vec::new();
    for loans in scenario.opening_book.iter().flatten() {
        let cell = cells.iter().position(|cell| {
            segments[cell.segment].name == loans.segment && channels[cell.channel].name == loans.channel
        });
        let cell = cell.expect("validation knows every cell");
        let age = loans.months_on_book.0 as u32;
        let before = rows.iter().filter(|row| row.cell == cell && row.age == age);
        let first = before.map(|row| row.ordinals.end).max().unwrap_or(0);
        rows.push(OpeningRow {
            cell,
            product: products.binary_search(&loans.product.as_str()).expect("validation knows every product"),
            tenor: loans.tenor.0 as u32,
            age,
            past_due: loans.months_past_due.map_or(0, |months| months.0 as u32),
            score: loans.score.map(|score| score.f64()),
            ordinals: first..first + loans.count.0 as u32,
        });
    }
    rows
}
