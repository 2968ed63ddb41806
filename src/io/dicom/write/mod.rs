//! A volume into a folder of DICOM files, one for each slice and time point, in explicit VR little
//! endian: a CT, PET or MR series, or secondary captures of what is none of these.
//!
//! Knows how DICOM lays out an image, not where the image came from or who asks for it.

mod class;
mod decimal;
mod folder;
mod header;
mod kept;
mod plane;
mod stored;
mod uid;

pub use folder::check as check_series_target;

use super::Counter;
use crate::io::{IoError, Report, replace_folder};
use crate::volume::{Modality, Notice, Volume};
use class::Class;
use dicom_dictionary_std::uids;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use header::Series;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// How a series is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DicomOptions {
    /// The kind of scan; without it, the one that the image says.
    pub modality: Option<Modality>,
    /// Replace a series that warpscope wrote into the same folder.
    pub overwrite: bool,
}

/// A series that was written.
#[derive(Clone, Debug)]
pub struct WrittenSeries {
    /// In slice order, volume after volume.
    pub files: Vec<PathBuf>,
    /// The image as the files hold it: 16-bit numbers with their rescale, slices along row x column.
    pub volume: Volume,
    /// What the files do not hold as the image does.
    pub notices: Vec<Notice>,
}

/// Writes `volume` as a series of its own into `folder`, which is made, and is there whole or not at
/// all. The series is new and derived; patient and study are those of the DICOM files that the image came
/// from, where it did, and so is the frame of reference unless the image was moved in the world.
pub fn write_dicom_series(
    volume: &Volume,
    folder: &Path,
    options: &DicomOptions,
    report: &Report,
) -> Result<WrittenSeries, IoError> {
    let free = |folder: &Path| folder::check(folder, options.overwrite);
    free(folder)?;
    let refuse = |(what, hint): Refusal| IoError::unsupported(folder, what, hint);
    let mut notices = Vec::new();
    let class = Class::of(volume, options.modality.as_ref(), &mut notices).map_err(refuse)?;
    let (volume, stack) = plane::stack(volume, &mut notices).map_err(refuse)?;
    let volume = stored::stored(&volume, &class, &mut notices).map_err(refuse)?;
    let series = Series::new(&volume, &class, &stack, &mut notices);
    let [time_points, nz, ..] = volume.data().dim();
    let names = folder::names(time_points * nz);
    let done = Counter::new(names.len(), 0.0, 1.0);
    replace_folder(folder, free, |part| {
        names.par_iter().enumerate().try_for_each(|(n, name)| {
            report.check_cancelled()?;
            let bytes = bytes_of(series.file(n / nz, n % nz))
                .map_err(|what| IoError::unsupported(folder, what, "save it as NIfTI"))?;
            folder::write(&part.join(name), &bytes).map_err(|source| IoError::Write {
                path: folder.to_owned(),
                source,
            })?;
            done.tick(report);
            Ok(())
        })
    })?;
    Ok(WrittenSeries {
        files: names.iter().map(|name| folder.join(name)).collect(),
        volume,
        notices,
    })
}

/// What cannot be written, and what to do instead.
type Refusal = (String, &'static str);

/// The file of a data set.
fn bytes_of(object: InMemDicomObject) -> Result<Vec<u8>, String> {
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .implementation_class_uid(uid::IMPLEMENTATION)
        .implementation_version_name("WARPSCOPE");
    let mut bytes = Vec::new();
    let file = object.with_meta(meta).map_err(|error| error.to_string())?;
    file.write_all(&mut bytes)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}
