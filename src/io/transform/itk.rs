//! ITK's text format (`.txt`, `.tfm`): each transform by its kind, its parameters, and the fixed ones,
//! mostly a centre. LPS mm, from the fixed to the moving image.

use super::itk_classes::Entry;
use crate::geometry::lps_ras_map;
use crate::io::write::numbers;
use nalgebra::Matrix4;

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
    let mut announced = false;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        announced = line.starts_with('#');
        if announced {
            continue;
        }
        let cut = || {
            format!(
                "a damaged transform file, whose line {} is cut short,",
                at + 1
            )
        };
        let (key, value) = line.split_once(':').ok_or_else(cut)?;
        let place = match (key.trim_end(), entries.last_mut()) {
            ("Transform", _) => {
                entries.push(Entry {
                    kind: value.trim(),
                    ..Entry::default()
                });
                continue;
            }
            ("Parameters", Some(entry)) => &mut entry.parameters,
            ("FixedParameters", Some(entry)) => &mut entry.fixed,
            ("Parameters" | "FixedParameters", None) => {
                return Err(
                    "a damaged transform file, which lacks its first Transform line,".into(),
                );
            }
            _ => continue,
        };
        if place.replace(numbers_of(value)?).is_some() {
            return Err(format!("a damaged transform with two lines of {key}"));
        }
    }
    if announced {
        return Err("a damaged transform file, which ends where a transform should follow,".into());
    }
    // It only announces the others.
    entries.retain(|entry| !entry.kind.starts_with("CompositeTransform"));
    Ok(entries)
}

fn numbers_of(words: &str) -> Result<Vec<f64>, String> {
    let numbers: Result<_, _> = words.split_whitespace().map(str::parse).collect();
    numbers.map_err(|_| "a transform with a word where a number belongs".to_owned())
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
    fn the_scales_and_skews_of_versors_are_added_or_multiplied_as_itk_does() {
        let versor = "0.08110641466468345 0.1622128293293669 -0.08110641466468345";
        let goes = |class: &str, rest: &str, expected| {
            let parameters = format!("Parameters: {versor} {rest}\nFixedParameters: 1 2 3\n");
            takes(
                &format!("Transform: {class}_double_3_3\n{parameters}"),
                expected,
            );
        };
        goes(
            "VersorTransform",
            "",
            [13.561185804784673, -25.618005402823854, 22.32517499913697],
        );
        goes(
            "ScaleVersor3DTransform",
            "4 5 -6 1.1 0.9 1.2",
            [18.461185804784677, -18.418005402823855, 21.725174999136968],
        );
        goes(
            "ScaleSkewVersor3DTransform",
            "4 5 -6 1.1 0.9 1.2 0.01 0.02 0.03 0.04 0.05 0.06",
            [18.781185804784677, -17.068005402823857, 20.855174999136963],
        );
        goes(
            "ComposeScaleSkewVersor3DTransform",
            "4 5 -6 1.1 0.9 1.2 0.1 0.2 0.3",
            [25.094783884755945, -12.964679971927467, 21.165423940901],
        );
    }

    #[test]
    fn a_centre_that_lacks_numbers_is_damage() {
        let error = |entries: &str| read(&format!("{HEAD}{entries}")).expect_err(entries);
        let euler = EULER.replace("1 2 3", "");
        let euler = euler.trim_end();
        for count in ["", " 1 2", " 1 2 3 0 4"] {
            let text = error(&format!("{euler}{count}\n"));
            assert!(text.contains("instead of 3 or 4"), "{text}");
        }
        let (parameters, _) = EULER.rsplit_once('\n').expect("two lines");
        assert!(error(&format!("{parameters}\n")).contains("lacks its FixedParameters"));
        for fixed in ["1 2 nan", "1 2 3 nan", "inf 2 3"] {
            let text = error(&format!("{euler} {fixed}\n"));
            assert!(text.contains("not finite"), "{text}");
        }
        assert!(error(&AFFINE.replace("5 6 7", "5 6")).contains("instead of 3"));
        assert!(error(&format!("{} 1\n", SHIFT.trim_end())).contains("instead of 0"));
        let flat = "Transform: Euler2DTransform_double_2_2\nParameters: 0.3 1 -2\n";
        assert!(error(&format!("{flat}FixedParameters: 3\n")).contains("instead of 2"));
        assert!(error(&format!("{flat}FixedParameters: 3 4 5\n")).contains("instead of 2"));
    }

    #[test]
    fn a_file_cut_short_is_damage_and_not_another_transform() {
        let whole = format!("{HEAD}{SHIFT}#Transform 1\n{AFFINE}");
        let centre = whole.rfind('5').expect("a centre");
        let first = HEAD.len() + SHIFT.len();
        for end in (HEAD.len()..=centre).filter(|end| !(first - 1..=first).contains(end)) {
            let cut = &whole[..end];
            assert!(read(cut).is_err(), "{cut}");
        }
        let cut = format!("{HEAD}{AFFINE}Fixed");
        assert!(read(&cut).is_err_and(|text| text.contains("line 6 is cut short")));
        let merged = AFFINE.to_owned() + SHIFT.split_once('\n').expect("lines").1;
        assert!(
            read(&format!("{HEAD}{merged}"))
                .is_err_and(|text| text.contains("two lines of Parameters"))
        );
        let orphan = AFFINE.split_once('\n').expect("lines").1;
        assert!(read(&format!("{HEAD}{orphan}{SHIFT}")).is_err());
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
        takes(
            "Transform: ScaleTransform_double_2_2\nParameters: 1.1 0.9\nFixedParameters: 3 4",
            [10.7, -17.6, 30.0],
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
