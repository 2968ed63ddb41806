//! What is written in any format is read back as it was.

use crate::fixtures::{all_values, folder, read, write};
use nalgebra::{Matrix3, Rotation3, Vector3};
use ndarray::Array5;
use std::fs;
use std::path::Path;
use warpscope::geometry::Grid;
use warpscope::io::{IoError, Report, WriteOptions, verify_written, write_image};
use warpscope::volume::{
    Content, Linear, Meta, NoticeKind, Rescale, TimeAxis, Volume, Voxel, VoxelType,
};

const NAMES: [&str; 6] = ["a.nii", "a.nii.gz", "a.mha", "a.mhd", "a.nrrd", "a.nhdr"];

/// An oblique image of `[t, k, j, i, c]`; vectors keep their components apart, as NIfTI does.
fn volume<T: Voxel>(dim: [usize; 5], number: impl Fn(usize) -> T, meta: Meta) -> Volume {
    let [nt, nz, ny, nx, nc] = dim;
    let numbers = (0..dim.iter().product()).map(number).collect();
    let apart = Array5::from_shape_vec((nc, nt, nz, ny, nx), numbers).expect("fits");
    let turn = *Rotation3::new(Vector3::new(0.1, -0.2, 0.3)).matrix();
    let mirror = Matrix3::from_diagonal(&Vector3::new(-1.0, 1.0, 1.0));
    let origin = [148.926, 123.238, -553.5];
    let grid = Grid::from_lps([nx, ny, nz], origin, turn * mirror, [0.9765625, 0.5, 2.0]);
    let array = apart.permuted_axes([1, 2, 3, 4, 0]);
    let grid = grid.expect("a grid");
    Volume::new(grid, T::wrap(array), Rescale::IDENTITY, meta).expect("fits")
}

fn options(overwrite: bool, compress: bool) -> WriteOptions {
    WriteOptions {
        overwrite,
        compress,
        ..WriteOptions::default()
    }
}

fn save(volume: &Volume, path: &Path, compress: bool) -> Vec<NoticeKind> {
    let report = Report::silent();
    let notices = write_image(volume, path, options(false, compress), &report).expect("written");
    verify_written(volume, path, &report).expect("as it was");
    notices.iter().map(|notice| notice.kind).collect()
}

#[test]
fn every_format_gives_back_every_type() {
    let whole = |n: usize| n % 120;
    let meta = Meta::default;
    let dim = [1, 4, 3, 2, 1];
    let volumes = [
        volume(dim, |n| whole(n) as u8, meta()),
        volume(dim, |n| whole(n) as i8 - 60, meta()),
        volume(dim, |n| whole(n) as u16 * 500, meta()),
        volume(dim, |n| whole(n) as i16 - 1000, meta()),
        volume(dim, |n| whole(n) as u32 * 30_000_000, meta()),
        volume(dim, |n| whole(n) as i32 - 70_000, meta()),
        volume(dim, |n| u64::MAX - n as u64, meta()),
        volume(dim, |n| i64::MIN + n as i64, meta()),
        volume(dim, |n| n as f32 / 7.0 - 1.0, meta()),
        volume(
            dim,
            |n| if n == 5 { f64::NAN } else { n as f64 / 7.0 },
            meta(),
        ),
    ];
    for (volume, name) in volumes.iter().flat_map(|v| NAMES.map(|name| (v, name))) {
        for compress in [false, true] {
            let folder = folder();
            let path = folder.path().join(name);
            assert_eq!(save(volume, &path, compress), [], "{name}");
            let back = read(&path).expect("reads");
            assert_eq!(
                back.data().voxel_type(),
                volume.data().voxel_type(),
                "{name}"
            );
            let bits = |v: &Volume| {
                all_values(v)
                    .into_iter()
                    .map(f64::to_bits)
                    .collect::<Vec<_>>()
            };
            assert_eq!(bits(&back), bits(volume), "{name}");
            let off = (back.grid().affine() - volume.grid().affine()).norm();
            assert!(
                off < if name.contains("nii") { 1e-4 } else { 1e-12 },
                "{name}: {off}"
            );
        }
    }
}

#[test]
fn time_vectors_and_colours_keep_their_meaning() {
    let meta = |content| Meta {
        content,
        ..Meta::default()
    };
    let mut moving = meta(Content::Vector);
    moving.time = Some(TimeAxis {
        step: 2.5,
        unit: String::new(),
    });
    let volumes = [
        volume([1, 2, 3, 4, 3], |n| n as f32, meta(Content::Vector)),
        volume([1, 2, 3, 4, 4], |n| n as u8, meta(Content::Color)),
        volume([2, 2, 3, 4, 1], |n| n as i16, meta(Content::Scalar)),
        volume([2, 2, 3, 4, 3], |n| n as i16, moving),
    ];
    for (volume, name) in volumes.iter().flat_map(|v| NAMES.map(|name| (v, name))) {
        let folder = folder();
        let path = folder.path().join(name);
        save(volume, &path, false);
        let back = read(&path).expect("reads");
        assert_eq!(back.data().dim(), volume.data().dim(), "{name}");
        assert_eq!(all_values(&back), all_values(volume), "{name}");
        assert_eq!(back.meta().content, volume.meta().content, "{name}");
        let step = |volume: &Volume| volume.meta().time.as_ref().map(|time| time.step);
        if step(volume).is_some() {
            assert_eq!(step(&back), step(volume), "{name}");
        }
    }
}

#[test]
fn formats_without_a_rescale_hold_the_values() {
    let stored = volume([1, 2, 3, 4, 1], |n| n as u16 * 100, Meta::default());
    let linear = Linear {
        slope: 1.0,
        intercept: -1024.0,
    };
    let rescale = Rescale::Uniform(linear);
    let ct = Volume::new(
        *stored.grid(),
        stored.data().clone(),
        rescale,
        Meta::default(),
    );
    let ct = ct.expect("fits");
    for name in ["a.mha", "a.nrrd"] {
        let folder = folder();
        let path = folder.path().join(name);
        assert_eq!(save(&ct, &path, false), [NoticeKind::TypeConverted]);
        let back = read(&path).expect("reads");
        assert_eq!(back.data().voxel_type(), VoxelType::I16);
        assert_eq!(all_values(&back), all_values(&ct));
    }
}

#[test]
fn nothing_is_written_where_it_cannot_be() {
    let image = volume([1, 1, 1, 2, 1], |n| n as u8, Meta::default());
    let folder = folder();
    let write = |name: &str, overwrite| {
        let path = folder.path().join(name);
        write_image(&image, &path, options(overwrite, false), &Report::silent())
    };
    for name in ["a", "a.jpg", "a.gipl", "a.mha.gz"] {
        assert!(
            matches!(write(name, false), Err(IoError::Unsupported { .. })),
            "{name}"
        );
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    // The voxel file of a pair counts too.
    fs::write(folder.path().join("b.raw"), "mine").expect("written");
    assert!(matches!(write("b.mhd", false), Err(IoError::Exists { .. })));
    assert!(!folder.path().join("b.mhd").exists());
    write("b.mhd", true).expect("written");
}

#[test]
fn a_file_that_holds_something_else_is_noticed() {
    let image = volume([1, 2, 2, 2, 1], |n| n as i16, Meta::default());
    let other = volume([1, 2, 2, 2, 1], |n| n as i16 + 1, Meta::default());
    let folder = folder();
    let path = folder.path().join("a.mha");
    save(&image, &path, false);
    let outcome = verify_written(&other, &path, &Report::silent());
    assert!(matches!(outcome, Err(IoError::NotVerified { .. })));
}

#[test]
fn a_pair_that_cannot_be_placed_leaves_the_old_header() {
    let folder = folder();
    let header = write(&folder, "a.mhd", b"the old header");
    fs::create_dir(folder.path().join("a.raw")).expect("made");
    let grid = Grid::new([2, 2, 2], nalgebra::Matrix4::identity()).expect("a grid");
    let voxels = u8::wrap(Array5::zeros((1, 2, 2, 2, 1)));
    let image = Volume::new(grid, voxels, Rescale::IDENTITY, Meta::default()).expect("fits");
    let outcome = write_image(&image, &header, options(true, false), &Report::silent());
    assert!(matches!(outcome, Err(IoError::Write { .. })));
    assert_eq!(fs::read(&header).expect("there"), b"the old header");
    let files = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 2);
}
