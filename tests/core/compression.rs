//! What is packed is one member or stream, which the simplest reader reads whole.

use crate::fixtures::{Nifti1, all_values, folder, read, shorts, write};
use assert_cmd::Command;
use flate2::read::{GzDecoder, ZlibDecoder};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// 3 MiB, longer than a block.
fn ramp(folder: &TempDir) -> PathBuf {
    let voxels = (0..128 * 128 * 96).map(|n: i32| ((n % 128) * (n / 128 % 61) + n / 9999) as i16);
    write(
        folder,
        "in.nii",
        &Nifti1::new(&[128, 128, 96], 4).with(shorts(voxels)),
    )
}

fn convert(input: &Path, output: &Path, options: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command
        .arg("convert")
        .args([input, output])
        .args(options)
        .assert()
}

/// What a reader finds that stops after the first member.
fn first_member(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let packed = fs::read(path).expect("there");
    GzDecoder::new(&packed[..])
        .read_to_end(&mut bytes)
        .expect("a whole member");
    bytes
}

#[test]
fn every_level_holds_the_same_bytes_in_one_member() {
    let folder = folder();
    let input = ramp(&folder);
    let plain = folder.path().join("plain.nii");
    convert(&input, &plain, &[]).success();
    let plain = fs::read(plain).expect("there");
    let sizes = ["1", "3", "6", "9"].map(|level| {
        let packed = folder.path().join(format!("{level}.nii.gz"));
        convert(&input, &packed, &["--level", level]).success();
        assert!(first_member(&packed) == plain, "level {level}");
        fs::metadata(packed).expect("there").len()
    });
    assert!(sizes[0] > sizes[3], "{sizes:?}");
    assert!(sizes.iter().all(|size| *size < plain.len() as u64));
}

#[test]
fn voxels_of_other_formats_are_one_stream() {
    let folder = folder();
    let input = ramp(&folder);
    let voxels = &fs::read(&input).expect("there")[352..];
    let header = folder.path().join("a.nhdr");
    convert(&input, &header, &[]).success();
    assert!(first_member(&folder.path().join("a.raw.gz")) == voxels);
    let header = folder.path().join("b.mhd");
    convert(&input, &header, &["--compress"]).success();
    let packed = fs::read(folder.path().join("b.zraw")).expect("there");
    let mut stream = ZlibDecoder::new(&packed[..]);
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("a whole stream");
    assert!(bytes == voxels);
    assert_eq!(stream.total_in(), packed.len() as u64);
    let values = |path: &Path| all_values(&read(path).expect("reads"));
    assert!(values(&header) == values(&input));
}

#[test]
fn a_level_outside_1_to_9_is_wrong_usage() {
    let folder = folder();
    let input = ramp(&folder);
    let output = folder.path().join("out.nii.gz");
    for level in ["0", "10", "-1", "best"] {
        convert(&input, &output, &["--level", level]).code(2);
    }
    assert!(!output.exists());
}
