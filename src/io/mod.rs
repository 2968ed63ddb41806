//! Files in, [`Volume`] or [`IoError`] out, and back. Opens no dialog, knows no layers.
//!
//! [`scan`] looks at what paths hold (headers only), [`load`] reads one of the images found. What a
//! file is, its content decides, never its name. [`write_image`] writes one; there the name decides;
//! [`write_dicom_series`] fills a folder.

pub mod dicom;
mod error;
mod gipl;
mod json;
mod metaimage;
mod nifti;
mod nrrd;
mod numbers;
mod packing;
mod raster;
mod replace;
mod replace_folder;
mod replace_pair;
mod report;
mod scan;
mod sniff;
mod source;
mod text;
mod transform;
mod verify;
mod vtk;
mod walk;
mod write;

pub use dicom::{DicomOptions, WrittenSeries, check_series_target, write_dicom_series};
pub use error::IoError;
pub use json::json_number;
pub use nifti::{
    Forms, FormsError, QForm, check_nifti_target, editable_fields, nifti_header,
    with_current_header, with_header_field, write_nifti,
};
pub use packing::CompressionLevel;
pub use replace::replace;
pub use replace_folder::replace_folder;
pub use report::Report;
pub use scan::scan;
pub use sniff::image_name;
pub use transform::{
    Grids, TransformCommand, TransformFormat, TransformUse, TransformWords, read_any_transform,
    read_transform, read_transform_as, transform_format, transform_words, write_transform,
};
pub use verify::verify_written;
pub use write::{WRITTEN, WriteOptions, check_image_target, write_image, written_ending};

use crate::volume::{Format, Meta, Notice, Volume};
use std::path::{Path, PathBuf};

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
    /// In slice order where known. Of a header and voxel file pair, the header comes first.
    pub files: Vec<PathBuf>,
    /// Which of the orientations of the file's frames, where one file has several.
    pub part: Option<usize>,
    /// Problems worth knowing before loading.
    pub notices: Vec<Notice>,
}

/// A file that holds no image, and why.
#[derive(Clone, Debug)]
pub struct Skipped {
    pub path: PathBuf,
    pub reason: String,
}

/// Reads one image whole.
pub fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    report.check_cancelled()?;
    match image.format {
        Format::Dicom => dicom::load(image, report),
        Format::Nifti1 | Format::Nifti2 | Format::Analyze => nifti::load(image, report),
        Format::MetaImage => metaimage::load(image, report),
        Format::Nrrd => nrrd::load(image, report),
        Format::Gipl => gipl::load(image, report),
        Format::Vtk => vtk::load(image, report),
        Format::Png | Format::Jpeg | Format::Tiff => raster::load(image, report),
        Format::Memory => Err(IoError::not_an_image(
            image.path(),
            "it was made here, not read",
        )),
    }
}

impl FoundImage {
    /// An image in one file, or in a header file and the voxel files that belong to it.
    fn of_file(format: Format, files: Vec<PathBuf>, shape: Vec<usize>) -> Self {
        let path = files.first().cloned().unwrap_or_default();
        Self {
            uid: path.display().to_string(),
            description: sniff::stem(&path),
            modality: String::new(),
            number: None,
            shape,
            format,
            files,
            part: None,
            notices: Vec::new(),
        }
    }

    /// The file that names the image: its only one, its header, or its first slice.
    pub fn path(&self) -> &Path {
        self.files.first().map_or(Path::new(""), PathBuf::as_path)
    }

    /// What is known of the image before its own header is read.
    fn meta(&self) -> Meta {
        Meta {
            name: self.description.clone(),
            path: Some(self.path().to_owned()),
            format: self.format,
            notices: self.notices.clone(),
            ..Meta::default()
        }
    }
}
