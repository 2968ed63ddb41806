//! A displacement field drawn over the slice views.

use super::look::Drawing;
use super::panes::DEFORMATION;
use crate::app::lines::Lines;
use crate::document::{Document, Layer, Viewport};
use crate::geometry::{Grid, WorldPoint};
use crate::volume::{Content, Interpolation, sample};
use egui::{Pos2, pos2};
use nalgebra::Vector3;

/// Screen points from line to line, and along a line from point to point.
const SPACING: f64 = 16.0;
const STEP: f64 = 5.0;

/// The topmost visible layer that holds displacements: two or three components in LPS mm.
pub fn field_layer(document: &Document) -> Option<&Layer> {
    let is_field = |layer: &&Layer| {
        let volume = &layer.volume;
        layer.display.visible
            && volume.meta().content == Content::Vector
            && matches!(volume.components(), 2 | 3)
    };
    document.layers().iter().rfind(is_field)
}

/// Draws the displacements of `layer` into `pixels`, the RGBA picture of `viewport`, on which `scale`
/// pixels are a point.
pub fn draw(
    layer: &Layer,
    grid: &Grid,
    viewport: &Viewport,
    scale: f64,
    drawing: Drawing,
    pixels: &mut [u8],
) {
    let mut lines = Lines::new(viewport.size.map(|n| n as u32), scale as f32);
    let view = FieldView {
        layer,
        grid,
        viewport,
        scale,
    };
    match drawing {
        Drawing::Grid => view.bent_grid(&mut lines),
        Drawing::Arrows => view.arrows(&mut lines),
    }
    lines.paint(DEFORMATION, pixels);
}

struct FieldView<'a> {
    layer: &'a Layer,
    grid: &'a Grid,
    viewport: &'a Viewport,
    /// Physical pixels a screen point.
    scale: f64,
}

impl FieldView<'_> {
    fn on_screen(&self, point: WorldPoint) -> Pos2 {
        let [x, y] = self
            .viewport
            .index_to_pixel(self.grid, self.grid.world_to_index(point));
        pos2((x / self.scale) as f32, (y / self.scale) as f32)
    }

    /// Where a place of the view is in the patient, and where its displacement leads.
    fn moved(&self, at: Pos2) -> Option<Pos2> {
        let pixel = [at.x, at.y].map(|points| f64::from(points) * self.scale);
        let point = self
            .grid
            .index_to_world(self.viewport.pixel_to_index(self.grid, pixel));
        let volume = &self.layer.volume;
        let index = volume.grid().world_to_index(point);
        let along = |component| sample(volume, index, 0, component, Interpolation::Linear);
        // Of a picture there is no third.
        let [x, y, z] = [along(0)?, along(1)?, along(2).unwrap_or(0.0)];
        // The field is in LPS mm, the world in RAS mm.
        let moved = point.0 + Vector3::new(-x, -y, z);
        moved
            .iter()
            .all(|v| v.is_finite())
            .then(|| self.on_screen(WorldPoint(moved)))
    }

    /// Places `step` points apart that stay with the image while it is panned.
    fn places(&self, horizontal: bool, step: f64) -> impl Iterator<Item = f32> + use<> {
        let [u, v] = self.viewport.plane_to_pixel([0.0, 0.0]);
        let [width, height] = self.viewport.size;
        let (zero, length) = if horizontal { (u, width) } else { (v, height) };
        let first = (zero / self.scale).rem_euclid(step);
        let count = ((length / self.scale - first) / step).floor().max(0.0) as usize;
        (0..=count).map(move |n| (first + n as f64 * step) as f32)
    }

    fn bent_grid(&self, lines: &mut Lines) {
        for y in self.places(false, SPACING) {
            let line = self.places(true, STEP).map(|x| pos2(x, y));
            self.bent_line(lines, line);
        }
        for x in self.places(true, SPACING) {
            let line = self.places(false, STEP).map(|y| pos2(x, y));
            self.bent_line(lines, line);
        }
    }

    /// A line, interrupted where the field is not defined.
    fn bent_line(&self, lines: &mut Lines, places: impl Iterator<Item = Pos2>) {
        let mut run = Vec::new();
        for place in places {
            match self.moved(place) {
                Some(point) => run.push(point),
                None => {
                    lines.line(&run);
                    run.clear();
                }
            }
        }
        lines.line(&run);
    }

    fn arrows(&self, lines: &mut Lines) {
        for y in self.places(false, SPACING) {
            for x in self.places(true, SPACING) {
                let from = pos2(x, y);
                if let Some(to) = self.moved(from) {
                    lines.arrow(from, to);
                }
            }
        }
    }
}
