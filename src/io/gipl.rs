//! GIPL (Guy's Image Processing Lab): a big-endian header of 256 bytes and the voxels.
//!
//! Axes are taken as LPS, as ITK does: the format's matrix is not used by the programs that write it.

use super::numbers::{ByteOrder, Components, Layout, read_voxels};
use super::source::Source;
use super::{FoundImage, IoError, Report};
use crate::geometry::Grid;
use crate::volume::{Format, Rescale, TimeAxis, Volume, VoxelType};
use nalgebra::Matrix3;
use std::path::Path;

const HEADER: usize = 256;
const MAGIC_AT: usize = 252;
const MAGIC: [u32; 2] = [0xefff_e9b0, 0x2ae3_89b8];

/// Whether the first bytes of a file are a GIPL header.
pub(super) fn is_header(start: &[u8]) -> bool {
    bytes_at(start, MAGIC_AT).is_some_and(|magic| MAGIC.contains(&u32::from_be_bytes(magic)))
}

/// Looks at the header of an image.
pub(super) fn scan(path: &Path) -> Result<FoundImage, IoError> {
    let mut source = Source::open(path)?;
    let header = Header::read(&mut source)?;
    header.check_size(&source)?;
    let mut shape = header.layout.shape.to_vec();
    if header.layout.time_points > 1 {
        shape.push(header.layout.time_points);
    }
    Ok(FoundImage::of_file(
        Format::Gipl,
        vec![path.to_owned()],
        shape,
    ))
}

/// Reads an image found by [`scan`].
pub(super) fn load(image: &FoundImage, report: &Report) -> Result<Volume, IoError> {
    let mut source = Source::open(image.path())?;
    let header = Header::read(&mut source)?;
    let data = read_voxels(
        &mut source,
        header.voxel_type,
        ByteOrder::Big,
        &header.layout,
        report,
    )?;
    source.verify(report)?;
    report.progress(1.0);
    let mut meta = image.meta();
    meta.time = header.time_step.map(|step| TimeAxis {
        step,
        unit: String::new(),
    });
    Volume::new(header.grid, data, Rescale::IDENTITY, meta)
        .map_err(|e| IoError::corrupt(image.path(), e.to_string()))
}

#[derive(Debug)]
struct Header {
    layout: Layout,
    voxel_type: VoxelType,
    grid: Grid,
    time_step: Option<f64>,
}

impl Header {
    /// Leaves `source` at the first voxel.
    fn read(source: &mut Source) -> Result<Self, IoError> {
        let mut bytes = [0; HEADER];
        source.read_exact(&mut bytes)?;
        let path = source.path();
        let sizes =
            [0, 2, 4, 6].map(|at| u16::from_be_bytes(bytes_at(&bytes, at).unwrap_or([0; 2])));
        let [nx, ny, nz, nt] = sizes.map(usize::from);
        if nx == 0 || ny == 0 {
            return Err(IoError::corrupt(path, "one of its sizes is 0"));
        }
        let code = u16::from_be_bytes(bytes_at(&bytes, 8).unwrap_or_default());
        let spacing = [10, 14, 18, 22].map(|at| float(&bytes, at));
        let origin =
            [204, 212, 220].map(|at| f64::from_be_bytes(bytes_at(&bytes, at).unwrap_or_default()));
        let shape = [nx, ny, nz.max(1)];
        let lengths = [0, 1, 2].map(|axis| match spacing[axis] {
            0.0 if shape[axis] == 1 => 1.0,
            length => length,
        });
        Ok(Self {
            layout: Layout {
                shape,
                time_points: nt.max(1),
                components: Components::Interleaved(1),
            },
            voxel_type: voxel_type(code, path)?,
            grid: Grid::from_lps(shape, origin, Matrix3::identity(), lengths)
                .map_err(|e| IoError::corrupt(path, e.to_string()))?,
            time_step: Some(spacing[3]).filter(|step| nt > 1 && *step > 0.0),
        })
    }

    fn check_size(&self, source: &Source) -> Result<(), IoError> {
        let bytes = self
            .layout
            .count()
            .and_then(|count| count.checked_mul(self.voxel_type.size()));
        source.check_holds(bytes.map_or(u64::MAX, |bytes| bytes as u64))
    }
}

fn voxel_type(code: u16, path: &Path) -> Result<VoxelType, IoError> {
    Ok(match code {
        7 => VoxelType::I8,
        8 => VoxelType::U8,
        15 => VoxelType::I16,
        16 => VoxelType::U16,
        31 => VoxelType::U32,
        32 => VoxelType::I32,
        64 => VoxelType::F32,
        65 => VoxelType::F64,
        1 | 144 | 160 | 192 | 193 | 200 | 201 => {
            return Err(IoError::unsupported(
                path,
                format!("GIPL with voxels of type {code} (bits, complex numbers or surfaces)"),
                "save it with one number a voxel",
            ));
        }
        _ => {
            return Err(IoError::corrupt(
                path,
                format!("voxel type {code} does not exist"),
            ));
        }
    })
}

fn float(bytes: &[u8], at: usize) -> f64 {
    f32::from_be_bytes(bytes_at(bytes, at).unwrap_or_default()).into()
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at + N)?.try_into().ok()
}
