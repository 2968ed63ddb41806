//! DICOM files made here (this module makes them), and the shared ones.

mod choices;
mod damaged;
mod expected;
mod mosaics;
mod series_4d;
mod stacks;
mod written;

use dicom_core::value::{DataSetSequence, PixelFragmentSequence, PrimitiveValue};
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use std::path::{Path, PathBuf};
use warpscope::io::{FoundImage, IoError, Report, Skipped, dicom};
use warpscope::volume::Volume;

/// An axial 4 x 3 slice of 16-bit numbers at height `z`, with `value` in every pixel.
fn slice(z: f64, value: i16) -> InMemDicomObject {
    let pixels = vec![value as u16; 12];
    InMemDicomObject::from_element_iter([
        text(tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
        text(
            tags::SOP_INSTANCE_UID,
            VR::UI,
            &format!("1.2.3.{z}.{value}"),
        ),
        text(tags::MODALITY, VR::CS, "CT"),
        text(tags::SERIES_DESCRIPTION, VR::LO, "Made here"),
        text(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.3"),
        text(tags::SERIES_NUMBER, VR::IS, "7"),
        text(tags::PIXEL_SPACING, VR::DS, "0.5\\0.25"),
        text(tags::SLICE_THICKNESS, VR::DS, "9"),
        text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0"),
        text(
            tags::IMAGE_POSITION_PATIENT,
            VR::DS,
            &format!("10\\20\\{z}"),
        ),
        text(tags::RESCALE_SLOPE, VR::DS, "2"),
        text(tags::RESCALE_INTERCEPT, VR::DS, "-1000"),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        number(tags::SAMPLES_PER_PIXEL, 1),
        number(tags::ROWS, 3),
        number(tags::COLUMNS, 4),
        number(tags::BITS_ALLOCATED, 16),
        number(tags::BITS_STORED, 16),
        number(tags::HIGH_BIT, 15),
        number(tags::PIXEL_REPRESENTATION, 1),
        DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())),
    ])
}

fn text(tag: dicom_core::Tag, vr: VR, value: &str) -> dicom_object::mem::InMemElement {
    DataElement::new(tag, vr, value)
}

fn number(tag: dicom_core::Tag, value: u16) -> dicom_object::mem::InMemElement {
    DataElement::new(tag, VR::US, PrimitiveValue::from(value))
}

/// Writes an axial CT series of `(nx, ny, nz)` voxels of 1 mm into a new folder; the values are twice the
/// numbers minus 1000.
pub fn write_series(folder: &Path, [nx, ny, nz]: [u16; 3], stored: impl Fn([u16; 3]) -> u16) {
    std::fs::create_dir(folder).expect("a folder");
    for k in 0..nz {
        let places = (0..ny).flat_map(|j| (0..nx).map(move |i| [i, j, k]));
        let pixels: Vec<u16> = places.map(&stored).collect();
        let mut object = slice(f64::from(k), 0);
        object.put(text(tags::SOP_INSTANCE_UID, VR::UI, &format!("1.2.4.{k}")));
        object.put(text(tags::PIXEL_SPACING, VR::DS, "1\\1"));
        object.put(number(tags::ROWS, ny));
        object.put(number(tags::COLUMNS, nx));
        let pixels = PrimitiveValue::U16(pixels.into());
        object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, pixels));
        std::fs::write(folder.join(format!("{k:03}")), bytes_of(object)).expect("written");
    }
}

/// The file of a data set, in explicit VR little endian.
fn bytes_of(object: InMemDicomObject) -> Vec<u8> {
    let file = object
        .with_meta(FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN))
        .expect("a file meta group");
    let mut bytes = Vec::new();
    file.write_all(&mut bytes).expect("bytes");
    bytes
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn with(objects: impl IntoIterator<Item = InMemDicomObject>) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder"));
        for (at, object) in objects.into_iter().enumerate() {
            folder.add(&format!("{at:03}"), &bytes_of(object));
        }
        folder
    }

    fn add(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.0.path().join(name), bytes).expect("a file");
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.0.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        files
    }

    fn scan(&self) -> (Vec<FoundImage>, Vec<Skipped>) {
        dicom::scan(&self.files(), &Report::silent()).expect("a scan")
    }

    /// The only image of the folder.
    fn image(&self) -> FoundImage {
        let (mut images, skipped) = self.scan();
        assert_eq!(images.len(), 1, "{images:?} {skipped:?}");
        images.remove(0)
    }

    fn load(&self) -> Result<Volume, IoError> {
        dicom::load(&self.image(), &Report::silent())
    }

    fn volume(&self) -> Volume {
        self.load().expect("a volume")
    }
}

/// A multi-frame file with functional groups, a sequence inside a sequence, and odd values.
fn enhanced() -> InMemDicomObject {
    let mut object = slice(0.0, 1);
    object.put(text(tags::NUMBER_OF_FRAMES, VR::IS, "2"));
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OW,
        PrimitiveValue::U16(vec![5; 24].into()),
    ));
    let place = |z: &str| {
        let position = InMemDicomObject::from_element_iter([text(
            tags::IMAGE_POSITION_PATIENT,
            VR::DS,
            &format!("0\\0\\{z}"),
        )]);
        InMemDicomObject::from_element_iter([DataElement::new(
            tags::PLANE_POSITION_SEQUENCE,
            VR::SQ,
            DataSetSequence::from(vec![position]),
        )])
    };
    object.put(DataElement::new(
        tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE,
        VR::SQ,
        DataSetSequence::from(vec![place("3"), place("0")]),
    ));
    object
}

/// The file of a slice whose one frame is compressed.
fn compressed(transfer_syntax: &str, frame: Vec<u8>) -> Vec<u8> {
    let mut object = slice(0.0, 1);
    object.put(DataElement::new(
        tags::PIXEL_DATA,
        VR::OB,
        PixelFragmentSequence::new_fragments(vec![frame]),
    ));
    let meta = FileMetaTableBuilder::new().transfer_syntax(transfer_syntax);
    let mut bytes = Vec::new();
    let file = object.with_meta(meta).expect("a file meta group");
    file.write_all(&mut bytes).expect("bytes");
    bytes
}

/// The pixels 0 to 11.
fn jpeg_ls() -> Vec<u8> {
    let numbers: Vec<u16> = (0..12).collect();
    let mut frame = Vec::new();
    jpegls::encode(&numbers, 4, 3, &mut frame).expect("JPEG-LS");
    frame.resize(frame.len().next_multiple_of(2), 0);
    compressed(uids::JPEGLS_LOSSLESS, frame)
}

/// The pixels 256 to 267.
fn rle() -> Vec<u8> {
    let mut frame: Vec<u8> = [2u32, 64, 66]
        .iter()
        .flat_map(|n| n.to_le_bytes())
        .collect();
    frame.resize(64, 0);
    frame.extend([245, 1, 11]);
    frame.extend(0..12);
    compressed(uids::RLE_LOSSLESS, frame)
}
