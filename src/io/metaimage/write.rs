//! Volumes into MetaImage files.

use super::super::IoError;
use super::super::nifti::is_planar;
use super::super::packing::Packing;
use super::super::write::{NewFile, numbers};
use crate::volume::{Volume, VoxelType};

/// Writes one file, or header and voxel file.
pub(in super::super) fn write(file: &NewFile) -> Result<(), IoError> {
    let packing = match file.options.compress {
        true => Packing::Zlib(file.options.level),
        false => Packing::None,
    };
    let name = file.voxel_name();
    let voxels = name.as_deref().unwrap_or("LOCAL");
    file.write(|size| header(file.volume, packing, size, voxels), packing)
}

/// Directions are rows here, one an axis; a fourth axis is time.
fn header(volume: &Volume, packing: Packing, size: u64, voxels: &str) -> String {
    let grid = volume.grid();
    let [nx, ny, nz] = grid.shape();
    let dimensions = match volume.time_points() {
        1 if is_planar(grid) => 2,
        1 => 3,
        _ => 4,
    };
    let sizes = [nx, ny, nz, volume.time_points()];
    let [dx, dy, dz] = grid.spacing();
    let step = volume.meta().time.as_ref().map_or(1.0, |time| time.step);
    let [x, y, z] = grid.origin_lps();
    let direction = grid.direction_lps();
    let cosine = |axis: usize, row: usize| match (axis, row) {
        (0..3, 0..3) => direction[(row, axis)],
        _ => f64::from(u8::from(axis == row)),
    };
    let cosines = (0..dimensions).flat_map(|axis| (0..dimensions).map(move |row| (axis, row)));
    let cosines = cosines.map(|(axis, row)| cosine(axis, row));
    let first = |values: [f64; 4]| numbers(values.into_iter().take(dimensions), " ");
    let sizes: Vec<String> = sizes
        .iter()
        .take(dimensions)
        .map(usize::to_string)
        .collect();
    let truth = |yes: bool| if yes { "True" } else { "False" };
    let mut lines = vec![
        "ObjectType = Image".to_owned(),
        format!("NDims = {dimensions}"),
        "BinaryData = True".to_owned(),
        format!(
            "BinaryDataByteOrderMSB = {}",
            truth(cfg!(target_endian = "big"))
        ),
        format!("CompressedData = {}", truth(packing != Packing::None)),
        format!("TransformMatrix = {}", numbers(cosines, " ")),
        format!("Offset = {}", first([x, y, z, 0.0])),
        format!("CenterOfRotation = {}", first([0.0; 4])),
        format!("ElementSpacing = {}", first([dx, dy, dz, step])),
        format!("DimSize = {}", sizes.join(" ")),
    ];
    if packing != Packing::None {
        lines.push(format!("CompressedDataSize = {size:020}"));
    }
    if volume.components() > 1 {
        lines.push(format!("ElementNumberOfChannels = {}", volume.components()));
    }
    lines.push(format!(
        "ElementType = {}",
        element(volume.data().voxel_type())
    ));
    lines.push(format!("ElementDataFile = {voxels}\n"));
    lines.join("\n")
}

fn element(voxel_type: VoxelType) -> &'static str {
    match voxel_type {
        VoxelType::U8 => "MET_UCHAR",
        VoxelType::I8 => "MET_CHAR",
        VoxelType::U16 => "MET_USHORT",
        VoxelType::I16 => "MET_SHORT",
        VoxelType::U32 => "MET_UINT",
        VoxelType::I32 => "MET_INT",
        VoxelType::U64 => "MET_ULONG_LONG",
        VoxelType::I64 => "MET_LONG_LONG",
        VoxelType::F32 => "MET_FLOAT",
        VoxelType::F64 => "MET_DOUBLE",
    }
}
