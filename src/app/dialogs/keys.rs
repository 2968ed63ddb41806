//! Help: mouse and keys from the table of actions.

use super::title;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::{key_map, theme};
use egui::{Key, RichText, Ui};

const MOUSE: &[(&str, &str)] = &[
    ("Left click or drag", "Move the cursor in all views"),
    ("Double click", "Show this view alone, or all views again"),
    ("Wheel", "Leaf through the slices"),
    (
        "Right drag, Ctrl + left drag",
        "Zoom about the point where the drag began",
    ),
    ("Ctrl + wheel, pinch", "Zoom about the pointer"),
    ("Middle drag, Alt + left drag", "Pan"),
    (
        "Shift + left drag",
        "Contrast of the selected layer: sideways width, up and down level",
    ),
    (
        "Arrow keys",
        "Move the cursor by a voxel in the view under the pointer; Shift by 5",
    ),
    (
        "Page up, page down",
        "Next and previous slice of that view; Shift by 5",
    ),
    (
        "3D view",
        "Drag turns, wheel and right drag zoom, middle drag pans, a click moves the cursor, a double click resets the viewpoint",
    ),
    (
        "Ctrl + Shift + F, then 1, 2, 4",
        "Zoom so that the smallest voxel side takes 1, 2 or 4 pixels",
    ),
    (
        "Registration panel: ring, beside it",
        "Turns or shifts the moving image; Shift held makes it ten times finer",
    ),
    ("Ctrl + 1 to 5", "Open one of the images opened lately"),
];

pub fn show_keys(ui: &mut Ui, messages: &mut Vec<Message>) {
    ui.set_width(620.0);
    title(ui, "Mouse and keys");
    egui::ScrollArea::vertical()
        .max_height(480.0)
        .show(ui, |ui| {
            egui::Grid::new("keys")
                .num_columns(2)
                .spacing([24.0, 5.0])
                .striped(true)
                .show(ui, |ui| {
                    for (keys, what) in MOUSE {
                        ui.label(RichText::new(*keys).family(theme::semibold()));
                        ui.label(*what);
                        ui.end_row();
                    }
                    for action in Action::ALL {
                        let spec = action.spec();
                        if let Some(keys) = key_map::text(ui.ctx(), *action) {
                            ui.label(RichText::new(keys).family(theme::semibold()));
                            ui.label(spec.text.trim_end_matches('…'));
                            ui.end_row();
                        }
                    }
                });
        });
    close_button(ui, messages);
}

/// Closes a dialog that only tells something.
pub(super) fn close_button(ui: &mut Ui, messages: &mut Vec<Message>) {
    ui.add_space(8.0);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let button = egui::Button::new("Close").min_size(egui::vec2(92.0, 28.0));
        if ui.add(button).clicked() || ui.input(|i| i.key_pressed(Key::Enter)) {
            messages.push(Message::CloseDialog);
        }
    });
}
