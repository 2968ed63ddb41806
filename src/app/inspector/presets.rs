//! Ranges to choose from: the file's, those usual for its modality, and the user's own.

use super::{change_settings, edit};
use crate::app::App;
use crate::app::icons;
use crate::app::message::Message;
use crate::app::settings::Settings;
use crate::app::widgets::label_for_access;
use crate::document::{Layer, Preset, Window, format_number, presets};
use crate::volume::{Meta, Suv};
use egui::{Key, TextEdit, Ui};
use serde::{Deserialize, Serialize};

/// A range the user keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedPreset {
    pub name: String,
    /// After rescale, never SUV.
    pub min: f64,
    pub max: f64,
    /// DICOM's code of the images it is for; empty for those of unknown modality.
    pub modality: String,
}

impl SavedPreset {
    fn suits(&self, meta: &Meta) -> bool {
        self.modality == meta.modality.code() && self.min < self.max
    }
}

/// The user's own ranges for images like this.
pub fn own_presets(settings: &Settings, meta: &Meta) -> Vec<Preset> {
    let own = settings.contrast_presets.iter();
    own.filter(|preset| preset.suits(meta))
        .map(|preset| Preset {
            name: preset.name.clone(),
            window: Window::new(preset.min, preset.max),
            as_suv: false,
        })
        .collect()
}

pub fn menu(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let text = format!("Presets {}", icons::CARET_DOWN);
    let menu = ui.menu_button(text, |ui| {
        ui.set_min_width(230.0);
        for preset in presets(layer.volume.meta()) {
            entry(ui, layer, &preset, messages);
        }
        let own = own_presets(&app.settings, layer.volume.meta());
        if !own.is_empty() {
            ui.separator();
        }
        for preset in own {
            ui.horizontal(|ui| {
                let delete = ui.small_button(icons::TRASH);
                let tip = format!("Delete the preset {}", preset.name);
                label_for_access(&delete, egui::Role::Button, &tip);
                if delete.on_hover_text(&tip).clicked() {
                    messages.push(change_settings(app, |settings| {
                        let meta = layer.volume.meta();
                        settings
                            .contrast_presets
                            .retain(|it| !(it.name == preset.name && it.suits(meta)));
                    }));
                }
                entry(ui, layer, &preset, messages);
            });
        }
    });
    label_for_access(&menu.response, egui::Role::Button, "Range presets");
    menu.response.on_hover_text("Ranges to choose from");
}

/// A range in a menu, with its ends.
pub fn entry(ui: &mut Ui, layer: &Layer, preset: &Preset, messages: &mut Vec<Message>) {
    let factor = match layer.volume.meta().suv {
        Suv::Factor(factor) if preset.as_suv || layer.display.show_suv => factor,
        _ => 1.0,
    };
    let [min, max] = [preset.window.min, preset.window.max].map(|v| short(v * factor));
    let button = egui::Button::new(&preset.name).shortcut_text(format!("{min} to {max}"));
    let tip = format!("Shows values from {min} to {max}");
    if ui.add(button).on_hover_text(tip).clicked() {
        messages.push(edit(layer, |d| {
            d.window = preset.window;
            d.show_suv |= preset.as_suv;
        }));
        ui.close();
    }
}

/// A number in few digits.
fn short(value: f64) -> String {
    let text = format_number(value, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A button, and then a field for the name, to keep the range as a preset.
pub fn keep(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    naming: &mut Option<String>,
    messages: &mut Vec<Message>,
) {
    ui.horizontal(|ui| {
        let Some(name) = naming else {
            let tip = "Keeps this range under a name, for images of the same modality";
            if ui.button("Save as preset…").on_hover_text(tip).clicked() {
                *naming = Some(String::new());
            }
            return;
        };
        let field = TextEdit::singleline(name)
            .hint_text("name of the preset")
            .desired_width(160.0);
        let response = ui.add(field);
        label_for_access(&response, egui::Role::TextInput, "name of the preset");
        if !response.has_focus() && !response.lost_focus() {
            response.request_focus();
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let named = !name.trim().is_empty();
        let save = ui.add_enabled(named, egui::Button::new("Save"));
        let saved = save.on_hover_text("Keeps the range").clicked() || (entered && named);
        let cancel = ui.button("Cancel").on_hover_text("Keeps nothing").clicked();
        if saved {
            let Window { min, max } = layer.display.window;
            let preset = SavedPreset {
                name: name.trim().to_owned(),
                min,
                max,
                modality: layer.volume.meta().modality.code().to_owned(),
            };
            messages.push(change_settings(app, |settings| {
                let list = &mut settings.contrast_presets;
                list.retain(|it| (&it.name, &it.modality) != (&preset.name, &preset.modality));
                list.push(preset);
            }));
        }
        if saved || cancel || (response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape))) {
            *naming = None;
        }
    });
}
