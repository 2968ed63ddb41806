//! What a header says of an image beside its voxels: name, unit, windows, SUV, the elements themselves.

use super::attributes::{float, floats, text, texts};
use super::instance::{self, Instance};
use super::time_point::{self, TimePoint};
use super::{suv, tags as tag_list};
use crate::io::FoundImage;
use crate::volume::{
    Content, DicomMeta, Format, Meta, Modality, NamedWindow, Notice, NoticeKind, Suv,
};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use std::path::{Path, PathBuf};

/// `object` is the header of `first`, the first slice; `time_points` has one for each volume;
/// `earliest` is the earliest acquisition of all.
pub(super) fn meta(
    image: &FoundImage,
    first: &Instance,
    object: &InMemDicomObject,
    time_points: &[TimePoint],
    earliest: Option<f64>,
    mut notices: Vec<Notice>,
) -> Meta {
    let suv = suv::factor(object, earliest);
    if let Suv::Missing(sentence) = &suv {
        notices.push(Notice::new(NoticeKind::Suv, sentence.clone()));
    }
    if instance::was_lossy(object) {
        notices.push(Notice::new(
            NoticeKind::LossyCompression,
            "the image was compressed with loss; its values are not those that were measured",
        ));
    }
    if instance::has_modality_table(object) {
        notices.push(Notice::new(
            NoticeKind::ScalingIgnored,
            "the modality look-up table of the header is not applied; values are as stored",
        ));
    }
    if float(object, tags::DOSE_GRID_SCALING).is_some() {
        notices.push(Notice::new(
            NoticeKind::ScalingIgnored,
            "DoseGridScaling is not applied; values are as stored",
        ));
    }
    let mut listing = tag_list::list(object);
    listing.extend(time_point::listing(time_points));
    Meta {
        name: name(image, first),
        path: Some(place(image, first)),
        format: Format::Dicom,
        derived: false,
        reoriented: Vec::new(),
        moved: false,
        content: if first.layout.is_color() {
            Content::Color
        } else {
            Content::Scalar
        },
        modality: Modality::from_code(&first.modality),
        unit: unit(object, &first.modality),
        windows: windows(object),
        inverted: first.layout.is_inverted(),
        suv,
        time: time_point::axis(time_points),
        slice_positions: None,
        nifti: None,
        dicom: Some(DicomMeta {
            series_uid: first.series_uid.clone().unwrap_or_default(),
            image_uid: image.uid.clone(),
            description: first.description.clone(),
            modality: first.modality.clone(),
            number: first.series_number,
            files: image.files.len(),
            transfer_syntax: first.transfer_syntax.clone(),
            tags: listing,
        }),
        notices,
    }
}

/// The folder of a series, the file of a single image.
fn place(image: &FoundImage, first: &Instance) -> PathBuf {
    match (image.files.len(), first.path.parent()) {
        (2.., Some(folder)) => folder.to_owned(),
        _ => first.path.clone(),
    }
}

fn name(image: &FoundImage, first: &Instance) -> String {
    if !first.description.is_empty() {
        return first.description.clone();
    }
    let place = place(image, first);
    let name = place.file_name().or(Path::new("DICOM").file_name());
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// The unit of the values after rescale.
fn unit(object: &InMemDicomObject, modality: &str) -> String {
    let unit = match modality {
        "PT" | "PET" => text(object, tags::UNITS).map(|units| pet_unit(&units)),
        "CT" => {
            let rescaled = object.get(tags::RESCALE_INTERCEPT).is_some();
            text(object, tags::RESCALE_TYPE)
                .or_else(|| rescaled.then(|| "HU".to_owned()))
                .filter(|unit| unit != "US")
        }
        _ => text(object, tags::RESCALE_TYPE).filter(|unit| unit != "US"),
    };
    unit.unwrap_or_default()
}

/// DICOM's codes of PS3.3 C.8.9.1.1.3 and what people write.
const PET_UNITS: [(&str, &str); 17] = [
    ("BQML", "Bq/ml"),
    ("CNTS", "counts"),
    ("CPS", "counts/s"),
    ("PROPCNTS", "proportional to counts"),
    ("PROPCPS", "proportional to counts/s"),
    ("GML", "g/ml"),
    ("CM2ML", "cm2/ml"),
    ("MLMING", "ml/(min g)"),
    ("MLMINML", "ml/(min ml)"),
    ("MLML", "ml/ml"),
    ("MLG", "ml/g"),
    ("UMOLMINML", "umol/(min ml)"),
    ("UMOLML", "umol/ml"),
    ("PCNT", "%"),
    ("1CM", "1/cm"),
    ("STDDEV", "standard deviations"),
    ("NONE", ""),
];

fn pet_unit(code: &str) -> String {
    let known = PET_UNITS.into_iter().find(|(known, _)| *known == code);
    known.map_or(code, |(_, unit)| unit).to_owned()
}

/// The code of a unit that a PET image may have; `None` when it is not known.
pub(super) fn pet_unit_code(unit: &str) -> Option<&'static str> {
    let known = PET_UNITS.into_iter().find(|(_, known)| *known == unit);
    known.map(|(code, _)| code).filter(|_| !unit.is_empty())
}

/// The windows of WindowCenter and WindowWidth, named by their explanations.
fn windows(object: &InMemDicomObject) -> Vec<NamedWindow> {
    let centers = floats(object, tags::WINDOW_CENTER);
    let widths = floats(object, tags::WINDOW_WIDTH);
    let names = texts(object, tags::WINDOW_CENTER_WIDTH_EXPLANATION);
    centers
        .iter()
        .zip(&widths)
        .enumerate()
        .filter(|(_, (_, width))| **width > 0.0)
        .map(|(at, (&center, &width))| NamedWindow {
            name: names
                .get(at)
                .filter(|name| !name.is_empty())
                .cloned()
                .unwrap_or_else(|| match centers.len() {
                    1 => "DICOM".to_owned(),
                    _ => format!("DICOM {}", at + 1),
                }),
            center,
            width,
        })
        .collect()
}
