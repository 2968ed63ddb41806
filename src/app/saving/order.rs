//! How an image is to be saved, and doing it: on a job's thread.

use crate::document::LayerId;
use crate::geometry::Orientation;
use crate::io::{
    CompressionLevel, DicomOptions, IoError, Report, WriteOptions, verify_written,
    write_dicom_series, write_image, written_ending,
};
use crate::volume::{CannotHold, Notice, ReorientMode, RescaleUse, Retyped, Volume, VoxelType};
use std::path::PathBuf;

/// One image into one file.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveOrder {
    pub layer: LayerId,
    pub path: PathBuf,
    pub change: Change,
    /// Compress the voxels of formats where the name does not decide it.
    pub compress: bool,
    pub level: CompressionLevel,
    /// The path is a folder for a DICOM series, whatever its name.
    pub as_series: bool,
}

/// What the file has otherwise than the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// `None` keeps the type.
    pub voxel_type: Option<VoxelType>,
    /// `None` keeps the scale with whole types and applies it for floats.
    pub rescale: Option<RescaleUse>,
    /// Axes turned to right, anterior and superior.
    pub canonical: bool,
}

impl Change {
    /// The image in the wanted voxel type, where that is another.
    pub fn retyped(self, volume: &Volume) -> Result<Option<Retyped>, CannotHold> {
        volume.stored_as(self.voxel_type, self.rescale)
    }

    /// The image that is written, and whether every value is the one it was.
    fn made(self, volume: &Volume) -> Result<(Volume, bool), CannotHold> {
        let volume = match Orientation::parse_to("RAS") {
            Ok(ras) if self.canonical => volume.reoriented(ReorientMode::Reorient, ras),
            _ => volume.clone(),
        };
        let retyped = self.retyped(&volume)?;
        Ok(retyped.map_or((volume, true), |retyped| {
            (retyped.volume, retyped.changed == 0)
        }))
    }
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// What the file does not hold as the image does.
    pub notices: Vec<String>,
    /// Nothing of the image is lost when only the file is kept.
    pub is_exact: bool,
}

impl Written {
    fn new(notices: &[Notice], is_exact: bool) -> Self {
        Self {
            notices: notices.iter().map(ToString::to_string).collect(),
            is_exact,
        }
    }
}

impl SaveOrder {
    /// Writes the file and reads it back. `phase` is told what goes on.
    pub fn carry_out(
        &self,
        volume: &Volume,
        overwrite: bool,
        report: &Report,
        phase: impl Fn(&str),
    ) -> Result<Written, IoError> {
        let (volume, exact) = self.change.made(volume).map_err(|cannot| {
            let hint = "choose a type with a larger range, such as float32";
            IoError::unsupported(&self.path, cannot.to_string(), hint)
        })?;
        if self.as_series {
            let mut written = self.write_series(&volume, overwrite, report, phase)?;
            written.is_exact &= exact;
            return Ok(written);
        }
        let options = WriteOptions {
            overwrite,
            compress: self.compress,
            level: self.level,
        };
        let notices = write_image(&volume, &self.path, options, report)?;
        phase("Checking the file");
        verify_written(&volume, &self.path, report)?;
        let is_plain = written_ending(&self.path) != Some("hdr");
        Ok(Written::new(&notices, exact && is_plain))
    }

    fn write_series(
        &self,
        volume: &Volume,
        overwrite: bool,
        report: &Report,
        phase: impl Fn(&str),
    ) -> Result<Written, IoError> {
        let options = DicomOptions {
            modality: None,
            overwrite,
        };
        let written = write_dicom_series(volume, &self.path, &options, report)?;
        phase("Checking the series");
        verify_written(&written.volume, &self.path, report)?;
        let is_exact = written.notices.is_empty();
        Ok(Written::new(&written.notices, is_exact))
    }
}
