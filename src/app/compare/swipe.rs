//! The line between two images, dragged in a view.

use super::Request;
use crate::app::App;
use crate::app::message::Message;
use crate::app::theme;
use crate::app::widgets::label_for_access;
use crate::document::{Comparison, ComparisonMode, Plane};
use egui::{Color32, CursorIcon, Rect, Sense, Stroke, Ui, pos2, vec2};

/// How far from the line it is held, in points.
const REACH: f32 = 7.0;

/// Paints the line over the view of `plane` in `rect`, and follows a hand that drags it.
pub fn show(ui: &mut Ui, rect: Rect, app: &App, plane: Plane, messages: &mut Vec<Message>) {
    let Some(Comparison {
        mode: ComparisonMode::Swipe { at, upright },
        ..
    }) = app.comparing.shown(&app.document)
    else {
        return;
    };
    let part = at as f32;
    let place = rect.min + rect.size() * part;
    let [from, to] = match upright {
        true => [pos2(place.x, rect.top()), pos2(place.x, rect.bottom())],
        false => [pos2(rect.left(), place.y), pos2(rect.right(), place.y)],
    };
    let band = Rect::from_two_pos(from, to).expand2(match upright {
        true => vec2(REACH, 0.0),
        false => vec2(0.0, REACH),
    });
    let cursor = match upright {
        true => CursorIcon::ResizeHorizontal,
        false => CursorIcon::ResizeVertical,
    };
    let id = ui.scope_id().with(("swipe", plane));
    let response = ui
        .interact(band.intersect(rect), id, Sense::drag())
        .on_hover_cursor(cursor);
    let name = format!("Line between the images, {} view", plane.name());
    label_for_access(&response, egui::Role::Slider, &name);
    let lit = response.hovered() || response.dragged();
    let color = if lit {
        theme::ACCENT
    } else {
        theme::OVER_IMAGE
    };
    let painter = ui.painter().with_clip_rect(rect);
    painter.line_segment([from, to], Stroke::new(3.0, Color32::from_black_alpha(160)));
    painter.line_segment([from, to], Stroke::new(1.25, color));
    if let Some(pointer) = response.interact_pointer_pos() {
        let offset = (pointer - rect.min) / rect.size();
        let at = f64::from(if upright { offset.x } else { offset.y }).clamp(0.0, 1.0);
        messages.push(Message::Compare(Request::SetMode(ComparisonMode::Swipe {
            at,
            upright,
        })));
    }
}
