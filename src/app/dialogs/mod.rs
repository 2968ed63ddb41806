//! Windows that ask or tell something. One at a time, but for the facts and tags of a layer.

pub mod about;
pub mod confirm;
pub mod keys;
pub mod palette;
pub mod path;
pub mod preferences;
pub mod role;
pub mod save;
pub mod series;

use super::App;
use super::message::Message;
use egui::{Frame, Id, Key, RichText, ScrollArea, Ui, Vec2, vec2};

/// The open dialog with its state.
#[derive(Debug)]
pub enum Dialog {
    /// The user chooses among several images that were found.
    Series(series::SeriesChoice),
    /// The user says how the image just read is to be used.
    Role(Box<role::RoleQuestion>),
    Confirm(confirm::Question),
    Save(Box<save::SaveChoice>),
    /// Our own file dialog, where the system has none.
    Path(path::PathChoice),
    Keys,
    About,
    Preferences(Box<preferences::Preferences>),
    Palette(palette::Search),
    /// Files of a workspace are not where they were.
    Missing,
}

/// From the edge of a dialog to what it holds, in points.
const MARGIN: f32 = 14.0;
/// Left free of the window around a dialog, in points.
const EDGE: f32 = 24.0;
/// No dialog is larger; in a smaller window it is scrolled.
const LARGEST: Vec2 = vec2(720.0, 600.0);

/// Shows the open dialog, if any.
pub fn show(ui: &mut Ui, app: &mut App, messages: &mut Vec<Message>) {
    let Some(mut dialog) = app.dialog.take() else {
        return;
    };
    let frame = Frame::popup(ui.style()).inner_margin(MARGIN);
    let modal = egui::Modal::new(Id::unique("dialog")).frame(frame);
    let room = ui.ctx().content_rect().size() - Vec2::splat(2.0 * MARGIN + EDGE);
    let modal = modal.show(ui.ctx(), |ui| {
        if room.x < LARGEST.x || room.y < LARGEST.y {
            ui.set_max_size(room);
            ScrollArea::both().show(ui, |ui| contents(ui, &mut dialog, app, messages));
        } else {
            contents(ui, &mut dialog, app, messages);
        }
    });
    let escaped =
        modal.is_top_modal && ui.input(|i| i.key_pressed(Key::Escape)) && !modal.any_popup_open;
    if escaped {
        messages.push(match dialog {
            Dialog::Role(_) => Message::Discard,
            Dialog::Missing => Message::Workspace(super::workspace::Request::GiveUp),
            _ => Message::CloseDialog,
        });
    }
    app.dialog = Some(dialog);
}

fn contents(ui: &mut Ui, dialog: &mut Dialog, app: &App, messages: &mut Vec<Message>) {
    match dialog {
        Dialog::Series(choice) => series::show(ui, choice, app, messages),
        Dialog::Role(question) => role::show(ui, question, app, messages),
        Dialog::Confirm(question) => confirm::show(ui, question, messages),
        Dialog::Save(choice) => save::show(ui, choice, app, messages),
        Dialog::Path(choice) => path::show(ui, choice, messages),
        Dialog::Keys => keys::show_keys(ui, messages),
        Dialog::About => about::show(ui, messages),
        Dialog::Preferences(state) => preferences::show(ui, state, app, messages),
        Dialog::Palette(search) => palette::show(ui, search, app, messages),
        Dialog::Missing => super::workspace::show_missing(ui, app, messages),
    }
}

/// The title of a dialog.
pub(super) fn title(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).heading());
    ui.add_space(4.0);
}

/// The row of buttons at the bottom right: the proposed one last. Enter presses it.
/// Returns (proposed, other).
pub(super) fn buttons(ui: &mut Ui, proposed: &str, enabled: bool, other: &str) -> (bool, bool) {
    let pressed = answers(ui, proposed, enabled, &[other]);
    (pressed == Some(0), pressed == Some(1))
}

/// The same with several others, from right to left. Returns which is pressed; 0 is the proposed one.
pub(super) fn answers(
    ui: &mut Ui,
    proposed: &str,
    enabled: bool,
    others: &[&str],
) -> Option<usize> {
    ui.add_space(8.0);
    let mut pressed = None;
    let row = vec2(ui.available_width(), 28.0);
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.allocate_ui_with_layout(row, layout, |ui| {
        let main = egui::Button::new(RichText::new(proposed).strong())
            .fill(ui.visuals().selection.bg_fill)
            .min_size(vec2(92.0, 28.0));
        let entered = enabled && ui.input(|i| i.key_pressed(Key::Enter));
        if ui.add_enabled(enabled, main).clicked() || entered {
            pressed = Some(0);
        }
        for (n, text) in others.iter().enumerate() {
            let button = egui::Button::new(*text).min_size(vec2(92.0, 28.0));
            if ui.add(button).clicked() {
                pressed = Some(n + 1);
            }
        }
    });
    pressed
}
