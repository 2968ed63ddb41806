//! Volumes into Analyze 7.5 files: a header (`.hdr`) of 348 bytes beside the voxels (`.img`).
//!
//! Positions of fields from dbh.h of the Mayo Clinic's Analyze, which NIfTI-1 took over.

use super::super::replace_pair::replace_pair;
use super::super::{IoError, Report, sniff};
use super::header::Header;
use super::new_header::Numbers;
use super::placement;
use super::write::write_voxels;
use crate::volume::{Content, Notice, NoticeKind, Rescale, RescaleUse, Volume, VoxelType};
use crate::with_voxels;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

const SIZE: usize = 348;

/// The header and the voxel file of an image that is named by one of them.
pub fn analyze_files(path: &Path) -> [PathBuf; 2] {
    let stem = sniff::stem(path);
    ["hdr", "img"].map(|ending| match sniff::suffix(path) == ending {
        true => path.to_owned(),
        false => path.with_file_name(format!("{stem}.{ending}")),
    })
}

/// Writes `volume` as an Analyze pair. Values are written, as Analyze has no rescale, in a type that it
/// knows. Returns what the files do not hold as the volume does: the place of the image among it.
pub fn write_analyze(
    volume: &Volume,
    path: &Path,
    overwrite: bool,
    report: &Report,
) -> Result<Vec<Notice>, IoError> {
    let mut notices = Vec::new();
    let volume = in_known_type(volume, path, &mut notices)?;
    let numbers = Numbers::of(&volume);
    let bytes = header(&volume, numbers, path)?;
    notices.extend(lost_place(&volume, &bytes));
    let [header_file, voxel_file] = analyze_files(path);
    let mut cancelled = false;
    let write_all_voxels = |out: &mut BufWriter<File>| {
        with_voxels!(volume.data(), array => {
            write_voxels(array, numbers, volume.rescale(), out, |fraction| {
                report.progress(fraction);
                cancelled = report.check_cancelled().is_err();
                !cancelled
            })
        })
    };
    let written = replace_pair(
        &header_file,
        &voxel_file,
        overwrite,
        write_all_voxels,
        |out, _| out.write_all(&bytes),
    );
    if cancelled {
        return Err(IoError::Cancelled);
    }
    written?;
    report.progress(1.0);
    Ok(notices)
}

/// Values in a type that has a code in Analyze.
fn in_known_type(
    volume: &Volume,
    path: &Path,
    notices: &mut Vec<Notice>,
) -> Result<Volume, IoError> {
    let refuse = |what: String| {
        IoError::unsupported(path, what, "save it as NIfTI, which holds it as it is")
    };
    match (volume.meta().content, volume.components()) {
        (_, 1) => {}
        (Content::Color, 3) if volume.data().voxel_type() == VoxelType::U8 => {
            return Ok(volume.clone());
        }
        (_, components) => {
            return Err(refuse(format!(
                "saving {components} components of {} as Analyze",
                volume.data().voxel_type()
            )));
        }
    }
    let applied = volume
        .rescale_applied()
        .map_err(|error| refuse(format!("applying the rescale for Analyze ({error})")))?;
    if *volume.rescale() != Rescale::IDENTITY {
        notices.push(Notice::new(
            NoticeKind::TypeConverted,
            "Analyze has no rescale; values are saved, not the stored numbers",
        ));
    }
    let volume = applied.volume;
    let from = volume.data().voxel_type();
    let wider: &[VoxelType] = match from {
        VoxelType::I8 => &[VoxelType::I16],
        VoxelType::U16 => &[VoxelType::I16, VoxelType::I32],
        VoxelType::U32 | VoxelType::I64 | VoxelType::U64 => &[VoxelType::I32, VoxelType::F64],
        _ => return Ok(volume),
    };
    let exact = wider.iter().find_map(|to| {
        let retyped = volume.retyped(*to, RescaleUse::Keep).ok();
        retyped.filter(|retyped| retyped.changed == 0)
    });
    let Some(exact) = exact else {
        return Err(refuse(format!("saving these {from} numbers as Analyze")));
    };
    notices.push(Notice::new(
        NoticeKind::TypeConverted,
        format!(
            "Analyze has no {from}; the same numbers are saved as {}",
            exact.volume.data().voxel_type()
        ),
    ));
    Ok(exact.volume)
}

fn header(volume: &Volume, numbers: Numbers, path: &Path) -> Result<Vec<u8>, IoError> {
    let [nx, ny, nz] = volume.grid().shape();
    let time_points = volume.time_points();
    let mut bytes = vec![0u8; SIZE];
    let mut put = |at: usize, field: &[u8]| {
        if let Some(place) = bytes.get_mut(at..at + field.len()) {
            place.copy_from_slice(field);
        }
    };
    put(0, &(SIZE as i32).to_ne_bytes());
    put(32, &16_384i32.to_ne_bytes());
    put(38, b"r");
    let dimensions = if time_points > 1 { 4i16 } else { 3 };
    put(40, &dimensions.to_ne_bytes());
    for (axis, size) in [nx, ny, nz, time_points].into_iter().enumerate() {
        let size = i16::try_from(size).map_err(|_| {
            let what = format!("saving {size} voxels along one axis as Analyze");
            IoError::unsupported(path, what, "save it as NIfTI")
        })?;
        put(42 + 2 * axis, &size.to_ne_bytes());
    }
    put(56, b"mm");
    let (code, bits) = numbers.code();
    put(70, &code.to_ne_bytes());
    put(72, &bits.to_ne_bytes());
    let [dx, dy, dz] = volume.grid().spacing();
    let step = volume.meta().time.as_ref().map_or(0.0, |time| time.step);
    for (axis, size) in [dx, dy, dz, step].into_iter().enumerate() {
        put(80 + 4 * axis, &(size as f32).to_ne_bytes());
    }
    // SPM's scale.
    put(112, &1f32.to_ne_bytes());
    Ok(bytes)
}

/// What becomes of the place, unless it is the one that readers assume.
fn lost_place(volume: &Volume, header: &[u8]) -> Option<Notice> {
    let grid = volume.grid();
    let assumed = Header::parse(header)
        .ok()
        .and_then(|header| placement::place(&header, grid.shape(), &mut Vec::new()).ok());
    let kept = assumed.is_some_and(|assumed| assumed.grid.same_as(grid));
    (!kept).then(|| {
        Notice::new(
            NoticeKind::NoGeometry,
            "Analyze holds voxel sizes alone: origin and orientation are not kept, and readers assume \
             their own",
        )
    })
}
