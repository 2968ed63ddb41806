//! The contrast of a layer: range in numbers, presets, and the curve over the histogram.

use super::exact::{self, Field};
use super::{Inspector, change_settings, curve, edit, heading, presets};
use crate::app::App;
use crate::app::contrast::Contrast;
use crate::app::histograms::HistogramLook;
use crate::app::message::Message;
use crate::app::widgets::number_field;
use crate::document::{
    Curve, Layer, Window, decimals_for, format_number, shown_factor, shown_unit,
};
use egui::{Align, Layout, RichText, Ui, vec2};

pub fn show(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    inspector: &mut Inspector,
    messages: &mut Vec<Message>,
) {
    let unit = shown_unit(layer);
    heading(
        ui,
        &match unit {
            "" => "Range".to_owned(),
            unit => format!("Range in {unit}"),
        },
    );
    range(ui, layer, messages);
    buttons(ui, app, layer, inspector, messages);
    heading(ui, "Curve");
    curve::show(ui, app, layer, &mut inspector.curve, messages);
    point(ui, layer, &mut inspector.curve, messages);
    heading(ui, "Histogram");
    histogram(ui, app, messages);
}

/// Minimum, maximum, level and window, each typed exactly.
fn range(ui: &mut Ui, layer: &Layer, messages: &mut Vec<Message>) {
    let window = layer.display.window;
    let factor = shown_factor(layer);
    // As the colour bar has them, and enough to tell level and width of an odd range.
    let decimals = decimals_for(layer);
    let text = |value: f64| format_number(value * factor, decimals);
    let max = text(window.max);
    let min = text(window.min);
    let below = |value: f64| match value / factor < window.max {
        true => Ok(()),
        false => Err(format!("must lie below the maximum, {max}")),
    };
    let above = |value: f64| match value / factor > window.min {
        true => Ok(()),
        false => Err(format!("must lie above the minimum, {min}")),
    };
    let wide = |value: f64| match value > 0.0 {
        true => Ok(()),
        false => Err("must be more than 0".to_owned()),
    };
    let any = |_: f64| Ok(());
    let mut set = |window: Window| {
        messages.push(Message::SetWindow {
            layer: layer.id,
            window,
        });
    };
    let (level, width) = (window.level(), window.width());
    ui.horizontal_wrapped(|ui| {
        let tip = "Values here and below take the first colour; Enter takes it over";
        let shown = (window.min * factor, text(window.min));
        if let Some(v) = typed(ui, "Minimum", tip, shown, below) {
            let min = v / factor;
            set(Window { min, ..window });
        }
        let tip = "Values here and above take the last colour; Enter takes it over";
        let shown = (window.max * factor, text(window.max));
        if let Some(v) = typed(ui, "Maximum", tip, shown, above) {
            let max = v / factor;
            set(Window { max, ..window });
        }
    });
    ui.horizontal_wrapped(|ui| {
        let tip = "The middle of the range; Enter takes it over";
        let shown = format_number(level * factor, decimals.max(1));
        if let Some(v) = typed(ui, "Level", tip, (level * factor, shown), any) {
            set(Window::from_level_width(v / factor, width));
        }
        let tip = "The width of the range; Enter takes it over";
        if let Some(v) = typed(ui, "Window", tip, (width * factor, text(width)), wide) {
            set(Window::from_level_width(level, v / factor));
        }
    });
}

/// A number of the range after its name.
fn typed(
    ui: &mut Ui,
    what: &str,
    tooltip: &str,
    (value, text): (f64, String),
    check: impl Fn(f64) -> Result<(), String>,
) -> Option<f64> {
    let size = vec2(66.0, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(size.x);
        name(ui, what);
    });
    let label = what.to_lowercase();
    let field = Field {
        label: &label,
        tooltip,
        width: 86.0,
    };
    exact::number(ui, field, value, text, check)
}

fn name(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).weak());
}

fn buttons(
    ui: &mut Ui,
    app: &App,
    layer: &Layer,
    inspector: &mut Inspector,
    messages: &mut Vec<Message>,
) {
    ui.horizontal(|ui| {
        for (text, tip, contrast) in [
            (
                "Auto",
                "From the 0.5 to the 99.5 % quantile",
                Contrast::Auto,
            ),
            (
                "Full range",
                "From the lowest to the highest value",
                Contrast::Full,
            ),
            (
                "Reset",
                "The range the layer opened with, and a straight curve",
                Contrast::Opened,
            ),
        ] {
            if ui.button(text).on_hover_text(tip).clicked() {
                if contrast == Contrast::Opened && !layer.display.curve.is_straight() {
                    messages.push(edit(layer, |d| d.curve = Curve::default()));
                }
                let layer = layer.id;
                messages.push(Message::ChangeContrast { layer, contrast });
            }
        }
        presets::menu(ui, app, layer, messages);
    });
    presets::keep(ui, app, layer, &mut inspector.naming, messages);
}

/// The selected point of the curve, in numbers.
fn point(ui: &mut Ui, layer: &Layer, held: &mut curve::Held, messages: &mut Vec<Message>) {
    let curve = &layer.display.curve;
    let count = curve.points().len();
    let at = held.select(held.selected(), count);
    let window = layer.display.window;
    let factor = shown_factor(layer);
    let decimals = decimals_for(layer);
    let [t, y] = curve.points()[at];
    let x = (window.min + t * window.width()) * factor;
    ui.horizontal(|ui| {
        name(ui, "Point");
        let tip = "Which point of the curve is selected, counted from 1";
        if let Some(n) = number_field(ui, "point", tip, (at + 1) as f64, 0, 0.05, 40.0) {
            held.select((n.max(1.0) as usize) - 1, count);
        }
        name(ui, "x");
        let tip = "Its value; the first and last point are the ends of the range";
        let speed = window.width() * factor / 200.0;
        if let Some(x) = number_field(ui, "x of the point", tip, x, decimals, speed, 72.0) {
            messages.push(edit(layer, |d| curve::move_point(d, at, x / factor, y)));
        }
        name(ui, "y");
        let tip = "Its place on the colour map, 0 to 1; that of the first and last point stays";
        if let Some(y) = number_field(ui, "y of the point", tip, y, 3, 0.005, 56.0) {
            messages.push(edit(layer, |d| curve::move_point(d, at, x / factor, y)));
        }
    });
    ui.horizontal(|ui| {
        if ui
            .button("Add point")
            .on_hover_text(
                "In the widest gap, on the curve; a double click on the plot adds one there",
            )
            .clicked()
            && let Some((more, place)) = curve.with_one_more()
        {
            held.select(place, count + 1);
            messages.push(edit(layer, |d| d.curve = more));
        }
        let inner = at > 0 && at + 1 < count;
        let remove = ui.add_enabled(inner, egui::Button::new("Remove point"));
        if remove
            .on_hover_text("Takes the selected point away; so does a right click on it")
            .on_disabled_hover_text("The ends of the curve stay")
            .clicked()
        {
            messages.push(edit(layer, |d| d.curve = curve.without(at)));
        }
        let bent = *curve != Curve::default();
        let straight = ui.add_enabled(bent, egui::Button::new("Straighten"));
        if straight
            .on_hover_text("A straight line with one point in its middle")
            .clicked()
        {
            messages.push(edit(layer, |d| d.curve = Curve::default()));
        }
    });
}

/// How the histogram is drawn.
fn histogram(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let mut look = app.settings.histogram;
    ui.horizontal(|ui| {
        name(ui, "Bins");
        let tip = "Into how many equal parts the range of all values is cut";
        if let Some(bins) = number_field(ui, "bins", tip, look.bins as f64, 0, 1.0, 48.0) {
            look.bins = HistogramLook::clamped_bins(bins);
        }
        let mut own = look.cutoff_percent.is_some();
        let tip = "Bars higher than this share of the highest are cut off; else chosen by itself";
        if ui.checkbox(&mut own, "Cutoff").on_hover_text(tip).changed() {
            look.cutoff_percent = own.then_some(20.0);
        }
        if let Some(percent) = look.cutoff_percent
            && let Some(new) = number_field(ui, "cutoff in percent", tip, percent, 1, 0.5, 48.0)
        {
            look.cutoff_percent = Some(new.clamp(0.1, 100.0));
        }
        if own {
            name(ui, "%");
        }
        let tip = "Heights as powers of ten, so that rare values are seen";
        ui.checkbox(&mut look.log, "Log scale").on_hover_text(tip);
    });
    if look != app.settings.histogram {
        messages.push(change_settings(app, |s| s.histogram = look));
    }
}
