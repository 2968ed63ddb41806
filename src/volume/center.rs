//! Images moved onto each other.

use super::Volume;
use crate::geometry::{Grid, GridError};
use nalgebra::Vector3;

impl Volume {
    /// The image moved so that the centre of its grid lies at the centre of `fixed`, and by how much in
    /// RAS mm. Directions and voxels stay.
    pub fn centered_on(&self, fixed: &Grid) -> Result<(Self, Vector3<f64>), GridError> {
        let shift = fixed.center().0 - self.grid.center().0;
        let mut affine = *self.grid.affine();
        let origin = affine.fixed_view::<3, 1>(0, 3) + shift;
        affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&origin);
        let mut meta = self.meta().clone();
        meta.derived = true;
        let moved = Self {
            grid: Grid::new(self.grid.shape(), affine)?,
            meta: meta.into(),
            ..self.clone()
        };
        Ok((moved, shift))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Meta, Rescale, Voxel};
    use nalgebra::Matrix3;
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
        let (moved, shift) = moving.centered_on(fixed.grid()).expect("a grid");
        assert!((moved.grid().center().0 - fixed.grid().center().0).norm() < 1e-9);
        assert!((moving.grid().center().0 + shift - fixed.grid().center().0).norm() < 1e-9);
        assert_eq!(moved.grid().direction_lps(), turned);
        assert!(moved.shares_voxels_with(&moving));
    }
}
