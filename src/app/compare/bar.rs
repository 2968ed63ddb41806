//! The bar over the views: which images, in which way, and the number of that way.

use super::{MODES, Request, is_alike};
use crate::app::message::Message;
use crate::app::widgets::{label_for_access, number_field};
use crate::app::{App, icons, side_panel};
use crate::document::{ComparisonMode, LayerId};
use egui::{Button, ComboBox, Frame, Margin, Panel, Slider, Ui, WidgetInfo};

/// Shows the bar while images are compared.
pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let comparing = &app.comparing;
    let Some([first, second]) = comparing.images(&app.document) else {
        return;
    };
    if !comparing.on || app.demons.open {
        return;
    }
    let frame = Frame::new().inner_margin(Margin::symmetric(8, 4));
    Panel::top("compare").frame(frame).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            images(ui, app, [first, second], messages);
            way(ui, comparing.mode, messages);
            numbers(ui, app, messages);
            let figures = ui.selectable_label(comparing.figures_shown, "Figures");
            let tip = "How well they agree in numbers, and landmarks";
            if figures.on_hover_text(tip).clicked() {
                messages.push(Message::Compare(Request::ToggleFigures));
            }
            let close = ui.add(Button::new(icons::X).frame_when_inactive(false));
            let tip = "Shows all layers as before";
            label_for_access(&close, egui::Role::Button, "End the comparison");
            if close.on_hover_text(tip).clicked() {
                messages.push(Message::Compare(Request::Toggle));
            }
        });
    });
}

fn images(ui: &mut Ui, app: &App, [first, second]: [LayerId; 2], messages: &mut Vec<Message>) {
    let document = &app.document;
    let mut chosen = [first, second];
    ui.weak("Compare");
    for (n, label, tip) in [
        (
            0,
            "First image",
            "The image that the other is compared with",
        ),
        (1, "Second image", "The image that is laid on it"),
    ] {
        let other = chosen[1 - n];
        ui.scope(|ui| {
            ui.set_max_width(150.0);
            let fits = |id| id != other || document.layers().len() == 2;
            let wanted = side_panel::image_among(ui, document, chosen[n], label, tip, fits);
            if let Some(wanted) = wanted {
                if wanted == other {
                    chosen.swap(0, 1);
                } else {
                    chosen[n] = wanted;
                }
            }
        });
    }
    if chosen != [first, second] {
        let [first, second] = chosen;
        messages.push(Message::Compare(Request::Choose { first, second }));
    }
}

fn way(ui: &mut Ui, now: ComparisonMode, messages: &mut Vec<Message>) {
    let combo = ComboBox::from_id_salt("comparison")
        .selected_text(now.name())
        .width(136.0)
        .height(400.0)
        .show_ui(ui, |ui| {
            for mode in MODES {
                let entry = ui.selectable_label(is_alike(mode, now), mode.name());
                if entry.on_hover_text(about(mode)).clicked() && !is_alike(mode, now) {
                    messages.push(Message::Compare(Request::SetMode(mode)));
                }
            }
        });
    label_for_access(&combo.response, egui::Role::ComboBox, "Way to compare");
    combo.response.on_hover_text(about(now));
}

/// What a way shows.
fn about(mode: ComparisonMode) -> &'static str {
    match mode {
        ComparisonMode::Checkerboard { .. } => {
            "Squares of both images in turn: where they agree, edges run on from square to square"
        }
        ComparisonMode::Swipe { .. } => {
            "One image on each side of a line that is dragged over the views"
        }
        ComparisonMode::Flicker { .. } => {
            "One image after the other in the same place: what moves does not agree"
        }
        ComparisonMode::Difference { .. } => {
            "Brightness of the second image less that of the first; what agrees is neutral"
        }
        ComparisonMode::Composite(crate::document::Tint::CyanMagenta) => {
            "The first image cyan, the second magenta: what agrees is gray, and colour-blind eyes see it too"
        }
        ComparisonMode::Composite(crate::document::Tint::RedGreen) => {
            "The first image red, the second green: what agrees is yellow. Not for colour-blind eyes"
        }
        ComparisonMode::Edges { .. } => "Edges of the second image drawn on the first",
        ComparisonMode::Blend { .. } => "Both images mixed, as much of each as wanted",
    }
}

/// The number that the way has.
fn numbers(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let mode = app.comparing.mode;
    let mut new = mode;
    match &mut new {
        ComparisonMode::Checkerboard { squares } => {
            let tip = "Squares across the longer side of a view";
            if let Some(count) = number_field(ui, "Squares", tip, *squares as f64, 0, 0.1, 48.0) {
                *squares = count.round().clamp(2.0, 64.0) as usize;
            }
            ui.weak("squares");
        }
        ComparisonMode::Swipe { at, upright } => {
            slider(
                ui,
                "Swipe",
                "Where the line lies; it can be dragged in the views too",
                at,
                0.0..=1.0,
            );
            ui.checkbox(upright, "upright")
                .on_hover_text("The line stands upright, the first image on its left; else the first image is above it");
        }
        ComparisonMode::Flicker { .. } => {
            let mut pace = app.comparing.pace;
            slider(
                ui,
                "Seconds",
                "How long each image is seen, in seconds",
                &mut pace,
                0.1..=2.0,
            );
            if pace != app.comparing.pace {
                messages.push(Message::Compare(Request::SetPace(pace)));
            }
        }
        ComparisonMode::Difference { absolute } => {
            ui.checkbox(absolute, "without sign")
                .on_hover_text("Shows how much they differ, not which is brighter");
        }
        ComparisonMode::Edges { threshold } => {
            let mut strength = f64::from(*threshold);
            let tip =
                "How strong a change of brightness must be to be drawn, of 1 from black to white";
            slider(ui, "Edge strength", tip, &mut strength, 0.01..=0.4);
            *threshold = strength as f32;
        }
        ComparisonMode::Blend { amount } => {
            slider(
                ui,
                "Share of the second image",
                "From the first image alone to the second alone",
                amount,
                0.0..=1.0,
            );
        }
        ComparisonMode::Composite(_) => {}
    }
    if new != mode {
        messages.push(Message::Compare(Request::SetMode(new)));
    }
}

fn slider(
    ui: &mut Ui,
    name: &str,
    tip: &str,
    value: &mut f64,
    range: std::ops::RangeInclusive<f64>,
) {
    ui.spacing_mut().slider_width = 110.0;
    let slider = ui.add(Slider::new(value, range).show_value(false));
    slider.widget_info(|| WidgetInfo::slider(true, *value, name));
    slider.on_hover_text(tip);
}
