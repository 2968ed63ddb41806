//! Name, role, opacity, order, interpolation, time point and components of a layer.

use super::{edit, heading, row};
use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::panels::layers::{neighbours, suv_choice};
use crate::app::registration::field_layer;
use crate::app::widgets::label_for_access;
use crate::document::{Command, Layer, Role};
use crate::volume::{Components, Interpolation};
use egui::{Id, Key, Slider, TextEdit, Ui};

pub fn show(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    heading(ui, "Image");
    file(ui, layer);
    nickname(ui, layer, messages);
    heading(ui, "How it is shown");
    role(ui, layer, messages);
    opacity(ui, layer, messages);
    order(ui, app, layer, messages);
    interpolation(ui, layer, messages);
    suv(ui, layer, messages);
    if layer.volume.time_points() > 1 {
        heading(ui, "Time");
        time(ui, app, layer, messages);
    }
    if layer.volume.components() > 1 {
        heading(ui, "Components");
        components(ui, layer, messages);
        vectors(ui, app, layer, messages);
    }
}

fn file(ui: &mut Ui, layer: &Layer) {
    let meta = layer.volume.meta();
    let (text, whole) = match &meta.path {
        Some(path) => (
            path.file_name().map_or_else(
                || path.display().to_string(),
                |n| n.to_string_lossy().into(),
            ),
            path.display().to_string(),
        ),
        None => (
            "in no file".to_owned(),
            "Made here and not saved".to_owned(),
        ),
    };
    row(ui, "File", "What the image was read from", |ui| {
        ui.add(egui::Label::new(text).truncate())
            .on_hover_text(whole);
    });
    row(ui, "Format", "The kind of file", |ui| {
        ui.label(meta.format.label())
    });
}

fn nickname(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let tip = "The name shown everywhere; the file keeps its own";
    row(ui, "Nickname", tip, |ui| {
        let id = Id::unique(("nickname", layer.id));
        let draft: Option<String> = ui.data(|data| data.get_temp(id));
        let mut text = draft.unwrap_or_else(|| layer.name.clone());
        let width = ui.available_width();
        let response = ui.add(TextEdit::singleline(&mut text).desired_width(width));
        label_for_access(&response, egui::Role::TextInput, "nickname");
        let given_up = ui.input(|input| input.key_pressed(Key::Escape));
        if response.has_focus() && !given_up {
            ui.data_mut(|data| data.insert_temp(id, text));
        } else {
            ui.data_mut(|data| data.remove::<String>(id));
            let changed = !text.trim().is_empty() && text != layer.name;
            if response.lost_focus() && !given_up && changed {
                messages.push(Message::Edit(Command::Rename {
                    layer: layer.id,
                    name: text,
                }));
            }
        }
        response.on_hover_text(tip);
    });
}

fn role(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let tip = "Overlays lie half-transparent on the shown image; separate images replace it";
    row(ui, "Display as", tip, |ui| {
        if layer.role == Role::Main {
            ui.label("Main image")
                .on_hover_text("It gives the views their grid: it cannot be an overlay");
            return;
        }
        let choices = [
            (
                Role::Additional,
                "Separate image",
                "Shown in place of the main image",
            ),
            (
                Role::Overlay,
                "Overlay",
                "Laid over whichever image is shown",
            ),
        ];
        for (role, text, tip) in choices {
            let response = ui.radio(layer.role == role, text).on_hover_text(tip);
            if response.clicked() && layer.role != role {
                let layer = layer.id;
                messages.push(Message::Edit(Command::SetRole { layer, role }));
            }
        }
    });
}

fn opacity(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    row(
        ui,
        "Opacity",
        "How much of what lies below is hidden",
        |ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 150.0).max(60.0);
            let mut percent = (layer.display.opacity * 100.0).round();
            let slider = Slider::new(&mut percent, 0.0..=100.0)
                .fixed_decimals(0)
                .suffix(" %");
            let response = ui.add(slider);
            response.widget_info(|| egui::WidgetInfo::slider(true, f64::from(percent), "opacity"));
            if response
                .on_hover_text("How much of what lies below is hidden; Q and E change all overlays")
                .changed()
            {
                messages.push(edit(layer, |d| d.opacity = percent / 100.0));
            }
            let mut visible = layer.display.visible;
            if ui
                .checkbox(&mut visible, "Visible")
                .on_hover_text("Whether the layer is shown at all")
                .changed()
            {
                messages.push(edit(layer, |d| d.visible = visible));
            }
        },
    );
}

fn order(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let (before, after) = neighbours(&app.document, layer);
    row(ui, "Order", "What is painted over what", |ui| {
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
            let response = ui.add_enabled(to.is_some(), egui::Button::new(text));
            let why_not = "There is no layer to change places with; the main image stays first";
            if response
                .on_hover_text(tip)
                .on_disabled_hover_text(why_not)
                .clicked()
                && let Some(to) = to
            {
                let layer = layer.id;
                messages.push(Message::Edit(Command::Reorder { layer, to }));
            }
        }
    });
}

fn interpolation(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    row(
        ui,
        "Interpolation",
        "How values between voxels are made",
        |ui| {
            for (mode, text, tip) in [
                (
                    Interpolation::Linear,
                    "Linear",
                    "Blends neighbouring voxels",
                ),
                (
                    Interpolation::Nearest,
                    "Nearest",
                    "Shows voxels as blocks; right for labels",
                ),
            ] {
                let on = layer.display.interpolation == mode;
                if ui.radio(on, text).on_hover_text(tip).clicked() && !on {
                    messages.push(edit(layer, |d| d.interpolation = mode));
                }
            }
        },
    );
}

fn suv(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let Some((possible, tip)) = suv_choice(layer) else {
        return;
    };
    row(ui, "Unit", "What values are shown in", |ui| {
        let mut on = layer.display.show_suv;
        let response = ui
            .add_enabled(possible, egui::Checkbox::new(&mut on, "SUV"))
            .on_hover_text(&tip)
            .on_disabled_hover_text(&tip);
        if response.changed() {
            messages.push(edit(layer, |d| d.show_suv = on));
        }
    });
}

fn time(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let count = layer.volume.time_points();
    let base = usize::from(app.settings.one_based);
    let mut time = layer.display.time + base;
    row(ui, "Time point", "Of all images that have several", |ui| {
        ui.spacing_mut().slider_width = (ui.available_width() - 130.0).max(60.0);
        let slider = Slider::new(&mut time, base..=count - 1 + base);
        let response = ui.add(slider);
        response.widget_info(|| egui::WidgetInfo::slider(true, time as f64, "time point"));
        if response.on_hover_text("The time point shown").changed() {
            messages.push(Message::Edit(Command::SetTime(time - base)));
        }
        let plays = app.is_on(Action::PlayTime);
        let spec = Action::PlayTime.spec();
        let text = if plays { "Stop" } else { "Play" };
        if ui.button(text).on_hover_text(spec.tooltip).clicked() {
            messages.push(Message::Action(Action::PlayTime));
        }
    });
    if let Some(axis) = &layer.volume.meta().time {
        let at = axis.step * layer.display.time as f64;
        row(ui, "Time", "Since the first time point", |ui| {
            ui.label(format!("{at:.3} {}", axis.unit))
        });
    }
}

/// What a choice is called.
pub fn components_name(components: Components, base: usize) -> String {
    match components {
        Components::One(n) => format!("Component {}", n + base),
        Components::Magnitude => "Magnitude".to_owned(),
        Components::Maximum => "Maximum".to_owned(),
        Components::Average => "Average".to_owned(),
        Components::Color => "RGB".to_owned(),
    }
}

fn components(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let count = layer.volume.components();
    let now = layer.display.components;
    let tip = "Which number of each voxel is shown: one of its components, or one made of all";
    row(ui, "Show", tip, |ui| {
        egui::ComboBox::from_id_salt("components")
            .selected_text(components_name(now, 0))
            .width(170.0)
            .show_ui(ui, |ui| {
                for choice in Components::choices(count) {
                    let name = components_name(choice, 0);
                    if ui.selectable_label(choice == now, name).clicked() {
                        messages.push(edit(layer, |d| d.components = choice));
                    }
                }
            })
            .response
            .on_hover_text(tip);
    });
    if let Components::One(shown) = now {
        row(ui, "Component", "Counted from 0", |ui| {
            ui.spacing_mut().slider_width = (ui.available_width() - 80.0).max(60.0);
            let mut shown = shown.min(count - 1);
            let response = ui.add(Slider::new(&mut shown, 0..=count - 1));
            response.widget_info(|| egui::WidgetInfo::slider(true, shown as f64, "component"));
            if response.on_hover_text("The component shown").changed() {
                messages.push(edit(layer, |d| d.components = Components::One(shown)));
            }
        });
    }
}

/// Displacement fields can be drawn over the views.
fn vectors(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    if field_layer(&app.document).is_none_or(|field| field.id != layer.id) {
        return;
    }
    row(ui, "Vectors", "Draws the field over the views", |ui| {
        for (action, text) in [(Action::FieldGrid, "Grid"), (Action::FieldArrows, "Arrows")] {
            let mut on = app.is_on(action);
            let tip = action.spec().tooltip;
            if ui.checkbox(&mut on, text).on_hover_text(tip).changed() {
                messages.push(Message::Action(action));
            }
        }
    });
}
