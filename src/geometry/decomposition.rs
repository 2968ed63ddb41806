//! The angles and scales in a linear map, as people read them.

use nalgebra::{Matrix3, Matrix4, Rotation3};

/// A linear map as a rotation and then a scaling along the axes of the world, as nearly as there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decomposition {
    /// About x, then y, then z, degrees; positive from x to y, y to z, z to x.
    pub angles_deg: [f64; 3],
    /// Along x, y and z after the rotation; below 0 where an axis is flipped.
    pub scale: [f64; 3],
    /// How far rotation and scaling are from the map: the largest difference of an element. Above 0 it
    /// shears.
    pub lost: f64,
}

impl Decomposition {
    /// Of an invertible map. Of a mirroring one that axis is flipped which leaves the smallest rotation;
    /// two flips are a half turn.
    pub fn of(matrix: &Matrix4<f64>) -> Self {
        let rows = matrix.fixed_view::<3, 3>(0, 0).into_owned();
        let directions = Matrix3::from_fn(|row, column| rows[(row, column)] / rows.row(row).norm());
        let turned = nearest_orthonormal(&directions);
        let upright = |flips: &[f64; 3]| flipped(&turned, flips).trace();
        let flips = match turned.determinant() < 0.0 {
            true => [[-1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [1.0, 1.0, -1.0]]
                .into_iter()
                .max_by(|a, b| upright(a).total_cmp(&upright(b)))
                .unwrap_or([-1.0, 1.0, 1.0]),
            false => [1.0; 3],
        };
        // Of sheared rows only the part along the rotation's axes counts.
        let scale = std::array::from_fn(|axis| flips[axis] * rows.row(axis).dot(&turned.row(axis)));
        let rotation = flipped(&turned, &flips);
        let (x, y, z) = Rotation3::from_matrix_unchecked(rotation).euler_angles();
        Self {
            angles_deg: [x, y, z].map(f64::to_degrees),
            scale,
            lost: (flipped(&rotation, &scale) - rows).amax(),
        }
    }
}

/// Every row times a number of its own.
fn flipped(rows: &Matrix3<f64>, by: &[f64; 3]) -> Matrix3<f64> {
    Matrix3::from_diagonal(&(*by).into()) * rows
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
    use proptest::prelude::*;

    fn map(angles_deg: [f64; 3], scale: [f64; 3]) -> Matrix4<f64> {
        let [x, y, z] = angles_deg.map(f64::to_radians);
        let rotation = Rotation3::from_euler_angles(x, y, z);
        flipped(rotation.matrix(), &scale).to_homogeneous()
    }

    #[test]
    fn a_shear_is_told_as_what_is_lost() {
        let mut sheared = Matrix4::identity();
        sheared[(0, 1)] = 0.2;
        assert!(Decomposition::of(&sheared).lost > 0.05);
        assert!(Decomposition::of(&Matrix4::identity()).lost < 1e-12);
    }

    #[test]
    fn a_mirror_is_one_flipped_axis_and_no_turn() {
        let found = Decomposition::of(&map([0.0; 3], [1.0, -2.0, 1.0]));
        assert!(found.angles_deg.iter().all(|angle| angle.abs() < 1e-9));
        for (scale, expected) in found.scale.into_iter().zip([1.0, -2.0, 1.0]) {
            assert!((scale - expected).abs() < 1e-12);
        }
    }

    proptest! {
        #[test]
        fn angles_and_scales_come_back(
            angles in prop::array::uniform3(-80.0..80.0f64),
            scale in prop::array::uniform3(0.3..3.0f64),
        ) {
            let found = Decomposition::of(&map(angles, scale));
            prop_assert!(found.lost < 1e-9);
            for axis in 0..3 {
                prop_assert!((found.angles_deg[axis] - angles[axis]).abs() < 1e-6);
                prop_assert!((found.scale[axis] - scale[axis]).abs() < 1e-9);
            }
        }
    }
}
