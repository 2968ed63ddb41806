//! `warpscope info` as a program: its JSON, its exit status and what it says when it refuses.

use crate::fixtures::{Nifti1, floats, folder, shorts, write};
use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use std::process::Stdio;

fn info(path: &Path, more: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command.arg("info").arg(path).args(more).assert()
}

fn json(path: &Path, more: &[&str]) -> Value {
    let output = info(path, &[more, &["--json"]].concat()).success();
    serde_json::from_slice(&output.get_output().stdout).expect("one JSON value")
}

fn refusal(path: &Path, more: &[&str]) -> String {
    let output = info(path, more).code(1);
    let output = output.get_output();
    assert!(output.stdout.is_empty());
    let text = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("warpscope: "), "{text}");
    text
}

#[test]
fn the_json_says_what_the_image_is() {
    let folder = folder();
    let mut header = Nifti1::new(&[2, 2, 1], 4);
    header.float(112, 2.0).float(116, 1.0);
    header.rows([[0., 3., 0., 5.], [2., 0., 0., 6.], [0., 0., 4., 7.]]);
    let path = write(&folder, "a.nii", &header.with(shorts([0, 1, 2, -5])));
    let told = json(&path, &["--at", "1,1,0", "--at-world", "8.4,6,7"]);
    let expected = serde_json::json!({
        "path": path.display().to_string(),
        "format": "nifti1",
        "shape": [2, 2, 1],
        "components": 1,
        "dtype": "int16",
        "spacing_mm": [2, 3, 4],
        "affine_ras": [[0, 3, 0, 5], [2, 0, 0, 6], [0, 0, 4, 7], [0, 0, 0, 1]],
        "origin_lps": [-5, -6, 7],
        "direction_lps": [[0, -1, 0], [-1, 0, 0], [0, 0, 1]],
        "orientation": { "from": "PLI", "to": "ARS" },
        "rescale": { "slope": 2, "intercept": 1 },
        "intensity": { "min": -9, "max": 5, "mean": 0, "nonfinite": 0 },
        "values": [
            { "index": [1, 1, 0], "world_ras": [8, 8, 7], "value": -9 },
            { "index": [0, 1, 0], "world_ras": [8, 6, 7], "value": 5 },
        ],
        "notices": [],
    });
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(told[name], *value, "{name}");
    }
    assert_eq!(told["nifti"]["sform_code"], 1);
    assert_eq!(told["nifti"]["qform"], Value::Null);
}

#[test]
fn numbers_json_lacks_are_words() {
    let folder = folder();
    let header = Nifti1::new(&[3, 1, 1], 16);
    let file = header.with(floats([f32::NAN, f32::INFINITY, f32::NEG_INFINITY]));
    let path = write(&folder, "a.nii", &file);
    let told = json(&path, &["--at", "0,0,0", "--at", "1,0,0", "--at", "2,0,0"]);
    assert_eq!(told["intensity"]["mean"], "nan");
    assert_eq!(told["intensity"]["nonfinite"], 3);
    let values: Vec<&Value> = (0..3).map(|n| &told["values"][n]["value"]).collect();
    assert_eq!(values, ["nan", "inf", "-inf"]);
}

#[test]
fn time_points_and_components_have_their_values() {
    let folder = folder();
    let file = Nifti1::new(&[1, 1, 1, 2, 2], 4).with(shorts([1, 2, 3, 4]));
    let path = write(&folder, "a.nii", &file);
    let told = json(&path, &["--at", "0,0,0,1"]);
    assert_eq!(told["shape"], serde_json::json!([1, 1, 1, 2]));
    assert_eq!(told["values"][0]["value"], serde_json::json!([2, 4]));
    assert_eq!(told["values"][0]["index"], serde_json::json!([0, 0, 0, 1]));
}

#[test]
fn points_outside_are_refused() {
    let folder = folder();
    let path = write(&folder, "a.nii", &Nifti1::new(&[2, 2, 2], 2).with([0; 8]));
    for at in ["2,0,0", "-1,0,0", "0,0,0,1"] {
        assert!(refusal(&path, &["--at", at]).contains(at.trim_end_matches(",0")));
    }
    refusal(&path, &["--at-world", "-5,0,0"]);
}

#[test]
fn notices_go_to_stderr_and_into_the_json() {
    let folder = folder();
    let path = write(&folder, "a.txt", &Nifti1::new(&[1, 1, 1], 2).with([1]));
    for more in [&[][..], &["--json"]] {
        let output = info(&path, more).success();
        let text = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
        assert!(text.starts_with("warpscope: the file is a NIfTI-1 image"));
    }
    assert_eq!(json(&path, &[])["notices"][0]["kind"], "wrong-extension");
}

#[test]
fn a_folder_of_images_is_a_list_to_choose_from() {
    let folder = folder();
    write(&folder, "a.nii", &Nifti1::new(&[1, 1, 1], 2).with([1]));
    write(&folder, "b.nii", &Nifti1::new(&[2, 1, 1], 2).with([1, 2]));
    write(&folder, "notes.txt", b"notes");
    let told = json(folder.path(), &[]);
    assert_eq!(told["series"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["series"][1]["shape"], serde_json::json!([2, 1, 1]));
    assert_eq!(told["skipped"].as_array().map(Vec::len), Some(1));
    let uid = told["series"][1]["uid"].as_str().expect("a uid").to_owned();
    let chosen = json(folder.path(), &["--series", &uid]);
    assert_eq!(chosen["shape"], serde_json::json!([2, 1, 1]));
    let text = refusal(folder.path(), &["--series", "1.2.3"]);
    assert!(text.contains(&uid), "the list is in the refusal");
}

#[test]
fn what_is_no_image_is_refused_in_one_line() {
    let folder = folder();
    let path = write(&folder, "a.nii", b"no image at all");
    assert!(
        refusal(&path, &[]).ends_with("a.nii\n"),
        "the path comes last"
    );
    assert!(refusal(Path::new("no/such/file"), &[]).ends_with("no/such/file\n"));
    refusal(folder.path(), &["--json"]);
}

#[test]
fn wrong_usage_has_status_2() {
    let status = |line: &[&str]| {
        let mut command = Command::cargo_bin("warpscope").expect("the program");
        command.args(line).assert().code(2);
    };
    status(&["info"]);
    status(&["info", "a.nii", "--bogus"]);
    status(&["info", "a.nii", "--at", "1,2"]);
    status(&["b.nii", "-w", "a.warpscope"]);
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let folder = folder();
    let path = write(&folder, "a.nii", &Nifti1::new(&[1, 1, 1], 2).with([1]));
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("warpscope"))
        .args(["info".as_ref(), path.as_os_str()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert!(output.stderr.is_empty(), "no panic, no complaint");
    assert!(output.status.success());
}
