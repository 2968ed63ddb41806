//! What matters of one DICOM file for stacking it with others: which series, which frames, where each
//! lies, how its pixels are stored.

use super::attributes::{float, floats, integer, items, text, texts, vector};
use super::layout::Layout;
use super::mosaic::Mosaic;
use super::series::parallel;
use super::source::{Header, PixelKind, Pixels};
use super::time_point::TimePoint;
use crate::volume::Linear;
use dicom_dictionary_std::tags;
use dicom_object::{InMemDicomObject, Tag};
use nalgebra::Vector3;
use std::path::{Path, PathBuf};

/// One file.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub path: PathBuf,
    pub series_uid: Option<String>,
    pub description: String,
    pub modality: String,
    pub series_number: Option<i64>,
    pub transfer_syntax: String,
    pub pixels: Pixels,
    /// Of one frame.
    pub layout: Layout,
    /// How the one picture of the file is tiled into frames, if it is.
    pub mosaic: Option<Mosaic>,
    pub role: Role,
    /// In file order; one for a classic image. Of a file with frames in several orientations, those of
    /// one.
    pub frames: Vec<Frame>,
    /// How many frames the file stores.
    pub stored_frames: usize,
    /// Which of the orientations of a file that has several.
    pub part: Option<usize>,
    /// Distance between slices (or their thickness) as the header has it: used only where positions
    /// do not tell.
    pub slice_distance: Option<f64>,
}

impl Frame {
    /// [`Self::pixel_spacing`], 1 mm where the header does not tell.
    pub fn spacing(&self) -> [f64; 2] {
        self.pixel_spacing.unwrap_or([1.0; 2])
    }
}

/// What kind of picture a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Slice,
    /// A scout that shows where slices lie.
    Localizer,
}

/// One picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    /// Its place in the file, 0-based.
    pub number: usize,
    /// `None` when the header does not place it in the patient.
    pub plane: Option<Plane>,
    /// Millimetres between columns (along i) and between rows (along j), where the header tells.
    pub pixel_spacing: Option<[f64; 2]>,
    pub rescale: Linear,
    /// What tells it from other pictures of the same place.
    pub time_point: TimePoint,
}

/// Where a picture lies, LPS mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plane {
    /// Centre of the first pixel.
    pub position: Vector3<f64>,
    /// Unit vector along a row (i grows).
    pub row: Vector3<f64>,
    /// Unit vector down a column (j grows), at right angles to `row`.
    pub column: Vector3<f64>,
}

impl Plane {
    pub fn normal(&self) -> Vector3<f64> {
        self.row.cross(&self.column)
    }
}

impl Instance {
    /// The error is the reason why the file holds no picture that can be read.
    pub fn of(path: &Path, header: &Header) -> Result<Self, String> {
        let object = &header.object;
        let modality = text(object, tags::MODALITY).unwrap_or_default();
        let kind = match header.pixels {
            Pixels::None => return Err(without_pixels(object, &modality)),
            Pixels::Native(native) => native.kind,
            Pixels::Encapsulated => PixelKind::Integer,
        };
        let layout = Layout::of(object, kind)?;
        let count = frame_count(object, &layout, header)?;
        let mut frames = frames(object, count);
        if layout.is_color() {
            frames
                .iter_mut()
                .for_each(|frame| frame.rescale = Linear::IDENTITY);
        }
        let distance = slice_distance(object);
        let mosaic = Mosaic::of(object, &layout)?;
        let stored_frames = frames.len();
        if let (Some(mosaic), [whole]) = (&mosaic, &frames[..]) {
            frames = mosaic.frames(whole, distance.unwrap_or(1.0));
        }
        for (number, frame) in frames.iter_mut().enumerate() {
            frame.number = number;
        }
        Ok(Self {
            path: path.to_owned(),
            series_uid: text(object, tags::SERIES_INSTANCE_UID),
            description: text(object, tags::SERIES_DESCRIPTION).unwrap_or_default(),
            modality,
            series_number: integer(object, tags::SERIES_NUMBER),
            transfer_syntax: header.transfer_syntax.clone(),
            pixels: header.pixels,
            layout: mosaic.as_ref().map_or(layout, |mosaic| mosaic.tile.clone()),
            mosaic,
            role: role(object),
            frames,
            stored_frames,
            part: None,
            slice_distance: distance,
        })
    }

    /// Whether the file stores several pictures.
    pub fn is_multi_frame(&self) -> bool {
        self.mosaic.is_none() && self.stored_frames > 1
    }

    /// The frames that lie in parallel planes together, as instances of their own: one for each
    /// orientation of a localiser in one file, itself where all are parallel.
    pub fn parts(self) -> Vec<Self> {
        let mut groups: Vec<Vec<Frame>> = Vec::new();
        for frame in &self.frames {
            let mut homes = groups.iter_mut();
            let home = homes.find(|group| group.first().is_some_and(|it| parallel(it, frame)));
            match home {
                Some(group) => group.push(frame.clone()),
                None => groups.push(vec![frame.clone()]),
            }
        }
        if groups.len() < 2 {
            return vec![self];
        }
        let part = |(part, frames)| Self {
            frames,
            part: Some(part),
            ..self.clone()
        };
        groups.into_iter().enumerate().map(part).collect()
    }

    /// The pictures as the file stores them, and how many there are.
    pub fn stored(&self) -> (&Layout, usize) {
        match &self.mosaic {
            Some(mosaic) => (&mosaic.picture, 1),
            None => (&self.layout, self.stored_frames),
        }
    }
}

fn without_pixels(object: &InMemDicomObject, modality: &str) -> String {
    match modality {
        "" if object.get(tags::DIRECTORY_RECORD_SEQUENCE).is_some() => {
            "it is a DICOM directory, not an image".to_owned()
        }
        "" => "it is a DICOM file without pixels".to_owned(),
        modality => format!("it is a DICOM file without pixels ({modality})"),
    }
}

fn role(object: &InMemDicomObject) -> Role {
    let image_type = texts(object, tags::IMAGE_TYPE);
    let says = |word: &str| image_type.iter().any(|part| part == word);
    if says("LOCALIZER") {
        Role::Localizer
    } else {
        Role::Slice
    }
}

/// NumberOfFrames, if the file can hold so many.
fn frame_count(
    object: &InMemDicomObject,
    layout: &Layout,
    header: &Header,
) -> Result<usize, String> {
    let count = integer(object, tags::NUMBER_OF_FRAMES).unwrap_or(1).max(1);
    let most = match header.pixels {
        // Single-bit frames share bytes.
        Pixels::Native(native) => native.length.saturating_mul(8) / layout.frame_bits(),
        // Each frame has a fragment with a header of its own.
        _ => header.file_length / 8,
    };
    match usize::try_from(count) {
        // A single frame that ends early is told when it is loaded.
        Ok(count) if count as u64 <= most.max(1) => Ok(count),
        _ => Err(format!(
            "its header claims {count} frames, more than the file can hold"
        )),
    }
}

/// The frames of a file, each placed by the functional groups (enhanced images), by
/// GridFrameOffsetVector (dose), or by the distance between slices.
fn frames(object: &InMemDicomObject, count: usize) -> Vec<Frame> {
    let shared = items(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let each = items(object, tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    if shared.is_none() && each.is_empty() {
        return plain_frames(object, count);
    }
    (0..count)
        .map(|index| {
            let groups: Vec<&InMemDicomObject> =
                each.get(index).into_iter().chain(shared).collect();
            let group = |sequence: Tag| {
                groups
                    .iter()
                    .find_map(|functional| items(functional, sequence).first())
                    .unwrap_or(object)
            };
            Frame {
                number: index,
                plane: plane(
                    group(tags::PLANE_POSITION_SEQUENCE),
                    group(tags::PLANE_ORIENTATION_SEQUENCE),
                ),
                pixel_spacing: pixel_spacing(group(tags::PIXEL_MEASURES_SEQUENCE)),
                rescale: rescale(group(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE)),
                time_point: TimePoint::of(object, &groups),
            }
        })
        .collect()
}

fn plain_frames(object: &InMemDicomObject, count: usize) -> Vec<Frame> {
    let first = Frame {
        number: 0,
        plane: plane(object, object),
        pixel_spacing: pixel_spacing(object),
        rescale: rescale(object),
        time_point: TimePoint::of(object, &[]),
    };
    if count == 1 {
        return vec![first];
    }
    let offsets = floats(object, tags::GRID_FRAME_OFFSET_VECTOR);
    let distance = slice_distance(object).unwrap_or(1.0);
    let offset = |index: usize| match (offsets.get(index), offsets.first()) {
        (Some(offset), Some(start)) if offsets.len() == count => offset - start,
        _ => index as f64 * distance,
    };
    (0..count)
        .map(|index| Frame {
            number: index,
            plane: first.plane.map(|plane| Plane {
                position: plane.position + plane.normal() * offset(index),
                ..plane
            }),
            ..first.clone()
        })
        .collect()
}

/// `None` unless both position and a usable orientation are there.
fn plane(position: &InMemDicomObject, orientation: &InMemDicomObject) -> Option<Plane> {
    let position = vector::<3>(position, tags::IMAGE_POSITION_PATIENT)?;
    let [a, b, c, d, e, f] = vector::<6>(orientation, tags::IMAGE_ORIENTATION_PATIENT)?;
    let row = Vector3::new(a, b, c).try_normalize(1e-3)?;
    let column = Vector3::new(d, e, f).try_normalize(1e-3)?;
    // Rounded cosines are not quite at right angles; far off they mean nothing.
    if row.dot(&column).abs() > 0.05 {
        return None;
    }
    Some(Plane {
        position: Vector3::from(position),
        row,
        column: (column - row * row.dot(&column)).normalize(),
    })
}

/// `[along i, along j]` in mm. The file has rows first.
fn pixel_spacing(object: &InMemDicomObject) -> Option<[f64; 2]> {
    [
        tags::PIXEL_SPACING,
        tags::IMAGER_PIXEL_SPACING,
        tags::NOMINAL_SCANNED_PIXEL_SPACING,
    ]
    .into_iter()
    .filter_map(|tag| vector::<2>(object, tag))
    .find(|[rows, columns]| *rows > 0.0 && *columns > 0.0)
    .map(|[rows, columns]| [columns, rows])
}

fn rescale(object: &InMemDicomObject) -> Linear {
    Linear {
        slope: float(object, tags::RESCALE_SLOPE)
            .filter(|slope| *slope != 0.0)
            .unwrap_or(1.0),
        intercept: float(object, tags::RESCALE_INTERCEPT).unwrap_or(0.0),
    }
}

fn slice_distance(object: &InMemDicomObject) -> Option<f64> {
    let shared = items(object, tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE)
        .first()
        .and_then(|groups| items(groups, tags::PIXEL_MEASURES_SEQUENCE).first());
    [Some(object), shared]
        .into_iter()
        .flatten()
        .flat_map(|place| {
            [tags::SPACING_BETWEEN_SLICES, tags::SLICE_THICKNESS].map(|tag| float(place, tag))
        })
        .flatten()
        .map(f64::abs)
        .find(|distance| *distance > 0.0)
}

/// Whether the header holds a modality look-up table, which is not applied.
pub(super) fn has_modality_table(object: &InMemDicomObject) -> bool {
    !items(object, tags::MODALITY_LUT_SEQUENCE).is_empty()
}

/// Whether the pixels went through a lossy codec once.
pub(super) fn was_lossy(object: &InMemDicomObject) -> bool {
    text(object, tags::LOSSY_IMAGE_COMPRESSION).as_deref() == Some("01")
}
