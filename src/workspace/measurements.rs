//! Rulers, regions and profiles in a workspace.

use crate::document::{Measurement, MeasurementKind, Plane};
use crate::geometry::WorldPoint;
use serde::{Deserialize, Serialize};

/// Further from the scanner's middle, in mm, is no patient.
const FARTHEST: f64 = 1e6;

/// One item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneMeasurement {
    /// "ruler", "rectangle", "ellipse" or "profile".
    pub kind: String,
    /// Empty means a new one, as "Ruler 2".
    #[serde(default)]
    pub name: String,
    /// "axial", "sagittal" or "coronal".
    pub plane: String,
    /// The ends of a line, or two opposite corners of a region.
    pub ends_ras_mm: [[f64; 3]; 2],
}

impl SceneMeasurement {
    pub fn of(item: &Measurement) -> Self {
        Self {
            kind: item.kind.word(),
            name: item.name.clone(),
            plane: item.plane.name().to_owned(),
            ends_ras_mm: item.ends.map(|end| end.0.coords.into()),
        }
    }

    /// The item; `None` where a word means nothing or a point is nowhere.
    pub fn item(&self) -> Option<Measurement> {
        let mut kinds = MeasurementKind::ALL.into_iter();
        let kind = kinds.find(|kind| kind.word() == self.kind)?;
        let mut planes = Plane::ALL.into_iter();
        let plane = planes.find(|plane| plane.name() == self.plane)?;
        let is_somewhere = |mm: &f64| mm.abs() <= FARTHEST;
        if !self.ends_ras_mm.iter().flatten().all(is_somewhere) {
            return None;
        }
        let ends = self.ends_ras_mm.map(|ras| WorldPoint(ras.into()));
        Some(Measurement {
            name: self.name.trim().to_owned(),
            ..Measurement::draft(kind, plane, ends)
        })
    }
}
