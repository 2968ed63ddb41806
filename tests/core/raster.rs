//! PNG, JPEG and TIFF. The grid and the values were compared with what SimpleITK 2.5 reads.

use crate::fixtures::{affine, all_values, notices, read_bytes};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, Rgba};
use std::io::Cursor;
use warpscope::io::IoError;
use warpscope::volume::{Content, Format, NoticeKind, VoxelType};

pub fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("to memory");
    bytes.into_inner()
}

pub fn ramp() -> DynamicImage {
    ImageBuffer::from_fn(3, 2, |x, y| Luma([(10 * x + 100 * y) as u8])).into()
}

#[test]
fn a_picture_is_a_slice_with_identity_direction_in_lps() {
    for (name, format) in [("a.png", ImageFormat::Png), ("a.tif", ImageFormat::Tiff)] {
        let volume = read_bytes(name, &encoded(&ramp(), format)).expect("reads");
        assert_eq!(volume.grid().shape(), [3, 2, 1]);
        let lps = [
            [-1.0, 0.0, 0.0, 0.0],
            [0.0, -1.0, 0.0, 0.0],
            [0.0, 0.0, 1.0, 0.0],
        ];
        assert_eq!(affine(&volume), lps);
        assert_eq!(all_values(&volume), [0.0, 10.0, 20.0, 100.0, 110.0, 120.0]);
        assert_eq!(volume.meta().content, Content::Scalar);
        assert_eq!(notices(&volume), []);
    }
}

#[test]
fn sixteen_bits_stay_sixteen_bits() {
    let grey: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_fn(2, 1, |x, _| Luma([258 + x as u16]));
    let volume = read_bytes("a.png", &encoded(&grey.into(), ImageFormat::Png)).expect("reads");
    assert_eq!(volume.data().voxel_type(), VoxelType::U16);
    assert_eq!(all_values(&volume), [258.0, 259.0]);
}

#[test]
fn colours_are_components() {
    let rgb: ImageBuffer<Rgb<u8>, _> = ImageBuffer::from_fn(2, 1, |x, _| Rgb([x as u8, 50, 99]));
    let volume = read_bytes("a.png", &encoded(&rgb.into(), ImageFormat::Png)).expect("reads");
    assert_eq!(volume.meta().content, Content::Color);
    assert_eq!(volume.values([1, 0, 0], 0), Some(vec![1.0, 50.0, 99.0]));

    let rgba: ImageBuffer<Rgba<u8>, _> = ImageBuffer::from_fn(1, 1, |_, _| Rgba([1, 2, 3, 4]));
    let volume = read_bytes("a.png", &encoded(&rgba.into(), ImageFormat::Png)).expect("reads");
    assert_eq!(volume.values([0, 0, 0], 0), Some(vec![1.0, 2.0, 3.0, 4.0]));
}

#[test]
fn transparency_beside_grey_is_left_out_with_a_notice() {
    let grey: ImageBuffer<LumaA<u8>, _> =
        ImageBuffer::from_fn(2, 1, |x, _| LumaA([7 + x as u8, 9]));
    let volume = read_bytes("a.png", &encoded(&grey.into(), ImageFormat::Png)).expect("reads");
    assert_eq!(all_values(&volume), [7.0, 8.0]);
    assert_eq!(notices(&volume), [NoticeKind::Other]);
}

#[test]
fn a_truncated_jpeg_is_damaged_not_grey() {
    let picture: ImageBuffer<Luma<u8>, _> =
        ImageBuffer::from_fn(64, 64, |x, y| Luma([(x * y) as u8]));
    let bytes = encoded(&picture.into(), ImageFormat::Jpeg);
    let volume = read_bytes("a.jpg", &bytes).expect("reads");
    assert_eq!(volume.meta().format, Format::Jpeg);
    for cut in [bytes.len() - 1, bytes.len() - 2, bytes.len() / 2] {
        let outcome = read_bytes("a.jpg", &bytes[..cut]);
        assert!(matches!(outcome, Err(IoError::Corrupt { .. })));
    }
}

#[test]
fn a_picture_too_large_for_its_file_is_refused_before_memory_is_taken() {
    let mut bytes = encoded(&ramp(), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&60_000u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&60_000u32.to_be_bytes());
    assert!(read_bytes("a.png", &bytes).is_err());
}
