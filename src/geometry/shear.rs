//! Grids whose axes do not stand at right angles, and the upright grid around one.

use super::{Grid, GridError, IndexPoint};
use nalgebra::{Matrix3, Matrix4, Vector3};

/// Cosine of the angle between two axes above which they are not at right angles: 0.1 degree, far above
/// the rounding of float32.
const SKEW: f64 = 1.75e-3;

/// The part of a voxel by which a corner may lie outside for want of exact numbers.
const ROUNDING: f64 = 1e-6;

impl Grid {
    /// Whether two voxel axes do not stand at right angles, as after a tilted gantry.
    pub fn is_sheared(&self) -> bool {
        let [i, j, k] = [0, 1, 2].map(|axis| self.step(axis).normalize());
        [i.dot(&j), i.dot(&k), j.dot(&k)]
            .into_iter()
            .any(|cosine| cosine.abs() > SKEW)
    }

    /// The smallest grid at right angles that holds all voxel centres. Axis i stays, j stays in its
    /// plane, k becomes the normal of both; slices keep their distance along it and their number.
    pub fn unsheared(&self) -> Result<Self, GridError> {
        let axes = self.upright_axes();
        let spacing = [0, 1, 2].map(|axis| self.step(axis).dot(&axes.column(axis)));
        let steps = axes * Matrix3::from_diagonal(&Vector3::from(spacing));
        let to_index = steps.try_inverse().ok_or(GridError::Singular)?;
        let [nx, ny, nz] = self.shape.map(|n| n as f64 - 1.0);
        let corners = (0..8u8).map(|corner| {
            let [i, j, k] = [(0, nx), (1, ny), (2, nz)]
                .map(|(axis, last)| f64::from(corner >> axis & 1) * last);
            to_index * self.index_to_world(IndexPoint::new(i, j, k)).0.coords
        });
        let (low, high) = corners.fold(
            (Vector3::repeat(f64::MAX), Vector3::repeat(f64::MIN)),
            |(low, high), corner| (low.inf(&corner), high.sup(&corner)),
        );
        let shape = [0, 1, 2].map(|axis| {
            let steps = (high[axis] - low[axis] - ROUNDING).ceil().max(0.0);
            steps as usize + 1
        });
        let mut affine = Matrix4::identity();
        affine.fixed_view_mut::<3, 3>(0, 0).copy_from(&steps);
        affine
            .fixed_view_mut::<3, 1>(0, 3)
            .copy_from(&(steps * low));
        Self::new(shape, affine)
    }

    /// Unit vectors in columns: i as it is, j without its part along i, and their normal towards k.
    fn upright_axes(&self) -> Matrix3<f64> {
        let i = self.step(0).normalize();
        let j = (self.step(1) - i * i.dot(&self.step(1))).normalize();
        let normal = i.cross(&j);
        let k = normal * normal.dot(&self.step(2)).signum();
        Matrix3::from_columns(&[i, j, k])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Voxels of 1 x 2 x 3 mm whose slices move `shift` mm along j.
    fn grid(shift: f64) -> Grid {
        #[rustfmt::skip]
        let affine = Matrix4::new(
            -1.0, 0.0, 0.0, 10.0,
            0.0, 2.0, shift, 20.0,
            0.0, 0.0, 3.0, 30.0,
            0.0, 0.0, 0.0, 1.0,
        );
        Grid::new([4, 5, 6], affine).expect("a grid")
    }

    #[test]
    fn only_axes_off_the_right_angle_are_sheared() {
        assert!(!grid(0.0).is_sheared());
        assert!(!grid(1e-4).is_sheared());
        assert!(grid(0.5).is_sheared() && grid(-0.5).is_sheared());
    }

    #[test]
    fn the_upright_grid_reaches_from_the_first_to_the_last_shift() {
        let upright = grid(1.0).unsheared().expect("a grid");
        // 5 steps of 1 mm are 2.5 voxels of 2 mm.
        assert_eq!(upright.shape(), [4, 8, 6]);
        assert!((upright.affine() - grid(0.0).affine()).norm() < 1e-9);
        let upright = grid(-1.0).unsheared().expect("a grid");
        assert_eq!(upright.shape(), [4, 8, 6]);
        assert!((upright.affine()[(1, 3)] - 15.0).abs() < 1e-9);
        assert!(!upright.is_sheared());
    }

    #[test]
    fn an_upright_grid_stays() {
        let upright = grid(0.0).unsheared().expect("a grid");
        assert_eq!(upright.shape(), grid(0.0).shape());
        assert!((upright.affine() - grid(0.0).affine()).norm() < 1e-9);
    }
}
