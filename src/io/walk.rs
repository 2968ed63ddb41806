//! From the paths a user names to the files below them.

use super::{IoError, Report, Skipped};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The files to look at, in the order named and, within a folder, sorted by name.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub files: Vec<PathBuf>,
    /// Folders and files that could not be looked into.
    pub skipped: Vec<Skipped>,
    folders: HashSet<PathBuf>,
}

/// Lists named files, and everything below named folders but hidden files. A link back to a folder
/// already listed ends there.
pub(super) fn list(paths: &[PathBuf], report: &Report) -> Result<Listing, IoError> {
    let mut listing = Listing::default();
    for path in paths {
        let kind = std::fs::metadata(path).map_err(|e| IoError::io(path, e))?;
        if kind.is_dir() {
            listing.enter(path, report)?;
        } else if kind.is_file() {
            listing.files.push(path.clone());
        } else {
            return Err(IoError::not_an_image(path, "it is no regular file"));
        }
    }
    Ok(listing)
}

impl Listing {
    fn enter(&mut self, folder: &Path, report: &Report) -> Result<(), IoError> {
        report.check_cancelled()?;
        let entries = std::fs::canonicalize(folder).and_then(|real| {
            if !self.folders.insert(real) {
                return Ok(Vec::new());
            }
            std::fs::read_dir(folder)?
                .map(|entry| entry.map(|e| e.path()))
                .collect()
        });
        let mut entries: Vec<PathBuf> = match entries {
            Ok(entries) => entries,
            Err(error) => {
                self.skip(folder, &error.to_string());
                return Ok(());
            }
        };
        entries.sort();
        for entry in entries.into_iter().filter(|entry| !is_hidden(entry)) {
            match std::fs::metadata(&entry) {
                Ok(kind) if kind.is_dir() => self.enter(&entry, report)?,
                Ok(kind) if kind.is_file() => self.files.push(entry),
                Ok(_) => self.skip(&entry, "no regular file"),
                Err(error) => self.skip(&entry, &error.to_string()),
            }
        }
        Ok(())
    }

    fn skip(&mut self, path: &Path, reason: &str) {
        self.skipped.push(Skipped {
            path: path.to_owned(),
            reason: reason.to_owned(),
        });
    }
}

/// Dot files, and the folder in which macOS archives keep what is not data.
fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with('.') || name == "__MACOSX")
}
