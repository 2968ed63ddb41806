//! GIPL and VTK structured points. Expected geometry was compared with what SimpleITK 2.5 reads.

use crate::fixtures::{affine, all_values, gzip, notices, read_bytes};
use warpscope::io::IoError;
use warpscope::volume::{Content, Format, NoticeKind};

/// Two by two voxels of int16, spacing 0.5, 1 and 2 mm, origin 5, 6 and 7 mm.
pub fn gipl() -> Vec<u8> {
    let mut bytes = vec![0; 256];
    for (at, size) in [(0, 2u16), (2, 2), (4, 1), (6, 1), (8, 15)] {
        bytes[at..at + 2].copy_from_slice(&size.to_be_bytes());
    }
    for (at, length) in [(10, 0.5f32), (14, 1.0), (18, 2.0)] {
        bytes[at..at + 4].copy_from_slice(&length.to_be_bytes());
    }
    for (at, place) in [(204, 5.0f64), (212, 6.0), (220, 7.0)] {
        bytes[at..at + 8].copy_from_slice(&place.to_be_bytes());
    }
    bytes[252..].copy_from_slice(&0x2ae3_89b8u32.to_be_bytes());
    bytes.extend(big_shorts([1, -2, 3, 4]));
    bytes
}

fn big_shorts(values: impl IntoIterator<Item = i16>) -> Vec<u8> {
    values.into_iter().flat_map(i16::to_be_bytes).collect()
}

pub fn vtk(coding: &str, attribute: &str, voxels: &[u8]) -> Vec<u8> {
    let header = format!(
        "# vtk DataFile Version 3.0\nany title\n{coding}\nDATASET STRUCTURED_POINTS\n\
         DIMENSIONS 2 2 1\nSPACING 0.5 1 2\nORIGIN 5 6 7\nPOINT_DATA 4\n{attribute}\n"
    );
    [header.as_bytes(), voxels].concat()
}

pub fn small_vtk() -> Vec<u8> {
    vtk(
        "BINARY",
        "SCALARS scalars short 1\nLOOKUP_TABLE default",
        &big_shorts([1, -2, 3, 4]),
    )
}

const PLACE: [[f64; 4]; 3] = [
    [-0.5, 0.0, 0.0, -5.0],
    [0.0, -1.0, 0.0, -6.0],
    [0.0, 0.0, 2.0, 7.0],
];

#[test]
fn gipl_is_big_endian_and_may_be_packed() {
    for (name, bytes) in [("a.gipl", gipl()), ("a.gipl.gz", gzip(&gipl()))] {
        let volume = read_bytes(name, &bytes).expect("reads");
        assert_eq!(affine(&volume), PLACE);
        assert_eq!(all_values(&volume), [1.0, -2.0, 3.0, 4.0]);
        assert_eq!(volume.meta().format, Format::Gipl);
        assert_eq!(notices(&volume), []);
    }
}

#[test]
fn a_gipl_type_that_is_no_number_is_refused() {
    let mut bytes = gipl();
    bytes[8..10].copy_from_slice(&144u16.to_be_bytes());
    assert!(matches!(
        read_bytes("a.gipl", &bytes),
        Err(IoError::Unsupported { .. })
    ));
    bytes[8..10].copy_from_slice(&999u16.to_be_bytes());
    assert!(matches!(
        read_bytes("a.gipl", &bytes),
        Err(IoError::Corrupt { .. })
    ));
}

#[test]
fn vtk_is_read_from_numbers_and_from_text() {
    let text = vtk("ASCII", "SCALARS scalars short", b"1 -2 3\n4\n");
    for bytes in [small_vtk(), text] {
        let volume = read_bytes("a.vtk", &bytes).expect("reads");
        assert_eq!(affine(&volume), PLACE);
        assert_eq!(all_values(&volume), [1.0, -2.0, 3.0, 4.0]);
        assert_eq!(volume.meta().format, Format::Vtk);
        assert_eq!(notices(&volume), [NoticeKind::NoGeometry]);
    }
}

#[test]
fn vtk_vectors_and_colours_lie_side_by_side() {
    let vectors = vtk("ASCII", "VECTORS v float", b"1 2 3 4 5 6 7 8 9 10 11 12");
    let volume = read_bytes("a.vtk", &vectors).expect("reads");
    assert_eq!(volume.meta().content, Content::Vector);
    assert_eq!(volume.values([1, 0, 0], 0), Some(vec![4.0, 5.0, 6.0]));
    let colors = vtk("BINARY", "COLOR_SCALARS c 3", &[9; 12]);
    let volume = read_bytes("a.vtk", &colors).expect("reads");
    assert_eq!(volume.meta().content, Content::Color);
}

#[test]
fn a_vtk_mesh_is_refused_in_words() {
    let mesh = b"# vtk DataFile Version 3.0\nhead\nASCII\nDATASET POLYDATA\nPOINTS 0 float\n";
    let outcome = read_bytes("a.vtk", mesh);
    assert!(matches!(outcome, Err(IoError::Unsupported { .. })));
}
