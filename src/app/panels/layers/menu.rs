//! What can be done with one layer: its dots and the right click on its card.

use super::{name, order};
use crate::app::App;
use crate::app::action::Action;
use crate::app::contrast::Contrast;
use crate::app::icons;
use crate::app::message::Message;
use crate::document::{Command, Layer, Role};
use crate::volume::Format;
use egui::{Button, Ui, vec2};

/// The dots.
pub fn button(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let button = Button::new(icons::DOTS_THREE)
        .frame_when_inactive(false)
        .min_size(vec2(24.0, 20.0));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button)
        .ui(ui, |ui| entries(ui, app, layer, messages));
    let tip = format!("More for {}", layer.name);
    super::label_for_access(&response, egui::Role::Button, &tip);
    response.on_hover_text(tip);
}

pub fn entries(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    ui.set_min_width(190.0);
    of_the_look(ui, layer, messages);
    ui.separator();
    of_the_place(ui, app, layer, messages);
    ui.separator();
    of_the_file(ui, app, layer, messages);
}

/// One entry; returns whether it was chosen.
fn entry(ui: &mut Ui, enabled: bool, text: &str, tip: &str) -> bool {
    let response = ui.add_enabled(enabled, Button::new(text));
    let chosen = response.on_hover_text(tip).clicked();
    if chosen {
        ui.close();
    }
    chosen
}

fn of_the_look(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let tip = "The name shown everywhere; the file keeps its own";
    if entry(ui, true, "Rename", tip) {
        name::begin_rename(ui.ctx(), layer);
    }
    let id = layer.id;
    let mut change = |contrast| {
        messages.push(Message::ChangeContrast {
            layer: id,
            contrast,
        });
    };
    let tip = "Range from the 0.5 to the 99.5 % quantile";
    if entry(ui, true, "Auto contrast", tip) {
        change(Contrast::Auto);
    }
    let tip = "The range the layer opened with";
    if entry(ui, true, "Reset contrast", tip) {
        change(Contrast::Opened);
    }
    let tip = "The look the layer opened with: range, colours and opacity";
    if entry(ui, true, "Reset display", tip) {
        change(Contrast::OpenedLook);
    }
}

fn of_the_place(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let on_top = layer.role != Role::Main;
    let (text, role) = if layer.role == Role::Overlay {
        ("Show as separate image", Role::Additional)
    } else {
        ("Show as overlay", Role::Overlay)
    };
    let tip = "Overlays lie half-transparent on the shown image; separate images replace it";
    let id = layer.id;
    if entry(ui, on_top, text, tip) {
        messages.push(Message::Edit(Command::SetRole { layer: id, role }));
    }
    let (before, after) = order::neighbours(&app.document, layer);
    for (text, to, tip) in [
        (
            "Move up",
            before,
            "Earlier in the list, painted below the others",
        ),
        (
            "Move down",
            after,
            "Later in the list, painted above the others",
        ),
    ] {
        if entry(ui, to.is_some(), text, tip)
            && let Some(to) = to
        {
            messages.push(Message::Edit(Command::Reorder { layer: id, to }));
        }
    }
}

fn of_the_file(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let id = layer.id;
    let can_save = app.is_enabled(Action::SaveImage);
    if entry(
        ui,
        can_save,
        "Save as…",
        "Writes this image to a file: NIfTI, MetaImage, NRRD, Analyze or a DICOM series",
    ) {
        messages.push(Message::SaveAs(id));
    }
    let meta = layer.volume.meta();
    let in_file = meta.path.is_some() && meta.format != Format::Memory;
    let tip = "Reads the voxels again from the file; name and look stay";
    if entry(ui, in_file, "Reload from file", tip) {
        messages.push(Message::Reload(id));
    }
    let tip = "Opens the folder the file lies in";
    if entry(ui, in_file, "Show in file manager", tip) {
        messages.push(Message::Reveal(id));
    }
    let close = if layer.role == Role::Main && app.document.layers().len() > 1 {
        Message::Action(Action::CloseAll)
    } else {
        Message::Edit(Command::Close(id))
    };
    let tip = "Closes this image; closing the main image closes all";
    if entry(ui, true, "Close", tip) {
        messages.push(close);
    }
}
