//! The labels of an image: names, colours, which are seen, outlines, volumes.

use super::{heading, row};
use crate::app::label_files::Request;
use crate::app::message::Message;
use crate::app::widgets::{label_for_access, name_field};
use crate::app::{App, icons};
use crate::document::{Command, Display, LabelDisplay, Layer, format_number};
use crate::volume::{Interpolation, LabelStatistics, LabelVolume};
use egui::{Button, Id, RichText, Slider, Ui, WidgetInfo};
use egui_extras::{Column, TableBuilder};
use std::sync::Arc;

const LINE: f32 = 22.0;

pub fn show(ui: &mut Ui, app: &App, layer: &Layer, messages: &mut Vec<Message>) {
    let mut shown = layer.display.labels.is_some();
    let tip = "Each whole number is a label with a name and a colour of its own, as a segmentation has it";
    if ui
        .checkbox(&mut shown, "Show as labels")
        .on_hover_text(tip)
        .changed()
    {
        messages.push(toggled(ui, layer));
    }
    let Some(labels) = layer.display.labels.as_deref() else {
        return;
    };
    let mut new = labels.clone();
    outlines(ui, &mut new);
    files(ui, layer, messages);
    heading(ui, "Labels");
    match app.label_numbers.volumes() {
        Some(volumes) => table(ui, app, volumes, &mut new),
        None if app.label_numbers.failed() => {
            ui.weak("The values are no labels: there are numbers between whole ones, or too many.");
        }
        None => {
            ui.weak("counting…");
        }
    }
    if new != *labels {
        let display = Display {
            labels: Some(Arc::new(new)),
            ..layer.display.clone()
        };
        messages.push(edit(layer, display));
    }
}

/// The layer shown by labels, or as an image again; what it was shown by before comes back.
fn toggled(ui: &Ui, layer: &Layer) -> Message {
    type Before = (Option<Arc<LabelDisplay>>, Interpolation);
    let key = Id::unique("labels before").with(layer.id);
    let now: Before = (layer.display.labels.clone(), layer.display.interpolation);
    let before: Option<Before> = ui.data(|data| data.get_temp(key));
    ui.data_mut(|data| data.insert_temp(key, now.clone()));
    let before = before.filter(|before| before.0.is_some() != now.0.is_some());
    let (labels, interpolation) = before.unwrap_or(match now.0 {
        None => (Some(Arc::default()), Interpolation::Nearest),
        Some(_) => (None, now.1),
    });
    let display = Display {
        labels,
        interpolation,
        ..layer.display.clone()
    };
    edit(layer, display)
}

fn edit(layer: &Layer, display: Display) -> Message {
    Message::Edit(Command::SetDisplay {
        layer: layer.id,
        display,
    })
}

fn outlines(ui: &mut Ui, labels: &mut LabelDisplay) {
    row(ui, "Outlines", "Draws the edges of the labels only", |ui| {
        ui.checkbox(&mut labels.outlines, "only outlines");
        let mut width = labels.line_width;
        let slider = Slider::new(&mut width, 1..=LabelDisplay::WIDEST).text("px");
        let slider = ui.add_enabled(labels.outlines, slider);
        slider.widget_info(|| WidgetInfo::slider(true, width as f64, "Width of the outlines"));
        slider.on_hover_text("Width of the outlines on the screen");
        labels.line_width = width;
    });
}

fn files(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    ui.horizontal(|ui| {
        let tip = "Reads names and colours from a label description file of ITK-SNAP";
        if ui.button("Load names…").on_hover_text(tip).clicked() {
            messages.push(Message::LabelFile(Request::Load(layer.id)));
        }
        let tip = "Writes names and colours as a label description file of ITK-SNAP";
        if ui.button("Save names…").on_hover_text(tip).clicked() {
            messages.push(Message::LabelFile(Request::Save(layer.id)));
        }
        let tip = "Copies label, name, voxels, volume and statistics as a table";
        let copy = ui.add(Button::new(icons::COPY));
        label_for_access(&copy, egui::Role::Button, "Copy the table of labels");
        if copy.on_hover_text(tip).clicked() {
            messages.push(Message::LabelFile(Request::Copy(layer.id)));
        }
    });
}

fn table(ui: &mut Ui, app: &App, volumes: &[LabelVolume], labels: &mut LabelDisplay) {
    if volumes.is_empty() {
        ui.weak("No voxel has a label here.");
        return;
    }
    let measured = app.label_numbers.measured();
    let name = app.document.main().map_or("", |main| main.name.as_str());
    let about = format!("Mean and standard deviation of {name} within the label");
    TableBuilder::new(ui)
        .id_salt("labels")
        .striped(true)
        .auto_shrink(false)
        .column(Column::exact(22.0))
        .column(Column::exact(30.0))
        .column(Column::exact(26.0))
        .column(Column::remainder().at_least(80.0).clip(true))
        .column(Column::exact(84.0))
        .column(Column::exact(110.0).clip(true))
        .header(LINE, |mut head| {
            for (text, tip) in [
                ("", ""),
                ("", "The number in the image"),
                ("", ""),
                ("Name", "Name of the label; type to change it"),
                ("mm³", "Volume"),
                ("Mean ± SD", about.as_str()),
            ] {
                head.col(|ui| {
                    ui.label(RichText::new(text).weak()).on_hover_text(tip);
                });
            }
        })
        .body(|body| {
            body.rows(LINE, volumes.len(), |mut line| {
                let volume = &volumes[line.index()];
                let found = measured.iter().find(|it| it.label == volume.label);
                let mut entry = labels.table.entry(volume.label);
                let before = entry.clone();
                line.col(|ui| eye(ui, volume.label, &mut entry.visible));
                line.col(|ui| {
                    ui.weak(volume.label.to_string());
                });
                line.col(|ui| {
                    let swatch = ui.color_edit_button_srgb(&mut entry.color);
                    let text = format!("Colour of label {}", volume.label);
                    label_for_access(&swatch, egui::Role::Button, &text);
                });
                line.col(|ui| {
                    let text = format!("Name of label {}", volume.label);
                    if let Some(name) = name_field(ui, &text, &entry.name, f32::INFINITY) {
                        entry.name = name;
                    }
                });
                line.col(|ui| {
                    ui.label(format_number(volume.mm3, 0))
                        .on_hover_text(format!("{} voxels", volume.voxels));
                });
                line.col(|ui| {
                    ui.label(found.map_or(String::new(), spread));
                });
                if entry != before {
                    labels.table.set(volume.label, entry);
                }
            });
        });
}

fn spread(found: &LabelStatistics) -> String {
    format!(
        "{} ± {}",
        format_number(found.mean, 1),
        format_number(found.sd, 1)
    )
}

fn eye(ui: &mut Ui, label: i32, visible: &mut bool) {
    let (icon, word) = match visible {
        true => (icons::EYE, "Hide"),
        false => (icons::EYE_SLASH, "Show"),
    };
    let button = ui.add(Button::new(icon).frame_when_inactive(false));
    let text = format!("{word} label {label}");
    label_for_access(&button, egui::Role::Button, &text);
    if button.on_hover_text(text).clicked() {
        *visible ^= true;
    }
}
