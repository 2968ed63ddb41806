//! Volumes into NIfTI files, slice by slice.

use super::super::packing::Packing;
use super::super::replace::replace;
use super::super::{IoError, Report, WriteOptions, sniff};
use super::new_header::{NewHeader, Numbers};
use crate::volume::{Linear, Notice, Rescale, Volume, Voxel, VoxelArray};
use crate::with_voxels;
use bytemuck::Pod;
use ndarray::s;
use std::io::{self, Write};
use std::path::Path;

/// An error when no NIfTI file can be written to `path`: another ending than .nii or .nii.gz, or, without
/// `overwrite`, a file that is there. For asking before long work; writing looks again.
pub fn check_nifti_target(path: &Path, overwrite: bool) -> Result<(), IoError> {
    let suffix = sniff::suffix(path);
    if !matches!(suffix.as_str(), "nii" | "nii.gz") {
        let what = match suffix.as_str() {
            "" => "saving without an ending in the name".to_owned(),
            other => format!("saving as .{other}"),
        };
        let hint = "give a name that ends in .nii or .nii.gz";
        return Err(IoError::unsupported(path, what, hint));
    }
    if !overwrite && path.symlink_metadata().is_ok() {
        return Err(IoError::Exists {
            path: path.to_owned(),
        });
    }
    Ok(())
}

/// Writes `volume` as NIfTI, compressed when the name ends in .gz. Numbers keep their type and scale;
/// vectors have intent 1007 and keep their components as they are, which makes a displacement field in
/// LPS mm the one that ITK reads. Returns what the file does not hold as the volume does.
pub fn write_nifti(
    volume: &Volume,
    path: &Path,
    options: WriteOptions,
    report: &Report,
) -> Result<Vec<Notice>, IoError> {
    check_nifti_target(path, options.overwrite)?;
    let mut notices = Vec::new();
    let numbers = Numbers::of(volume);
    let header = NewHeader::new(volume, numbers, &mut notices).bytes();
    let mut cancelled = false;
    let packing = match sniff::suffix(path).as_str() {
        "nii" => Packing::None,
        _ => Packing::Gzip(options.level),
    };
    let write = |out: &mut dyn Write| -> io::Result<()> {
        out.write_all(&header)?;
        with_voxels!(volume.data(), array => {
            write_voxels(array, numbers, volume.rescale(), out, |fraction| {
                report.progress(fraction);
                cancelled = report.check_cancelled().is_err();
                !cancelled
            })
        })
    };
    let outcome = replace(path, options.overwrite, |out| packing.write(out, write));
    if cancelled {
        return Err(IoError::Cancelled);
    }
    outcome?;
    report.progress(1.0);
    Ok(notices)
}

/// Writes slice after slice as long as `go_on`, told the fraction done, agrees.
pub(super) fn write_voxels<T: Voxel + Pod>(
    array: &VoxelArray<T>,
    numbers: Numbers,
    rescale: &Rescale,
    out: &mut dyn Write,
    mut go_on: impl FnMut(f32) -> bool,
) -> io::Result<()> {
    let (time_points, nz, _, _, components) = array.dim();
    // Components written side by side, and how many such groups follow each other.
    let together = match numbers {
        Numbers::Color(components) => components,
        Numbers::Plain(_) | Numbers::Rescaled => 1,
    };
    let mut gathered: Vec<T> = Vec::new();
    let slices = components / together * time_points * nz;
    for n in 0..slices {
        if !go_on(n as f32 / slices as f32) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let (k, t) = (n % nz, n / nz % time_points);
        let first = n / nz / time_points * together;
        let slice = array.slice(s![t, k, .., .., first..first + together]);
        if numbers == Numbers::Rescaled {
            let linear: Linear = rescale.of_slice(t, k, nz);
            let values = slice.iter().map(|v| linear.apply(v.to_f64()) as f32);
            out.write_all(bytemuck::cast_slice(&values.collect::<Vec<f32>>()))?;
        } else if let Some(stored) = slice.as_slice() {
            out.write_all(bytemuck::cast_slice(stored))?;
        } else {
            gathered.clear();
            gathered.extend(slice.iter());
            out.write_all(bytemuck::cast_slice(&gathered))?;
        }
    }
    Ok(())
}
