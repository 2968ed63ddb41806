//! Volumes into NRRD files, packed by gzip.

use super::super::IoError;
use super::super::packing::Packing;
use super::super::write::{NewFile, numbers};
use crate::geometry::flip_lps_ras;
use crate::volume::{Content, Volume, VoxelType};

/// Writes one file, or header and voxel file.
pub(in super::super) fn write(file: &NewFile) -> Result<(), IoError> {
    let header = header(file.volume, file.voxel_name().as_deref());
    file.write(|_| header.clone(), Packing::Gzip(file.options.level))
}

/// Axes from the fastest on: components, i, j, k, time.
fn header(volume: &Volume, voxels: Option<&str>) -> String {
    let lps = flip_lps_ras(volume.grid().affine());
    let column = |axis: usize| format!("({})", numbers([0, 1, 2].map(|row| lps[(row, axis)]), ","));
    let domain = |axis: usize| (volume.grid().shape()[axis], "domain", column(axis));
    let mut axes = vec![domain(0), domain(1), domain(2)];
    let none = || "none".to_owned();
    let components = volume.components();
    if components > 1 {
        let kind = match (volume.meta().content, components) {
            (Content::Color, 3) => "RGB-color",
            (Content::Color, 4) => "RGBA-color",
            _ => "vector",
        };
        axes.insert(0, (components, kind, none()));
    }
    if volume.time_points() > 1 {
        axes.push((volume.time_points(), "list", none()));
    }
    let each = |text: &dyn Fn(&(usize, &str, String)) -> String| {
        axes.iter().map(text).collect::<Vec<_>>().join(" ")
    };
    let mut lines = vec![
        "NRRD0004".to_owned(),
        format!("type: {}", type_name(volume.data().voxel_type())),
        format!("dimension: {}", axes.len()),
        "space: left-posterior-superior".to_owned(),
        format!("sizes: {}", each(&|axis| axis.0.to_string())),
        format!("space directions: {}", each(&|axis| axis.2.clone())),
        format!("kinds: {}", each(&|axis| axis.1.to_owned())),
        format!(
            "endian: {}",
            if cfg!(target_endian = "big") {
                "big"
            } else {
                "little"
            }
        ),
        "encoding: gzip".to_owned(),
        format!("space origin: {}", column(3)),
    ];
    if let Some(time) = volume
        .meta()
        .time
        .as_ref()
        .filter(|_| volume.time_points() > 1)
    {
        let unknown = "nan ".repeat(axes.len() - 1);
        lines.push(format!("spacings: {unknown}{}", time.step));
    }
    if let Some(name) = voxels {
        lines.push(format!("data file: {name}"));
    }
    lines.join("\n") + "\n\n"
}

fn type_name(voxel_type: VoxelType) -> &'static str {
    match voxel_type {
        VoxelType::F32 => "float",
        VoxelType::F64 => "double",
        whole => whole.name(),
    }
}
