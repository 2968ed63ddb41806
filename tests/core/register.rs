//! `warpscope register` as a program, and the sample study brought together.

use crate::fixtures::{Nifti1, floats, folder, read, stderr, write};
use assert_cmd::Command;
use assert_cmd::assert::Assert;
use nalgebra::{Matrix4, Point3, Rotation3, Unit, Vector3};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use tempfile::TempDir;
use warpscope::io::read_transform;
use warpscope::phantom;
use warpscope::registration::linear::{
    LinearInputs, LinearParams, LinearRegistration, LinearStep, Motion,
};

const SHAPE: [usize; 3] = [40, 36, 20];

/// Three soft blobs moved by `shift` mm, on a grid of 2 x 2 x 3 mm with its first voxel at `origin`.
fn blobs(folder: &TempDir, name: &str, shift: [f32; 3], origin: [f32; 3]) -> PathBuf {
    let places = [
        ([0.0, 0.0, 0.0], 14.0),
        ([12.0, -9.0, 6.0], 7.0),
        ([-14.0, 8.0, -5.0], 6.0),
    ];
    let mut values = Vec::new();
    let [nx, ny, nz] = SHAPE;
    for n in 0..nx * ny * nz {
        let voxel = [n % nx, n / nx % ny, n / (nx * ny)];
        let at =
            |axis: usize| voxel[axis] as f32 * [2.0, 2.0, 3.0][axis] - [39.0, 35.0, 28.5][axis];
        values.push(places.iter().fold(0.0, |sum, (place, width)| {
            let off: f32 = (0..3).map(|a| (at(a) - place[a] - shift[a]).powi(2)).sum();
            sum + 100.0 * (-off / (2.0 * width * width)).exp()
        }));
    }
    let [x, y, z] = origin;
    let mut header = Nifti1::new(&[nx as i16, ny as i16, nz as i16], 16);
    header.rows([[2.0, 0.0, 0.0, x], [0.0, 2.0, 0.0, y], [0.0, 0.0, 3.0, z]]);
    write(folder, name, &header.with(floats(values)))
}

const CENTRED: [f32; 3] = [-39.0, -35.0, -28.5];

/// Images of which the moving one lies further by 5, -3 and 4 mm.
fn pair(folder: &TempDir) -> [PathBuf; 2] {
    [
        blobs(folder, "fixed.nii", [0.0; 3], CENTRED),
        blobs(folder, "moving.nii", [5.0, -3.0, 4.0], CENTRED),
    ]
}

fn register([fixed, moving]: &[PathBuf; 2], more: &[&str]) -> Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command
        .arg("register")
        .arg("--fixed")
        .arg(fixed)
        .arg("--moving")
        .arg(moving);
    command.args(more).assert()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn refusal(images: &[PathBuf; 2], more: &[&str]) -> String {
    let told = stderr(&register(images, more).code(1));
    assert_eq!(told.lines().count(), 1, "{told}");
    told
}

#[test]
fn the_transform_leads_from_the_fixed_to_the_moving_image() {
    let folder = folder();
    let images = pair(&folder);
    let files = ["t.mat", "t.txt", "resliced.nii.gz", "report.json"].map(|n| folder.path().join(n));
    let [matrix, itk, resliced, report] = &files;
    let more = ["--metric", "ncc", "--finest", "1"];
    let outputs = [
        "--resliced",
        text(resliced),
        "--report",
        text(report),
        "--out-transform",
    ];
    register(&images, &[&more[..], &outputs, &[text(matrix)]].concat()).success();
    let found = read_transform(matrix).expect("a transform");
    let off = found * Point3::new(3.0, -5.0, 2.0).to_homogeneous()
        - Point3::new(8.0, -8.0, 6.0).to_homogeneous();
    assert!(off.norm() < 0.1, "{found}");

    let report: Value =
        serde_json::from_slice(&std::fs::read(report).expect("a report")).expect("JSON");
    assert_eq!(report["matrix_ras"][0][3].as_f64(), Some(found[(0, 3)]));
    assert_eq!(report["params"]["metric"], "ncc");
    assert!(report["metric_final"].as_f64() > Some(0.995));
    assert!(report["overlap"].as_f64() > Some(0.7));
    let levels = report["levels"].as_array().expect("levels");
    let iterations = report["iterations"].as_array().expect("iterations");
    for (level, count) in levels.iter().zip(iterations) {
        let values = level["metric"].as_array().expect("values").len() as u64;
        assert_eq!(Some(values), count.as_u64().map(|count| count + 1));
    }

    let fixed = read(&images[0]).expect("reads");
    let resliced = read(resliced).expect("reads");
    assert!(resliced.grid().same_as(fixed.grid()));
    for voxel in [[19, 17, 9], [25, 13, 11], [12, 21, 8]] {
        let [a, b] = [&fixed, &resliced].map(|image| image.value(voxel, 0, 0).expect("inside"));
        assert!((a - b).abs() < 6.0, "{a} and {b}");
    }

    register(
        &images,
        &[&more[..], &["--out-transform", text(itk)]].concat(),
    )
    .success();
    let same = read_transform(itk).expect("a transform");
    assert!((same - found).norm() < 1e-9);
}

#[test]
fn centres_bring_images_together_that_lie_apart() {
    let folder = folder();
    let images = [
        blobs(&folder, "fixed.nii", [0.0; 3], CENTRED),
        blobs(
            &folder,
            "moving.nii",
            [2.0, 1.0, 0.0],
            [400.0, -35.0, 100.0],
        ),
    ];
    let told = refusal(&images, &[]);
    assert!(told.contains("align their centres first"), "{told}");
    for start in ["--initial-centers", "--initial-mass"] {
        let out = folder.path().join("t.mat");
        let output = ["--out-transform", text(&out), "--force"];
        register(
            &images,
            &[&["--metric", "ssd", "--finest", "1", start], &output[..]].concat(),
        )
        .success();
        let shift = read_transform(&out).expect("a transform").column(3).xyz();
        assert!(
            (shift - Vector3::new(441.0, 1.0, 128.5)).norm() < 0.1,
            "{start}: {shift}"
        );
    }
}

#[test]
fn a_run_goes_on_from_a_transform_and_prints_json() {
    let folder = folder();
    let images = pair(&folder);
    let start = write(
        &folder,
        "start.mat",
        b"1 0 0 5\n0 1 0 -3\n0 0 1 4\n0 0 0 1\n",
    );
    let more = [
        "--initial",
        text(&start),
        "--metric",
        "ncc",
        "--iterations",
        "0",
        "--json",
    ];
    let told = register(&images, &more).success();
    let report: Value = serde_json::from_slice(&told.get_output().stdout).expect("JSON");
    assert_eq!(report["matrix_ras"], report["initial_ras"]);
    assert!(report["metric_final"].as_f64() > Some(0.999), "{report}");
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let folder = folder();
    let images = pair(&folder);
    let out = folder.path().join("t.mat");
    let to = ["--out-transform", text(&out)];
    let told = refusal(&images, &[&to[..], &["--report", text(&out)]].concat());
    assert!(told.contains("the same name"), "{told}");
    let told = refusal(
        &images,
        &["--out-transform", text(&folder.path().join("t.xyz"))],
    );
    assert!(told.contains(".txt") && told.contains(".mat"), "{told}");
    let mut header = Nifti1::new(&[40, 36, 20], 16);
    header.rows([
        [2.0, 0.0, 0.0, -39.0],
        [0.0, 2.0, 0.0, -35.0],
        [0.0, 0.0, 3.0, -28.5],
    ]);
    let constant = write(
        &folder,
        "constant.nii",
        &header.with(floats(vec![7.0; 40 * 36 * 20])),
    );
    let told = refusal(&[images[0].clone(), constant.clone()], &to);
    assert!(told.contains("moving image are equal"), "{told}");
    assert!(told.trim_end().ends_with(text(&constant)), "{told}");
    let lost = folder.path().join("none/t.mat");
    let told = refusal(&images, &["--out-transform", text(&lost)]);
    assert!(told.contains("the folder of the output"), "{told}");
    let onto = ["--force", "--resliced", text(&images[1])];
    let told = refusal(&images, &onto);
    assert!(told.contains("one of the inputs"), "{told}");
    let zero = write(
        &folder,
        "zero.nii",
        &header.with(floats(vec![0.0; 40 * 36 * 20])),
    );
    let told = refusal(&images, &[&to[..], &["--mask", text(&zero)]].concat());
    assert!(told.contains("mask"), "{told}");
    let flat = write(
        &folder,
        "flat.nii",
        &Nifti1::new(&[8, 8], 16).with(floats(vec![1.0; 64])),
    );
    let told = refusal(&[images[0].clone(), flat], &to);
    assert!(told.contains("dimensions"), "{told}");
    for options in [
        ["--coarsest", "3"],
        ["--coarsest", "64"],
        ["--sampling", "2"],
        ["--iterations", "1,2,3,4,5,6"],
    ] {
        refusal(&images, &[&to[..], &options].concat());
    }
    assert!(!out.exists());
    std::fs::write(&out, "mine").expect("writes");
    let told = refusal(&images, &to);
    assert!(
        told.contains("--force") || told.contains("exists"),
        "{told}"
    );
    assert_eq!(std::fs::read(&out).expect("reads"), b"mine");
    register(&images, &["--transform", "wobbly"]).code(2);
    register(&images, &["--initial", "a.mat", "--initial-mass"]).code(2);
}

#[test]
fn ct_and_pet_of_the_sample_study_come_together() {
    let study = phantom::study();
    let turn = Rotation3::from_axis_angle(&Unit::new_normalize(Vector3::new(1.0, 2.0, -1.0)), 0.2);
    let start = Matrix4::new_translation(&Vector3::new(10.0, -12.0, 8.0)) * turn.to_homogeneous();
    let never = AtomicBool::new(false);
    let inputs = LinearInputs {
        fixed: &study.ct,
        moving: &study.pet,
        mask: None,
    };
    let params = LinearParams {
        motion: Motion::Rigid,
        finest: Some(4),
        ..LinearParams::default()
    };
    let mut run = LinearRegistration::new(inputs, params, start, &never).expect("starts");
    while run.step(&never) != LinearStep::Done {}
    let found = run.finish().transform;
    for n in 0..8 {
        let corner = Point3::from([0, 1, 2].map(|a| if n >> a & 1 == 0 { -140.0 } else { 140.0 }));
        let off = (found.transform_point(&corner) - corner).norm();
        assert!(off < 3.0, "{off} mm at {corner}");
    }
}
