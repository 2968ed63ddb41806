//! Series with several pictures of one place: one 4D image, or several images.

use super::{Folder, enhanced, slice, text};
use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use warpscope::io::{FoundImage, Report, dicom};
use warpscope::volume::{NoticeKind, Volume};

/// A slice of the volume `t`, 2.5 s after the one before, numbered `number` in its series.
fn picture(z: f64, t: i16, number: i16, value: i16) -> InMemDicomObject {
    let mut object = slice(z, value);
    let time = format!("1015{:04.1}", 2.5 * f64::from(t));
    object.put(text(tags::ACQUISITION_TIME, VR::TM, &time));
    object.put(text(tags::INSTANCE_NUMBER, VR::IS, &number.to_string()));
    object
}

fn load(image: &FoundImage) -> Volume {
    dicom::load(image, &Report::silent()).expect("a volume")
}

/// Stored number of the first voxel.
fn stored(volume: &Volume, k: usize, t: usize) -> Option<f64> {
    volume.data().stored([0, 0, k], t, 0)
}

#[test]
fn pictures_of_one_place_are_the_volumes_of_a_4d_image_in_order_of_time() {
    let folder = Folder::with([
        picture(3.0, 1, 1, 11),
        picture(0.0, 0, 4, 0),
        picture(0.0, 1, 2, 10),
        picture(3.0, 0, 3, 1),
    ]);
    assert_eq!(folder.image().shape, [4, 3, 2, 2]);
    let volume = folder.volume();
    assert_eq!(
        (volume.time_points(), volume.grid().shape()),
        (2, [4, 3, 2])
    );
    let numbers = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(k, t)| stored(&volume, k, t));
    assert_eq!(numbers, [0.0, 1.0, 10.0, 11.0].map(Some));
    let time = volume.meta().time.as_ref().expect("a time axis");
    assert_eq!((time.step, time.unit.as_str()), (2.5, "s"));
    assert!(
        volume.meta().notices.is_empty(),
        "{:?}",
        volume.meta().notices
    );
}

#[test]
fn b_values_order_the_volumes_and_are_listed() {
    let weighted = |z: f64, b: f64, value: i16| {
        let mut object = slice(z, value);
        object.put(DataElement::new(
            tags::DIFFUSION_B_VALUE,
            VR::FD,
            PrimitiveValue::from(b),
        ));
        object
    };
    let volume = Folder::with([
        weighted(0.0, 1000.0, 10),
        weighted(2.0, 1000.0, 11),
        weighted(0.0, 0.0, 0),
        weighted(2.0, 0.0, 1),
    ])
    .volume();
    assert_eq!(stored(&volume, 1, 0), Some(1.0));
    assert_eq!(stored(&volume, 1, 1), Some(11.0));
    let tags = &volume.meta().dicom.as_ref().expect("DICOM").tags;
    let line = tags
        .iter()
        .find(|tag| tag.name == "DiffusionBValue of each volume");
    assert_eq!(line.map(|tag| tag.value.as_str()), Some("0, 1000"));
}

#[test]
fn volumes_with_their_own_scale_keep_it() {
    let mut later = picture(0.0, 1, 2, 10);
    later.put(text(tags::RESCALE_SLOPE, VR::DS, "0.5"));
    let volume = Folder::with([picture(0.0, 0, 1, 10), later]).volume();
    assert_eq!(volume.value([0, 0, 0], 0, 0), Some(-980.0));
    assert_eq!(volume.value([0, 0, 0], 1, 0), Some(-995.0));
}

#[test]
fn a_series_broken_off_is_its_whole_volumes_and_the_rest() {
    let folder = Folder::with([
        picture(0.0, 0, 1, 0),
        picture(2.0, 0, 2, 1),
        picture(0.0, 1, 3, 10),
        picture(2.0, 1, 4, 11),
        picture(0.0, 2, 5, 20),
    ]);
    let (images, _) = folder.scan();
    let shapes: Vec<_> = images.iter().map(|image| image.shape.clone()).collect();
    assert_eq!(shapes, [vec![4, 3, 2, 2], vec![4, 3, 1]]);
    assert_eq!(stored(&load(&images[0]), 1, 1), Some(11.0));
    assert_eq!(stored(&load(&images[1]), 0, 0), Some(20.0));
    assert!(
        images
            .iter()
            .all(|i| i.notices[0].kind == NoticeKind::MixedSeries)
    );
}

#[test]
fn two_acquisitions_on_different_grids_are_two_images() {
    let acquired = |z: f64, acquisition: i16, value: i16| {
        let mut object = slice(z, value);
        let number = acquisition.to_string();
        object.put(text(tags::ACQUISITION_NUMBER, VR::IS, &number));
        object
    };
    let coarse = [0.0, 6.0].map(|z| acquired(z, 1, 5));
    let fine = [0.0, 2.0, 4.0].map(|z| acquired(z, 2, 6));
    let folder = Folder::with(coarse.into_iter().chain(fine));
    let (images, _) = folder.scan();
    let shapes: Vec<_> = images.iter().map(|image| image.shape.clone()).collect();
    assert_eq!(shapes, [vec![4, 3, 2], vec![4, 3, 3]]);
    assert_eq!(load(&images[1]).grid().spacing()[2], 2.0);
}

#[test]
fn pictures_that_nothing_tells_apart_are_no_time_series() {
    let folder = Folder::with([slice(0.0, 1), slice(2.0, 2), slice(0.0, 3), slice(2.0, 4)]);
    let (images, _) = folder.scan();
    let shapes: Vec<_> = images.iter().map(|image| image.shape.clone()).collect();
    assert_eq!(shapes, [[4, 3, 2], [4, 3, 2]]);
    assert_eq!(stored(&load(&images[1]), 0, 0), Some(3.0));
}

#[test]
fn frames_of_one_file_with_two_echoes_are_two_volumes() {
    let frame = |z: &str, echo: f64| {
        let sequence = |tag, element| {
            let item = InMemDicomObject::from_element_iter([element]);
            DataElement::new(tag, VR::SQ, DataSetSequence::from(vec![item]))
        };
        let position = text(tags::IMAGE_POSITION_PATIENT, VR::DS, &format!("0\\0\\{z}"));
        let echo = DataElement::new(
            tags::EFFECTIVE_ECHO_TIME,
            VR::FD,
            PrimitiveValue::from(echo),
        );
        InMemDicomObject::from_element_iter([
            sequence(tags::PLANE_POSITION_SEQUENCE, position),
            sequence(tags::MR_ECHO_SEQUENCE, echo),
        ])
    };
    let mut object = enhanced();
    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "4"));
    let pixels: Vec<u16> = (0..48).map(|at| at / 12).collect();
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OW,
        PrimitiveValue::U16(pixels.into()),
    ));
    let frames = [("0", 20.0), ("0", 5.0), ("3", 20.0), ("3", 5.0)].map(|(z, t)| frame(z, t));
    object.put(DataElement::new(
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
        VR::SQ,
        DataSetSequence::from(frames.to_vec()),
    ));
    let volume = Folder::with([object]).volume();
    let numbers = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(k, t)| stored(&volume, k, t));
    assert_eq!(numbers, [1.0, 3.0, 0.0, 2.0].map(Some));
}
