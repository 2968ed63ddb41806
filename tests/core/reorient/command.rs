//! `warpscope reorient` as a program.

use crate::fixtures::{Nifti1, affine, all_values, folder, read, shorts, write};
use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A CT as ITK-SNAP's RAI: i to the left, j to the back, k to the head.
fn ct(folder: &TempDir) -> PathBuf {
    let mut header = Nifti1::new(&[3, 4, 5], 4);
    header.rows([
        [-0.5, 0., 0., 90.],
        [0., -0.75, 0., 30.],
        [0., 0., 2., -553.],
    ]);
    write(folder, "ct.nii", &header.with(shorts(0..60)))
}

fn reorient(input: &Path, output: &Path, more: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command.arg("reorient").arg(input).arg(output).args(more);
    command.assert()
}

fn stderr(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).expect("text")
}

#[test]
fn both_spellings_write_the_same_file_and_the_output_names_both() {
    let folder = folder();
    let input = ct(&folder);
    let [one, other] = ["one.nii.gz", "other.nii.gz"].map(|name| folder.path().join(name));
    let assert = reorient(&input, &one, &["--to", "ASL"]).success();
    let text = String::from_utf8(assert.get_output().stdout.clone()).expect("text");
    assert!(text.contains("RAI (from) = LPS (to)"), "{text}");
    assert!(text.contains("ASL (from) = PIR (to)"), "{text}");
    reorient(&input, &other, &["--to-nibabel", "pir"]).success();
    let [one, other] = [one, other].map(|path| read(&path).expect("an image"));
    assert_eq!(one.grid(), other.grid());
    assert_eq!(one.grid().orientation().to_code(), "PIR");
    assert_eq!(one.grid().shape(), [4, 5, 3]);
    assert_eq!(all_values(&one), all_values(&other));
    assert_eq!(one.value([1, 0, 2], 0, 0), Some(f64::from(3 + 4 * 12)));
}

#[test]
fn relabelling_keeps_voxels_origin_and_spacing_and_says_so_in_json() {
    let folder = folder();
    let input = ct(&folder);
    let output = folder.path().join("out.nii");
    let assert = reorient(&input, &output, &["--to", "ASL", "--relabel", "--json"]).success();
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).expect("JSON");
    assert_eq!(json["mode"], "relabel");
    assert_eq!(json["before"]["from"], "RAI");
    assert_eq!(json["orientation"]["from"], "ASL");
    assert_eq!(json["orientation"]["to"], "PIR");
    let [before, after] = [&input, &output].map(|path| read(path).expect("an image"));
    assert_eq!(all_values(&before), all_values(&after));
    let expected = [
        [0., 0., 2., 90.],
        [-0.5, 0., 0., 30.],
        [0., -0.75, 0., -553.],
    ];
    assert_eq!(affine(&after), expected);
}

#[test]
fn an_oblique_image_that_is_straightened_is_said() {
    let folder = folder();
    let mut header = Nifti1::new(&[3, 4, 5], 4);
    header.rows([[0.9, 0.3, 0., 0.], [-0.3, 0.9, 0., 0.], [0., 0., 1., 0.]]);
    let input = write(&folder, "oblique.nii", &header.with(shorts(0..60)));
    let output = folder.path().join("out.nii");
    let assert = reorient(&input, &output, &["--to", "LPI", "--relabel"]).success();
    let text = stderr(&assert);
    assert!(text.contains("oblique by 18.43 degrees"), "{text}");
    let assert = reorient(&input, &output, &["--to", "RAI", "--force"]).success();
    assert_eq!(stderr(&assert), "");
}

#[test]
fn wrong_codes_are_wrong_usage_and_name_the_letter() {
    let folder = folder();
    let input = ct(&folder);
    let output = folder.path().join("out.nii");
    for (arguments, said) in [
        (&["--to", "RAX"][..], "'X' is not one of R, L, A, P, S, I"),
        (&["--to", "RRI"], "R is there twice"),
        (&["--to-nibabel", "LRS"], "L and R name one axis"),
        (&["--to", "RA"], "three letters"),
        (
            &["--to", "RAI", "--to-nibabel", "LPS"],
            "cannot be used with",
        ),
        (&[], "required"),
    ] {
        let assert = reorient(&input, &output, arguments).code(2);
        let text = stderr(&assert);
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
    assert!(!output.exists());
}

#[test]
fn a_file_that_is_there_stays_without_force() {
    let folder = folder();
    let input = ct(&folder);
    let before = std::fs::read(&input).expect("a file");
    let text = stderr(&reorient(&input, &input, &["--to", "ASL"]).code(1));
    assert!(
        text.contains("--force") || text.contains("already"),
        "{text}"
    );
    assert_eq!(std::fs::read(&input).expect("a file"), before);
    // Its own file is read before it is written over.
    reorient(&input, &input, &["--to", "ASL", "--force"]).success();
    assert_eq!(read(&input).expect("an image").grid().shape(), [4, 5, 3]);
}

#[test]
fn the_ending_of_the_name_is_the_format() {
    let folder = folder();
    let input = ct(&folder);
    let output = folder.path().join("out.nrrd");
    reorient(&input, &output, &["--to", "ASL"]).success();
    let after = read(&output).expect("an image");
    assert_eq!(after.meta().format.name(), "nrrd");
    assert_eq!(after.grid().orientation().from_code(), "ASL");
    let text = stderr(&reorient(&input, &folder.path().join("out.xyz"), &["--to", "ASL"]).code(1));
    assert!(text.contains(".nii"), "{text}");
}
