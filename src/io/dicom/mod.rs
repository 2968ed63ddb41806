//! DICOM files. Nothing is read here yet.

use super::{FoundImage, IoError, Report, Skipped};
use crate::volume::Volume;
use std::path::PathBuf;

/// Sorts files into series.
pub fn scan(
    files: &[PathBuf],
    report: &Report,
) -> Result<(Vec<FoundImage>, Vec<Skipped>), IoError> {
    report.check_cancelled()?;
    let skipped = files
        .iter()
        .map(|path| Skipped {
            path: path.clone(),
            reason: "not an image file warpscope reads".to_owned(),
        })
        .collect();
    Ok((Vec::new(), skipped))
}

/// Reads one series.
pub fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    report.check_cancelled()?;
    Err(IoError::unsupported(
        image.path(),
        "DICOM",
        "convert it to NIfTI",
    ))
}
