//! What the user measures: rulers, regions and profiles, and the numbers read off them.
//!
//! An item is two world points (RAS mm) on a slice of the main image. All numbers are of the values
//! in the files after rescale, never of screen pixels.

mod edit;
mod line;
mod region;
mod table;

pub use edit::MeasureEdit;
pub use line::{Profile, ProfileLine, angle_deg, profile};
pub use region::{LayerNumbers, RegionNumbers, region_numbers, region_voxels};
pub use table::{measurements_text, profile_text};

use super::{Document, Plane, PlaneAxes};
use crate::geometry::{Grid, IndexPoint, WorldPoint};

/// Names an item for as long as the program runs; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MeasurementId(pub(super) u64);

impl MeasurementId {
    /// Of an item that is not in the document yet.
    pub const NEW: Self = Self(0);
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MeasurementKind {
    /// The distance between two points.
    Ruler,
    /// Values inside a rectangle along the voxel axes.
    Rectangle,
    /// Values inside the ellipse that fits into that rectangle.
    Ellipse,
    /// Values along a line.
    Profile,
}

impl MeasurementKind {
    pub const ALL: [Self; 4] = [Self::Ruler, Self::Rectangle, Self::Ellipse, Self::Profile];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ruler => "Ruler",
            Self::Rectangle => "Rectangle",
            Self::Ellipse => "Ellipse",
            Self::Profile => "Profile",
        }
    }

    /// The name within a sentence.
    pub fn word(self) -> String {
        self.name().to_lowercase()
    }

    /// Rectangle or ellipse.
    pub fn is_region(self) -> bool {
        matches!(self, Self::Rectangle | Self::Ellipse)
    }
}

/// One item on a slice.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    pub id: MeasurementId,
    pub kind: MeasurementKind,
    /// "Ruler 2".
    pub name: String,
    /// The view it was drawn in; regions lie along this plane's axes of the main image.
    pub plane: Plane,
    /// The ends of a line, or two opposite corners of a region, in RAS mm.
    pub ends: [WorldPoint; 2],
}

impl Measurement {
    /// An item that is being drawn: without a name, and not in the document.
    pub fn draft(kind: MeasurementKind, plane: Plane, ends: [WorldPoint; 2]) -> Self {
        Self {
            id: MeasurementId::NEW,
            kind,
            name: String::new(),
            plane,
            ends,
        }
    }

    /// Distance between the ends in mm.
    pub fn length_mm(&self) -> f64 {
        (self.ends[1].0 - self.ends[0].0).norm()
    }

    /// Where it lies along the plane's normal, in voxels of `main`; whole numbers are slices.
    pub fn slice(&self, main: &Grid) -> f64 {
        let normal = PlaneAxes::of(self.plane, main).normal;
        let [a, b] = self.ends.map(|end| main.world_to_index(end).0[normal]);
        (a + b) / 2.0
    }

    /// Where it can be grabbed: the ends of a line, the four corners of a region in turn.
    pub fn handles(&self, main: &Grid) -> Vec<WorldPoint> {
        if !self.kind.is_region() {
            return self.ends.to_vec();
        }
        let axes = PlaneAxes::of(self.plane, main);
        let [a, b] = self.ends.map(|end| main.world_to_index(end).0);
        let corner = |right: f64, down: f64| {
            let mut index = a;
            index[axes.right] = right;
            index[axes.down] = down;
            main.index_to_world(IndexPoint(index))
        };
        let (right, down) = (axes.right, axes.down);
        vec![
            corner(a[right], a[down]),
            corner(b[right], a[down]),
            corner(b[right], b[down]),
            corner(a[right], b[down]),
        ]
    }

    /// The ends once handle number `handle` was taken to `to`; what lies opposite stays.
    pub fn ends_with_handle(&self, main: &Grid, handle: usize, to: WorldPoint) -> [WorldPoint; 2] {
        let handles = self.handles(main);
        let opposite = (handle + handles.len() / 2) % handles.len();
        match (self.kind.is_region(), handle) {
            (true, _) => [handles[opposite], to],
            (false, 0) => [to, self.ends[1]],
            (false, _) => [self.ends[0], to],
        }
    }
}

impl Document {
    /// All items, oldest first.
    pub fn measurements(&self) -> &[Measurement] {
        &self.measurements
    }

    pub fn measurement(&self, id: MeasurementId) -> Option<&Measurement> {
        self.measurements.iter().find(|item| item.id == id)
    }
}
