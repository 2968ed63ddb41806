//! Starting from a linear transform: the source is put where the transform says, and the results
//! speak of the source where it was.

use super::real::Real;
use super::{Outcome, RegistrationError};
use crate::geometry::{Grid, IndexPoint, flip_lps_ras};
use crate::volume::{Rescale, Volume, VoxelArray, VoxelData};
use nalgebra::{Matrix4, Point3};
use ndarray::{ArrayViewMut1, Axis};
use rayon::prelude::*;

/// `source` moved to where `initial` has it: the map from the fixed (target) to the moving (source)
/// world, RAS mm. No voxel is changed.
pub fn placed(source: &Volume, initial: &Matrix4<f64>) -> Result<Volume, RegistrationError> {
    if initial.fixed_view::<3, 3>(0, 0).determinant() <= 0.0 {
        return Err(RegistrationError::Mirrored);
    }
    let grid = source.grid();
    let back = initial.try_inverse().ok_or(RegistrationError::Mirrored)?;
    let moved = Grid::new(grid.shape(), back * grid.affine());
    let moved = moved.map_err(|_| RegistrationError::Mirrored)?;
    source
        .with_grid(moved)
        .map_err(|_| RegistrationError::Mirrored)
}

impl Outcome {
    /// The results of a run on a source that was [`placed`] by `initial`, of the whole mapping from
    /// the target to the source where it was.
    pub fn after(mut self, initial: &Matrix4<f64>) -> Self {
        let growth = initial.fixed_view::<3, 3>(0, 0).determinant();
        let grid = *self.field.grid();
        self.field = changed(&self.field, |data| match data {
            VoxelData::F32(field) => VoxelData::F32(chained(field.clone(), &grid, initial)),
            VoxelData::F64(field) => VoxelData::F64(chained(field.clone(), &grid, initial)),
            other => other.clone(),
        });
        self.jacobian = changed(&self.jacobian, |data| match data {
            VoxelData::F32(numbers) => VoxelData::F32(numbers * growth as f32),
            VoxelData::F64(numbers) => VoxelData::F64(numbers * growth),
            other => other.clone(),
        });
        let jacobian = &mut self.report.jacobian;
        for number in [&mut jacobian.min, &mut jacobian.max, &mut jacobian.mean] {
            *number *= growth;
        }
        self
    }
}

/// From x to T(x + u(x)): the displacement of that, in LPS mm as `field` is.
fn chained<T: Real>(
    mut field: VoxelArray<T>,
    grid: &Grid,
    initial: &Matrix4<f64>,
) -> VoxelArray<T> {
    let flip = flip_lps_ras(&Matrix4::identity());
    let initial = flip * initial * flip;
    let chain = |voxel: [usize; 3], mut vector: ArrayViewMut1<T>| {
        let at = Point3::from(grid.index_to_world(IndexPoint::from(voxel)).to_lps());
        let reached = Point3::from(std::array::from_fn(|c| at[c] + vector[c].to_f64()));
        let moved = initial.transform_point(&reached) - at;
        for c in 0..3 {
            vector[c] = T::of(moved[c]);
        }
    };
    let mut volume = field.index_axis_mut(Axis(0), 0);
    let slices = volume.outer_iter_mut().into_par_iter().enumerate();
    slices.for_each(|(k, mut slice)| {
        for (j, mut row) in slice.outer_iter_mut().enumerate() {
            for (i, vector) in row.outer_iter_mut().enumerate() {
                chain([i, j, k], vector);
            }
        }
    });
    field
}

fn changed(volume: &Volume, change: impl FnOnce(&VoxelData) -> VoxelData) -> Volume {
    let meta = volume.meta().clone();
    Volume::new(
        *volume.grid(),
        change(volume.data()),
        Rescale::IDENTITY,
        meta,
    )
    .expect("the numbers of a result are as many as before")
}
