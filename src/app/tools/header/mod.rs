//! Header: every field of the NIfTI header beside its meaning, both forms to be edited, and what differs
//! from before. The edited image is kept as it would be; the views show it at once.

mod fields;
mod forms;
mod list;

use super::Wanted;
use super::recipe::{Recipe, Step};
use crate::app::theme;
use crate::io::{Forms, nifti_header, with_header_field};
use crate::volume::{NiftiMeta, TimeAxis, Volume};
use egui::{Grid, Label, RichText, Ui};
use serde_json::Value;
use std::collections::BTreeMap;

/// The image with its header as edited.
pub struct Header {
    /// What was edited: another one means that the document went on.
    base: Volume,
    draft: Volume,
    /// Its forms as they were edited.
    forms: Forms,
    /// Headers of files of both.
    before: Option<NiftiMeta>,
    after: Option<NiftiMeta>,
    /// Fields with what is being typed into them.
    typed: BTreeMap<String, String>,
    /// Why the last edit was not taken.
    refused: Option<String>,
}

impl Header {
    pub fn new(base: &Volume) -> Self {
        let header = nifti_header(base);
        Self {
            base: base.clone(),
            draft: base.clone(),
            forms: Forms::of(base),
            before: header.clone(),
            after: header,
            typed: BTreeMap::new(),
            refused: None,
        }
    }

    pub fn wanted(&self, base: &Volume) -> Wanted {
        let header = self.before.as_ref().map(|nifti| &nifti.fields);
        let changed = header != self.after.as_ref().map(|nifti| &nifti.fields);
        let moved = self.draft.grid() != base.grid();
        Ok((changed || moved).then(|| Recipe {
            images: vec![self.draft.clone()],
            step: Step::Header,
        }))
    }

    /// Takes an edited image, or notes why there is none.
    fn take(&mut self, edited: Result<Volume, String>) {
        match edited {
            Ok(volume) => {
                self.after = nifti_header(&volume);
                self.draft = volume;
                self.refused = None;
            }
            Err(why) => self.refused = Some(why),
        }
    }

    fn take_forms(&mut self, forms: &Forms) {
        let placed = forms.place(&self.draft).map_err(|e| e.to_string());
        if placed.is_ok() {
            self.forms = forms.clone();
        }
        self.take(placed);
    }

    fn set_field(&mut self, name: &str, value: &str) {
        let edited = with_header_field(&self.draft, name, value);
        self.take(edited);
    }

    /// The grid in another unit: what the numbers of the header were meant to be.
    fn scale(&mut self, factor: f64) {
        let mut forms = self.forms.clone();
        forms.scale(factor);
        self.take_forms(&forms);
    }

    fn set_time(&mut self, step: f64, unit: &str) {
        let mut meta = self.draft.meta().clone();
        meta.time = Some(TimeAxis {
            step,
            unit: unit.to_owned(),
        });
        self.take(Ok(self.draft.with_meta(meta)));
    }

    /// Fields that are others now: name, before, after.
    fn changes(&self) -> Vec<(String, String, String)> {
        let (Some(before), Some(after)) = (&self.before, &self.after) else {
            return Vec::new();
        };
        let changed = after.fields.iter().filter_map(|(name, new)| {
            let old = before.fields.get(name).unwrap_or(&Value::Null);
            (old != new).then(|| (name.clone(), fields::text(old), fields::text(new)))
        });
        changed.collect()
    }

    pub fn show(&mut self, ui: &mut Ui, base: &Volume) {
        let went_on =
            base.grid() != self.base.grid() || !std::ptr::eq(base.meta(), self.base.meta());
        if went_on {
            *self = Self::new(base);
        }
        if let Some(refused) = &self.refused {
            let text = RichText::new(refused).color(ui.visuals().error_fg_color);
            ui.add(Label::new(text).wrap());
        }
        forms::show(ui, self);
        self.show_changes(ui);
        list::show(ui, self);
    }

    fn show_changes(&mut self, ui: &mut Ui) {
        let changes = self.changes();
        heading(ui, "Changes");
        if changes.is_empty() {
            ui.weak("None yet: the header is as it was.");
            return;
        }
        Grid::new("header changes")
            .num_columns(3)
            .striped(true)
            .spacing([12.0, 3.0])
            .show(ui, |ui| {
                for (name, old, new) in &changes {
                    let text = RichText::new(name).family(theme::semibold());
                    list::cell(ui, 96.0, text, name);
                    let text = RichText::new(old).strikethrough().weak();
                    list::cell(ui, 170.0, text, old);
                    list::cell(ui, 190.0, RichText::new(new), new);
                    ui.end_row();
                }
            });
        let tip = "Takes all edits of the header back";
        if ui.button("Undo all edits").on_hover_text(tip).clicked() {
            *self = Self::new(&self.base.clone());
        }
    }
}

fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(8.0);
    ui.label(RichText::new(text).family(theme::semibold()));
}
