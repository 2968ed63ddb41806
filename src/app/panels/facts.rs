//! The fourth pane: the selected image at a glance.

use crate::app::App;
use crate::app::action::Action;
use crate::app::message::Message;
use crate::app::theme;
use crate::document::Layer;
use egui::{RichText, Ui};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let Some(layer) = app.document.active() else {
        return;
    };
    let rect = ui.max_rect();
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect.shrink(12.0)), |ui| {
        egui::ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.label(
                    RichText::new(&layer.name)
                        .family(theme::semibold())
                        .size(15.0),
                );
                ui.add_space(4.0);
                egui::Grid::new("facts")
                    .num_columns(2)
                    .spacing([24.0, 3.0])
                    .show(ui, |ui| {
                        for (name, value) in rows(layer) {
                            ui.label(RichText::new(name).weak());
                            ui.add(egui::Label::new(value).truncate());
                            ui.end_row();
                        }
                    });
                for notice in &layer.volume.meta().notices {
                    ui.add_space(4.0);
                    let text = format!("{}  {}", crate::app::icons::WARNING, notice.text);
                    ui.add(egui::Label::new(RichText::new(text).color(theme::WARNING)).wrap());
                }
                ui.add_space(8.0);
                let spec = Action::ShowInfo.spec();
                if ui
                    .button("Header and tags…")
                    .on_hover_text(spec.tooltip)
                    .clicked()
                {
                    messages.push(Message::Action(Action::ShowInfo));
                }
            });
    });
}

/// Name and value of each fact.
pub fn rows(layer: &Layer) -> Vec<(&'static str, String)> {
    let volume = &layer.volume;
    let (grid, meta) = (volume.grid(), volume.meta());
    let [nx, ny, nz] = grid.shape();
    let [sx, sy, sz] = grid.spacing();
    let [ox, oy, oz] = grid.origin_lps();
    let data = volume.data();
    let mut rows = vec![
        ("Format", meta.format.label().to_owned()),
        ("Voxels", format!("{nx} × {ny} × {nz}")),
    ];
    if volume.time_points() > 1 {
        rows.push(("Time points", volume.time_points().to_string()));
    }
    if volume.components() > 1 {
        rows.push(("Components", volume.components().to_string()));
    }
    rows.push(("Spacing", format!("{sx:.4} × {sy:.4} × {sz:.4} mm")));
    rows.push(("Origin (LPS)", format!("{ox:.3}, {oy:.3}, {oz:.3} mm")));
    rows.push((
        "Origin (RAS)",
        // 0 - x, as -0 would be written with its sign.
        format!("{:.3}, {:.3}, {oz:.3} mm", 0.0 - ox, 0.0 - oy),
    ));
    rows.push(("Orientation", grid.orientation().to_string()));
    let oblique = grid.obliquity_deg();
    if oblique > 0.05 {
        rows.push(("Oblique by", format!("{oblique:.1}°")));
    }
    let megabytes = data.bytes() as f64 / 1e6;
    rows.push((
        "Stored as",
        format!("{} ({megabytes:.1} MB)", data.voxel_type()),
    ));
    if !meta.modality.code().is_empty() {
        rows.push(("Modality", meta.modality.code().to_owned()));
    }
    if !meta.unit.is_empty() {
        rows.push(("Unit", meta.unit.clone()));
    }
    rows
}
