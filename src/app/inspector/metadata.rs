//! All tags of the file a layer came from.

use super::info::nifti_rows;
use super::table::{self, Row};
use crate::app::icons;
use crate::app::widgets::label_for_access;
use crate::document::Layer;
use crate::volume::{DicomTag, Meta};
use egui::{Label, RichText, TextEdit, Ui};

/// What is said of tags that tell who the patient is.
const IDENTIFYING: &str = "Tells who the patient is: remove it before the file is given away";

pub fn show(ui: &mut Ui, layer: &Layer, filter: &mut String) {
    let meta = layer.volume.meta();
    let rows = rows(meta);
    if rows.is_empty() {
        ui.label("This image carries no metadata.");
        return;
    }
    let identifying = rows.iter().filter(|row| row.warning.is_some()).count();
    if identifying > 0 {
        warning(ui, identifying);
    }
    let mut copied = false;
    ui.horizontal(|ui| {
        let width = (ui.available_width() - 90.0).max(80.0);
        let field = TextEdit::singleline(filter)
            .hint_text("Filter by tag, name or value")
            .desired_width(width);
        let response = ui.add(field);
        label_for_access(&response, egui::Role::TextInput, "filter of the metadata");
        response.on_hover_text("Shows only rows that hold this text");
        let tip = "Copies the rows shown, as a table";
        copied = ui.button("Copy").on_hover_text(tip).clicked();
    });
    let shown = table::matching(&rows, filter);
    if copied {
        ui.ctx().copy_text(table::text(&shown));
    }
    if shown.is_empty() {
        ui.weak("No row holds this text.");
        return;
    }
    // A DICOM key has a number and the type of the value.
    let key = if meta.dicom.is_some() { 112.0 } else { 0.0 };
    let name = ((ui.available_width() - key) * 0.45).max(90.0);
    let height = (ui.available_height() - 8.0).max(160.0);
    table::show(ui, &shown, [key, name], height);
}

fn warning(ui: &mut Ui, identifying: usize) {
    let what = match identifying {
        1 => "1 tag tells".to_owned(),
        n => format!("{n} tags tell"),
    };
    let text = format!(
        "{}  {what} who the patient is, marked below. Remove them before the files are given away.",
        icons::WARNING
    );
    let text = RichText::new(text).color(ui.visuals().warn_fg_color);
    ui.add(Label::new(text).wrap());
}

fn rows(meta: &Meta) -> Vec<Row> {
    match &meta.dicom {
        Some(dicom) => dicom.tags.iter().map(tag_row).collect(),
        None => nifti_rows(meta),
    }
}

fn tag_row(tag: &DicomTag) -> Row {
    let key = format!("({:04x},{:04x}) {}", tag.group, tag.element, tag.vr);
    let name = format!("{}{}", "   ".repeat(tag.depth), tag.name);
    Row {
        warning: (tag.identifies_patient() && !tag.value.trim().is_empty()).then_some(IDENTIFYING),
        ..Row::new(key, name, &tag.value)
    }
}
