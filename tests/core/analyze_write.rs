//! Analyze pairs written and read back.

use crate::fixtures::{all_values, folder, read};
use nalgebra::Matrix4;
use ndarray::Array5;
use std::fs;
use warpscope::geometry::Grid;
use warpscope::io::{Report, WriteOptions, verify_written, write_image};
use warpscope::volume::{
    Format, Linear, Meta, Notice, NoticeKind, Rescale, TimeAxis, Volume, Voxel, VoxelType,
};

/// Two volumes of 4 x 3 x 2 voxels of 1 x 2 x 3 mm.
fn image<T: Voxel>(affine: Matrix4<f64>, f: impl Fn(usize) -> T) -> Volume {
    let grid = Grid::new([4, 3, 2], affine).expect("a grid");
    let array = Array5::from_shape_vec((2, 2, 3, 4, 1), (0..48).map(f).collect());
    let data = T::wrap(array.expect("an array"));
    let meta = Meta {
        time: Some(TimeAxis {
            step: 1.5,
            unit: "s".to_owned(),
        }),
        ..Meta::default()
    };
    Volume::new(grid, data, Rescale::IDENTITY, meta).expect("a volume")
}

fn steps() -> Matrix4<f64> {
    Matrix4::from_diagonal(&[1.0, 2.0, 3.0, 1.0].into())
}

fn through_files(volume: &Volume, name: &str) -> (Vec<Notice>, Volume) {
    let folder = folder();
    let path = folder.path().join(name);
    let report = Report::silent();
    let notices = write_image(volume, &path, WriteOptions::default(), &report).expect("written");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2);
    assert!(folder.path().join("brain.hdr").exists() && folder.path().join("brain.img").exists());
    verify_written(volume, &path, &report).expect("the same");
    (notices, read(&path).expect("read"))
}

#[test]
fn numbers_of_every_type_come_back_in_one_that_analyze_knows() {
    let check = |volume: Volume, stored: VoxelType| {
        for name in ["brain.hdr", "brain.img"] {
            let (_, read) = through_files(&volume, name);
            assert_eq!(read.meta().format, Format::Analyze);
            assert_eq!(read.data().voxel_type(), stored);
            assert_eq!(all_values(&read), all_values(&volume));
            assert_eq!(read.grid().spacing(), [1.0, 2.0, 3.0]);
        }
    };
    check(image(steps(), |n| n as u8), VoxelType::U8);
    check(image(steps(), |n| n as i8), VoxelType::I16);
    check(image(steps(), |n| n as i16 - 20), VoxelType::I16);
    check(image(steps(), |n| n as u16), VoxelType::I16);
    check(image(steps(), |n| 65_000 + n as u16), VoxelType::I32);
    check(image(steps(), |n| n as i32 - 70_000), VoxelType::I32);
    check(image(steps(), |n| u32::MAX - n as u32), VoxelType::F64);
    check(image(steps(), |n| n as f32 / 7.0), VoxelType::F32);
    check(image(steps(), |n| n as f64 / 7.0), VoxelType::F64);
}

/// A folder in the header's place cannot be replaced by a file.
#[test]
fn a_header_that_cannot_be_written_leaves_the_old_voxels() {
    let folder = folder();
    let path = folder.path().join("brain.hdr");
    let report = Report::silent();
    let force = WriteOptions::replacing(true);
    let volume = image(steps(), |n| n as i16);
    write_image(&volume, &path, force, &report).expect("written");
    let voxels = folder.path().join("brain.img");
    let old = fs::read(&voxels).expect("there");
    fs::remove_file(&path).expect("removed");
    fs::create_dir(&path).expect("a folder");
    fs::write(path.join("held"), "by this").expect("written");
    let aside = folder.path().join(".brain.hdr.old");
    fs::write(&aside, "no folder").expect("written");
    let other = image(steps(), |n| 7 + n as i16);
    assert!(write_image(&other, &path, force, &report).is_err());
    assert_eq!(fs::read(&voxels).expect("there"), old);
}

#[test]
fn a_rescale_is_applied_and_the_lost_place_told() {
    let volume = image(steps(), |n| n as i16);
    let linear = Linear {
        slope: 2.0,
        intercept: -1000.0,
    };
    let (grid, data) = (*volume.grid(), volume.data().clone());
    let rescaled = Volume::new(grid, data, Rescale::Uniform(linear), Meta::default());
    let (notices, read) = through_files(&rescaled.expect("a volume"), "brain.hdr");
    let kinds: Vec<NoticeKind> = notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::TypeConverted, NoticeKind::NoGeometry]);
    assert_eq!(all_values(&read)[..2], [-1000.0, -998.0]);
}

#[test]
fn a_place_that_readers_assume_is_no_loss() {
    let mut assumed = Matrix4::from_diagonal(&[-1.0, 2.0, 3.0, 1.0].into());
    assumed[(0, 3)] = 1.5;
    assumed[(1, 3)] = -2.0;
    assumed[(2, 3)] = -1.5;
    let volume = image(assumed, |n| n as i16);
    let (notices, read) = through_files(&volume, "brain.hdr");
    assert!(notices.is_empty(), "{notices:?}");
    assert!(read.grid().same_as(volume.grid()));
}

#[test]
fn what_analyze_cannot_hold_is_refused_and_either_file_in_the_way_too() {
    let folder = folder();
    let report = Report::silent();
    let write = |volume: &Volume| {
        let path = folder.path().join("brain.hdr");
        write_image(volume, &path, WriteOptions::default(), &report)
    };
    let large = write(&image(steps(), |n| u64::MAX - n as u64)).expect_err("refused");
    assert!(large.to_string().contains("uint64"), "{large}");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    fs::write(folder.path().join("brain.img"), "mine").expect("a file");
    let there = write(&image(steps(), |n| n as u8)).expect_err("refused");
    assert!(there.to_string().ends_with("brain.img"), "{there}");
}
