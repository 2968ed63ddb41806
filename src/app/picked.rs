//! Paths that the user was asked for: what for, where the dialog starts, and what is done with them.

use super::dialogs::Dialog;
use super::dialogs::path::PathChoice;
use super::loading::{Opening, RoleChoice};
use super::picker::{self, Ask, Picked};
use super::{App, Purpose};
use std::path::PathBuf;

impl App {
    pub(super) fn poll_picker(&mut self) {
        let Some((job, ask, purpose)) = self.picking.take() else {
            return;
        };
        match job.poll() {
            None => self.picking = Some((job, ask, purpose)),
            Some(Ok(Picked::Paths(paths))) => self.take_picked(paths, purpose),
            Some(Ok(Picked::Cancelled)) => {}
            Some(Ok(Picked::Unavailable) | Err(_)) => {
                self.purpose = purpose;
                let choice = PathChoice::new(&self.picker_start(purpose), ask);
                self.dialog = Some(Dialog::Path(choice));
            }
        }
    }

    pub(super) fn take_picked(&mut self, paths: Vec<PathBuf>, purpose: Purpose) {
        match purpose {
            Purpose::Main => self.open(Opening::new(paths, RoleChoice::Main)),
            Purpose::Add => self.open(Opening::new(paths, RoleChoice::Ask)),
            Purpose::ImportLandmarks => self.import_landmarks(&paths),
            _ => {
                if let Some(path) = paths.into_iter().next() {
                    self.take_path(path, purpose);
                }
            }
        }
    }

    /// What needs one path.
    fn take_path(&mut self, path: PathBuf, purpose: Purpose) {
        match purpose {
            // They take several.
            Purpose::Main | Purpose::Add | Purpose::ImportLandmarks => {}
            Purpose::Pictures => self.save_pictures(path),
            Purpose::Animation => self.save_animation(path),
            Purpose::Snapshot(subject) => self.save_snapshot(subject, path),
            Purpose::ExportMap(layer) => self.export_map(layer, &path, false),
            Purpose::ImportMap(layer) => self.import_map(layer, &path),
            Purpose::Save => self.choose_saving_to(&path),
            Purpose::LoadLabels(layer) => self.load_labels(layer, &path),
            Purpose::SaveLabels(layer) => self.save_labels(layer, &path, false),
            Purpose::ExportLandmarks => self.export_landmarks(&path, false),
            Purpose::LoadTransform(layer) => self.load_transform(layer, path),
            Purpose::SaveTransform(layer) => self.save_transform(layer, path, false),
            Purpose::OpenWorkspace | Purpose::SaveWorkspace | Purpose::FindMissing => {
                self.take_workspace_path(path, purpose);
            }
        }
    }

    pub(super) fn pick(&mut self, ask: Ask, purpose: Purpose) {
        let start = self.picker_start(purpose);
        let job = picker::ask(self.picker.clone(), ask, start, self.wake.clone());
        self.picking = Some((job, ask, purpose));
    }

    /// The folder a file dialog starts in, or the file it proposes.
    fn picker_start(&self, purpose: Purpose) -> PathBuf {
        match purpose {
            Purpose::Main
            | Purpose::Add
            | Purpose::OpenWorkspace
            | Purpose::ImportMap(_)
            | Purpose::LoadTransform(_)
            | Purpose::LoadLabels(_)
            | Purpose::ImportLandmarks => self.settings.start_folder(),
            Purpose::FindMissing => self.search_start(),
            Purpose::SaveWorkspace => self.proposed_workspace(),
            Purpose::Pictures => self.settings.picture_start(),
            Purpose::Animation => self.proposed_animation(),
            Purpose::Snapshot(subject) => self.proposed_snapshot(subject),
            Purpose::Save => self.browse_start(),
            Purpose::SaveTransform(_) => self.proposed_transform(),
            Purpose::ExportLandmarks => self.proposed_landmarks(),
            Purpose::SaveLabels(_) => self.settings.start_folder().join("labels.txt"),
            Purpose::ExportMap(layer) => self.proposed_map(layer),
        }
    }
}
