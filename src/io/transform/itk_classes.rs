//! ITK's classes of linear transforms: what the parameters of each mean, and the fixed ones, mostly a centre.
//! (ITK's class documentation; the order of products is SimpleITK's.)

use crate::geometry::lps_ras_map;
use nalgebra::{Matrix3, Matrix4, Quaternion, Rotation3, UnitQuaternion, Vector3};

/// One transform of a file, as it stands there.
#[derive(Default)]
pub(super) struct Entry<'a> {
    /// Its class with the type of its numbers and its dimensions: "AffineTransform_double_3_3".
    pub kind: &'a str,
    pub parameters: Option<Vec<f64>>,
    /// ITK writes them even where there are none: without them a file is not whole.
    pub fixed: Option<Vec<f64>>,
}

impl Entry<'_> {
    /// The map in RAS mm.
    pub fn ras(&self) -> Result<Matrix4<f64>, String> {
        Ok(lps_ras_map(&self.lps()?))
    }

    /// The map in LPS mm; one of two dimensions leaves z alone.
    fn lps(&self) -> Result<Matrix4<f64>, String> {
        let class = self.kind.split('_').next().unwrap_or_default();
        let flat = self.kind.ends_with("_2_2");
        let parameters = self.parameters.as_deref().unwrap_or_default();
        let found = match flat {
            true => in_plane(class, parameters),
            false => in_space(class, parameters, self.turns_x_first()),
        };
        let [linear, shift] = found.ok_or_else(|| {
            let (kind, count) = (self.kind, parameters.len());
            format!("a transform {kind:?} with {count} parameters")
        })?;
        let center = self.center(class, flat)?;
        let mut affine = linear.to_homogeneous();
        let offset = shift.diagonal() + center - linear * center;
        affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&offset);
        Ok(affine)
    }

    /// The point that stays where it is, but for the shift.
    fn center(&self, class: &str, flat: bool) -> Result<Vector3<f64>, String> {
        let kind = self.kind;
        let Some(fixed) = &self.fixed else {
            return Err(format!(
                "a damaged transform {kind:?}, which lacks its FixedParameters,"
            ));
        };
        let (is_whole, expected) = match (class, fixed.len()) {
            ("IdentityTransform" | "TranslationTransform", n) => (n == 0, "0"),
            ("Euler3DTransform", n) => (n == 3 || n == 4, "3 or 4"),
            (_, n) if flat => (n == 2, "2"),
            (_, n) => (n == 3, "3"),
        };
        if !is_whole {
            let count = fixed.len();
            return Err(format!(
                "a damaged transform {kind:?} with {count} FixedParameters instead of {expected}"
            ));
        }
        if fixed.iter().any(|v| !v.is_finite()) {
            return Err("a transform with a number that is not finite".to_owned());
        }
        let at = |n: usize| fixed.get(n).copied().unwrap_or(0.0);
        Ok(Vector3::new(at(0), at(1), at(2)))
    }

    /// Whether Euler angles turn about x, y, then z.
    fn turns_x_first(&self) -> bool {
        let order = self.fixed.as_ref().and_then(|fixed| fixed.get(3));
        order.is_some_and(|order| *order != 0.0)
    }
}

/// The matrix about the centre and, as a diagonal, the shift after it.
type Parts = [Matrix3<f64>; 2];

fn in_plane(class: &str, parameters: &[f64]) -> Option<Parts> {
    Some(match (class, parameters) {
        ("IdentityTransform", []) => [Matrix3::identity(), Matrix3::zeros()],
        ("TranslationTransform", &[x, y]) => [Matrix3::identity(), diagonal([x, y, 0.0])],
        ("AffineTransform" | "MatrixOffsetTransformBase", &[a, b, c, d, x, y]) => [
            Matrix3::new(a, b, 0.0, c, d, 0.0, 0.0, 0.0, 1.0),
            diagonal([x, y, 0.0]),
        ],
        ("Euler2DTransform" | "Rigid2DTransform", &[angle, x, y]) => {
            [turned(angle, 1.0), diagonal([x, y, 0.0])]
        }
        ("Similarity2DTransform", &[scale, angle, x, y]) => {
            [turned(angle, scale), diagonal([x, y, 0.0])]
        }
        ("ScaleTransform", &[x, y]) => [diagonal([x, y, 1.0]), Matrix3::zeros()],
        _ => return None,
    })
}

fn in_space(class: &str, parameters: &[f64], x_first: bool) -> Option<Parts> {
    Some(match (class, parameters) {
        ("IdentityTransform", []) => [Matrix3::identity(), Matrix3::zeros()],
        ("TranslationTransform", &[x, y, z]) => [Matrix3::identity(), diagonal([x, y, z])],
        ("AffineTransform" | "MatrixOffsetTransformBase", &[ref linear @ .., x, y, z])
            if linear.len() == 9 =>
        {
            [Matrix3::from_row_slice(linear), diagonal([x, y, z])]
        }
        ("Euler3DTransform", &[x, y, z, tx, ty, tz]) => {
            [euler([x, y, z], x_first), diagonal([tx, ty, tz])]
        }
        ("VersorTransform", &[x, y, z]) => [versor(x, y, z), Matrix3::zeros()],
        ("VersorRigid3DTransform", &[x, y, z, tx, ty, tz]) => {
            [versor(x, y, z), diagonal([tx, ty, tz])]
        }
        ("Similarity3DTransform", &[x, y, z, tx, ty, tz, scale]) => {
            [versor(x, y, z) * scale, diagonal([tx, ty, tz])]
        }
        ("ScaleTransform", &[x, y, z]) => [diagonal([x, y, z]), Matrix3::zeros()],
        ("ScaleVersor3DTransform", &[x, y, z, tx, ty, tz, sx, sy, sz]) => [
            versor(x, y, z) + diagonal([sx - 1.0, sy - 1.0, sz - 1.0]),
            diagonal([tx, ty, tz]),
        ],
        ("ScaleSkewVersor3DTransform", &[x, y, z, tx, ty, tz, sx, sy, sz, a, b, c, d, e, f]) => [
            // Added to the rotation, unlike the next.
            versor(x, y, z) + Matrix3::new(sx - 1.0, a, b, c, sy - 1.0, d, e, f, sz - 1.0),
            diagonal([tx, ty, tz]),
        ],
        ("ComposeScaleSkewVersor3DTransform", &[x, y, z, tx, ty, tz, sx, sy, sz, a, b, c]) => {
            let skew = Matrix3::new(1.0, a, b, 0.0, 1.0, c, 0.0, 0.0, 1.0);
            let linear = versor(x, y, z) * diagonal([sx, sy, sz]) * skew;
            [linear, diagonal([tx, ty, tz])]
        }
        _ => return None,
    })
}

/// ITK's Euler angles: about y, x and z in this order, or about x, y and z.
fn euler([x, y, z]: [f64; 3], x_first: bool) -> Matrix3<f64> {
    let about = |axis: Vector3<f64>, angle: f64| Rotation3::new(axis * angle);
    let [x, y, z] = [
        about(Vector3::x(), x),
        about(Vector3::y(), y),
        about(Vector3::z(), z),
    ];
    *match x_first {
        true => z * y * x,
        false => z * x * y,
    }
    .matrix()
}

fn diagonal(values: [f64; 3]) -> Matrix3<f64> {
    Matrix3::from_diagonal(&Vector3::from(values))
}

/// The rotation whose quaternion has this vector part.
fn versor(x: f64, y: f64, z: f64) -> Matrix3<f64> {
    let w = (1.0 - x * x - y * y - z * z).max(0.0).sqrt();
    let quaternion = UnitQuaternion::from_quaternion(Quaternion::new(w, x, y, z));
    *quaternion.to_rotation_matrix().matrix()
}

/// A turn in the plane.
fn turned(angle: f64, scale: f64) -> Matrix3<f64> {
    let (sin, cos) = angle.sin_cos();
    let [a, b] = [scale * cos, scale * sin];
    Matrix3::new(a, -b, 0.0, b, a, 0.0, 0.0, 0.0, 1.0)
}
