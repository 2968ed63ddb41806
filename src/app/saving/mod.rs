//! Saving images in the background, and asking before unsaved ones are lost.

mod order;

pub use order::{Change, SaveOrder, Written};

use super::action::Action;
use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::dialogs::save::{Cost, SaveChoice};
use super::message::Message;
use super::picker::Ask;
use super::workspace::Request;
use super::{App, Purpose};
use crate::document::{Command, LayerId};
use crate::io::{IoError, Report, check_series_target};
use crate::jobs::{self, Job};
use crate::volume::{Format, Volume};
use egui::{Context, ViewportCommand};
use std::path::{Path, PathBuf};

/// An image that is being written. Dropping it stops that.
pub struct Saving {
    job: Job<Result<Written, IoError>>,
    name: String,
    /// What is written; the layer may be changed meanwhile.
    volume: Volume,
    order: SaveOrder,
}

impl Saving {
    /// What goes on and how far it is, 0 to 1.
    pub fn progress(&self) -> (String, f32) {
        (self.job.phase(), self.job.progress())
    }
}

/// How far the user's wish to quit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quitting {
    No,
    /// The window closes when the image is written.
    WhenSaved,
    /// Unsaved layers may go.
    Now,
}

impl App {
    /// Asks where a layer is to be saved, and how.
    pub(super) fn save_as(&mut self, layer: LayerId) {
        let choice = SaveChoice::new(layer, &self.proposed_file(layer));
        self.dialog = Some(Dialog::Save(Box::new(choice)));
    }

    /// Asks the system for the path; the save dialog comes back with the answer.
    pub(super) fn browse_save(&mut self) {
        if let Some(Dialog::Save(choice)) = self.dialog.take() {
            self.browsing = Some(choice);
            self.pick(Ask::NewFile, Purpose::Save);
        }
    }

    /// The path that the system's dialog proposes.
    pub(super) fn browse_start(&self) -> PathBuf {
        let choice = self.browsing.as_ref();
        choice.map_or_else(PathBuf::new, |choice| PathBuf::from(choice.typed.trim()))
    }

    /// Goes on in the save dialog with another path.
    pub(super) fn choose_saving_to(&mut self, path: &Path) {
        if let Some(choice) = &mut self.browsing {
            choice.set_path(path);
        }
    }

    /// Brings the save dialog back after the system's, and looks what another type does to the values.
    pub(super) fn advance_save_dialog(&mut self) {
        if self.picking.is_none()
            && self.dialog.is_none()
            && let Some(choice) = self.browsing.take()
        {
            self.dialog = Some(Dialog::Save(choice));
        }
        let Some(Dialog::Save(choice)) = &mut self.dialog else {
            return;
        };
        let (change, effect) = (choice.change, &mut choice.effect);
        if let Some(outcome) = effect.running.as_ref().and_then(|(_, job)| job.poll())
            && let Some((change, _)) = effect.running.take()
        {
            match outcome {
                Ok(cost) => effect.known = Some((change, cost)),
                Err(panicked) => effect.known = Some((change, Err(panicked.to_string()))),
            }
        }
        let is_known = effect.known.as_ref().is_some_and(|(of, _)| *of == change);
        if let (None, false, Some(volume)) = (
            &effect.running,
            is_known,
            self.document.settled(choice.layer),
        ) {
            let volume = volume.clone();
            let job = jobs::spawn("Looking at the values", self.wake.clone(), move |_| {
                cost(change, &volume)
            });
            effect.running = Some((change, job));
        }
    }

    /// A file named after the layer, in the folder it came from; what was computed goes to that of the
    /// main image, and to the folder used last where there is none.
    pub(super) fn proposed_file(&self, layer: LayerId) -> PathBuf {
        let layer = self.document.layer(layer);
        let folder = layer
            .into_iter()
            .chain(self.document.main())
            .find_map(|layer| own_folder(&layer.volume));
        let name = layer.map_or("image", |layer| &layer.name);
        folder
            .unwrap_or_else(|| self.settings.start_folder())
            .join(format!("{}.nii.gz", file_name(name)))
    }

    /// Saves a layer; asks before a file is replaced.
    pub(super) fn save(&mut self, order: SaveOrder) {
        if let Some(saving) = &self.saving {
            let text = format!(
                "{} is still being saved; save this image when that is done",
                saving.name
            );
            self.notices.error(text);
            return;
        }
        if order.as_series {
            self.save_series(order);
        } else if order.path.is_dir() {
            let text = "that is a folder; give the file a name in it";
            let path = order.path.display();
            self.notices.error(format!("{text}: {path}"));
        } else if order.path.is_file() {
            let question = Question::replace(&order.path, Message::SaveOver(order.clone()));
            self.dialog = Some(Dialog::Confirm(question));
        } else {
            self.start_saving(order, false);
        }
    }

    /// Saves a DICOM series; asks before one is replaced. What the folder holds the job looks at.
    fn save_series(&mut self, order: SaveOrder) {
        match check_series_target(&order.path, false) {
            Ok(()) => self.start_saving(order, false),
            Err(IoError::Exists { .. }) => {
                let question = Question::replace_series(Message::SaveOver(order));
                self.dialog = Some(Dialog::Confirm(question));
            }
            Err(refused) => self.notices.error(refused.to_string()),
        }
    }

    pub(super) fn start_saving(&mut self, order: SaveOrder, overwrite: bool) {
        let Some(layer) = self.document.layer(order.layer) else {
            return;
        };
        // What is only tried out on it is not saved.
        let volume = self.document.settled(layer.id).unwrap_or(&layer.volume);
        let (volume, name, wanted) = (volume.clone(), layer.name.clone(), order.clone());
        let work = volume.clone();
        let job = jobs::spawn(format!("Saving {name}"), self.wake.clone(), move |handle| {
            let progress = handle.clone();
            let report = Report::new(
                move |fraction| progress.set_progress(fraction),
                handle.cancel_flag(),
            );
            wanted.carry_out(&work, overwrite, &report, |phase| handle.set_phase(phase))
        });
        self.saving = Some(Saving {
            job,
            name,
            volume,
            order,
        });
    }

    pub(super) fn poll_saving(&mut self, ctx: &Context) {
        let Some(saving) = self.saving.take() else {
            return;
        };
        match saving.job.poll() {
            None => {
                self.saving = Some(saving);
                return;
            }
            Some(Ok(Ok(written))) => self.saved(saving, written),
            Some(outcome) => {
                // What is in no file is not given up for it.
                self.quitting = Quitting::No;
                match outcome {
                    Ok(Err(IoError::Cancelled) | Ok(_)) => {}
                    Ok(Err(error)) => self.notices.error(error.to_string()),
                    Err(panicked) => self.notices.error(panicked.to_string()),
                }
            }
        }
        if self.quitting == Quitting::WhenSaved {
            self.quitting = Quitting::No;
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    fn saved(&mut self, saving: Saving, written: Written) {
        let Saving {
            name,
            order,
            volume,
            ..
        } = saving;
        let path = &order.path;
        for notice in written.notices {
            self.notices.warning(format!("{name}: {notice}"));
        }
        self.notices
            .done(format!("Saved {name}: {}", path.display()));
        let folder = path.parent().and_then(|f| std::path::absolute(f).ok());
        self.settings.last_folder = folder.or(self.settings.last_folder.take());
        if order.change == Change::default() {
            // Another image in the file is not what a workspace shows.
            self.workspaces.note_written(order.layer, path, &volume);
        }
        if written.is_exact {
            let layer = order.layer;
            self.edit(Command::MarkSaved { layer, volume });
        }
    }

    /// Closes what `command` closes; asks first where that would lose something.
    pub(super) fn close(&mut self, command: Command) {
        let main = self.document.main().map(|layer| layer.id);
        let lost = self.unsaved(|layer| match command {
            Command::Close(id) => layer == id || main == Some(id),
            _ => true,
        });
        let closes_all = match command {
            Command::Close(id) => main == Some(id),
            _ => true,
        };
        if lost.is_empty() && closes_all && self.workspace_changed() {
            let save = Message::Action(Action::SaveWorkspace);
            let otherwise = ("Close without saving", Message::CloseUnsaved(command));
            self.ask_to_save_workspace(save, otherwise);
        } else if lost.is_empty() {
            self.edit(command);
        } else {
            let other = ("Close without saving", Message::CloseUnsaved(command));
            self.ask_to_save("Close without saving?", &lost, other);
        }
    }

    /// The window's close button or File > Quit: waits for a file being written, asks for unsaved images.
    pub(super) fn on_close_request(&mut self, ctx: &Context) {
        let asked = ctx.input(|input| input.viewport().close_requested());
        if !asked || self.quitting == Quitting::Now {
            return;
        }
        let lost = self.unsaved(|_| true);
        if self.saving.is_some() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.quitting = Quitting::WhenSaved;
        } else if !lost.is_empty() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            let other = ("Quit without saving", Message::QuitUnsaved);
            self.ask_to_save("Quit without saving?", &lost, other);
        } else if self.workspace_changed() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            let save = Message::Workspace(Request::SaveAndQuit);
            self.ask_to_save_workspace(save, ("Quit without saving", Message::QuitUnsaved));
        }
    }

    /// Ends the program whatever is unsaved.
    pub(super) fn quit(&mut self, ctx: &Context) {
        self.quitting = Quitting::Now;
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// For questions about opening something else: what would be lost. Empty when nothing.
    pub(super) fn unsaved_text(&self) -> String {
        let images = match self.unsaved(|_| true)[..] {
            [] => String::new(),
            ref lost => format!(" {}", lost_text(lost)),
        };
        images + &self.workspace_text()
    }

    /// Unsaved layers among those that go, with their names.
    fn unsaved(&self, goes: impl Fn(LayerId) -> bool) -> Vec<(LayerId, String)> {
        let layers = self.document.layers().iter();
        layers
            .filter(|layer| self.document.is_unsaved(layer.id) && goes(layer.id))
            .map(|layer| (layer.id, layer.name.clone()))
            .collect()
    }

    /// Proposes to save the first of the images that would be lost.
    fn ask_to_save(
        &mut self,
        title: &str,
        lost: &[(LayerId, String)],
        other: (&'static str, Message),
    ) {
        self.dialog = Some(Dialog::Confirm(Question {
            title: title.to_owned(),
            text: lost_text(lost),
            yes: "Save…",
            then: lost.first().map(|(layer, _)| Message::SaveAs(*layer)),
            other: Some(Box::new(other)),
        }));
    }
}

fn cost(change: Change, volume: &Volume) -> Cost {
    let retyped = change.retyped(volume).map_err(|cannot| {
        format!("{cannot}. Choose a type with a larger range, such as float32.")
    })?;
    Ok(retyped.map(|retyped| (retyped.changed, retyped.largest_change)))
}

/// The folder an image was read from, as long as it is there; of a DICOM series the one around it, for
/// its own is to hold nothing else.
fn own_folder(volume: &Volume) -> Option<PathBuf> {
    let meta = volume.meta();
    let path = std::path::absolute(meta.path.as_deref()?).ok()?;
    let folder = if path.is_dir() { &path } else { path.parent()? };
    let around = folder
        .parent()
        .filter(|_| meta.format == Format::Dicom && meta.dicom.is_some());
    let folder = around.unwrap_or(folder);
    folder.is_dir().then(|| folder.to_owned())
}

/// `name` without what a file's name cannot hold.
pub(super) fn file_name(name: &str) -> String {
    name.replace(|c: char| c == '/' || c == '\\' || c.is_control(), "_")
}

fn lost_text(lost: &[(LayerId, String)]) -> String {
    let names: Vec<&str> = lost.iter().map(|(_, name)| name.as_str()).collect();
    match names.split_last() {
        Some((last, [])) => format!("{last} is not saved and would be lost."),
        Some((last, first)) => {
            let first = first.join(", ");
            format!("{first} and {last} are not saved and would be lost.")
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
