//! Siemens mosaics: all slices of a volume as tiles of one picture, row by row from the top left.

use super::attributes::texts;
use super::csa;
use super::instance::{Frame, Plane};
use super::layout::Layout;
use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use nalgebra::Vector3;

/// How a picture is tiled.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mosaic {
    /// The whole picture.
    pub picture: Layout,
    /// One tile.
    pub tile: Layout,
    /// Tiles side by side, as many as below each other.
    pub across: usize,
    /// Tiles that hold a slice; the rest is empty.
    pub slices: usize,
    /// Unit vector from slice to slice, LPS; `None` where the header does not tell.
    normal: Option<Vector3<f64>>,
}

impl Mosaic {
    /// `None` for a picture that is no mosaic.
    pub fn of(object: &InMemDicomObject, picture: &Layout) -> Result<Option<Self>, String> {
        if !texts(object, tags::IMAGE_TYPE)
            .iter()
            .any(|part| part == "MOSAIC")
        {
            return Ok(None);
        }
        let header = object
            .private_element(0x0029, "SIEMENS CSA HEADER", 0x10)
            .ok()
            .and_then(|element| element.to_bytes().ok())
            .unwrap_or_default();
        let slices = slice_count(object, &header).ok_or(
            "it is a Siemens mosaic (many slices tiled into one picture) whose header does not say \
             how many slices it has",
        )?;
        let across = (1..=slices).find(|side| side * side >= slices).unwrap_or(1);
        if !picture.rows.is_multiple_of(across) || !picture.columns.is_multiple_of(across) {
            return Err(format!(
                "it is a Siemens mosaic whose {} x {} pixels cannot be {across} x {across} tiles",
                picture.columns, picture.rows
            ));
        }
        Ok(Some(Self {
            tile: Layout {
                rows: picture.rows / across,
                columns: picture.columns / across,
                ..picture.clone()
            },
            picture: picture.clone(),
            across,
            slices,
            normal: <[f64; 3]>::try_from(csa::numbers(&header, "SliceNormalVector"))
                .ok()
                .and_then(|normal| Vector3::from(normal).try_normalize(1e-3)),
        }))
    }

    /// One frame for each tile. The header places the whole picture as if it were one large slice
    /// around the same centre.
    pub fn frames(&self, whole: &Frame, distance: f64) -> Vec<Frame> {
        let [dx, dy] = whole.spacing();
        let beside = (self.picture.columns - self.tile.columns) as f64 / 2.0 * dx;
        let below = (self.picture.rows - self.tile.rows) as f64 / 2.0 * dy;
        (0..self.slices)
            .map(|tile| Frame {
                plane: whole.plane.map(|plane| {
                    let first = plane.position + plane.row * beside + plane.column * below;
                    let step = self.normal.unwrap_or(plane.normal()) * distance;
                    Plane {
                        position: first + step * tile as f64,
                        ..plane
                    }
                }),
                ..whole.clone()
            })
            .collect()
    }

    /// Copies one tile out of the numbers of the picture.
    pub fn cut<T: Copy>(&self, tile: usize, picture: &[T], voxels: &mut [T]) {
        let across = self.tile.columns * self.tile.components();
        let stride = self.picture.columns * self.tile.components();
        let first = tile / self.across * self.tile.rows * stride + tile % self.across * across;
        for (row, target) in voxels.chunks_exact_mut(across).enumerate() {
            let start = first + row * stride;
            if let Some(source) = picture.get(start..start + across) {
                target.copy_from_slice(source);
            }
        }
    }
}

/// NumberOfImagesInMosaic, of its own element or of the CSA header.
fn slice_count(object: &InMemDicomObject, header: &[u8]) -> Option<usize> {
    let element = object
        .private_element(0x0019, "SIEMENS MR HEADER", 0x0A)
        .ok()
        .filter(|element| element.vr() != VR::UN);
    let own = element.and_then(|element| element.to_int::<usize>().ok());
    own.or_else(|| {
        let listed = csa::values(header, "NumberOfImagesInMosaic");
        listed.first()?.parse().ok()
    })
    .filter(|count| (1..=1 << 16).contains(count))
}
