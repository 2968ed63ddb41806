//! The data sets of a series: what all slices have in common, and what each has of its own.
//!
//! Modules and their required attributes after PS3.3 A.3 (CT), A.4 (MR), A.8 (secondary capture) and
//! A.21 (PET).

use super::super::attributes::text as text_of;
use super::super::time::time_of_day;
use super::super::time_point::OfEachVolume;
use super::super::{describe, suv};
use super::class::Class;
use super::decimal::{date_and_time, decimal, decimals, time};
use super::plane::Stack;
use super::{kept, uid};
use crate::volume::{Meta, Notice, NoticeKind, Rescale, Suv, Volume, VoxelData};
use dicom_core::dictionary::{DataDictionary as _, DataDictionaryEntry as _};
use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, StandardDataDictionary, Tag};
use ndarray::s;
use std::time::{SystemTime, UNIX_EPOCH};

/// The files of one series, made on demand.
pub(super) struct Series<'a> {
    /// Of 16-bit numbers, or colour.
    volume: &'a Volume,
    class: &'a Class,
    stack: &'a Stack,
    common: InMemDicomObject,
    /// Seconds between volumes, where known.
    time_step: Option<f64>,
    /// When the first volume was taken, in seconds of its day.
    start: f64,
    /// What else tells the volumes apart.
    of_volumes: Vec<OfEachVolume>,
}

impl<'a> Series<'a> {
    pub fn new(
        volume: &'a Volume,
        class: &'a Class,
        stack: &'a Stack,
        notices: &mut Vec<Notice>,
    ) -> Self {
        let mut common = kept::elements(volume.meta(), class);
        let start = text_of(&common, tags::ACQUISITION_TIME).and_then(|t| time_of_day(&t));
        let mut series = Self {
            volume,
            class,
            stack,
            common: InMemDicomObject::new_empty(),
            time_step: time_step(volume),
            start: start.unwrap_or(0.0),
            of_volumes: kept::of_volumes(volume.meta(), class, volume.time_points(), notices),
        };
        identify(&mut common, volume.meta(), class);
        place(&mut common, stack);
        picture(&mut common, volume);
        match class {
            Class::Ct => series.describe_ct(&mut common),
            Class::Mr => series.describe_mr(&mut common),
            Class::Pet => series.describe_pet(&mut common, notices),
            Class::Capture(_) => put(&mut common, tags::CONVERSION_TYPE, VR::CS, "WSD"),
        }
        series.common = common;
        series
    }

    /// The data set of slice `k` at time point `t`.
    pub fn file(&self, t: usize, k: usize) -> InMemDicomObject {
        let [time_points, nz, ..] = self.volume.data().dim();
        let number = t * nz + k + 1;
        let position = self.stack.position(k);
        let mut file = self.common.clone();
        put(&mut file, tags::SOP_INSTANCE_UID, VR::UI, uid::unique());
        put(&mut file, tags::INSTANCE_NUMBER, VR::IS, number.to_string());
        let xyz = decimals(position.iter().copied());
        put(&mut file, tags::IMAGE_POSITION_PATIENT, VR::DS, xyz);
        let along = decimal(position.dot(&self.stack.normal()));
        put(&mut file, tags::SLICE_LOCATION, VR::DS, along);
        if time_points > 1 {
            self.put_time(&mut file, t, time_points);
        }
        if *self.class == Class::Pet {
            put_short(&mut file, tags::IMAGE_INDEX, number);
        }
        self.put_rescale(&mut file, t, k);
        file.put(self.pixels(t, k));
        file
    }

    fn put_time(&self, file: &mut InMemDicomObject, t: usize, time_points: usize) {
        let position = (t + 1).to_string();
        put(
            file,
            tags::TEMPORAL_POSITION_IDENTIFIER,
            VR::IS,
            position.clone(),
        );
        let count = time_points.to_string();
        put(file, tags::NUMBER_OF_TEMPORAL_POSITIONS, VR::IS, count);
        put(file, tags::ACQUISITION_NUMBER, VR::IS, position);
        for differing in &self.of_volumes {
            let value = differing.values.get(t).filter(|value| !value.is_empty());
            if let Some(value) = value {
                put_numbers(file, differing.tag, value);
            }
        }
        if let Some(step) = self.time_step {
            let after = step * t as f64;
            put(
                file,
                tags::ACQUISITION_TIME,
                VR::TM,
                time(self.start + after),
            );
            if *self.class == Class::Pet {
                put(
                    file,
                    tags::FRAME_REFERENCE_TIME,
                    VR::DS,
                    decimal(after * 1e3),
                );
            }
        }
    }

    /// Required in CT and PET; elsewhere it is there when it says something.
    fn put_rescale(&self, file: &mut InMemDicomObject, t: usize, k: usize) {
        let rescale = self.volume.rescale();
        let needed = matches!(self.class, Class::Ct | Class::Pet);
        if self.volume.components() > 1 || (!needed && *rescale == Rescale::IDENTITY) {
            return;
        }
        let linear = rescale.of_slice(t, k, self.volume.grid().shape()[2]);
        put(
            file,
            tags::RESCALE_INTERCEPT,
            VR::DS,
            decimal(linear.intercept),
        );
        put(file, tags::RESCALE_SLOPE, VR::DS, decimal(linear.slope));
        if *self.class != Class::Pet {
            let unit = match self.volume.meta().unit.as_str() {
                "HU" => "HU",
                _ => "US",
            };
            put(file, tags::RESCALE_TYPE, VR::LO, unit);
        }
    }

    fn pixels(&self, t: usize, k: usize) -> dicom_object::mem::InMemElement {
        let slice = s![t, k, .., .., ..];
        let words = |words: Vec<u16>| (VR::OW, PrimitiveValue::U16(words.into()));
        let (vr, value) = match self.volume.data() {
            VoxelData::U16(array) => words(array.slice(slice).iter().copied().collect()),
            VoxelData::I16(array) => words(array.slice(slice).iter().map(|n| *n as u16).collect()),
            VoxelData::U8(array) => {
                let mut bytes: Vec<u8> = array.slice(slice).iter().copied().collect();
                // Elements have an even length.
                bytes.resize(bytes.len().next_multiple_of(2), 0);
                (VR::OB, PrimitiveValue::U8(bytes.into()))
            }
            _ => unreachable!("numbers to be written are 16-bit, or bytes of colour"),
        };
        DataElement::new(tags::PIXEL_DATA, vr, value)
    }

    fn describe_ct(&self, common: &mut InMemDicomObject) {
        fill(common, tags::KVP, VR::DS, "");
        fill(common, tags::ACQUISITION_NUMBER, VR::IS, "");
    }

    fn describe_mr(&self, common: &mut InMemDicomObject) {
        // Research mode: the sequence is not known.
        fill(common, tags::SCANNING_SEQUENCE, VR::CS, "RM");
        fill(common, tags::SEQUENCE_VARIANT, VR::CS, "NONE");
        fill(common, tags::SCAN_OPTIONS, VR::CS, "");
        let acquired = if self.volume.grid().shape()[2] > 1 {
            ""
        } else {
            "2D"
        };
        fill(common, tags::MR_ACQUISITION_TYPE, VR::CS, acquired);
        let repetition = self.time_step.map(|step| decimal(step * 1e3));
        fill(
            common,
            tags::REPETITION_TIME,
            VR::DS,
            &repetition.unwrap_or_default(),
        );
        fill(common, tags::ECHO_TIME, VR::DS, "");
        fill(common, tags::ECHO_TRAIN_LENGTH, VR::IS, "");
    }

    fn describe_pet(&self, common: &mut InMemDicomObject, notices: &mut Vec<Notice>) {
        let meta = self.volume.meta();
        let [time_points, nz, ..] = self.volume.data().dim();
        // PET tells it by the code sequences below, which exclude it (PS3.3 C.7.3.1).
        common.remove_element(tags::PATIENT_POSITION);
        let unit = describe::pet_unit_code(&meta.unit);
        if unit.is_none() && common.get(tags::UNITS).is_none() {
            notices.push(Notice::new(
                NoticeKind::Other,
                "the unit of the values is not known, so the PET series gives none",
            ));
        }
        fill(common, tags::UNITS, VR::CS, unit.unwrap_or("NONE"));
        fill(common, tags::COUNTS_SOURCE, VR::CS, "EMISSION");
        let kind = if time_points > 1 { "DYNAMIC" } else { "STATIC" };
        put(common, tags::SERIES_TYPE, VR::CS, format!("{kind}\\IMAGE"));
        put_short(common, tags::NUMBER_OF_SLICES, nz);
        if time_points > 1 {
            put_short(common, tags::NUMBER_OF_TIME_SLICES, time_points);
        }
        for tag in [tags::CORRECTED_IMAGE, tags::COLLIMATOR_TYPE] {
            fill(common, tag, VR::CS, "");
        }
        fill(common, tags::DECAY_CORRECTION, VR::CS, "NONE");
        fill(common, tags::FRAME_REFERENCE_TIME, VR::DS, "0");
        let frame = self.time_step.filter(|_| time_points > 1);
        let frame = frame.map(|step| ((step * 1e3).round() as i64).to_string());
        fill(
            common,
            tags::ACTUAL_FRAME_DURATION,
            VR::IS,
            &frame.unwrap_or_default(),
        );
        fill(common, tags::ACQUISITION_DATE, VR::DA, "");
        fill(common, tags::ACQUISITION_TIME, VR::TM, "");
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let [date, time] = date_and_time(now.map_or(0, |now| now.as_secs()));
        if common.get(tags::SERIES_DATE).is_none() {
            put(common, tags::SERIES_DATE, VR::DA, date);
            put(common, tags::SERIES_TIME, VR::TM, time);
        }
        fill(common, tags::SERIES_TIME, VR::TM, "000000");
        for tag in [
            tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
            tags::PATIENT_ORIENTATION_CODE_SEQUENCE,
            tags::PATIENT_GANTRY_RELATIONSHIP_CODE_SEQUENCE,
        ] {
            if common.get(tag).is_none() {
                common.put(DataElement::new(tag, VR::SQ, DataSetSequence::empty()));
            }
        }
        note_suv(common, meta, notices);
    }
}

/// Multi-bed scans tell the time of each slice, from which SUV may follow; the series keeps one.
fn note_suv(common: &InMemDicomObject, meta: &Meta, notices: &mut Vec<Notice>) {
    let Suv::Factor(before) = meta.suv else {
        return;
    };
    let after = suv::factor(common, super::super::time::acquisition(common));
    let text = match after {
        Suv::Factor(after) if (after / before - 1.0).abs() < 1e-4 => return,
        Suv::Factor(after) => format!(
            "SUV read from the series will be {:.4} times what it was, as times of single slices are \
             not kept",
            after / before
        ),
        _ => "SUV cannot be computed from the series: dose and weight are not known".to_owned(),
    };
    notices.push(Notice::new(NoticeKind::Suv, text));
}

/// Seconds between the volumes of a 4D image.
fn time_step(volume: &Volume) -> Option<f64> {
    let axis = volume.meta().time.as_ref()?;
    let unit = match axis.unit.as_str() {
        "s" => 1.0,
        "ms" => 1e-3,
        _ => return None,
    };
    (axis.step > 0.0 && axis.step.is_finite()).then_some(axis.step * unit)
}

/// Patient, study, series, equipment and SOP common modules; without a patient, a placeholder.
fn identify(common: &mut InMemDicomObject, meta: &Meta, class: &Class) {
    put(common, tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    put(common, tags::SOP_CLASS_UID, VR::UI, class.sop_class());
    put(common, tags::IMAGE_TYPE, VR::CS, class.image_type());
    put(common, tags::MODALITY, VR::CS, class.code());
    let made = concat!("Written by warpscope ", env!("CARGO_PKG_VERSION"));
    put(common, tags::DERIVATION_DESCRIPTION, VR::ST, made);
    if common.get(tags::PATIENT_ID).is_none() && common.get(tags::PATIENT_NAME).is_none() {
        put(common, tags::PATIENT_NAME, VR::PN, "Anonymous");
        put(common, tags::PATIENT_ID, VR::LO, "Anonymous");
    }
    put(common, tags::SERIES_INSTANCE_UID, VR::UI, uid::unique());
    fill(common, tags::STUDY_INSTANCE_UID, VR::UI, &uid::unique());
    fill(common, tags::FRAME_OF_REFERENCE_UID, VR::UI, &uid::unique());
    // Beside the series that it comes from.
    let number = meta.dicom.as_ref().and_then(|dicom| dicom.number);
    let number = number
        .filter(|n| (1..1_000_000).contains(n))
        .map_or(1, |n| n + 1000);
    put(common, tags::SERIES_NUMBER, VR::IS, number.to_string());
    let name = meta.name.replace('\\', "/");
    let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
    put(common, tags::SERIES_DESCRIPTION, VR::LO, name.trim());
    let empty = [
        (tags::PATIENT_NAME, VR::PN),
        (tags::PATIENT_ID, VR::LO),
        (tags::PATIENT_BIRTH_DATE, VR::DA),
        (tags::PATIENT_SEX, VR::CS),
        (tags::STUDY_DATE, VR::DA),
        (tags::STUDY_TIME, VR::TM),
        (tags::STUDY_ID, VR::SH),
        (tags::ACCESSION_NUMBER, VR::SH),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN),
        (tags::POSITION_REFERENCE_INDICATOR, VR::LO),
        (tags::MANUFACTURER, VR::LO),
        (tags::PATIENT_POSITION, VR::CS),
        (tags::PATIENT_ORIENTATION, VR::CS),
        (tags::LATERALITY, VR::CS),
    ];
    for (tag, vr) in empty {
        fill(common, tag, vr, "");
    }
}

/// The image plane module, but for each slice's position.
fn place(common: &mut InMemDicomObject, stack: &Stack) {
    let [dx, dy] = stack.spacing;
    put(common, tags::PIXEL_SPACING, VR::DS, decimals([dy, dx]));
    // Rounding noise of a rotation is no direction.
    let exact = |cosine: &f64| if cosine.abs() < 1e-12 { 0.0 } else { *cosine };
    let cosines = stack.row.iter().chain(&stack.column).map(exact);
    let cosines = decimals(cosines);
    put(common, tags::IMAGE_ORIENTATION_PATIENT, VR::DS, cosines);
    let distance = decimal(stack.distance());
    put(common, tags::SLICE_THICKNESS, VR::DS, distance.clone());
    put(common, tags::SPACING_BETWEEN_SLICES, VR::DS, distance);
}

/// The image pixel and VOI LUT modules.
fn picture(common: &mut InMemDicomObject, volume: &Volume) {
    let meta = volume.meta();
    let [.., rows, columns, samples] = volume.data().dim();
    let (bits, photometric) = match (samples, meta.inverted) {
        (3, _) => (8, "RGB"),
        (_, true) => (16, "MONOCHROME1"),
        (_, false) => (16, "MONOCHROME2"),
    };
    put(
        common,
        tags::PHOTOMETRIC_INTERPRETATION,
        VR::CS,
        photometric,
    );
    let signed = matches!(volume.data(), VoxelData::I16(_));
    let numbers = [
        (tags::SAMPLES_PER_PIXEL, samples),
        (tags::ROWS, rows),
        (tags::COLUMNS, columns),
        (tags::BITS_ALLOCATED, bits),
        (tags::BITS_STORED, bits),
        (tags::HIGH_BIT, bits - 1),
        (tags::PIXEL_REPRESENTATION, usize::from(signed)),
    ];
    for (tag, number) in numbers {
        put_short(common, tag, number);
    }
    if samples == 3 {
        put_short(common, tags::PLANAR_CONFIGURATION, 0);
    }
    let windows: Vec<_> = meta.windows.iter().filter(|w| w.width >= 1.0).collect();
    if !windows.is_empty() && samples == 1 {
        let centers = decimals(windows.iter().map(|window| window.center));
        let widths = decimals(windows.iter().map(|window| window.width));
        let names: Vec<String> = windows.iter().map(|w| w.name.replace('\\', "/")).collect();
        put(common, tags::WINDOW_CENTER, VR::DS, centers);
        put(common, tags::WINDOW_WIDTH, VR::DS, widths);
        let names = names.join("\\");
        put(common, tags::WINDOW_CENTER_WIDTH_EXPLANATION, VR::LO, names);
    }
}

fn put(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: impl Into<String>) {
    let value: String = value.into();
    let value = match value.is_empty() {
        true => PrimitiveValue::Empty,
        false => PrimitiveValue::from(value),
    };
    object.put(DataElement::new(tag, vr, value));
}

/// Puts what is not there.
fn fill(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: &str) {
    if object.get(tag).is_none() {
        put(object, tag, vr, value);
    }
}

/// Puts numbers that have blanks between them, in the type that the standard gives the element.
fn put_numbers(object: &mut InMemDicomObject, tag: Tag, numbers: &str) {
    let numbers = numbers.split(' ').filter_map(|number| number.parse().ok());
    let entry = StandardDataDictionary.by_tag(tag);
    let (vr, value) = match entry.map(|entry| entry.vr().relaxed()) {
        Some(VR::FD) => (VR::FD, PrimitiveValue::F64(numbers.collect())),
        _ => (VR::DS, PrimitiveValue::from(decimals(numbers))),
    };
    object.put(DataElement::new(tag, vr, value));
}

fn put_short(object: &mut InMemDicomObject, tag: Tag, number: usize) {
    let number = u16::try_from(number).unwrap_or(u16::MAX);
    object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(number)));
}
