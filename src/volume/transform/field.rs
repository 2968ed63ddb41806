//! A displacement field made ready for many points.

use crate::volume::sample::{Interpolation, Neighbors};
use crate::volume::{Rescale, RescaleUse, Volume, Voxel, VoxelArray, VoxelData, VoxelType};
use nalgebra::{Matrix4, Point3, Vector3};

/// Displacements as float numbers without rescale.
pub(super) struct Field {
    volume: Volume,
    world_to_index: Matrix4<f64>,
}

impl Field {
    /// Of a volume that [`in_floats`] made.
    pub fn new(volume: &Volume) -> Self {
        Self {
            world_to_index: *volume.grid().inverse_affine(),
            volume: volume.clone(),
        }
    }

    /// u at a point of the world, in RAS mm; 0 outside the field.
    pub fn displacement(&self, point: Point3<f64>) -> Vector3<f64> {
        let index = self.world_to_index.transform_point(&point);
        let lps = match self.volume.data() {
            VoxelData::F32(vectors) => between(vectors, index),
            VoxelData::F64(vectors) => between(vectors, index),
            _ => None,
        };
        let [x, y, z] = lps.unwrap_or_default();
        Vector3::new(-x, -y, z)
    }
}

/// The displacements as float numbers without rescale.
pub(super) fn in_floats(volume: Volume) -> Volume {
    let is_plain = *volume.rescale() == Rescale::IDENTITY;
    match volume.data() {
        VoxelData::F32(_) | VoxelData::F64(_) if is_plain => volume,
        _ => volume
            .retyped(VoxelType::F64, RescaleUse::Apply)
            // Float64 refuses no number.
            .map_or_else(|_| volume.clone(), |retyped| retyped.volume),
    }
}

/// The components at an index, linearly between voxels; `None` outside their cells.
fn between<T: Voxel>(vectors: &VoxelArray<T>, index: Point3<f64>) -> Option<[f64; 3]> {
    let (_, nz, ny, nx, components) = vectors.dim();
    let at = |axis: usize, count| Neighbors::at(index[axis], count, Interpolation::Linear);
    let [i, j, k] = [at(0, nx)?, at(1, ny)?, at(2, nz)?];
    let mut sum = [0.0; 3];
    for (k, weight_k) in k.weighted() {
        for (j, weight_j) in j.weighted() {
            for (i, weight_i) in i.weighted() {
                let weight = weight_k * weight_j * weight_i;
                for (c, sum) in sum.iter_mut().enumerate().take(components) {
                    *sum += weight * vectors[(0, k, j, i, c)].to_f64();
                }
            }
        }
    }
    Some(sum)
}
