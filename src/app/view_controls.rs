//! What lies over the right edge of a slice view: slice slider, position and small buttons.

use super::action::Action;
use super::message::Message;
use super::play::Reel;
use super::slice_view::{SliceViewOptions, push_slice};
use super::snapshot::Subject;
use super::{icons, overlay, theme, widgets};
use crate::document::{Document, Viewport};
use crate::geometry::Grid;
use egui::{Align2, FontId, Painter, Rect, Ui, Vec2, pos2, vec2};

/// Leafs through the slices of the view that is called `view`.
pub fn slider(
    ui: &mut Ui,
    rect: Rect,
    view: &str,
    document: &Document,
    viewport: &Viewport,
    messages: &mut Vec<Message>,
) {
    let Some(grid) = document.grid() else {
        return;
    };
    let axis = viewport.axes.normal;
    let count = grid.shape()[axis];
    let rail = Rect::from_min_max(
        pos2(rect.right() - 18.0, rect.top() + 40.0),
        pos2(rect.right() - 4.0, rect.bottom() - 52.0),
    );
    if count > 1 && rail.height() > 40.0 {
        let label = view.replacen(" view", " slice", 1);
        if let Some(slice) = widgets::slice_slider(ui, rail, &label, viewport.slice, count) {
            push_slice(document, viewport, slice as i64, messages);
        }
    }
}

/// Which slice is seen, of how many.
pub fn position(painter: &Painter, rect: Rect, grid: &Grid, viewport: &Viewport, one_based: bool) {
    let axis = viewport.axes.normal;
    let count = grid.shape()[axis];
    if count < 2 {
        return;
    }
    let letter = ["i", "j", "k"][axis];
    let base = usize::from(one_based);
    let [first, last] = [base, count - 1 + base];
    let text = format!("{letter} {} ({first}–{last})", viewport.slice + base);
    let font = FontId::proportional(12.5);
    let at = rect.right_bottom() - vec2(24.0, 8.0);
    let align = Align2::RIGHT_BOTTOM;
    overlay::outlined(painter, at, align, &text, &font, theme::OVER_IMAGE);
}

/// From the right to the left: enlarge, fit, picture, play.
pub fn buttons(
    ui: &mut Ui,
    rect: Rect,
    grid: &Grid,
    viewport: &Viewport,
    options: SliceViewOptions,
    messages: &mut Vec<Message>,
) {
    let plane = viewport.plane;
    let name = plane.name();
    let enlarge = if options.alone {
        let tip = format!("Show all views instead of the {name} one");
        (icons::ARROWS_IN, tip)
    } else {
        (icons::ARROWS_OUT, format!("Enlarge the {name} view"))
    };
    let play = if options.plays {
        (icons::PAUSE, format!("Stop leafing through {name} slices"))
    } else {
        (icons::PLAY, format!("Leaf through the {name} slices"))
    };
    let fit = format!("Fit the {name} slice into its view");
    let save = format!("Save a picture of the {name} view");
    let mut buttons = Vec::new();
    if options.can_change {
        buttons.push((enlarge, Message::ToggleExpanded(plane)));
    }
    buttons.push(((icons::CORNERS_OUT, fit), Message::Action(Action::Fit)));
    let picture = Message::SavePicture(Subject::View(plane));
    buttons.push(((icons::CAMERA, save), picture));
    if grid.shape()[viewport.axes.normal] > 1 {
        buttons.push((play, Message::TogglePlay(Reel::Slices(plane))));
    }
    let size = Vec2::splat(22.0);
    let mut at = rect.right_top() + vec2(-4.0 - size.x, 6.0);
    for ((icon, tip), message) in buttons {
        if widgets::image_button(ui, Rect::from_min_size(at, size), icon, &tip) {
            messages.push(message);
        }
        at.x -= size.x + 2.0;
    }
}
