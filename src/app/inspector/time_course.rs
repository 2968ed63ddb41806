//! The values under the cursor at every time point.

use crate::app::theme;
use crate::app::widgets::{label_for_access, still_plot};
use crate::document::{Document, Layer, shown_factor, shown_unit};
use egui::{RichText, Ui};
use egui_plot::{Line, Plot, VLine};

pub fn show(ui: &mut Ui, document: &Document, layer: &Layer) {
    let values = values(document, layer);
    if values.is_empty() {
        ui.weak("The cursor lies outside this image.");
        return;
    }
    let unit = shown_unit(layer);
    let step = layer.volume.meta().time.as_ref();
    let (scale, axis) = match step {
        Some(time) if time.step > 0.0 && !time.unit.is_empty() => (time.step, time.unit.as_str()),
        _ => (1.0, "time point"),
    };
    let words = if unit.is_empty() { "Value" } else { unit };
    ui.label(RichText::new(format!("{words} by {axis}")).weak());
    let points: Vec<[f64; 2]> = (0u32..)
        .zip(&values)
        .map(|(t, value)| [f64::from(t) * scale, *value])
        .collect();
    let now = layer.display.time as f64 * scale;
    let plot = still_plot(Plot::new("time course"))
        .height(140.0)
        .show_grid(false)
        .show(ui, |plot| {
            plot.line(Line::new("values", points).color(theme::ACCENT).width(1.5));
            plot.vline(VLine::new("now", now).color(theme::MEASUREMENT).width(1.0));
        });
    label_for_access(
        &plot.response,
        egui::Role::Image,
        "Time course at the cursor",
    );
    plot.response
        .on_hover_text("The voxel under the cursor at every time point; the line is the one shown");
}

/// One value a time point, in shown units; nothing outside the image.
fn values(document: &Document, layer: &Layer) -> Vec<f64> {
    let volume = &layer.volume;
    let index = volume.grid().world_to_index(document.cursor());
    let Some(voxel) = index.nearest_voxel(volume.grid().shape()) else {
        return Vec::new();
    };
    let factor = shown_factor(layer);
    (0..volume.time_points())
        .filter_map(|t| {
            let values = volume.values(voxel, t)?;
            Some(layer.display.components.of(&values)? * factor)
        })
        .collect()
}
