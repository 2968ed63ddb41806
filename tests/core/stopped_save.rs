//! A program that is killed while it saves leaves the old file or the new one, whole.

use crate::fixtures::{Nifti1, affine, folder, read, shorts, write};
use assert_cmd::cargo::cargo_bin;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An image of some 30 MB that lies at `x`; its numbers are of that place too.
fn image(folder: &TempDir, name: &str, x: f32) -> PathBuf {
    let mut header = Nifti1::new(&[256, 256, 232], 4);
    header.rows([[1., 0., 0., x], [0., 1., 0., 0.], [0., 0., 1., 0.]]);
    let voxels = (0..256 * 256 * 232).map(|n: i32| (n % 251) as i16 + x as i16);
    write(folder, name, &header.with(shorts(voxels)))
}

fn start(input: &Path, output: &Path) -> Child {
    Command::new(cargo_bin("warpscope"))
        .args([Path::new("convert"), Path::new("--force"), input, output])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program")
}

fn convert(input: &Path, output: &Path) -> Duration {
    let began = Instant::now();
    assert!(start(input, output).wait().expect("ends").success());
    began.elapsed()
}

/// Fractions of a run, the same in each: a linear congruential generator.
fn moments(count: usize) -> impl Iterator<Item = f64> {
    let mut state = 6u64;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f64 / (1u64 << 24) as f64
    })
    .take(count)
}

/// Converts `input` and kills it after `part` of `whole`.
fn stop(input: &Path, output: &Path, whole: Duration, part: f64) {
    let mut child = start(input, output);
    std::thread::sleep(whole.mul_f64(part));
    // One that has ended already is as good.
    let _ = child.kill();
    child.wait().expect("ends");
}

#[test]
fn a_killed_save_leaves_the_old_file_or_the_new_one() {
    let folder = folder();
    let (before, after) = (image(&folder, "1.nii", 1.0), image(&folder, "2.nii", 2.0));
    for (name, count) in [("out.nii", 13), ("out.nii.gz", 12)] {
        let output = folder.path().join(name);
        let whole = convert(&after, &output);
        let new = fs::read(&output).expect("there");
        convert(&before, &output);
        let old = fs::read(&output).expect("there");
        assert!(old != new);
        let mut replaced = 0;
        for part in moments(count) {
            stop(&after, &output, whole, part);
            let found = fs::read(&output).expect("there");
            assert!(found == old || found == new, "{name} at {part}");
            if found == new {
                replaced += 1;
                fs::write(&output, &old).expect("written");
            }
        }
        println!("{name}: new after {replaced} of {count} kills");
        // What the killed ones left behind is in nobody's way.
        convert(&after, &output);
        assert!(fs::read(&output).expect("there") == new);
    }
}

#[test]
fn a_killed_save_of_two_files_never_mixes_old_and_new() {
    let folder = folder();
    let (before, after) = (image(&folder, "1.nii", 1.0), image(&folder, "2.nii", 2.0));
    let output = folder.path().join("out.mhd");
    let whole = convert(&after, &output);
    convert(&before, &output);
    for part in moments(12) {
        stop(&after, &output, whole, part);
        if !output.exists() {
            println!("no header after a kill at {part}");
            convert(&before, &output);
        }
        let found = read(&output).expect("whole");
        let place = affine(&found)[0][3];
        assert_eq!(found.value([0, 0, 0], 0, 0), Some(place), "at {part}");
        assert_eq!(found.value([3, 0, 0], 0, 0), Some(place + 3.0), "at {part}");
        if place == 2.0 {
            convert(&before, &output);
        }
    }
}
