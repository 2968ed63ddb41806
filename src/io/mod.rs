//! Files in, [`Volume`] or [`IoError`] out. Opens no dialog, knows no layers.
//!
//! [`scan`] looks at what paths hold (headers only), [`load`] reads one of the images found.

pub mod dicom;
mod error;
mod report;

pub use error::IoError;
pub use report::Report;

use crate::volume::{Format, Notice, Volume};
use std::path::PathBuf;

/// What [`scan`] found below the given paths.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub images: Vec<FoundImage>,
    pub skipped: Vec<Skipped>,
}

/// One image that can be loaded: a DICOM series or a single file.
#[derive(Clone, Debug)]
pub struct FoundImage {
    /// Unique in the list: the SeriesInstanceUID, with `#2`, `#3` ... for further parts of a series
    /// that had to be split; for a file of another format, its path.
    pub uid: String,
    pub description: String,
    /// DICOM's code ("CT"), empty when unknown.
    pub modality: String,
    /// DICOM's SeriesNumber.
    pub number: Option<i64>,
    /// `(nx, ny, nz)` or `(nx, ny, nz, nt)`; empty when only the whole file tells.
    pub shape: Vec<usize>,
    pub format: Format,
    /// In slice order where known.
    pub files: Vec<PathBuf>,
    /// Problems worth knowing before loading.
    pub notices: Vec<Notice>,
}

/// A file that holds no image, and why.
#[derive(Clone, Debug)]
pub struct Skipped {
    pub path: PathBuf,
    pub reason: String,
}

/// Looks at files and folders (subfolders too), headers only.
pub fn scan(paths: &[PathBuf], report: &Report) -> Result<Found, IoError> {
    todo!("{paths:?} {}", report.check_cancelled().is_ok())
}

/// Reads one image whole.
pub fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    todo!("{image:?} {}", report.check_cancelled().is_ok())
}
