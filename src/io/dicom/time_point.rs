//! What tells apart the pictures that a series took of one place: time, echo, diffusion weighting.

use super::attributes::{float, integer, items, text, vector};
use super::time;
use crate::volume::{DicomTag, TimeAxis};
use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};
use std::cmp::Ordering;

/// One volume of a 4D series as the header of one of its pictures describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct TimePoint {
    pub temporal_position: Option<i64>,
    pub acquisition_number: Option<i64>,
    /// Acquisition date and time in seconds on the scanner's clock.
    pub acquired: Option<f64>,
    /// In ms.
    pub trigger_time: Option<f64>,
    /// In ms.
    pub echo_time: Option<f64>,
    /// In s/mm2.
    pub b_value: Option<f64>,
    /// Direction of the diffusion gradient as the header has it.
    pub b_vector: Option<[f64; 3]>,
    pub instance_number: Option<i64>,
    /// In ms; the same in all volumes as a rule.
    pub repetition_time: Option<f64>,
}

impl TimePoint {
    /// `groups` are the functional groups of a frame, those of its own first; none for a classic image.
    pub fn of(object: &InMemDicomObject, groups: &[&InMemDicomObject]) -> Self {
        let place = |sequence: Tag| {
            groups
                .iter()
                .find_map(|group| items(group, sequence).first())
                .unwrap_or(object)
        };
        let content = place(tags::FRAME_CONTENT_SEQUENCE);
        let echo = place(tags::MR_ECHO_SEQUENCE);
        let diffusion = place(tags::MR_DIFFUSION_SEQUENCE);
        let direction = items(diffusion, tags::DIFFUSION_GRADIENT_DIRECTION_SEQUENCE).first();
        let timing = place(tags::MR_TIMING_AND_RELATED_PARAMETERS_SEQUENCE);
        Self {
            temporal_position: integer(content, tags::TEMPORAL_POSITION_INDEX)
                .or_else(|| integer(object, tags::TEMPORAL_POSITION_IDENTIFIER)),
            acquisition_number: integer(content, tags::FRAME_ACQUISITION_NUMBER)
                .or_else(|| integer(object, tags::ACQUISITION_NUMBER)),
            acquired: text(content, tags::FRAME_ACQUISITION_DATE_TIME)
                .and_then(|text| time::date_time(&text))
                .or_else(|| time::acquisition(object)),
            trigger_time: float(object, tags::TRIGGER_TIME),
            echo_time: float(echo, tags::EFFECTIVE_ECHO_TIME)
                .or_else(|| float(object, tags::ECHO_TIME)),
            b_value: float(diffusion, tags::DIFFUSION_B_VALUE).or_else(|| vendor_b_value(object)),
            b_vector: vector(
                direction.unwrap_or(diffusion),
                tags::DIFFUSION_GRADIENT_ORIENTATION,
            )
            .or_else(|| vendor_b_vector(object)),
            instance_number: integer(object, tags::INSTANCE_NUMBER),
            repetition_time: float(timing, tags::REPETITION_TIME).filter(|time| *time > 0.0),
        }
    }

    /// Order of volumes. Equal where nothing tells two pictures apart.
    pub fn compare(&self, other: &Self) -> Ordering {
        self.temporal_position
            .cmp(&other.temporal_position)
            .then(self.acquisition_number.cmp(&other.acquisition_number))
            .then(by_number(self.acquired, other.acquired))
            .then(by_number(self.trigger_time, other.trigger_time))
            .then(by_number(self.echo_time, other.echo_time))
            .then(by_number(self.b_value, other.b_value))
            .then(self.instance_number.cmp(&other.instance_number))
    }
}

fn by_number(a: Option<f64>, b: Option<f64>) -> Ordering {
    let number = |a: Option<f64>| a.unwrap_or(f64::NEG_INFINITY);
    number(a).total_cmp(&number(b))
}

/// A private element whose type the file tells (in implicit VR it does not).
fn private<'a>(
    object: &'a InMemDicomObject,
    (group, creator, element): (u16, &str, u8),
) -> Option<&'a dicom_object::mem::InMemElement> {
    object
        .private_element(group, creator, element)
        .ok()
        .filter(|element| element.vr() != VR::UN)
}

fn vendor_b_value(object: &InMemDicomObject) -> Option<f64> {
    const SIEMENS: (u16, &str, u8) = (0x0019, "SIEMENS MR HEADER", 0x0C);
    const PHILIPS: (u16, &str, u8) = (0x2001, "Philips Imaging DD 001", 0x03);
    const GE: (u16, &str, u8) = (0x0043, "GEMS_PARM_01", 0x39);
    let first = |place| {
        let numbers = private(object, place)?.to_multi_float64().ok()?;
        numbers.first().copied().filter(|b| *b >= 0.0)
    };
    // GE adds a multiple of 10^9 to say more.
    first(SIEMENS)
        .or_else(|| first(PHILIPS))
        .or_else(|| first(GE).map(|b| b % 1e9))
}

fn vendor_b_vector(object: &InMemDicomObject) -> Option<[f64; 3]> {
    const SIEMENS: (u16, &str, u8) = (0x0019, "SIEMENS MR HEADER", 0x0E);
    let numbers = private(object, SIEMENS)?.to_multi_float64().ok()?;
    numbers.try_into().ok()
}

/// The axis through the volumes of a 4D series; `None` when it is not time, or the step is unknown.
pub(super) fn axis(volumes: &[TimePoint]) -> Option<TimeAxis> {
    let (first, last) = (volumes.first()?, volumes.last()?);
    let steps = volumes.len().checked_sub(1).filter(|steps| *steps > 0)? as f64;
    let mean = |of: fn(&TimePoint) -> Option<f64>| {
        let step = (of(last)? - of(first)?) / steps;
        (step > 0.0).then_some(step)
    };
    if mean(|point| point.echo_time).is_some() {
        return None;
    }
    let measured =
        mean(|point| point.acquired).or_else(|| mean(|point| Some(point.trigger_time? / 1000.0)));
    let repetition = first.repetition_time.map(|time| time / 1000.0);
    let step = match (measured, repetition) {
        // The clock has the delay of the scanner's start in it, the repetition time has not.
        (Some(measured), Some(time)) if (measured / time - 1.0).abs() > 0.1 => Some(measured),
        (measured, None) => measured,
        (_, time) => time,
    };
    step.map(|step| TimeAxis {
        step,
        unit: "s".to_owned(),
    })
}

/// What [`listing`] adds to an element's name, and puts between the values.
const OF_EACH_VOLUME: &str = " of each volume";
const BETWEEN: &str = ", ";

/// An element that differs between the volumes of an image.
pub(super) struct OfEachVolume {
    pub tag: Tag,
    pub name: String,
    /// One for each volume; several numbers have blanks between them.
    pub values: Vec<String>,
}

/// What [`listing`] told, read from among other elements.
pub(super) fn of_each_volume(listed: &[DicomTag]) -> Vec<OfEachVolume> {
    let lines = listed.iter().filter_map(|line| {
        let name = line.name.strip_suffix(OF_EACH_VOLUME)?;
        Some(OfEachVolume {
            tag: Tag(line.group, line.element),
            name: name.to_owned(),
            values: line.value.split(BETWEEN).map(str::to_owned).collect(),
        })
    });
    lines.collect()
}

/// Where the volumes differ, the values of all of them, under the element's own name.
pub(super) fn listing(volumes: &[TimePoint]) -> Vec<DicomTag> {
    type Value = fn(&TimePoint) -> Option<String>;
    let listed: [(Tag, VR, &str, Value); 5] = [
        (
            tags::DIFFUSION_B_VALUE,
            VR::FD,
            "DiffusionBValue",
            |point| Some(point.b_value?.to_string()),
        ),
        (
            tags::DIFFUSION_GRADIENT_ORIENTATION,
            VR::FD,
            "DiffusionGradientOrientation",
            |point| point.b_vector.map(|[x, y, z]| format!("{x} {y} {z}")),
        ),
        (tags::ECHO_TIME, VR::DS, "EchoTime", |point| {
            Some(point.echo_time?.to_string())
        }),
        (tags::TRIGGER_TIME, VR::DS, "TriggerTime", |point| {
            Some(point.trigger_time?.to_string())
        }),
        (
            tags::ACQUISITION_NUMBER,
            VR::IS,
            "AcquisitionNumber",
            |point| Some(point.acquisition_number?.to_string()),
        ),
    ];
    listed
        .into_iter()
        .filter_map(|(tag, vr, name, value)| {
            let values: Vec<String> = volumes
                .iter()
                .map(|point| value(point).unwrap_or_default())
                .collect();
            let differ = values.windows(2).any(|pair| pair[0] != pair[1]);
            differ.then(|| DicomTag {
                depth: 0,
                group: tag.group(),
                element: tag.element(),
                vr: vr.to_string().to_owned(),
                name: format!("{name}{OF_EACH_VOLUME}"),
                value: values.join(BETWEEN),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(acquired: f64, number: i64) -> TimePoint {
        TimePoint {
            acquired: Some(acquired),
            instance_number: Some(number),
            ..TimePoint::default()
        }
    }

    #[test]
    fn time_comes_before_number() {
        assert_eq!(at(1.0, 9).compare(&at(2.0, 1)), Ordering::Less);
        assert_eq!(at(1.0, 1).compare(&at(1.0, 2)), Ordering::Less);
        assert_eq!(at(1.0, 1).compare(&at(1.0, 1)), Ordering::Equal);
    }

    #[test]
    fn a_repetition_time_near_the_clock_is_the_step_and_echoes_have_none() {
        let mut points = [at(10.0, 1), at(13.01, 2), at(16.02, 3)];
        let step = |points: &[TimePoint]| axis(points).expect("an axis").step;
        assert!((step(&points) - 3.01).abs() < 1e-9);
        points[0].repetition_time = Some(3000.0);
        assert_eq!(step(&points), 3.0);
        points[0].repetition_time = Some(9.0);
        assert!((step(&points) - 3.01).abs() < 1e-9);
        points
            .iter_mut()
            .zip([5.0, 10.0, 15.0])
            .for_each(|(p, t)| p.echo_time = Some(t));
        assert_eq!(axis(&points), None);
    }

    #[test]
    fn b_values_are_listed_where_they_differ() {
        let mut points = [at(1.0, 1), at(1.0, 2)];
        assert!(listing(&points).is_empty());
        points[0].b_value = Some(0.0);
        points[1].b_value = Some(1000.0);
        let lines = listing(&points);
        assert_eq!(lines[0].value, "0, 1000");
        assert_eq!(lines[0].name, "DiffusionBValue of each volume");
    }
}
