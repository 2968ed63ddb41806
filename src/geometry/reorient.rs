//! Other voxel axes for a grid: permuted and reversed where they lie, or given other directions.

use super::{Grid, Orientation};
use nalgebra::{Matrix4, Vector4};

/// How the voxel axes of one orientation become those of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AxisMap {
    /// The old axis that each new one is.
    pub from: [usize; 3],
    /// Whether a new axis runs against the old one.
    pub reversed: [bool; 3],
}

impl AxisMap {
    pub fn between(old: Orientation, new: Orientation) -> Self {
        let from = [0, 1, 2].map(|axis| old.voxel_axis_along(new.toward(axis).world_axis()));
        Self {
            from,
            reversed: [0, 1, 2].map(|axis| old.toward(from[axis]) != new.toward(axis)),
        }
    }

    pub fn is_identity(&self) -> bool {
        self.from == [0, 1, 2] && self.reversed == [false; 3]
    }

    /// The new shape `(nx, ny, nz)` of what had the shape `old`.
    pub fn shape(&self, old: [usize; 3]) -> [usize; 3] {
        self.from.map(|axis| old[axis])
    }

    /// New indices to old ones, for a grid that had the shape `old`.
    fn new_to_old(self, old: [usize; 3]) -> Matrix4<f64> {
        let mut matrix = Matrix4::from_diagonal(&Vector4::new(0.0, 0.0, 0.0, 1.0));
        for (new, &axis) in self.from.iter().enumerate() {
            if self.reversed[new] {
                matrix[(axis, new)] = -1.0;
                matrix[(axis, 3)] = (old[axis] - 1) as f64;
            } else {
                matrix[(axis, new)] = 1.0;
            }
        }
        matrix
    }

    /// Old indices to new ones.
    fn old_to_new(self, old: [usize; 3]) -> Matrix4<f64> {
        let mut matrix = Matrix4::from_diagonal(&Vector4::new(0.0, 0.0, 0.0, 1.0));
        for (new, &axis) in self.from.iter().enumerate() {
            if self.reversed[new] {
                matrix[(new, axis)] = -1.0;
                matrix[(new, 3)] = (old[axis] - 1) as f64;
            } else {
                matrix[(new, axis)] = 1.0;
            }
        }
        matrix
    }
}

impl Grid {
    /// The same voxels at the same places, counted along axes that are permuted and reversed until
    /// they are nearest to `to`. Oblique and sheared grids stay as they lie.
    pub fn reoriented(&self, to: Orientation) -> Self {
        let map = AxisMap::between(self.orientation(), to);
        if map.is_identity() {
            return *self;
        }
        Self {
            shape: map.shape(self.shape),
            index_to_world: without_minus_0(self.index_to_world * map.new_to_old(self.shape)),
            world_to_index: map.old_to_new(self.shape) * self.world_to_index,
        }
    }

    /// The same shape, spacing and origin (the centre of voxel `(0, 0, 0)`) with axes that run
    /// exactly as `to` says, as ITK-SNAP's Reorient Image does it: the voxels get other places. An
    /// oblique or sheared grid becomes straight.
    pub fn relabelled(&self, to: Orientation) -> Self {
        let spacing = self.spacing();
        let mut index_to_world = Matrix4::from_diagonal(&Vector4::new(0.0, 0.0, 0.0, 1.0));
        let mut world_to_index = index_to_world;
        for row in 0..3 {
            index_to_world[(row, 3)] = self.index_to_world[(row, 3)];
        }
        for (axis, spacing) in spacing.into_iter().enumerate() {
            let toward = to.toward(axis);
            let (world, sign) = (
                toward.world_axis(),
                if toward.is_positive() { 1.0 } else { -1.0 },
            );
            index_to_world[(world, axis)] = sign * spacing;
            world_to_index[(axis, world)] = sign / spacing;
            world_to_index[(axis, 3)] = -sign * index_to_world[(world, 3)] / spacing;
        }
        Self {
            shape: self.shape,
            index_to_world,
            world_to_index,
        }
    }
}

/// Adding 0 turns -0 into 0, which would be shown with its sign.
fn without_minus_0(matrix: Matrix4<f64>) -> Matrix4<f64> {
    matrix.map(|v| v + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{IndexPoint, WorldPoint};
    use nalgebra::Matrix3;
    use proptest::prelude::*;

    fn oblique() -> Grid {
        let mut m = Matrix4::identity();
        m.fixed_view_mut::<3, 3>(0, 0).copy_from(&Matrix3::new(
            -0.9, 0.1, 0.3, //
            0.2, 1.8, -0.1, //
            0.1, 0.2, 2.5,
        ));
        m[(0, 3)] = 100.0;
        Grid::new([3, 4, 5], m).expect("a grid")
    }

    fn close(a: &Matrix4<f64>, b: &Matrix4<f64>) -> bool {
        (a - b).norm() < 1e-9
    }

    #[test]
    fn from_every_orientation_to_every_other_and_back_is_the_same_grid() {
        for a in Orientation::all() {
            let first = oblique().reoriented(a);
            assert_eq!(first.orientation(), a);
            for b in Orientation::all() {
                let back = first.reoriented(b).reoriented(a);
                assert_eq!(back.shape(), first.shape());
                assert!(close(back.affine(), first.affine()), "{a} by {b}");
                assert!(close(back.inverse_affine(), first.inverse_affine()));
            }
        }
    }

    #[test]
    fn a_relabelled_grid_keeps_origin_and_spacing_and_has_the_orientation() {
        for to in Orientation::all() {
            let grid = oblique().relabelled(to);
            assert_eq!(grid.orientation(), to);
            assert_eq!(grid.origin_lps(), oblique().origin_lps());
            assert_eq!(grid.spacing(), oblique().spacing());
            assert_eq!(grid.obliquity_deg(), 0.0);
            assert!(close(
                &(grid.affine() * grid.inverse_affine()),
                &Matrix4::identity()
            ));
        }
    }

    #[test]
    fn relabelling_there_and_back_is_the_same_straight_grid() {
        let ras = Orientation::parse_to("RAS").expect("a code");
        let straight = oblique().relabelled(ras);
        for to in Orientation::all() {
            assert_eq!(straight.relabelled(to).relabelled(ras), straight);
        }
    }

    proptest! {
        #[test]
        fn a_voxel_stays_at_its_place(n in 0usize..48, i in 0usize..3, j in 0usize..4, k in 0usize..5) {
            let to = Orientation::all().nth(n).expect("one of 48");
            let (old, new) = (oblique(), oblique().reoriented(to));
            let at: WorldPoint = old.index_to_world(IndexPoint::from([i, j, k]));
            let voxel = new.world_to_index(at).nearest_voxel(new.shape());
            let map = AxisMap::between(old.orientation(), to);
            let expected = [0, 1, 2].map(|axis| {
                let n = [i, j, k][map.from[axis]];
                if map.reversed[axis] { new.shape()[axis] - 1 - n } else { n }
            });
            prop_assert_eq!(voxel, Some(expected));
        }
    }
}
