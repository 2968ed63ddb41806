//! What panels beside the views have in common that change an image: title, the image, the answers.

use super::widgets::label_for_access;
use super::{App, icons};
use crate::document::{Document, LayerId};
use egui::{
    Align, Button, ComboBox, Frame, Id, Key, Label, Layout, Margin, Panel, Popup, RichText, Ui,
    vec2,
};

pub const MARGIN: i8 = 10;

/// What closing a panel does whose changes wait for an answer.
pub const UNCHANGED: &str = "Close without changing the image (Escape)";

/// Height of what is always seen at the bottom.
pub const ANSWERS: f32 = 66.0;

/// The panel at the right of the views, `width` points wide.
pub fn show(ui: &mut Ui, id: &'static str, width: f32, contents: impl FnOnce(&mut Ui)) {
    let frame = Frame::new().inner_margin(Margin::symmetric(MARGIN, 6));
    Panel::right(id)
        .frame(frame)
        .exact_size(width)
        .show(ui, contents);
}

/// The heading with a button that closes the panel, with its tooltip; returns whether it was pressed.
pub fn title(ui: &mut Ui, text: &str, tip: &str) -> bool {
    let mut closed = false;
    ui.horizontal(|ui| {
        ui.label(RichText::new(text).heading());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let close = ui.add(Button::new(icons::X).frame_when_inactive(false));
            label_for_access(&close, egui::Role::Button, tip);
            closed = close.on_hover_text(tip).clicked();
        });
    });
    closed
}

/// Whether Escape is for the panel: not for a list that it closes, nor, where `leaves_fields`, for a field
/// that it leaves. Asked once a frame, after all that the panel shows.
pub fn escaped(ui: &Ui, app: &App, leaves_fields: bool) -> bool {
    let key = Id::unique("left by Escape");
    let types = leaves_fields && ui.ctx().text_edit_focused();
    let now = types || Popup::is_any_open(ui.ctx());
    // A list is closed by the time this is asked.
    let before: bool = ui.data(|data| data.get_temp(key)).unwrap_or_default();
    ui.data_mut(|data| data.insert_temp(key, now));
    let is_free = app.dialog.is_none() && !before && !now;
    is_free && ui.input(|input| input.key_pressed(Key::Escape))
}

/// The list of images where there are several, else the name of the one; returns another one that was
/// chosen. `label` names the list for screen readers.
pub fn image(
    ui: &mut Ui,
    document: &Document,
    chosen: LayerId,
    label: &str,
    tip: &str,
) -> Option<LayerId> {
    image_among(ui, document, chosen, label, tip, |_| true)
}

/// The same of the images that `fits` takes.
pub fn image_among(
    ui: &mut Ui,
    document: &Document,
    chosen: LayerId,
    label: &str,
    tip: &str,
    fits: impl Fn(LayerId) -> bool,
) -> Option<LayerId> {
    let layers: Vec<_> = document.layers().iter().filter(|it| fits(it.id)).collect();
    let name = document.layer(chosen).map_or("", |l| l.name.as_str());
    if layers.len() < 2 {
        ui.add(Label::new(RichText::new(name).weak()).truncate());
        return None;
    }
    let mut wanted = chosen;
    let combo = ComboBox::from_id_salt(label)
        .selected_text(name)
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for layer in layers {
                let text = format!("{} ({})", layer.name, layer.role.label());
                ui.selectable_value(&mut wanted, layer.id, text);
            }
        });
    let label = format!("{label}: {name}");
    label_for_access(&combo.response, egui::Role::ComboBox, &label);
    combo.response.on_hover_text(tip);
    (wanted != chosen).then_some(wanted)
}

/// What the user answers at the bottom of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Copy,
    Apply,
    Cancel,
}

/// The row of answers. `apply` is the word on the button that does it, and its tooltip.
pub fn answers(ui: &mut Ui, apply: (&str, &str), enabled: bool) -> Option<Answer> {
    let mut answer = None;
    ui.horizontal(|ui| {
        let copy = ui.button(format!("{}  Copy as Python", icons::COPY));
        label_for_access(&copy, egui::Role::Button, "Copy as Python");
        let tip = "Copies the Python lines that do the same";
        if copy.on_hover_text(tip).clicked() {
            answer = Some(Answer::Copy);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (word, tip) = apply;
            let button = Button::new(RichText::new(word).strong())
                .fill(ui.visuals().selection.bg_fill)
                .min_size(vec2(84.0, 28.0));
            if ui.add_enabled(enabled, button).on_hover_text(tip).clicked() {
                answer = Some(Answer::Apply);
            }
            let cancel = ui.add(Button::new("Cancel").min_size(vec2(84.0, 28.0)));
            let tip = "Closes the panel; the image is as it was (Escape)";
            if cancel.on_hover_text(tip).clicked() {
                answer = Some(Answer::Cancel);
            }
        });
    });
    answer
}
