//! The cursor inspector: where the cursor is, and every layer's value there.

use crate::app::App;
use crate::app::message::Message;
use crate::app::widgets::{number_field, section};
use crate::document::{Command, Document, Role, format_number, readings};
use crate::geometry::WorldPoint;
use egui::{Align, Color32, Layout, RichText, Sense, Ui, vec2};
use egui_extras::{Column, TableBuilder};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let document = &app.document;
    section(ui, "Cursor");
    position(ui, document, app.settings.one_based, messages);
    time(ui, document, messages);
    values(ui, document, messages);
}

fn position(ui: &mut Ui, document: &Document, one_based: bool, messages: &mut Vec<Message>) {
    let (Some(voxel), Some(grid)) = (document.cursor_voxel(), document.grid()) else {
        ui.weak("No image is open.");
        return;
    };
    let base = i64::from(one_based);
    // Room for "-1234.56", so that the columns stay where they are.
    let (label_width, gap) = (66.0, 4.0);
    let width = ((ui.available_width() - label_width - 3.0 * gap) / 3.0).floor();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        ui.spacing_mut().button_padding.x = gap;
        let name = if one_based { "Index (1…)" } else { "Index (0…)" };
        row_label(ui, label_width, name, "Voxel of the main image under the cursor. View > Count indices from 1 changes the base");
        for axis in 0..3 {
            let letter = ["i", "j", "k"][axis];
            let tip = format!("{letter}, of {} voxels; type or drag to move the cursor", grid.shape()[axis]);
            let shown = voxel[axis] as i64 + base;
            if let Some(new) = number_field(ui, &format!("index {letter}"), &tip, shown as f64, 0, 0.25, width) {
                let mut to = voxel.map(|n| n as i64);
                to[axis] = new.round() as i64 - base;
                if let Some(point) = document.voxel_to_world(to) {
                    messages.push(Message::Edit(Command::MoveCursor(point)));
                }
            }
        }
    });
    let world = document.cursor();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        ui.spacing_mut().button_padding.x = gap;
        row_label(ui, label_width, "RAS mm", "World coordinates of the voxel's centre: x to the patient's right, y to the front, z to the head (NIfTI). DICOM and ITK write LPS, with x and y of opposite sign");
        for axis in 0..3 {
            let letter = ["x", "y", "z"][axis];
            let tip = format!("{letter} in mm (RAS); type or drag to move the cursor to the nearest voxel");
            let spacing = grid.spacing().into_iter().fold(f64::INFINITY, f64::min);
            if let Some(new) = number_field(ui, &format!("world {letter}"), &tip, world.0[axis], 2, spacing, width) {
                let mut to = world.0;
                to[axis] = new;
                messages.push(Message::Edit(Command::MoveCursor(WorldPoint(to))));
            }
        }
    });
}

/// The name of a row, in a column of its own.
fn row_label(ui: &mut Ui, width: f32, name: &str, tooltip: &str) {
    let size = vec2(width, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        ui.label(RichText::new(name).weak()).on_hover_text(tooltip);
    });
}

fn time(ui: &mut Ui, document: &Document, messages: &mut Vec<Message>) {
    let points = document.time_points();
    if points < 2 {
        return;
    }
    ui.horizontal(|ui| {
        ui.label(RichText::new("Time point").weak());
        let mut time = document.time();
        let width = ui.available_width() - 110.0;
        ui.spacing_mut().slider_width = width.max(60.0);
        let slider = egui::Slider::new(&mut time, 0..=points - 1)
            .suffix(format!(" (0–{})", points - 1))
            .text("");
        let response = ui
            .add(slider)
            .on_hover_text("The volume of the 4D image that is shown, counted from 0");
        response.widget_info(|| egui::WidgetInfo::slider(true, time as f64, "time point"));
        if response.changed() {
            messages.push(Message::Edit(Command::SetTime(time)));
        }
    });
}

fn values(ui: &mut Ui, document: &Document, messages: &mut Vec<Message>) {
    let readings = readings(document);
    if readings.is_empty() {
        return;
    }
    let active = document.active().map(|layer| layer.id);
    TableBuilder::new(ui)
        .id_salt("values")
        // Without the focus: Tab comes to the layers in their list.
        .sense(Sense::CLICK)
        .cell_layout(Layout::left_to_right(Align::Center))
        .column(Column::remainder().clip(true))
        .column(Column::exact(86.0))
        .column(Column::exact(44.0))
        .header(18.0, |mut header| {
            for (n, title) in ["Layer", "Value", "Unit"].into_iter().enumerate() {
                header.col(|ui| {
                    let text = RichText::new(title).weak().small();
                    if n == 1 {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(text));
                    } else {
                        ui.label(text);
                    }
                });
            }
        })
        .body(|body| {
            body.rows(21.0, readings.len(), |mut row| {
                let reading = &readings[row.index()];
                let Some(layer) = document.layer(reading.layer) else {
                    return;
                };
                row.set_selected(active == Some(layer.id));
                row.col(|ui| {
                    let mut name = RichText::new(&layer.name);
                    if layer.role == Role::Overlay {
                        name = name.italics();
                    } else if document
                        .ground()
                        .is_some_and(|ground| ground.id == layer.id)
                    {
                        name = name.family(crate::app::theme::semibold());
                    }
                    ui.add(egui::Label::new(name).truncate().selectable(false));
                });
                row.col(|ui| {
                    let text = value_text(reading.values.as_deref(), reading.decimals);
                    if let Some(label) = &reading.label {
                        let [r, g, b] = label.color;
                        let (swatch, _) = ui.allocate_exact_size(vec2(9.0, 9.0), Sense::hover());
                        let color = Color32::from_rgb(r, g, b);
                        ui.painter().rect_filled(swatch, 1.0, color);
                        let text = format!("{text} {}", label.name);
                        ui.add(egui::Label::new(text).truncate().selectable(false));
                    } else {
                        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                            ui.add(egui::Label::new(text).truncate().selectable(false));
                        });
                    }
                });
                row.col(|ui| {
                    ui.add(
                        egui::Label::new(RichText::new(&reading.unit).weak())
                            .truncate()
                            .selectable(false),
                    );
                });
                let what = match &reading.label {
                    Some(label) => format!("Label under the cursor: {}", label.name),
                    None => "Value of this layer under the cursor".to_owned(),
                };
                let response = row.response();
                let response = response.on_hover_text(format!("{what}; click selects the layer"));
                if response.clicked() {
                    messages.push(Message::Edit(Command::Select(layer.id)));
                }
            });
        });
}

fn value_text(values: Option<&[f64]>, decimals: usize) -> String {
    match values {
        None => "outside".to_owned(),
        Some(values) => values
            .iter()
            .map(|v| format_number(*v, decimals))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
