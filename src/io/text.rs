//! Voxels written as text, in the formats that allow it.

use super::numbers::Layout;
use super::source::Source;
use super::{IoError, Report};
use crate::volume::{Voxel, VoxelData, VoxelType};
use std::str::FromStr;

/// Reads numbers separated by white space.
pub(super) fn read_text(
    source: &mut Source,
    voxel_type: VoxelType,
    layout: &Layout,
    report: &Report,
) -> Result<VoxelData, IoError> {
    let count = layout
        .count()
        .ok_or_else(|| IoError::corrupt(source.path(), "its sizes are impossibly large"))?;
    // A digit and a space are the least a voxel takes.
    source.check_holds((count as u64).saturating_mul(2).saturating_sub(1))?;
    let most = usize::try_from(source.remaining()).unwrap_or(usize::MAX);
    report.check_memory(
        source.path(),
        (count as u64).saturating_mul(voxel_type.size() as u64),
    )?;
    let text = source.read_up_to(most)?;
    let text = String::from_utf8_lossy(&text);
    match voxel_type {
        VoxelType::U8 => numbers::<u8>(&text, count, source, layout),
        VoxelType::I8 => numbers::<i8>(&text, count, source, layout),
        VoxelType::U16 => numbers::<u16>(&text, count, source, layout),
        VoxelType::I16 => numbers::<i16>(&text, count, source, layout),
        VoxelType::U32 => numbers::<u32>(&text, count, source, layout),
        VoxelType::I32 => numbers::<i32>(&text, count, source, layout),
        VoxelType::U64 => numbers::<u64>(&text, count, source, layout),
        VoxelType::I64 => numbers::<i64>(&text, count, source, layout),
        VoxelType::F32 => numbers::<f32>(&text, count, source, layout),
        VoxelType::F64 => numbers::<f64>(&text, count, source, layout),
    }
}

fn numbers<T: Voxel + FromStr>(
    text: &str,
    count: usize,
    source: &Source,
    layout: &Layout,
) -> Result<VoxelData, IoError> {
    let numbers: Vec<T> = text
        .split_whitespace()
        .take(count)
        .map(str::parse)
        .collect::<Result<_, _>>()
        .map_err(|_| IoError::corrupt(source.path(), "one of its voxels is no number"))?;
    if numbers.len() < count {
        return Err(IoError::corrupt(
            source.path(),
            "it ends before the last voxel",
        ));
    }
    layout.voxels(numbers, source)
}
