//! The layer list: one card a layer with its look.

use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::widgets::{label_for_access, number_field, section};
use crate::app::{icons, overlay, theme};
use crate::document::{
    ColorMap, Command, Display, Layer, Role, Window, decimals_for, initial_display, presets,
    shown_factor, shown_unit,
};
use crate::volume::{Content, Suv, auto_window};
use egui::{Align, Frame, Layout, Margin, RichText, Sense, Stroke, Ui, vec2};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    section(ui, "Layers");
    let width = ui.available_width();
    // The list reads as the views are stacked: what lies on top comes last, as in the inspector.
    for layer in app.document.layers() {
        let selected = app
            .document
            .active()
            .is_some_and(|active| active.id == layer.id);
        ui.scope(|ui| {
            // A card with long numbers must not widen those below it.
            ui.set_max_width(width);
            card(ui, app, layer, selected, messages);
        });
    }
    let spec = Action::AddImage.spec();
    let text = format!("{}  Add image… or drop it on a view", icons::PLUS);
    let add = egui::Button::new(RichText::new(text).weak()).min_size(vec2(width, 28.0));
    if ui.add(add).on_hover_text(spec.tooltip).clicked() {
        messages.push(Message::Action(Action::AddImage));
    }
}

fn card(ui: &mut Ui, app: &App, layer: &Layer, selected: bool, messages: &mut Vec<Message>) {
    let line = if selected { theme::ACCENT } else { theme::CARD };
    let frame = Frame::new()
        .fill(theme::CARD)
        .stroke(Stroke::new(1.0, line))
        .corner_radius(2.0)
        .inner_margin(Margin::same(8));
    let response = frame
        .show(ui, |ui| {
            ui.push_id(layer.id, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing = vec2(6.0, 5.0);
                head(ui, app, layer, messages);
                if layer.volume.meta().content != Content::Color {
                    strip(ui, layer);
                    range(ui, layer, messages);
                }
                if layer.role == Role::Overlay {
                    opacity(ui, layer, messages);
                }
            });
        })
        .response;
    // Clicks that no control inside took select the layer.
    let clicked =
        ui.input(|i| i.pointer.primary_clicked()) && response.contains_pointer() && !selected;
    if clicked {
        messages.push(Message::Edit(Command::Select(layer.id)));
    }
}

fn edit(layer: &Layer, change: impl FnOnce(&mut Display)) -> Message {
    let mut display = layer.display.clone();
    change(&mut display);
    Message::Edit(Command::SetDisplay {
        layer: layer.id,
        display,
    })
}

fn head(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let eye = if layer.display.visible {
            icons::EYE
        } else {
            icons::EYE_SLASH
        };
        let tip = format!("Show or hide {}", layer.name);
        let response = ui.add(
            egui::Button::new(eye)
                .frame_when_inactive(false)
                .min_size(vec2(24.0, 20.0)),
        );
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &tip));
        if response.on_hover_text(&tip).clicked() {
            messages.push(edit(layer, |d| d.visible = !d.visible));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            more_menu(ui, app, layer, messages);
            ui.label(RichText::new(layer.role.label()).weak().small());
            if app.document.is_unsaved(layer.id) {
                unsaved_mark(ui, layer);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                name(ui, layer, messages);
            });
        });
    });
}

fn unsaved_mark(ui: &mut Ui, layer: &Layer) {
    let mark = RichText::new("•").color(theme::WARNING);
    let tip = format!("{} is not saved yet", layer.name);
    let response = ui.add(egui::Label::new(mark).selectable(false));
    label_for_access(&response, egui::Role::Label, &tip);
    response.on_hover_text(format!("{tip}; use File > Save image as…"));
}

/// The name; a double click makes it editable.
fn name(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let id = ui.scope_id().with("rename");
    let editing: Option<String> = ui.data(|data| data.get_temp(id));
    let Some(mut text) = editing else {
        let mut shown = RichText::new(&layer.name).family(theme::semibold());
        if layer.role == Role::Overlay {
            shown = shown.italics();
        }
        let label = egui::Label::new(shown)
            .truncate()
            .selectable(false)
            .sense(Sense::click());
        let response = ui
            .add(label)
            .on_hover_text(format!("{}\nDouble click to rename", layer.name));
        if response.clicked() {
            messages.push(Message::Edit(Command::Select(layer.id)));
        }
        if response.double_clicked() {
            ui.data_mut(|data| data.insert_temp(id, layer.name.clone()));
        }
        return;
    };
    let response = ui.add(
        egui::TextEdit::singleline(&mut text)
            .desired_width(f32::INFINITY)
            .hint_text("layer name"),
    );
    response.request_focus();
    let done = ui.input(|i| i.key_pressed(egui::Key::Enter)) || response.clicked_elsewhere();
    if ui.input(|i| i.key_pressed(egui::Key::Escape)) {
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

fn more_menu(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let button = egui::Button::new(icons::DOTS_THREE)
        .frame_when_inactive(false)
        .min_size(vec2(24.0, 20.0));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        let mut item = |ui: &mut Ui, enabled: bool, text: &str, tip: &str, message: Message| {
            if ui
                .add_enabled(enabled, egui::Button::new(text))
                .on_hover_text(tip)
                .clicked()
            {
                messages.push(message);
                ui.close();
            }
        };
        item(
            ui,
            true,
            "Auto contrast",
            "Range from the 0.5 to the 99.5 % quantile",
            auto(layer),
        );
        item(
            ui,
            true,
            "Reset display",
            "The look the layer opened with",
            reset(layer),
        );
        ui.separator();
        let on_top = layer.role != Role::Main;
        let (text, role) = if layer.role == Role::Overlay {
            ("Show as separate image", Role::Additional)
        } else {
            ("Show as overlay", Role::Overlay)
        };
        let set_role = Message::Edit(Command::SetRole {
            layer: layer.id,
            role,
        });
        item(
            ui,
            on_top,
            text,
            "Overlays lie half-transparent on the shown image; separate images replace it",
            set_role,
        );
        let layers = app.document.layers();
        let place = layers.iter().position(|other| other.id == layer.id);
        let mut move_to = |ui: &mut Ui, later: bool, enabled: bool, text: &str, tip: &str| {
            let up = later;
            let layer = layer.id;
            let message = Message::Edit(Command::Reorder { layer, up });
            item(ui, on_top && enabled, text, tip, message);
        };
        let (first, last) = (place <= Some(1), place >= Some(layers.len() - 1));
        move_to(
            ui,
            false,
            !first,
            "Move up",
            "Earlier in the list, painted below the others",
        );
        move_to(
            ui,
            true,
            !last,
            "Move down",
            "Later in the list, painted above the others",
        );
        ui.separator();
        item(
            ui,
            app.is_enabled(Action::SaveImage),
            "Save as…",
            "Writes this image to a NIfTI file",
            Message::SaveAs(layer.id),
        );
        let close = if layer.role == Role::Main && app.document.layers().len() > 1 {
            Message::Action(Action::CloseAll)
        } else {
            Message::Edit(Command::Close(layer.id))
        };
        item(
            ui,
            true,
            "Close",
            "Closes this image; closing the main image closes all",
            close,
        );
    });
    let tip = format!("More for {}", layer.name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &tip));
    response.on_hover_text(tip);
}

fn auto(layer: &Layer) -> Message {
    let (min, max) = auto_window(&layer.volume);
    edit(layer, |d| d.window = Window { min, max })
}

fn reset(layer: &Layer) -> Message {
    let display = Display {
        visible: layer.display.visible,
        time: layer.display.time,
        ..initial_display(&layer.volume, layer.role == Role::Overlay)
    };
    Message::Edit(Command::SetDisplay {
        layer: layer.id,
        display,
    })
}

fn reset_range(layer: &Layer) -> Message {
    let window = initial_display(&layer.volume, layer.role == Role::Overlay).window;
    edit(layer, |d| d.window = window)
}

/// The colours from minimum to maximum.
fn strip(ui: &mut Ui, layer: &Layer) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 8.0), Sense::hover());
    overlay::gradient(ui.painter(), rect, layer, true);
}

fn range(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let factor = shown_factor(layer);
    let decimals = decimals_for(layer);
    let window = layer.display.window;
    let unit = shown_unit(layer);
    ui.horizontal(|ui| {
        // Two menu buttons and three gaps beside the numbers.
        let width = ((ui.available_width() - 2.0 * 47.0 - 18.0) / 2.0).floor();
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
        preset_menu(ui, layer, messages);
        map_menu(ui, layer, messages);
    });
}

fn preset_menu(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let factor = match layer.volume.meta().suv {
        Suv::Factor(factor) => factor,
        _ => 1.0,
    };
    let button = egui::Button::new(format!("{} {}", icons::CIRCLE_HALF, icons::CARET_DOWN))
        .min_size(vec2(45.0, 24.0));
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(190.0);
        for preset in presets(layer.volume.meta()) {
            let factor = if preset.as_suv || layer.display.show_suv {
                factor
            } else {
                1.0
            };
            let [min, max] = [preset.window.min, preset.window.max].map(|v| short(v * factor));
            let text = egui::Button::new(&preset.name).shortcut_text(format!("{min} to {max}"));
            let tip = format!("Shows values from {min} to {max}");
            if ui.add(text).on_hover_text(tip).clicked() {
                messages.push(edit(layer, |d| {
                    d.window = preset.window;
                    d.show_suv |= preset.as_suv;
                }));
                ui.close();
            }
        }
        ui.separator();
        if ui
            .button("Auto")
            .on_hover_text("From the 0.5 to the 99.5 % quantile")
            .clicked()
        {
            messages.push(auto(layer));
            ui.close();
        }
        if ui
            .button("Reset")
            .on_hover_text("The range the layer opened with")
            .clicked()
        {
            messages.push(reset_range(layer));
            ui.close();
        }
        suv_entry(ui, layer, messages);
    });
    let tip = format!("Window presets of {}", layer.name);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &tip));
    response.on_hover_text("Window presets, auto and reset");
}

/// A number in at most five digits.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn suv_entry(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let (possible, tip) = match &layer.volume.meta().suv {
        Suv::None => return,
        Suv::Factor(factor) => (
            true,
            format!("Standardised uptake value by body weight: Bq/ml × {factor:.3e} g/Bq"),
        ),
        Suv::Missing(why) => (false, why.clone()),
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

fn map_menu(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let button = egui::Button::new(format!("{} {}", icons::PALETTE, icons::CARET_DOWN))
        .min_size(vec2(45.0, 24.0));
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
                for &map in ColorMap::ALL {
                    if map_entry(ui, map, layer.display.map == map) {
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
pub fn map_entry(ui: &mut Ui, map: ColorMap, selected: bool) -> bool {
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(64.0, 14.0), Sense::hover());
        const STEPS: usize = 32;
        for n in 0..STEPS {
            let [r, g, b] = map.color(n as f32 / (STEPS - 1) as f32);
            let width = rect.width() / STEPS as f32;
            let min = rect.min + vec2(width * n as f32, 0.0);
            let cell = egui::Rect::from_min_size(min, vec2(width + 0.5, rect.height()));
            ui.painter()
                .rect_filled(cell, 0.0, egui::Color32::from_rgb(r, g, b));
        }
        ui.selectable_label(selected, map.name()).clicked()
    })
    .inner
}

fn opacity(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        ui.label(RichText::new("Opacity").weak());
        ui.spacing_mut().slider_width = (ui.available_width() - 62.0).max(40.0);
        let mut percent = (layer.display.opacity * 100.0).round();
        let slider = egui::Slider::new(&mut percent, 0.0..=100.0)
            .fixed_decimals(0)
            .suffix(" %");
        let response = ui
            .add(slider)
            .on_hover_text("How much of the image below is hidden; Q and E change all overlays");
        let label = format!("opacity of {}", layer.name);
        response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(percent), &label));
        if response.changed() {
            messages.push(edit(layer, |d| d.opacity = percent / 100.0));
        }
    });
}
