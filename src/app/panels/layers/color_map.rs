//! The colour map of a layer.

use super::edit;
use crate::app::icons;
use crate::app::inspector::all_maps;
use crate::app::message::Message;
use crate::app::overlay;
use crate::app::settings::Settings;
use crate::app::widgets::label_for_access;
use crate::document::{ColorMap, Layer};
use egui::{Atom, Button, IdSalt, Ui, vec2};

/// Width of the button that opens the colour maps.
pub const BUTTON: f32 = 28.0;

pub fn menu(ui: &mut Ui, settings: &Settings, layer: &Layer, messages: &mut Vec<Message>) {
    let button = Button::new(icons::PALETTE).min_size(vec2(BUTTON, 24.0));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        let mut inverted = layer.display.inverted;
        if ui
            .checkbox(&mut inverted, "Inverted")
            .on_hover_text("Swaps the colours of low and high values")
            .changed()
        {
            messages.push(edit(layer, |d| d.inverted = inverted));
        }
        let mut clear = layer.display.below_transparent;
        if ui
            .checkbox(&mut clear, "See-through below minimum")
            .on_hover_text("Values under the minimum let the image below show through")
            .changed()
        {
            messages.push(edit(layer, |d| d.below_transparent = clear));
        }
        ui.separator();
        egui::ScrollArea::vertical()
            .max_height(420.0)
            .show(ui, |ui| {
                for map in all_maps(settings) {
                    if map_entry(ui, &map, layer.display.map == map) {
                        messages.push(edit(layer, |d| d.map = map));
                        ui.close();
                    }
                }
            });
    });
    let tip = format!("Colour map of {}", layer.name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &tip));
    response.on_hover_text(format!("Colour map: {}", layer.display.map.name()));
}

/// A colour map with its swatch; returns whether it was chosen.
pub fn map_entry(ui: &mut Ui, map: &ColorMap, selected: bool) -> bool {
    let swatch = IdSalt::new("swatch");
    let room = Atom::custom(swatch, vec2(64.0, 14.0));
    let width = ui.available_width().max(190.0);
    let button = Button::selectable(selected, (room, map.name())).min_size(vec2(width, 22.0));
    let shown = button.atom_ui(ui);
    label_for_access(&shown.response, egui::Role::Button, map.name());
    let Some(swatch) = shown.rect(swatch) else {
        return shown.response.clicked();
    };
    overlay::ramp(ui.painter(), swatch, true, |t| {
        let [r, g, b, _] = map.color(t);
        egui::Color32::from_rgb(r, g, b)
    });
    shown.response.clicked()
}
