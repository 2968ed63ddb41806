//! Siemens mosaics made here.

use super::{Folder, number, slice, text};
use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

/// A CSA header with one list.
fn csa(name: &str, values: &[&str]) -> Vec<u8> {
    let mut bytes = b"SV10\x04\x03\x02\x01".to_vec();
    let words = |bytes: &mut Vec<u8>, numbers: &[i32]| {
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    };
    words(&mut bytes, &[1, 77]);
    let mut padded = name.as_bytes().to_vec();
    padded.resize(64, 0);
    bytes.extend(padded);
    words(&mut bytes, &[3, 0, 4, values.len() as i32, 77]);
    for value in values {
        let length = value.len() as i32;
        words(&mut bytes, &[length, length, 77, length]);
        bytes.extend(value.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

/// Three tiles of 2 x 2 pixels, the pixels of tile t have the number `base` + t; the slices go down
/// although row x column points up.
pub(super) fn mosaic(base: u16) -> InMemDicomObject {
    let mut object = slice(0.0, 0);
    object.put(text(
        tags::IMAGE_TYPE,
        VR::CS,
        "ORIGINAL\\PRIMARY\\M\\MOSAIC",
    ));
    object.put(text(tags::SPACING_BETWEEN_SLICES, VR::DS, "3"));
    object.put(text(tags::INSTANCE_NUMBER, VR::IS, &base.to_string()));
    object.put(number(tags::ROWS, 4));
    let pixels = [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 9, 9, 2, 2, 9, 9].map(|tile| base + tile);
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OW,
        PrimitiveValue::U16(pixels.to_vec().into()),
    ));
    let count = PrimitiveValue::from(3u16);
    object
        .put_private_element(0x0019, "SIEMENS MR HEADER", 0x0A, VR::US, count)
        .expect("a private element");
    let header = PrimitiveValue::from(csa("SliceNormalVector", &["0.0", "0.0", "-1.0"]));
    object
        .put_private_element(0x0029, "SIEMENS CSA HEADER", 0x10, VR::OB, header)
        .expect("a private element");
    object
}

#[test]
fn tiles_are_slices_in_their_place() {
    let volume = Folder::with([mosaic(10)]).volume();
    let grid = volume.grid();
    assert_eq!(grid.shape(), [2, 2, 3]);
    assert_eq!(grid.spacing(), [0.25, 0.5, 3.0]);
    // The picture begins at (10, 20, 0), its tiles a pixel further in; the last tile lies lowest.
    assert_eq!(grid.origin_lps(), [10.25, 20.5, -6.0]);
    let numbers = [0, 1, 2].map(|k| volume.data().stored([1, 1, k], 0, 0));
    assert_eq!(numbers, [12.0, 11.0, 10.0].map(Some));
}

#[test]
fn mosaics_of_one_series_are_a_4d_image() {
    let folder = Folder::with([mosaic(20), mosaic(10)]);
    assert_eq!(folder.image().shape, [2, 2, 3, 2]);
    let volume = folder.volume();
    let numbers = [0, 1].map(|t| volume.data().stored([0, 0, 0], t, 0));
    assert_eq!(numbers, [12.0, 22.0].map(Some));
}

#[test]
fn a_mosaic_that_cannot_be_split_is_refused_with_the_reason() {
    let mut object = mosaic(10);
    object.put(number(tags::ROWS, 3));
    let (_, skipped) = Folder::with([object]).scan();
    assert!(skipped[0].reason.contains("4 x 3 pixels"), "{skipped:?}");
    let mut object = mosaic(10);
    let nothing = PrimitiveValue::Empty;
    object
        .put_private_element(0x0019, "SIEMENS MR HEADER", 0x0A, VR::US, nothing)
        .expect("a private element");
    let (_, skipped) = Folder::with([object]).scan();
    assert!(skipped[0].reason.contains("how many slices"), "{skipped:?}");
}
