//! The list of images found in a folder, and the files that are none.

use super::{buttons, title};
use crate::app::App;
use crate::app::icons;
use crate::app::loading::RoleChoice;
use crate::app::message::Message;
use crate::io::FoundImage;
use crate::volume::NoticeKind;
use egui::{RichText, Sense, Ui};
use egui_extras::{Column, TableBuilder};

/// What is marked in the list.
#[derive(Debug, Default)]
pub struct SeriesChoice {
    pub marked: Vec<bool>,
}

pub fn show(ui: &mut Ui, choice: &mut SeriesChoice, app: &App, messages: &mut Vec<Message>) {
    let found = app.loader.found();
    choice.marked.resize(found.images.len(), false);
    ui.set_width(720.0);
    title(ui, "Which images shall be opened?");
    ui.weak("Click marks one; Ctrl+click marks several. A double click opens at once.");
    let mut open_now = None;
    TableBuilder::new(ui)
        .id_salt("series")
        .sense(Sense::click())
        .striped(true)
        .max_scroll_height(320.0)
        .column(Column::remainder().clip(true))
        .column(Column::exact(72.0))
        .column(Column::exact(60.0))
        .column(Column::exact(130.0))
        .column(Column::exact(60.0))
        .column(Column::exact(150.0).clip(true))
        .header(20.0, |mut header| {
            for name in [
                "Description",
                "Modality",
                "Number",
                "Voxels",
                "Files",
                "Problems",
            ] {
                header.col(|ui| {
                    ui.label(RichText::new(name).weak());
                });
            }
        })
        .body(|body| {
            body.rows(24.0, found.images.len(), |mut row| {
                let index = row.index();
                let image = &found.images[index];
                row.set_selected(choice.marked[index]);
                cells(&mut row, image);
                let response = row.response();
                if response.clicked() {
                    let several = response.ctx.input(|i| i.modifiers.command);
                    mark(&mut choice.marked, index, several);
                }
                if response.double_clicked() {
                    open_now = Some(index);
                }
            });
        });
    skipped(ui, app);
    let chosen: Vec<usize> = (0..choice.marked.len())
        .filter(|&n| choice.marked[n])
        .collect();
    let label = if chosen.len() > 1 {
        "Open all marked"
    } else {
        "Open"
    };
    let (open, cancel) = buttons(ui, label, !chosen.is_empty(), "Cancel");
    if let Some(index) = open_now {
        messages.push(Message::LoadChosen {
            chosen: vec![index],
            role: RoleChoice::Ask,
        });
    } else if open {
        messages.push(Message::LoadChosen {
            chosen,
            role: RoleChoice::Ask,
        });
    } else if cancel {
        messages.push(Message::CloseDialog);
    }
}

fn mark(marked: &mut [bool], index: usize, several: bool) {
    if several {
        marked[index] = !marked[index];
    } else {
        marked.fill(false);
        marked[index] = true;
    }
}

fn cells(row: &mut egui_extras::TableRow<'_, '_>, image: &FoundImage) {
    let number = image.number.map_or(String::new(), |n| n.to_string());
    let texts = [
        image.description.clone(),
        image.modality.clone(),
        number,
        shape_text(&image.shape),
        image.files.len().to_string(),
    ];
    for text in texts {
        row.col(|ui| {
            ui.add(egui::Label::new(text).truncate().selectable(false));
        });
    }
    row.col(|ui| {
        if let Some(first) = image.notices.first() {
            let what = match first.kind {
                NoticeKind::Other => &first.text,
                kind => kind.name(),
            };
            let text = format!("{} {what}", icons::WARNING);
            let all: Vec<&str> = image.notices.iter().map(|n| n.text.as_str()).collect();
            let label =
                egui::Label::new(RichText::new(text).color(ui.visuals().warn_fg_color)).truncate();
            ui.add(label).on_hover_text(all.join("\n"));
        }
    });
}

/// "512 × 512 × 175".
pub fn shape_text(shape: &[usize]) -> String {
    shape
        .iter()
        .map(usize::to_string)
        .collect::<Vec<_>>()
        .join(" × ")
}

fn skipped(ui: &mut Ui, app: &App) {
    let skipped = &app.loader.found().skipped;
    if skipped.is_empty() {
        return;
    }
    let heading = format!("{} files hold no image", skipped.len());
    ui.collapsing(heading, |ui| {
        egui::ScrollArea::vertical()
            .max_height(140.0)
            .show(ui, |ui| {
                for file in skipped.iter().take(500) {
                    let name = file
                        .path
                        .file_name()
                        .map_or_else(String::new, |n| n.to_string_lossy().into_owned());
                    ui.label(format!("{name}: {}", file.reason))
                        .on_hover_text(file.path.display().to_string());
                }
            });
    });
}
