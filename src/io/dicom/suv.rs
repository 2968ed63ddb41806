//! Standardised uptake value by body weight, from what the header says and nothing else.
//!
//! Follows the vendor-neutral pseudocode of the Quantitative Imaging Biomarkers Alliance (FDG-PET
//! profile, "SUV calculation").

use super::attributes::{float, items, text, texts};
use super::time::{self, DAY, Moment};
use crate::volume::Suv;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

/// GE writes the true scan time here when a series was processed later.
const GE_PET: (u16, &str, u8) = (0x0009, "GEMS_PETD_01", 0x0D);

/// The factor from Bq/ml to SUV (g/ml). `earliest` is the earliest acquisition among all slices, in
/// seconds as [`time::acquisition`] gives it.
pub(super) fn factor(object: &InMemDicomObject, earliest: Option<f64>) -> Suv {
    if !matches!(text(object, tags::MODALITY).as_deref(), Some("PT" | "PET")) {
        return Suv::None;
    }
    match text(object, tags::UNITS).as_deref() {
        Some("BQML") => {}
        None => return missing(&["Units"]),
        Some(_) => return Suv::None,
    }
    let corrected = texts(object, tags::CORRECTED_IMAGE);
    if !corrected.is_empty() && !corrected.iter().any(|name| name == "ATTN") {
        return Suv::Missing(
            "SUV needs an image corrected for attenuation; CorrectedImage does not name ATTN"
                .to_owned(),
        );
    }
    let info = items(object, tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE).first();
    let of_info = |tag| float(info?, tag).filter(|number| *number > 0.0);
    let weight = float(object, tags::PATIENT_WEIGHT).filter(|number| *number > 0.0);
    let dose = of_info(tags::RADIONUCLIDE_TOTAL_DOSE);
    let half_life = of_info(tags::RADIONUCLIDE_HALF_LIFE);
    let start = info.and_then(injection);
    let correction = text(object, tags::DECAY_CORRECTION);

    let decays = correction.as_deref() == Some("START");
    let lacks = [
        (weight.is_none(), "PatientWeight"),
        (dose.is_none(), "RadionuclideTotalDose"),
        (correction.is_none(), "DecayCorrection"),
        (decays && half_life.is_none(), "RadionuclideHalfLife"),
        (decays && start.is_none(), "RadiopharmaceuticalStartTime"),
    ];
    let lacks: Vec<&str> = lacks
        .into_iter()
        .filter_map(|(is_missing, name)| is_missing.then_some(name))
        .collect();
    let (Some(weight), Some(dose), true) = (weight, dose, lacks.is_empty()) else {
        return missing(&lacks);
    };
    let grams = weight * 1000.0;
    match (correction.as_deref(), half_life, start) {
        (Some("ADMIN"), ..) => Suv::Factor(grams / dose),
        (Some("START"), Some(half_life), Some(start)) => {
            match scan_start(object, earliest).map(|scan| seconds_between(start, scan)) {
                None => missing(&["SeriesTime"]),
                Some(seconds) if seconds < 0.0 => Suv::Missing(
                    "SUV cannot be computed: the injection (RadiopharmaceuticalStartDateTime) is \
                     later than the scan"
                        .to_owned(),
                ),
                Some(seconds) => Suv::Factor(grams / (dose * (-seconds / half_life).exp2())),
            }
        }
        _ => Suv::Missing(
            "SUV cannot be computed: the image is not corrected for decay (DecayCorrection is \
             neither START nor ADMIN)"
                .to_owned(),
        ),
    }
}

fn missing(elements: &[&str]) -> Suv {
    Suv::Missing(format!(
        "SUV cannot be computed: the header lacks {}",
        elements.join(", ")
    ))
}

/// When the dose was given.
fn injection(info: &InMemDicomObject) -> Option<Moment> {
    let full = text(info, tags::RADIOPHARMACEUTICAL_START_DATE_TIME)
        .and_then(|text| time::date_time(&text))
        .map(from_seconds);
    full.or_else(|| {
        let time = time::time_of_day(&text(info, tags::RADIOPHARMACEUTICAL_START_TIME)?)?;
        Some(Moment { day: None, time })
    })
}

fn from_seconds(seconds: f64) -> Moment {
    let day = (seconds / DAY).floor();
    Moment {
        day: Some(day),
        time: seconds - day * DAY,
    }
}

/// The moment to which START-corrected values are corrected: the series time, unless the series was
/// made after the pictures were taken.
fn scan_start(object: &InMemDicomObject, earliest: Option<f64>) -> Option<Moment> {
    let series = time::moment(object, tags::SERIES_DATE, tags::SERIES_TIME);
    let later = |series: Moment| earliest.is_some_and(|first| series.seconds() > first);
    match series {
        Some(series) if !later(series) => Some(series),
        _ => ge_scan_start(object)
            .or(earliest)
            .map(from_seconds)
            .or(series),
    }
}

fn ge_scan_start(object: &InMemDicomObject) -> Option<f64> {
    let (group, creator, element) = GE_PET;
    let element = object.private_element(group, creator, element).ok()?;
    time::date_time(element.to_str().ok()?.trim_end_matches('\0'))
}

/// A start without a date lies within the day before the scan.
fn seconds_between(start: Moment, scan: Moment) -> f64 {
    match (start.day, scan.day) {
        (Some(_), Some(_)) => scan.seconds() - start.seconds(),
        _ => (scan.time - start.time).rem_euclid(DAY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_core::value::DataSetSequence;
    use dicom_core::{DataElement, VR};

    fn pet(start: &str, series: &str) -> InMemDicomObject {
        let info = InMemDicomObject::from_element_iter([
            DataElement::new(tags::RADIOPHARMACEUTICAL_START_TIME, VR::TM, start),
            DataElement::new(tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, "370000000"),
            DataElement::new(tags::RADIONUCLIDE_HALF_LIFE, VR::DS, "6586.2"),
        ]);
        InMemDicomObject::from_element_iter([
            DataElement::new(tags::MODALITY, VR::CS, "PT"),
            DataElement::new(tags::UNITS, VR::CS, "BQML"),
            DataElement::new(tags::DECAY_CORRECTION, VR::CS, "START"),
            DataElement::new(tags::PATIENT_WEIGHT, VR::DS, "75"),
            DataElement::new(tags::SERIES_DATE, VR::DA, "20200102"),
            DataElement::new(tags::SERIES_TIME, VR::TM, series),
            DataElement::new(
                tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
                VR::SQ,
                DataSetSequence::from(vec![info]),
            ),
        ])
    }

    fn number(suv: &Suv) -> f64 {
        match suv {
            Suv::Factor(factor) => *factor,
            other => panic!("{other:?}"),
        }
    }

    /// 75 kg, 370 MBq an hour before the scan: 75000 / (370e6 * 2^(-3600 / 6586.2)), by hand.
    const AFTER_AN_HOUR: f64 = 2.960_750_16e-4;

    #[test]
    fn an_hour_of_decay_is_as_computed_by_hand() {
        let factor = number(&factor(&pet("091500", "101500"), None));
        assert!((factor - AFTER_AN_HOUR).abs() < 1e-9, "{factor}");
    }

    #[test]
    fn an_injection_before_midnight_is_the_day_before() {
        let factor = number(&factor(&pet("233000", "003000"), None));
        assert!((factor - AFTER_AN_HOUR).abs() < 1e-9, "{factor}");
    }

    #[test]
    fn a_series_made_later_counts_from_the_earliest_picture() {
        let scan = time::date_time("20200102101500");
        let factor = number(&factor(&pet("091500", "180000"), scan));
        assert!((factor - AFTER_AN_HOUR).abs() < 1e-9, "{factor}");
    }

    #[test]
    fn a_dose_corrected_to_its_administration_does_not_decay() {
        let mut object = pet("091500", "101500");
        object.put(DataElement::new(tags::DECAY_CORRECTION, VR::CS, "ADMIN"));
        assert_eq!(factor(&object, None), Suv::Factor(75_000.0 / 370e6));
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut object = pet("091500", "101500");
        object.remove_element(tags::PATIENT_WEIGHT);
        object.remove_element(tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE);
        let Suv::Missing(text) = factor(&object, None) else {
            panic!("a factor without a weight");
        };
        assert!(text.contains("PatientWeight") && text.contains("RadionuclideTotalDose"));
        assert!(text.contains("RadionuclideHalfLife"));
    }

    #[test]
    fn an_injection_after_the_scan_is_refused() {
        let mut object = pet("091500", "101500");
        let info = InMemDicomObject::from_element_iter([
            DataElement::new(
                tags::RADIOPHARMACEUTICAL_START_DATE_TIME,
                VR::DT,
                "20200103091500",
            ),
            DataElement::new(tags::RADIONUCLIDE_TOTAL_DOSE, VR::DS, "370000000"),
            DataElement::new(tags::RADIONUCLIDE_HALF_LIFE, VR::DS, "6586.2"),
        ]);
        object.put(DataElement::new(
            tags::RADIOPHARMACEUTICAL_INFORMATION_SEQUENCE,
            VR::SQ,
            DataSetSequence::from(vec![info]),
        ));
        assert!(matches!(factor(&object, None), Suv::Missing(_)));
    }
}
