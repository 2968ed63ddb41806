//! A plane of the images as they are before a run, or of a finished result.

use super::frame::{Frame, Slice};
use crate::geometry::{Grid, IndexPoint, flip_lps_ras};
use crate::registration::{Outcome, PlaneState};
use crate::volume::{Interpolation, Volume, sample};
use nalgebra::{Matrix4, Vector3};
use rayon::prelude::*;

/// The plane on the target's own grid. Without an outcome nothing is warped yet.
pub fn still(source: &Volume, target: &Volume, outcome: Option<&Outcome>, slice: Slice) -> Frame {
    let grid = target.grid();
    let (axis, index) = slice.on(grid);
    let level_shape = grid.shape();
    let [first, second] = [[1, 2], [0, 2], [0, 1]][axis];
    let shape = [level_shape[first], level_shape[second]];
    let cut = Cut {
        axis,
        index,
        first,
        second,
        shape,
    };
    let to_source = source.grid().inverse_affine() * grid.affine();
    let resampled = cut.read(|voxel| {
        let place = IndexPoint(to_source.transform_point(&IndexPoint::from(voxel).0));
        sample(source, place, 0, 0, Interpolation::Linear)
    });
    let of = |volume: Volume| cut.read(|voxel| volume.value(voxel, 0, 0));
    let nothing = || vec![f32::NAN; shape[0] * shape[1]];
    let state = PlaneState {
        axis,
        index,
        shape,
        level_shape,
        level_spacing: grid.spacing(),
        target: cut.read(|voxel| target.value(voxel, 0, 0)),
        warped: outcome.map_or_else(|| resampled.clone(), |o| of(o.warped())),
        source: resampled,
        gradient: std::array::from_fn(|_| nothing()),
        raw_update: std::array::from_fn(|_| nothing()),
        update: std::array::from_fn(|_| nothing()),
        displacement: outcome.map_or_else(
            || std::array::from_fn(|_| vec![0.0; shape[0] * shape[1]]),
            |o| cut.displacement(grid, &o.field()),
        ),
        jacobian: outcome.map_or_else(|| vec![1.0; shape[0] * shape[1]], |o| of(o.jacobian())),
    };
    Frame::new(None, slice.plane, grid, state)
}

/// A plane of voxels: across `axis` at `index`, `first` fastest.
struct Cut {
    axis: usize,
    index: usize,
    first: usize,
    second: usize,
    shape: [usize; 2],
}

impl Cut {
    fn voxel(&self, n: usize) -> [usize; 3] {
        let mut voxel = [0; 3];
        voxel[self.axis] = self.index;
        voxel[self.first] = n % self.shape[0];
        voxel[self.second] = n / self.shape[0];
        voxel
    }

    fn read(&self, value: impl Fn([usize; 3]) -> Option<f64> + Sync) -> Vec<f32> {
        let count = self.shape[0] * self.shape[1];
        let value = |n| value(self.voxel(n)).unwrap_or(f64::NAN) as f32;
        (0..count)
            .into_par_iter()
            .with_min_len(4096)
            .map(value)
            .collect()
    }

    /// A field of three components in LPS mm as voxels along each axis.
    fn displacement(&self, grid: &Grid, field: &Volume) -> [Vec<f32>; 3] {
        let lps_to_index: Matrix4<f64> = grid.inverse_affine() * flip_lps_ras(&Matrix4::identity());
        std::array::from_fn(|axis| {
            self.read(|voxel| {
                let [x, y, z] = field.values(voxel, 0)?.try_into().ok()?;
                Some(lps_to_index.transform_vector(&Vector3::new(x, y, z))[axis])
            })
        })
    }
}
