//! A linear transform as people set it by hand: angles, shifts and scales.

use super::{Grid, WorldPoint};
use nalgebra::{Matrix3, Matrix4, Rotation3, Vector3};

/// A map from the fixed to the moving world, RAS mm, in the terms of ITK-SNAP's manual registration:
/// a point turns about `center` and is shifted, then it is scaled about the centre of the moving image along
/// that image's voxel axes. As the map says where the moving image is looked at, that image itself seems to
/// turn and to shift the other way, and to shrink where a scale is above 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// About the RAS axes x, then y, then z, degrees; positive from x to y, y to z, z to x.
    pub angles_deg: [f64; 3],
    /// Along the RAS axes.
    pub translation_mm: [f64; 3],
    /// Along the moving image's voxel axes i, j, k; below 0 where the axis is flipped, never 0.
    pub scale: [f64; 3],
    /// What stays where it is when only the angles change.
    pub center: WorldPoint,
}

/// Where and along which directions a pose scales.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScalingFrame {
    /// Orthonormal, one direction in RAS per column.
    axes: Matrix3<f64>,
    center: WorldPoint,
}

/// A pose found in a matrix, and what it leaves out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundPose {
    pub pose: Pose,
    /// How far the pose's matrix is from the one that was given: the largest difference of an element of the
    /// linear part. A matrix with shear along the voxel axes is no pose.
    pub lost: f64,
}

impl ScalingFrame {
    /// The RAS axes about the world's origin.
    pub fn world() -> Self {
        Self {
            axes: Matrix3::identity(),
            center: WorldPoint::ORIGIN,
        }
    }

    /// The voxel axes of an image about its centre; of a sheared one the nearest axes at right angles.
    pub fn of(grid: &Grid) -> Self {
        let directions = Matrix3::from_fn(|row, axis| grid.step(axis)[row] / grid.spacing()[axis]);
        Self {
            axes: nearest_orthonormal(&directions),
            center: grid.center(),
        }
    }
}

impl Pose {
    /// Nothing turned, shifted or scaled.
    pub fn identity(center: WorldPoint) -> Self {
        Self {
            angles_deg: [0.0; 3],
            translation_mm: [0.0; 3],
            scale: [1.0; 3],
            center,
        }
    }

    /// Fixed to moving world, RAS mm.
    pub fn to_matrix(&self, frame: &ScalingFrame) -> Matrix4<f64> {
        let center = self.center.0.coords;
        let shift = Vector3::from(self.translation_mm);
        let turned = about(&self.rotation(), center + shift, center);
        let frame_center = frame.center.0.coords;
        about(&self.scaling(frame), frame_center, frame_center) * turned
    }

    /// The pose about `center` whose matrix is nearest to `matrix`, which is invertible. Of a mirroring one
    /// that axis is flipped which leaves the smallest rotation; two flips are a half turn.
    pub fn of_matrix(matrix: &Matrix4<f64>, center: WorldPoint, frame: &ScalingFrame) -> FoundPose {
        let linear = matrix.fixed_view::<3, 3>(0, 0).into_owned();
        let scaled_rows = frame.axes.transpose() * linear;
        let (scale, rotation) = scaled_rotation(&scaled_rows, frame);
        let (x, y, z) = Rotation3::from_matrix_unchecked(rotation).euler_angles();
        let mut pose = Self {
            angles_deg: [x, y, z].map(f64::to_degrees),
            scale,
            ..Self::identity(center)
        };
        // The centre goes to itself and the shift before it is scaled.
        let frame_center = frame.center.0.coords;
        let reached = matrix.transform_point(&center.0).coords - frame_center;
        let unscaled = frame.axes.transpose() * reached;
        let unscaled = frame.axes * Vector3::from_fn(|axis, _| unscaled[axis] / scale[axis]);
        pose.translation_mm = (unscaled + frame_center - center.0.coords).into();
        let lost = pose.to_matrix(frame).fixed_view::<3, 3>(0, 0) - linear;
        FoundPose {
            pose,
            lost: lost.amax(),
        }
    }

    fn rotation(&self) -> Matrix3<f64> {
        let [x, y, z] = self.angles_deg.map(f64::to_radians);
        *Rotation3::from_euler_angles(x, y, z).matrix()
    }

    fn scaling(&self, frame: &ScalingFrame) -> Matrix3<f64> {
        frame.axes * Matrix3::from_diagonal(&self.scale.into()) * frame.axes.transpose()
    }
}

/// `linear` about `center`, which goes to `reached`.
fn about(linear: &Matrix3<f64>, reached: Vector3<f64>, center: Vector3<f64>) -> Matrix4<f64> {
    let mut matrix = linear.to_homogeneous();
    let offset = reached - linear * center;
    matrix.fixed_view_mut::<3, 1>(0, 3).copy_from(&offset);
    matrix
}

/// The scales and the rotation whose product with them, rows in the frame's axes, is nearest to `rows`.
fn scaled_rotation(rows: &Matrix3<f64>, frame: &ScalingFrame) -> ([f64; 3], Matrix3<f64>) {
    let lengths: [f64; 3] = std::array::from_fn(|axis| rows.row(axis).norm());
    let directions = Matrix3::from_fn(|row, column| rows[(row, column)] / lengths[row]);
    let turned = nearest_orthonormal(&directions);
    let flips = if (frame.axes * turned).determinant() < 0.0 {
        [[-1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [1.0, 1.0, -1.0]]
            .into_iter()
            .max_by(|a, b| {
                let upright = |flips| (frame.axes * flipped(&turned, flips)).trace();
                upright(*a).total_cmp(&upright(*b))
            })
            .unwrap_or([-1.0, 1.0, 1.0])
    } else {
        [1.0; 3]
    };
    // Of sheared rows only the part along the rotation's axes counts.
    let scale = std::array::from_fn(|axis| flips[axis] * rows.row(axis).dot(&turned.row(axis)));
    (scale, frame.axes * flipped(&turned, flips))
}

fn flipped(rows: &Matrix3<f64>, flips: [f64; 3]) -> Matrix3<f64> {
    Matrix3::from_diagonal(&flips.into()) * rows
}

/// The polar decomposition's orthonormal part.
fn nearest_orthonormal(matrix: &Matrix3<f64>) -> Matrix3<f64> {
    let parts = matrix.svd(true, true);
    match (parts.u, parts.v_t) {
        (Some(u), Some(v_t)) => u * v_t,
        _ => Matrix3::identity(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;
    use proptest::prelude::*;

    fn frame() -> ScalingFrame {
        let turn = Rotation3::from_euler_angles(0.3, -0.2, 0.7).to_homogeneous();
        let sizes = Matrix4::new_nonuniform_scaling(&Vector3::new(-1.0, 2.0, 3.0));
        let shift = Matrix4::new_translation(&Vector3::new(50.0, -20.0, 7.0));
        ScalingFrame::of(&Grid::new([5, 6, 7], shift * turn * sizes).expect("a grid"))
    }

    #[test]
    fn the_centre_stays_when_only_angles_change() {
        let center = WorldPoint::new(10.0, 20.0, -30.0);
        let pose = Pose {
            angles_deg: [5.0, 10.0, -20.0],
            ..Pose::identity(center)
        };
        let stays = pose.to_matrix(&frame()).transform_point(&center.0);
        assert!((stays - center.0).norm() < 1e-12);
    }

    #[test]
    fn angles_turn_from_x_to_y_and_scales_follow_the_rotation() {
        let pose = Pose {
            angles_deg: [0.0, 0.0, 90.0],
            translation_mm: [1.0, 0.0, 0.0],
            scale: [2.0, 1.0, 1.0],
            ..Pose::identity(WorldPoint::ORIGIN)
        };
        let matrix = pose.to_matrix(&ScalingFrame::world());
        let went = matrix.transform_point(&Point3::new(0.0, 3.0, 5.0));
        assert!((went - Point3::new(-4.0, 0.0, 5.0)).norm() < 1e-12);
    }

    #[test]
    fn what_is_no_pose_is_told() {
        let mut sheared = Matrix4::identity();
        sheared[(0, 1)] = 0.1;
        let found = Pose::of_matrix(&sheared, WorldPoint::ORIGIN, &ScalingFrame::world());
        assert!((0.01..0.1).contains(&found.lost), "{}", found.lost);
        let turned = Rotation3::from_euler_angles(0.5, 0.2, 0.1).to_homogeneous();
        let found = Pose::of_matrix(&turned, WorldPoint::ORIGIN, &frame());
        assert!(found.lost < 1e-12);
    }

    #[test]
    fn a_mirror_flips_the_axis_it_is_across() {
        let mirror = Matrix4::new_nonuniform_scaling(&Vector3::new(1.0, -1.0, 1.0));
        let found = Pose::of_matrix(&mirror, WorldPoint::ORIGIN, &ScalingFrame::world());
        assert_eq!(found.pose.scale, [1.0, -1.0, 1.0]);
        assert_eq!(found.pose.angles_deg.map(f64::abs), [0.0; 3]);
    }

    proptest! {
        #[test]
        fn a_matrix_gives_back_its_pose(
            x in -179.0..179.0, y in -89.0..89.0, z in -179.0..179.0,
            shift in prop::array::uniform3(-80.0..80.0),
            scale in prop::array::uniform3(0.2..5.0),
            center in prop::array::uniform3(-100.0..100.0),
        ) {
            let center = WorldPoint(center.into());
            let pose = Pose { angles_deg: [x, y, z], translation_mm: shift, scale, center };
            let found = Pose::of_matrix(&pose.to_matrix(&frame()), center, &frame());
            prop_assert!(found.lost < 1e-9);
            let numbers = |pose: &Pose| [pose.angles_deg, pose.translation_mm, pose.scale].concat();
            for (a, b) in numbers(&pose).into_iter().zip(numbers(&found.pose)) {
                prop_assert!((a - b).abs() < 1e-6, "{pose:?} came back as {:?}", found.pose);
            }
        }

        #[test]
        fn flips_give_back_the_same_matrix(
            angles in prop::array::uniform3(-180.0..180.0),
            scale in prop::array::uniform3(0.2f64..5.0),
            flips in prop::array::uniform3(any::<bool>()),
        ) {
            let flipped: [f64; 3] = std::array::from_fn(|n| if flips[n] { -scale[n] } else { scale[n] });
            let center = WorldPoint::new(1.0, 2.0, 3.0);
            let pose = Pose { angles_deg: angles, scale: flipped, ..Pose::identity(center) };
            let matrix = pose.to_matrix(&frame());
            let found = Pose::of_matrix(&matrix, WorldPoint::new(-5.0, 0.0, 9.0), &frame());
            prop_assert!((found.pose.to_matrix(&frame()) - matrix).amax() < 1e-9);
        }
    }
}
