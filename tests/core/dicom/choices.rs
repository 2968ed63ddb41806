//! Uneven and tilted stacks as they are, split, regridded and upright.

use super::{Folder, slice, text};
use crate::fixtures::{affine, notices, read};
use assert_cmd::Command;
use assert_cmd::assert::Assert;
use dicom_core::VR;
use dicom_dictionary_std::tags;
use serde_json::Value;
use std::path::Path;
use warpscope::geometry::Orientation;
use warpscope::volume::{CropOrigin, NoticeKind, ReorientMode, Resampling, Volume};

/// Slices at these heights, with five times the height as their number.
fn uneven(heights: &[f64]) -> Folder {
    Folder::with(heights.iter().map(|&z| slice(z, (5.0 * z) as i16)))
}

/// Slices 3 mm apart, each 1 mm further to the back than the one below.
fn tilted() -> Folder {
    Folder::with((0..4).map(|k| {
        let mut object = slice(3.0 * f64::from(k), 10 * k as i16);
        let position = format!("10\\{}\\{}", 20.0 + f64::from(k), 3.0 * f64::from(k));
        object.put(text(tags::IMAGE_POSITION_PATIENT, VR::DS, &position));
        object
    }))
}

fn convert(folder: &Folder, output: &Path, options: &[&str]) -> Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command
        .arg("convert")
        .args([folder.0.path(), output])
        .args(options)
        .assert()
}

fn column(volume: &Volume) -> Vec<f64> {
    let slices = 0..volume.grid().shape()[2];
    slices
        .filter_map(|k| volume.value([1, 1, k], 0, 0))
        .collect()
}

#[test]
fn positions_are_known_of_uneven_stacks_alone() {
    let volume = uneven(&[-3.0, -1.0, 1.0, 5.0]).volume();
    let expected = Some(vec![0.0, 2.0, 4.0, 8.0]);
    assert_eq!(volume.meta().slice_positions, expected);
    assert_eq!(
        uneven(&[0.0, 2.0, 4.0]).volume().meta().slice_positions,
        None
    );
    assert_eq!(tilted().volume().meta().slice_positions, None);
}

#[test]
fn positions_follow_the_slices_through_other_changes() {
    let volume = uneven(&[0.0, 2.0, 4.0, 8.0]).volume();
    let of = |volume: &Volume| volume.meta().slice_positions.clone();
    let to = |code| Orientation::parse_to(code).expect("a code");
    let turned = |code| volume.reoriented(ReorientMode::Reorient, to(code));
    assert_eq!(of(&turned("RAS")), of(&volume));
    assert_eq!(of(&turned("LPI")), Some(vec![0.0, 4.0, 6.0, 8.0]));
    assert_eq!(of(&turned("SPL")), None);
    let even = turned("LPI").evenly_spaced().expect("uneven");
    let mut values = column(&even);
    values.reverse();
    assert_eq!(values, column(&volume.evenly_spaced().expect("uneven")));
    let crop = |k| {
        volume
            .cropped(&[0..2, 0..2, k], CropOrigin::Moved)
            .expect("inside")
    };
    assert_eq!(of(&crop(0..4)), of(&volume));
    assert_eq!(of(&crop(1..4)), Some(vec![0.0, 2.0, 6.0]));
    assert_eq!(of(&crop(0..3)), None);
    let same = volume.resampled(volume.grid(), Resampling::Linear, 0.0);
    assert_eq!(of(&same), None);
}

#[test]
fn a_gap_is_filled_on_request() {
    let folder = uneven(&[0.0, 2.0, 4.0, 8.0]);
    let files = tempfile::tempdir().expect("a folder");
    let output = files.path().join("even.nii.gz");
    convert(&folder, &output, &["--uneven", "regrid"]).success();
    let even = read(&output).expect("reads");
    assert_eq!(even.grid().spacing(), [0.25, 0.5, 2.0]);
    // Twice the number less 1000.
    assert_eq!(column(&even), [-1000.0, -980.0, -960.0, -940.0, -920.0]);
    assert_eq!(affine(&even)[2][3], 0.0);
}

#[test]
fn a_gap_splits_the_stack_on_request() {
    let folder = uneven(&[0.0, 2.0, 4.0, 8.0, 10.0]);
    let files = tempfile::tempdir().expect("a folder");
    let output = files.path().join("part.nii.gz");
    let assert = convert(&folder, &output, &["--uneven", "split", "--json"]).success();
    let json: Value = serde_json::from_slice(&assert.get_output().stdout).expect("JSON");
    assert_eq!(json["images"].as_array().map(Vec::len), Some(2));
    assert!(!output.exists());
    let first = read(&files.path().join("part_1.nii.gz")).expect("reads");
    let second = read(&files.path().join("part_2.nii.gz")).expect("reads");
    assert_eq!(column(&first), [-1000.0, -980.0, -960.0]);
    assert_eq!(column(&second), [-920.0, -900.0]);
    assert_eq!((affine(&first)[2][3], affine(&second)[2][3]), (0.0, 8.0));
    assert_eq!(affine(&second)[2][2], 2.0);
    // The second file is there already, so nothing is written.
    std::fs::remove_file(files.path().join("part_1.nii.gz")).expect("removed");
    convert(&folder, &output, &["--uneven", "split"]).code(1);
    assert!(!files.path().join("part_1.nii.gz").exists());
}

#[test]
fn a_split_that_was_stopped_goes_on_where_it_was() {
    let folder = uneven(&[0.0, 2.0, 4.0, 8.0, 10.0, 12.0, 20.0]);
    let files = tempfile::tempdir().expect("a folder");
    let output = files.path().join("part.nii");
    let part = |n: usize| files.path().join(format!("part_{n}.nii"));
    let again = || convert(&folder, &output, &["--uneven", "split", "--skip-existing"]).success();
    again();
    let made = |n: usize| {
        std::fs::metadata(part(n))
            .and_then(|data| data.modified())
            .expect("there")
    };
    let before = [1, 2, 3].map(made);
    // The first part is written last, so one that was stopped has the later ones.
    assert!(before[0] >= before[1] && before[1] >= before[2]);
    std::fs::remove_file(part(1)).expect("removed");
    std::fs::remove_file(part(2)).expect("removed");
    again();
    assert_eq!(affine(&read(&part(2)).expect("reads"))[2][3], 8.0);
    assert_eq!(column(&read(&part(1)).expect("reads")).len(), 3);
    assert_eq!(made(3), before[2]);
    let last = [1, 2].map(made);
    let skipped = again();
    let text = String::from_utf8_lossy(&skipped.get_output().stderr).into_owned();
    assert!(text.contains("skipped"), "{text}");
    assert_eq!([1, 2].map(made), last);
}

#[test]
fn an_even_stack_is_written_under_its_own_name() {
    let files = tempfile::tempdir().expect("a folder");
    let output = files.path().join("a.nii");
    let folder = uneven(&[0.0, 2.0, 4.0]);
    let assert = convert(&folder, &output, &["--uneven", "split", "--untilt"]).success();
    let text = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(text.contains("not tilted"), "{text}");
    assert_eq!(
        column(&read(&output).expect("reads")),
        [-1000.0, -980.0, -960.0]
    );
}

#[test]
fn a_tilted_stack_stands_upright_on_request() {
    let folder = tilted();
    let files = tempfile::tempdir().expect("a folder");
    let output = files.path().join("upright.nii");
    convert(&folder, &output, &["--untilt"]).success();
    let upright = read(&output).expect("reads");
    // Shifted by up to 3 mm, 6 rows.
    assert_eq!(upright.grid().shape(), [4, 9, 4]);
    assert!(!upright.grid().is_sheared());
    assert_eq!(upright.grid().spacing(), [0.25, 0.5, 3.0]);
    for k in 0..4 {
        let rows = (0..9).filter_map(|j| upright.value([0, j, k], 0, 0));
        let own = 20.0 * k as f64 - 1000.0;
        // Two rows of shift a slice; around it the lowest value.
        let expected = (0..9).map(|j| match j {
            j if (2 * k..2 * k + 3).contains(&j) => own,
            _ => -1000.0,
        });
        assert_eq!(rows.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    }
    let tilted = folder.volume();
    assert_eq!(notices(&tilted), [NoticeKind::GantryTilt]);
    assert!(notices(&tilted.unsheared().expect("tilted")).is_empty());
}
