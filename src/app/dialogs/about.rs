//! About this program: its version, what it is for, and the licences of what it is made of.

use super::keys::close_button;
use super::title;
use crate::app::message::Message;
use crate::app::theme;
use egui::{RichText, ScrollArea, Ui};

/// Name, version, licence and address of each library, one a line, separated by tabs; `tests/core/
/// licenses.rs` makes it.
const LIBRARIES: &str = include_str!("../../../assets/third-party.tsv");

pub fn show(ui: &mut Ui, messages: &mut Vec<Message>) {
    ui.set_width(620.0);
    title(ui, "About warpscope");
    let version = version();
    ui.horizontal(|ui| {
        ui.label(RichText::new(&version).family(theme::semibold()));
        let tip = "Copies the version and the system, for a report of a fault";
        if ui.small_button("Copy").on_hover_text(tip).clicked() {
            ui.ctx().copy_text(version.clone());
        }
    });
    ui.label("A viewer for medical volumes in which image registration can be watched. For teaching and research, not for diagnosis.");
    ui.add_space(theme::STEP * 0.5);
    ui.label("Licensed under MIT or Apache-2.0, at your choice.");
    ui.label("Fonts: IBM Plex Sans (SIL Open Font License 1.1), Phosphor Icons (MIT).");
    ui.add_space(theme::STEP);
    let lines: Vec<&str> = LIBRARIES.lines().collect();
    let heading = format!("Made with {} libraries", lines.len());
    ui.label(RichText::new(heading).text_style(theme::heading()));
    let row = ui.spacing().interact_size.y;
    ScrollArea::vertical()
        .max_height(300.0)
        .auto_shrink([false, false])
        .show_rows(ui, row, lines.len(), |ui, range| {
            for line in lines.get(range).unwrap_or_default() {
                library(ui, line);
            }
        });
    close_button(ui, messages);
}

/// "warpscope 0.1.0 (linux x86_64)".
fn version() -> String {
    let (os, machine) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("warpscope {} ({os} {machine})", env!("CARGO_PKG_VERSION"))
}

fn library(ui: &mut Ui, line: &str) {
    let mut parts = line.split('\t');
    let mut part = || parts.next().unwrap_or_default();
    let (name, version, licence, address) = (part(), part(), part(), part());
    ui.horizontal(|ui| {
        let cell = |ui: &mut Ui, width: f32, text: RichText| {
            let size = egui::vec2(width, ui.available_height());
            ui.allocate_ui_with_layout(size, *ui.layout(), |ui| {
                ui.set_min_width(width);
                ui.add(egui::Label::new(text).truncate());
            });
        };
        cell(ui, 250.0, RichText::new(format!("{name} {version}")));
        cell(ui, 330.0, RichText::new(licence).weak());
    })
    .response
    .on_hover_text(address);
}
