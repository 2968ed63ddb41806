//! Images of one slice, which other programs take for images of two dimensions, and transforms of them.

use super::Grids;
use crate::geometry::Grid;
use nalgebra::{Matrix3, Matrix4};

/// What is left of z by rounding.
const ROUNDING: f64 = 1e-9;

impl Grids<'_> {
    /// Whether both images are one slice across z and `matrix`, between them in RAS mm, leaves z alone: a
    /// transform of two dimensions says all of it.
    pub fn are_flat_under(&self, matrix: &Matrix4<f64>) -> bool {
        let flat = is_flat(self.fixed) && is_flat(self.moving);
        flat && (0..4).all(|n| {
            let across = [matrix[(2, n)], matrix[(n, 2)]];
            let expected = if n == 2 { 1.0 } else { 0.0 };
            across.iter().all(|v| (v - expected).abs() < ROUNDING)
        })
    }
}

fn is_flat(grid: &Grid) -> bool {
    let across = [(2, 0), (2, 1), (0, 2), (1, 2)];
    let is_small = |at: (usize, usize)| grid.affine()[at].abs() < ROUNDING;
    grid.shape()[2] == 1 && across.into_iter().all(is_small)
}

/// Without z.
pub(super) fn of(matrix: &Matrix4<f64>) -> Matrix3<f64> {
    matrix.remove_row(2).remove_column(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Vector3;

    #[test]
    fn only_slices_across_z_and_what_leaves_z_alone_are_flat() {
        let grid = |shape, affine| Grid::new(shape, affine).expect("a grid");
        let slice = grid([5, 4, 1], Matrix4::identity());
        let stack = grid([5, 4, 2], Matrix4::identity());
        let turn = nalgebra::Rotation3::from_euler_angles(1.5, 0.0, 0.0).to_homogeneous();
        let upright = grid([5, 4, 1], turn);
        let flat = |other: &Grid, matrix: &Matrix4<f64>| {
            let (fixed, moving) = (&slice, other);
            Grids { fixed, moving }.are_flat_under(matrix)
        };
        let within = Matrix4::new_translation(&Vector3::new(1.0, 2.0, 0.0));
        let across = Matrix4::new_translation(&Vector3::new(1.0, 2.0, 3.0));
        assert!(flat(&slice, &within));
        assert!(!flat(&slice, &across) && !flat(&stack, &within) && !flat(&upright, &within));
    }
}
