//! NIfTI-1, NIfTI-2 and Analyze: voxels, scaling and geometry. Expected numbers are computed by hand or
//! were recorded from nibabel 5.4 where a test says so.

use crate::fixtures::{
    Nifti1, affine, all_values, floats, folder, gzip, notices, read, read_bytes, shorts, write,
};
use warpscope::io::{self, IoError, Report};
use warpscope::volume::{Content, Format, NoticeKind, VoxelType};

fn close(a: [[f64; 4]; 3], b: [[f64; 4]; 3]) -> bool {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-5)
}

#[test]
fn every_integer_and_float_type_is_read_in_both_byte_orders() {
    macro_rules! check {
        ($code:expr, $number:ty, $voxel_type:expr) => {
            let values: [$number; 3] = [<$number>::MIN, 7 as $number, <$number>::MAX];
            let expected = values.map(|v| v as f64).to_vec();
            let little: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            let big: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
            let files = [
                Nifti1::new(&[3, 1, 1], $code).with(little),
                Nifti1::big_endian(&[3, 1, 1], $code).with(big),
            ];
            for file in files {
                let volume = read_bytes("a.nii", &file).expect("reads");
                assert_eq!(volume.data().voxel_type(), $voxel_type);
                assert_eq!(all_values(&volume), expected);
                assert_eq!(notices(&volume), []);
            }
        };
    }
    check!(2, u8, VoxelType::U8);
    check!(4, i16, VoxelType::I16);
    check!(8, i32, VoxelType::I32);
    check!(16, f32, VoxelType::F32);
    check!(64, f64, VoxelType::F64);
    check!(256, i8, VoxelType::I8);
    check!(512, u16, VoxelType::U16);
    check!(768, u32, VoxelType::U32);
    check!(1024, i64, VoxelType::I64);
    check!(1280, u64, VoxelType::U64);
}

#[test]
fn several_gzip_members_are_one_file() {
    let file = Nifti1::new(&[4, 1, 1], 4).with(shorts([1, 2, 3, 4]));
    for cut in [10, 352, 354] {
        let (first, second) = file.split_at(cut);
        let packed = [gzip(first), gzip(second)].concat();
        let volume = read_bytes("a.nii.gz", &packed).expect("reads");
        assert_eq!(all_values(&volume), [1.0, 2.0, 3.0, 4.0]);
    }
}

#[test]
fn header_extensions_are_passed_over() {
    let mut header = Nifti1::new(&[2, 1, 1], 4);
    header.float(108, 384.0);
    header.bytes[348] = 1;
    let file = [header.bytes, vec![0xee; 32], shorts([5, 6])].concat();
    for (name, file) in [("a.nii", file.clone()), ("a.nii.gz", gzip(&file))] {
        let volume = read_bytes(name, &file).expect("reads");
        assert_eq!(all_values(&volume), [5.0, 6.0]);
    }
}

#[test]
fn slope_and_intercept_follow_nibabel() {
    let read_scaled = |slope: f32, inter: f32| {
        let mut header = Nifti1::new(&[2, 1, 1], 4);
        header.float(112, slope).float(116, inter);
        read_bytes("a.nii", &header.with(shorts([1, 2]))).expect("reads")
    };
    assert_eq!(all_values(&read_scaled(2.0, -10.0)), [-8.0, -6.0]);
    assert_eq!(all_values(&read_scaled(-1.0, 0.0)), [-1.0, -2.0]);
    for (slope, inter) in [(0.0, 0.0), (f32::NAN, f32::NAN), (f32::INFINITY, 5.0)] {
        let volume = read_scaled(slope, inter);
        assert_eq!(all_values(&volume), [1.0, 2.0]);
        assert_eq!(notices(&volume), []);
    }
    let ignored = read_scaled(0.0, 55.0);
    assert_eq!(all_values(&ignored), [1.0, 2.0]);
    assert_eq!(notices(&ignored), [NoticeKind::ScalingIgnored]);
}

/// A header with the quaternion, voxel sizes and offsets of an oblique scan.
fn oblique() -> Nifti1 {
    let mut header = Nifti1::new(&[21, 28, 15], 2);
    header.no_sform().short(252, 1);
    let fields = [
        (80, 1.25),
        (84, 1.5),
        (88, 3.3),
        (256, 0.098_636_57),
        (260, 0.015_412_292),
        (264, 0.153_608_84),
        (268, -17.5),
        (272, 23.25),
        (276, -9.0),
    ];
    for (at, value) in fields {
        header.float(at, value);
    }
    header
}

/// nibabel's qform of [`oblique`].
const OBLIQUE: [[f64; 4]; 3] = [
    [1.19041696, -0.44846667, 0.19999912, -17.5],
    [0.38132330, 1.40002545, -0.62435826, 23.25],
    [0.0, 0.29800400, 3.23421966, -9.0],
];

#[test]
fn the_qform_places_an_image_without_sform() {
    let file = oblique().with([0; 21 * 28 * 15]);
    let volume = read_bytes("a.nii", &file).expect("reads");
    assert!(close(affine(&volume), OBLIQUE));
    assert_eq!(notices(&volume), []);

    let mut mirrored = oblique();
    mirrored.float(76, -1.0);
    let volume = read_bytes("a.nii", &mirrored.with([0; 21 * 28 * 15])).expect("reads");
    let mut expected = OBLIQUE;
    expected.iter_mut().for_each(|row| row[2] = -row[2]);
    assert!(close(affine(&volume), expected));
}

#[test]
fn a_pixdim_0_of_0_is_no_mirror() {
    let mut header = oblique();
    header.float(76, 0.0);
    let volume = read_bytes("a.nii", &header.with([0; 21 * 28 * 15])).expect("reads");
    assert!(close(affine(&volume), OBLIQUE));
}

#[test]
fn the_sform_wins_and_a_different_qform_is_noticed() {
    let mut header = oblique();
    let rows = OBLIQUE.map(|row| row.map(|v| v as f32));
    header.short(254, 2).rows(rows);
    let volume = read_bytes("a.nii", &header.with([0; 21 * 28 * 15])).expect("reads");
    assert_eq!(notices(&volume), [], "the two agree");

    let mut shifted = rows;
    shifted[0][3] += 1.0;
    header.rows(shifted);
    let volume = read_bytes("a.nii", &header.with([0; 21 * 28 * 15])).expect("reads");
    assert_eq!(affine(&volume)[0][3], -16.5);
    assert_eq!(notices(&volume), [NoticeKind::FormsDiffer]);
}

#[test]
fn without_forms_the_image_is_centred_and_x_goes_left() {
    let mut header = Nifti1::new(&[21, 28, 15], 2);
    header.no_sform();
    header.float(80, 1.25).float(84, 1.5).float(88, 3.3);
    let volume = read_bytes("a.nii", &header.with([0; 21 * 28 * 15])).expect("reads");
    // Recorded from nibabel.
    let expected = [
        [-1.25, 0.0, 0.0, 12.5],
        [0.0, 1.5, 0.0, -20.25],
        [0.0, 0.0, 3.3, -23.1],
    ];
    assert!(close(affine(&volume), expected));
    assert_eq!(notices(&volume), [NoticeKind::NoGeometry]);
}

#[test]
fn a_flat_or_broken_sform_gives_way_to_the_qform() {
    for broken in [0.0, f32::NAN] {
        let mut header = oblique();
        header.short(254, 1).rows([[broken; 4]; 3]);
        let volume = read_bytes("a.nii", &header.with([0; 21 * 28 * 15])).expect("reads");
        assert!(close(affine(&volume), OBLIQUE));
        assert_eq!(notices(&volume), [NoticeKind::GeometryRepaired]);
    }
}

#[test]
fn a_slice_may_leave_out_its_normal() {
    let mut header = Nifti1::new(&[2, 2], 2);
    header.rows([[2., 0., 0., 5.], [0., 2., 0., 6.], [0., 0., 0., 7.]]);
    let volume = read_bytes("a.nii", &header.with([1, 2, 3, 4])).expect("reads");
    assert_eq!(volume.grid().shape(), [2, 2, 1]);
    assert_eq!(affine(&volume)[2], [0.0, 0.0, 1.0, 7.0]);
    assert_eq!(notices(&volume), []);
}

#[test]
fn lengths_in_metres_and_microns_become_millimetres() {
    for (code, factor) in [(1u8, 1000.0), (3, 0.001)] {
        let mut header = Nifti1::new(&[2, 1, 1], 2);
        header.bytes[123] = code;
        let volume = read_bytes("a.nii", &header.with([1, 2])).expect("reads");
        assert_eq!(volume.grid().spacing(), [factor; 3]);
        assert_eq!(notices(&volume), [NoticeKind::UnitsConverted]);
    }
}

#[test]
fn vectors_lie_component_after_component_and_colours_side_by_side() {
    let mut header = Nifti1::new(&[2, 1, 1, 1, 3], 16);
    header.short(68, 1007);
    let file = header.with(floats([1.0, 2.0, 10.0, 20.0, 100.0, 200.0]));
    let vectors = read_bytes("a.nii", &file).expect("reads");
    assert_eq!(vectors.components(), 3);
    assert_eq!(vectors.meta().content, Content::Vector);
    assert_eq!(vectors.values([1, 0, 0], 0), Some(vec![2.0, 20.0, 200.0]));

    let file = Nifti1::new(&[2, 1, 1], 128).with([1, 10, 100, 2, 20, 200]);
    let colors = read_bytes("a.nii", &file).expect("reads");
    assert_eq!(colors.meta().content, Content::Color);
    assert_eq!(colors.values([1, 0, 0], 0), Some(vec![2.0, 20.0, 200.0]));

    let file = Nifti1::new(&[1, 1, 1], 2304).with([1, 2, 3, 4]);
    let colors = read_bytes("a.nii", &file).expect("reads");
    assert_eq!(colors.values([0, 0, 0], 0), Some(vec![1.0, 2.0, 3.0, 4.0]));
}

#[test]
fn time_points_follow_each_other_and_know_their_step() {
    let mut header = Nifti1::new(&[2, 1, 1, 3], 4);
    header.float(92, 2500.0);
    header.bytes[123] = 2 | 16;
    let volume = read_bytes("a.nii", &header.with(shorts(1..=6))).expect("reads");
    assert_eq!(volume.time_points(), 3);
    assert_eq!(volume.value([1, 0, 0], 2, 0), Some(6.0));
    let time = volume.meta().time.clone().expect("a time axis");
    assert_eq!((time.step, time.unit.as_str()), (2500.0, "ms"));
}

#[test]
fn dimensions_beyond_the_fifth_are_folded_with_a_notice() {
    let file = Nifti1::new(&[1, 1, 1, 1, 2, 3], 4).with(shorts(1..=6));
    let volume = read_bytes("a.nii", &file).expect("reads");
    assert_eq!(volume.components(), 6);
    assert_eq!(volume.value([0, 0, 0], 0, 4), Some(5.0));
    assert_eq!(notices(&volume), [NoticeKind::DimensionsFolded]);
}

#[test]
fn complex_voxels_are_their_magnitude() {
    let file = Nifti1::new(&[2, 1, 1], 32).with(floats([3.0, -4.0, 0.0, 2.0]));
    let volume = read_bytes("a.nii", &file).expect("reads");
    assert_eq!(all_values(&volume), [5.0, 2.0]);
    assert_eq!(notices(&volume), [NoticeKind::ComplexMagnitude]);

    let bytes: Vec<u8> = [3.0f64, 4.0].iter().flat_map(|v| v.to_be_bytes()).collect();
    let file = Nifti1::big_endian(&[1, 1, 1], 1792).with(bytes);
    assert_eq!(
        all_values(&read_bytes("a.nii", &file).expect("reads")),
        [5.0]
    );
}

#[test]
fn long_floats_become_float64_with_a_notice() {
    // 2.5 = 1.25 * 2^1 as IEEE binary128.
    let quad = (16384u128 << 112) | (1u128 << 110);
    let files = [
        Nifti1::new(&[1, 1, 1], 1536).with(quad.to_le_bytes()),
        Nifti1::big_endian(&[1, 1, 1], 1536).with(quad.to_be_bytes()),
    ];
    for file in files {
        let volume = read_bytes("a.nii", &file).expect("reads");
        assert_eq!(all_values(&volume), [2.5]);
        assert_eq!(notices(&volume), [NoticeKind::TypeConverted]);
    }
}

#[test]
fn a_pair_is_one_image_whichever_file_is_named() {
    let folder = folder();
    let mut header = Nifti1::new(&[2, 1, 1], 4);
    header.float(108, 0.0);
    header.bytes[344..348].copy_from_slice(b"ni1\0");
    let named = write(&folder, "brain.hdr", &header.bytes[..348]);
    let voxels = write(&folder, "brain.img", &shorts([8, 9]));
    for path in [&named, &voxels] {
        let volume = read(path).expect("reads");
        assert_eq!(all_values(&volume), [8.0, 9.0]);
        assert_eq!(notices(&volume), []);
    }
    let report = Report::silent();
    let found = io::scan(&[folder.path().to_owned()], &report).expect("scans");
    assert_eq!(found.images.len(), 1);
    assert_eq!(found.images[0].files, [named.clone(), voxels.clone()]);
    assert!(found.skipped.is_empty());

    std::fs::remove_file(voxels).expect("removing");
    assert!(matches!(read(&named), Err(IoError::Corrupt { .. })));
}

#[test]
fn a_packed_pair_is_read_too() {
    let folder = folder();
    let mut header = Nifti1::new(&[2, 1, 1], 4);
    header.float(108, 0.0);
    header.bytes[344..348].copy_from_slice(b"ni1\0");
    write(&folder, "brain.hdr.gz", &gzip(&header.bytes));
    let voxels = write(&folder, "brain.img.gz", &gzip(&shorts([8, 9])));
    assert_eq!(all_values(&read(&voxels).expect("reads")), [8.0, 9.0]);
}

#[test]
fn analyze_has_spms_scale_and_origin() {
    for origin in [[46i16, 64, 37], [0, 0, 0]] {
        let folder = folder();
        let mut header = Nifti1::big_endian(&[91, 109, 91, 1], 2);
        header.no_sform().float(108, 0.0).float(112, 2.0);
        for (axis, voxel) in origin.into_iter().enumerate() {
            header.float(80 + 4 * axis, 2.0);
            header.short(253 + 2 * axis, voxel);
        }
        header.bytes[344..348].fill(0);
        let named = write(&folder, "brain.hdr", &header.bytes[..348]);
        write(&folder, "brain.img", &[3; 91 * 109 * 91]);
        let volume = read(&named).expect("reads");
        assert_eq!(volume.meta().format, Format::Analyze);
        assert_eq!(volume.value([0, 0, 0], 0, 0), Some(6.0));
        // Recorded from nibabel for this header; both origins are the image's middle in x.
        let y_and_z = if origin[0] == 0 {
            [-108.0, -90.0]
        } else {
            [-126.0, -72.0]
        };
        let expected = [
            [-2.0, 0.0, 0.0, 90.0],
            [0.0, 2.0, 0.0, y_and_z[0]],
            [0.0, 0.0, 2.0, y_and_z[1]],
        ];
        assert!(close(affine(&volume), expected));
        assert_eq!(notices(&volume), [NoticeKind::NoGeometry]);
    }
}

/// A NIfTI-2 file of two int16 voxels; positions from nifti2.h.
pub fn nifti2(big: bool) -> Vec<u8> {
    let mut bytes = vec![0u8; 544];
    let mut put = |at: usize, little: &[u8]| {
        let mut value = little.to_vec();
        if big {
            value.reverse();
        }
        bytes[at..at + value.len()].copy_from_slice(&value);
    };
    put(0, &540i32.to_le_bytes());
    put(12, &4i16.to_le_bytes());
    for (n, size) in [3i64, 2, 1, 1, 1, 1, 1, 1].iter().enumerate() {
        put(16 + 8 * n, &size.to_le_bytes());
        put(104 + 8 * n, &1f64.to_le_bytes());
    }
    put(168, &544i64.to_le_bytes());
    put(176, &0.5f64.to_le_bytes());
    put(348, &2i32.to_le_bytes());
    for (row, offset) in [0.1f64, 0.2, 0.3].iter().enumerate() {
        put(400 + 40 * row, &1f64.to_le_bytes());
        put(424 + 32 * row, &offset.to_le_bytes());
    }
    bytes[4..12].copy_from_slice(b"n+2\0\r\n\x1a\n");
    let voxels = [4i16, -6].map(|v| {
        if big {
            v.to_be_bytes()
        } else {
            v.to_le_bytes()
        }
    });
    bytes.extend(voxels.as_flattened());
    bytes
}

#[test]
fn nifti_2_is_read_in_both_byte_orders() {
    for big in [false, true] {
        let volume = read_bytes("a.nii", &nifti2(big)).expect("reads");
        assert_eq!(volume.meta().format, Format::Nifti2);
        assert_eq!(all_values(&volume), [2.0, -3.0]);
        assert_eq!(volume.grid().origin_lps(), [-0.1, -0.2, 0.3]);
        let fields = &volume.meta().nifti.as_ref().expect("a header").fields;
        assert_eq!(fields["srow_y"].to_string(), "[0,1,0,0.2]");
        assert_eq!(fields["dim"].to_string(), "[3,2,1,1,1,1,1,1]");
    }
}

#[test]
fn a_wrong_name_is_a_notice() {
    let plain = Nifti1::new(&[2, 1, 1], 4).with(shorts([1, 2]));
    let cases = [
        ("a.nii.gz", plain.clone()),
        ("a.nii", gzip(&plain)),
        ("a.dcm", plain.clone()),
        ("a", gzip(&plain)),
    ];
    for (name, bytes) in cases {
        let volume = read_bytes(name, &bytes).expect("reads");
        assert_eq!(notices(&volume), [NoticeKind::WrongExtension], "{name}");
    }
}

#[test]
fn header_fields_keep_their_names_and_values() {
    let mut header = Nifti1::new(&[2, 1, 1], 4);
    header.bytes[148..156].copy_from_slice(b"made up\0");
    header.float(112, f32::NAN);
    let volume = read_bytes("a.nii", &header.with(shorts([1, 2]))).expect("reads");
    let nifti = volume.meta().nifti.as_ref().expect("a header");
    assert_eq!(nifti.fields["descrip"], "made up");
    assert_eq!(nifti.fields["scl_slope"], "nan");
    assert_eq!(nifti.fields["vox_offset"], 352);
    assert_eq!(nifti.fields["magic"], "n+1");
    assert!(nifti.sform.is_some() && nifti.qform.is_none());
}
