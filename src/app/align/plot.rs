//! The metric after every iteration, one colour a level.

use crate::app::registration::{iteration_marks, level_color};
use crate::app::theme;
use crate::app::widgets::still_plot;
use crate::document::{format_number, with_true_minus};
use crate::registration::linear::{LinearSample, Metric};
use egui::{Color32, FontId, RichText, Ui};
use egui_plot::{AxisHints, Line, Plot, PlotPoints};

const HEIGHT: f32 = 150.0;

/// What a metric is called.
pub fn name(metric: Metric) -> &'static str {
    match metric {
        Metric::Nmi => "NMI",
        Metric::Ncc => "NCC",
        Metric::NccLocal => "local NCC",
        Metric::Ssd => "MSD",
    }
}

pub fn show(ui: &mut Ui, metric: Metric, samples: &[LinearSample]) {
    let small = || FontId::proportional(11.0);
    let plot = still_plot(Plot::new("metric"))
        .height(HEIGHT)
        .grid_color(Color32::from_gray(62))
        .x_grid_spacer(|input| iteration_marks(&input))
        .custom_x_axes(vec![AxisHints::new_x().tick_label_font(small())])
        .custom_y_axes(vec![
            AxisHints::new_y()
                .tick_label_font(small())
                .min_thickness(44.0)
                .formatter(|mark, _| format_number(mark.value, 4)),
        ]);
    let levels = samples.chunk_by(|a, b| a.level == b.level).count();
    head(ui, metric, levels);
    plot.show(ui, |plot| {
        let mut place = 0;
        for level in samples.chunk_by(|a, b| a.level == b.level) {
            let points: Vec<[f64; 2]> = level
                .iter()
                .map(|sample| [(place + sample.iteration) as f64, sample.value])
                .collect();
            place += level.last().map_or(0, |sample| sample.iteration);
            let number = level[0].level;
            let line = Line::new(format!("level {number}"), PlotPoints::from(points));
            plot.line(line.color(level_color(number)).width(1.5));
        }
    });
}

/// What the plot shows, and which colour is which level; the curves may be anywhere in it.
fn head(ui: &mut Ui, metric: Metric, levels: usize) {
    ui.horizontal_wrapped(|ui| {
        let title = format!("{} after each iteration", name(metric));
        ui.label(RichText::new(title).font(FontId::new(12.0, theme::semibold())));
        for number in 1..=levels {
            let level = RichText::new(format!("level {number}")).size(12.0);
            ui.label(level.color(level_color(number)));
        }
    });
}

/// Where a run is, in words.
pub fn line(metric: Metric, sample: &LinearSample) -> String {
    with_true_minus(&format!(
        "Level {}, iteration {}: {} = {}",
        sample.level,
        sample.iteration,
        name(metric),
        format_number(sample.value, 5)
    ))
}
