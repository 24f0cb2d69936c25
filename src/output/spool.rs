//! Per-run results of a batch on disk while it runs, so that memory stays flat in the number of runs and quantiles stay
//! exact: written block by block, read back one month or vintage at a time over all runs.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Mutex;

use crate::engine::{MONTH_METRICS, RunResult, VINTAGE_AGES, VintageMetric};

/// Width of a vintage's row: all ages, all metrics.
pub const VINTAGE_WIDTH: usize = VINTAGE_AGES.len() * VintageMetric::COUNT;

/// A file of `[item][run][width]` integers: items are the months, then the vintages.
#[derive(Debug)]
pub struct Spool {
    file: Mutex<File>,
    /// Runs it has room for.
    room: usize,
    months: usize,
}

impl Spool {
    /// A spool in an empty file with room for `room` runs of `months` months.
    pub fn new(file: File, room: usize, months: usize) -> Self {
        Spool { file: Mutex::new(file), room, months }
    }

    /// Writes a block of consecutive runs.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, block: &[RunResult]) -> std::io::Result<()> {
        let Some(first) = block.first() else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        for month in 0..self.months {
            bytes.clear();
            for result in block {
                extend(&mut bytes, result.month(month));
            }
            self.write_at(self.month_offset(month, first.run as usize), &bytes)?;
        }
        for vintage in 0..self.months {
            bytes.clear();
            for result in block {
                extend(&mut bytes, &result.vintages[vintage * VINTAGE_WIDTH..][..VINTAGE_WIDTH]);
            }
            self.write_at(self.vintage_offset(vintage, first.run as usize), &bytes)?;
        }
        Ok(())
    }

    /// A month's rows over the first `runs` runs, `runs x MONTH_METRICS`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn month(&self, month: usize, runs: usize) -> std::io::Result<Vec<i64>> {
        self.read_at(self.month_offset(month, 0), runs * MONTH_METRICS)
    }

    /// A vintage's rows over the first `runs` runs, `runs x VINTAGE_WIDTH`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn vintage(&self, vintage: usize, runs: usize) -> std::io::Result<Vec<i64>> {
        self.read_at(self.vintage_offset(vintage, 0), runs * VINTAGE_WIDTH)
    }

    fn month_offset(&self, month: usize, run: usize) -> u64 {
        ((month * self.room + run) * MONTH_METRICS * 8) as u64
    }

    fn vintage_offset(&self, vintage: usize, run: usize) -> u64 {
        self.month_offset(self.months, 0) + ((vintage * self.room + run) * VINTAGE_WIDTH * 8) as u64
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> std::io::Result<()> {
        let mut file = self.file.lock().expect("no writer panics while it holds the file");
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn read_at(&self, offset: u64, count: usize) -> std::io::Result<Vec<i64>> {
        let mut bytes = vec![0; count * 8];
        let mut file = self.file.lock().expect("no reader panics while it holds the file");
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(&mut bytes)?;
        let number = |chunk: &[u8]| i64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        Ok(bytes.chunks_exact(8).map(number).collect())
    }
}

fn extend(bytes: &mut Vec<u8>, numbers: &[i64]) {
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
}
