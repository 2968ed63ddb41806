//! A small DICOM series made by formula, with tags as a scanner writes them. The patient is invented.

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::mem::InMemElement;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::path::Path;

const SIDE: usize = 96;
const SLICES: usize = 40;

/// Writes the series into `folder`.
pub fn write(folder: &Path) {
    for k in 0..SLICES {
        let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
        let file = slice(k).with_meta(meta).expect("a file meta group");
        let path = folder.join(format!("{k:03}.dcm"));
        file.write_to_file(path).expect("a file");
    }
}

/// HU of a round body with two lungs and a spine.
fn hounsfield(i: usize, j: usize, k: usize) -> i16 {
    let at = |n: usize, count: usize| 2.0 * (n as f64 + 0.5) / count as f64 - 1.0;
    let (x, y, z) = (at(i, SIDE), at(j, SIDE), at(k, SLICES));
    let inside = |cx: f64, cy: f64, rx: f64, ry: f64| {
        ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2) < 1.0
    };
    let lung = 0.34 * (1.0 - z * z * 0.7).sqrt();
    let noise = ((i * 7919 + j * 104_729 + k * 1_299_709) % 37) as i16 - 18;
    let tissue = if inside(0.0, 0.55, 0.11, 0.12) {
        700
    } else if inside(-0.42, 0.0, lung * 0.8, lung * 1.3)
        || inside(0.42, 0.0, lung * 0.8, lung * 1.3)
    {
        -850
    } else if inside(0.0, 0.05, 0.9, 0.72) {
        40
    } else {
        return -1000;
    };
    tissue + noise
}

fn slice(k: usize) -> InMemDicomObject {
    let pixels: Vec<u16> = (0..SIDE * SIDE)
        .map(|n| (hounsfield(n % SIDE, n / SIDE, k) + 1024) as u16)
        .collect();
    let z = -60.0 + 3.0 * k as f64;
    let code = InMemDicomObject::from_element_iter([
        text(tags::CODE_VALUE, VR::SH, "CHEST"),
        text(tags::CODE_MEANING, VR::LO, "Chest CT"),
    ]);
    InMemDicomObject::from_element_iter([
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.826.0.1.{k}")),
        text(tags::STUDY_DATE, VR::DA, "20260102"),
        text(tags::MODALITY, VR::CS, "CT"),
        text(tags::MANUFACTURER, VR::LO, "Formula"),
        text(tags::INSTITUTION_NAME, VR::LO, "Sample Hospital"),
        text(tags::SERIES_DESCRIPTION, VR::LO, "Sample series"),
        DataElement::new(
            tags::PROCEDURE_CODE_SEQUENCE,
            VR::SQ,
            DataSetSequence::from(vec![code]),
        ),
        text(tags::PATIENT_NAME, VR::PN, "SAMPLE^PATIENT"),
        text(tags::PATIENT_ID, VR::LO, "0000"),
        text(tags::SLICE_THICKNESS, VR::DS, "3"),
        text(tags::KVP, VR::DS, "120"),
        text(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.826.0.1.2"),
        text(tags::SERIES_NUMBER, VR::IS, "2"),
        text(
            tags::IMAGE_POSITION_PATIENT,
            VR::DS,
            &format!("-120\\-120\\{z}"),
        ),
        text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0"),
        text(tags::PIXEL_SPACING, VR::DS, "2.5\\2.5"),
        text(tags::RESCALE_INTERCEPT, VR::DS, "-1024"),
        text(tags::RESCALE_SLOPE, VR::DS, "1"),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        text(Tag(0x0029, 0x0010), VR::LO, "FORMULA PRIVATE"),
        text(Tag(0x0029, 0x1001), VR::LO, "a private value"),
        number(tags::SAMPLES_PER_PIXEL, 1),
        number(tags::ROWS, SIDE as u16),
        number(tags::COLUMNS, SIDE as u16),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 16),
        number(tags::HIGH_BIT, 15),
        number(tags::PIXEL_REPRESENTATION, 0),
        DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())),
    ])
}

fn text(tag: Tag, vr: VR, value: &str) -> InMemElement {
    DataElement::new(tag, vr, value)
}

fn number(tag: Tag, value: u16) -> InMemElement {
    DataElement::new(tag, VR::US, PrimitiveValue::from(value))
}
