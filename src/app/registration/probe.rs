//! Everything the algorithm knows about one pixel.

use super::Demons;
use super::frame::Frame;
use super::panes::{DEFORMATION, UPDATE};
use super::plot::REJECTED;
use crate::app::widgets::section;
use crate::document::format_number;
use egui::{Align, Color32, Layout, RichText, Ui};

pub fn show(ui: &mut Ui, demons: &Demons, pointed: Option<[usize; 2]>) {
    let (Some(frame), Some(pixel)) = (&demons.frame, pointed) else {
        section(ui, "Probe");
        let text =
            "Point at a pixel in one of the panes to read what the algorithm knows about it.";
        ui.add(egui::Label::new(RichText::new(text).weak()).wrap());
        return;
    };
    let [column, row] = pixel;
    section(
        ui,
        &format!("Probe at pixel ({column}, {row}) of this level"),
    );
    ui.spacing_mut().item_spacing.y = 1.0;
    ui.spacing_mut().interact_size.y = 19.0;
    for (name, tip, value, color) in rows(frame, pixel) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(name).weak()).on_hover_text(tip);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(value).color(color));
            });
        });
    }
    if let Some(by) = frame.vector(&frame.state.displacement, pixel) {
        let (x, y) = (column as f32 + by.x, row as f32 + by.y);
        let text = format!("This pixel comes from ({x:.1}, {y:.1}) in the source.");
        ui.add(egui::Label::new(RichText::new(text).weak()).wrap());
    }
}

type Row = (&'static str, &'static str, String, Color32);

fn rows(frame: &Frame, pixel: [usize; 2]) -> Vec<Row> {
    let state = &frame.state;
    let place = frame.place(pixel);
    let read = |values: &[f32]| values.get(place).copied().unwrap_or(f32::NAN);
    let (target, warped) = (read(&state.target), read(&state.warped));
    let pair = |field: &[Vec<f32>; 3], decimals: usize| match frame.vector(field, pixel) {
        Some(v) => format!(
            "({}, {})",
            format_number(f64::from(v.x), decimals),
            format_number(f64::from(v.y), decimals)
        ),
        None => "—".to_owned(),
    };
    let one = |value: f32, decimals: usize| match value {
        value if value.is_nan() => "—".to_owned(),
        value => format_number(f64::from(value), decimals),
    };
    let text = Color32::from_gray(225);
    vec![
        (
            "target, warped",
            "Values of the target and of the warped source here",
            format!("{}, {}", one(target, 1), one(warped, 1)),
            text,
        ),
        (
            "difference",
            "Target minus warped: what drives the update",
            one(target - warped, 1),
            text,
        ),
        (
            "gradient",
            "How steeply the image rises to the right and downwards, a pixel: which way the update points",
            pair(&state.gradient, 1),
            text,
        ),
        (
            "raw update",
            "The step the formula asks for, in pixels to the right and down, before smoothing",
            pair(&state.raw_update, 3),
            UPDATE.gamma_multiply(0.75),
        ),
        (
            "smoothed update",
            "The step after smoothing with σ fluid",
            pair(&state.update, 3),
            UPDATE,
        ),
        (
            "displacement",
            "From here to the matching place in the source, in pixels to the right and down",
            pair(&state.displacement, 2),
            DEFORMATION,
        ),
        (
            "Jacobian",
            "Above 1 tissue shrinks from source to target's place, below 1 it grows; 0 and below is a fold",
            one(read(&state.jacobian), 3),
            if read(&state.jacobian) <= 0.0 {
                REJECTED
            } else {
                text
            },
        ),
    ]
}
