//! The result directory: written under a temporary name beside its place, renamed whole when finished.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::table::Table;

/// Name of the manifest, by which a directory is known as a result.
pub const MANIFEST: &str = "manifest.json";

/// A result directory under way. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct ResultDirectory {
    place: PathBuf,
    temporary: PathBuf,
    replace: bool,
    finished: bool,
}

impl ResultDirectory {
    /// Begins a result at `place`. An existing result is replaced only when `replace` is set, and anything else is never
    /// replaced.
    ///
    /// # Errors
    /// When the place is taken or cannot be written.
    pub fn begin(place: &Path, replace: bool) -> io::Result<Self> {
        check_place(place, replace)?;
        let name = place.file_name().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the output directory needs a name")
        })?;
        let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent {
            fs::create_dir_all(parent)?;
        }
        let mut temporary_name = std::ffi::OsString::from(".");
        temporary_name.push(name);
        temporary_name.push(format!(".{}.partial", std::process::id()));
        let temporary = place.with_file_name(temporary_name);
        fs::create_dir(&temporary)?;
        Ok(ResultDirectory { place: place.to_owned(), temporary, replace, finished: false })
    }

    /// A scratch file in the directory; it is gone when the directory is finished.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn scratch(&self) -> io::Result<File> {
        File::options().read(true).write(true).create_new(true).open(self.temporary.join("scratch"))
    }

    /// Writes a table as CSV; returns the file name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_csv(&self, table: &Table) -> io::Result<String> {
        let name = format!("{}.csv", table.name);
        self.write(&name, |sink| super::csv::write(table, sink))?;
        Ok(name)
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_json(&self, name: &str, value: &impl serde::Serialize) -> io::Result<()> {
        self.write(name, |sink| {
            serde_json::to_writer_pretty(&mut *sink, value)?;
            sink.write_all(b"\n")
        })
    }

    fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut sink = BufWriter::new(File::create_new(self.temporary.join(name))?);
        content(&mut sink)?;
        sink.into_inner()?.sync_all()
    }

    /// Puts the finished directory in its place.
    ///
    /// # Errors
    /// When the place was taken meanwhile or cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        match fs::remove_file(self.temporary.join("scratch")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        check_place(&self.place, self.replace)?;
        if self.place.exists() {
            let mut old = self.temporary.clone().into_os_string();
            old.push(".old");
            fs::rename(&self.place, &old)?;
            if let Err(error) = fs::rename(&self.temporary, &self.place) {
                // The result that was there goes back.
                fs::rename(&old, &self.place)?;
                return Err(error);
            }
            fs::remove_dir_all(&old)?;
        } else {
            fs::rename(&self.temporary, &self.place)?;
        }
        self.finished = true;
        Ok(())
    }
}

impl Drop for ResultDirectory {
    fn drop(&mut self) {
        if !self.finished {
            // Nothing more can be done about a directory that cannot be removed.
            let _ = fs::remove_dir_all(&self.temporary);
        }
    }
}

fn check_place(place: &Path, replace: bool) -> io::Result<()> {
    let taken = |why: &str| Err(io::Error::new(io::ErrorKind::AlreadyExists, why.to_owned()));
    if !place.exists() {
        return Ok(());
    }
    if !place.is_dir() {
        return taken("it is a file");
    }
    let empty = fs::read_dir(place)?.next().is_none();
    if empty {
        return Ok(());
    }
    match (is_result(place), replace) {
        (true, true) => Ok(()),
        (true, false) => taken("it holds a result; --force replaces it"),
        (false, _) => taken("it holds files that are not a result"),
    }
}

/// Whether a directory holds a result of this tool and nothing else: what is replaced is deleted.
fn is_result(place: &Path) -> bool {
    let Ok(text) = fs::read(place.join(MANIFEST)) else {
        return false;
    };
    let Ok(manifest) = serde_json::from_slice::<serde_json::Value>(&text) else {
        return false;
    };
    let Some(files) = manifest["files"].as_array() else {
        return false;
    };
    let listed = |name: &str| files.iter().any(|file| file == name);
    let Ok(mut entries) = fs::read_dir(place) else {
        return false;
    };
    manifest["tool"]["name"] == env!("CARGO_PKG_NAME")
        && entries.all(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(listed)))
}
