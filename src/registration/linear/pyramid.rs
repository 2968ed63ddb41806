//! The images at lower resolutions: each voxel of a level is the mean of a block of voxels.

use crate::geometry::Grid;
use crate::volume::{Volume, Voxel, VoxelArray};
use crate::with_voxels;
use multiversion::multiversion;
use nalgebra::{Matrix4, Vector3};
use ndarray::{ArrayView1, s};
use rayon::prelude::*;

/// An image of one level, `[k, j, i]`; NaN where it is not defined.
#[derive(Clone, Debug)]
pub(super) struct Image {
    pub values: Vec<f32>,
    pub shape: [usize; 3],
    /// Index to RAS mm.
    pub affine: Matrix4<f64>,
}

/// How many voxels of `grid` make one along each axis, powers of 2, so that its voxels become about
/// `size` mm long and alike in all directions. Axes of one voxel stay.
pub(super) fn block(grid: &Grid, size: f64) -> [usize; 3] {
    let (shape, spacing) = (grid.shape(), grid.spacing());
    std::array::from_fn(|axis| {
        let halvings = (size / spacing[axis]).log2().round().max(0.0);
        let most = shape[axis].ilog2() as f64;
        1 << halvings.min(most) as u32
    })
}

impl Image {
    /// The volume with each block of voxels averaged; what is left over at the ends of an axis is
    /// left out.
    pub fn of(volume: &Volume, block: [usize; 3]) -> Self {
        with_voxels!(volume.data(), array => Self::of_array(volume, array, block))
    }

    fn of_array<T: Voxel>(volume: &Volume, array: &VoxelArray<T>, block: [usize; 3]) -> Self {
        let grid = volume.grid();
        let nz = grid.shape()[2];
        Self::averaged(grid.shape(), grid.affine(), block, |j, k, sums| {
            let linear = volume.rescale().of_slice(0, k, nz);
            let (slope, intercept) = (linear.slope as f32, linear.intercept as f32);
            let row: ArrayView1<T> = array.slice(s![0, k, j, .., 0]);
            match row.as_slice() {
                Some(row) => add_stored(row, slope, intercept, sums),
                None => add_stored(&row.to_vec(), slope, intercept, sums),
            }
        })
    }

    /// The image at a still lower resolution.
    pub fn shrunk(&self, block: [usize; 3]) -> Self {
        let [nx, ny, _] = self.shape;
        Self::averaged(self.shape, &self.affine, block, |j, k, sums| {
            let from = (k * ny + j) * nx;
            add_stored(&self.values[from..from + nx], 1.0, 0.0, sums);
        })
    }

    /// `add` adds the row `(j, k)` to the sums.
    fn averaged(
        from: [usize; 3],
        affine: &Matrix4<f64>,
        block: [usize; 3],
        add: impl Fn(usize, usize, &mut [f32]) + Sync,
    ) -> Self {
        let shape: [usize; 3] = std::array::from_fn(|axis| from[axis] / block[axis]);
        let first: [usize; 3] =
            std::array::from_fn(|axis| (from[axis] - shape[axis] * block[axis]) / 2);
        let [nx, ny, nz] = shape;
        let mut values = vec![0.0; nx * ny * nz];
        let count = block.iter().product::<usize>() as f32;
        let average = |sums: &mut Vec<f32>, (n, out): (usize, &mut [f32])| {
            sums.fill(0.0);
            let (j, k) = (n % ny * block[1] + first[1], n / ny * block[2] + first[2]);
            for (dj, dk) in (0..block[2]).flat_map(|dk| (0..block[1]).map(move |dj| (dj, dk))) {
                add(j + dj, k + dk, sums);
            }
            for (out, sums) in out.iter_mut().zip(sums[first[0]..].chunks_exact(block[0])) {
                let mean = sums.iter().sum::<f32>() / count;
                *out = if mean.is_finite() { mean } else { f32::NAN };
            }
        };
        let rows = values.par_chunks_mut(nx).enumerate();
        rows.with_min_len(ny)
            .for_each_init(|| vec![0.0; from[0]], average);
        let size = Vector3::from(block.map(|n| n as f64));
        let shift = std::array::from_fn(|axis| first[axis] as f64 + (size[axis] - 1.0) / 2.0);
        let affine = affine
            * Matrix4::new_translation(&Vector3::from(shift))
            * Matrix4::new_nonuniform_scaling(&size);
        Self {
            values,
            shape,
            affine,
        }
    }

    /// Distances between voxels in mm.
    pub fn spacing(&self) -> [f64; 3] {
        std::array::from_fn(|axis| self.affine.fixed_view::<3, 1>(0, axis).norm())
    }

    /// Lowest and highest defined value.
    pub fn range(&self) -> Option<(f32, f32)> {
        let defined = self.values.iter().copied().filter(|v| !v.is_nan());
        defined.fold(None, |range, value| match range {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
    }
}

/// Adds the values of stored numbers to as many sums.
#[multiversion(targets("x86_64+avx512f+avx512vl+avx512bw+avx512dq", "x86_64+avx2+fma"))]
fn add_stored<T: Voxel>(row: &[T], slope: f32, intercept: f32, sums: &mut [f32]) {
    for (sum, stored) in sums.iter_mut().zip(row) {
        *sum += stored.to_f32() * slope + intercept;
    }
}
