//! The window with figures and landmarks of two images.

use super::Request;
use super::figures::Found;
use crate::app::message::Message;
use crate::app::{App, landmarks};
use crate::document::{Layer, LayerId, format_number, with_true_minus};
use crate::volume::{LabelOverlap, Overlap, Similarity};
use egui::{Grid, RichText, ScrollArea, Ui, vec2};

/// Shows the window while it is wanted.
pub fn show(ui: &Ui, app: &App, messages: &mut Vec<Message>) {
    let Some(images) = app
        .comparing
        .images(&app.document)
        .filter(|_| app.shows_agreement())
    else {
        return;
    };
    let mut open = true;
    egui::Window::new("Agreement")
        .open(&mut open)
        .default_pos(egui::pos2(300.0, 400.0))
        .default_size(vec2(400.0, 440.0))
        .min_size(vec2(320.0, 140.0))
        .show(ui.ctx(), |ui| contents(ui, app, images, messages));
    if !open {
        messages.push(Message::Compare(Request::ToggleFigures));
    }
}

fn contents(ui: &mut Ui, app: &App, images: [LayerId; 2], messages: &mut Vec<Message>) {
    let document = &app.document;
    let [Some(first), Some(second)] = images.map(|id| document.layer(id)) else {
        return;
    };
    let title = format!("{} and {}", first.name, second.name);
    ui.add(egui::Label::new(RichText::new(title).weak()).truncate());
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        match app.comparing.figures.found() {
            Some(Found::Values(found)) => values(ui, first, found),
            Some(Found::Refused(why)) => {
                ui.weak(why);
            }
            Some(Found::Labels(found)) => labels(ui, [first, second], found),
            None if app.comparing.figures.are_on_their_way() => {
                ui.weak("working it out…");
            }
            None => {
                ui.weak("The images have nothing in common to be compared.");
            }
        }
        ui.separator();
        landmarks::show_list(ui, app, second, messages);
    });
}

fn values(ui: &mut Ui, first: &Layer, found: &Similarity) {
    if found.voxels == 0 {
        ui.weak("The images have no voxel in common: they lie apart.");
        return;
    }
    let share = 100.0 * found.voxels as f64 / first.volume.grid().voxel_count() as f64;
    let rows = [
        (
            "NCC",
            format_number(found.ncc, 4),
            "Correlation coefficient: 1 where one image is the other times a factor plus an offset, 0 without relation",
        ),
        (
            "NMI",
            format_number(found.nmi, 4),
            "Normalised mutual information: from 1 (independent) to 2 (one tells the other)",
        ),
        (
            "MSD",
            format_number(found.msd, 2),
            "Mean squared difference of the values",
        ),
        (
            "RMS",
            format_number(found.rms(), 3),
            "Root of the mean squared difference, in units of the values",
        ),
        (
            "Mean |difference|",
            format_number(found.mean_absolute, 3),
            "Mean difference without its sign",
        ),
        (
            "Largest |difference|",
            format_number(found.max_absolute, 3),
            "Largest difference without its sign",
        ),
        (
            "In common",
            format!("{share:.1} %"),
            "The part of the first image's voxels at which both are defined",
        ),
    ];
    Grid::new("similarity")
        .num_columns(2)
        .spacing([18.0, 3.0])
        .show(ui, |ui| {
            for (name, value, about) in rows {
                ui.weak(name).on_hover_text(about);
                ui.label(with_true_minus(&value)).on_hover_text(about);
                ui.end_row();
            }
        });
}

fn labels(ui: &mut Ui, [first, second]: [&Layer; 2], found: &Overlap) {
    let dice = format_number(found.dice(), 4);
    ui.label(format!("Dice of all labels: {dice}"));
    let name = |label: i32| {
        let tables = [first, second].map(|layer| layer.display.labels.as_ref());
        let named = tables.iter().flatten().find(|display| {
            let entry = display.table.entries().get(&label);
            entry.is_some_and(|entry| !entry.name.is_empty())
        });
        let table = named.or(tables.iter().flatten().next());
        table.map_or_else(|| label.to_string(), |display| display.table.name(label))
    };
    Grid::new("overlap")
        .striped(true)
        .spacing([12.0, 3.0])
        .show(ui, |ui| {
            for (head, about) in [
                ("Label", "Name of the label"),
                (
                    "Dice",
                    "Twice the shared voxels as a part of all: 0 apart, 1 the same",
                ),
                (
                    "Hausdorff",
                    "The largest distance from the surface of one to that of the other, mm",
                ),
                (
                    "95 %",
                    "The same, not exceeded by 95 of 100 surface voxels, mm",
                ),
                ("Mean", "Mean distance of the surfaces, mm"),
                ("Volumes", "In the first and in the second image, mm³"),
            ] {
                ui.weak(head).on_hover_text(about);
            }
            ui.end_row();
            for label in &found.labels {
                ui.label(name(label.label));
                ui.label(format_number(label.dice(), 4));
                surfaces(ui, label);
                let [a, b] = label.volumes_mm3.map(|mm3| format_number(mm3, 0));
                ui.label(format!("{a}, {b}"));
                ui.end_row();
            }
        });
}

fn surfaces(ui: &mut Ui, label: &LabelOverlap) {
    let distances = label.surface.map(|surface| {
        [
            surface.hausdorff_mm,
            surface.hausdorff95_mm,
            surface.mean_mm,
        ]
    });
    match distances {
        Some(distances) => distances.map(|mm| ui.label(format_number(mm, 2))),
        None => [(); 3].map(|()| ui.weak("-")),
    };
}
