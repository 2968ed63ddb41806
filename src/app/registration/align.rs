//! Images that lie far apart: how far, and the source moved onto the target.

use crate::geometry::Grid;
use crate::volume::{Meta, Volume};

/// The distance of the centres in mm, where it is more than a quarter of the target's longest side:
/// farther than demons can pull.
pub fn far_apart(source: &Grid, target: &Grid) -> Option<f64> {
    let distance = (target.center().0 - source.center().0).norm();
    let (shape, spacing) = (target.shape(), target.spacing());
    let longest = (0..3)
        .map(|axis| shape[axis] as f64 * spacing[axis])
        .fold(0.0, f64::max);
    (distance > 0.25 * longest).then_some(distance)
}

/// `source` shifted so that its centre lies on that of `target`; no voxel is changed.
pub fn centered(source: &Volume, name: &str, target: &Grid) -> Option<Volume> {
    let grid = source.grid();
    let shift = target.center().0 - grid.center().0;
    let mut affine = *grid.affine();
    for axis in 0..3 {
        affine[(axis, 3)] += shift[axis];
    }
    let grid = Grid::new(grid.shape(), affine).ok()?;
    let moved = source.moved_to(grid).ok()?;
    let meta = Meta {
        name: format!("{name}, centred"),
        path: None,
        derived: true,
        ..moved.meta().clone()
    };
    Some(moved.with_meta(meta))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Matrix4;

    fn grid(x: f64) -> Grid {
        let affine = Matrix4::new_translation(&nalgebra::Vector3::new(x, 0.0, 0.0));
        Grid::new([100, 80, 1], affine).expect("a grid")
    }

    #[test]
    fn only_what_lies_farther_than_a_quarter_of_the_image_is_far() {
        assert_eq!(far_apart(&grid(20.0), &grid(0.0)), None);
        assert_eq!(far_apart(&grid(30.0), &grid(0.0)), Some(30.0));
    }
}
