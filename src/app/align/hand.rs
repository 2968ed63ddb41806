//! Turning, shifting and scaling by numbers and sliders.

use super::{Match, Request};
use crate::app::message::Message;
use crate::app::slice_view::Tool;
use crate::app::widgets::{label_for_access, number_field, section};
use crate::app::{App, icons};
use crate::document::{Document, LayerId, format_number};
use crate::geometry::Placement;
use crate::volume::Volume;
use egui::{Button, Checkbox, RichText, Slider, Ui, WidgetInfo, vec2};

/// The three axes of the world.
const AXES: [(&str, &str); 3] = [
    ("x", "from the patient's left to right; + is to the right"),
    ("y", "from back to front; + is to the front"),
    ("z", "from the feet to the head; + is to the head"),
];

/// Farthest shift of the sliders, in mm, beyond the images' own size.
const LEAST_REACH: f64 = 50.0;

/// Scales from 0.01 to 100, as powers of ten.
const SCALES: std::ops::RangeInclusive<f64> = 0.01..=100.0;

pub fn show(ui: &mut Ui, app: &App, moving: LayerId, messages: &mut Vec<Message>) {
    let document = &app.document;
    let Some(placement) = app.aligning.placement(document, moving) else {
        return;
    };
    let ask = |request| Message::Align(request);
    if document.bends(moving) {
        let text = "A displacement field bends this image. Switch it off under Transforms, or reslice the image, to move it by hand.";
        ui.label(RichText::new(text).weak());
        return;
    }
    if app.aligning.is_running() {
        let text =
            "The image finds its place by itself: stop that under Automatic to move it by hand.";
        ui.label(RichText::new(text).weak());
        return;
    }
    interactive(ui, app, messages);
    let mut new = placement;
    let normal = normal_of_slices(document, moving);
    let in_plane = |axis| normal.is_none_or(|normal| axis == normal);
    section(ui, "Turn (degrees)");
    for (axis, (name, along)) in AXES.into_iter().enumerate() {
        let tip = format!(
            "Turns the image about the {name} axis, which runs {along}. The axes are the world's (RAS); about x first, then y, then z"
        );
        let angle = &mut new.angles_deg[axis];
        number(
            ui,
            &Number {
                name: &format!("Turn about {name}"),
                short: name,
                tip: &tip,
                range: -180.0..=180.0,
                step: 0.1,
                decimals: 1,
                logarithmic: false,
                enabled: in_plane(axis),
            },
            angle,
        );
    }
    section(ui, "Shift (mm)");
    let (reach, step) = reach_and_step(app, moving);
    for (axis, (name, along)) in AXES.into_iter().enumerate() {
        let tip = format!("Shifts the image along {name}, which runs {along}");
        let shift = &mut new.shift_mm[axis];
        number(
            ui,
            &Number {
                name: &format!("Shift along {name}"),
                short: name,
                tip: &tip,
                range: -reach..=reach,
                step,
                decimals: 2,
                logarithmic: false,
                enabled: normal.is_none_or(|normal| axis != normal),
            },
            shift,
        );
    }
    section(ui, "Scale and flip (along the image's own axes)");
    scales(ui, &mut new.scale, normal.is_some());
    if new != placement {
        messages.push(ask(Request::SetPlacement(new)));
    }
    center(ui, app, &placement, messages);
    matches(ui, messages);
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        let is_moved = super::last_by_hand(document.steps(moving)).is_some();
        let text = format!("{}  Reset", icons::ARROW_COUNTER_CLOCKWISE);
        let reset = ui.add_enabled(is_moved, Button::new(text));
        label_for_access(&reset, egui::Role::Button, "Reset the step by hand");
        let tip =
            "Takes back all that was done by hand since the step before it; undo brings it again";
        if reset.on_hover_text(tip).clicked() {
            messages.push(ask(Request::Reset));
        }
    });
}

fn interactive(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let mut on = app.tool == Tool::Align;
    let button = ui.checkbox(&mut on, "Turn and shift in the views");
    let tip = "Drag the ring to turn the image about its cross, drag elsewhere to shift it. With Shift held it goes ten times finer. The right button zooms and the middle one pans as always";
    if button.on_hover_text(tip).changed() {
        messages.push(Message::Align(Request::Interactive(on)));
    }
    let text = "Ring: turn. Elsewhere: shift. Shift held: finer.";
    ui.label(RichText::new(text).small().weak());
}

/// A number with its slider and steps.
struct Number<'a> {
    name: &'a str,
    short: &'a str,
    tip: &'a str,
    range: std::ops::RangeInclusive<f64>,
    step: f64,
    decimals: usize,
    logarithmic: bool,
    /// Not for what would take an image of one slice out of its plane.
    enabled: bool,
}

fn number(ui: &mut Ui, what: &Number<'_>, value: &mut f64) {
    ui.horizontal(|ui| {
        if !what.enabled {
            ui.disable();
        }
        ui.spacing_mut().item_spacing.x = 4.0;
        let size = vec2(14.0, ui.spacing().interact_size.y);
        ui.add_sized(size, egui::Label::new(RichText::new(what.short).weak()))
            .on_hover_text(what.tip);
        ui.spacing_mut().slider_width = ui.available_width() - 144.0;
        let mut slid = value.clamp(*what.range.start(), *what.range.end());
        let slider = Slider::new(&mut slid, what.range.clone())
            .logarithmic(what.logarithmic)
            .show_value(false);
        let slider = ui.add(slider);
        slider.widget_info(|| WidgetInfo::slider(true, *value, format!("{}, slider", what.name)));
        if slider.on_hover_text(what.tip).changed() {
            let steps = (slid / what.step).round();
            *value = if what.logarithmic {
                slid
            } else {
                steps * what.step
            };
        }
        for (sign, icon) in [(-1.0, icons::MINUS), (1.0, icons::PLUS)] {
            let word = if sign < 0.0 { "less" } else { "more" };
            let button = ui.add(Button::new(icon).small());
            label_for_access(
                &button,
                egui::Role::Button,
                &format!("{}, {word}", what.name),
            );
            let text = format_number(what.step, 3);
            if button
                .on_hover_text(format!(
                    "{} by {text}",
                    if sign < 0.0 { "Less" } else { "More" }
                ))
                .clicked()
            {
                *value += sign * what.step;
            }
        }
        let width = ui.available_width();
        let typed = number_field(
            ui,
            what.name,
            what.tip,
            *value,
            what.decimals,
            what.step,
            width,
        );
        *value = typed.unwrap_or(*value);
    });
}

/// `flat`: across an image of one slice there is nothing to scale.
fn scales(ui: &mut Ui, scales: &mut [f64; 3], flat: bool) {
    const NAMES: [&str; 3] = ["i", "j", "k"];
    let mut flipped = scales.map(|scale| scale < 0.0);
    for (name, scale) in NAMES.into_iter().zip(&mut *scales) {
        let mut size = scale.abs();
        let about = "along its own";
        let tip = format!(
            "How large the image is {about} {name} axis, about its centre: 2 is twice as large"
        );
        let what = Number {
            name: &format!("Scale along {name}"),
            short: name,
            tip: &tip,
            range: SCALES,
            step: 0.01,
            decimals: 3,
            logarithmic: true,
            enabled: !(flat && name == "k"),
        };
        number(ui, &what, &mut size);
        *scale = size.clamp(*SCALES.start(), *SCALES.end());
    }
    ui.horizontal(|ui| {
        for (name, flipped) in NAMES.into_iter().zip(&mut flipped) {
            let flip = Checkbox::new(flipped, format!("Flip {name}"));
            ui.add_enabled(!(flat && name == "k"), flip)
                .on_hover_text(format!("Mirrors the image along its {name} axis"));
        }
    });
    for (scale, flipped) in scales.iter_mut().zip(flipped) {
        *scale = if flipped { -*scale } else { *scale };
    }
}

fn center(ui: &mut Ui, app: &App, placement: &Placement, messages: &mut Vec<Message>) {
    section(ui, "Centre of rotation (RAS mm)");
    let hub = placement.hub();
    let at = [hub.0.x, hub.0.y, hub.0.z].map(|mm| format_number(mm, 1));
    ui.horizontal(|ui| {
        ui.label(at.join(", "));
        let buttons = [
            (
                "At the cursor",
                "The image turns about the cursor's place",
                app.document.cursor(),
            ),
            (
                "Middle",
                "The image turns about the middle of the main image",
                app.document.usual_hub(),
            ),
        ];
        for (text, tip, to) in buttons {
            if ui.button(text).on_hover_text(tip).clicked() {
                messages.push(Message::Align(Request::SetHub(to)));
            }
        }
    });
}

fn matches(ui: &mut Ui, messages: &mut Vec<Message>) {
    section(ui, "Match");
    ui.horizontal_wrapped(|ui| {
        for (what, text, tip) in [
            (Match::Centers, "Image centres", "Shifts the image so that the middle of its grid lies at that of the fixed one"),
            (Match::Masses, "Centres of mass", "Shifts the image so that its mean place, weighted by the values above the lowest, lies at that of the fixed one"),
            (
                Match::Moments,
                "Moments",
                "Also turns it so that the longest, middle and shortest spread of both fall together, by the smallest turn that does",
            ),
        ] {
            if ui.button(text).on_hover_text(tip).clicked() {
                messages.push(Message::Align(Request::Match(what)));
            }
        }
    });
}

/// The axis of the world (0 to 2) that the planes of two images of one slice stand on, where it is one:
/// only turns about it and shifts across it leave them in their planes.
fn normal_of_slices(document: &Document, moving: LayerId) -> Option<usize> {
    let grids = [document.grid(), document.base(moving).map(Volume::grid)];
    let mut axes = grids.into_iter().map(|grid| {
        let grid = grid.filter(|grid| grid.shape()[2] == 1)?;
        let normal = grid.step(0).cross(&grid.step(1)).normalize();
        (0..3).find(|axis| normal[*axis].abs() > 1.0 - 1e-6)
    });
    let first = axes.next().flatten()?;
    axes.all(|axis| axis == Some(first)).then_some(first)
}

/// How far the sliders shift, and the finest step: a power of ten not above a tenth of a voxel.
fn reach_and_step(app: &App, moving: LayerId) -> (f64, f64) {
    let grids = [
        app.document.base(moving).map(Volume::grid),
        app.document.grid(),
    ];
    let mut reach = LEAST_REACH;
    let mut finest = f64::INFINITY;
    for grid in grids.into_iter().flatten() {
        for (count, spacing) in grid.shape().into_iter().zip(grid.spacing()) {
            reach = reach.max(count as f64 * spacing);
            finest = finest.min(spacing);
        }
    }
    (reach.ceil(), 10f64.powf((finest / 10.0).log10().floor()))
}
