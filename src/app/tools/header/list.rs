//! All fields by their names: value, meaning, what it does now.

use super::{Header, fields, heading};
use crate::app::theme;
use crate::app::widgets::label_for_access;
use crate::io::editable_fields;
use egui::{Align, Label, Layout, RichText, Role, TextEdit, Ui, vec2};

/// Width of the names, and of the values.
const WIDTHS: [f32; 2] = [96.0, 130.0];

pub fn show(ui: &mut Ui, header: &mut Header) {
    heading(ui, "All fields");
    let Some(after) = header.after.clone() else {
        ui.weak("A NIfTI file cannot place this image.");
        return;
    };
    let changed: Vec<String> = header
        .changes()
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    let mut edited = None;
    egui::Grid::new("header fields")
        .num_columns(3)
        .striped(true)
        .spacing([10.0, 4.0])
        .show(ui, |ui| {
            for (name, meaning, value) in fields::listed(&after.fields) {
                let text = RichText::new(name);
                let is_changed = changed.iter().any(|changed| changed == name);
                let text = if is_changed {
                    text.family(theme::semibold())
                } else {
                    text
                };
                cell(ui, WIDTHS[0], text, name);
                let value = fields::text(value);
                let can_edit = editable_fields().any(|known| known == name);
                if can_edit && !name.ends_with("form_code") {
                    let typed = header.typed.entry(name.to_owned());
                    let typed = typed.or_insert_with(|| value.clone());
                    let field = TextEdit::singleline(typed).desired_width(WIDTHS[1]);
                    let field = ui.add(field);
                    label_for_access(&field, Role::TextInput, name);
                    if field.lost_focus() && *typed != value {
                        edited = Some((name.to_owned(), typed.clone()));
                    } else if !field.has_focus() && !field.lost_focus() {
                        typed.clone_from(&value);
                    }
                    field.on_hover_text(meaning);
                } else {
                    cell(ui, WIDTHS[1], RichText::new(&value).weak(), &value);
                }
                let effect = fields::effect(name, &after.fields, &header.draft);
                let what = if effect.is_empty() {
                    meaning.to_owned()
                } else {
                    effect
                };
                let what = RichText::new(what).small().weak();
                ui.add(Label::new(what).truncate()).on_hover_text(meaning);
                ui.end_row();
            }
        });
    if let Some((name, value)) = edited {
        header.set_field(&name, &value);
        header.typed.remove(&name);
    }
}

/// A text in a column of its own; what does not fit is in the tooltip.
pub(super) fn cell(ui: &mut Ui, width: f32, text: RichText, whole: &str) {
    let size = vec2(width, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_width(width);
        ui.add(Label::new(text).truncate()).on_hover_text(whole);
    });
}
