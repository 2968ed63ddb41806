//! The layer list: one card a layer with its look. Cards are dragged to another place; a right click
//! or the dots open a layer's menu.

mod color_map;
mod contrast;
mod menu;
mod name;
mod order;

pub use color_map::map_entry;
pub use contrast::suv_choice;
pub use name::begin_rename;
pub use order::neighbours;

use crate::app::App;
use crate::app::action::Action;
use crate::app::inspector::{self, Tab};
use crate::app::message::Message;
use crate::app::widgets::{label_for_access, section};
use crate::app::{icons, theme};
use crate::document::{Command, Display, LabelDisplay, Layer, Role};
use crate::volume::Content;
use egui::{
    Align, Frame, Layout, Margin, Popup, RichText, Sense, SetOpenCommand, Stroke, Ui, UiBuilder,
    vec2,
};
use std::sync::Arc;

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
    let line = if selected {
        theme::ACCENT
    } else {
        ui.visuals().faint_bg_color
    };
    let frame = Frame::new()
        .fill(ui.visuals().faint_bg_color)
        .stroke(Stroke::new(1.0, line))
        .corner_radius(2.0)
        .inner_margin(Margin::same(8));
    // Below the controls on it, so that clicks and drags that none of them takes are the card's.
    let whole = UiBuilder::new()
        .id_salt(layer.id)
        .sense(Sense::click_and_drag());
    let contents = |ui: &mut Ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing = vec2(6.0, 5.0);
        head(ui, app, layer, messages);
        if let Some(labels) = &layer.display.labels {
            label_row(ui, layer, labels, messages);
        } else if layer.volume.meta().content != Content::Color {
            contrast::strip(ui, layer);
            contrast::range(ui, app, layer, messages);
        }
        if layer.role == Role::Overlay {
            opacity(ui, layer, messages);
        }
    };
    let response = ui
        .scope_builder(whole, |ui| frame.show(ui, contents))
        .response;
    let label = format!("Layer {}", layer.name);
    label_for_access(&response, egui::Role::Button, &label);
    if response.has_focus() {
        let focus = Stroke::new(1.0, ui.visuals().strong_text_color());
        let inside = egui::StrokeKind::Inside;
        ui.painter().rect_stroke(response.rect, 2.0, focus, inside);
    }
    if response.clicked() && !selected {
        messages.push(Message::Edit(Command::Select(layer.id)));
    }
    // Over the controls on it too.
    let asked = response.contains_pointer() && ui.input(|input| input.pointer.secondary_clicked());
    Popup::context_menu(&response)
        .open_memory(asked.then_some(SetOpenCommand::Bool(true)))
        .show(|ui| menu::entries(ui, app, layer, messages));
    order::drag_and_drop(ui, &app.document, layer, &response, messages);
}

/// The message that changes how `layer` is shown.
pub fn edit(layer: &Layer, change: impl FnOnce(&mut Display)) -> Message {
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
            menu::button(ui, app, layer, messages);
            ui.label(RichText::new(layer.role.label()).weak().small());
            if app.document.is_unsaved(layer.id) {
                unsaved_mark(ui, layer);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                name::show(ui, layer, messages);
            });
        });
    });
}

fn unsaved_mark(ui: &mut Ui, layer: &Layer) {
    let mark = RichText::new("•").color(ui.visuals().warn_fg_color);
    let tip = format!("{} is not saved yet", layer.name);
    let response = ui.add(egui::Label::new(mark).selectable(false));
    label_for_access(&response, egui::Role::Label, &tip);
    response.on_hover_text(format!("{tip}; use File > Save image as…"));
}

/// What a label image has in place of contrast and colour map.
fn label_row(ui: &mut Ui, layer: &Layer, labels: &LabelDisplay, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let mut outlines = labels.outlines;
        let tip = "Draws the edges of the labels only";
        if ui
            .checkbox(&mut outlines, "Outlines")
            .on_hover_text(tip)
            .changed()
        {
            let changed = LabelDisplay {
                outlines,
                ..labels.clone()
            };
            messages.push(edit(layer, |d| d.labels = Some(Arc::new(changed))));
        }
        let tip = "Names, colours and volumes of the labels";
        if ui.button("Labels…").on_hover_text(tip).clicked() {
            messages.push(Message::Edit(Command::Select(layer.id)));
            messages.push(Message::Inspector(inspector::Request::Open(Tab::Labels)));
        }
    });
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
