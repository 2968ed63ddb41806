//! How the values of an image are spread: its centre of mass and the axes about it, for bringing two images
//! roughly together.

use super::Volume;
use crate::geometry::{IndexPoint, WorldPoint};
use nalgebra::{Matrix3, Matrix4, Vector3, Vector4};
use rayon::prelude::*;

/// The first and second moments of an image, in RAS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub center: WorldPoint,
    /// Mean product of the distances from the centre along two axes, mm².
    pub covariance: Matrix3<f64>,
}

impl Volume {
    /// The moments with the weights of [`Volume::center_of_mass`]: of each voxel its value minus the lowest
    /// finite one. `None` for a constant image.
    pub fn moments(&self) -> Option<Moments> {
        let [nt, nz, ..] = self.data().dim();
        let lowest = self.lowest_finite();
        let slices = (0..nt * nz).into_par_iter();
        let sums: Vec<Matrix4<f64>> = slices
            .map(|n| self.sums_of_slice(n / nz, n % nz, lowest))
            .collect();
        // In order, so that the sum does not depend on the number of threads.
        let sums: Matrix4<f64> = sums.into_iter().sum();
        let mass = sums[(3, 3)];
        let index_mean = sums.fixed_view::<3, 1>(0, 3) / mass;
        let spread = sums.fixed_view::<3, 3>(0, 0) / mass - index_mean * index_mean.transpose();
        let steps = self.grid().affine().fixed_view::<3, 3>(0, 0).into_owned();
        let middle = self.middle() + index_mean;
        let covariance = steps * spread * steps.transpose();
        let found = mass > 0.0 && covariance.iter().all(|v| v.is_finite());
        found.then(|| Moments {
            center: self.grid().index_to_world(IndexPoint(middle.into())),
            covariance,
        })
    }

    /// The sum of weight times p pᵀ, where p is `(i, j, k, 1)` from the grid's middle, which keeps digits.
    fn sums_of_slice(&self, t: usize, k: usize, lowest: f64) -> Matrix4<f64> {
        let middle = self.middle();
        let mut sums = Matrix4::zeros();
        self.each_finite(t, k, |j, i, value| {
            let [x, y, z] = (Vector3::new(i as f64, j as f64, k as f64) - middle).into();
            let place = Vector4::new(x, y, z, 1.0);
            sums += place * (place * (value - lowest)).transpose();
        });
        sums
    }

    fn middle(&self) -> Vector3<f64> {
        Vector3::from(self.grid().shape().map(|n| (n as f64 - 1.0) / 2.0))
    }
}

impl Moments {
    /// The rigid map from this, the fixed image, to the `moving` one (RAS mm) that takes centre to centre and
    /// axis of spread to axis of spread, longest to longest. Moments do not tell an axis from its reverse: of
    /// the four rotations the smallest is taken. Axes of the same length, as a ball has, are arbitrary.
    pub fn matched_to(&self, moving: &Self) -> Matrix4<f64> {
        let [fixed_axes, moving_axes] = [self.axes(), moving.axes()];
        let turned = |signs: [f64; 3]| {
            moving_axes * Matrix3::from_diagonal(&signs.into()) * fixed_axes.transpose()
        };
        let signs =
            (0..8).map(|n| [0, 1, 2].map(|axis| if n >> axis & 1 == 0 { 1.0 } else { -1.0 }));
        let rotations = signs.map(turned).filter(|turn| turn.determinant() > 0.0);
        let rotation = rotations
            .max_by(|a, b| a.trace().total_cmp(&b.trace()))
            .unwrap_or_else(Matrix3::identity);
        let shift = moving.center.0.coords - rotation * self.center.0.coords;
        let mut matrix = rotation.to_homogeneous();
        matrix.fixed_view_mut::<3, 1>(0, 3).copy_from(&shift);
        matrix
    }

    /// Unit directions of spread in columns, the longest first.
    fn axes(&self) -> Matrix3<f64> {
        let found = self.covariance.symmetric_eigen();
        let mut order = [0, 1, 2];
        order.sort_by(|a, b| found.eigenvalues[*b].total_cmp(&found.eigenvalues[*a]));
        Matrix3::from_columns(&order.map(|n| found.eigenvectors.column(n).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Grid;
    use crate::volume::{Meta, Rescale, Voxel};
    use nalgebra::{Point3, Rotation3};
    use ndarray::Array5;

    /// An ellipsoid with a half axis for each world axis, turned and shifted with its values, on a grid that
    /// stays.
    fn ellipsoid(placed: &Matrix4<f64>) -> Volume {
        let affine = Matrix4::new_translation(&Vector3::new(-30.0, -30.0, -30.0))
            * Matrix4::new_nonuniform_scaling(&Vector3::new(1.0, 1.5, 2.0));
        let grid = Grid::new([61, 41, 31], affine).expect("a grid");
        let back = placed.try_inverse().expect("invertible");
        let value = |voxel: [usize; 3]| {
            let point = back.transform_point(&grid.index_to_world(IndexPoint::from(voxel)).0);
            let reach = Vector3::new(point.x / 20.0, point.y / 13.0, point.z / 8.0).norm();
            (1.0 - reach).max(0.0) as f32 - 0.25
        };
        let shape = (1, 31, 41, 61, 1);
        let array = Array5::from_shape_fn(shape, |(_, k, j, i, _)| value([i, j, k]));
        Volume::new(grid, f32::wrap(array), Rescale::IDENTITY, Meta::default()).expect("fits")
    }

    #[test]
    fn a_turned_and_shifted_body_is_brought_back() {
        let turn = Rotation3::from_euler_angles(0.2, -0.3, 0.4).to_homogeneous();
        let placed = Matrix4::new_translation(&Vector3::new(3.0, -4.0, 2.0)) * turn;
        let moments = |volume: Volume| volume.moments().expect("moments");
        let fixed = moments(ellipsoid(&Matrix4::identity()));
        let moving = moments(ellipsoid(&placed));
        let found = fixed.matched_to(&moving);
        for corner in [[20.0, 0.0, 0.0], [0.0, 13.0, 0.0], [0.0, 0.0, 8.0]] {
            let corner = Point3::from(corner);
            let off = (found.transform_point(&corner) - placed.transform_point(&corner)).norm();
            assert!(off < 0.2, "{corner} is off by {off} mm");
        }
    }

    #[test]
    fn the_centre_is_that_of_mass_and_constant_images_have_none() {
        let volume = ellipsoid(&Matrix4::new_translation(&Vector3::new(3.0, -4.0, 2.0)));
        let center = volume.moments().expect("moments").center.0;
        let expected = volume.center_of_mass().expect("a centre").0;
        assert!((center - expected).norm() < 1e-9);
        let data = f32::wrap(Array5::from_elem((1, 31, 41, 61, 1), 1.0));
        let flat = Volume::new(*volume.grid(), data, Rescale::IDENTITY, Meta::default());
        assert!(flat.expect("fits").moments().is_none());
    }
}
