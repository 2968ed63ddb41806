//! `warpscope transform` and `resample --transform` as programs.

use crate::fixtures::{
    Nifti1, affine, all_values, floats, folder, read, run, shorts, stderr, write,
};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SHIFT_X: &str = "1 0 0 1\n0 1 0 0\n0 0 1 0\n0 0 0 1\n";
/// A quarter turn about z: x goes to y.
const TURN: &str = "0 -1 0 0\n1 0 0 0\n0 0 1 0\n0 0 0 1\n";

/// 5 x 5 voxels of 1 mm about the origin of RAS, numbered from 1.
fn square(folder: &TempDir) -> PathBuf {
    let mut header = Nifti1::new(&[5, 5, 1], 4);
    header.rows([[1., 0., 0., -2.], [0., 1., 0., -2.], [0., 0., 1., 0.]]);
    write(folder, "square.nii", &header.with(shorts(1..26)))
}

/// The vectors, LPS mm, one for each voxel of [`square`].
fn field(folder: &TempDir, name: &str, vector: [f32; 3]) -> PathBuf {
    let mut header = Nifti1::new(&[5, 5, 1, 1, 3], 16);
    header.rows([[1., 0., 0., -2.], [0., 1., 0., -2.], [0., 0., 1., 0.]]);
    header.short(68, 1007);
    let planes = vector.into_iter().flat_map(|v| [v; 25]);
    write(folder, name, &header.with(floats(planes)))
}

/// The square through the transforms that are named, on its own grid, as rows from the back.
fn resampled(folder: &TempDir, transforms: &[String]) -> Vec<f64> {
    let image = square(folder);
    let out = folder.path().join("out.nii");
    let mut arguments = vec!["resample", "--force", "--outside", "0"];
    for transform in transforms {
        arguments.extend(["--transform", transform]);
    }
    arguments.push("--like");
    run(&arguments, &[&image, &image, &out]).success();
    all_values(&read(&out).expect("reads"))
}

fn named(path: &Path, suffix: &str) -> String {
    format!("{}{suffix}", path.display())
}

#[test]
fn a_transform_says_where_a_point_of_the_fixed_image_lies_in_the_moving_one() {
    let folder = folder();
    let shift = write(&folder, "shift.mat", SHIFT_X.as_bytes());
    let row = |transform: String| resampled(&folder, &[transform])[..5].to_vec();
    assert_eq!(row(named(&shift, "")), [2.0, 3.0, 4.0, 5.0, 0.0]);
    for inverse in [":inverse", ",-1"] {
        assert_eq!(row(named(&shift, inverse)), [0.0, 1.0, 2.0, 3.0, 4.0]);
    }
    let itk = "#Insight Transform File V1.0\nTransform: TranslationTransform_double_3_3\n\
        Parameters: 1 0 0\nFixedParameters:\n";
    let itk = write(&folder, "shift.txt", itk.as_bytes());
    assert_eq!(row(named(&itk, "")), [0.0, 1.0, 2.0, 3.0, 4.0]);
    let field = field(&folder, "field.nii", [-1.0, 0.0, 0.0]);
    assert_eq!(row(named(&field, "")), [2.0, 3.0, 4.0, 5.0, 0.0]);
}

#[test]
fn the_first_alignment_is_the_one_that_moved_the_image_first() {
    let folder = folder();
    let turn = write(&folder, "turn.mat", TURN.as_bytes());
    let shift = write(&folder, "shift.mat", SHIFT_X.as_bytes());
    let chained = resampled(&folder, &[named(&turn, ""), named(&shift, "")]);
    // The image turned, then that image shifted.
    let turned = resampled(&folder, &[named(&turn, "")]);
    for j in 0..5 {
        assert_eq!(chained[5 * j..5 * j + 4], turned[5 * j + 1..5 * j + 5]);
    }
    let field = field(&folder, "field.nii", [-1.0, 0.0, 0.0]);
    assert_eq!(
        resampled(&folder, &[named(&turn, ""), named(&field, "")]),
        chained
    );
    let composed = folder.path().join("composed.txt");
    run(&["transform"], &[&turn, &shift, &composed]).success();
    assert_eq!(resampled(&folder, &[named(&composed, "")]), chained);
}

#[test]
fn formats_are_converted_and_a_flirt_matrix_knows_its_images() {
    let folder = folder();
    let image = square(&folder);
    let turn = write(&folder, "turn.mat", TURN.as_bytes());
    let expected = resampled(&folder, &[named(&turn, "")]);
    let of = |name: &str| folder.path().join(name);
    let images = ["--fixed", image.to_str().expect("a name"), "--moving"];
    let images = [&images[..], &[image.to_str().expect("a name")]].concat();
    for (name, to, suffix) in [
        ("turn.txt", "itk", ""),
        ("turn.reg", "niftyreg", ""),
        ("turn.fsl", "flirt", ":flirt"),
    ] {
        let arguments = [&["transform", "--json", "--to", to], &images[..]].concat();
        let assert = run(&arguments, &[&turn, &of(name)]).success();
        let json: Value = serde_json::from_slice(&assert.get_output().stdout).expect("JSON");
        assert_eq!(json["format"], to);
        assert_eq!(
            json["matrix_ras"][1],
            serde_json::json!([1, 0, 0, 0]),
            "{name}"
        );
        assert_eq!(
            resampled(&folder, &[named(&of(name), suffix)]),
            expected,
            "{name}"
        );
        let back = of("back.mat");
        let given = PathBuf::from(named(&of(name), suffix));
        let inverse = [&["transform", "--inverse", "--force"], &images[..]].concat();
        run(&inverse, &[&given, &back]).success();
        assert_eq!(
            resampled(&folder, &[named(&back, ":inverse")]),
            expected,
            "{name}"
        );
    }
    let fsl = fs::read_to_string(of("turn.fsl")).expect("a file");
    // FSL's x runs the other way here, and its origin is the corner of the image.
    assert_eq!(fsl, "0 -1 0 4\n1 0 0 0\n0 0 1 0\n0 0 0 1\n");
}

#[test]
fn an_explanation_names_the_images_and_writes_nothing() {
    let folder = folder();
    let turn = write(&folder, "turn.mat", TURN.as_bytes());
    let assert = run(&["transform", "--explain"], &[&turn]).success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).expect("text");
    for part in [
        "Maps points of FIXED (fixed) to points of MOVING (moving)",
        "Rotation 0.000, 0.000, 90.000 degrees",
        "antsApplyTransforms -d 3",
        "greedy -d 3 -rf FIXED.nii.gz -rm MOVING.nii.gz RESLICED.nii.gz -r ",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn what_is_no_transform_is_refused_in_a_sentence_and_nothing_is_written() {
    let folder = folder();
    let image = square(&folder);
    let vectors = field(&folder, "field.nii", [0.0; 3]);
    let shift = write(&folder, "shift.mat", SHIFT_X.as_bytes());
    let file = |name: &str, text: &str| write(&folder, name, text.as_bytes());
    let flat = file("flat.mat", "1 0 0 0\n0 0 0 0\n0 0 1 0\n0 0 0 1\n");
    let projective = file("row.mat", "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 1 1\n");
    let nan = file("nan.mat", "1 0 0 nan\n0 1 0 0\n0 0 1 0\n0 0 0 1\n");
    let words = file("words.txt", "no transform at all");
    let spline = file(
        "s.tfm",
        "#Insight Transform File V1.0\nTransform: BSplineTransform_double_3_3\n",
    );
    let count = fs::read_dir(folder.path()).expect("a folder").count();
    let out = folder.path().join("out.nii");
    let refused = |transforms: &[&str], expected: &str| {
        let mut arguments = vec!["resample"];
        transforms
            .iter()
            .for_each(|t| arguments.extend(["--transform", t]));
        arguments.push("--like");
        let text = stderr(&run(&arguments, &[&image, &image, &out]).code(1));
        assert!(
            text.contains(expected) && text.lines().count() == 1,
            "{text}"
        );
    };
    let name = |path: &Path| path.display().to_string();
    refused(&[&name(&flat)], "singular");
    refused(&[&name(&projective)], "last row is not 0 0 0 1");
    refused(&[&name(&nan)], "not finite");
    refused(
        &[&name(&words)],
        "neither ITK's text format nor sixteen numbers",
    );
    refused(&[&name(&spline)], "BSplineTransform");
    refused(&[&name(&image)], "1 numbers a voxel instead of 3");
    refused(&[&name(&folder.path().join("none.mat"))], "no such file");
    refused(&[&named(&vectors, ":inverse")], "not inverted");
    refused(
        &[&named(&shift, ":flirt"), &name(&shift)],
        "FLIRT matrix among others",
    );
    let converted = folder.path().join("out.txt");
    for (arguments, inputs, code) in [
        (&["transform"][..], &[&flat, &converted][..], 1),
        (&["transform"], &[&vectors, &converted], 1),
        (&["transform"], &[&shift], 1),
        (&["transform", "--explain", "--inverse"], &[&shift], 1),
        (&["transform"], &[&shift, &image], 1),
        (&["transform", "--to", "flirt"], &[&shift, &converted], 1),
        (&["transform", "--to", "itk"], &[&shift, &shift], 1),
        (&["transform", "--to", "fsl"], &[&shift, &converted], 2),
    ] {
        let inputs: Vec<&Path> = inputs.iter().map(|path| path.as_path()).collect();
        let text = stderr(&run(arguments, &inputs).code(code));
        assert!(code == 2 || text.lines().count() == 1, "{text}");
    }
    assert_eq!(
        fs::read_dir(folder.path()).expect("a folder").count(),
        count
    );
    assert_eq!(fs::read_to_string(&shift).expect("there"), SHIFT_X);
    let spacing = [
        "resample",
        "--spacing",
        "1,1,1",
        "--transform",
        &name(&shift),
    ];
    run(&spacing, &[&image, &out]).code(2);
}

#[test]
fn a_matrix_of_the_plane_brings_a_follow_up_to_its_baseline() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/registration/brain_2d_longitudinal");
    if !shared.exists() {
        assert!(std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none());
        println!("skipped: {} is missing", shared.display());
        return;
    }
    let [fixed, moving, matrix] = ["bl.nii.gz", "fu.nii.gz", "rigid.mat"]
        .map(|name| shared.join(format!("t1longi_2d_{name}")));
    let folder = folder();
    let out = folder.path().join("out.nii");
    let baseline = all_values(&read(&fixed).expect("reads"));
    let likeness = |suffix: &str| {
        let transform = named(&matrix, suffix);
        let arguments = [
            "resample",
            "--force",
            "--outside",
            "0",
            "--transform",
            &transform,
        ];
        run(
            &[&arguments[..], &["--like"]].concat(),
            &[&fixed, &moving, &out],
        )
        .success();
        correlation(&baseline, &all_values(&read(&out).expect("reads")))
    };
    // SimpleITK 2.5 finds 0.752677 with the matrix as a transform of two dimensions.
    assert!((likeness("") - 0.752677).abs() < 1e-5);
    assert!(likeness(":inverse") < 0.5);
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let [mean_a, mean_b] = [mean(a), mean(b)];
    let pairs = || a.iter().zip(b).map(|(a, b)| (a - mean_a, b - mean_b));
    let product: f64 = pairs().map(|(a, b)| a * b).sum();
    let [square_a, square_b] = [
        pairs().map(|(a, _)| a * a).sum::<f64>(),
        pairs().map(|(_, b)| b * b).sum::<f64>(),
    ];
    product / (square_a * square_b).sqrt()
}

#[test]
fn a_turned_image_keeps_the_fixed_grid() {
    let folder = folder();
    let image = square(&folder);
    let turn = write(&folder, "turn.mat", TURN.as_bytes());
    resampled(&folder, &[named(&turn, "")]);
    let [before, after] =
        [image, folder.path().join("out.nii")].map(|path| read(&path).expect("reads"));
    assert_eq!(affine(&before), affine(&after));
    assert_eq!(before.grid(), after.grid());
}
