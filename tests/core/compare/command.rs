//! `warpscope compare`, and `render` of two images, as programs.

use crate::fixtures::{Nifti1, floats, folder, run, shorts, stderr, write};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// 4 x 4 x 4 voxels of 1 mm.
fn cube(folder: &TempDir, name: &str, value: impl Fn(i16) -> i16) -> PathBuf {
    let voxels = shorts((0..64).map(value));
    write(folder, name, &Nifti1::new(&[4, 4, 4], 4).with(voxels))
}

fn compared(arguments: &[&str], paths: &[&Path]) -> Value {
    let arguments = [&["compare", "--json"], arguments].concat();
    let output = run(&arguments, paths).success();
    serde_json::from_slice(&output.get_output().stdout).expect("JSON")
}

fn refused(arguments: &[&str], paths: &[&Path]) -> String {
    let output = run(&[&["compare"], arguments].concat(), paths).code(1);
    let text = stderr(&output);
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path")
}

#[test]
fn values_are_compared_in_words_and_as_json() {
    let folder = folder();
    let a = cube(&folder, "a.nii", |n| n);
    let b = cube(&folder, "b.nii", |n| 2 * n + 1);
    let found = compared(&[], &[&a, &b]);
    let figures = &found["similarity"];
    assert_eq!(figures["voxels"], 64);
    assert_eq!(figures["max_absolute"], 64);
    assert_eq!(figures["mean_absolute"], 32.5);
    assert_eq!(figures["ncc"], 1);
    let words = run(&["compare"], &[&a, &b]).success();
    let words = String::from_utf8(words.get_output().stdout.clone()).expect("text");
    assert!(
        words.contains("NCC          1\n") && words.contains("MSD"),
        "{words}"
    );
    let flat = cube(&folder, "flat.nii", |_| 5);
    assert_eq!(compared(&[], &[&a, &flat])["similarity"]["ncc"], "nan");
}

#[test]
fn transforms_take_the_second_image_to_the_first() {
    let folder = folder();
    let a = cube(&folder, "a.nii", |n| n % 4);
    // The same one voxel further to the right: value i - 1 at i.
    let b = cube(&folder, "b.nii", |n| n % 4 - 1);
    let shift = "1 0 0 0.5\n0 1 0 0\n0 0 1 0\n0 0 0 1\n";
    let shift = write(&folder, "half.mat", shift.as_bytes());
    assert_eq!(compared(&[], &[&a, &b])["similarity"]["max_absolute"], 1);
    let twice = ["--transform", text(&shift), "--transform", text(&shift)];
    let found = compared(&twice, &[&a, &b]);
    assert_eq!(found["similarity"]["max_absolute"], 0);
    assert_eq!(found["similarity"]["voxels"], 48);
    let back = "1 0 0 -1\n0 1 0 0\n0 0 1 0\n0 0 0 1\n";
    let back = write(&folder, "back.mat", back.as_bytes());
    let back = format!("{}:inverse", text(&back));
    let found = compared(&["--transform", &back], &[&a, &b]);
    assert_eq!(found["similarity"]["max_absolute"], 0);
    // u in LPS: 1 mm to the right is -1.
    let mut header = Nifti1::new(&[4, 4, 4, 1, 3], 16);
    header.short(68, 1007);
    let field = [[-1.0; 64], [0.0; 64], [0.0; 64]].concat();
    let field = write(&folder, "field.nii", &header.with(floats(field)));
    let found = compared(&["--transform", text(&field)], &[&a, &b]);
    assert_eq!(found["similarity"]["max_absolute"], 0);
}

#[test]
fn labels_are_compared_one_by_one_with_their_names() {
    let folder = folder();
    let a = cube(&folder, "a.nii", |n| i16::from(n < 32) * 3);
    let b = cube(&folder, "b.nii", |n| i16::from(n < 48) * 3);
    let table = "3 255 0 0 1 1 1 \"Liver\"\n";
    let table = write(&folder, "labels.txt", table.as_bytes());
    let found = compared(&["--labels", "--label-table", text(&table)], &[&a, &b]);
    let label = &found["labels"][0];
    assert_eq!(
        (&label["label"], &label["name"]),
        (&3.into(), &"Liver".into())
    );
    assert_eq!(label["dice"], 0.8);
    assert_eq!(label["volume_ratio"], 1.5);
    assert_eq!(label["hausdorff_mm"], 1);
    assert!(found.get("similarity").is_none());
    let words = run(&["compare", "--labels"], &[&a, &b]).success();
    let words = String::from_utf8(words.get_output().stdout.clone()).expect("text");
    assert!(
        words.contains("Dice         0.8000") && words.contains("Label 3"),
        "{words}"
    );
}

#[test]
fn labels_are_listed_with_their_volumes_and_the_values_within_them() {
    let folder = folder();
    let labels = cube(&folder, "labels.nii", |n| {
        i16::from(n < 16) + 2 * i16::from(n >= 60)
    });
    let values = cube(&folder, "values.nii", |n| n % 16);
    let output = run(&["labels", "--json", "--of", text(&values)], &[&labels]).success();
    let found: Value = serde_json::from_slice(&output.get_output().stdout).expect("JSON");
    let [one, two] = [0, 1].map(|n| &found["labels"][n]);
    assert_eq!(
        (&one["label"], &one["voxels"], &one["mm3"]),
        (&1.into(), &16.into(), &16.into())
    );
    assert_eq!(
        (&one["values"]["mean"], &one["values"]["max"]),
        (&7.5.into(), &15.into())
    );
    assert_eq!(
        (&two["label"], &two["values"]["min"]),
        (&2.into(), &12.into())
    );
    let words = run(&["labels"], &[&labels]).success();
    let words = String::from_utf8(words.get_output().stdout.clone()).expect("text");
    assert!(
        words.contains("Label 2") && !words.contains("Mean"),
        "{words}"
    );
    let away = Nifti1::new(&[4, 4, 4], 4)
        .rows([[1., 0., 0., 90.], [0., 1., 0., 0.], [0., 0., 1., 0.]])
        .with(shorts(0..64));
    let away = write(&folder, "away.nii", &away);
    let refused = run(&["labels", "--of", text(&away)], &[&labels]).code(1);
    assert!(stderr(&refused).contains("reaches no label"));
}

#[test]
fn errors_of_landmarks_are_told_after_the_transform() {
    let folder = folder();
    let a = cube(&folder, "a.nii", |n| n);
    let fixed = write(&folder, "fixed.csv", b"name,x,y,z\na,0,0,0\nb,1,1,1\n");
    let slicer = "# Markups fiducial file version = 4.11\n# CoordinateSystem = LPS\n\
        # columns = id,x,y,z,ow,ox,oy,oz,vis,sel,lock,label,desc,associatedNodeID\n\
        1,-4,-2,1,0,0,0,1,1,1,0,b,,\n2,-3,0,0,0,0,0,1,1,1,0,a,,\n";
    let moving = write(&folder, "moving.fcsv", slicer.as_bytes());
    let shift = "1 0 0 3\n0 1 0 0\n0 0 1 0\n0 0 0 1\n";
    let shift = write(&folder, "shift.mat", shift.as_bytes());
    let files = ["--landmarks", text(&fixed), text(&moving)];
    let moved = [&["--transform", text(&shift)], &files[..]].concat();
    let found = compared(&moved, &[&a, &a]);
    // The second pair is 1 mm off in y.
    let errors = &found["landmarks"];
    assert_eq!(
        (&errors["mean_mm"], &errors["max_mm"]),
        (&0.5.into(), &1.into())
    );
    assert_eq!(errors["each"][1]["name"], "b");
    let pairs = write(
        &folder,
        "pairs.csv",
        b"a_x,a_y,a_z,b_x,b_y,b_z\n0,0,0,-3,0,0\n",
    );
    let moved = [
        "--transform",
        text(&shift),
        "--landmark-pairs",
        text(&pairs),
        "--lps",
    ];
    assert_eq!(compared(&moved, &[&a, &a])["landmarks"]["max_mm"], 0);
}

#[test]
fn what_cannot_be_compared_is_refused_in_one_line() {
    let folder = folder();
    let a = cube(&folder, "a.nii", |n| n);
    let away = "1 0 0 500\n0 1 0 0\n0 0 1 0\n0 0 0 1\n";
    let away = write(&folder, "away.mat", away.as_bytes());
    let text_of = refused(&["--transform", text(&away)], &[&a, &a]);
    assert!(text_of.contains("no voxel in common"), "{text_of}");
    let empty = cube(&folder, "empty.nii", |_| 0);
    let text_of = refused(&["--mask", text(&empty)], &[&a, &a]);
    assert!(text_of.contains("mask has no voxel above 0"), "{text_of}");
    let text_of = refused(&["--labels"], &[&empty, &empty]);
    assert!(text_of.contains("neither image has a label"), "{text_of}");
    let halves = Nifti1::new(&[4, 4, 4], 16).with(floats((0..64).map(|n| n as f32 / 2.0)));
    let halves = write(&folder, "halves.nii", &halves);
    let text_of = refused(&["--labels"], &[&halves, &a]);
    assert!(text_of.contains("no whole numbers"), "{text_of}");
    let two = write(&folder, "two.csv", b"0,0,0\n1,1,1\n");
    let one = write(&folder, "one.csv", b"0,0,0\n");
    let text_of = refused(&["--landmarks", text(&two), text(&one)], &[&a, &a]);
    assert!(
        text_of.contains("2 landmarks of the fixed image and 1"),
        "{text_of}"
    );
    let text_of = refused(&["--landmark-pairs", text(&one)], &[&a, &a]);
    assert!(text_of.contains("points of one image only"), "{text_of}");
    run(&["compare", "--label-table", "x"], &[&a, &a]).code(2);
}

fn picture(folder: &TempDir, arguments: &[&str]) -> image::RgbImage {
    let out = folder.path().join("picture.png");
    let fixed = [
        "--view",
        "axial",
        "--size",
        "40x40",
        "--no-annotations",
        "--force",
    ];
    let arguments = [&["render"], arguments, &fixed[..], &["--out"]].concat();
    run(&arguments, &[&out]).success();
    image::open(&out).expect("a PNG").to_rgb8()
}

#[test]
fn two_images_are_drawn_in_one_picture() {
    let folder = folder();
    let dark = cube(&folder, "dark.nii", |_| 0);
    let light = cube(&folder, "light.nii", |_| 100);
    let images = [text(&dark), "-o", text(&light), "--window", "0,100"];
    let shown = |how: &[&str]| picture(&folder, &[&images[..], how].concat());
    let swipe = shown(&["--compare", "swipe", "--compare-at", "0.25"]);
    let at = |x: u32, y: u32| swipe.get_pixel(x, y).0;
    assert_eq!([at(9, 20), at(10, 20)], [[0; 3], [255; 3]]);
    let board = shown(&["--compare", "checkerboard", "--squares", "2"]);
    assert_eq!(board.get_pixel(5, 5).0, [0; 3]);
    assert_eq!(board.get_pixel(25, 5).0, [255; 3]);
    let composite = shown(&["--compare", "cyan-magenta"]);
    assert_eq!(composite.get_pixel(5, 5).0, [255, 0, 255]);
    run(
        &["render", "--compare", "swipe", "--out", "a.png"],
        &[&dark],
    )
    .code(2);
}

#[test]
fn labels_are_drawn_in_the_colours_of_their_table() {
    let folder = folder();
    let image = cube(&folder, "image.nii", |_| 0);
    let labels = cube(&folder, "labels.nii", |n| i16::from(n % 4 < 2));
    let table = write(&folder, "labels.txt", b"1 10 200 30 1 1 1 \"One\"\n");
    let with_table = format!("{}:{}", text(&labels), text(&table));
    let pixels = picture(
        &folder,
        &[
            text(&image),
            "--window",
            "0,1",
            "--labels",
            &with_table,
            "--outlines",
        ],
    );
    // i runs to the patient's right, which is on the left; the border of the picture ends no label.
    assert_eq!(pixels.get_pixel(35, 20).0, [0; 3]);
    assert_eq!(pixels.get_pixel(20, 20).0, [10, 200, 30]);
    let filled = picture(
        &folder,
        &[text(&image), "--window", "0,1", "--labels", &with_table],
    );
    assert_eq!(filled.get_pixel(35, 20).0, [5, 100, 15]);
    let values = Nifti1::new(&[4, 4, 4], 16).with(floats([0.5; 64]));
    let values = write(&folder, "values.nii", &values);
    let refused = run(
        &["render", "--out", "a.png", "--labels", text(&values)],
        &[&image],
    );
    assert!(stderr(&refused.code(1)).contains("no whole numbers"));
}

#[test]
fn what_a_reader_noticed_is_told_once_an_image() {
    let folder = folder();
    let mut header = Nifti1::new(&[4, 4, 4], 2);
    header.short(252, 1).float(268, 5.0);
    let image = write(&folder, "two-forms.nii", &header.with([7; 64]));
    let told = stderr(&run(&["compare"], &[&image, &image]).success());
    assert_eq!(told.lines().count(), 2, "{told}");
    let told = told.lines().next().map(str::to_owned).unwrap_or_default();
    assert!(told.contains("qform"), "{told}");
}

#[test]
fn time_points_that_do_not_count_are_told() {
    let folder = folder();
    let image = write(
        &folder,
        "4d.nii",
        &Nifti1::new(&[2, 2, 2, 3], 2).with([1; 24]),
    );
    for command in [&["compare"][..], &["labels"]] {
        let paths = vec![&*image; if command == ["compare"] { 2 } else { 1 }];
        let told = stderr(&run(command, &paths).success());
        assert!(told.contains("only the first of 3 time points"), "{told}");
    }
}
