//! Names and colours of labels as files, and their numbers as a table.

use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::message::Message;
use super::picker::Ask;
use super::{App, Purpose};
use crate::document::{Command, Display, LabelDisplay, LabelTable, LayerId};
use crate::io::{read_label_table, write_label_table};
use egui::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is to be done with the labels of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Load(LayerId),
    Save(LayerId),
    /// Writes over a file that is there, after the user agreed.
    SaveOver(LayerId, PathBuf),
    Copy(LayerId),
}

impl App {
    pub(super) fn act_on_labels(&mut self, ctx: &Context, request: Request) {
        match request {
            Request::Load(layer) => self.pick(Ask::Files, Purpose::LoadLabels(layer)),
            Request::Save(layer) => self.pick(Ask::NewFile, Purpose::SaveLabels(layer)),
            Request::SaveOver(layer, path) => self.save_labels(layer, &path, true),
            Request::Copy(layer) => {
                if let Some(text) = self.label_text(layer) {
                    ctx.copy_text(text);
                    self.notices.done("The table of labels is on the clipboard");
                }
            }
        }
    }

    fn labels_of(&self, layer: LayerId) -> Option<&LabelDisplay> {
        self.document.layer(layer)?.display.labels.as_deref()
    }

    pub(super) fn load_labels(&mut self, id: LayerId, path: &Path) {
        let entries = match read_label_table(path) {
            Ok(entries) => entries,
            Err(error) => {
                self.notices.error(error.to_string());
                return;
            }
        };
        let Some(layer) = self.document.layer(id) else {
            return;
        };
        let before = layer.display.labels.as_deref().cloned();
        let labels = LabelDisplay {
            table: LabelTable::new(entries),
            ..before.unwrap_or_default()
        };
        let display = Display {
            labels: Some(Arc::new(labels)),
            ..layer.display.clone()
        };
        self.edit(Command::SetDisplay { layer: id, display });
    }

    pub(super) fn save_labels(&mut self, id: LayerId, path: &Path, overwrite: bool) {
        if path.exists() && !overwrite {
            let then = Message::LabelFile(Request::SaveOver(id, path.to_owned()));
            self.dialog = Some(Dialog::Confirm(Question::replace(path, then)));
            return;
        }
        let Some(labels) = self.labels_of(id) else {
            return;
        };
        let mut entries = labels.table.entries().clone();
        let numbers = &self.label_numbers;
        let known = numbers.volumes().filter(|_| numbers.layer() == Some(id));
        for volume in known.unwrap_or_default() {
            let entry = labels.table.entry(volume.label);
            entries.entry(volume.label).or_insert(entry);
        }
        match write_label_table(path, &entries, overwrite) {
            Ok(()) => self
                .notices
                .done(format!("Label names saved: {}", path.display())),
            Err(error) => self.notices.error(error.to_string()),
        }
    }

    fn label_text(&self, layer: LayerId) -> Option<String> {
        let labels = self
            .labels_of(layer)
            .filter(|_| self.label_numbers.layer() == Some(layer))?;
        let mut text = "label\tname\tvoxels\tmm3\tmean\tsd\tmin\tmax".to_owned();
        for volume in self.label_numbers.volumes()? {
            let name = labels.table.name(volume.label);
            text += &format!(
                "\n{}\t{name}\t{}\t{}",
                volume.label, volume.voxels, volume.mm3
            );
            let measured = self.label_numbers.measured();
            if let Some(found) = measured.iter().find(|it| it.label == volume.label) {
                let numbers = [found.mean, found.sd, found.min, found.max];
                text += &numbers.map(|number| format!("\t{number}")).concat();
            }
        }
        Some(text)
    }
}
