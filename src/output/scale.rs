//! How amounts and other figures are shown to people: in a unit that makes them readable, with as many places as are known.

use comfy_table::{CellAlignment, Table};

use super::stage_table::plain;

/// Unit and places after the point.
#[derive(Clone, Copy)]
pub struct Scale {
    /// Size of the unit.
    pub unit: f64,
    /// Places after the point.
    pub places: usize,
}

impl Scale {
    /// Places that show what is known: a standard error with two digits or more.
    pub fn new(unit: f64, error: f64) -> Self {
        let error = error / unit;
        let places = if error >= 10.0 {
            1
        } else if error >= 1.0 {
            2
        } else {
            3
        };
        Scale { unit, places }
    }

    /// With its sign.
    pub fn signed(self, amount: f64) -> String {
        signed(amount / self.unit, self.places)
    }

    /// Without a plus.
    pub fn plain(self, amount: f64) -> String {
        plain(amount / self.unit, self.places)
    }

    /// A difference with its standard error.
    pub fn with_error(self, (difference, error): (f64, f64)) -> String {
        format!("{} ± {}", self.signed(difference), self.plain(error))
    }
}

/// A number with its sign; nothing has none.
pub fn signed(value: f64, places: usize) -> String {
    let text = plain(value, places);
    let nothing = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value > 0.0 && !nothing && value.is_finite() { format!("+{text}") } else { text }
}

/// Sets all columns but the first `left` flush right.
pub fn right_aligned(table: &mut Table, left: usize) {
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((1, 0));
        if index >= left {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}
