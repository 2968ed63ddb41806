//! Volumes into files of any format that is written; the name decides which.

use super::packing::{CompressionLevel, Packing};
use super::replace::replace;
use super::replace_pair::replace_pair;
use super::{IoError, Report, metaimage, nifti, nrrd, sniff};
use crate::volume::{Notice, NoticeKind, Volume, Voxel, VoxelArray};
use crate::with_voxels;
use bytemuck::Pod;
use ndarray::s;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// How a file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Replace a file that is there.
    pub overwrite: bool,
    /// Compress voxels where the name does not decide it: in MetaImage files.
    pub compress: bool,
    /// How hard compressed voxels are packed.
    pub level: CompressionLevel,
}

impl WriteOptions {
    /// The usual way of writing, over a file that is there or not.
    pub fn replacing(overwrite: bool) -> Self {
        Self {
            overwrite,
            ..Self::default()
        }
    }
}

/// The endings of names that [`write_image`] takes, and the formats they stand for.
pub const WRITTEN: [(&str, &str); 7] = [
    ("nii.gz", "NIfTI, compressed"),
    ("nii", "NIfTI"),
    ("mha", "MetaImage"),
    ("mhd", "MetaImage, voxels apart"),
    ("nrrd", "NRRD"),
    ("nhdr", "NRRD, voxels apart"),
    ("hdr", "Analyze 7.5, voxel sizes only"),
];

/// The ending of a name in [`WRITTEN`], if it has one of them.
pub fn written_ending(path: &Path) -> Option<&'static str> {
    let suffix = sniff::suffix(path);
    let mut endings = WRITTEN.iter().map(|(ending, _)| *ending);
    endings.find(|ending| *ending == suffix)
}

/// A format by the ending of a name, and whether the voxels go to a file of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Nifti,
    MetaImage { apart: bool },
    Nrrd { apart: bool },
    Analyze,
}

impl Target {
    fn of(path: &Path) -> Option<Self> {
        Some(match sniff::suffix(path).as_str() {
            "nii" | "nii.gz" => Self::Nifti,
            "mha" => Self::MetaImage { apart: false },
            "mhd" => Self::MetaImage { apart: true },
            "nrrd" => Self::Nrrd { apart: false },
            "nhdr" => Self::Nrrd { apart: true },
            "hdr" | "img" => Self::Analyze,
            _ => return None,
        })
    }

    /// The file beside `path`: of the voxels, or the header where `path` is an Analyze voxel file.
    fn voxel_file(self, path: &Path, compress: bool) -> Option<PathBuf> {
        let ending = match self {
            Self::Analyze => return nifti::analyze_files(path).into_iter().find(|f| f != path),
            Self::MetaImage { apart: true } if compress => "zraw",
            Self::MetaImage { apart: true } => "raw",
            Self::Nrrd { apart: true } => "raw.gz",
            _ => return None,
        };
        Some(path.with_file_name(format!("{}.{ending}", sniff::stem(path))))
    }
}

/// An error when no image can be written to `path`: an ending that names no format, or, without
/// `overwrite`, a file that is there. For asking before long work; writing looks again.
pub fn check_image_target(path: &Path, options: WriteOptions) -> Result<(), IoError> {
    target(path, options).map(|_| ())
}

fn target(path: &Path, options: WriteOptions) -> Result<Target, IoError> {
    let Some(target) = Target::of(path) else {
        let what = match sniff::suffix(path).as_str() {
            "" => "saving without an ending in the name".to_owned(),
            other => format!("saving as .{other}"),
        };
        let hint = "give a name that ends in .nii, .nii.gz, .mha, .mhd, .nrrd, .nhdr or .hdr";
        return Err(IoError::unsupported(path, what, hint));
    };
    let voxels = target.voxel_file(path, options.compress);
    let mut files = [Some(path.to_owned()), voxels].into_iter().flatten();
    match files.find(|file| !options.overwrite && file.symlink_metadata().is_ok()) {
        Some(path) => Err(IoError::Exists { path }),
        None => Ok(target),
    }
}

/// Writes `volume` in the format that the name's ending says: NIfTI (`.nii`, `.nii.gz`), MetaImage
/// (`.mha`, `.mhd` with `.raw`), NRRD (`.nrrd`, `.nhdr` with `.raw.gz`) or Analyze 7.5 (`.hdr` with
/// `.img`, named by either). Numbers keep their type, and
/// their rescale where the format has one; elsewhere values are stored. Returns what the file does not
/// hold as the volume does.
pub fn write_image(
    volume: &Volume,
    path: &Path,
    options: WriteOptions,
    report: &Report,
) -> Result<Vec<Notice>, IoError> {
    let target = target(path, options)?;
    if target == Target::Nifti {
        return nifti::write_nifti(volume, path, options, report);
    }
    if target == Target::Analyze {
        return nifti::write_analyze(volume, path, options.overwrite, report);
    }
    let mut notices = Vec::new();
    let volume = without_rescale(volume, path, &mut notices)?;
    let voxels = target.voxel_file(path, options.compress);
    let file = NewFile {
        volume: &volume,
        path,
        voxels: voxels.as_deref(),
        options,
        report,
    };
    match target {
        Target::Nrrd { .. } => nrrd::write(&file)?,
        Target::MetaImage { .. } | Target::Nifti | Target::Analyze => metaimage::write(&file)?,
    }
    report.progress(1.0);
    Ok(notices)
}

/// The values themselves, for formats that know no rescale.
fn without_rescale(
    volume: &Volume,
    path: &Path,
    notices: &mut Vec<Notice>,
) -> Result<Volume, IoError> {
    let applied = volume.rescale_applied().map_err(|error| {
        IoError::unsupported(
            path,
            error.to_string(),
            "save it as NIfTI, which keeps the rescale",
        )
    })?;
    let voxel_type = applied.volume.data().voxel_type();
    if *volume.rescale() != *applied.volume.rescale() {
        notices.push(Notice::new(
            NoticeKind::TypeConverted,
            format!("the format has no rescale; values are saved as {voxel_type}, not as the stored numbers"),
        ));
    }
    Ok(applied.volume)
}

/// A file of header and voxels to be written.
pub(super) struct NewFile<'a> {
    /// Without rescale.
    pub volume: &'a Volume,
    pub path: &'a Path,
    /// Where the voxels go, if not after the header.
    pub voxels: Option<&'a Path>,
    pub options: WriteOptions,
    pub report: &'a Report,
}

impl NewFile<'_> {
    /// The name of the voxel file for the header to give.
    pub fn voxel_name(&self) -> Option<String> {
        let name = self.voxels?.file_name()?;
        Some(name.to_string_lossy().into_owned())
    }

    /// Writes header and voxels. `header` is told the bytes that the voxels take and has the same length
    /// for all.
    pub fn write(&self, header: impl Fn(u64) -> String, packing: Packing) -> Result<(), IoError> {
        let overwrite = self.options.overwrite;
        let outcome = match self.voxels {
            Some(voxels) => replace_pair(
                self.path,
                voxels,
                overwrite,
                |out| packing.write(out, |out| self.write_voxels(out)),
                |out, size| out.write_all(header(size).as_bytes()),
            ),
            None => replace(self.path, overwrite, |out| {
                let unsized_header = header(0);
                out.write_all(unsized_header.as_bytes())?;
                packing.write(out, |out| self.write_voxels(out))?;
                let size = out.stream_position()? - unsized_header.len() as u64;
                out.seek(SeekFrom::Start(0))?;
                out.write_all(header(size).as_bytes())
            }),
        };
        self.report.check_cancelled()?;
        outcome
    }

    fn write_voxels(&self, out: &mut dyn Write) -> io::Result<()> {
        with_voxels!(self.volume.data(), array => write_slices(array, out, self.report))
    }
}

/// Writes slice after slice, components side by side.
fn write_slices<T: Voxel + Pod>(
    array: &VoxelArray<T>,
    out: &mut dyn Write,
    report: &Report,
) -> io::Result<()> {
    let (time_points, nz, ..) = array.dim();
    let slices = time_points * nz;
    let mut gathered: Vec<T> = Vec::new();
    for n in 0..slices {
        if report.check_cancelled().is_err() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        report.progress(n as f32 / slices as f32);
        let slice = array.slice(s![n / nz, n % nz, .., .., ..]);
        if let Some(stored) = slice.as_slice() {
            out.write_all(bytemuck::cast_slice(stored))?;
        } else {
            gathered.clear();
            gathered.extend(slice.iter());
            out.write_all(bytemuck::cast_slice(&gathered))?;
        }
    }
    Ok(())
}

/// Numbers with `between` them, each with as many digits as it needs to be read back the same.
pub(super) fn numbers(values: impl IntoIterator<Item = f64>, between: &str) -> String {
    // Without the sign of a zero, which only puzzles.
    let texts = values.into_iter().map(|v| (v + 0.0).to_string());
    texts.collect::<Vec<_>>().join(between)
}
