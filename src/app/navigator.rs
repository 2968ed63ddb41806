//! A small map of the whole slice in a view that shows a part of it; a drag in it pans.

use super::message::Message;
use super::slice_picture::SlicePicture;
use super::slice_view::pixel_size;
use super::{slice_painter, theme, widgets};
use crate::document::{Document, LayerId, PlaneView, Viewport};
use crate::geometry::Grid;
use egui::{Pos2, Rect, Sense, Stroke, StrokeKind, Ui, vec2};

/// Points from the view's edges.
const INSET: f32 = 5.0;
/// The longest side in points, and the share of the view it may take.
const LONGEST: f64 = 160.0;
const SHARE: f64 = 0.3;

/// The map's picture between frames.
#[derive(Default)]
pub struct Navigator {
    picture: SlicePicture,
}

/// Where the map lies in the view `rect`, while a part of the slice is out of sight.
pub fn place(rect: Rect, grid: &Grid, viewport: &Viewport) -> Option<Rect> {
    let fit = Viewport::fit_zoom(viewport.plane, grid, viewport.size);
    if viewport.zoom < fit * 1.001 {
        return None;
    }
    let extent = viewport.axes.extent(grid);
    let room = [rect.width(), rect.height()].map(|side| (f64::from(side) * SHARE).min(LONGEST));
    let scale = (room[0] / extent[0]).min(room[1] / extent[1]);
    let size = extent.map(|mm| (mm * scale).max(2.0).round() as f32);
    let corner = rect.left_bottom() + vec2(INSET, -INSET - size[1]);
    Some(Rect::from_min_size(corner, vec2(size[0], size[1])))
}

impl Navigator {
    /// Paints the map into `map` and pans the view as a drag in it says.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        map: Rect,
        document: &Document,
        ground: LayerId,
        viewport: &Viewport,
        messages: &mut Vec<Message>,
    ) {
        let Some(grid) = document.grid() else {
            return;
        };
        let name = format!("{} navigator", viewport.plane.name());
        let response = ui.interact(map, ui.scope_id().with((&name, ground)), Sense::drag());
        widgets::label_for_access(&response, egui::Role::Image, &name);
        let scale = ui.ctx().pixels_per_point();
        let whole = viewport.whole(grid, pixel_size(map, scale));
        if let Some(picture) = self.picture.update(document, ground, &whole) {
            ui.painter()
                .add(slice_painter::shape(map, response.id, picture));
        }
        let to_screen = |pixel: [f64; 2]| {
            let [x, y] = whole.plane_to_pixel(viewport.pixel_to_plane(pixel));
            map.min + vec2(x as f32, y as f32) / scale
        };
        let part = Rect::from_two_pos(to_screen([0.0; 2]), to_screen(viewport.size));
        let lit = response.hovered() || response.dragged();
        let frame = theme::OVER_IMAGE.gamma_multiply(if lit { 0.9 } else { 0.5 });
        let painter = ui.painter().with_clip_rect(map.expand(1.0));
        painter.rect_stroke(map, 0.0, Stroke::new(1.0, frame), StrokeKind::Outside);
        let inside = part.intersect(map);
        painter.rect_stroke(
            inside,
            0.0,
            Stroke::new(1.5, theme::LETTER),
            StrokeKind::Inside,
        );
        let to_plane = |at: Pos2| {
            let at = (at - map.min) * scale;
            whole.pixel_to_plane([f64::from(at.x), f64::from(at.y)])
        };
        let pressed = ui.input(|input| input.pointer.primary_pressed());
        let response =
            response.on_hover_text("The part of the slice that is seen; drag to see another");
        if let Some(at) = response.interact_pointer_pos()
            && response.is_pointer_button_down_on()
        {
            let by = response.drag_delta() * scale;
            let center = if pressed && !part.contains(at) {
                to_plane(at)
            } else {
                [
                    viewport.center[0] + f64::from(by.x) / whole.zoom,
                    viewport.center[1] + f64::from(by.y) / whole.zoom,
                ]
            };
            if center != viewport.center {
                let view = PlaneView {
                    center: Some(center),
                    zoom: Some(viewport.zoom),
                };
                let plane = viewport.plane;
                messages.push(Message::SetView { plane, view });
            }
        }
    }
}
