//! Damaged DICOM files end in one sentence: cut, mutated, random, impossible sizes.

use super::mosaics::mosaic;
use super::{Folder, bytes_of, enhanced, jpeg_ls, number, rle, slice, text};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use proptest::prelude::*;
use std::path::Path;
use warpscope::io::{IoError, Report, dicom};

#[test]
fn pixels_that_end_early_are_an_error() {
    let whole = bytes_of(slice(0.0, 4));
    let folder = Folder::with([]);
    folder.add("cut", &whole[..whole.len() - 6]);
    let error = folder.load().expect_err("a cut file").to_string();
    assert!(error.contains("end early"), "{error}");
}

#[test]
fn sizes_beyond_the_file_or_the_memory_are_refused() {
    let mut object = slice(0.0, 4);
    object.put(number(tags::ROWS, 65_535));
    object.put(number(tags::COLUMNS, 65_535));
    let huge = Folder::with([object.clone()]);
    let error = huge.load().expect_err("an impossible size");
    assert!(matches!(error, IoError::Corrupt { .. }), "{error}");

    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "2000000000"));
    let (images, skipped) = Folder::with([object]).scan();
    assert!(images.is_empty());
    assert!(
        skipped[0].reason.contains("2000000000 frames"),
        "{skipped:?}"
    );

    let small = Report::silent().with_memory_limit(10);
    let folder = Folder::with([slice(0.0, 4)]);
    let error = dicom::load(&folder.image(), &small).expect_err("too large");
    assert!(matches!(error, IoError::TooLarge { .. }), "{error}");
}

/// Whatever the bytes, scanning and loading end in a result.
fn read(bytes: &[u8]) {
    let folder = Folder::with([]);
    folder.add("damaged", bytes);
    let report = Report::silent().with_memory_limit(1 << 20);
    let (images, _) = dicom::scan(&folder.files(), &report).expect("a scan");
    for image in images {
        let _ = dicom::load(&image, &report);
    }
}

/// Codecs see bytes only they can judge: the shared compressed files with bytes changed in the frame.
#[test]
fn mutated_compressed_files_never_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/dicom/single_misc");
    for name in [
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "MR_small_RLE.dcm",
        "SC_rgb_jpeg_dcmtk.dcm",
        "JPEG-lossy.dcm",
    ] {
        let Ok(whole) = std::fs::read(folder.join(name)) else {
            assert!(std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none());
            println!("skipped: {name} is missing");
            continue;
        };
        let frame = whole.len() / 2;
        for round in 0..40 {
            let mut bytes = whole.clone();
            let at = frame + round * 7919 % (whole.len() - frame);
            bytes[at] = bytes[at].wrapping_add(1 + round as u8 * 5);
            read(&bytes);
            read(&whole[..at]);
        }
    }
}

#[test]
fn a_file_cut_at_any_length_never_panics() {
    let whole = bytes_of(enhanced());
    for length in (0..whole.len()).step_by(7) {
        read(&whole[..length]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn mutated_bytes_never_panic(changes in prop::collection::vec((0usize..4096, any::<u8>()), 1..8)) {
        for mut bytes in [bytes_of(enhanced()), bytes_of(mosaic(1)), jpeg_ls(), rle()] {
            let length = bytes.len();
            for (at, byte) in &changes {
                bytes[128 + at % (length - 128)] = *byte;
            }
            read(&bytes);
        }
    }

    #[test]
    fn random_bytes_never_panic(tail in prop::collection::vec(any::<u8>(), 0..600)) {
        read(&tail);
        let mut bytes = vec![0; 128];
        bytes.extend(b"DICM");
        bytes.extend(&tail);
        read(&bytes);
    }
}
