//! NRRD: lines of text, with the voxels after them (`.nrrd`) or in a file beside them (`.nhdr`).
//!
//! Fields and their meaning as in teem's definition of the format.

mod axes;
mod header;
mod write;

pub(super) use write::write;

use super::numbers::{Components, Layout, read_voxels};
use super::source::Source;
use super::text::read_text;
use super::{FoundImage, IoError, Report};
use crate::volume::{Format, Rescale, TimeAxis, Volume, Voxel, VoxelData};
use crate::with_voxels;
use header::{Encoding, Header, Voxels};
use std::path::Path;

/// Whether the first bytes of a file are an NRRD header.
pub(super) fn is_header(start: &[u8]) -> bool {
    start.starts_with(b"NRRD000")
}

/// Looks at the header of an image.
pub(super) fn scan(path: &Path) -> Result<FoundImage, IoError> {
    let header = Header::read(path)?;
    let mut files = vec![path.to_owned()];
    if let Voxels::Beside(file) = &header.voxels {
        if !file.is_file() {
            return Err(IoError::corrupt(path, "its voxel file is missing"));
        }
        files.push(file.clone());
    }
    let axes = &header.axes;
    let mut shape = axes.grid.shape().to_vec();
    if axes.time_points > 1 {
        shape.push(axes.time_points);
    }
    Ok(FoundImage::of_file(Format::Nrrd, files, shape))
}

/// Reads an image found by [`scan`].
pub(super) fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let path = image.path();
    let header = Header::read(path)?;
    let axes = &header.axes;
    // Five axes as they lie in the file, the fastest first; what they mean decides below.
    let [fastest, i, j, k, slowest] = axes.sizes;
    let layout = Layout {
        shape: [i, j, k],
        time_points: slowest,
        components: Components::Interleaved(fastest),
    };
    let mut source = voxels_of(&header, &layout, path)?;
    let data = match header.encoding {
        Encoding::Text => read_text(&mut source, header.voxel_type, &layout, report)?,
        Encoding::Raw | Encoding::Gzip => read_voxels(
            &mut source,
            header.voxel_type,
            header.order,
            &layout,
            report,
        )?,
    };
    source.verify(report)?;
    report.progress(1.0);

    let mut meta = image.meta();
    meta.content = axes.content;
    meta.notices.extend(axes.notices.iter().cloned());
    meta.time = axes.time_step.map(|step| TimeAxis {
        step,
        unit: String::new(),
    });
    Volume::new(
        axes.grid,
        arranged(data, axes.order),
        Rescale::IDENTITY,
        meta,
    )
    .map_err(|e| IoError::corrupt(path, e.to_string()))
}

/// The stream of voxels, from the first on.
fn voxels_of(header: &Header, layout: &Layout, path: &Path) -> Result<Source, IoError> {
    let mut source = match &header.voxels {
        Voxels::After(start) => {
            let mut source = Source::open(path)?;
            source.skip(*start)?;
            source
        }
        Voxels::Beside(file) => Source::open_as_stored(file)?,
    };
    for _ in 0..header.line_skip {
        source.skip_line()?;
    }
    if header.encoding == Encoding::Gzip {
        source = source.inflate()?;
    }
    let skip = match header.byte_skip {
        Some(bytes) => bytes,
        // The voxels are what the file ends with.
        None => layout
            .count()
            .and_then(|count| count.checked_mul(header.voxel_type.size()))
            .and_then(|bytes| source.remaining().checked_sub(bytes as u64))
            .ok_or_else(|| IoError::corrupt(path, "it ends before the last voxel"))?,
    };
    source.skip(skip)?;
    Ok(source)
}

/// The array with its axes as `[t, k, j, i, c]`; `order` names the place of each among the axes of the
/// file, the slowest first.
fn arranged(data: VoxelData, order: [usize; 5]) -> VoxelData {
    with_voxels!(data, array => Voxel::wrap(array.permuted_axes(order)))
}
