//! Where a hand has put an image: turned, shifted and scaled by numbers that people read.

use super::WorldPoint;
use nalgebra::{Matrix3, Matrix4, Rotation3, Translation3, Vector3};

/// How an image is moved in the world. First it is scaled along its own axes about its own centre, then
/// turned about `center`, then shifted: a point `y` of the image goes to `R (S(y) - c) + c + t`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// About the x axis, then y, then z of RAS, counted as a right hand turns.
    pub angles_deg: [f64; 3],
    /// RAS mm.
    pub shift_mm: [f64; 3],
    /// Along the image's own three axes; below 0 is mirrored.
    pub scale: [f64; 3],
    /// What stays where it is when the image is turned.
    pub center: WorldPoint,
    /// The image as it lay before, which scaling follows.
    pub body: Body,
}

/// The centre of an image and the directions of its axes, unit vectors in columns, RAS.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    pub center: WorldPoint,
    pub axes: Matrix3<f64>,
}

impl Placement {
    /// The image where it is; it would turn about `center`.
    pub fn resting(center: WorldPoint, body: Body) -> Self {
        Self {
            angles_deg: [0.0; 3],
            shift_mm: [0.0; 3],
            scale: [1.0; 3],
            center,
            body,
        }
    }

    pub fn rotation(&self) -> Rotation3<f64> {
        let [x, y, z] = self.angles_deg.map(f64::to_radians);
        Rotation3::from_euler_angles(x, y, z)
    }

    /// From points of the image to where they lie, RAS mm.
    pub fn push(&self) -> Matrix4<f64> {
        let about = |center: WorldPoint, linear: Matrix3<f64>| {
            let to = Translation3::from(center.0.coords);
            to.to_homogeneous() * linear.to_homogeneous() * to.inverse().to_homogeneous()
        };
        let axes = self.body.axes;
        let back = axes.try_inverse().unwrap_or_else(|| axes.transpose());
        let scale = axes * Matrix3::from_diagonal(&Vector3::from(self.scale)) * back;
        Matrix4::new_translation(&Vector3::from(self.shift_mm))
            * about(self.center, *self.rotation().matrix())
            * about(self.body.center, scale)
    }

    /// From points of the world to those of the image that lie there: as files have it. `None` where a
    /// scale of 0 flattens the image.
    pub fn pull(&self) -> Option<Matrix4<f64>> {
        let flat = self.scale.contains(&0.0);
        self.push().try_inverse().filter(|_| !flat)
    }

    /// Turned further by `angle` (radians) about an axis through the centre of rotation where it lies
    /// now.
    pub fn turned(&self, axis: Vector3<f64>, angle: f64) -> Self {
        let further = Rotation3::new(axis.normalize() * angle);
        let (x, y, z) = (further * self.rotation()).euler_angles();
        Self {
            angles_deg: [x, y, z].map(f64::to_degrees),
            ..*self
        }
    }

    /// Shifted further by `by`, RAS mm.
    pub fn shifted(&self, by: Vector3<f64>) -> Self {
        let mut shift_mm = self.shift_mm;
        for (shift, by) in shift_mm.iter_mut().zip(by.iter()) {
            *shift += by;
        }
        Self { shift_mm, ..*self }
    }

    /// Moved further by `push`, a rigid map of points of the world in RAS mm.
    pub fn pushed(&self, push: &Matrix4<f64>) -> Self {
        let rotation = Rotation3::from_matrix(&push.fixed_view::<3, 3>(0, 0).into_owned());
        let hub = self.hub().0;
        let turned = match rotation.axis_angle() {
            Some((axis, angle)) => self.turned(axis.into_inner(), angle),
            None => *self,
        };
        turned.shifted(push.transform_point(&hub) - hub)
    }

    /// The same place in the world, to be turned about the point that now lies at `hub`.
    pub fn about(&self, hub: WorldPoint) -> Self {
        // R (y - c) + c + t = R (y - c') + c' + t' where R (c' - c) + c + t = hub of the image: the new
        // centre is the point that is seen at the hub, and the rest of the way is its shift.
        let rotation = self.rotation();
        let shift = Vector3::from(self.shift_mm);
        let center = self.center.0 + rotation.inverse() * (hub.0 - shift - self.center.0);
        Self {
            center: WorldPoint(center),
            shift_mm: (hub.0 - center).into(),
            ..*self
        }
    }

    /// Where the centre of rotation lies now.
    pub fn hub(&self) -> WorldPoint {
        WorldPoint(self.center.0 + Vector3::from(self.shift_mm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Point3, vector};
    use proptest::prelude::*;

    fn point(x: f64, y: f64, z: f64) -> WorldPoint {
        WorldPoint(Point3::new(x, y, z))
    }

    fn resting() -> Placement {
        let turned = Rotation3::from_euler_angles(0.1, -0.2, 0.3);
        let body = Body {
            center: point(5.0, 6.0, 7.0),
            axes: *turned.matrix(),
        };
        Placement::resting(point(10.0, -20.0, 30.0), body)
    }

    fn same(a: Matrix4<f64>, b: Matrix4<f64>) -> bool {
        (a - b).abs().max() < 1e-9
    }

    #[test]
    fn an_image_at_rest_is_not_moved() {
        assert!(same(resting().push(), Matrix4::identity()));
    }

    #[test]
    fn a_quarter_turn_about_z_takes_right_to_front_and_leaves_the_centre() {
        let placement = Placement {
            angles_deg: [0.0, 0.0, 90.0],
            ..resting()
        };
        let center = placement.center.0;
        let moved = placement
            .push()
            .transform_point(&(center + vector![1.0, 0.0, 0.0]));
        assert!((moved - center - vector![0.0, 1.0, 0.0]).norm() < 1e-12);
        assert!((placement.push().transform_point(&center) - center).norm() < 1e-12);
    }

    #[test]
    fn scaling_leaves_the_images_own_centre_and_follows_its_own_axes() {
        let placement = Placement {
            scale: [2.0, 1.0, -1.0],
            ..resting()
        };
        let (at, axes) = (placement.body.center.0, placement.body.axes);
        let moved = |by: Vector3<f64>| placement.push().transform_point(&(at + by)) - at;
        let along = |axis: usize| axes.column(axis).into_owned();
        assert!((moved(along(0)) - 2.0 * along(0)).norm() < 1e-12);
        assert!((moved(along(1)) - along(1)).norm() < 1e-12);
        assert!((moved(along(2)) + along(2)).norm() < 1e-12);
    }

    #[test]
    fn a_flattened_image_has_no_way_back() {
        let placement = Placement {
            scale: [1.0, 0.0, 1.0],
            ..resting()
        };
        assert_eq!(placement.pull(), None);
    }

    proptest! {
        #[test]
        fn turning_further_is_a_turn_about_the_hub_in_the_world(
            angles in prop::array::uniform3(-80.0..80.0f64),
            shift in prop::array::uniform3(-50.0..50.0f64),
            angle in -3.0..3.0f64,
        ) {
            let placement = Placement { angles_deg: angles, shift_mm: shift, ..resting() };
            let axis = vector![1.0, 2.0, -0.5];
            let hub = Translation3::from(placement.hub().0.coords);
            let turn = Rotation3::new(axis.normalize() * angle).to_homogeneous();
            let expected =
                hub.to_homogeneous() * turn * hub.inverse().to_homogeneous() * placement.push();
            prop_assert!(same(placement.turned(axis, angle).push(), expected));
        }

        #[test]
        fn a_rigid_push_comes_after_all_before(
            angles in prop::array::uniform3(-80.0..80.0f64),
            shift in prop::array::uniform3(-50.0..50.0f64),
            scale in prop::array::uniform3(0.5..2.0f64),
        ) {
            let placement = Placement { angles_deg: angles, shift_mm: shift, scale, ..resting() };
            let [x, y, z] = angles.map(f64::to_radians);
            let push = Matrix4::new_translation(&vector![1.0, -20.0, 3.0])
                * Rotation3::from_euler_angles(z, x, y).to_homogeneous();
            prop_assert!(same(placement.pushed(&push).push(), push * placement.push()));
        }

        #[test]
        fn another_centre_of_rotation_moves_nothing(
            angles in prop::array::uniform3(-80.0..80.0f64),
            shift in prop::array::uniform3(-50.0..50.0f64),
            hub in prop::array::uniform3(-100.0..100.0f64),
        ) {
            let scale = [1.5, -1.0, 0.7];
            let placement = Placement { angles_deg: angles, shift_mm: shift, scale, ..resting() };
            let hub = point(hub[0], hub[1], hub[2]);
            let about = placement.about(hub);
            prop_assert!(same(about.push(), placement.push()));
            prop_assert!((about.hub().0 - hub.0).norm() < 1e-9);
        }
    }
}
