//! Many images at once, and the small tools: `threshold`, `split`, `merge`, `crop --above`,
//! `align-centers --by mass`.

use crate::fixtures::{Nifti1, affine, all_values, folder, read, shorts, write};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;
use warpscope::volume::VoxelType;

/// Runs the program in the folder.
fn run(folder: &TempDir, line: &str) -> Output {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command
        .current_dir(folder.path())
        .args(line.split_whitespace());
    command.output().expect("it runs")
}

fn succeeds(folder: &TempDir, line: &str) -> Output {
    let output = run(folder, line);
    assert!(output.status.success(), "{line}: {}", stderr(&output));
    output
}

fn fails(folder: &TempDir, line: &str) -> String {
    let output = run(folder, line);
    assert_eq!(output.status.code(), Some(1), "{line}: {}", stderr(&output));
    stderr(&output)
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `a.nii` and `b.nii` with 3 x 4 x 5 voxels that count from 0 and from 100, and `bad.nii`.
fn images() -> TempDir {
    let folder = folder();
    for (name, first) in [("a.nii", 0), ("b.nii", 100)] {
        let header = Nifti1::new(&[3, 4, 5], 4);
        write(&folder, name, &header.with(shorts(first..first + 60)));
    }
    write(&folder, "bad.nii", b"no image");
    folder
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn many_images_go_where_the_pattern_says() {
    let folder = images();
    let output = succeeds(
        &folder,
        "convert a.nii b.nii out/{n}-{name}.mha --jobs 2 --threads 1",
    );
    assert_eq!(files(&folder.path().join("out")), ["1-a.mha", "2-b.mha"]);
    let after = read(&folder.path().join("out/2-b.mha")).expect("reads");
    let before = read(&folder.path().join("b.nii")).expect("reads");
    assert_eq!(all_values(&after), all_values(&before));
    let table = stdout(&output);
    assert_eq!(table.lines().count(), 3, "{table}");
    let progress = stderr(&output);
    assert!(
        progress.contains("[1/2] ") && progress.contains("[2/2] "),
        "{progress}"
    );
    assert!(progress.contains("b: written"), "{progress}");
}

#[test]
fn a_bad_file_stops_only_itself_and_a_second_run_does_the_rest() {
    let folder = images();
    let line = "header a.nii bad.nii b.nii {name}-h.nii --qform-code 0 --json";
    let output = run(&folder, line);
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let results = |json: &Value| -> Vec<String> {
        let images = json["images"].as_array().expect("a list");
        let result = |image: &Value| image["result"].as_str().unwrap_or("").to_owned();
        images.iter().map(result).collect()
    };
    assert_eq!(results(&json), ["written", "failed", "written"]);
    assert_eq!(json["failed"], 1);
    let why = json["images"][1]["error"].as_str().expect("a reason");
    assert!(why.ends_with("bad.nii"), "{why}");
    assert_eq!(json["images"][2]["image"]["path"], "b-h.nii");

    fs::copy(folder.path().join("a.nii"), folder.path().join("bad.nii")).expect("mended");
    let text = fails(&folder, line);
    assert!(
        text.contains("already") && text.lines().count() == 1,
        "{text}"
    );
    let first = fs::metadata(folder.path().join("a-h.nii")).expect("there");
    let output = succeeds(&folder, &format!("{line} --skip-existing"));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(results(&json), ["skipped", "written", "skipped"]);
    let again = fs::metadata(folder.path().join("a-h.nii")).expect("there");
    assert_eq!(first.modified().ok(), again.modified().ok());
}

#[test]
fn outputs_that_meet_are_refused_before_anything_is_written() {
    let folder = images();
    let before = files(folder.path());
    let refused = [
        ("convert a.nii b.nii out.mha", "same file"),
        ("convert a.nii ./a.nii {name}.mha", "same file"),
        (
            "convert a.nii b.nii {name}.nii --force",
            "one of the inputs",
        ),
        (
            "convert a.nii b.nii ../{parent}/{name}.nii --force",
            "one of the inputs",
        ),
        ("convert a.nii b.nii {name}.xyz", ".nii"),
        ("convert a.nii b.nii {nmae}.mha", "{nmae}"),
        (
            "resample a.nii {n}.nii --like ./1.nii --force",
            "one of the inputs",
        ),
        ("split a.nii out.nii", "{t}"),
        ("split a.nii b.nii x_{t}.nii", "same file"),
        (
            "convert a.nii a_1.nii new/{name}.nii --uneven split",
            "several files",
        ),
        (
            "convert a.nii a_1.nii ../{parent}/{name}.nii.gz --uneven split",
            "several files",
        ),
    ];
    for (line, said) in refused {
        let text = fails(&folder, line);
        assert!(
            text.contains(said) && text.lines().count() == 1,
            "{line}: {text}"
        );
    }
    assert_eq!(files(folder.path()), before);
}

#[test]
fn one_image_tells_the_same_as_ever() {
    let folder = images();
    let output = succeeds(&folder, "convert a.nii a.mha --json");
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["path"], "a.mha");
    assert_eq!(stderr(&output), "");
    let output = succeeds(&folder, "convert a.nii a.mha --skip-existing");
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("skipped"));
}

#[test]
fn threads_are_started_before_the_image_that_others_are_brought_to_is_read() {
    let folder = images();
    let lines = [
        "align-centers --fixed a.nii --moving b.nii there.nii --by mass --threads 1",
        "convert a.nii series/ --threads 1",
        "convert b.nii series/ --threads 1 --force",
        "resample a.nii like.nii --like series --threads 1",
        "align-centers --fixed series --moving b.nii center.nii --threads 2",
    ];
    for line in lines {
        succeeds(&folder, line);
    }
}

#[test]
fn a_mask_is_one_where_values_lie_in_the_range() {
    let folder = images();
    succeeds(&folder, "threshold a.nii mask.nii --above 10 --below 19.5");
    let mask = read(&folder.path().join("mask.nii")).expect("reads");
    assert_eq!(mask.data().voxel_type(), VoxelType::U8);
    let expected: Vec<f64> = (0..60)
        .map(|n| f64::from(u8::from((10..20).contains(&n))))
        .collect();
    assert_eq!(all_values(&mask), expected);
    let output = succeeds(&folder, "threshold a.nii empty.nii --above 1000");
    assert!(stderr(&output).contains("empty"));
    fails(&folder, "threshold a.nii none.nii --above 2 --below 1");
    assert_eq!(
        run(&folder, "threshold a.nii none.nii").status.code(),
        Some(2)
    );
    assert_eq!(
        run(&folder, "threshold a.nii none.nii --above nan")
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_box_around_values_has_their_size_and_place() {
    let folder = images();
    succeeds(&folder, "crop a.nii box.nii --above 16 --below 17");
    // Voxels (1, 1, 1) and (2, 1, 1).
    let tight = read(&folder.path().join("box.nii")).expect("reads");
    assert_eq!(all_values(&tight), [16.0, 17.0]);
    assert_eq!(affine(&tight).map(|row| row[3]), [1.0, 1.0, 1.0]);
    succeeds(
        &folder,
        "crop a.nii wide.nii --above 16 --below 17 --margin 1",
    );
    let wide = read(&folder.path().join("wide.nii")).expect("reads");
    assert_eq!(wide.grid().shape(), [3, 3, 3]);
    let text = fails(&folder, "crop a.nii none.nii --above 60");
    assert!(text.contains("from 60 to inf"), "{text}");
    let both = run(&folder, "crop a.nii none.nii --above 60 --x 0:1");
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn split_and_merged_is_the_same_image() {
    let folder = folder();
    let mut header = Nifti1::new(&[2, 3, 4, 11], 4);
    header.float(112, 0.5).float(116, -3.0);
    write(&folder, "cine.nii", &header.with(shorts(0..264)));
    succeeds(&folder, "split cine.nii {name}_{t}.nii.gz");
    let one = read(&folder.path().join("cine_07.nii.gz")).expect("reads");
    let cine = read(&folder.path().join("cine.nii")).expect("reads");
    assert_eq!(all_values(&one), all_values(&cine)[7 * 24..8 * 24]);
    let dim = &one.meta().nifti.as_ref().expect("a header").fields["dim"];
    assert_eq!(dim[0], 3);
    let parts: Vec<String> = (0..11).map(|t| format!("cine_{t:02}.nii.gz")).collect();
    succeeds(&folder, &format!("merge {} again.nii", parts.join(" ")));
    let again = read(&folder.path().join("again.nii")).expect("reads");
    assert_eq!(again.data().dim(), cine.data().dim());
    assert_eq!(again.data().voxel_type(), VoxelType::I16);
    assert_eq!(all_values(&again), all_values(&cine));
}

#[test]
fn many_images_are_split_and_a_stopped_run_goes_on() {
    let folder = folder();
    for (name, first) in [("a.nii", 0), ("b.nii", 100)] {
        let header = Nifti1::new(&[2, 3, 4, 3], 4);
        write(&folder, name, &header.with(shorts(first..first + 72)));
    }
    let line = "split a.nii b.nii out/{name}/{n}_{t}.nii --jobs 2 --threads 1 --json";
    succeeds(&folder, line);
    let out = folder.path().join("out");
    assert_eq!(files(&out.join("b")), ["2_0.nii", "2_1.nii", "2_2.nii"]);
    let last = read(&out.join("b/2_2.nii")).expect("reads");
    assert_eq!(all_values(&last)[0], 148.0);
    assert!(fails(&folder, line).contains("failed"));
    fs::remove_file(out.join("b/2_0.nii")).expect("removed");
    fs::remove_file(out.join("b/2_1.nii")).expect("removed");
    let output = succeeds(&folder, &format!("{line} --skip-existing"));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let results = [&json["images"][0]["result"], &json["images"][1]["result"]];
    assert_eq!(results, ["skipped", "written"]);
    let written = &json["images"][1]["image"]["images"];
    assert_eq!(written.as_array().map(Vec::len), Some(2));
    assert_eq!(files(&out.join("b")).len(), 3);
}

#[test]
fn images_on_other_grids_are_not_merged() {
    let folder = images();
    succeeds(&folder, "crop b.nii small.nii --x 0:2");
    let text = fails(&folder, "merge a.nii small.nii out.nii");
    assert!(text.contains("image 2") && text.contains("grid"), "{text}");
    assert!(!folder.path().join("out.nii").exists());
}

#[test]
fn centres_of_mass_fall_together_for_several_images() {
    let folder = images();
    let mut header = Nifti1::new(&[3, 1, 1], 4);
    header.rows([[2., 0., 0., 50.], [0., 1., 0., 0.], [0., 0., 1., -7.]]);
    write(&folder, "dot.nii", &header.with(shorts([0, 0, 9])));
    write(&folder, "flat.nii", &header.with(shorts([4, 4, 4])));
    let line =
        "align-centers --fixed dot.nii --moving a.nii --moving b.nii {name}-there.nii --by mass";
    succeeds(&folder, line);
    for name in ["a-there.nii", "b-there.nii"] {
        let moved = read(&folder.path().join(name)).expect("reads");
        let center = moved.center_of_mass().expect("a centre");
        assert!(
            (center.0 - nalgebra::Point3::new(54.0, 0.0, -7.0)).norm() < 1e-4,
            "{center:?}"
        );
    }
    let line = "align-centers --fixed flat.nii --moving a.nii out.nii --by mass";
    assert!(fails(&folder, line).contains("constant"));
}
