//! The parameters, with what each does to the result.

use super::Request;
use crate::app::App;
use crate::app::message::Message;
use crate::app::widgets::row;
use crate::app::widgets::{number_field, section};
use crate::registration::{Forces, Params, Preset, SigmaUnits};
use egui::{RichText, Ui};

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let demons = &app.demons;
    let mut params = demons.params.clone();
    let live = demons.is_live();
    section(
        ui,
        match params.sigma_units {
            SigmaUnits::Voxel => "Smoothness (voxels)",
            SigmaUnits::Mm => "Smoothness (mm)",
        },
    );
    number(
        ui,
        "σ elastic",
        "Smooths the whole displacement after every step, like a rubber sheet. Larger: smoother and stiffer, small things are missed; 0: no smoothing, the field may tear",
        &mut params.sigma_elastic,
        0.05,
    );
    number(
        ui,
        "σ fluid",
        "Smooths each step before it is added, like honey. Larger: steps of whole regions, not of pixels; large deformations stay possible; 0: every pixel steps for itself",
        &mut params.sigma_fluid,
        0.05,
    );
    section(ui, "Method");
    ui.add_enabled_ui(!live, |ui| preset(ui, &mut params));
    ui.add_enabled_ui(!live, |ui| {
        let tip = "Resolutions: the first level is the image at a fraction of its size, each further one doubles it. More levels catch larger motion";
        row(ui, "Levels", tip, |ui| {
            let width = ui.available_width();
            if let Some(levels) = number_field(ui, "levels", tip, params.levels as f64, 0, 0.05, width) {
                params.levels = levels.round().clamp(1.0, 16.0) as usize;
                if params.max_iterations.len() > 1 {
                    let last = params.max_iterations.last().copied().unwrap_or(1);
                    params.max_iterations.resize(params.levels, last);
                }
            }
        });
        iterations(ui, &mut params);
    });
    gradient(ui, &mut params);
    ui.checkbox(&mut params.composition, "Compose updates")
        .on_hover_text("Chains each step after the field so far, as motions do, instead of adding arrows; folds less");
    ui.checkbox(&mut params.check_msd, "Stop a level when MSD stops falling")
        .on_hover_text("Ends the level at the first iteration that does not lower the mean squared difference, and takes that one back. Off: all iterations are done");
    more(ui, app, &mut params, messages);
    if params != demons.params {
        messages.push(Message::Demons(Request::SetParams(params)));
    }
}

fn number(ui: &mut Ui, name: &str, tip: &str, value: &mut f64, speed: f64) {
    row(ui, name, tip, |ui| {
        let width = ui.available_width();
        if let Some(new) = number_field(ui, name, tip, *value, 2, speed, width) {
            *value = new.max(0.0);
        }
    });
}

fn preset(ui: &mut Ui, params: &mut Params) {
    let tip = "Parameters for a use";
    row(ui, "Preset", tip, |ui| {
        let now = Preset::ALL
            .into_iter()
            .find(|preset| preset.params() == *params);
        let combo = egui::ComboBox::from_id_salt("preset")
            .selected_text(now.map_or("own", Preset::name))
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for preset in Preset::ALL {
                    let label = ui.selectable_label(now == Some(preset), preset.name());
                    if label.on_hover_text(preset.about()).clicked() {
                        *params = preset.params();
                    }
                }
            });
        let response = combo.response;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Preset"));
        response.on_hover_text(now.map_or(tip, Preset::about));
    });
}

/// One number for all levels, or one a level: "50, 40, 30".
fn iterations(ui: &mut Ui, params: &mut Params) {
    let tip = "Iterations at most: one number for all levels, or one a level, coarsest first, as 50, 40, 30";
    row(ui, "Iterations", tip, |ui| {
        let id = ui.scope_id().with("iterations");
        let shown = || {
            let each = params.max_iterations.iter().map(usize::to_string);
            each.collect::<Vec<_>>().join(", ")
        };
        let mut text = ui.data(|data| data.get_temp(id)).unwrap_or_else(shown);
        let field = egui::TextEdit::singleline(&mut text)
            .desired_width(ui.available_width())
            .align(egui::Align2::CENTER_CENTER);
        let response = ui.add(field).on_hover_text(tip);
        response
            .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "iterations"));
        if response.lost_focus() {
            ui.data_mut(|data| data.remove::<String>(id));
            let numbers: Option<Vec<usize>> = text
                .split([',', ' '])
                .filter(|part| !part.is_empty())
                .map(|part| part.parse().ok())
                .collect();
            if let Some(numbers) = numbers.filter(|n| [1, params.levels].contains(&n.len())) {
                params.max_iterations = numbers;
            }
        } else if response.has_focus() {
            ui.data_mut(|data| data.insert_temp(id, text));
        }
    });
}

fn gradient(ui: &mut Ui, params: &mut Params) {
    let choices = [
        (
            "warped image",
            Forces::Course,
            false,
            "The gradient of the warped image, as the course: follows what is seen now",
        ),
        (
            "target",
            Forces::Course,
            true,
            "The gradient of the target: worked out once, as Thirion's first demons",
        ),
        (
            "both",
            Forces::Symmetric,
            false,
            "The mean of both gradients (symmetric forces): fewer iterations",
        ),
    ];
    let tip = "Whose edges push the image";
    row(ui, "Gradient", tip, |ui| {
        let is = |forces, of_target| {
            params.forces == forces
                && (params.target_gradient == of_target || forces == Forces::Symmetric)
        };
        let now = choices
            .iter()
            .find(|(_, forces, target, _)| is(*forces, *target));
        let mut wanted = None;
        let combo = egui::ComboBox::from_id_salt("gradient")
            .selected_text(now.map_or("", |(name, ..)| name))
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                for (name, forces, target, about) in choices {
                    if ui
                        .selectable_label(is(forces, target), name)
                        .on_hover_text(about)
                        .clicked()
                    {
                        wanted = Some((forces, target));
                    }
                }
            });
        let response = combo.response;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Gradient"));
        response.on_hover_text(tip);
        if let Some((forces, target)) = wanted {
            params.forces = forces;
            params.target_gradient = target;
        }
    });
}

/// What the course does not have.
fn more(ui: &mut Ui, app: &App, params: &mut Params, messages: &mut Vec<Message>) {
    let live = app.demons.is_live();
    egui::CollapsingHeader::new(RichText::new("More").weak()).show_unindented(ui, |ui| {
        let mut limited = params.max_step.is_some();
        let tip =
            "Limits how far one step may reach, in pixels (Vercauteren 2009); half a pixel without";
        row(ui, "Step limit", tip, |ui| {
            if ui.checkbox(&mut limited, "").on_hover_text(tip).changed() {
                params.max_step = limited.then_some(1.0);
            }
            if let Some(step) = &mut params.max_step {
                let width = ui.available_width();
                if let Some(new) = number_field(ui, "step limit", tip, *step, 2, 0.02, width) {
                    *step = new.clamp(0.05, 10.0);
                }
            }
        });
        ui.add_enabled_ui(!live, |ui| mask(ui, app, messages));
        let mut in_mm = params.sigma_units == SigmaUnits::Mm;
        let tip = "Both σ are widths in mm of the patient: the same on every level and along every axis, however thick the slices. Off: in voxels of each level, so that coarse levels are smoothed more";
        if ui.checkbox(&mut in_mm, "σ in mm").on_hover_text(tip).changed() {
            params.sigma_units = if in_mm { SigmaUnits::Mm } else { SigmaUnits::Voxel };
        }
        ui.add_enabled_ui(!live, |ui| {
            ui.checkbox(&mut params.diffeomorphic, "Diffeomorphic update").on_hover_text(
                "Composes with the exponential of the update (Vercauteren 2009), which cannot fold",
            );
        });
    });
}

/// The layer that says which voxels count.
fn mask(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let demons = &app.demons;
    let tip = "Only where this layer is above 0 do differences count and push, as in a lung that was drawn; the rest follows by smoothing. It needs as many voxels as the target";
    row(ui, "Mask", tip, |ui| {
        let chosen = demons.mask.and_then(|id| app.document.layer(id));
        let mut wanted = demons.mask;
        let combo = egui::ComboBox::from_id_salt("mask")
            .selected_text(chosen.map_or("none", |layer| layer.name.as_str()))
            .width(ui.available_width())
            .truncate()
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut wanted, None, "none");
                for layer in app.document.layers() {
                    let id = Some(layer.id);
                    if id != demons.source && id != demons.target {
                        ui.selectable_value(&mut wanted, id, &layer.name);
                    }
                }
            });
        let response = combo.response;
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Mask"));
        response.on_hover_text(tip);
        if wanted != demons.mask {
            messages.push(Message::Demons(Request::SetMask(wanted)));
        }
    });
}
