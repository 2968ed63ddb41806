//! What a derived series keeps of the series it comes from (PS3.3 C.7): the patient, the study, the
//! frame of reference, the scanner and how it was set, as far as that is the same for all slices.

use super::super::time_point::{OfEachVolume, of_each_volume};
use super::class::Class;
use super::uid;
use crate::volume::{DicomTag, Meta, Notice, NoticeKind};
use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _};
use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use dicom_object::mem::InMemElement;
use dicom_object::{InMemDicomObject, StandardDataDictionary, Tag};

/// Of any image.
const COMMON: [Tag; 39] = [
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::PATIENT_AGE,
    tags::PATIENT_SIZE,
    tags::PATIENT_WEIGHT,
    tags::PATIENT_IDENTITY_REMOVED,
    tags::DEIDENTIFICATION_METHOD,
    tags::STUDY_INSTANCE_UID,
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::STUDY_ID,
    tags::STUDY_DESCRIPTION,
    tags::ACCESSION_NUMBER,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::SERIES_DATE,
    tags::SERIES_TIME,
    tags::ACQUISITION_DATE,
    tags::ACQUISITION_TIME,
    tags::PROTOCOL_NAME,
    tags::BODY_PART_EXAMINED,
    tags::LATERALITY,
    tags::PATIENT_POSITION,
    tags::FRAME_OF_REFERENCE_UID,
    tags::POSITION_REFERENCE_INDICATOR,
    tags::MANUFACTURER,
    tags::MANUFACTURER_MODEL_NAME,
    tags::INSTITUTION_NAME,
    tags::STATION_NAME,
    tags::DEVICE_SERIAL_NUMBER,
    tags::SOFTWARE_VERSIONS,
    tags::SCAN_OPTIONS,
    tags::CONTRAST_BOLUS_AGENT,
    tags::CONVOLUTION_KERNEL,
    tags::LOSSY_IMAGE_COMPRESSION,
    tags::LOSSY_IMAGE_COMPRESSION_RATIO,
    tags::LOSSY_IMAGE_COMPRESSION_METHOD,
];

const CT: [Tag; 2] = [tags::KVP, tags::FILTER_TYPE];

const MR: [Tag; 13] = [
    tags::SCANNING_SEQUENCE,
    tags::SEQUENCE_VARIANT,
    tags::SEQUENCE_NAME,
    tags::MR_ACQUISITION_TYPE,
    tags::REPETITION_TIME,
    tags::ECHO_TIME,
    tags::ECHO_TRAIN_LENGTH,
    tags::INVERSION_TIME,
    tags::FLIP_ANGLE,
    tags::MAGNETIC_FIELD_STRENGTH,
    tags::IMAGING_FREQUENCY,
    tags::IMAGED_NUCLEUS,
    tags::PIXEL_BANDWIDTH,
];

const PET: [Tag; 14] = [
    tags::UNITS,
    tags::COUNTS_SOURCE,
    tags::CORRECTED_IMAGE,
    tags::DECAY_CORRECTION,
    tags::DECAY_FACTOR,
    tags::FRAME_REFERENCE_TIME,
    tags::ACTUAL_FRAME_DURATION,
    tags::RANDOMS_CORRECTION_METHOD,
    tags::ATTENUATION_CORRECTION_METHOD,
    tags::SCATTER_CORRECTION_METHOD,
    tags::RECONSTRUCTION_METHOD,
    tags::COLLIMATOR_TYPE,
    tags::DOSE_CALIBRATION_FACTOR,
    tags::REPROJECTION_METHOD,
];

/// Of the first item of the radiopharmaceutical sequence (PS3.3 C.8.9.2): what SUV needs.
const DOSE: [Tag; 8] = [
    tags::RADIOPHARMACEUTICAL,
    tags::RADIOPHARMACEUTICAL_VOLUME,
    tags::RADIOPHARMACEUTICAL_START_TIME,
    tags::RADIOPHARMACEUTICAL_STOP_TIME,
    tags::RADIOPHARMACEUTICAL_START_DATE_TIME,
    tags::RADIONUCLIDE_TOTAL_DOSE,
    tags::RADIONUCLIDE_HALF_LIFE,
    tags::RADIONUCLIDE_POSITRON_FRACTION,
];

/// The elements that a series of `class` keeps; those that differ between its volumes it does not. An image
/// that was moved leaves its frame of reference: others in it must not seem to lie upon it.
pub(super) fn elements(meta: &Meta, class: &Class) -> InMemDicomObject {
    let Some(listed) = meta.dicom.as_ref().map(|dicom| &dicom.tags[..]) else {
        return InMemDicomObject::new_empty();
    };
    let of_class: &[Tag] = match class {
        Class::Ct => &CT,
        Class::Mr => &MR,
        Class::Pet => &PET,
        Class::Capture(_) => &[],
    };
    let wanted = COMMON.iter().chain(of_class);
    let mut kept =
        InMemDicomObject::from_element_iter(wanted.filter_map(|tag| element(listed, 0, *tag)));
    for differing in of_each_volume(listed) {
        kept.remove_element(differing.tag);
    }
    if meta.moved {
        for of_frame in [
            tags::FRAME_OF_REFERENCE_UID,
            tags::POSITION_REFERENCE_INDICATOR,
        ] {
            kept.remove_element(of_frame);
        }
    }
    if *class == Class::Pet
        && let Some(sequence) = doses(listed)
    {
        kept.put(sequence);
    }
    kept
}

/// What an MR series keeps for each of its volumes: echo times, diffusion weightings. Of any other
/// series it is lost, with a notice.
pub(super) fn of_volumes(
    meta: &Meta,
    class: &Class,
    time_points: usize,
    notices: &mut Vec<Notice>,
) -> Vec<OfEachVolume> {
    let listed = meta.dicom.as_ref().map(|dicom| &dicom.tags[..]);
    let mut differing = of_each_volume(listed.unwrap_or_default());
    // The writer counts them itself.
    differing.retain(|element| element.tag != tags::ACQUISITION_NUMBER);
    let fits = |element: &OfEachVolume| *class == Class::Mr && element.values.len() == time_points;
    for lost in differing.iter().filter(|element| !fits(element)) {
        notices.push(Notice::new(
            NoticeKind::Other,
            format!("{} of each volume is not kept in the series", lost.name),
        ));
    }
    differing.retain(fits);
    differing
}

/// The first item alone; further ones are doses that SUV does not know.
fn doses(listed: &[DicomTag]) -> Option<InMemElement> {
    let tag = tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE;
    let at = listed.iter().position(|line| is(line, 0, tag))?;
    let inside = listed.get(at + 1..)?;
    let end = inside.iter().position(|line| line.depth == 0);
    let inside = inside.get(..end.unwrap_or(inside.len()))?;
    let kept = DOSE.iter().filter_map(|tag| element(inside, 1, *tag));
    let nuclide = tags::RADIONUCLIDE_CODE_SEQUENCE;
    let nuclide = DataElement::new(nuclide, VR::SQ, DataSetSequence::empty());
    let item = InMemDicomObject::from_element_iter(kept.chain([nuclide]));
    let items = DataSetSequence::from(vec![item]);
    Some(DataElement::new(tag, VR::SQ, items))
}

fn is(line: &DicomTag, depth: usize, tag: Tag) -> bool {
    line.depth == depth && line.group == tag.group() && line.element == tag.element()
}

/// An element of text, with the type that the standard gives it; `None` where the list has cut it short.
fn element(listed: &[DicomTag], depth: usize, tag: Tag) -> Option<InMemElement> {
    let value = listed
        .iter()
        .find(|line| is(line, depth, tag))?
        .value
        .trim();
    let vr = StandardDataDictionary.by_tag(tag)?.vr().relaxed();
    let whole = !value.is_empty() && value.chars().count() <= super::super::tags::LONGEST_VALUE;
    let sound = vr != VR::UI || uid::is_uid(value);
    // Several values are several strings, as a reader finds them.
    let values: Vec<String> = value.split('\\').map(str::to_owned).collect();
    let value = match values.len() {
        1 => PrimitiveValue::from(value),
        _ => PrimitiveValue::Strs(values.into()),
    };
    (whole && sound).then(|| DataElement::new(tag, vr, value))
}
