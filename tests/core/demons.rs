//! `warpscope demons` as a program: its report, its files and what it refuses.

use crate::fixtures::{Nifti1, affine, floats, folder, read, write};
use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use warpscope::geometry::{IndexPoint, WorldPoint};
use warpscope::volume::{Content, Interpolation, Volume, sample};

const SHAPE: [usize; 3] = [22, 18, 14];

/// i to the back, j to the head, k to the left: no axis is where LPS has it.
const ROWS: [[f32; 4]; 3] = [
    [0.0, 0.0, -2.5, 20.0],
    [-2.0, 0.0, 0.0, 15.0],
    [0.0, 1.5, 0.0, -9.0],
];

/// A soft blob about `center`, in voxels.
fn blob(folder: &TempDir, name: &str, center: [f32; 3]) -> PathBuf {
    blob_at(folder, name, center, ROWS)
}

/// The same on another grid.
fn blob_at(folder: &TempDir, name: &str, center: [f32; 3], rows: [[f32; 4]; 3]) -> PathBuf {
    let [nx, ny, nz] = SHAPE;
    let mut values = Vec::new();
    for k in 0..nz {
        for j in 0..ny {
            for i in 0..nx {
                let at = [i as f32, j as f32, k as f32];
                let off: f32 = at.iter().zip(center).map(|(a, c)| (a - c).powi(2)).sum();
                values.push(200.0 * (-off / 18.0).exp());
            }
        }
    }
    let mut header = Nifti1::new(&[nx as i16, ny as i16, nz as i16], 16);
    header.rows(rows);
    write(folder, name, &header.with(floats(values)))
}

/// A source whose blob lies 1 voxel further along each axis than the target's.
fn pair(folder: &TempDir) -> [PathBuf; 2] {
    [
        blob(folder, "source.nii", [12.0, 9.5, 7.5]),
        blob(folder, "target.nii", [11.0, 8.5, 6.5]),
    ]
}

fn demons([source, target]: &[PathBuf; 2], more: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command
        .args(["demons", "--levels", "2", "--max-iterations", "30"])
        .arg("--source")
        .arg(source)
        .arg("--target")
        .arg(target)
        .args(more)
        .assert()
}

fn refusal(images: &[PathBuf; 2], more: &[&str]) -> String {
    let output = demons(images, more).code(1);
    let text = String::from_utf8(output.get_output().stderr.clone()).expect("text");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("warpscope: "), "{text}");
    text
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("a report")).expect("JSON")
}

/// The vector at a voxel of a field, LPS mm.
fn vector(field: &Volume, voxel: [usize; 3]) -> [f64; 3] {
    let values = field.values(voxel, 0).expect("inside");
    values.try_into().expect("three components")
}

#[test]
fn the_report_says_what_the_run_did() {
    let folder = folder();
    let report = folder.path().join("report.json");
    demons(&pair(&folder), &["--report", text(&report)]).success();
    let report = json(&report);
    assert_eq!(report["shape"], serde_json::json!(SHAPE));
    assert_eq!(report["spacing_mm"], serde_json::json!([2.0, 1.5, 2.5]));
    assert_eq!(report["params"]["levels"], 2);
    let number = |value: &Value| value.as_f64().expect("a number");
    assert!(number(&report["msd_final"]) < 0.1 * number(&report["msd_initial"]));
    let levels = report["levels"].as_array().expect("levels");
    let iterations = report["iterations"].as_array().expect("iterations");
    assert_eq!(levels.len(), 2);
    for (level, count) in levels.iter().zip(iterations) {
        let msd = level["msd"].as_array().expect("MSD").len() as u64;
        assert_eq!(Some(msd), count.as_u64().map(|count| count + 1));
    }
    assert_eq!(levels[1]["shape"], report["shape"]);
    let jacobian = &report["jacobian"];
    assert!(number(&jacobian["min"]) <= number(&jacobian["mean"]));
    assert!(number(&jacobian["mean"]) <= number(&jacobian["max"]));
    assert!(jacobian["folded"].is_u64() && report["threads"].is_u64());
    assert!(number(&report["seconds"]) > 0.0);
}

#[test]
fn the_saved_field_in_lps_mm_takes_the_source_to_the_saved_warped_image() {
    let folder = folder();
    let images = pair(&folder);
    let [warped, field, jacobian] =
        ["warped.nii.gz", "field.nii.gz", "jacobian.nii"].map(|name| folder.path().join(name));
    let outputs = [
        "--warped",
        text(&warped),
        "--field",
        text(&field),
        "--jacobian",
        text(&jacobian),
    ];
    demons(&images, &outputs).success();
    let [source, target, warped, field, jacobian] =
        [&images[0], &images[1], &warped, &field, &jacobian].map(|path| read(path).expect("reads"));
    for image in [&warped, &field, &jacobian] {
        assert_eq!(affine(image), affine(&target));
    }
    assert_eq!(field.meta().content, Content::Vector);
    assert_eq!(field.data().dim(), [1, SHAPE[2], SHAPE[1], SHAPE[0], 3]);
    let header = &field.meta().nifti.as_ref().expect("a header").fields;
    assert_eq!(header["intent_code"], 1007);
    let largest = check_field(&field, &source, &warped);
    assert!(largest > 2.0, "the field moves nothing");
}

/// The field takes voxels of the target to where the source has the warped image's values; returns
/// its greatest length in mm.
fn check_field(field: &Volume, source: &Volume, warped: &Volume) -> f64 {
    let mut largest: f64 = 0.0;
    for voxel in [[11, 8, 6], [9, 9, 7], [13, 7, 5], [10, 11, 8], [8, 6, 6]] {
        let [x, y, z] = vector(field, voxel);
        largest = largest.max(x.hypot(y).hypot(z));
        let at = field
            .grid()
            .index_to_world(IndexPoint::from(voxel))
            .to_lps();
        let there = WorldPoint::from_lps([at[0] + x, at[1] + y, at[2] + z]);
        let there = source.grid().world_to_index(there);
        let taken = sample(source, there, 0, 0, Interpolation::Linear).expect("inside");
        let saved = warped.value(voxel, 0, 0).expect("inside");
        assert!(
            (taken - saved).abs() < 0.05,
            "{voxel:?}: {taken} is not {saved}"
        );
    }
    largest
}

#[test]
fn a_run_starts_from_a_transform_and_its_field_holds_the_whole_way() {
    let folder = folder();
    let target = blob(&folder, "target.nii", [11.0, 8.5, 6.5]);
    // 300 mm further right, and twice as large there: T(x) = 2 x + 300 along x.
    let mut rows = ROWS.map(|row| row.map(|value| 2.0 * value));
    rows[0][3] += 300.0;
    let source = blob_at(&folder, "source.nii", [12.0, 9.5, 7.5], rows);
    let images = [source, target];
    assert!(refusal(&images, &[]).contains("nowhere in the target's space"));
    let transform = folder.path().join("T.mat");
    std::fs::write(&transform, "2 0 0 300\n0 2 0 0\n0 0 2 0\n0 0 0 1\n").expect("a file");
    let [warped, field, report] = ["w.nii", "f.nii", "r.json"].map(|name| folder.path().join(name));
    let outputs = [
        "--initial",
        text(&transform),
        "--warped",
        text(&warped),
        "--field",
        text(&field),
        "--report",
        text(&report),
    ];
    demons(&images, &outputs).success();
    let [source, warped, field] =
        [&images[0], &warped, &field].map(|path| read(path).expect("reads"));
    assert!(check_field(&field, &source, &warped) > 250.0);
    let report = json(&report);
    let number = |value: &Value| value.as_f64().expect("a number");
    assert!(number(&report["msd_final"]) < 0.1 * number(&report["msd_initial"]));
    // The mapping doubles every edge of a voxel.
    assert!((number(&report["jacobian"]["mean"]) - 8.0).abs() < 0.8);
    std::fs::write(&transform, "1 2 3").expect("a file");
    let refused = refusal(&images, &["--initial", text(&transform)]);
    assert!(
        refused.contains("neither ITK's text format nor sixteen numbers"),
        "{refused}"
    );
    std::fs::write(&transform, "-1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1\n").expect("a file");
    let refused = refusal(&images, &["--initial", text(&transform)]);
    assert!(refused.contains("mirrors"), "{refused}");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = folder();
    let images = pair(&folder);
    let fields = ["1", "3"].map(|threads| {
        let path = folder.path().join(format!("field_{threads}.nii"));
        demons(&images, &["--threads", threads, "--field", text(&path)]).success();
        std::fs::read(path).expect("a field")
    });
    assert!(fields[0] == fields[1]);
}

#[test]
fn pictures_are_registered_upright_and_saved_on_their_own_grid() {
    let folder = folder();
    let images = ["source", "target"].map(|name| {
        let (x, y) = if name == "source" { (22, 15) } else { (20, 18) };
        let picture = image::GrayImage::from_fn(44, 36, |i, j| {
            let off = (i as f32 - x as f32).powi(2) + (j as f32 - y as f32).powi(2);
            image::Luma([(220.0 * (-off / 50.0).exp()) as u8])
        });
        let path = folder.path().join(format!("{name}.png"));
        picture.save(&path).expect("a picture");
        path
    });
    let field = folder.path().join("field.nii");
    demons(&images, &["--field", text(&field)]).success();
    let [target, field] = [&images[1], &field].map(|path| read(path).expect("reads"));
    assert_eq!(affine(&field), affine(&target));
    // The source lies 2 pixels to the right, the patient's left, and 3 up, to the front.
    // ITK, for which a picture has two dimensions, needs fields of two components.
    let [x, y] = field.values([20, 18, 0], 0).expect("inside")[..] else {
        panic!("{} components", field.components());
    };
    assert!((x - 2.0).abs() < 0.7 && (y + 3.0).abs() < 0.7, "{x} {y}");
}

#[test]
fn what_could_not_be_written_is_refused_before_the_run() {
    let folder = folder();
    let images = pair(&folder);
    let there = text(&images[0]).to_owned();
    assert!(refusal(&images, &["--warped", &there]).contains("--force"));
    assert!(refusal(&images, &["--report", &there]).contains("--force"));
    assert!(refusal(&images, &["--field", "field.xyz"]).contains(".nii.gz"));
    let twice = folder.path().join("a.nii");
    let names = ["--warped", text(&twice), "--field", text(&twice)];
    assert!(refusal(&images, &names).contains("the same name"));
}

#[test]
fn the_ending_of_a_name_is_the_format_of_a_result() {
    let folder = folder();
    let images = pair(&folder);
    let fields = ["field.nii", "field.mha", "field.nhdr"].map(|name| {
        let path = folder.path().join(name);
        demons(&images, &["--field", text(&path)]).success();
        read(&path).expect("reads")
    });
    let at = fields.each_ref().map(|field| field.values([9, 8, 6], 0));
    assert_eq!(at[0].as_ref().map(Vec::len), Some(3));
    assert!(at[0] == at[1] && at[0] == at[2], "{at:?}");
    let formats = fields.map(|field| field.meta().format.name());
    assert_eq!(formats, ["nifti1", "metaimage", "nrrd"]);
}

#[test]
fn images_that_cannot_be_registered_are_refused_in_one_sentence() {
    let folder = folder();
    let [source, target] = pair(&folder);
    let missing = folder.path().join("missing.nii");
    refusal(&[missing, target.clone()], &[]);
    let flat = folder.path().join("flat.png");
    image::GrayImage::from_fn(20, 20, |i, j| image::Luma([(i * j % 251) as u8]))
        .save(&flat)
        .expect("a picture");
    refusal(&[flat, target.clone()], &[]);
    refusal(&[source, target], &["--sigma-elastic", "1000"]);
}

#[test]
fn options_that_mean_nothing_are_wrong_usage() {
    let folder = folder();
    let images = pair(&folder);
    for option in [
        ["--forces", "both"],
        ["--precision", "f16"],
        ["--threads", "0"],
    ] {
        demons(&images, &option).code(2);
    }
}
