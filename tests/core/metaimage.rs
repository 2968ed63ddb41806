//! MetaImage. Expected geometry was compared with what SimpleITK 2.5 reads.

use crate::fixtures::{
    affine, all_values, floats, folder, notices, read, read_bytes, shorts, write,
};
use flate2::{Compression, write::ZlibEncoder};
use std::io::Write as _;
use warpscope::io::{self, IoError, Report};
use warpscope::volume::{Content, NoticeKind};

pub fn file(lines: &[&str], voxels: &[u8]) -> Vec<u8> {
    let mut text = lines.join("\n");
    text.push('\n');
    [text.as_bytes(), voxels].concat()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("to memory");
    encoder.finish().expect("to memory")
}

pub const SMALL: [&str; 6] = [
    "ObjectType = Image",
    "NDims = 3",
    "DimSize = 2 2 1",
    "ElementSpacing = 0.5 1 2",
    "ElementType = MET_SHORT",
    "ElementDataFile = LOCAL",
];

/// [`SMALL`] with lines before the last.
fn with(lines: &[&'static str]) -> Vec<&'static str> {
    let (last, first) = SMALL.split_last().expect("lines");
    [first, lines, &[*last]].concat()
}

#[test]
fn rows_of_the_transform_matrix_are_axis_directions_in_lps() {
    let lines = with(&["TransformMatrix = 0 1 0 -1 0 0 0 0 1", "Offset = 5 6 7"]);
    let volume = read_bytes("a.mha", &file(&lines, &shorts([1, 2, 3, 4]))).expect("reads");
    let expected = [
        [0.0, 1.0, 0.0, -5.0],
        [-0.5, 0.0, 0.0, -6.0],
        [0.0, 0.0, 2.0, 7.0],
    ];
    assert_eq!(affine(&volume), expected);
    assert_eq!(all_values(&volume), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(notices(&volume), []);
}

#[test]
fn compressed_big_endian_and_text_voxels_are_the_same() {
    let swapped: Vec<u8> = [1i16, -2, 3, 4]
        .iter()
        .flat_map(|v| v.to_be_bytes())
        .collect();
    let cases = [
        file(
            &with(&["CompressedData = True"]),
            &zlib(&shorts([1, -2, 3, 4])),
        ),
        file(&with(&["BinaryDataByteOrderMSB = True"]), &swapped),
        file(
            &with(&["ElementByteOrderMSB = True", "CompressedData = True"]),
            &zlib(&swapped),
        ),
        file(&with(&["BinaryData = False"]), b"1 -2\n3 4\n"),
        file(
            &with(&["HeaderSize = 3"]),
            &[&[9; 3][..], &shorts([1, -2, 3, 4])].concat(),
        ),
        file(
            &with(&["HeaderSize = -1"]),
            &[&[9; 5][..], &shorts([1, -2, 3, 4])].concat(),
        ),
    ];
    for bytes in cases {
        let volume = read_bytes("a.mha", &bytes).expect("reads");
        assert_eq!(all_values(&volume), [1.0, -2.0, 3.0, 4.0]);
    }
}

#[test]
fn channels_lie_side_by_side() {
    let lines = [
        "NDims = 2",
        "DimSize = 2 1",
        "ElementNumberOfChannels = 3",
        "ElementType = MET_FLOAT",
        "ElementDataFile = LOCAL",
    ];
    let bytes = file(&lines, &floats([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    let volume = read_bytes("a.mha", &bytes).expect("reads");
    assert_eq!(volume.meta().content, Content::Vector);
    assert_eq!(volume.values([1, 0, 0], 0), Some(vec![4.0, 5.0, 6.0]));
    assert_eq!(volume.grid().shape(), [2, 1, 1]);
}

#[test]
fn the_fourth_dimension_is_time() {
    let lines = [
        "NDims = 4",
        "DimSize = 1 1 1 2",
        "ElementSpacing = 1 1 1 0.25",
        "TransformMatrix = 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1",
        "ElementType = MET_UCHAR",
        "ElementDataFile = LOCAL",
    ];
    let volume = read_bytes("a.mha", &file(&lines, &[7, 9])).expect("reads");
    assert_eq!(volume.time_points(), 2);
    assert_eq!(volume.meta().time.as_ref().map(|t| t.step), Some(0.25));
    assert_eq!(volume.value([0, 0, 0], 1, 0), Some(9.0));
}

#[test]
fn voxels_beside_the_header_belong_to_it() {
    let folder = folder();
    let mut lines = SMALL;
    lines[5] = "ElementDataFile = scan.raw";
    let header = write(&folder, "scan.mhd", &file(&lines, b""));
    let voxels = write(&folder, "scan.raw", &shorts([1, 2, 3, 4]));
    for path in [&header, &voxels] {
        assert_eq!(
            all_values(&read(path).expect("reads")),
            [1.0, 2.0, 3.0, 4.0]
        );
    }
    let found = io::scan(&[folder.path().to_owned()], &Report::silent()).expect("scans");
    assert_eq!(found.images.len(), 1);
    assert!(found.skipped.is_empty());
}

#[test]
fn voxels_elsewhere_or_in_many_files_are_refused_in_words() {
    for name in ["../scan.raw", "/etc/passwd", "LIST", "slice%03d.raw 1 10 1"] {
        let line = format!("ElementDataFile = {name}");
        let mut lines = SMALL.to_vec();
        lines[5] = &line;
        let outcome = read_bytes("scan.mhd", &file(&lines, b""));
        assert!(
            matches!(outcome, Err(IoError::Unsupported { .. })),
            "{name}"
        );
    }
}

#[test]
fn a_wrong_name_is_a_notice() {
    let volume = read_bytes("a.nii", &file(&SMALL, &shorts([1, 2, 3, 4]))).expect("reads");
    assert_eq!(notices(&volume), [NoticeKind::WrongExtension]);
}
