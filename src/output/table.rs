//! A table of results: named columns, rows of text and exact numbers.

use rust_decimal::Decimal;

use super::number::decimal;
use crate::lifecycle::metrics::Unit;
use crate::stats::Estimate;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A number; `None` is unknown and written as an empty cell.
    Number(Option<Decimal>),
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    /// A whole number.
    pub fn whole(value: impl Into<Decimal>) -> Self {
        Cell::Number(Some(value.into()))
    }

    /// As it stands in a file.
    pub fn written(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Number(Some(number)) => number.to_string(),
            Cell::Number(None) => String::new(),
        }
    }

    /// A value in a unit; not finite means unknown.
    pub fn value(value: f64, unit: Unit) -> Self {
        Cell::Number(decimal(value, unit))
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// File name without its ending.
    pub name: &'static str,
    /// Column names.
    pub columns: Vec<String>,
    /// Rows, as wide as the columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    pub fn new(name: &'static str, columns: &[&str]) -> Self {
        Table { name, columns: columns.iter().map(|column| (*column).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// When it is not as wide as the columns.
    pub fn push(&mut self, row: Vec<Cell>) {
        assert_eq!(row.len(), self.columns.len(), "a row of {}", self.name);
        self.rows.push(row);
    }
}

/// Columns of an estimate: mean, std_error and the five quantiles.
pub const ESTIMATE_COLUMNS: [&str; 7] = ["mean", "std_error", "p05", "p25", "p50", "p75", "p95"];

/// Cells of an estimate, in the order of [`ESTIMATE_COLUMNS`]; empty when no run has a value.
pub fn estimate_cells(estimate: Option<&Estimate>, unit: Unit) -> Vec<Cell> {
    let Some(estimate) = estimate else {
        return vec![Cell::Number(None); ESTIMATE_COLUMNS.len()];
    };
    [estimate.mean, estimate.std_error]
        .into_iter()
        .chain(estimate.quantiles)
        .map(|value| Cell::value(value, unit))
        .collect()
}
