//! The line at the bottom: what image this is, what goes on, memory.

use crate::app::App;
use crate::app::action::Action;
use crate::app::activity::Activity;
use crate::app::icons;
use crate::app::message::Message;
use crate::document::Layer;
use egui::{Align, Layout, RichText, Ui};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    ui.horizontal_centered(|ui| {
        let activities = app.activities();
        if !activities.is_empty() {
            let bar = 220.0 / activities.len() as f32;
            for activity in activities {
                show_activity(ui, activity, bar, messages);
            }
            if !app.demons.open && app.demons.is_live() {
                let tip = "Back to the demons workspace, where the run can be paused and stopped";
                if ui.small_button("Watch").on_hover_text(tip).clicked() {
                    messages.push(Message::Action(Action::Demons));
                }
            }
        } else if let Some(layer) = app.document.active() {
            ui.add(egui::Label::new(RichText::new(facts(layer)).weak()).truncate());
        } else {
            ui.weak("No image is open");
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !app.document.is_empty() {
                let mb = app.document.voxel_bytes() as f64 / 1e6;
                ui.label(RichText::new(format!("{mb:.0} MB")).weak())
                    .on_hover_text("Memory that the voxels of all open images take");
            }
            let amiss = app.notices.amiss();
            if amiss > 0 {
                let text = format!("{} {amiss}", icons::WARNING_CIRCLE);
                let button =
                    egui::Button::new(RichText::new(text).color(ui.visuals().warn_fg_color))
                        .frame_when_inactive(false);
                if ui.add(button).on_hover_text("Lists all notices").clicked() {
                    messages.push(Message::Action(Action::ShowNotices));
                }
            }
        });
    });
}

/// Cancel comes first, so that it stays in its place whatever the text.
fn show_activity(ui: &mut Ui, activity: Activity, bar: f32, messages: &mut Vec<Message>) {
    let cancel = ui.small_button("Cancel").on_hover_text(activity.tip);
    if let Some(fraction) = activity.fraction {
        let bar = egui::ProgressBar::new(fraction)
            .desired_width(bar)
            .desired_height(8.0);
        ui.add(bar);
    }
    ui.add(egui::Label::new(activity.what).truncate());
    if cancel.clicked() {
        messages.push(activity.cancel);
    }
}

/// "Name · 512 × 512 × 175 · 0.977 × 0.977 × 2.000 mm · RAI (LPS) · int16".
fn facts(layer: &Layer) -> String {
    let grid = layer.volume.grid();
    let [nx, ny, nz] = grid.shape();
    let [sx, sy, sz] = grid.spacing();
    let times = match layer.volume.time_points() {
        1 => String::new(),
        n => format!(" × {n} time points"),
    };
    format!(
        "{} · {nx} × {ny} × {nz}{times} · {sx:.3} × {sy:.3} × {sz:.3} mm · {} · {}",
        layer.name,
        grid.orientation(),
        layer.volume.data().voxel_type(),
    )
}
