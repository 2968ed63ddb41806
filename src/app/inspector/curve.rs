//! The contrast curve over the histogram: drawn, and dragged by its points.

use super::edit;
use crate::app::App;
use crate::app::axis::{round_marks, tick};
use crate::app::message::Message;
use crate::app::widgets::{label_for_access, still_plot};
use crate::app::{overlay, theme};
use crate::document::{Display, Layer, Lut, Window, shown_factor};
use egui::{Color32, FontId, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use egui_plot::{
    AxisHints, Bar, BarChart, Line, MarkerShape, Plot, PlotPoint, PlotResponse, PlotTransform,
    Points,
};

/// A point is grabbed within this many screen points.
const REACH: f32 = 12.0;

/// The narrowest window a drag leaves, as a share of the one before.
const NARROWEST: f64 = 1e-3;

/// What the hand holds.
#[derive(Debug, Default)]
pub struct Held {
    selected: usize,
    grabbed: Option<usize>,
    /// What the plot shows along x, kept while a point is dragged.
    bounds: Option<[f64; 2]>,
}

impl Held {
    pub fn selected(&self) -> usize {
        self.selected
    }

    /// Selects point `at` of `count`, or the last; returns which it is.
    pub fn select(&mut self, at: usize, count: usize) -> usize {
        self.selected = at.min(count.saturating_sub(1));
        self.selected
    }
}

/// Puts point `at` on the value `x` and the height `y`. The ends move the window, and the points
/// between go with it.
pub fn move_point(display: &mut Display, at: usize, x: f64, y: f64) {
    let window = display.window;
    let least = window.width() * NARROWEST;
    if !x.is_finite() {
        return;
    }
    if at == 0 {
        display.window.min = x.min(window.max - least);
    } else if at + 1 == display.curve.points().len() {
        display.window.max = x.max(window.min + least);
    } else if window.width() > 0.0 {
        let t = (x - window.min) / window.width();
        display.curve = display.curve.moved(at, [t, y]);
    }
}

pub fn show(ui: &mut Ui, app: &App, layer: &Layer, held: &mut Held, messages: &mut Vec<Message>) {
    held.select(held.selected, layer.display.curve.points().len());
    let [low, high] = *held.bounds.get_or_insert_with(|| bounds(app, layer));
    let axis = AxisHints::new_x()
        .tick_label_font(FontId::proportional(11.0))
        .tick_label_color(ui.visuals().weak_text_color())
        .formatter(|mark, _| tick(mark));
    let plot = still_plot(Plot::new("curve"))
        .sense(Sense::click_and_drag())
        .height(190.0)
        .show_axes([true, false])
        .show_grid([true, false])
        .grid_color(ui.visuals().faint_bg_color)
        .x_grid_spacer(|input| round_marks(&input, 4.0))
        .custom_x_axes(vec![axis]);
    let parts = Parts::of(ui, app, layer, held.selected);
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds_x(low..=high);
        plot.set_plot_bounds_y(-0.04..=1.06);
        plot.bar_chart(parts.bars);
        for line in parts.lines {
            plot.line(line);
        }
        plot.points(parts.points);
        plot.points(parts.selected);
    });
    label_for_access(&shown.response, egui::Role::Image, "Contrast curve");
    let edge = ui.visuals().widgets.noninteractive.bg_stroke;
    ui.painter()
        .rect_stroke(shown.response.rect, 0.0, edge, StrokeKind::Outside);
    strip(ui, layer, &shown.transform, shown.response.rect);
    act(ui, layer, &shown, held, messages);
    if held.grabbed.is_none() {
        held.bounds = None;
    }
    shown.response.on_hover_text(
        "Drag a point to change the contrast; the ends are minimum and maximum. \
         Double click to add a point, right click to take one away",
    );
}

/// All values of the image and all of its window, in shown units.
fn bounds(app: &App, layer: &Layer) -> [f64; 2] {
    let Window { min, max } = layer.display.window;
    let (low, high) = app
        .histograms
        .of(layer.id)
        .map_or((min, max), |histogram| histogram.range);
    let factor = shown_factor(layer);
    let [low, high] = [low.min(min) * factor, high.max(max) * factor];
    let margin = ((high - low) * 0.03).max(1e-9);
    [low - margin, high + margin]
}

/// What the plot shows, in shown units.
struct Parts {
    bars: BarChart,
    /// Level, curve, level: as one line they would meet at edges that are drawn as spikes.
    lines: [Line<'static>; 3],
    points: Points<'static>,
    selected: Points<'static>,
}

impl Parts {
    fn of(ui: &Ui, app: &App, layer: &Layer, selected: usize) -> Self {
        let factor = shown_factor(layer);
        let Display { window, curve, .. } = &layer.display;
        let at = |[t, y]: [f64; 2]| [(window.min + t * window.width()) * factor, y];
        let reach = window.width() * 100.0 * factor;
        let [first, last] = [window.min * factor, window.max * factor];
        let samples = (0..=100).map(|n| f64::from(n) / 100.0);
        let curve: Vec<[f64; 2]> = samples.map(|t| at([t, curve.value(t)])).collect();
        let below = vec![[first - reach, 0.0], [first, 0.0]];
        let above = vec![[last, 1.0], [last + reach, 1.0]];
        let points: Vec<[f64; 2]> = layer
            .display
            .curve
            .points()
            .iter()
            .map(|point| at(*point))
            .collect();
        let chosen = vec![points[selected.min(points.len() - 1)]];
        let text = ui.visuals().strong_text_color();
        Self {
            bars: BarChart::new("histogram", bars(ui, app, layer)),
            lines: [("below", below), ("curve", curve), ("above", above)]
                .map(|(name, line)| Line::new(name, line).color(theme::ACCENT).width(2.0)),
            points: Points::new("points", points)
                .shape(MarkerShape::Circle)
                .radius(5.0)
                .color(text),
            selected: Points::new("selected", chosen)
                .shape(MarkerShape::Circle)
                .radius(6.0)
                .color(theme::ACCENT),
        }
    }
}

/// The histogram between 0 and 1.
fn bars(ui: &Ui, app: &App, layer: &Layer) -> Vec<Bar> {
    let Some(histogram) = app.histograms.of(layer.id) else {
        return Vec::new();
    };
    let factor = shown_factor(layer);
    let (low, high) = histogram.range;
    let width = (high - low) / histogram.counts.len().max(1) as f64;
    let heights = app.settings.histogram.heights(&histogram.counts);
    // Bars without edges: a software renderer pays for every one.
    let fill = ui.visuals().weak_text_color().gamma_multiply(0.55);
    (0u32..)
        .zip(heights)
        .map(|(bin, height)| {
            let middle = low + (f64::from(bin) + 0.5) * width;
            Bar::new(middle * factor, height)
                .width(width * factor)
                .fill(fill)
                .stroke(Stroke::NONE)
        })
        .collect()
}

/// Under the plot: the colour of every value.
fn strip(ui: &mut Ui, layer: &Layer, transform: &PlotTransform, plot: Rect) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 12.0), Sense::hover());
    let rect = Rect::from_x_y_ranges(plot.x_range(), rect.y_range());
    let lut = Lut::opaque(&layer.display);
    let factor = shown_factor(layer);
    overlay::ramp(ui.painter(), rect, true, |t| {
        let x = rect.left() + t * rect.width();
        let value = transform.value_from_position(pos2(x, plot.center().y)).x / factor;
        let [r, g, b, _] = lut.color(value as f32);
        Color32::from_rgb(r, g, b)
    });
    let edge = ui.visuals().widgets.noninteractive.bg_stroke;
    ui.painter()
        .rect_stroke(rect, 0.0, edge, StrokeKind::Outside);
}

/// Clicks and drags.
fn act(
    ui: &Ui,
    layer: &Layer,
    shown: &PlotResponse<()>,
    held: &mut Held,
    messages: &mut Vec<Message>,
) {
    let response = &shown.response;
    if !response.is_pointer_button_down_on() && !response.dragged() {
        held.grabbed = None;
    }
    let Some(at) = response.interact_pointer_pos() else {
        return;
    };
    let display = &layer.display;
    let factor = shown_factor(layer);
    let place = |at: Pos2| {
        let PlotPoint { x, y } = shown.transform.value_from_position(at);
        (x / factor, y)
    };
    // Where the button went down: by the time it is a drag the hand has moved on.
    let origin = ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
    if response.drag_started() || response.clicked() {
        held.grabbed = nearest(display, shown, factor, origin);
        held.selected = held.grabbed.unwrap_or(held.selected);
    }
    if let Some(point) = held.grabbed
        && response.dragged_by(egui::PointerButton::Primary)
    {
        let (x, y) = place(at);
        messages.push(edit(layer, |d| move_point(d, point, x, y)));
    }
    let (x, y) = place(at);
    let window = display.window;
    let t = (x - window.min) / window.width();
    let near = nearest(display, shown, factor, at);
    if response.double_clicked()
        && near.is_none()
        && let Some((more, place)) = display.curve.with_point([t, y])
    {
        held.selected = place;
        messages.push(edit(layer, |d| d.curve = more));
    }
    if response.secondary_clicked()
        && let Some(point) = near
    {
        messages.push(edit(layer, |d| d.curve = d.curve.without(point)));
    }
}

/// The point of the curve under the pointer.
fn nearest(
    display: &Display,
    shown: &PlotResponse<()>,
    factor: f64,
    pointer: Pos2,
) -> Option<usize> {
    let window = display.window;
    let distance = |[t, y]: &[f64; 2]| {
        let x = (window.min + t * window.width()) * factor;
        let on_screen = shown.transform.position_from_point(&PlotPoint::new(x, *y));
        on_screen.distance(pointer)
    };
    let distances = display.curve.points().iter().map(distance).enumerate();
    distances
        .filter(|(_, distance)| *distance <= REACH)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(point, _)| point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_curve_move_the_window_and_take_its_points_along() {
        let mut display = Display {
            window: Window::new(0.0, 100.0),
            ..Display::default()
        };
        move_point(&mut display, 1, 30.0, 0.8);
        move_point(&mut display, 0, -100.0, 0.4);
        assert_eq!(display.window, Window::new(-100.0, 100.0));
        assert_eq!(display.curve.points()[1], [0.3, 0.8]);
        move_point(&mut display, 2, -500.0, 1.0);
        assert!(display.window.width() > 0.0 && display.window.min == -100.0);
    }
}
