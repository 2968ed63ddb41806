//! A displacement field drawn over the slice views.

use super::look::Drawing;
use super::mesh::{arrow, soft_line};
use super::panes::DEFORMATION;
use crate::document::{Document, Layer, LayerId, Viewport};
use crate::geometry::{Grid, WorldPoint};
use crate::volume::{Content, Interpolation, sample};
use egui::{Mesh, Pos2, Rect, pos2};
use nalgebra::Vector3;
use std::sync::Arc;

/// Screen points from line to line, and along a line from point to point.
const SPACING: f64 = 16.0;
const STEP: f64 = 5.0;

/// All that the drawing in one view depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    viewport: Viewport,
    rect: Rect,
    layer: LayerId,
    drawing: Drawing,
}

/// The drawings of the three views, made anew only when what they show changes.
#[derive(Default)]
pub struct FieldDrawings {
    kept: [Option<(Key, Arc<Mesh>)>; 3],
}

/// The topmost visible layer that holds displacements: three components in LPS mm.
pub fn field_layer(document: &Document) -> Option<&Layer> {
    let is_field = |layer: &&Layer| {
        let volume = &layer.volume;
        layer.display.visible
            && volume.meta().content == Content::Vector
            && volume.components() == 3
    };
    document.layers().iter().rfind(is_field)
}

impl FieldDrawings {
    /// The field as it shows in `viewport`, which fills `rect`.
    pub fn of(
        &mut self,
        document: &Document,
        viewport: &Viewport,
        rect: Rect,
        drawing: Drawing,
    ) -> Option<Arc<Mesh>> {
        let (layer, grid) = (field_layer(document)?, document.grid()?);
        let key = Key {
            viewport: *viewport,
            rect,
            layer: layer.id,
            drawing,
        };
        let kept = &mut self.kept[viewport.plane.index()];
        if let Some((made_for, mesh)) = kept
            && *made_for == key
        {
            return Some(Arc::clone(mesh));
        }
        let view = FieldView {
            layer,
            grid,
            viewport,
            rect,
        };
        let mesh = Arc::new(match drawing {
            Drawing::Grid => view.bent_grid(),
            Drawing::Arrows => view.arrows(),
        });
        *kept = Some((key, Arc::clone(&mesh)));
        Some(mesh)
    }
}

struct FieldView<'a> {
    layer: &'a Layer,
    grid: &'a Grid,
    viewport: &'a Viewport,
    rect: Rect,
}

impl FieldView<'_> {
    /// Physical pixels a screen point.
    fn scale(&self) -> f64 {
        self.viewport.size[0] / f64::from(self.rect.width().max(1.0))
    }

    fn on_screen(&self, point: WorldPoint) -> Pos2 {
        let [x, y] = self
            .viewport
            .index_to_pixel(self.grid, self.grid.world_to_index(point));
        let scale = self.scale();
        self.rect.min + egui::vec2((x / scale) as f32, (y / scale) as f32)
    }

    /// Where a place of the view is in the patient, and where its displacement leads.
    fn moved(&self, at: Pos2) -> Option<Pos2> {
        let scale = self.scale();
        let from = at - self.rect.min;
        let pixel = [f64::from(from.x) * scale, f64::from(from.y) * scale];
        let point = self
            .grid
            .index_to_world(self.viewport.pixel_to_index(self.grid, pixel));
        let volume = &self.layer.volume;
        let index = volume.grid().world_to_index(point);
        let along = |component| sample(volume, index, 0, component, Interpolation::Linear);
        let [x, y, z] = [along(0)?, along(1)?, along(2)?];
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
        let (zero, from, to) = if horizontal {
            (u, self.rect.left(), self.rect.right())
        } else {
            (v, self.rect.top(), self.rect.bottom())
        };
        let first = f64::from(from) + (zero / self.scale()).rem_euclid(step);
        let count = ((f64::from(to) - first) / step).floor().max(0.0) as usize;
        (0..=count).map(move |n| (first + n as f64 * step) as f32)
    }

    fn bent_grid(&self) -> Mesh {
        let mut mesh = Mesh::default();
        for y in self.places(false, SPACING) {
            let line = self.places(true, STEP).map(|x| pos2(x, y));
            self.bent_line(&mut mesh, line);
        }
        for x in self.places(true, SPACING) {
            let line = self.places(false, STEP).map(|y| pos2(x, y));
            self.bent_line(&mut mesh, line);
        }
        mesh
    }

    /// A line, interrupted where the field is not defined.
    fn bent_line(&self, mesh: &mut Mesh, places: impl Iterator<Item = Pos2>) {
        let mut run = Vec::new();
        for place in places {
            match self.moved(place) {
                Some(point) => run.push(point),
                None => {
                    soft_line(mesh, &run, DEFORMATION);
                    run.clear();
                }
            }
        }
        soft_line(mesh, &run, DEFORMATION);
    }

    fn arrows(&self) -> Mesh {
        let mut mesh = Mesh::default();
        for y in self.places(false, SPACING) {
            for x in self.places(true, SPACING) {
                let from = pos2(x, y);
                if let Some(to) = self.moved(from) {
                    arrow(&mut mesh, from, to, DEFORMATION);
                }
            }
        }
        mesh
    }
}
