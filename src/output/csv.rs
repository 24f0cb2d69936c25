//! CSV: UTF-8, comma, `\n`, a header row.

use std::io::Write;

use super::table::{Cell, Table};

/// Writes a table.
///
/// # Errors
/// When the sink cannot be written.
pub fn write(table: &Table, sink: impl Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(sink);
    writer.write_record(&table.columns)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(Cell::written))?;
    }
    writer.flush()
}
