//! The fourth pane: the selected image at a glance.

use crate::app::App;
use crate::app::axis::{round_marks, tick};
use crate::app::inspector;
use crate::app::message::Message;
use crate::app::theme;
use crate::document::{Layer, format_number, shown_factor, shown_unit};
use egui::{RichText, Ui};
use egui_plot::{Bar, BarChart, Plot, VLine};

/// The plot is not drawn narrower than this.
const PLOT_WIDTH: f32 = 230.0;

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let Some(layer) = app.document.active() else {
        return;
    };
    let rect = ui.max_rect();
    ui.scope_builder(
        egui::UiBuilder::new().max_rect(rect.shrink2(egui::vec2(12.0, 6.0))),
        |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    ui.label(
                        RichText::new(&layer.name)
                            .family(theme::semibold())
                            .size(15.0),
                    );
                    ui.add_space(4.0);
                    // Beside each other where there is room, else the plot below.
                    if ui.available_width() > 2.0 * PLOT_WIDTH {
                        ui.horizontal_top(|ui| {
                            table(ui, app, layer);
                            ui.add_space(theme::STEP * 2.0);
                            ui.vertical(|ui| plot(ui, app, layer));
                        });
                    } else {
                        table(ui, app, layer);
                        plot(ui, app, layer);
                    }
                    for notice in &layer.volume.meta().notices {
                        ui.add_space(4.0);
                        let text = format!("{}  {}", crate::app::icons::WARNING, notice.text);
                        ui.add(
                            egui::Label::new(RichText::new(text).color(ui.visuals().warn_fg_color))
                                .wrap(),
                        );
                    }
                    ui.add_space(8.0);
                    let tip = "Opens the layer inspector";
                    if ui.button("Header and tags…").on_hover_text(tip).clicked() {
                        let info = inspector::Request::Open(inspector::Tab::Info);
                        messages.push(Message::Inspector(info));
                    }
                });
        },
    );
}

fn table(ui: &mut Ui, app: &App, layer: &Layer) {
    egui::Grid::new("facts")
        .num_columns(2)
        .spacing([16.0, 3.0])
        .show(ui, |ui| {
            for (name, value) in rows(layer) {
                ui.label(RichText::new(name).weak());
                ui.label(value);
                ui.end_row();
            }
            let index = layer.volume.grid().world_to_index(app.document.cursor());
            let base = f64::from(u8::from(app.settings.one_based));
            let [i, j, k] = [0, 1, 2].map(|axis| index.0[axis] + base);
            ui.label(RichText::new("Cursor voxel").weak())
                .on_hover_text("The cursor in this image's own voxels; between voxels on a grid other than the main image's");
            let [i, j, k] = [i, j, k].map(|index| format_number(index, 2));
            ui.label(format!("{i}, {j}, {k}"));
            ui.end_row();
        });
}

/// How often which value occurs, on a logarithmic scale, with the shown range marked.
fn plot(ui: &mut Ui, app: &App, layer: &Layer) {
    let Some(histogram) = app.histograms.of(layer.id) else {
        return;
    };
    let factor = shown_factor(layer);
    let (low, high) = histogram.range;
    let width = (high - low) / histogram.counts.len().max(1) as f64;
    // Bars without edges on no ground of their own: a software renderer pays for every one.
    let fill = ui.visuals().weak_text_color();
    let bars: Vec<Bar> = (0u32..)
        .zip(&histogram.counts)
        .map(|(bin, count)| {
            let middle = low + (f64::from(bin) + 0.5) * width;
            Bar::new(middle * factor, (*count as f64 + 1.0).log10())
                .width(width * factor)
                .fill(fill)
                .stroke(egui::Stroke::NONE)
        })
        .collect();
    let unit = shown_unit(layer);
    let name = if unit.is_empty() { "value" } else { unit };
    ui.label(RichText::new(format!("Voxels by {name}")).weak())
        .on_hover_text("Counts as powers of ten; the lines are the ends of the shown range");
    let window = layer.display.window;
    Plot::new(("histogram", layer.id))
        .height(150.0)
        .sense(egui::Sense::hover())
        .show_axes([true, false])
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .show_grid(false)
        .show_background(false)
        .x_grid_spacer(|input| round_marks(&input, 5.0))
        .x_axis_formatter(|mark, _| tick(mark))
        .include_y(0.0)
        .show(ui, |plot| {
            plot.bar_chart(BarChart::new("counts", bars));
            for (name, edge) in [("minimum", window.min), ("maximum", window.max)] {
                plot.vline(VLine::new(name, edge * factor).color(theme::ACCENT));
            }
        });
}

/// Name and value of each fact.
pub fn rows(layer: &Layer) -> Vec<(&'static str, String)> {
    let volume = &layer.volume;
    let (grid, meta) = (volume.grid(), volume.meta());
    let [nx, ny, nz] = grid.shape();
    let [sx, sy, sz] = grid.spacing();
    let [x, y, z] = grid.origin_lps();
    let [left, posterior, right, anterior, superior] =
        [x, y, -x, -y, z].map(|mm| format_number(mm, 3));
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
    rows.push((
        "Origin (LPS)",
        format!("{left}, {posterior}, {superior} mm"),
    ));
    rows.push((
        "Origin (RAS)",
        format!("{right}, {anterior}, {superior} mm"),
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
