//! The contrast of a layer: its colours as a strip, the range in numbers, presets.

use super::edit;
use crate::app::App;
use crate::app::contrast::Contrast;
use crate::app::inspector::{own_presets, preset_entry};
use crate::app::message::Message;
use crate::app::widgets::number_field;
use crate::app::{icons, overlay};
use crate::document::{Layer, Window, decimals_for, presets, shown_factor, shown_unit};
use crate::volume::Suv;
use egui::{RichText, Sense, StrokeKind, Ui, vec2};

/// Width of the button that opens the presets.
const PRESETS: f32 = 76.0;

/// The colours from minimum to maximum.
pub fn strip(ui: &mut Ui, layer: &Layer) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    overlay::gradient(ui.painter(), rect, layer, true);
    // White ends would melt into a light card.
    let line = ui.visuals().widgets.noninteractive.bg_stroke;
    ui.painter()
        .rect_stroke(rect, 0.0, line, StrokeKind::Outside);
}

pub fn range(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let factor = shown_factor(layer);
    let decimals = decimals_for(layer);
    let window = layer.display.window;
    let unit = shown_unit(layer);
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding.x = 5.0;
        // Two menu buttons and three gaps beside the numbers.
        let beside = PRESETS + super::color_map::BUTTON + 18.0;
        let width = ((ui.available_width() - beside) / 2.0).floor();
        let speed = window.width().abs() * factor / 200.0;
        let limit = |ui: &mut Ui, word: &str, value: f64| {
            let label = format!("{word} of {}", layer.name);
            let tip = format!(
                "{word} of the shown range{}; type and press Enter, or drag",
                if unit.is_empty() {
                    String::new()
                } else {
                    format!(" in {unit}")
                }
            );
            number_field(ui, &label, &tip, value * factor, decimals, speed, width)
                .map(|v| v / factor)
        };
        if let Some(min) = limit(ui, "minimum", window.min) {
            let window = Window {
                min,
                max: window.max.max(min),
            };
            messages.push(Message::SetWindow {
                layer: layer.id,
                window,
            });
        }
        if let Some(max) = limit(ui, "maximum", window.max) {
            let window = Window {
                min: window.min.min(max),
                max,
            };
            messages.push(Message::SetWindow {
                layer: layer.id,
                window,
            });
        }
        preset_menu(ui, app, layer, messages);
        super::color_map::menu(ui, &app.settings, layer, messages);
    });
}

fn preset_menu(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let button =
        egui::Button::new(format!("Presets {}", icons::CARET_DOWN)).min_size(vec2(PRESETS, 24.0));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(190.0);
        let meta = layer.volume.meta();
        let own = own_presets(&app.settings, meta);
        for preset in presets(meta).into_iter().chain(own) {
            preset_entry(ui, layer, &preset, messages);
        }
        ui.separator();
        let auto = "From the 0.5 to the 99.5 % quantile";
        let full = "From the lowest to the highest value";
        let opened = "The range the layer opened with";
        for (text, tip, contrast) in [
            ("Auto", auto, Contrast::Auto),
            ("Full range", full, Contrast::Full),
            ("Reset", opened, Contrast::Opened),
        ] {
            if ui.button(text).on_hover_text(tip).clicked() {
                let layer = layer.id;
                messages.push(Message::ChangeContrast { layer, contrast });
                ui.close();
            }
        }
        suv_entry(ui, layer, messages);
    });
    let tip = format!("Window presets of {}", layer.name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &tip));
    response.on_hover_text("Window presets, auto and reset");
}

/// Whether values can be shown as SUV, and what that means or what it lacks; `None` of other images.
pub fn suv_choice(layer: &Layer) -> Option<(bool, String)> {
    match &layer.volume.meta().suv {
        Suv::None => None,
        Suv::Factor(factor) => Some((
            true,
            format!("Standardised uptake value by body weight: Bq/ml × {factor:.3e} g/Bq"),
        )),
        Suv::Missing(why) => Some((false, why.clone())),
    }
}

fn suv_entry(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let Some((possible, tip)) = suv_choice(layer) else {
        return;
    };
    ui.separator();
    let mut on = layer.display.show_suv;
    let response = ui
        .add_enabled(possible, egui::Checkbox::new(&mut on, "Show as SUV"))
        .on_hover_text(&tip)
        .on_disabled_hover_text(&tip);
    if response.changed() {
        messages.push(edit(layer, |d| d.show_suv = on));
        ui.close();
    }
    if !possible {
        ui.add(egui::Label::new(RichText::new(tip).weak().small()).wrap());
    }
}
