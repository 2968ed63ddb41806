//! The window with the values along the selected profile: one plot a unit, one colour a layer.

use super::{Request, length_text};
use crate::app::App;
use crate::app::axis::{round_marks, tick};
use crate::app::icons;
use crate::app::message::Message;
use crate::app::widgets::{label_for_access, still_plot};
use crate::document::{MeasurementKind, Profile, ProfileLine, decimals_for, format_number};
use egui::{Button, Color32, FontId, Frame, RichText, Shadow, Ui, Window, vec2};
use egui_plot::{AxisHints, Line, Plot, PlotUi, VLine};

/// Told apart by the colour-blind too, on dark and on light.
const COLORS: [Color32; 6] = [
    Color32::from_rgb(0x3f, 0x97, 0xe8),
    Color32::from_rgb(0xe6, 0x8a, 0x1f),
    Color32::from_rgb(0x26, 0xa6, 0x8c),
    Color32::from_rgb(0xc9, 0x6f, 0xd6),
    Color32::from_rgb(0xb5, 0xa3, 0x1b),
    Color32::from_rgb(0xe0, 0x62, 0x58),
];

/// Shows the profile that is drawn or selected, if any; closing the window unselects it.
pub fn show(ui: &Ui, app: &App, area: egui::Rect, messages: &mut Vec<Message>) {
    let current = app.measuring.current(&app.document);
    let item = current.filter(|item| item.kind == MeasurementKind::Profile);
    let (Some(item), Some(profile)) = (item, app.measuring.profile()) else {
        return;
    };
    let mut open = true;
    let size = vec2(
        (area.width() / 2.0 - 40.0).min(560.0),
        area.height() / 2.0 - 60.0,
    );
    let title = match item.name.as_str() {
        "" => "Profile",
        name => name,
    };
    Window::new(title)
        .id(egui::Id::unique("profile"))
        .default_pos(egui::pos2(area.left() + 10.0, area.center().y + 10.0))
        .default_size(size)
        .collapsible(false)
        // A soft shadow is dear without a graphics card.
        .frame(Frame::window(ui.style()).shadow(Shadow::NONE))
        .open(&mut open)
        .show(ui.ctx(), |ui| contents(ui, app, profile, messages));
    if !open {
        messages.push(Message::Measure(Request::Unselect));
    }
}

fn contents(ui: &mut Ui, app: &App, profile: &Profile, messages: &mut Vec<Message>) {
    let at = app.measuring.pointed.map(|point| {
        let from = profile.ends[0].0;
        (point.0 - from).norm()
    });
    ui.horizontal(|ui| {
        let length = profile.places.last().copied().unwrap_or(0.0);
        let place = match at {
            Some(mm) => format!("at {} of {}", length_text(mm), length_text(length)),
            None => length_text(length),
        };
        ui.weak(place);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let response = ui.add(Button::new(format!("{}  Copy", icons::COPY)).small());
            label_for_access(&response, egui::Role::Button, "Copy profile");
            let tip = "Copies distances, RAS coordinates and values, tab separated";
            if response.on_hover_text(tip).clicked() {
                messages.push(Message::Measure(Request::CopyProfile));
            }
        });
    });
    legend(ui, app, profile, at);
    let units = units(&profile.lines);
    let gaps = ui.spacing().item_spacing.y * units.len() as f32;
    // The lowest has the name of the distances too.
    let extra = 18.0;
    let height = (ui.available_height() - gaps - extra) / units.len().max(1) as f32;
    let height = height.max(90.0);
    let mut pointed = None;
    let lowest = units.last().copied();
    for unit in units {
        let lines = profile.lines.iter().enumerate();
        let axes = Axes {
            unit,
            is_lowest: Some(unit) == lowest,
            height: height + if Some(unit) == lowest { extra } else { 0.0 },
        };
        let of_unit: Vec<(usize, &ProfileLine)> = lines.filter(|(_, l)| l.unit == unit).collect();
        pointed = pointed.or(plot(ui, profile, &axes, &of_unit, at));
    }
    let point = pointed.map(|mm| profile.point(mm));
    if point != app.measuring.pointed {
        messages.push(Message::Measure(Request::Point(point)));
    }
}

/// The units of the lines, each once, in the order of the lines.
fn units(lines: &[ProfileLine]) -> Vec<&str> {
    let mut units: Vec<&str> = Vec::new();
    for line in lines {
        if !units.contains(&line.unit.as_str()) {
            units.push(&line.unit);
        }
    }
    units
}

fn color(line: usize) -> Color32 {
    COLORS[line % COLORS.len()]
}

/// Which colour is which layer, with its value where the pointer is.
fn legend(ui: &mut Ui, app: &App, profile: &Profile, at: Option<f64>) {
    ui.horizontal_wrapped(|ui| {
        for (n, line) in profile.lines.iter().enumerate() {
            ui.label(RichText::new(&line.name).color(color(n)).strong());
            let value = at.and_then(|mm| {
                let place = profile.places.partition_point(|place| *place < mm);
                line.values.get(place).copied()
            });
            if let Some(value) = value {
                let layer = app.document.layer(line.layer);
                let text = match layer {
                    Some(layer) if !value.is_nan() => {
                        let number = format_number(value, decimals_for(layer));
                        format!("{number} {}", line.unit)
                    }
                    _ => "outside".to_owned(),
                };
                ui.label(text);
            }
        }
    });
}

/// What one plot is of. All have the same distances, which the lowest names.
struct Axes<'a> {
    unit: &'a str,
    is_lowest: bool,
    height: f32,
}

impl Axes<'_> {
    fn plot(&self, ui: &Ui) -> Plot<'static> {
        let visuals = ui.visuals();
        let (color, lines) = (
            visuals.text_color(),
            visuals.widgets.noninteractive.bg_stroke,
        );
        let of = |axis: AxisHints<'static>| {
            axis.tick_label_font(FontId::proportional(11.5))
                .tick_label_color(color)
                .formatter(|mark, _| tick(mark))
        };
        let value = match self.unit {
            "" => "value".to_owned(),
            unit => unit.to_owned(),
        };
        // As wide for all units, so that the distances lie below each other.
        let upright = of(AxisHints::new_y()).label(value).min_thickness(78.0);
        let mut flat = of(AxisHints::new_x());
        if self.is_lowest {
            flat = flat.label("Distance in mm");
        }
        let rows = f64::from(self.height / 32.0).clamp(2.0, 6.0);
        still_plot(Plot::new(("profile", self.unit)))
            .height(self.height)
            .grid_color(lines.color)
            .x_grid_spacer(|input| round_marks(&input, 8.0))
            .y_grid_spacer(move |input| round_marks(&input, rows))
            .custom_x_axes(vec![flat])
            .custom_y_axes(vec![upright])
    }
}

/// One plot; returns the distance in mm under the pointer.
fn plot(
    ui: &mut Ui,
    profile: &Profile,
    axes: &Axes<'_>,
    lines: &[(usize, &ProfileLine)],
    at: Option<f64>,
) -> Option<f64> {
    let length = profile.places.last().copied().unwrap_or(0.0);
    let plot = axes.plot(ui);
    let shown = plot.show(ui, |plot| {
        let (low, high) = range(lines);
        let room = (high - low).max(1e-9) * 0.06;
        plot.set_plot_bounds_x(0.0..=length.max(1e-3));
        plot.set_plot_bounds_y(low - room..=high + room);
        for (n, line) in lines {
            curve(plot, profile, line, color(*n));
        }
        if let Some(mm) = at {
            let line = VLine::new("place", mm).color(Color32::from_gray(140));
            plot.vline(line.width(1.0));
        }
        let pointer = plot.pointer_coordinate();
        pointer.filter(|_| plot.response().hovered()).map(|p| p.x)
    });
    label_for_access(
        &shown.response,
        egui::Role::Image,
        "Values along the profile",
    );
    shown.inner.map(|mm| mm.clamp(0.0, length))
}

/// The pieces of a line between the places where the layer has no value.
fn curve(plot: &mut PlotUi<'_>, profile: &Profile, line: &ProfileLine, color: Color32) {
    let points: Vec<[f64; 2]> = profile
        .places
        .iter()
        .zip(&line.values)
        .map(|(mm, value)| [*mm, *value])
        .collect();
    for piece in points.split(|point| !point[1].is_finite()) {
        if !piece.is_empty() {
            let line = Line::new(line.name.clone(), piece.to_vec());
            plot.line(line.color(color).width(1.5));
        }
    }
}

/// Lowest and highest finite value; 0 to 1 where there is none.
fn range(lines: &[(usize, &ProfileLine)]) -> (f64, f64) {
    let values = lines.iter().flat_map(|(_, line)| &line.values);
    let finite = values.filter(|value| value.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
        (low.min(*v), high.max(*v))
    });
    if low <= high { (low, high) } else { (0.0, 1.0) }
}
