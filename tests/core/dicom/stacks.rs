//! Series made here: order, gaps, copies, tilt, colour, scaling, SUV.

use super::{Folder, bytes_of, enhanced, jpeg_ls, number, rle, slice, text};
use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use warpscope::io::{IoError, Report, dicom};
use warpscope::volume::{Content, NoticeKind, Rescale, Suv, Volume, VoxelType};

fn kinds(volume: &Volume) -> Vec<NoticeKind> {
    volume
        .meta()
        .notices
        .iter()
        .map(|notice| notice.kind)
        .collect()
}

#[test]
fn slices_are_sorted_by_position_and_spaced_by_it() {
    let folder = Folder::with([slice(4.0, 3), slice(0.0, 1), slice(2.0, 2)]);
    let image = folder.image();
    assert_eq!((image.uid.as_str(), image.number), ("1.2.3", Some(7)));
    assert_eq!(image.shape, [4, 3, 3]);
    assert_eq!(image.description, "Made here");
    let names: Vec<_> = image.files.iter().filter_map(|f| f.file_name()).collect();
    assert_eq!(names, ["001", "002", "000"]);

    let volume = folder.volume();
    assert_eq!(volume.grid().spacing(), [0.25, 0.5, 2.0]);
    assert_eq!(volume.grid().origin_lps(), [10.0, 20.0, 0.0]);
    assert_eq!(volume.data().voxel_type(), VoxelType::I16);
    assert_eq!(volume.value([3, 2, 0], 0, 0), Some(-998.0));
    assert_eq!(volume.value([0, 0, 2], 0, 0), Some(-994.0));
    assert_eq!(volume.meta().unit, "HU");
    assert!(
        volume.meta().notices.is_empty(),
        "{:?}",
        volume.meta().notices
    );
}

#[test]
fn a_gap_is_named_and_both_ends_lie_right() {
    let volume = Folder::with([0.0, 2.0, 4.0, 8.0].map(|z| slice(z, 0))).volume();
    assert!((volume.grid().spacing()[2] - 8.0 / 3.0).abs() < 1e-12);
    assert_eq!(
        kinds(&volume),
        [NoticeKind::UnevenSpacing, NoticeKind::MissingSlices]
    );
    let text = &volume.meta().notices[0].text;
    assert!(text.contains("4.000 mm between slices 2 and 3"), "{text}");
    let text = &volume.meta().notices[1].text;
    assert!(text.contains("1 slice seems to be missing"), "{text}");
    assert!(text.contains("at 6.000 mm"), "{text}");
}

#[test]
fn copies_are_dropped() {
    let copies = Folder::with([slice(0.0, 1), slice(2.0, 2), slice(2.0, 2)]);
    let volume = copies.volume();
    assert_eq!(volume.grid().shape(), [4, 3, 2]);
    assert_eq!(kinds(&volume), [NoticeKind::Duplicate]);
}

#[test]
fn a_tilted_gantry_is_a_sheared_grid() {
    let tilted = (0..4).map(|k| {
        let mut object = slice(3.0 * f64::from(k), 0);
        let position = format!("10\\{}\\{}", 20.0 + f64::from(k), 3.0 * f64::from(k));
        object.put(text(tags::IMAGE_POSITION_PATIENT, VR::DS, &position));
        object
    });
    let volume = Folder::with(tilted).volume();
    assert_eq!(kinds(&volume), [NoticeKind::GantryTilt]);
    let step = volume.grid().step(2);
    assert!(
        (step - nalgebra::Vector3::new(0.0, -1.0, 3.0)).norm() < 1e-9,
        "{step}"
    );
}

#[test]
fn a_series_of_two_orientations_is_two_images() {
    let mut coronal = slice(0.0, 5);
    coronal.put(text(
        tags::IMAGE_ORIENTATION_PATIENT,
        VR::DS,
        "1\\0\\0\\0\\0\\-1",
    ));
    let folder = Folder::with([slice(0.0, 1), coronal, slice(2.0, 2)]);
    let (images, _) = folder.scan();
    let uids: Vec<&str> = images.iter().map(|image| image.uid.as_str()).collect();
    assert_eq!(uids, ["1.2.3", "1.2.3#2"]);
    assert_eq!(images[0].shape, [4, 3, 2]);
    assert_eq!(images[1].notices[0].kind, NoticeKind::MixedSeries);
    let second = dicom::load(&images[1], &Report::silent()).expect("a volume");
    assert_eq!(second.value([0, 0, 0], 0, 0), Some(-990.0));
}

#[test]
fn files_without_pixels_are_skipped_with_a_reason() {
    let folder = Folder::with([slice(0.0, 1)]);
    folder.add("notes.txt", b"just some text, nothing else");
    folder.add("empty", b"");
    let mut report = slice(0.0, 1);
    report.remove_element(tags::PIXEL_DATA);
    report.put(text(tags::MODALITY, VR::CS, "SR"));
    folder.add("report", &bytes_of(report));
    let (images, skipped) = folder.scan();
    assert_eq!(images.len(), 1);
    let reasons: Vec<&str> = skipped.iter().map(|skip| skip.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "it is not a DICOM file",
            "it is not a DICOM file",
            "it is a DICOM file without pixels (SR)"
        ]
    );
}

#[test]
fn a_slice_without_a_place_gets_one_and_a_notice() {
    let mut object = slice(0.0, 1);
    object.remove_element(tags::IMAGE_POSITION_PATIENT);
    let volume = Folder::with([object]).volume();
    assert_eq!(kinds(&volume), [NoticeKind::NoGeometry]);
    assert_eq!(volume.grid().origin_lps(), [0.0; 3]);
    assert_eq!(volume.grid().spacing(), [0.25, 0.5, 9.0]);
}

#[test]
fn slices_scaled_each_their_own_way_keep_their_own_scale() {
    let mut second = slice(2.0, 10);
    second.put(text(tags::RESCALE_SLOPE, VR::DS, "0.5"));
    let volume = Folder::with([slice(0.0, 10), second]).volume();
    assert!(matches!(volume.rescale(), Rescale::PerSlice(_)));
    assert_eq!(volume.value([0, 0, 0], 0, 0), Some(-980.0));
    assert_eq!(volume.value([0, 0, 1], 0, 0), Some(-995.0));
}

#[test]
fn monochrome1_keeps_its_numbers_and_is_inverted() {
    let mut object = slice(0.0, 1);
    object.put(text(
        tags::PHOTOMETRIC_INTERPRETATION,
        VR::CS,
        "MONOCHROME1",
    ));
    let volume = Folder::with([object]).volume();
    assert!(volume.meta().inverted);
    assert_eq!(volume.value([0, 0, 0], 0, 0), Some(-998.0));
}

#[test]
fn colour_planes_become_colour_pixels() {
    let mut object = slice(0.0, 1);
    object.put(text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB"));
    object.put(number(tags::SAMPLES_PER_PIXEL, 3));
    object.put(number(tags::PLANAR_CONFIGURATION, 1));
    object.put(number(tags::BITS_ALLOCATED, 8));
    object.put(number(tags::BITS_STORED, 8));
    object.put(number(tags::HIGH_BIT, 7));
    object.put(number(tags::PIXEL_REPRESENTATION, 0));
    object.remove_element(tags::RESCALE_SLOPE);
    object.remove_element(tags::RESCALE_INTERCEPT);
    let planes: Vec<u8> = (0..36).collect();
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OB,
        PrimitiveValue::from(planes),
    ));
    let volume = Folder::with([object]).volume();
    assert_eq!(volume.meta().content, Content::Color);
    assert_eq!(volume.values([1, 0, 0], 0), Some(vec![1.0, 13.0, 25.0]));
}

#[test]
fn float_pixels_stay_floats() {
    let mut object = slice(0.0, 1);
    object.remove_element(tags::PIXEL_DATA);
    object.remove_element(tags::RESCALE_SLOPE);
    object.remove_element(tags::RESCALE_INTERCEPT);
    let pixels: Vec<f32> = (0..12).map(|n| n as f32 / 4.0).collect();
    object.put(DataElement::new(
        tags::FLOAT_PIXEL_DATA,
        VR::OF,
        PrimitiveValue::F32(pixels.into()),
    ));
    let volume = Folder::with([object]).volume();
    assert_eq!(volume.data().voxel_type(), VoxelType::F32);
    assert_eq!(volume.value([1, 0, 0], 0, 0), Some(0.25));
}

#[test]
fn files_without_preamble_or_without_a_meta_group_are_read() {
    let whole = bytes_of(slice(0.0, 4));
    let group_length = u32::from_le_bytes([whole[140], whole[141], whole[142], whole[143]]);
    let data_set = 144 + group_length as usize;
    for cut in [128, 132, data_set] {
        let folder = Folder::with([]);
        folder.add("cut", &whole[cut..]);
        assert_eq!(
            folder.volume().value([0, 0, 0], 0, 0),
            Some(-992.0),
            "{cut}"
        );
    }
}

#[test]
fn cancelling_ends_scan_and_load() {
    let folder = Folder::with([slice(0.0, 4)]);
    let image = folder.image();
    let report = Report::new(|_| (), Arc::new(AtomicBool::new(true)));
    assert!(matches!(
        dicom::scan(&folder.files(), &report),
        Err(IoError::Cancelled)
    ));
    assert!(matches!(
        dicom::load(&image, &report),
        Err(IoError::Cancelled)
    ));
}

#[test]
fn progress_reaches_the_end() {
    let folder = Folder::with([slice(0.0, 1), slice(1.0, 1)]);
    let image = folder.image();
    let ended = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&ended);
    let progress = move |fraction: f32| {
        if fraction >= 1.0 {
            seen.store(true, Ordering::Relaxed);
        }
    };
    dicom::load(&image, &Report::new(progress, Arc::default())).expect("a volume");
    assert!(ended.load(Ordering::Relaxed));
}

#[test]
fn header_windows_and_elements_are_kept() {
    let mut object = slice(0.0, 1);
    object.put(text(tags::WINDOW_CENTER, VR::DS, "40\\-600"));
    object.put(text(tags::WINDOW_WIDTH, VR::DS, "400\\1500"));
    object.put(text(
        tags::WINDOW_CENTER_WIDTH_EXPLANATION,
        VR::LO,
        "ABDOMEN\\LUNG",
    ));
    let volume = Folder::with([object]).volume();
    let windows = &volume.meta().windows;
    assert_eq!(windows.len(), 2);
    assert_eq!(
        (windows[1].name.as_str(), windows[1].range()),
        ("LUNG", (-1350.0, 150.0))
    );
    let dicom = volume.meta().dicom.as_ref().expect("DICOM");
    assert_eq!(dicom.transfer_syntax, uids::EXPLICIT_VR_LITTLE_ENDIAN);
    assert!(dicom.tags.iter().any(|tag| tag.name == "PixelSpacing"));
    assert!(dicom.tags.iter().all(|tag| tag.name != "PixelData"));
}

#[test]
fn the_shared_pet_has_the_suv_computed_by_hand() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/dicom/synthetic_thorax/PET");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        assert!(std::env::var_os("WARPSCOPE_REQUIRE_ALL").is_none());
        println!("skipped: {} is missing", folder.display());
        return;
    };
    let files: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    let (images, _) = dicom::scan(&files, &Report::silent()).expect("a scan");
    let volume = dicom::load(&images[0], &Report::silent()).expect("a PET");
    assert_eq!(volume.meta().unit, "Bq/ml");
    assert!(matches!(volume.rescale(), Rescale::PerSlice(slices) if slices.len() == 40));
    let Suv::Factor(factor) = volume.meta().suv else {
        panic!("{:?}", volume.meta().suv);
    };
    // 75 kg; 370 MBq at 9:15, series at 10:15, half-life 6586.2 s: 75000 / (370e6 / 2^(3600/6586.2)).
    assert!((factor - 2.960_750_16e-4).abs() < 1e-11, "{factor}");
}

#[test]
fn frames_of_one_file_are_placed_by_their_functional_groups() {
    let volume = Folder::with([enhanced()]).volume();
    assert_eq!(volume.grid().shape(), [4, 3, 2]);
    assert_eq!(volume.grid().spacing()[2], 3.0);
    assert_eq!(volume.grid().origin_lps(), [0.0; 3]);
}

#[test]
fn compressed_frames_give_their_numbers() {
    for (bytes, first) in [(jpeg_ls(), 0.0), (rle(), 256.0)] {
        let folder = Folder::with([]);
        folder.add("compressed", &bytes);
        let volume = folder.volume();
        for at in 0..12 {
            let stored = volume.data().stored([at % 4, at / 4, 0], 0, 0);
            assert_eq!(stored, Some(first + at as f64));
        }
    }
}

#[test]
fn a_localiser_in_one_file_is_an_image_for_each_orientation() {
    let frame = |orientation: &str, position: &str| {
        let sequence = |tag, element| {
            let item = InMemDicomObject::from_element_iter([element]);
            DataElement::new(tag, VR::SQ, DataSetSequence::from(vec![item]))
        };
        let position = text(tags::IMAGE_POSITION_PATIENT, VR::DS, position);
        let orientation = text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, orientation);
        InMemDicomObject::from_element_iter([
            sequence(tags::PLANE_POSITION_SEQUENCE, position),
            sequence(tags::PLANE_ORIENTATION_SEQUENCE, orientation),
        ])
    };
    let (axial, sagittal) = ("1\\0\\0\\0\\1\\0", "0\\1\\0\\0\\0\\-1");
    let frames = [
        frame(axial, "0\\0\\0"),
        frame(sagittal, "5\\0\\0"),
        frame(axial, "0\\0\\4"),
        frame(sagittal, "7\\0\\0"),
        frame(sagittal, "9\\0\\0"),
    ];
    let mut object = slice(0.0, 1);
    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "5"));
    let pixels: Vec<u16> = (0..60).map(|at| at / 12).collect();
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OW,
        PrimitiveValue::U16(pixels.into()),
    ));
    object.put(DataElement::new(
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
        VR::SQ,
        DataSetSequence::from(frames.to_vec()),
    ));
    let folder = Folder::with([object]);
    let (images, skipped) = folder.scan();
    assert!(skipped.is_empty());
    let uids: Vec<&str> = images.iter().map(|image| image.uid.as_str()).collect();
    assert_eq!(uids, ["1.2.3", "1.2.3#2"]);
    let volumes: Vec<_> = images
        .iter()
        .map(|image| dicom::load(image, &Report::silent()).expect("a volume"))
        .collect();
    let shapes: Vec<_> = volumes.iter().map(|volume| volume.grid().shape()).collect();
    assert_eq!(shapes, [[4, 3, 2], [4, 3, 3]]);
    let numbers = |volume: &Volume, slices: usize| -> Vec<_> {
        let values = (0..slices).map(|k| volume.value([0, 0, k], 0, 0));
        values
            .map(|value| value.map(|v| (v + 1000.0) / 2.0))
            .collect()
    };
    assert_eq!(numbers(&volumes[0], 2), [0.0, 2.0].map(Some));
    // Along row x column, here to the right: the last in the file comes first.
    assert_eq!(numbers(&volumes[1], 3), [4.0, 3.0, 1.0].map(Some));
    assert_eq!(volumes[1].grid().spacing()[2], 2.0);
}
