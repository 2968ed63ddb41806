//! ITK's text format (`.txt`, `.tfm`): each transform by its kind, its parameters, and the fixed ones,
//! mostly a centre. LPS mm, from the fixed to the moving image.

use crate::geometry::lps_ras_map;
use crate::io::write::numbers;
use nalgebra::{Matrix3, Matrix4, Quaternion, Rotation3, UnitQuaternion, Vector3};

const FIRST_LINE: &str = "#Insight Transform File";

pub(super) fn is(text: &str) -> bool {
    text.trim_start().starts_with(FIRST_LINE)
}

/// An affine about the origin, as every reader of the format takes it.
pub(super) fn text(matrix: &Matrix4<f64>) -> String {
    let lps = lps_ras_map(matrix);
    let linear = (0..9).map(|n| lps[(n / 3, n % 3)]);
    let parameters = numbers(linear.chain((0..3).map(|row| lps[(row, 3)])), " ");
    format!(
        "{FIRST_LINE} V1.0\n#Transform 0\nTransform: AffineTransform_double_3_3\n\
         Parameters: {parameters}\nFixedParameters: 0 0 0\n"
    )
}

/// The same of a map that leaves z alone, as images of two dimensions have it.
pub(super) fn flat_text(matrix: &Matrix4<f64>) -> String {
    let lps = lps_ras_map(matrix);
    let places = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 3), (1, 3)];
    let parameters = numbers(places.into_iter().map(|at| lps[at]), " ");
    format!(
        "{FIRST_LINE} V1.0\n#Transform 0\nTransform: AffineTransform_double_2_2\n\
         Parameters: {parameters}\nFixedParameters: 0 0\n"
    )
}

/// One transform of a file, as it stands there.
#[derive(Default)]
pub(super) struct Entry<'a> {
    /// Its class with the type of its numbers and its dimensions: "AffineTransform_double_3_3".
    pub kind: &'a str,
    pub parameters: Vec<f64>,
    pub fixed: Vec<f64>,
}

/// The transforms of a file one after the other, in RAS mm: of several the last is applied first.
pub(super) fn read(text: &str) -> Result<Matrix4<f64>, String> {
    let mut whole = Matrix4::identity();
    let entries = entries(text)?;
    if entries.is_empty() {
        return Err("a file without a transform".to_owned());
    }
    for entry in entries {
        whole *= entry.ras()?;
    }
    Ok(whole)
}

fn entries(text: &str) -> Result<Vec<Entry<'_>>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let numbers = || {
            let numbers = value.split_whitespace().map(str::parse);
            let numbers: Result<Vec<f64>, _> = numbers.collect();
            numbers.map_err(|_| "a transform with a word where a number belongs".to_owned())
        };
        match (key.trim(), entries.last_mut()) {
            ("Transform", _) => entries.push(Entry {
                kind: value.trim(),
                ..Entry::default()
            }),
            ("Parameters", Some(entry)) => entry.parameters = numbers()?,
            ("FixedParameters", Some(entry)) => entry.fixed = numbers()?,
            _ => {}
        }
    }
    // It only announces the others.
    entries.retain(|entry| !entry.kind.starts_with("CompositeTransform"));
    Ok(entries)
}

impl Entry<'_> {
    /// The map in RAS mm.
    pub fn ras(&self) -> Result<Matrix4<f64>, String> {
        Ok(lps_ras_map(&self.lps()?))
    }

    /// The map in LPS mm; one of two dimensions leaves z alone.
    fn lps(&self) -> Result<Matrix4<f64>, String> {
        let name = self.kind.split('_').next().unwrap_or_default();
        let flat = self.kind.ends_with("_2_2");
        let p = &self.parameters[..];
        let [linear, shift] = match (name, flat, p) {
            ("IdentityTransform", _, []) => [Matrix3::identity(), diagonal([0.0; 3])],
            ("TranslationTransform", false, &[x, y, z]) => {
                [Matrix3::identity(), diagonal([x, y, z])]
            }
            ("TranslationTransform", true, &[x, y]) => [Matrix3::identity(), diagonal([x, y, 0.0])],
            ("AffineTransform" | "MatrixOffsetTransformBase", false, p) if p.len() == 12 => [
                Matrix3::from_row_slice(&p[..9]),
                diagonal([p[9], p[10], p[11]]),
            ],
            ("AffineTransform" | "MatrixOffsetTransformBase", true, &[a, b, c, d, x, y]) => [
                Matrix3::new(a, b, 0.0, c, d, 0.0, 0.0, 0.0, 1.0),
                diagonal([x, y, 0.0]),
            ],
            ("Euler3DTransform", false, &[x, y, z, tx, ty, tz]) => {
                [self.euler(x, y, z), diagonal([tx, ty, tz])]
            }
            ("VersorRigid3DTransform", false, &[x, y, z, tx, ty, tz]) => {
                [versor(x, y, z), diagonal([tx, ty, tz])]
            }
            ("Similarity3DTransform", false, &[x, y, z, tx, ty, tz, scale]) => {
                [versor(x, y, z) * scale, diagonal([tx, ty, tz])]
            }
            ("Euler2DTransform" | "Rigid2DTransform", true, &[angle, x, y]) => {
                [turned(angle, 1.0), diagonal([x, y, 0.0])]
            }
            ("Similarity2DTransform", true, &[scale, angle, x, y]) => {
                [turned(angle, scale), diagonal([x, y, 0.0])]
            }
            ("ScaleTransform", false, &[x, y, z]) => [diagonal([x, y, z]), diagonal([0.0; 3])],
            _ => {
                let count = p.len();
                return Err(format!(
                    "a transform {:?} with {count} parameters",
                    self.kind
                ));
            }
        };
        Ok(self.about_center(&linear, shift.diagonal()))
    }

    /// ITK's Euler angles: about y, x and z in this order, or about x, y and z.
    fn euler(&self, x: f64, y: f64, z: f64) -> Matrix3<f64> {
        let about = |axis: Vector3<f64>, angle: f64| Rotation3::new(axis * angle);
        let [x, y, z] = [
            about(Vector3::x(), x),
            about(Vector3::y(), y),
            about(Vector3::z(), z),
        ];
        let x_first = self.fixed.get(3).is_some_and(|order| *order != 0.0);
        *match x_first {
            true => z * y * x,
            false => z * x * y,
        }
        .matrix()
    }

    /// `linear` about the centre, then `shift`.
    fn about_center(&self, linear: &Matrix3<f64>, shift: Vector3<f64>) -> Matrix4<f64> {
        let at = |n: usize| self.fixed.get(n).copied().unwrap_or(0.0);
        let depth = if self.kind.ends_with("_2_2") {
            0.0
        } else {
            at(2)
        };
        let center = Vector3::new(at(0), at(1), depth);
        let mut affine = linear.to_homogeneous();
        let offset = shift + center - linear * center;
        affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&offset);
        affine
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point3;

    const HEAD: &str = "#Insight Transform File V1.0\n#Transform 0\n";

    /// Where SimpleITK 2.5's `TransformPoint` takes (10, -20, 30), in LPS as it is given there.
    fn takes(entries: &str, expected: [f64; 3]) {
        let ras = read(&format!("{HEAD}{entries}")).expect("a transform");
        let point = ras.transform_point(&Point3::new(-10.0, 20.0, 30.0));
        let [x, y, z] = expected;
        let off = (point - Point3::new(-x, -y, z)).norm();
        assert!(off < 1e-9, "{entries}: {point} off by {off}");
    }

    const AFFINE: &str = "Transform: AffineTransform_double_3_3\n\
        Parameters: 1.1 0.1 0 -0.2 0.9 0.05 0.01 0.02 1.05 3 -2 1\nFixedParameters: 5 6 7\n";
    const SHIFT: &str =
        "Transform: TranslationTransform_double_3_3\nParameters: 1 2 3\nFixedParameters:\n";
    const EULER: &str = "Transform: Euler3DTransform_double_3_3\n\
        Parameters: 0.1 -0.2 0.3 4 5 -6\nFixedParameters: 1 2 3";

    #[test]
    fn points_go_where_itk_takes_them() {
        takes(AFFINE, [10.9, -19.25, 31.68]);
        takes(SHIFT, [11.0, -18.0, 33.0]);
        takes(
            &format!("{EULER} 0"),
            [15.60455963776935, -15.585242408191341, 22.912354973105565],
        );
        takes(
            &format!("{EULER} 1"),
            [16.010143298222687, -15.329173338960068, 22.965068121444954],
        );
        let versor = "0.08110641466468345 0.1622128293293669 -0.08110641466468345 4 5 -6";
        takes(
            &format!(
                "Transform: VersorRigid3DTransform_double_3_3\nParameters: {versor}\nFixedParameters: 1 2 3"
            ),
            [17.56118580478467, -20.618005402823854, 16.32517499913697],
        );
        takes(
            &format!(
                "Transform: Similarity3DTransform_double_3_3\nParameters: {versor} 1.25\nFixedParameters: 1 2 3"
            ),
            [20.701482255980842, -27.522506753529818, 21.156468748921206],
        );
        takes(
            "Transform: ScaleTransform_double_3_3\nParameters: 1.1 0.9 1.2\nFixedParameters: 1 2 3",
            [10.9, -17.8, 35.4],
        );
    }

    #[test]
    fn of_several_the_last_is_applied_first() {
        let head = "Transform: CompositeTransform_double_3_3\n#Transform 1\n";
        takes(
            &format!("{head}{AFFINE}{SHIFT}{EULER} 1"),
            [19.27824029414895, -14.850031258636353, 27.64683949372023],
        );
    }

    #[test]
    fn transforms_of_the_plane_leave_z_alone() {
        takes(
            "Transform: Euler2DTransform_double_2_2\nParameters: 0.3 1 -2\nFixedParameters: 3 4",
            [17.77984038375139, -18.859434292385167, 30.0],
        );
        takes(
            "Transform: Similarity2DTransform_double_2_2\nParameters: 1.2 0.3 1 -2\nFixedParameters: 3 4",
            [20.535808460501666, -23.0313211508622, 30.0],
        );
        takes(
            "Transform: AffineTransform_double_2_2\nParameters: 1.1 0.1 -0.2 0.9 3 -2\nFixedParameters: 0 0",
            [12.0, -22.0, 30.0],
        );
    }

    #[test]
    fn what_is_not_linear_is_refused() {
        let spline = format!("{HEAD}Transform: BSplineTransform_double_3_3\nParameters: 0 0\n");
        assert!(read(&spline).unwrap_err().contains("BSplineTransform"));
        assert!(
            read(&format!(
                "{HEAD}Transform: AffineTransform_double_3_3\nParameters: 1 x\n"
            ))
            .is_err()
        );
        assert!(read(HEAD).is_err());
    }
}
