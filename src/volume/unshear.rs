//! Sheared images, such as those of a tilted gantry, on grids at right angles.

use super::{NoticeKind, Resampling, Volume, summary};
use crate::geometry::Grid;

impl Volume {
    /// The grid of [`Self::unsheared`], to know its size before.
    pub fn upright_grid(&self) -> Option<Grid> {
        if !self.grid.is_sheared() {
            return None;
        }
        let even = self.even_grid().unwrap_or(self.grid);
        even.unsheared().ok()
    }

    /// The image on the smallest grid at right angles that holds it, with its rows and columns and
    /// slices along their normal; linear between voxels, the lowest value where no slice reaches. Slices
    /// at uneven steps are spaced evenly on the way, as their shift goes with their place. `None` when
    /// it is not sheared.
    pub fn unsheared(&self) -> Option<Self> {
        let grid = self.upright_grid()?;
        let even = self.evenly_spaced();
        let source = even.as_ref().unwrap_or(self);
        let lowest = Some(summary(source).min).filter(|low| low.is_finite());
        let upright = source.resampled(&grid, Resampling::Linear, lowest.unwrap_or(0.0));
        let mut meta = upright.meta().clone();
        meta.notices
            .retain(|notice| notice.kind != NoticeKind::GantryTilt);
        Some(upright.with_meta(meta))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::{Meta, Notice, Rescale, Voxel};
    use nalgebra::Matrix4;
    use ndarray::Array5;

    /// Values that are linear in the world, on slices that move along j.
    fn tilted() -> Volume {
        #[rustfmt::skip]
        let affine = Matrix4::new(
            1.0, 0.0, 0.0, 5.0,
            0.0, 2.0, 1.0, -7.0,
            0.0, 0.0, 3.0, 11.0,
            0.0, 0.0, 0.0, 1.0,
        );
        let grid = Grid::new([3, 10, 4], affine).expect("a grid");
        let array = Array5::from_shape_fn((1, 4, 10, 3, 1), |(_, k, j, i, _)| {
            let world = affine * nalgebra::Vector4::new(i as f64, j as f64, k as f64, 1.0);
            world.x + 10.0 * world.y + 100.0 * world.z
        });
        let meta = Meta {
            notices: vec![Notice::new(NoticeKind::GantryTilt, "tilted")],
            ..Meta::default()
        };
        Volume::new(grid, f64::wrap(array), Rescale::IDENTITY, meta).expect("fits")
    }

    #[test]
    fn values_stay_at_their_place_in_the_world() {
        let image = tilted();
        let upright = image.unsheared().expect("it is sheared");
        assert!(upright.meta().notices.is_empty() && upright.meta().derived);
        assert_eq!(upright.grid().shape(), [3, 12, 4]);
        let lowest = summary(&image).min;
        let (mut inside, mut outside) = (0, 0);
        for k in 0..4 {
            for j in 0..12 {
                let [x, y, z] = [6.0, 2.0 * j as f64 - 7.0, 3.0 * k as f64 + 11.0];
                let value = upright.value([1, j, k], 0, 0).expect("inside");
                let along = j as f64 - k as f64 / 2.0;
                if (0.0..=9.0).contains(&along) {
                    assert!((value - (x + 10.0 * y + 100.0 * z)).abs() < 1e-9);
                    inside += 1;
                } else if !(-0.5..9.5).contains(&along) {
                    assert_eq!(value, lowest);
                    outside += 1;
                }
            }
        }
        assert!(inside > 35 && outside > 3, "{inside} {outside}");
    }

    #[test]
    fn an_image_at_right_angles_is_left_alone() {
        let upright = tilted().unsheared().expect("it is sheared");
        assert!(upright.unsheared().is_none());
    }
}
