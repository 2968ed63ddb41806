//! Small pictures of the separate images over a view: a click shows that image.

use super::message::Message;
use super::slice_picture::SlicePicture;
use super::slice_view::pixel_size;
use super::{slice_painter, theme, widgets};
use crate::document::{Command, Document, Viewport};
use egui::{Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

/// Points between them, and from the icons above and the slider beside.
const GAP: f32 = 4.0;
const TOP: f32 = 36.0;
const RIGHT: f32 = 24.0;
/// Share of the view's width, and the limits in points.
const SHARE: f32 = 0.14;
const WIDEST: f32 = 110.0;
const LOWEST: f32 = 26.0;

/// The pictures between frames.
#[derive(Default)]
pub struct Thumbnails {
    pictures: Vec<SlicePicture>,
}

/// Where `count` of them lie in the view `rect`: a column that leaves the letter at the middle of the
/// edge free where it can.
fn places(rect: Rect, count: usize) -> Vec<Rect> {
    let aspect = rect.aspect_ratio();
    let room = rect.height() / 2.0 - TOP - 16.0;
    let height = ((rect.width() * SHARE).min(WIDEST) / aspect)
        .min(room / count as f32 - GAP)
        .max(LOWEST)
        .round();
    let size = vec2((height * aspect).round(), height);
    let left = rect.right() - RIGHT - size.x;
    (0..count)
        .map(|n| rect.top() + TOP + n as f32 * (size.y + GAP))
        .map(|top| Rect::from_min_size(pos2(left, top), size))
        .take_while(|place| place.bottom() < rect.bottom() - RIGHT)
        .collect()
}

impl Thumbnails {
    /// Paints them over the view `rect` and says which was clicked.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        document: &Document,
        viewport: &Viewport,
        messages: &mut Vec<Message>,
    ) {
        let Some(grid) = document.grid() else {
            return;
        };
        let images: Vec<_> = document.ground_layers().collect();
        self.pictures
            .resize_with(images.len(), SlicePicture::default);
        let shown = document.ground().map(|layer| layer.id);
        let places = places(rect, images.len());
        for ((image, place), picture) in images.iter().zip(places).zip(&mut self.pictures) {
            let name = format!("Show {} in the {} view", image.name, viewport.plane.name());
            let id = ui.scope_id().with(("thumbnail", viewport.plane, image.id));
            let response = ui
                .interact(place, id, Sense::click())
                .on_hover_cursor(egui::CursorIcon::PointingHand);
            widgets::label_for_access(&response, egui::Role::Button, &name);
            let whole = viewport.whole(grid, pixel_size(place, ui.ctx().pixels_per_point()));
            if let Some(picture) = picture.update(document, image.id, &whole) {
                ui.painter()
                    .add(slice_painter::shape(place, response.id, picture));
            }
            let frame = if shown == Some(image.id) {
                Stroke::new(2.0, theme::LETTER)
            } else if response.hovered() || response.has_focus() {
                Stroke::new(2.0, theme::OVER_IMAGE)
            } else {
                Stroke::new(1.0, theme::OVER_IMAGE.gamma_multiply(0.5))
            };
            ui.painter()
                .rect_stroke(place, 0.0, frame, StrokeKind::Outside);
            if response.on_hover_text(&image.name).clicked() {
                messages.push(Message::Edit(Command::Select(image.id)));
            }
        }
    }
}
