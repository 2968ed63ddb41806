//! Numbers of lines: angles, and values along a profile.

use super::{Measurement, MeasurementKind};
use crate::document::{Document, LayerId, shown_factor, shown_unit};
use crate::geometry::WorldPoint;
use crate::volume::{Content, Interpolation, sample};

/// A profile has at most so many places.
const MOST_PLACES: f64 = 2000.0;

/// The angle between the lines of two items in degrees, 0 to 90: lines have no direction.
/// `None` where one is a point.
pub fn angle_deg(a: &Measurement, b: &Measurement) -> Option<f64> {
    let [a, b] = [a, b].map(|item| item.ends[1].0 - item.ends[0].0);
    let both = a.norm() * b.norm();
    (both > 0.0).then(|| (a.dot(&b).abs() / both).min(1.0).acos().to_degrees())
}

/// The values of one component of a layer along a line.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileLine {
    pub layer: LayerId,
    /// The layer's name; with the component, counted from 0, where it has several.
    pub name: String,
    /// Unit of the values as shown.
    pub unit: String,
    /// One for each place; NaN outside the layer.
    pub values: Vec<f64>,
}

/// Values along a line, at places of equal distance.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub ends: [WorldPoint; 2],
    /// Distances from the first end in mm.
    pub places: Vec<f64>,
    pub lines: Vec<ProfileLine>,
}

impl Profile {
    /// The point `mm` from the first end.
    pub fn point(&self, mm: f64) -> WorldPoint {
        let [from, to] = self.ends.map(|end| end.0);
        let along = to - from;
        WorldPoint(from + along * (mm / along.norm().max(f64::MIN_POSITIVE)).clamp(0.0, 1.0))
    }
}

/// The values of every visible layer along a line, twice a voxel of the main image or finer. Between
/// voxels they follow each layer's interpolation, as the value under the cursor does.
pub fn profile(document: &Document, ends: [WorldPoint; 2]) -> Profile {
    let [from, to] = ends.map(|end| end.0);
    let length = (to - from).norm();
    let finest = document.grid().map_or(1.0, |grid| {
        grid.spacing().into_iter().fold(f64::INFINITY, f64::min)
    });
    let steps = (2.0 * length / finest).ceil().clamp(1.0, MOST_PLACES - 1.0);
    let parts: Vec<f64> = (0..=steps as usize).map(|n| n as f64 / steps).collect();
    let visible = document.layers().iter().filter(|l| l.display.visible);
    let mut lines = Vec::new();
    for layer in visible {
        let volume = &layer.volume;
        let mode = if volume.meta().content == Content::Color {
            Interpolation::Nearest
        } else {
            layer.display.interpolation
        };
        let factor = shown_factor(layer);
        for component in super::region::shown_components(layer) {
            let value = |part: &f64| {
                let point = WorldPoint(from + (to - from) * *part);
                let index = volume.grid().world_to_index(point);
                sample(volume, index, layer.display.time, component, mode)
                    .map_or(f64::NAN, |value| value * factor)
            };
            lines.push(ProfileLine {
                layer: layer.id,
                name: super::region::component_name(layer, component),
                unit: shown_unit(layer).to_owned(),
                values: parts.iter().map(value).collect(),
            });
        }
    }
    Profile {
        ends,
        places: parts.iter().map(|part| part * length).collect(),
        lines,
    }
}

impl Document {
    /// The angle in degrees between the ruler `item` and the ruler before it, when both lie in the
    /// same plane.
    pub fn angle_to_previous(&self, item: &Measurement) -> Option<f64> {
        if item.kind != MeasurementKind::Ruler {
            return None;
        }
        let before = self.measurements.iter().take_while(|m| m.id != item.id);
        let previous = before
            .filter(|m| m.kind == MeasurementKind::Ruler && m.plane == item.plane)
            .last()?;
        angle_deg(previous, item)
    }
}
