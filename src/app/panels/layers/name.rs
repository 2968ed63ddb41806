//! The name of a layer, and changing it in its place.

use crate::app::message::Message;
use crate::app::theme;
use crate::document::{Command, Layer, LayerId, Role};
use egui::{Context, Id, Key, RichText, Sense, TextEdit, Ui};

/// Where egui keeps the text while a name is being changed.
fn editing_id(layer: LayerId) -> Id {
    Id::unique(("rename", layer))
}

/// Makes the name of `layer` editable in the list.
pub fn begin_rename(ctx: &Context, layer: &Layer) {
    ctx.data_mut(|data| data.insert_temp(editing_id(layer.id), layer.name.clone()));
}

/// The name; a double click makes it editable.
pub fn show(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let editing: Option<String> = ui.data(|data| data.get_temp(editing_id(layer.id)));
    match editing {
        Some(text) => edit(ui, layer, text, messages),
        None => label(ui, layer, messages),
    }
}

fn label(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let mut shown = RichText::new(&layer.name).family(theme::semibold());
    if layer.role == Role::Overlay {
        shown = shown.italics();
    }
    let label = egui::Label::new(shown)
        .truncate()
        .selectable(false)
        .sense(Sense::CLICK);
    let response = ui
        .add(label)
        .on_hover_text(format!("{}\nDouble click to rename", layer.name));
    if response.clicked() {
        messages.push(Message::Edit(Command::Select(layer.id)));
    }
    if response.double_clicked() {
        begin_rename(ui.ctx(), layer);
    }
}

fn edit(ui: &mut Ui, layer: &Layer, mut text: String, messages: &mut Vec<Message>) {
    let id = editing_id(layer.id);
    let field = TextEdit::singleline(&mut text)
        .desired_width(f32::INFINITY)
        .hint_text("layer name");
    let response = ui.add(field);
    super::label_for_access(&response, egui::Role::TextInput, "layer name");
    response.request_focus();
    let done = ui.input(|i| i.key_pressed(Key::Enter)) || response.clicked_elsewhere();
    if ui.input(|i| i.key_pressed(Key::Escape)) {
        ui.data_mut(|data| data.remove::<String>(id));
    } else if done {
        ui.data_mut(|data| data.remove::<String>(id));
        messages.push(Message::Edit(Command::Rename {
            layer: layer.id,
            name: text,
        }));
    } else {
        ui.data_mut(|data| data.insert_temp(id, text));
    }
}
