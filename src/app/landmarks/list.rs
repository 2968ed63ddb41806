//! The list of pairs with their errors.

use super::{Request, errors};
use crate::app::message::Message;
use crate::app::slice_view::Tool;
use crate::app::widgets::{label_for_access, name_field, section};
use crate::app::{App, icons};
use crate::document::{LandmarkEdit, Layer, format_number};
use egui::{Button, Grid, Label, RichText, Ui};

pub fn show(ui: &mut Ui, app: &App, moving: &Layer, messages: &mut Vec<Message>) {
    let document = &app.document;
    let pairs = document.landmarks();
    let ask = |request| Message::Landmarks(request);
    section(ui, "Landmarks");
    ui.horizontal_wrapped(|ui| {
        let mut on = app.tool == Tool::Landmark;
        let tip = "Click a place in the views, then where the same is seen in the second image; drag a mark to correct it";
        if ui.checkbox(&mut on, "Place in the views").on_hover_text(tip).changed() {
            messages.push(ask(Request::Place(on)));
        }
        let tip = "Reads pairs from a table (name, x, y, z) or 3D Slicer's .fcsv: one file with both points, or two files";
        if ui.button("Import…").on_hover_text(tip).clicked() {
            messages.push(ask(Request::Import));
        }
        let tip = "Writes the pairs as a table, or as .fcsv for 3D Slicer";
        let export = ui.add_enabled(!pairs.is_empty(), Button::new("Export…"));
        if export.on_hover_text(tip).clicked() {
            messages.push(ask(Request::Export));
        }
    });
    if app.tool == Tool::Landmark {
        let missing = pairs.iter().find(|pair| pair.moving.is_none());
        let text = match missing {
            Some(pair) => format!("Now click {} in {}", pair.name, moving.name),
            None => "Click a place that is seen in both images".to_owned(),
        };
        ui.label(RichText::new(text).color(ui.visuals().hyperlink_color));
    }
    if pairs.is_empty() {
        return;
    }
    let errors = errors(document, moving.id);
    Grid::new("landmarks")
        .striped(true)
        .spacing([12.0, 3.0])
        .show(ui, |ui| {
            for (pair, error) in pairs.iter().zip(&errors.each_mm) {
                let selected = app.landmarking.selected == Some(pair.id);
                let show = ui.selectable_label(selected, icons::TARGET);
                let tip = format!("Go to {}", pair.name);
                label_for_access(&show, egui::Role::Button, &tip);
                if show
                    .on_hover_text("Goes to its place in the first image")
                    .clicked()
                {
                    messages.push(ask(Request::Show(pair.id)));
                }
                let label = format!("Name of {}", pair.name);
                if let Some(name) = name_field(ui, &label, &pair.name, 110.0) {
                    let pair = pair.id;
                    messages.push(ask(Request::Edit(LandmarkEdit::Rename { pair, name })));
                }
                match error {
                    Some(mm) => ui.label(format!("{} mm", format_number(*mm, 2))),
                    None => ui.weak("not in the second image yet"),
                };
                let remove = ui.add(Button::new(icons::TRASH).frame_when_inactive(false));
                label_for_access(
                    &remove,
                    egui::Role::Button,
                    &format!("Remove {}", pair.name),
                );
                if remove
                    .on_hover_text("Removes this pair; undo brings it back")
                    .clicked()
                {
                    messages.push(ask(Request::Edit(LandmarkEdit::Remove(pair.id))));
                }
                ui.end_row();
            }
        });
    if errors.max_mm.is_finite() {
        let [mean, median, max] =
            [errors.mean_mm, errors.median_mm, errors.max_mm].map(|mm| format_number(mm, 2));
        let text =
            format!("Target registration error: mean {mean}, median {median}, largest {max} mm");
        ui.add(Label::new(text).wrap());
    }
}
