//! Other orientations: as nibabel makes them, there and back, of every kind of image, and by
//! `warpscope reorient`.
//!
//! `nibabel.json` holds what nibabel made of a small image for each of the 48 orientations, and the
//! script that recorded it.

mod command;
mod document;

use crate::fixtures::{Nifti1, all_values, read_bytes, shorts};
use nalgebra::Matrix4;
use ndarray::Array5;
use serde_json::Value;
use warpscope::geometry::{Grid, Orientation};
use warpscope::io::with_current_header;
use warpscope::volume::{
    Content, DicomMeta, Linear, Meta, NoticeKind, ReorientMode, Rescale, Volume, Voxel, VoxelType,
};

const RECORDED: &str = include_str!("nibabel.json");

fn list<T>(value: &Value, number: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    let numbers = value.as_array().expect("a list").iter();
    numbers.map(|n| number(n).expect("a number")).collect()
}

fn floats(value: &Value) -> Vec<f64> {
    list(value, Value::as_f64)
}

fn matrix(rows: &Value) -> Matrix4<f64> {
    let mut numbers = floats(rows);
    numbers.extend([0.0, 0.0, 0.0, 1.0]);
    Matrix4::from_row_slice(&numbers)
}

/// Voxels 0, 1, 2 ... of int16, i fastest.
fn counted(shape: [usize; 3], affine: Matrix4<f64>) -> Volume {
    let [nx, ny, nz] = shape;
    let numbers = (0..(nx * ny * nz) as i16).collect();
    let array = Array5::from_shape_vec((1, nz, ny, nx, 1), numbers).expect("fits");
    let grid = Grid::new(shape, affine).expect("a grid");
    Volume::new(grid, i16::wrap(array), Rescale::IDENTITY, Meta::default()).expect("fits")
}

fn check(volume: &Volume, affine: &Value, voxels: &Value, what: &str) {
    let off = (volume.grid().affine() - matrix(affine)).abs().max();
    assert!(off < 1e-9, "{what}: the affine is off by {off}");
    let [x, y, z] = [7.5, -3.0, 11.0];
    let at = warpscope::geometry::WorldPoint::new(x, y, z);
    let index = volume.grid().world_to_index(at);
    let back = volume.grid().index_to_world(index);
    assert!((back.0 - at.0).norm() < 1e-9, "{what}: the inverse");
    assert_eq!(all_values(volume), floats(voxels), "{what}: the voxels");
}

#[test]
fn every_orientation_in_both_modes_is_the_one_that_nibabel_makes() {
    let recorded: Value = serde_json::from_str(RECORDED).expect("JSON");
    let shape = list(&recorded["shape"], |n| n.as_u64().map(|n| n as usize));
    let shape: [usize; 3] = shape.try_into().expect("three sizes");
    for image in recorded["images"].as_array().expect("images") {
        let name = &image["name"];
        let volume = counted(shape, matrix(&image["affine"]));
        let code = volume.grid().orientation().to_code();
        assert_eq!(Some(code.as_str()), image["orientation"].as_str(), "{name}");
        let ras = Orientation::parse_to("RAS").expect("a code");
        let canonical = volume.reoriented(ReorientMode::Reorient, ras);
        let (affine, voxels) = (&image["canonical"], &image["canonical_voxels"]);
        check(&canonical, affine, voxels, &format!("{name}, canonical"));
        let cases = image["cases"].as_array().expect("cases");
        assert_eq!(cases.len(), 48);
        let as_they_are: Value = (0..60).collect();
        for case in cases {
            let to = Orientation::parse_to(case["to"].as_str().expect("a code")).expect("a code");
            let made = volume.reoriented(ReorientMode::Reorient, to);
            let what = format!("{name}, reoriented to {to}");
            let shape = list(&case["shape"], |n| n.as_u64().map(|n| n as usize));
            assert_eq!(made.grid().shape().to_vec(), shape, "{what}");
            check(&made, &case["reoriented"], &case["voxels"], &what);
            let made = volume.reoriented(ReorientMode::Relabel, to);
            let what = format!("{name}, relabelled as {to}");
            check(&made, &case["relabelled"], &as_they_are, &what);
            assert!(made.shares_voxels_with(&volume));
        }
    }
}

#[test]
fn there_and_back_is_the_same_image_for_all_48_times_48() {
    let start = counted([2, 3, 4], Matrix4::identity());
    for a in Orientation::all() {
        let first = start.reoriented(ReorientMode::Reorient, a);
        let values = all_values(&first);
        for b in Orientation::all() {
            let there = first.reoriented(ReorientMode::Reorient, b);
            let back = there.reoriented(ReorientMode::Reorient, a);
            assert_eq!(all_values(&back), values, "{a} by {b}");
            assert!(back.grid().same_as(first.grid()), "{a} by {b}");
        }
        let back = first.reoriented(ReorientMode::Reorient, start.grid().orientation());
        assert!(back.meta().reoriented.is_empty(), "{a}");
    }
}

/// The value at a place of the world must be the same before and after.
fn same_in_the_world(before: &Volume, after: &Volume) {
    let shape = before.grid().shape();
    for t in 0..before.time_points() {
        for n in 0..before.grid().voxel_count() {
            let voxel = [
                n % shape[0],
                n / shape[0] % shape[1],
                n / shape[0] / shape[1],
            ];
            let at = before.grid().index_to_world(voxel.into());
            let other = after.grid().world_to_index(at);
            let other = other.nearest_voxel(after.grid().shape()).expect("inside");
            assert_eq!(before.values(voxel, t), after.values(other, t), "{voxel:?}");
        }
    }
}

/// More voxels than one block of the copy, of `components` that lie side by side or apart.
fn large<T: Voxel>(components: usize, apart: bool, number: fn(usize) -> T) -> Volume {
    let (nt, nz, ny, nx) = (2, 18, 33, 21);
    let numbers = (0..nt * nz * ny * nx * components).map(number).collect();
    let array = if apart {
        let array = Array5::from_shape_vec((components, nt, nz, ny, nx), numbers);
        array.expect("fits").permuted_axes([1, 2, 3, 4, 0])
    } else {
        Array5::from_shape_vec((nt, nz, ny, nx, components), numbers).expect("fits")
    };
    let affine = Matrix4::from_diagonal(&nalgebra::Vector4::new(-0.5, -0.5, 2.0, 1.0));
    let grid = Grid::new([nx, ny, nz], affine).expect("a grid");
    let meta = Meta {
        content: if components == 3 {
            Content::Color
        } else {
            Content::Vector
        },
        ..Meta::default()
    };
    Volume::new(grid, T::wrap(array), Rescale::IDENTITY, meta).expect("fits")
}

#[test]
fn every_kind_of_image_keeps_its_type_and_its_values_where_they_are() {
    let kinds = [
        large(1, false, |n| n as i16),
        large(1, false, |n| n as f64 / 7.0),
        large(1, false, |n| n as u32),
        large(3, false, |n| (n % 251) as u8),
        large(3, true, |n| n as f32),
    ];
    for volume in kinds {
        for code in ["RAS", "PIR", "SAL", "LPS", "IRP", "ASR"] {
            let to = Orientation::parse_to(code).expect("a code");
            let made = volume.reoriented(ReorientMode::Reorient, to);
            assert_eq!(made.data().voxel_type(), volume.data().voxel_type());
            assert_eq!(made.grid().orientation(), to);
            same_in_the_world(&volume, &made);
        }
    }
}

#[test]
fn a_scale_of_each_slice_goes_with_its_slice() {
    let plain = counted([3, 2, 4], Matrix4::identity());
    let scale = |n: usize| Linear {
        slope: n as f64 + 1.0,
        intercept: -(n as f64),
    };
    let volume = Volume::new(
        *plain.grid(),
        plain.data().clone(),
        Rescale::PerSlice((0..4).map(scale).collect()),
        Meta::default(),
    )
    .expect("fits");
    for (code, kept) in [("RAI", true), ("ALS", true), ("SAR", false), ("IPL", false)] {
        let to = Orientation::parse_to(code).expect("a code");
        let made = volume.reoriented(ReorientMode::Reorient, to);
        same_in_the_world(&volume, &made);
        let converted = made.meta().notices.iter();
        let converted = converted.filter(|n| n.kind == NoticeKind::TypeConverted);
        assert_eq!(converted.count(), usize::from(!kept), "{code}");
        let expected = if kept { VoxelType::I16 } else { VoxelType::F32 };
        assert_eq!(made.data().voxel_type(), expected, "{code}");
    }
}

#[test]
fn of_a_dicom_image_is_said_that_its_elements_tell_what_was_before() {
    let plain = counted([3, 2, 4], Matrix4::identity());
    let volume = plain.with_meta(Meta {
        dicom: Some(DicomMeta::default()),
        ..Meta::default()
    });
    let [pir, ras] = ["PIR", "RAS"].map(|code| Orientation::parse_to(code).expect("a code"));
    let made = volume.reoriented(ReorientMode::Reorient, pir);
    let made = made.reoriented(ReorientMode::Relabel, ras);
    let [notice] = &made.meta().notices[..] else {
        panic!("one notice");
    };
    assert_eq!(notice.kind, NoticeKind::Reoriented);
    assert_eq!(
        notice.text,
        "reoriented from LPI (RAS) to ASL (PIR), then relabelled from ASL (PIR) to LPI (RAS); \
         the DICOM elements tell where the image was before"
    );
    let back = volume.reoriented(ReorientMode::Reorient, pir);
    let back = back.reoriented(ReorientMode::Reorient, ras);
    assert!(back.meta().notices.is_empty());
}

#[test]
fn the_header_shown_is_that_of_the_image_as_it_is_now() {
    let mut header = Nifti1::new(&[3, 4, 5], 4);
    header.rows([
        [-0.5, 0., 0., 90.],
        [0., -0.75, 0., 30.],
        [0., 0., 2., -553.],
    ]);
    // Frequency along i, phase along j, slices along k.
    header.bytes[39] = 1 | 2 << 2 | 3 << 4;
    let volume = read_bytes("image.nii", &header.with(shorts(0..60))).expect("an image");
    let to = Orientation::parse_to("PIR").expect("a code");
    for mode in [ReorientMode::Reorient, ReorientMode::Relabel] {
        let made = with_current_header(&volume.reoriented(mode, to));
        let nifti = made.meta().nifti.as_ref().expect("a header");
        let field = |name: &str| nifti.fields[name].clone();
        let affine = made.grid().affine();
        assert_eq!(nifti.sform.as_ref(), Some(affine), "{mode:?}");
        for (row, name) in ["srow_x", "srow_y", "srow_z"].into_iter().enumerate() {
            let row: Vec<f64> = affine.row(row).iter().copied().collect();
            assert_eq!(floats(&field(name)), row, "{mode:?}");
        }
        let [nx, ny, nz] = made.grid().shape();
        assert_eq!(floats(&field("dim"))[1..4], [nx, ny, nz].map(|n| n as f64));
        assert_eq!(floats(&field("pixdim"))[1..4], made.grid().spacing());
        // i is the old j, j the old k, k the old i.
        let expected = match mode {
            ReorientMode::Reorient => 3 | 1 << 2 | 2 << 4,
            ReorientMode::Relabel => 1 | 2 << 2 | 3 << 4,
        };
        assert_eq!(field("dim_info"), expected, "{mode:?}");
    }
}
