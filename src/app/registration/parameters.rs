//! The parameters, with what each does to the result.

use super::setup::row;
use super::{Demons, Request};
use crate::app::message::Message;
use crate::app::widgets::{number_field, section};
use crate::registration::{Forces, Params, Preset};
use egui::{RichText, Ui};

pub fn show(ui: &mut Ui, demons: &Demons, messages: &mut Vec<Message>) {
    let mut params = demons.params.clone();
    let live = demons.is_live();
    section(ui, "Smoothness (voxels)");
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
    more(ui, &mut params, live);
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
fn more(ui: &mut Ui, params: &mut Params, live: bool) {
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
        ui.add_enabled_ui(!live, |ui| {
            ui.checkbox(&mut params.diffeomorphic, "Diffeomorphic update").on_hover_text(
                "Composes with the exponential of the update (Vercauteren 2009), which cannot fold",
            );
        });
    });
}
