//! What is written as NIfTI is read back as it was, and other programs understand it.

use crate::fixtures::{Nifti1, all_values, folder, notices, read, shorts, write};
use nalgebra::{Matrix3, Matrix4, Rotation3, Vector3};
use ndarray::Array5;
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use warpscope::geometry::Grid;
use warpscope::io::{IoError, Report, WriteOptions, write_nifti};
use warpscope::volume::{
    Content, Format, Linear, Meta, NoticeKind, Rescale, TimeAxis, Volume, Voxel, VoxelType,
};

/// An array of `[t, k, j, i, c]` whose numbers all differ, side by side in memory or component after
/// component.
fn numbers(dim: [usize; 5], apart: bool) -> Array5<i32> {
    let [nt, nz, ny, nx, nc] = dim;
    let count = dim.iter().product::<usize>() as i32;
    let numbers: Vec<i32> = (0..count).map(|n| n - count / 3).collect();
    if apart {
        Array5::from_shape_vec((nc, nt, nz, ny, nx), numbers)
            .expect("fits")
            .permuted_axes([1, 2, 3, 4, 0])
    } else {
        Array5::from_shape_vec((nt, nz, ny, nx, nc), numbers).expect("fits")
    }
}

fn volume(
    array: &Array5<i32>,
    voxel_type: VoxelType,
    rescale: Rescale,
    affine: Matrix4<f64>,
    meta: Meta,
) -> Volume {
    let data = match voxel_type {
        VoxelType::U8 => u8::wrap(array.mapv(|v| v as u8)),
        VoxelType::I8 => i8::wrap(array.mapv(|v| v as i8)),
        VoxelType::U16 => u16::wrap(array.mapv(|v| v as u16)),
        VoxelType::I16 => i16::wrap(array.mapv(|v| v as i16)),
        VoxelType::U32 => u32::wrap(array.mapv(|v| v as u32)),
        VoxelType::I32 => i32::wrap(array.clone()),
        VoxelType::U64 => u64::wrap(array.mapv(|v| v as u64)),
        VoxelType::I64 => i64::wrap(array.mapv(i64::from)),
        VoxelType::F32 => f32::wrap(array.mapv(|v| v as f32 / 7.0)),
        VoxelType::F64 => f64::wrap(array.mapv(|v| f64::from(v) / 7.0)),
    };
    let (_, nz, ny, nx, _) = array.dim();
    let grid = Grid::new([nx, ny, nz], affine).expect("a grid");
    Volume::new(grid, data, rescale, meta).expect("it fits")
}

/// A little volume of one component.
fn small(affine: Matrix4<f64>) -> Volume {
    let array = numbers([1, 4, 3, 2, 1], false);
    let rescale = Rescale::IDENTITY;
    volume(&array, VoxelType::I16, rescale, affine, Meta::default())
}

fn save(volume: &Volume, path: &Path) -> Vec<NoticeKind> {
    let notices = write_nifti(
        volume,
        path,
        WriteOptions::replacing(false),
        &Report::silent(),
    )
    .expect("written");
    notices.iter().map(|notice| notice.kind).collect()
}

fn written_and_read(volume: &Volume, name: &str) -> Volume {
    let folder = folder();
    let path = folder.path().join(name);
    save(volume, &path);
    read(&path).expect("reads")
}

fn affine(
    turn: Vector3<f64>,
    spacing: Vector3<f64>,
    mirror: bool,
    origin: Vector3<f64>,
) -> Matrix4<f64> {
    let mut columns = Rotation3::new(turn).matrix() * Matrix3::from_diagonal(&spacing);
    if mirror {
        columns.column_mut(2).neg_mut();
    }
    let mut affine = columns.to_homogeneous();
    affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&origin);
    affine
}

/// Whether every voxel lies where it did, to single precision.
fn same_place(a: &Grid, b: &Grid) -> bool {
    let size = a.affine().amax();
    a.shape() == b.shape() && (a.affine() - b.affine()).amax() <= 1e-6 * size.max(1.0)
}

const TYPES: [VoxelType; 10] = [
    VoxelType::U8,
    VoxelType::I8,
    VoxelType::U16,
    VoxelType::I16,
    VoxelType::U32,
    VoxelType::I32,
    VoxelType::U64,
    VoxelType::I64,
    VoxelType::F32,
    VoxelType::F64,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_image_is_read_back_as_it_was_written(
        voxel_type in prop::sample::select(&TYPES[..]),
        dim in prop::array::uniform5(1usize..4),
        apart: bool,
        packed: bool,
        slope in prop::sample::select(&[1.0, 0.5, -2.25][..]),
        intercept in prop::sample::select(&[0.0, -1024.0][..]),
        turn in prop::array::uniform3(-3.2..3.2),
        spacing in prop::array::uniform3(0.2..6.0),
        mirror: bool,
        origin in prop::array::uniform3(-500.0..500.0),
    ) {
        let components = dim[4];
        let meta = Meta {
            content: if components > 1 { Content::Vector } else { Content::Scalar },
            time: (dim[0] > 1).then(|| TimeAxis { step: 2.5, unit: "s".to_owned() }),
            ..Meta::default()
        };
        let affine = affine(turn.into(), spacing.into(), mirror, origin.into());
        let rescale = Rescale::Uniform(Linear { slope, intercept });
        let before = volume(&numbers(dim, apart), voxel_type, rescale, affine, meta);
        let after = written_and_read(&before, if packed { "a.nii.gz" } else { "a.nii" });
        prop_assert_eq!(after.data().voxel_type(), voxel_type);
        prop_assert_eq!(after.data().dim(), dim);
        prop_assert_eq!(after.rescale(), before.rescale());
        prop_assert_eq!(all_values(&after), all_values(&before));
        prop_assert_eq!(after.meta().content, before.meta().content);
        prop_assert_eq!(&after.meta().time, &before.meta().time);
        prop_assert_eq!(notices(&after), []);
        prop_assert!(same_place(after.grid(), before.grid()));
    }

    #[test]
    fn the_qform_says_what_the_sform_says(
        tilt in -0.6..0.6,
        about in prop::array::uniform3(-1.0..1.0),
        mirror: bool,
    ) {
        // Half turns about z, as most scanners' images have in RAS, and tilted ones: the quaternion's
        // first number is near 0 and lost to rounding.
        let half = Rotation3::from_axis_angle(&Vector3::z_axis(), std::f64::consts::PI);
        let turn = Rotation3::new(Vector3::from(about) * tilt) * half;
        let spacing = Vector3::new(0.7, 0.7, 2.5);
        let array = Array5::zeros((1, 60, 2, 512, 1));
        let affine = affine(turn.scaled_axis(), spacing, mirror, Vector3::new(150.0, 90.0, -400.0));
        let before = volume(&array, VoxelType::U8, Rescale::IDENTITY, affine, Meta::default());
        let after = written_and_read(&before, "a.nii");
        prop_assert_eq!(notices(&after), []);
        let nifti = after.meta().nifti.as_ref().expect("a header");
        if let Some(qform) = nifti.qform {
            prop_assert!((qform - affine).amax() < 0.03, "{}", qform - affine);
        }
    }
}

#[test]
fn a_half_turn_about_a_tilted_axis_has_a_qform() {
    let axis = nalgebra::Unit::new_normalize(Vector3::new(0.1, 0.2, 0.9));
    let turn = Rotation3::from_axis_angle(&axis, std::f64::consts::PI);
    let spacing = Vector3::new(0.8, 0.8, 3.0);
    let affine = affine(
        turn.scaled_axis(),
        spacing,
        false,
        Vector3::new(10.0, 20.0, 30.0),
    );
    let after = written_and_read(&small(affine), "a.nii");
    let qform = after.meta().nifti.as_ref().and_then(|nifti| nifti.qform);
    assert!((qform.expect("a qform") - affine).amax() < 1e-5);
}

#[test]
fn a_sheared_grid_has_only_an_sform_and_says_so() {
    let mut sheared = Matrix4::identity();
    sheared[(1, 2)] = 0.4;
    let folder = folder();
    let path = folder.path().join("tilted.nii");
    assert_eq!(save(&small(sheared), &path), [NoticeKind::FormsDiffer]);
    let after = read(&path).expect("reads");
    assert!(same_place(after.grid(), small(sheared).grid()));
    assert_eq!(notices(&after), []);
    let nifti = after.meta().nifti.as_ref().expect("a header");
    assert_eq!(nifti.fields["qform_code"], 0);
    assert_eq!(nifti.fields["sform_code"], 2);
}

#[test]
fn colour_keeps_its_bytes_side_by_side() {
    for components in [3, 4] {
        let array = numbers([2, 2, 2, 3, components], false);
        let meta = Meta {
            content: Content::Color,
            ..Meta::default()
        };
        let identity = Matrix4::identity();
        let before = volume(&array, VoxelType::U8, Rescale::IDENTITY, identity, meta);
        let after = written_and_read(&before, "a.nii.gz");
        assert_eq!(after.meta().content, Content::Color);
        assert_eq!(after.data().dim(), [2, 2, 2, 3, components]);
        assert_eq!(all_values(&after), all_values(&before));
    }
}

#[test]
fn colour_of_sixteen_bits_stays_colour() {
    let array = numbers([1, 1, 2, 3, 3], false);
    let meta = Meta {
        content: Content::Color,
        format: Format::Png,
        ..Meta::default()
    };
    let identity = Matrix4::identity();
    let before = volume(&array, VoxelType::U16, Rescale::IDENTITY, identity, meta);
    let after = written_and_read(&before, "a.nii");
    assert_eq!(after.meta().content, Content::Color);
    assert_eq!(all_values(&after), all_values(&before));
}

#[test]
fn a_scale_for_each_slice_is_applied_and_said() {
    let array = numbers([1, 3, 2, 2, 1], false);
    let scale = |slope: f64| Linear {
        slope,
        intercept: 1.0,
    };
    let rescale = Rescale::PerSlice(vec![scale(0.5), scale(2.0), scale(-1.5)]);
    let identity = Matrix4::identity();
    let before = volume(&array, VoxelType::I16, rescale, identity, Meta::default());
    let folder = folder();
    let path = folder.path().join("pet.nii");
    assert_eq!(save(&before, &path), [NoticeKind::TypeConverted]);
    let after = read(&path).expect("reads");
    assert_eq!(after.data().voxel_type(), VoxelType::F32);
    assert_eq!(all_values(&after), all_values(&before));
}

#[test]
fn sizes_beyond_sixteen_bits_become_nifti_2() {
    let array = Array5::from_shape_fn((1, 1, 1, 40_000, 1), |(_, _, _, i, _)| i as i32);
    let place = affine(
        Vector3::new(0.1, 0.2, 0.3),
        Vector3::new(0.5, 1.0, 2.0),
        true,
        Vector3::new(1.0, 2.0, 3.0),
    );
    let before = volume(
        &array,
        VoxelType::U16,
        Rescale::IDENTITY,
        place,
        Meta::default(),
    );
    let after = written_and_read(&before, "a.nii.gz");
    assert_eq!(after.meta().format, Format::Nifti2);
    assert_eq!(all_values(&after), all_values(&before));
    assert!((after.grid().affine() - place).amax() < 1e-12);
    assert_eq!(notices(&after), []);
}

#[test]
fn the_header_that_was_read_is_kept() {
    let folder = folder();
    let mut header = Nifti1::new(&[2, 1, 1], 4);
    header.short(252, 3).short(254, 4).short(68, 1002);
    header.float(124, 300.0).float(128, -100.0);
    header.bytes[148..156].copy_from_slice(b"made up\0");
    let path = write(&folder, "a.nii", &header.with(shorts([1, 2])));
    let before = read(&path).expect("reads");
    let after = written_and_read(&before, "b.nii");
    let fields = &after.meta().nifti.as_ref().expect("a header").fields;
    let kept = [
        "descrip",
        "qform_code",
        "sform_code",
        "intent_code",
        "cal_max",
        "cal_min",
        "dim",
    ];
    for name in kept {
        let old = &before.meta().nifti.as_ref().expect("a header").fields;
        assert_eq!(fields[name], old[name], "{name}");
    }
    assert_eq!(after.meta().windows, before.meta().windows);
}

#[test]
fn forms_that_differ_stay_apart_until_the_image_is_moved() {
    let folder = folder();
    let mut header = Nifti1::new(&[2, 1, 1], 4);
    // A qform 5 mm off.
    header.short(252, 1).float(268, 5.0);
    let before = read(&write(&folder, "a.nii", &header.with(shorts([1, 2])))).expect("reads");
    assert_eq!(notices(&before), [NoticeKind::FormsDiffer]);
    let path = folder.path().join("b.nii");
    assert_eq!(save(&before, &path), []);
    let kept = read(&path).expect("reads");
    assert_eq!(notices(&kept), [NoticeKind::FormsDiffer]);
    let forms = |volume: &Volume| {
        let nifti = volume.meta().nifti.as_ref().expect("a header");
        (nifti.sform, nifti.qform)
    };
    assert_eq!(forms(&kept), forms(&before));
    let ranges = [1..2, 0..1, 0..1];
    let moved = before.cropped(&ranges, Default::default()).expect("inside");
    let path = folder.path().join("c.nii");
    assert_eq!(save(&moved, &path), [NoticeKind::FormsDiffer]);
    assert_eq!(notices(&read(&path).expect("reads")), []);
}

#[test]
fn pictures_stay_flat() {
    let array = numbers([1, 1, 2, 3, 1], false);
    let meta = Meta {
        format: Format::Png,
        ..Meta::default()
    };
    let identity = Matrix4::identity();
    let before = volume(&array, VoxelType::U8, Rescale::IDENTITY, identity, meta);
    let after = written_and_read(&before, "a.nii");
    let fields = &after.meta().nifti.as_ref().expect("a header").fields;
    assert_eq!(fields["dim"].to_string(), "[2,3,2,1,1,1,1,1]");
    assert!(same_place(after.grid(), before.grid()));
}

#[test]
fn other_names_and_files_that_are_there_are_refused() {
    let folder = folder();
    let image = small(Matrix4::identity());
    let silent = Report::silent();
    for name in ["a.mha", "a.nii.bz2", "a", "nii"] {
        let path = folder.path().join(name);
        let error = write_nifti(&image, &path, WriteOptions::replacing(true), &silent)
            .expect_err("a refusal");
        let text = error.to_string();
        assert!(text.contains("give a name that ends in .nii"), "{text}");
    }
    let path = folder.path().join("a.NII.gz");
    save(&image, &path);
    let again = write_nifti(&image, &path, WriteOptions::replacing(false), &silent);
    assert!(matches!(again, Err(IoError::Exists { .. })));
    write_nifti(&image, &path, WriteOptions::replacing(true), &silent).expect("replaced");
    read(&path).expect("reads");
}

#[test]
fn cancelling_leaves_nothing_behind() {
    let folder = folder();
    let cancel: Arc<std::sync::atomic::AtomicBool> = Arc::default();
    let flag = cancel.clone();
    let report = Report::new(
        move |fraction| flag.store(fraction > 0.3, std::sync::atomic::Ordering::Relaxed),
        cancel,
    );
    let image = small(Matrix4::identity());
    for name in ["a.nii", "a.nii.gz"] {
        let outcome = write_nifti(
            &image,
            &folder.path().join(name),
            WriteOptions::replacing(false),
            &report,
        );
        assert!(matches!(outcome, Err(IoError::Cancelled)));
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0
    );
}

/// Recorded from nibabel 5.4 for an affine of diagonal -2, -3, -4.
#[test]
fn the_quaternion_is_nibabels() {
    let half = Vector3::new(0.0, 0.0, std::f64::consts::PI);
    let place = affine(
        half,
        Vector3::new(2.0, 3.0, 4.0),
        true,
        Vector3::new(5.0, 6.0, 7.0),
    );
    let after = written_and_read(&small(place), "a.nii");
    let fields = &after.meta().nifti.as_ref().expect("a header").fields;
    assert_eq!(fields["pixdim"].to_string(), "[-1,2,3,4,1,1,1,1]");
    let quaternion = ["quatern_b", "quatern_c", "quatern_d"].map(|name| fields[name].as_f64());
    let close =
        |value: Option<f64>, expected: f64| (value.expect("a number") - expected).abs() < 1e-6;
    assert!(close(quaternion[0], 0.0) && close(quaternion[1], 0.0) && close(quaternion[2], 1.0));
    assert_eq!(fields["xyzt_units"], 2);
}
