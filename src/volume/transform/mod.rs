//! Maps from the points of a fixed image to those of a moving one, and chains of them.
//!
//! Knows where points go; the files that hold transforms are read elsewhere.

mod displacements;
mod field;
mod path;

pub(super) use path::Path;

use super::Volume;
use crate::geometry::WorldPoint;
use field::{Field, in_floats};
use nalgebra::{Matrix4, RowVector4};

/// Where the points of a fixed world lie in a moving one ("pull"): the moving image is brought onto the
/// fixed grid by asking, for each of its points, for the value there.
#[derive(Clone, Debug)]
pub enum Transform {
    /// From the fixed to the moving world, RAS mm.
    Linear(Matrix4<f64>),
    /// A displacement field, made by [`Transform::field`]: x goes to x + u(x), where u holds LPS mm as in
    /// ITK, linearly between its voxels. Outside their cells nothing is displaced, as ITK's
    /// DisplacementFieldTransform has it.
    Field(Volume),
}

/// An image is no displacement field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAField {
    #[error("a displacement field with {0} numbers a voxel instead of 3 (2 in the plane)")]
    Components(usize),
    #[error("a displacement field with {0} time points instead of 1")]
    TimePoints(usize),
}

impl Transform {
    /// A vector image of displacements in LPS mm, of three components, or of two in the plane.
    pub fn field(volume: Volume) -> Result<Self, NotAField> {
        let flat = volume.grid().shape()[2] == 1;
        match (volume.time_points(), volume.components()) {
            (1, 3) => Ok(Self::Field(in_floats(volume))),
            (1, 2) if flat => Ok(Self::Field(in_floats(volume))),
            (1, components) => Err(NotAField::Components(components)),
            (times, _) => Err(NotAField::TimePoints(times)),
        }
    }
}

/// Transforms one after the other: a point of the fixed world goes through the first, then the next.
///
/// An image that was moved by one alignment after the other is sampled through them in the other order,
/// the last alignment first; see [`Chain::of_alignments`].
#[derive(Clone, Debug, Default)]
pub struct Chain(pub Vec<Transform>);

impl Chain {
    /// Of alignments in the order in which they moved the image, the first one first.
    pub fn of_alignments(mut alignments: Vec<Transform>) -> Self {
        alignments.reverse();
        Self(alignments)
    }

    /// The whole map, where every transform is linear.
    pub fn linear(&self) -> Option<Matrix4<f64>> {
        let mut whole = Matrix4::identity();
        for transform in &self.0 {
            match transform {
                Transform::Linear(matrix) => whole = matrix * whole,
                Transform::Field(_) => return None,
            }
        }
        Some(whole)
    }

    /// The map back, where every transform is linear and none is singular.
    pub fn inverse(&self) -> Option<Self> {
        let mut back = self.linear()?.try_inverse()?;
        // Without what rounding left there.
        back.set_row(3, &RowVector4::new(0.0, 0.0, 0.0, 1.0));
        Some(Self(vec![Transform::Linear(back)]))
    }

    /// Where a point of the fixed world lies in the moving one.
    pub fn map(&self, point: WorldPoint) -> WorldPoint {
        WorldPoint(
            self.path(&Matrix4::identity(), &Matrix4::identity())
                .end(point.0),
        )
    }

    /// From what `into` takes to the fixed world, through the chain, and on by `out` of the moving world.
    pub(super) fn path(&self, into: &Matrix4<f64>, out: &Matrix4<f64>) -> Path {
        let mut path = Path::new(*into);
        for transform in &self.0 {
            match transform {
                Transform::Linear(matrix) => path.then(matrix),
                Transform::Field(volume) => path.then_field(Field::new(volume)),
            }
        }
        path.then(out);
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Grid;
    use crate::volume::{Meta, Rescale, Voxel, VoxelData};
    use nalgebra::{Point3, Rotation3, Vector3};
    use ndarray::Array5;

    fn turn() -> Matrix4<f64> {
        Rotation3::from_euler_angles(0.1, -0.2, 0.3).to_homogeneous()
    }

    fn shift() -> Matrix4<f64> {
        Matrix4::new_translation(&Vector3::new(3.0, -4.0, 5.0))
    }

    /// u = (i, 10 j, 100 k) in LPS mm on voxels of 2 mm.
    fn field<T: Voxel>(number: impl Fn(usize) -> T) -> Volume {
        let grid = Grid::new([3, 3, 3], Matrix4::new_scaling(2.0)).expect("a grid");
        let array = Array5::from_shape_fn((1, 3, 3, 3, 3), |(_, k, j, i, c)| {
            number([i, 10 * j, 100 * k][c])
        });
        Volume::new(grid, T::wrap(array), Rescale::IDENTITY, Meta::default()).expect("fits")
    }

    fn near(chain: &Chain, point: [f64; 3], expected: [f64; 3]) {
        let found = chain.map(WorldPoint(point.into())).0;
        let off = (found - Point3::from(expected)).norm();
        assert!(off < 1e-5, "{point:?} went to {found}, not {expected:?}");
    }

    #[test]
    fn a_point_goes_through_the_first_transform_first() {
        let [turn, shift] = [turn(), shift()];
        let chain = Chain(vec![Transform::Linear(turn), Transform::Linear(shift)]);
        assert_eq!(chain.linear(), Some(shift * turn));
        let expected = shift.transform_point(&turn.transform_point(&Point3::new(1.0, 2.0, 3.0)));
        near(&chain, [1.0, 2.0, 3.0], expected.into());
        let moved = Chain::of_alignments(vec![Transform::Linear(shift), Transform::Linear(turn)]);
        assert_eq!(moved.linear(), chain.linear());
    }

    #[test]
    fn an_inverse_leads_back_and_a_singular_map_has_none() {
        let chain = Chain(vec![Transform::Linear(turn()), Transform::Linear(shift())]);
        let point = WorldPoint::new(7.0, 8.0, 9.0);
        let back = chain.inverse().expect("an inverse").map(chain.map(point));
        assert!((back.0 - point.0).norm() < 1e-12);
        assert!(
            Chain(vec![Transform::Linear(Matrix4::zeros())])
                .inverse()
                .is_none()
        );
        assert_eq!(Chain::default().linear(), Some(Matrix4::identity()));
    }

    #[test]
    fn a_field_displaces_between_its_voxels_and_nothing_outside() {
        let whole = field(|n| n as i16);
        let float = field(|n| n as f32);
        for volume in [whole, float] {
            let field = Transform::field(volume).expect("a field");
            let chain = Chain(vec![field]);
            near(&chain, [1.0, 1.0, 1.0], [0.5, -4.0, 51.0]);
            near(&chain, [4.9, 4.0, 0.0], [2.9, -16.0, 0.0]);
            near(&chain, [5.1, 4.0, 0.0], [5.1, 4.0, 0.0]);
            assert!(chain.linear().is_none() && chain.inverse().is_none());
        }
    }

    #[test]
    fn matrices_count_before_and_after_a_field() {
        let field = Transform::field(field(|n| n as f64)).expect("a field");
        let chain = Chain(vec![
            Transform::Linear(shift()),
            field,
            Transform::Linear(turn()),
        ]);
        let there = Point3::new(2.0, 4.0, 2.0) + Vector3::new(-1.0, -20.0, 100.0);
        near(
            &chain,
            [-1.0, 8.0, -3.0],
            turn().transform_point(&there).into(),
        );
    }

    #[test]
    fn an_image_is_not_taken_for_a_field() {
        let grid = Grid::new([2, 2, 1], Matrix4::identity()).expect("a grid");
        let image = |times, components| {
            let array = Array5::zeros((times, 1, 2, 2, components));
            let data = VoxelData::F32(array);
            Volume::new(grid, data, Rescale::IDENTITY, Meta::default()).expect("fits")
        };
        let refused = |times, components| Transform::field(image(times, components)).err();
        assert_eq!(refused(1, 1), Some(NotAField::Components(1)));
        assert_eq!(refused(3, 1), Some(NotAField::TimePoints(3)));
        assert_eq!(refused(1, 2), None);
    }
}
