//! Centres of images, and images moved onto each other.

use super::components::each_magnitude;
use super::{ShapeMismatch, Volume};
use crate::geometry::{Grid, GridError, IndexPoint, WorldPoint};
use crate::with_voxels;
use nalgebra::{Point3, Vector3, Vector4};
use ndarray::s;
use rayon::prelude::*;

impl Volume {
    /// The same voxels on `grid`, which has their shape: the image lies elsewhere in the world.
    pub fn moved_to(&self, grid: Grid) -> Result<Self, ShapeMismatch> {
        let mut moved = self.with_grid(grid)?;
        if !grid.same_as(&self.grid) {
            let mut meta = self.meta().clone();
            meta.moved = true;
            moved.meta = meta.into();
        }
        Ok(moved)
    }

    /// The image moved by `shift` in RAS mm. Directions and voxels stay.
    pub fn moved_by(&self, shift: Vector3<f64>) -> Result<Self, GridError> {
        let mut affine = *self.grid.affine();
        let origin = affine.fixed_view::<3, 1>(0, 3) + shift;
        affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&origin);
        let mut meta = self.meta().clone();
        meta.derived = true;
        meta.moved = true;
        Ok(Self {
            grid: Grid::new(self.grid.shape(), affine)?,
            meta: meta.into(),
            ..self.clone()
        })
    }

    /// The mean place of the voxels, each weighted by its value minus the lowest finite one, over all
    /// times; of several components the magnitude counts, values that are not finite do not. `None` for
    /// a constant image. ITK's CenteredTransformInitializer (moments) takes the values themselves, which
    /// is the same where the lowest is 0 but has no meaning where values are negative, as in CT.
    pub fn center_of_mass(&self) -> Option<WorldPoint> {
        let [nt, nz, ..] = self.data().dim();
        let slices = || (0..nt * nz).into_par_iter().map(|n| (n / nz, n % nz));
        let lowest = self.lowest_finite();
        let masses: Vec<_> = slices()
            .map(|(t, k)| self.mass_of_slice(t, k, lowest))
            .collect();
        // In order, so that the sum does not depend on the number of threads.
        let mass: Vector4<f64> = masses.into_iter().sum();
        let center = Point3::from_homogeneous(mass)?;
        let found = center.iter().all(|place| place.is_finite());
        found.then(|| self.grid.index_to_world(IndexPoint(center)))
    }

    /// The lowest finite value of all times, of several components of their magnitude.
    pub(super) fn lowest_finite(&self) -> f64 {
        let [nt, nz, ..] = self.data().dim();
        let slices = (0..nt * nz).into_par_iter();
        let lowest = slices.map(|n| self.lowest_of_slice(n / nz, n % nz));
        lowest.reduce(|| f64::INFINITY, f64::min)
    }

    fn lowest_of_slice(&self, t: usize, k: usize) -> f64 {
        let mut lowest = f64::INFINITY;
        self.each_finite(t, k, |_, _, value| lowest = lowest.min(value));
        lowest
    }

    /// The sums of weighted indices `(i, j, k)` and of weights.
    fn mass_of_slice(&self, t: usize, k: usize, lowest: f64) -> Vector4<f64> {
        let [mut along_i, mut along_j, mut mass] = [0.0; 3];
        self.each_finite(t, k, |j, i, value| {
            let weight = value - lowest;
            along_i += weight * i as f64;
            along_j += weight * j as f64;
            mass += weight;
        });
        Vector4::new(along_i, along_j, mass * k as f64, mass)
    }

    /// Row, column and value of each finite voxel of a slice.
    pub(super) fn each_finite(&self, t: usize, k: usize, mut with: impl FnMut(usize, usize, f64)) {
        let linear = self.rescale().of_slice(t, k, self.grid.shape()[2]);
        with_voxels!(self.data(), array => {
            each_magnitude(&array.slice(s![t, k, .., .., ..]), linear, |j, i, value| {
                if value.is_finite() {
                    with(j, i, value);
                }
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Meta, Rescale, Voxel};
    use nalgebra::{Matrix3, Matrix4};
    use ndarray::Array5;

    fn volume(shape: [usize; 3], origin: [f64; 3], direction: Matrix3<f64>) -> Volume {
        let [nx, ny, nz] = shape;
        let grid = Grid::from_lps(shape, origin, direction, [0.5, 1.0, 2.0]).expect("a grid");
        let array = u8::wrap(Array5::zeros((1, nz, ny, nx, 1)));
        Volume::new(grid, array, Rescale::IDENTITY, Meta::default()).expect("fits")
    }

    #[test]
    fn centres_fall_together_and_directions_stay() {
        let turned = Matrix3::new(0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 1.0);
        let fixed = volume([10, 20, 30], [1.0, 2.0, 3.0], Matrix3::identity());
        let moving = volume([7, 8, 9], [-50.0, 0.0, 20.0], turned);
        let shift = fixed.grid().center().0 - moving.grid().center().0;
        let moved = moving.moved_by(shift).expect("a grid");
        assert!((moved.grid().center().0 - fixed.grid().center().0).norm() < 1e-9);
        assert_eq!(moved.grid().direction_lps(), turned);
        assert!(moved.shares_voxels_with(&moving));
    }

    fn line<T: Voxel>(numbers: Vec<T>, rescale: Rescale) -> Volume {
        let affine = Matrix4::new(
            -2.0, 0.0, 0.0, 10.0, 0.0, 1.0, 0.0, 5.0, 0.0, 0.0, 1.0, -3.0, 0.0, 0.0, 0.0, 1.0,
        );
        let grid = Grid::new([numbers.len(), 1, 1], affine).expect("a grid");
        let array = Array5::from_shape_vec((1, 1, 1, numbers.len(), 1), numbers).expect("fits");
        Volume::new(grid, T::wrap(array), rescale, Meta::default()).expect("fits")
    }

    #[test]
    fn the_lowest_value_weighs_nothing() {
        let ct = line(vec![-1000i16, -1000, 0, 0, -1000], Rescale::IDENTITY);
        let center = ct.center_of_mass().expect("a centre");
        assert_eq!(center.0, Point3::new(5.0, 5.0, -3.0));
        let dots = line(
            vec![f32::NAN, 1.0, f32::INFINITY, 1.0, 3.0],
            Rescale::IDENTITY,
        );
        let center = dots.center_of_mass().expect("a centre");
        assert_eq!(center.0.x, 2.0);
    }

    #[test]
    fn a_constant_image_has_no_centre_of_mass() {
        assert!(
            line(vec![0.1f64; 7], Rescale::IDENTITY)
                .center_of_mass()
                .is_none()
        );
        assert!(
            line(vec![f32::NAN; 2], Rescale::IDENTITY)
                .center_of_mass()
                .is_none()
        );
    }

    #[test]
    fn a_moved_image_takes_its_centre_along() {
        let image = line(vec![1u8, 5, 2], Rescale::IDENTITY);
        let shift = Vector3::new(1.5, -2.0, 40.0);
        let moved = image.moved_by(shift).expect("a grid");
        let [before, after] =
            [&image, &moved].map(|image| image.center_of_mass().expect("a centre"));
        assert!((after.0 - before.0 - shift).norm() < 1e-12);
        assert!(image.moved_by(Vector3::new(f64::NAN, 0.0, 0.0)).is_err());
    }
}
