//! NRRD. Expected geometry was compared with what SimpleITK 2.5 reads.

use crate::fixtures::{affine, all_values, folder, gzip, notices, read, read_bytes, shorts, write};
use warpscope::io::{self, IoError, Report};
use warpscope::volume::{Content, Format, NoticeKind, Volume};

pub const SMALL: [&str; 10] = [
    "NRRD0004",
    "# made for a test",
    "type: short",
    "dimension: 3",
    "space: left-posterior-superior",
    "sizes: 2 2 1",
    "space directions: (0.5,0,0) (0,1,0) (0,0,2)",
    "endian: little",
    "encoding: raw",
    "space origin: (5,6,7)",
];

/// Lines, an empty one, and voxels.
pub fn file(lines: &[&str], voxels: &[u8]) -> Vec<u8> {
    [lines.join("\n").as_bytes(), b"\n\n", voxels].concat()
}

/// [`SMALL`] with lines that take the place of those with the same field, or come last.
pub fn with<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut all: Vec<&str> = SMALL.to_vec();
    for line in lines {
        let field = line.split(':').next();
        all.retain(|old| old.split(':').next() != field);
        all.push(line);
    }
    all
}

fn read_with(lines: &[&str], voxels: &[u8]) -> Volume {
    read_bytes("a.nrrd", &file(&with(lines), voxels)).expect("reads")
}

#[test]
fn the_space_says_what_becomes_of_directions_and_origin() {
    let voxels = shorts([1, 2, 3, 4]);
    let cases = [
        ("space: left-posterior-superior", [-0.5, -1.0, -5.0, -6.0]),
        ("space: LPS", [-0.5, -1.0, -5.0, -6.0]),
        ("space: right-anterior-superior", [0.5, 1.0, 5.0, 6.0]),
        ("space: left-anterior-superior", [-0.5, 1.0, -5.0, 6.0]),
    ];
    for (space, [x, y, origin_x, origin_y]) in cases {
        let volume = read_with(&[space], &voxels);
        let expected = [
            [x, 0.0, 0.0, origin_x],
            [0.0, y, 0.0, origin_y],
            [0.0, 0.0, 2.0, 7.0],
        ];
        assert_eq!(affine(&volume), expected, "{space}");
        assert_eq!(all_values(&volume), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(notices(&volume), []);
        assert_eq!(volume.meta().format, Format::Nrrd);
    }
}

#[test]
fn directions_are_columns_of_the_affine() {
    let directions = "space directions: (0, 2, 0) (-3,0,0) (0,0,4)";
    let volume = read_with(&[directions], &shorts([1, 2, 3, 4]));
    let expected = [
        [0.0, 3.0, 0.0, -5.0],
        [-2.0, 0.0, 0.0, -6.0],
        [0.0, 0.0, 4.0, 7.0],
    ];
    assert_eq!(affine(&volume), expected);
}

#[test]
fn every_encoding_and_byte_order_gives_the_same_voxels() {
    let voxels = shorts([1, -2, 3, 4]);
    let swapped: Vec<u8> = [1i16, -2, 3, 4]
        .iter()
        .flat_map(|v| v.to_be_bytes())
        .collect();
    let before = [&b"a line\nxyz"[..], &voxels].concat();
    let cases: [(&[&str], Vec<u8>); 7] = [
        (&["encoding: gzip"], gzip(&voxels)),
        (&["encoding: gz", "endian: big"], gzip(&swapped)),
        (&["encoding: ascii"], b"1 -2\n3 4\n".to_vec()),
        (&["line skip: 1", "byte skip: 3"], before.clone()),
        (&["byteskip: -1"], before),
        (
            &["encoding: gzip", "byte skip: 2"],
            gzip(&[b"xy", &voxels[..]].concat()),
        ),
        (&["endian: big", "type: int16_t"], swapped),
    ];
    for (lines, bytes) in cases {
        assert_eq!(
            all_values(&read_with(lines, &bytes)),
            [1.0, -2.0, 3.0, 4.0],
            "{lines:?}"
        );
    }
}

#[test]
fn spacings_without_a_space_are_taken_as_lps_and_said_so() {
    let lines = [
        "NRRD0001",
        "type: unsigned char",
        "dimension: 2",
        "sizes: 2 1",
        "spacings: 0.5 0.25",
        "encoding: raw",
    ];
    let volume = read_bytes("a.nrrd", &file(&lines, &[7, 9])).expect("reads");
    assert_eq!(volume.grid().spacing(), [0.5, 0.25, 1.0]);
    assert_eq!(volume.grid().orientation().to_code(), "LPS");
    assert_eq!(all_values(&volume), [7.0, 9.0]);
    assert_eq!(notices(&volume), [NoticeKind::NoGeometry]);
}

#[test]
fn components_come_first_or_last() {
    let first = [
        "dimension: 4",
        "sizes: 3 2 1 1",
        "kinds: vector domain domain domain",
        "space directions: none (1,0,0) (0,1,0) (0,0,1)",
    ];
    let last = [
        "dimension: 4",
        "sizes: 2 1 1 3",
        "kinds: domain domain domain vector",
        "space directions: (1,0,0) (0,1,0) (0,0,1) none",
    ];
    for (lines, voxels) in [(first, [1, 2, 3, 4, 5, 6]), (last, [1, 4, 2, 5, 3, 6])] {
        let volume = read_with(&lines, &shorts(voxels));
        assert_eq!(volume.meta().content, Content::Vector);
        assert_eq!(volume.grid().shape(), [2, 1, 1]);
        assert_eq!(volume.values([1, 0, 0], 0), Some(vec![4.0, 5.0, 6.0]));
    }
    let mut color = first;
    color[2] = "kinds: RGB-color domain domain domain";
    assert_eq!(
        read_with(&color, &shorts(1..=6)).meta().content,
        Content::Color
    );
}

#[test]
fn a_list_or_time_axis_is_time_wherever_it_lies() {
    let last = [
        "dimension: 4",
        "sizes: 2 1 1 2",
        "kinds: domain domain domain time",
        "space directions: (1,0,0) (0,1,0) (0,0,1) none",
    ];
    let first = [
        "dimension: 4",
        "sizes: 2 2 1 1",
        "kinds: list domain domain domain",
        "space directions: none (1,0,0) (0,1,0) (0,0,1)",
    ];
    for (lines, voxels) in [(last, [1, 2, 3, 4]), (first, [1, 3, 2, 4])] {
        let volume = read_with(&lines, &shorts(voxels));
        assert_eq!((volume.time_points(), volume.components()), (2, 1));
        assert_eq!(all_values(&volume), [1.0, 2.0, 3.0, 4.0]);
    }
}

#[test]
fn time_may_be_the_fourth_dimension_of_space() {
    let lines = [
        "NRRD0004",
        "type: uint8",
        "dimension: 4",
        "space dimension: 4",
        "sizes: 1 1 1 2",
        "space directions: (2,0,0,0) (0,2,0,0) (0,0,3,0) (0,0,0,0.5)",
        "kinds: domain domain domain domain",
        "encoding: raw",
        "space origin: (1,2,3,0)",
    ];
    let volume = read_bytes("a.nrrd", &file(&lines, &[7, 9])).expect("reads");
    assert_eq!(volume.time_points(), 2);
    assert_eq!(volume.meta().time.as_ref().map(|t| t.step), Some(0.5));
    assert_eq!(volume.grid().origin_lps(), [1.0, 2.0, 3.0]);
}

#[test]
fn voxels_beside_the_header_belong_to_it() {
    for (encoding, name) in [
        ("encoding: raw", "scan.raw"),
        ("encoding: gzip", "scan.raw.gz"),
    ] {
        let folder = folder();
        let line = format!("data file: {name}");
        let lines = with(&[encoding, &line]);
        let header = write(&folder, "scan.nhdr", lines.join("\n").as_bytes());
        // They begin as a gzip file does.
        let values = [i16::from_le_bytes([0x1f, 0x8b]), 2, 3, 4];
        let voxels = shorts(values);
        let voxels = if name.ends_with("gz") {
            gzip(&voxels)
        } else {
            voxels
        };
        let voxels = write(&folder, name, &voxels);
        for path in [&header, &voxels] {
            assert_eq!(
                all_values(&read(path).expect("reads")),
                values.map(f64::from)
            );
        }
        let found = io::scan(&[folder.path().to_owned()], &Report::silent()).expect("scans");
        assert_eq!(found.images.len(), 1);
        assert!(found.skipped.is_empty());
    }
}

#[test]
fn what_is_not_read_is_refused_in_words() {
    let cases = [
        "encoding: bzip2",
        "type: block",
        "data file: ../scan.raw",
        "data file: slice%03d.raw 1 10 1",
        "data file: LIST",
        "dimension: 7",
    ];
    for line in cases {
        let outcome = read_bytes("a.nrrd", &file(&with(&[line]), &shorts([1, 2, 3, 4])));
        assert!(
            matches!(outcome, Err(IoError::Unsupported { .. })),
            "{line}"
        );
    }
    for line in [
        "sizes: 2 2",
        "sizes: 2 0 1",
        "endian: middle",
        "space origin: (1,2",
        "type: shirt",
    ] {
        let outcome = read_bytes("a.nrrd", &file(&with(&[line]), &shorts([1, 2, 3, 4])));
        assert!(matches!(outcome, Err(IoError::Corrupt { .. })), "{line}");
    }
}
