//! The automatic registration: what it may do and how it judges, and the run.

use super::run::Phase;
use super::{Aligning, Request, plot};
use crate::app::message::Message;
use crate::app::widgets::{capitalized, label_for_access, number_field, row, section};
use crate::app::{App, icons};
use crate::document::{Document, LayerId};
use crate::registration::linear::{LinearParams, Metric, Motion, Sampling};
use egui::{Button, ComboBox, RichText, Ui};

const MOTIONS: [(Motion, &str, &str); 3] = [
    (
        Motion::Rigid,
        "Rigid",
        "Turns and shifts: for the same body at another time",
    ),
    (
        Motion::Similarity,
        "Similarity",
        "Turns, shifts and grows alike in all directions",
    ),
    (
        Motion::Affine,
        "Affine",
        "Turns, shifts, stretches and slants: for bodies of another shape",
    ),
];

const METRICS: [(Metric, &str, &str); 4] = [
    (
        Metric::Nmi,
        "Mutual information (NMI)",
        "For images of different kinds, such as CT and PET: how well one value tells the other, whatever they are",
    ),
    (
        Metric::Ncc,
        "Correlation (NCC)",
        "For images of the same kind whose brightness differs by scale and offset",
    ),
    (
        Metric::NccLocal,
        "Local correlation",
        "Correlation in small patches: finds fine structure and does not mind uneven brightness",
    ),
    (
        Metric::Ssd,
        "Squared difference (MSD)",
        "For images of the same kind and the same scale of values",
    ),
];

/// Shrink factors to choose from.
const SHRINKS: [usize; 6] = [1, 2, 4, 8, 16, 32];

pub fn show(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let aligning = &app.aligning;
    let live = aligning.is_running();
    ui.add_enabled_ui(!live, |ui| parameters(ui, app, messages));
    ui.add_space(6.0);
    buttons(ui, aligning, live, messages);
    if let Some(why) = &aligning.refusal {
        ui.colored_label(ui.visuals().error_fg_color, capitalized(why));
    }
    let shown = match (&aligning.run, &aligning.told) {
        (Some(run), _) => Some((run.task.params.metric, &run.samples)),
        (None, Some((metric, samples))) => Some((*metric, samples)),
        (None, None) => None,
    };
    let Some((metric, samples)) = shown else {
        return;
    };
    match samples.last() {
        Some(sample) => {
            ui.label(plot::line(metric, sample));
            plot::show(ui, metric, samples);
        }
        None if live => {
            ui.label("Preparing the images…");
        }
        None => {}
    }
}

fn parameters(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let mut params = app.aligning.params.clone();
    row(ui, "Transform", "What the image may do", |ui| {
        choice(ui, "Transform", &MOTIONS, &mut params.motion);
    });
    row(ui, "Metric", "How the fit of the images is judged", |ui| {
        choice(ui, "Metric", &METRICS, &mut params.metric);
    });
    if params.metric == Metric::NccLocal {
        let tip = "Patches reach so many voxels to each side: 2 means 5 × 5 × 5";
        whole(ui, "Radius", tip, &mut params.radius, 1, 8);
    }
    mask(ui, app, messages);
    section(ui, "Levels");
    let tip = "How much smaller the images are at first: small ones catch large motion";
    row(ui, "Coarsest", tip, |ui| {
        shrink(ui, "Coarsest level", &mut params.coarsest);
    });
    let tip = "How much smaller they are in the end: at 1× every voxel counts, which takes longest";
    row(ui, "Finest", tip, |ui| {
        shrink(ui, "Finest level", &mut params.finest);
    });
    let mut iterations = params.iterations.first().copied().unwrap_or(100);
    let tip =
        "Iterations at most in each level; a level ends before where nothing changes any more";
    whole(ui, "Iterations", tip, &mut iterations, 1, 10_000);
    if params.iterations != [iterations] && params.iterations.first() != Some(&iterations) {
        params.iterations = vec![iterations];
    }
    sampling(ui, &mut params.sampling);
    if params != app.aligning.params {
        messages.push(Message::Align(Request::SetParams(params)));
    }
}

fn choice<T: Copy + PartialEq>(ui: &mut Ui, label: &str, all: &[(T, &str, &str)], now: &mut T) {
    let shown = all.iter().find(|(it, ..)| it == now);
    let combo = ComboBox::from_id_salt(label)
        .selected_text(shown.map_or("", |(_, name, _)| name))
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for (it, name, about) in all {
                ui.selectable_value(now, *it, *name).on_hover_text(*about);
            }
        });
    label_for_access(&combo.response, egui::Role::ComboBox, label);
    combo
        .response
        .on_hover_text(shown.map_or("", |(.., about)| about));
}

fn whole(ui: &mut Ui, name: &str, tip: &str, value: &mut usize, least: usize, most: usize) {
    row(ui, name, tip, |ui| {
        let width = ui.available_width();
        if let Some(new) = number_field(ui, name, tip, *value as f64, 0, 0.1, width) {
            *value = (new.round() as usize).clamp(least, most);
        }
    });
}

fn shrink(ui: &mut Ui, label: &str, now: &mut Option<usize>) {
    let text = |it: Option<usize>| it.map_or("as suits the image".to_owned(), |n| format!("{n}×"));
    let combo = ComboBox::from_id_salt(label)
        .selected_text(text(*now))
        .width(ui.available_width())
        .show_ui(ui, |ui| {
            for it in std::iter::once(None).chain(SHRINKS.map(Some)) {
                ui.selectable_value(now, it, text(it));
            }
        });
    label_for_access(&combo.response, egui::Role::ComboBox, label);
}

fn sampling(ui: &mut Ui, sampling: &mut Sampling) {
    let (mut share, mut seed) = match *sampling {
        Sampling::Full => (1.0, 1),
        Sampling::Random { share, seed } => (share, seed),
    };
    let tip = "The part of the voxels that counts, drawn at random for each level: fewer are faster, all are steadier";
    row(ui, "Voxels", tip, |ui| {
        let percent = number_field(
            ui,
            "Share of voxels, percent",
            tip,
            share * 100.0,
            0,
            0.5,
            64.0,
        );
        share = percent.map_or(share, |percent| (percent / 100.0).clamp(0.01, 1.0));
        ui.weak("%");
        if share < 1.0 {
            ui.weak("seed");
            let tip = "The same seed draws the same voxels";
            let new = number_field(ui, "Seed", tip, seed as f64, 0, 1.0, 64.0);
            seed = new.map_or(seed, |new| new.max(0.0) as u64);
        }
    });
    *sampling = match share < 1.0 {
        true => Sampling::Random { share, seed },
        false => Sampling::Full,
    };
}

fn mask(ui: &mut Ui, app: &App, messages: &mut Vec<Message>) {
    let document: &Document = &app.document;
    let now = app.aligning.mask(document);
    let moving = app.aligning.moving(document);
    let name = |id: Option<LayerId>| {
        let layer = id.and_then(|id| document.layer(id));
        layer.map_or("none", |layer| layer.name.as_str()).to_owned()
    };
    let tip = "Only voxels above 0 of this image count; it lies where the fixed image does";
    row(ui, "Mask", tip, |ui| {
        let mut wanted = now;
        let combo = ComboBox::from_id_salt("mask")
            .selected_text(name(now))
            .width(ui.available_width())
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut wanted, None, "none");
                let others = document.layers().iter().filter(|it| Some(it.id) != moving);
                for layer in others {
                    ui.selectable_value(&mut wanted, Some(layer.id), &layer.name);
                }
            });
        label_for_access(&combo.response, egui::Role::ComboBox, "Mask");
        combo.response.on_hover_text(tip);
        if wanted != now {
            messages.push(Message::Align(Request::SetMask(wanted)));
        }
    });
}

fn buttons(ui: &mut Ui, aligning: &Aligning, live: bool, messages: &mut Vec<Message>) {
    let phase = aligning.run.as_ref().map(|run| run.phase);
    let paused = phase == Some(Phase::Paused);
    let goes_on = live && phase != Some(Phase::Stopping);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let pause = match paused {
            true => (icons::PLAY, "Go on", Request::Pause(false), "Goes on", true),
            false => (
                icons::PAUSE,
                "Pause",
                Request::Pause(true),
                "Waits; the views stay as they are",
                goes_on,
            ),
        };
        // Each in its own place: a click must not meet another button when a run just ends.
        let all: [(&str, &str, Request, &str, bool); 4] = [
            (
                icons::PLAY,
                "Run",
                Request::Run,
                "Starts the registration from where the image lies now",
                !live,
            ),
            pause,
            (
                icons::CHECK,
                "Stop",
                Request::Keep,
                "Ends here and keeps what was reached",
                goes_on,
            ),
            (
                icons::X,
                "Cancel",
                Request::Cancel,
                "Ends and puts the image back where it was",
                live,
            ),
        ];
        for (icon, text, request, tip, enabled) in all {
            let label = RichText::new(format!("{icon} {text}"));
            let button = ui.add_enabled(enabled, Button::new(label));
            label_for_access(&button, egui::Role::Button, &format!("{text} registration"));
            if button.on_hover_text(tip).clicked() {
                messages.push(Message::Align(request));
            }
        }
    });
    if phase == Some(Phase::Stopping) {
        ui.weak("Stopping after this iteration…");
    }
}

/// What a step made by such a run is called.
pub fn step_name(params: &LinearParams) -> String {
    let motion = MOTIONS.iter().find(|(it, ..)| *it == params.motion);
    format!(
        "{}, {}",
        motion.map_or("", |(_, name, _)| name),
        plot::name(params.metric)
    )
}
