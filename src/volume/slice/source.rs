//! One component at one time point, whatever its order in memory.

use crate::volume::{Rescale, Voxel, VoxelArray};
use std::borrow::Cow;

/// Steps in memory between neighbours up to which a line of voxels is read as a line.
const FAST_STRIDE: isize = 4;

/// Numbers in memory, and where among them voxel `(i, j, k)` is found.
pub(super) struct Source<'a, T: Clone> {
    numbers: Cow<'a, [T]>,
    /// Position of voxel (0, 0, 0).
    first: isize,
    /// Steps along i, j and k.
    strides: [isize; 3],
    /// `(nx, ny, nz)`.
    pub shape: [usize; 3],
    /// Slope and intercept of every slice k.
    scales: Vec<[f32; 2]>,
}

impl<'a, T: Voxel> Source<'a, T> {
    pub fn new(array: &'a VoxelArray<T>, rescale: &Rescale, time: usize, component: usize) -> Self {
        let (nt, nz, ny, nx, components) = array.dim();
        let time = time.min(nt - 1);
        let component = component.min(components - 1);
        let (numbers, strides): (Cow<[T]>, _) = match array.as_slice_memory_order() {
            Some(numbers) => (numbers.into(), array.strides().to_vec()),
            // Arrays with gaps; no reader makes them.
            None => {
                let packed = array.as_standard_layout().into_owned();
                let strides = packed.strides().to_vec();
                (packed.into_raw_vec_and_offset().0.into(), strides)
            }
        };
        let lowest: isize = strides
            .iter()
            .zip(array.shape())
            .map(|(stride, count)| (-stride).max(0) * (*count as isize - 1))
            .sum();
        let scales = (0..nz)
            .map(|k| {
                let linear = rescale.of_slice(time, k, nz);
                [linear.slope as f32, linear.intercept as f32]
            })
            .collect();
        Self {
            numbers,
            first: lowest + time as isize * strides[0] + component as isize * strides[4],
            strides: [strides[3], strides[2], strides[1]],
            shape: [nx, ny, nz],
            scales,
        }
    }

    /// Numbers of one plane of this source, row by row along the first of `axes` (right, down and
    /// through), as a source of the same axes.
    pub fn plane(&self, numbers: Vec<f32>, axes: [usize; 3]) -> Source<'static, f32> {
        let mut strides = [0; 3];
        strides[axes[0]] = 1;
        strides[axes[1]] = self.shape[axes[0]] as isize;
        let mut shape = self.shape;
        shape[axes[2]] = 1;
        Source {
            numbers: numbers.into(),
            first: 0,
            strides,
            shape,
            scales: if axes[2] == 2 {
                vec![[1.0, 0.0]]
            } else {
                self.scales.clone()
            },
        }
    }

    /// Slope and intercept that belong to the `w`-th voxel through a plane; neutral when slices lie in
    /// the plane.
    pub fn scale_through(&self, axes: [usize; 3], w: usize) -> [f32; 2] {
        if axes[2] == 2 {
            self.scales[w]
        } else {
            [1.0, 0.0]
        }
    }

    /// Whether voxels along `axis` lie close together in memory.
    pub fn has_lines_along(&self, axis: usize) -> bool {
        (1..=FAST_STRIDE).contains(&self.strides[axis])
    }

    pub fn stride(&self, axis: usize) -> isize {
        self.strides[axis]
    }

    /// Slope and intercept of slice `k`.
    #[inline(always)]
    pub fn scale(&self, k: usize) -> [f32; 2] {
        self.scales[k]
    }

    /// Place in memory of a voxel.
    #[inline(always)]
    pub fn position(&self, voxel: [usize; 3]) -> isize {
        self.first
            + voxel[0] as isize * self.strides[0]
            + voxel[1] as isize * self.strides[1]
            + voxel[2] as isize * self.strides[2]
    }

    /// The stored number at a place in memory.
    #[inline(always)]
    pub fn number(&self, position: isize) -> f32 {
        self.numbers[position as usize].to_f32()
    }

    /// The numbers in memory from a place on.
    pub fn numbers_from(&self, position: isize) -> &[T] {
        &self.numbers[position as usize..]
    }
}
