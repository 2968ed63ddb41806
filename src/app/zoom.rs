//! Zoom and pan of the views: none of it is an edit of the document's layers.

use super::App;
use crate::document::{Plane, PlaneAxes, PlaneView, Viewport};
use crate::geometry::{Grid, IndexPoint};

impl App {
    /// Sets one view; while zooms are linked, the others take its zoom too.
    pub(super) fn set_view(&mut self, plane: Plane, view: PlaneView) {
        let linked = self.document.view.linked;
        for (index, other) in self.document.view.planes.iter_mut().enumerate() {
            if index == plane.index() {
                *other = view;
            } else if linked {
                other.zoom = view.zoom;
            }
        }
    }

    pub(super) fn fit(&mut self) {
        if self.demons.open {
            self.demons.zoom = Default::default();
            return;
        }
        self.document.view.planes = [PlaneView::default(); 3];
    }

    /// `pixels` physical pixels for the smallest voxel side of the main image.
    pub(super) fn voxel_zoom(&mut self, pixels: f64) {
        if let Some(grid) = self.document.grid() {
            let smallest = grid.spacing().into_iter().fold(f64::INFINITY, f64::min);
            self.zoom_all(|_| pixels / smallest);
        }
    }

    /// Enlarges all views by `factor` about the cursor, stopping at the fitting zoom on the way.
    pub(super) fn zoom_by(&mut self, factor: f64) {
        if self.demons.open {
            self.demons.zoom.enlarge(factor as f32);
            return;
        }
        let Some(grid) = self.document.grid().copied() else {
            return;
        };
        let hovered = self.viewport(self.hovered);
        let linked = hovered.filter(|_| self.document.view.linked);
        self.zoom_all(|viewport| {
            let viewport = linked.as_ref().unwrap_or(viewport);
            let fit = viewport.fit;
            let zoom = viewport.zoom * factor;
            let crosses = (viewport.zoom - fit) * (zoom - fit) < -1e-12 * fit * fit;
            viewport.limit_zoom(&grid, if crosses { fit } else { zoom })
        });
    }

    /// Gives each view the zoom `wanted` says, with the cursor staying where it is.
    fn zoom_all(&mut self, wanted: impl Fn(&Viewport) -> f64) {
        let Some((grid, voxel)) = self.grid_and_cursor() else {
            return;
        };
        let viewports: Vec<Viewport> = Plane::ALL
            .iter()
            .filter_map(|&p| self.viewport(p))
            .collect();
        for viewport in viewports {
            let zoom = wanted(&viewport);
            let cursor = viewport.axes.index_to_plane(&grid, IndexPoint::from(voxel));
            let ratio = viewport.zoom / zoom;
            let center = [0, 1].map(|n| cursor[n] + (viewport.center[n] - cursor[n]) * ratio);
            // At the fitting zoom a view goes on fitting when its size changes.
            let fits = (zoom / viewport.fit - 1.0).abs() < 1e-9;
            let view = PlaneView {
                center: Some(center),
                zoom: (!fits).then_some(zoom),
            };
            self.set_view(viewport.plane, view);
        }
    }

    fn grid_and_cursor(&self) -> Option<(Grid, [usize; 3])> {
        Some((*self.document.grid()?, self.document.cursor_voxel()?))
    }

    pub(super) fn center_on_cursor(&mut self) {
        let Some((grid, voxel)) = self.grid_and_cursor() else {
            return;
        };
        for plane in Plane::ALL {
            let axes = PlaneAxes::flipped(plane, &grid, self.document.view.flips);
            let center = axes.index_to_plane(&grid, IndexPoint::from(voxel));
            self.document.view.planes[plane.index()].center = Some(center);
        }
    }
}
