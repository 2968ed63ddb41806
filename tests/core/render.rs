//! `warpscope render` as a program: where things lie in the picture, and what it refuses.

use crate::fixtures::{Nifti1, folder, shorts, write};
use assert_cmd::Command;
use image::RgbImage;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A 4 x 4 x 4 image, RAS, of zeros but for some voxels.
fn cube(folder: &TempDir, name: &str, bright: &[([usize; 3], i16)]) -> PathBuf {
    let mut voxels = [0; 64];
    for ([i, j, k], value) in bright {
        voxels[(k * 4 + j) * 4 + i] = *value;
    }
    write(
        folder,
        name,
        &Nifti1::new(&[4, 4, 4], 4).with(shorts(voxels)),
    )
}

fn render(out: &Path, arguments: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("warpscope").expect("the program");
    command
        .arg("render")
        .args(arguments)
        .arg("--out")
        .arg(out)
        .assert()
}

fn picture(folder: &TempDir, arguments: &[&str]) -> RgbImage {
    let out = folder.path().join("picture.png");
    render(&out, &[arguments, &["--force"]].concat()).success();
    image::open(&out).expect("a PNG").to_rgb8()
}

fn refusal(folder: &TempDir, out: &str, arguments: &[&str]) -> String {
    let output = render(&folder.path().join(out), arguments).code(1);
    let text = String::from_utf8(output.get_output().stderr.clone()).expect("text");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path")
}

#[test]
fn views_are_radiological_and_go_through_the_cursor() {
    let folder = folder();
    // Right is +x, the front +y, the head +z: the bright voxel lies right, in front, at the head.
    let image = cube(&folder, "a.nii", &[([3, 3, 3], 100)]);
    let shot = |view: &str, cursor: &str| {
        let arguments = [
            path(&image),
            "--view",
            view,
            "--cursor",
            cursor,
            "--window",
            "0,100",
            "--size",
            "40x40",
            "--no-annotations",
        ];
        picture(&folder, &arguments)
    };
    // The patient's right is on the left of the picture; sagittal views have the front on the left.
    for (view, other) in [
        ("axial", "3,3,0"),
        ("coronal", "3,0,3"),
        ("sagittal", "0,3,3"),
    ] {
        let shown = shot(view, "3,3,3");
        assert_eq!(shown.get_pixel(2, 2).0, [255; 3], "{view}");
        for (x, y) in [(37, 2), (2, 37), (37, 37)] {
            assert_eq!(shown.get_pixel(x, y).0, [0; 3], "{view}");
        }
        let beside = shot(view, other);
        assert!(beside.pixels().all(|pixel| pixel.0 == [0; 3]), "{view}");
    }
}

#[test]
fn overlays_lie_on_top_in_their_map_and_opacity() {
    let folder = folder();
    let main = cube(&folder, "main.nii", &[]);
    let spot = cube(&folder, "spot.nii", &[([0, 0, 0], 100)]);
    let overlay = format!("{}:Black to red:1", path(&spot));
    let shown = picture(
        &folder,
        &[
            path(&main),
            "--overlay",
            &overlay,
            "--cursor",
            "0,0,0",
            "--view",
            "axial",
            "--size",
            "40x40",
            "--window",
            "-100,100",
            "--map",
            "inverse-gray",
            "--no-annotations",
        ],
    );
    assert_eq!(shown.get_pixel(37, 37).0, [255, 0, 0]);
    assert_eq!(shown.get_pixel(2, 2).0, [127, 127, 127]);
}

#[test]
fn all_views_lie_as_in_the_window_with_letters_over_them() {
    let folder = folder();
    let image = cube(&folder, "a.nii", &[([1, 1, 1], 100)]);
    let shown = picture(&folder, &[path(&image), "--size", "602x402"]);
    assert_eq!(shown.dimensions(), (602, 402));
    let amber = |left: u32, top: u32, right: u32, bottom: u32| {
        let places = (left..right).flat_map(|x| (top..bottom).map(move |y| (x, y)));
        let is_amber = |[r, g, b]: [u8; 3]| r > 200 && g > 140 && b < 90;
        places
            .filter(|(x, y)| is_amber(shown.get_pixel(*x, *y).0))
            .count()
    };
    // R at the left edge of the axial view, S above the coronal one; none in the last quarter.
    assert!(amber(8, 90, 24, 110) > 10);
    assert!(amber(440, 205, 465, 232) > 10);
    assert_eq!(amber(0, 202, 300, 402), 0);
    let bare = picture(
        &folder,
        &[path(&image), "--size", "602x402", "--no-annotations"],
    );
    assert!(bare.pixels().all(|p| p.0[0].abs_diff(p.0[1]) < 10));
}

#[test]
fn what_cannot_be_drawn_or_written_is_refused_in_one_line() {
    let folder = folder();
    let image = cube(&folder, "a.nii", &[]);
    let text = refusal(&folder, "a.png", &[path(&image), "--cursor", "4,0,0"]);
    assert!(text.contains("voxel 4,0,0 lies outside the 4 x 4 x 4 image"));
    let text = refusal(&folder, "a.png", &[path(&image), "--map", "nonsense"]);
    assert!(text.contains("Viridis"));
    let text = refusal(&folder, "a.png", &[path(&image), "--time", "1"]);
    assert!(text.contains("time point 1"));
    let text = refusal(&folder, "a.jpg", &[path(&image)]);
    assert!(text.contains(".png"));
    let text = refusal(&folder, "no/a.png", &[path(&image)]);
    assert!(text.contains("no such folder"));
    render(&folder.path().join("a.png"), &[path(&image)]).success();
    let text = refusal(&folder, "a.png", &[path(&image)]);
    assert!(text.contains("--force"));
    cube(&folder, "b.nii", &[]);
    let text = refusal(&folder, "b.png", &[path(folder.path())]);
    assert!(text.contains("3 images"), "{text}");
    render(
        &folder.path().join("c.png"),
        &[path(&image), "--size", "0x9"],
    )
    .code(2);
}
