//! Label images and landmarks in a workspace.

use crate::document::{LabelDisplay, LabelTable, LandmarkPair};
use crate::geometry::WorldPoint;
use crate::io::LabelEntry;
use serde::{Deserialize, Serialize};

/// Farther from the scanner's middle, in mm, is no patient.
const FARTHEST: f64 = 1e6;

/// How a label image is painted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SceneLabels {
    pub outlines: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_width: Option<usize>,
    /// Those that are not here have their usual names and colours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub table: Vec<SceneLabel>,
}

/// The name and look of one label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneLabel {
    pub label: i32,
    pub name: String,
    /// Red, green and blue.
    pub color: [u8; 3],
    /// 0 to 1.
    pub opacity: f32,
    pub visible: bool,
    pub visible_in_3d: bool,
}

impl SceneLabels {
    pub fn of(labels: &LabelDisplay) -> Self {
        let entries = labels.table.entries().iter();
        Self {
            outlines: labels.outlines,
            line_width: Some(labels.line_width),
            table: entries
                .map(|(label, entry)| SceneLabel {
                    label: *label,
                    name: entry.name.clone(),
                    color: entry.color,
                    opacity: entry.opacity,
                    visible: entry.visible,
                    visible_in_3d: entry.mesh_visible,
                })
                .collect(),
        }
    }

    pub fn display(&self) -> LabelDisplay {
        let entries = self.table.iter().map(|label| {
            let opacity = match label.opacity.is_finite() {
                true => label.opacity.clamp(0.0, 1.0),
                false => 1.0,
            };
            let entry = LabelEntry {
                name: label.name.clone(),
                color: label.color,
                opacity,
                visible: label.visible,
                mesh_visible: label.visible_in_3d,
            };
            (label.label, entry)
        });
        let usual = LabelDisplay::default();
        let width = self.line_width.unwrap_or(usual.line_width);
        LabelDisplay {
            table: LabelTable::new(entries.collect()),
            outlines: self.outlines,
            line_width: width.clamp(1, LabelDisplay::WIDEST),
        }
    }
}

/// One place in two images.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SceneLandmark {
    /// Empty means a new one, as "Landmark 2".
    #[serde(default)]
    pub name: String,
    pub fixed_ras_mm: [f64; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moving_ras_mm: Option<[f64; 3]>,
}

impl SceneLandmark {
    pub fn of(pair: &LandmarkPair) -> Self {
        let ras = |WorldPoint(point): WorldPoint| point.coords.into();
        Self {
            name: pair.name.clone(),
            fixed_ras_mm: ras(pair.fixed),
            moving_ras_mm: pair.moving.map(ras),
        }
    }

    /// The pair; `None` where a point is nowhere.
    pub fn pair(&self) -> Option<LandmarkPair> {
        let moving = self.moving_ras_mm;
        let is_somewhere = |mm: &f64| mm.abs() <= FARTHEST;
        let mut all = self.fixed_ras_mm.iter().chain(moving.iter().flatten());
        all.all(is_somewhere).then(|| {
            let point = |ras: [f64; 3]| WorldPoint(ras.into());
            let name = self.name.trim();
            LandmarkPair::new(name, point(self.fixed_ras_mm), moving.map(point))
        })
    }
}
