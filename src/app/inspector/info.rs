//! What is known of a layer: its grid, the cursor in its own coordinates, its header.

use super::table::{self, Row};
use super::{heading, time_course};
use crate::app::App;
use crate::app::icons;
use crate::app::panels::facts;
use crate::app::theme;
use crate::document::{Layer, decimals_for, format_number, readings, shown_factor, shown_unit};
use crate::volume::{Meta, NiftiMeta, NoticeKind};
use egui::{Label, RichText, Ui};
use nalgebra::Matrix4;

pub fn show(ui: &mut Ui, app: &App, layer: &Layer) {
    let meta = layer.volume.meta();
    let image = image_rows(app, layer);
    let cursor = cursor_rows(app, layer);
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        ui.label(RichText::new("Image").family(theme::semibold()));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let tip = "Copies all of this tab as text";
            if ui.button("Copy").on_hover_text(tip).clicked() {
                let header = nifti_rows(meta);
                let all: Vec<&Row> = image.iter().chain(&cursor).chain(&header).collect();
                ui.ctx().copy_text(table::text(&all));
            }
        });
    });
    facts_of(ui, "image facts", &image);
    for notice in &meta.notices {
        let text = format!("{}  {}", icons::WARNING, notice.text);
        let text = RichText::new(text).color(ui.visuals().warn_fg_color);
        ui.add(Label::new(text).wrap());
    }
    heading(ui, "Cursor");
    facts_of(ui, "cursor facts", &cursor);
    if layer.volume.time_points() > 1 {
        heading(ui, "Time course");
        time_course::show(ui, &app.document, layer);
    }
    if let Some(nifti) = &meta.nifti {
        heading(ui, "NIfTI placement");
        placement(ui, meta, nifti);
        heading(ui, "NIfTI header");
        let rows = nifti_rows(meta);
        let shown: Vec<&Row> = rows.iter().collect();
        table::show(ui, &shown, [0.0, 130.0], 20.0 * shown.len() as f32 + 8.0);
    }
}

/// Names and values in two columns.
fn facts_of(ui: &mut Ui, id: &str, rows: &[Row]) {
    egui::Grid::new(id)
        .num_columns(2)
        .spacing([14.0, 3.0])
        .show(ui, |ui| {
            for row in rows {
                ui.label(RichText::new(&row.name).weak());
                ui.add(Label::new(&row.value).wrap());
                ui.end_row();
            }
        });
}

fn image_rows(app: &App, layer: &Layer) -> Vec<Row> {
    // Spelt out below.
    let rows = facts::rows(layer)
        .into_iter()
        .filter(|(name, _)| *name != "Orientation");
    let mut rows: Vec<Row> = rows
        .map(|(name, value)| Row::new("", name, value))
        .collect();
    let grid = layer.volume.grid();
    let orientation = grid.orientation();
    let direction = grid.direction_lps();
    let cosines = |row: usize| {
        let row = (0..3).map(|column| format_number(direction[(row, column)], 4));
        row.collect::<Vec<_>>().join(", ")
    };
    rows.push(Row::new(
        "",
        "Direction (LPS)",
        format!("{}\n{}\n{}", cosines(0), cosines(1), cosines(2)),
    ));
    rows.push(Row::new(
        "",
        "ITK-SNAP's code",
        format!("{}: the side each axis comes from", orientation.from_code()),
    ));
    rows.push(Row::new(
        "",
        "nibabel's code",
        format!("{}: the side each axis goes to", orientation.to_code()),
    ));
    if let Some(histogram) = app.histograms.of(layer.id) {
        let (low, high) = histogram.range;
        let factor = shown_factor(layer);
        let decimals = decimals_for(layer);
        let [low, high] = [low, high].map(|value| format_number(value * factor, decimals));
        let unit = shown_unit(layer);
        rows.push(Row::new("", "Intensity", format!("{low} to {high} {unit}")));
    }
    rows
}

/// The cursor in this layer's own coordinates.
fn cursor_rows(app: &App, layer: &Layer) -> Vec<Row> {
    let document = &app.document;
    let grid = layer.volume.grid();
    let base = u8::from(app.settings.one_based);
    let index = grid.world_to_index(document.cursor());
    let triple = |values: [f64; 3], decimals: usize| {
        values
            .map(|value| format_number(value, decimals))
            .join(", ")
    };
    let whole = (0..3).all(|axis| (index.0[axis] - index.0[axis].round()).abs() < 1e-4);
    let voxel = [0, 1, 2].map(|axis| index.0[axis] + f64::from(base));
    let ras = document.cursor();
    let readings = readings(document);
    let value = readings
        .iter()
        .find(|reading| reading.layer == layer.id)
        .and_then(|reading| {
            let values = reading.values.as_ref()?.iter();
            let values: Vec<_> = values
                .map(|value| format_number(*value, reading.decimals))
                .collect();
            Some(format!("{} {}", values.join(", "), reading.unit))
        });
    vec![
        Row::new(
            "",
            format!("Voxel (from {base})"),
            triple(voxel, if whole { 0 } else { 3 }),
        ),
        Row::new(
            "",
            "World (RAS)",
            format!("{} mm", triple([ras.0.x, ras.0.y, ras.0.z], 3)),
        ),
        Row::new("", "World (LPS)", format!("{} mm", triple(ras.to_lps(), 3))),
        Row::new(
            "",
            "Value",
            value.unwrap_or_else(|| "outside this image".to_owned()),
        ),
    ]
}

/// The two forms side by side with what is made of them.
fn placement(ui: &mut Ui, meta: &Meta, nifti: &NiftiMeta) {
    let differ = meta
        .notices
        .iter()
        .any(|n| n.kind == NoticeKind::FormsDiffer);
    let used = match (&nifti.sform, &nifti.qform) {
        (Some(_), Some(_)) if differ => "They differ; the sform is used, as nibabel does.",
        (Some(_), Some(_)) => "They agree; the sform is used.",
        (Some(_), None) => "The sform is used; there is no qform (its code is 0).",
        (None, Some(_)) => "The qform is used; there is no sform (its code is 0).",
        (None, None) => "Neither is there (both codes are 0): voxel sizes alone place the image.",
    };
    ui.label(used);
    for (name, form) in [("sform", &nifti.sform), ("qform", &nifti.qform)] {
        let code = nifti.fields.get(&format!("{name}_code"));
        let code = code.map_or_else(|| "0".to_owned(), ToString::to_string);
        let text = RichText::new(format!("{name}, code {code}: {}", code_name(&code))).weak();
        ui.label(text);
        if let Some(matrix) = form {
            matrix_grid(ui, name, matrix);
        }
    }
}

/// What the code of a form means (nifti1.h).
fn code_name(code: &str) -> &'static str {
    match code {
        "0" => "unknown",
        "1" => "scanner",
        "2" => "aligned to another image",
        "3" => "Talairach",
        "4" => "MNI 152",
        "5" => "another template",
        _ => "not a known code",
    }
}

/// A matrix with its columns aligned.
fn matrix_grid(ui: &mut Ui, id: &str, matrix: &Matrix4<f64>) {
    egui::Grid::new(id).spacing([18.0, 2.0]).show(ui, |ui| {
        for row in matrix.row_iter() {
            for value in row.iter() {
                let layout = egui::Layout::right_to_left(egui::Align::Center);
                ui.with_layout(layout, |ui| ui.label(format_number(*value, 4)));
            }
            ui.end_row();
        }
    });
}

/// Every field of a NIfTI header.
pub fn nifti_rows(meta: &Meta) -> Vec<Row> {
    let fields = meta.nifti.iter().flat_map(|nifti| &nifti.fields);
    fields
        .map(|(name, value)| {
            let text = match value {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Array(values) => {
                    let parts: Vec<String> = values.iter().map(ToString::to_string).collect();
                    parts.join(", ")
                }
                other => other.to_string(),
            };
            Row::new("", name, text)
        })
        .collect()
}
