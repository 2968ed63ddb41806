//! How well two images agree: figures, landmarks, labels and the pictures in which it is seen.

mod command;
mod figures;
mod labels;
mod pictures;

use nalgebra::Matrix3;
use ndarray::Array5;
use warpscope::geometry::Grid;
use warpscope::volume::{Meta, Rescale, Volume, Voxel};

/// An image whose value at `i, j, k` is `value`, upright in LPS.
pub fn image<T: Voxel>(
    shape: [usize; 3],
    origin_lps: [f64; 3],
    spacing: [f64; 3],
    value: impl Fn([usize; 3]) -> T,
) -> Volume {
    let grid = Grid::from_lps(shape, origin_lps, Matrix3::identity(), spacing);
    let [nx, ny, nz] = shape;
    let array = Array5::from_shape_fn((1, nz, ny, nx, 1), |(_, k, j, i, _)| value([i, j, k]));
    let grid = grid.expect("a grid");
    Volume::new(grid, T::wrap(array), Rescale::IDENTITY, Meta::default()).expect("fits")
}
