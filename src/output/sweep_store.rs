//! Finished points of a sweep on disk, so that a killed sweep goes on where it was.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A finished point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it was computed from: a point of anything else is computed anew.
    pub identity: String,
    /// Response by run; empty where it is unknown.
    pub scores: Vec<f64>,
    /// Rows of `responses.csv`, without the point.
    pub responses: Vec<Vec<String>>,
}

impl Record {
    /// A point with its response by run.
    pub fn new(identity: String, scores: &[f64], responses: Vec<Vec<String>>) -> Self {
        // JSON has no word for what is unknown.
        let known = scores.iter().all(|score| score.is_finite());
        Record { identity, scores: if known { scores.to_vec() } else { Vec::new() }, responses }
    }

    /// Response by run; NaN where it is unknown.
    pub fn scores(&self, runs: usize) -> Vec<f64> {
        if self.scores.is_empty() { vec![f64::NAN; runs] } else { self.scores.clone() }
    }
}

/// The folder of finished points, beside the place of the result.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens the folder for the result at `place`. One that is there is used when `resume` is set and emptied when `replace` is.
    ///
    /// # Errors
    /// When it is there and neither is set, or it cannot be written.
    pub fn open(place: &Path, resume: bool, replace: bool) -> io::Result<Store> {
        let mut name = std::ffi::OsString::from(".");
        name.push(place.file_name().unwrap_or_default());
        name.push(".points");
        let folder = place.with_file_name(name);
        if folder.exists() && !resume {
            if !replace {
                let why = format!(
                    "an unfinished sweep is kept in {}; --resume goes on with it, --force begins anew",
                    folder.display()
                );
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, why));
            }
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        Ok(Store { folder })
    }

    fn path(&self, point: usize) -> PathBuf {
        self.folder.join(format!("point-{point:06}.json"))
    }

    /// A finished point, if it is there, whole, and of this identity.
    pub fn get(&self, point: usize, identity: &str) -> Option<Record> {
        let bytes = fs::read(self.path(point)).ok()?;
        let record: Record = serde_json::from_slice(&bytes).ok()?;
        (record.identity == identity).then_some(record)
    }

    /// Keeps a finished point: it is there whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, point: usize, record: &Record) -> io::Result<()> {
        let path = self.path(point);
        let partial = path.with_extension("partial");
        let mut file = File::create(&partial)?;
        serde_json::to_writer(&mut file, record)?;
        file.sync_all()?;
        fs::rename(partial, path)
    }

    /// Takes the folder away.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn discard(self) -> io::Result<()> {
        fs::remove_dir_all(self.folder)
    }
}
