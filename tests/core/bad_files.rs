//! Damaged files of every format: an error or an image, never a panic, and never memory that the file
//! cannot fill.

use crate::fixtures::{Nifti1, folder, gzip, read, read_bytes, shorts, write};
use crate::{gipl_vtk, metaimage, nifti, nrrd, raster};
use image::ImageFormat;
use proptest::prelude::*;
use std::fs;
use warpscope::io::{self, IoError, Report};

/// A small good file of each kind.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let plain = Nifti1::new(&[2, 2, 2], 4).with(shorts(1..=8));
    let complex = Nifti1::new(&[2, 1, 1], 32).with([1; 16]);
    let vectors = Nifti1::new(&[2, 1, 1, 1, 3], 4).with(shorts(1..=6));
    let voxels = shorts([1, 2, 3, 4]);
    let mut packed = metaimage::SMALL.to_vec();
    packed.insert(5, "CompressedData = True");
    let mut text = metaimage::SMALL.to_vec();
    text.insert(5, "BinaryData = False");
    let picture = raster::ramp();
    vec![
        ("a.nii.gz", gzip(&plain)),
        ("a.nii", plain),
        ("complex.nii", complex),
        ("vectors.nii", vectors),
        ("two.nii", nifti::nifti2(false)),
        ("a.mha", metaimage::file(&metaimage::SMALL, &voxels)),
        (
            "packed.mha",
            metaimage::file(&packed, &metaimage::zlib(&voxels)),
        ),
        ("text.mha", metaimage::file(&text, b"1 2 3 4")),
        ("a.nrrd", nrrd::file(&nrrd::SMALL, &voxels)),
        (
            "packed.nrrd",
            nrrd::file(&nrrd::with(&["encoding: gzip"]), &gzip(&voxels)),
        ),
        ("a.gipl", gipl_vtk::gipl()),
        ("a.vtk", gipl_vtk::small_vtk()),
        ("a.png", raster::encoded(&picture, ImageFormat::Png)),
        ("a.jpg", raster::encoded(&picture, ImageFormat::Jpeg)),
        ("a.tif", raster::encoded(&picture, ImageFormat::Tiff)),
    ]
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    for (name, bytes) in samples() {
        read_bytes(name, &bytes).expect("the whole file reads");
        // All pixels of a PNG are there before its last chunk.
        let whole = if name == "a.png" {
            bytes.len() - 12
        } else {
            bytes.len()
        };
        for length in 0..bytes.len() {
            let outcome = read_bytes(name, &bytes[..length]);
            assert!(
                outcome.is_err() || length >= whole,
                "{name} of {length} bytes of {} was read",
                bytes.len()
            );
        }
    }
}

#[test]
fn rubbish_is_called_what_its_name_promises() {
    let rubbish = b"This is no image, whatever it is called.";
    for (name, format) in [
        ("broken.nii", "NIfTI"),
        ("broken.nii.gz", "NIfTI"),
        ("broken.mha", "MetaImage"),
        ("broken.png", "PNG"),
        ("broken.dcm", "DICOM"),
        ("broken", "DICOM"),
    ] {
        let error = read_bytes(name, rubbish).expect_err("no image").to_string();
        assert!(error.contains(&format!("a {format} file")), "{error}");
        assert_eq!(
            error.matches("DICOM file").count(),
            usize::from(format == "DICOM")
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_change_of_bytes_makes_a_reader_panic(
        sample in 0usize..11,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let (name, mut bytes) = samples().swap_remove(sample);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = read_bytes(name, &bytes);
    }

    #[test]
    fn no_header_field_makes_the_reader_panic(
        at in 0usize..348,
        value in any::<[u8; 8]>(),
        big in any::<bool>(),
    ) {
        let header = if big { Nifti1::big_endian } else { Nifti1::new };
        let mut bytes = header(&[2, 2, 2], 4).with(shorts(1..=8));
        let end = (at + 8).min(348);
        bytes[at..end].copy_from_slice(&value[..end - at]);
        let _ = read_bytes("a.nii", &bytes);
        let _ = read_bytes("a.nii.gz", &gzip(&bytes));
    }

    #[test]
    fn random_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read_bytes("a.nii", &bytes).is_err());
    }
}

#[test]
fn sizes_beyond_the_file_are_refused_before_memory_is_taken() {
    let huge = Nifti1::new(&[32767, 32767, 32767], 64).with([0; 8]);
    for (name, bytes) in [("a.nii", huge.clone()), ("a.nii.gz", gzip(&huge))] {
        let outcome = read_bytes(name, &bytes);
        assert!(matches!(outcome, Err(IoError::Corrupt { .. })), "{name}");
    }
    let overflowing = Nifti1::new(&[i16::MAX; 7], 64).with([0; 8]);
    assert!(matches!(
        read_bytes("a.nii", &overflowing),
        Err(IoError::Corrupt { .. })
    ));
}

#[test]
fn an_image_larger_than_memory_says_so() {
    let folder = folder();
    let path = write(
        &folder,
        "a.nii",
        &Nifti1::new(&[100, 100, 1], 2).with([0; 10_000]),
    );
    let report = Report::silent().with_memory_limit(9_999);
    let found = io::scan(&[path], &report).expect("scans");
    let outcome = io::load(&found.images[0], &report);
    assert!(matches!(
        outcome,
        Err(IoError::TooLarge { need: 10_000, .. })
    ));
}

#[test]
fn a_named_file_that_is_no_image_gives_its_reason() {
    let outcome = |name: &str, bytes: &[u8]| read_bytes(name, bytes).expect_err("no image");
    assert!(matches!(outcome("a.nii", b""), IoError::Corrupt { .. }));
    assert!(matches!(
        outcome("a.txt", b"hello"),
        IoError::NotAnImage { .. }
    ));
    let minc = outcome("a.mnc", b"\x89HDF\r\n\x1a\n");
    assert!(matches!(minc, IoError::Unsupported { .. }));
    let nrrd = outcome("a.nrrd", b"NRRD0004\ntype: short\n");
    assert!(matches!(nrrd, IoError::Corrupt { .. }));
    let missing = read(std::path::Path::new("no/such/file.nii"));
    assert!(matches!(missing, Err(IoError::Io { .. })));
}

#[test]
fn in_a_folder_bad_files_are_skipped_with_their_reason() {
    let folder = folder();
    write(&folder, "good.nii", &Nifti1::new(&[1, 1, 1], 2).with([1]));
    write(&folder, "cut.nii", &Nifti1::new(&[9, 1, 1], 2).with([1]));
    write(
        &folder,
        ".hidden.nii",
        &Nifti1::new(&[1, 1, 1], 2).with([1]),
    );
    fs::create_dir(folder.path().join("below")).expect("a folder");
    write(&folder, "below/notes.txt", b"notes");
    let found = io::scan(&[folder.path().to_owned()], &Report::silent()).expect("scans");
    assert_eq!(found.images.len(), 1);
    let mut skipped: Vec<String> = found
        .skipped
        .iter()
        .map(|s| {
            s.path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    skipped.sort();
    assert_eq!(skipped, ["cut.nii", "notes.txt"]);
    assert!(found.skipped.iter().all(|s| !s.reason.is_empty()));
}

#[test]
fn a_folder_without_images_says_so() {
    let folder = folder();
    let scan = || io::scan(&[folder.path().to_owned()], &Report::silent());
    assert!(matches!(scan(), Err(IoError::NoImages { .. })));
    write(&folder, "notes.txt", b"notes");
    assert!(matches!(scan(), Err(IoError::NoImages { .. })));
}

#[cfg(unix)]
#[test]
fn folders_that_link_to_each_other_are_walked_once() {
    let folder = folder();
    write(&folder, "a.nii", &Nifti1::new(&[1, 1, 1], 2).with([1]));
    let below = folder.path().join("below");
    fs::create_dir(&below).expect("a folder");
    std::os::unix::fs::symlink(folder.path(), below.join("up")).expect("a link");
    let found = io::scan(&[folder.path().to_owned()], &Report::silent()).expect("scans");
    assert_eq!(found.images.len(), 1);
}

#[test]
fn a_cancelled_reader_stops() {
    let folder = folder();
    let path = write(&folder, "a.nii", &Nifti1::new(&[1, 1, 1], 2).with([1]));
    let found = io::scan(std::slice::from_ref(&path), &Report::silent()).expect("scans");
    let cancel = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let report = Report::new(|_| (), cancel);
    let outcome = io::load(&found.images[0], &report);
    assert!(matches!(outcome, Err(IoError::Cancelled)));
    assert!(matches!(
        io::scan(&[path], &report),
        Err(IoError::Cancelled)
    ));
}
