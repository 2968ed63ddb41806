//! The open workspace: opening and saving the whole scene, and what is asked on the way. The file
//! itself is [`crate::workspace`]'s.

mod missing;
mod opening;
mod reading;
mod saving;
mod scene;
#[cfg(test)]
mod tests;

pub use missing::show as show_missing;

use super::dialogs::Dialog;
use super::dialogs::confirm::Question;
use super::message::Message;
use super::{App, Purpose};
use crate::document::LayerId;
use crate::jobs::Job;
use crate::volume::{Identity, Volume};
use crate::workspace::{Opened, Scene, WorkspaceError};
use reading::ReadLayers;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What the user asks of workspaces.
#[derive(Clone, Debug)]
pub enum Request {
    /// Opens a workspace, after the user agreed that what is open goes.
    OpenNow(PathBuf),
    /// Asks for a folder to look for missing files in.
    Find,
    /// Opens the workspace without its missing files.
    LeaveOut,
    /// Opens it not at all.
    GiveUp,
    /// Saves the workspace without images that are in no file.
    SaveWithout { anew: bool },
    /// Writes over a file, after the user agreed.
    WriteOver(PathBuf),
    /// Saves the workspace and ends the program.
    SaveAndQuit,
}

/// The workspace whose images are open.
struct OpenWorkspace {
    path: PathBuf,
    /// The file says all that is open and may be written over: it is ours and nothing was left out.
    may_replace: bool,
    /// With another main image the workspace is closed.
    main: LayerId,
    /// The scene as it is in the file.
    saved: Scene,
}

/// A workspace that was read, whose images are not open yet.
struct Pending {
    path: PathBuf,
    opened: Opened,
    /// Images were left out because their files are missing.
    is_part: bool,
    /// Files were found at other places than the workspace says.
    is_moved: bool,
}

/// What goes on in the background.
#[derive(Default)]
enum Work {
    #[default]
    Idle,
    Reading {
        job: Job<Result<Opened, WorkspaceError>>,
        path: PathBuf,
    },
    /// Files are missing; the user says what to do.
    Asking(Box<Pending>),
    Searching {
        job: Job<HashMap<PathBuf, PathBuf>>,
        pending: Box<Pending>,
    },
    Loading {
        job: Job<ReadLayers>,
        pending: Box<Pending>,
    },
}

/// A workspace that is being written, whatever else goes on.
struct Writing {
    job: Job<Result<(), WorkspaceError>>,
    path: PathBuf,
    /// What it says, of the images with this main one.
    scene: Scene,
    main: Option<LayerId>,
    then_quit: bool,
}

/// The open workspace and what is being done about workspaces.
#[derive(Default)]
pub struct Workspaces {
    open: Option<OpenWorkspace>,
    work: Work,
    writing: Option<Writing>,
    /// Files that layers made here were saved to.
    written: HashMap<LayerId, (PathBuf, Identity)>,
}

impl Workspaces {
    pub fn is_busy(&self) -> bool {
        !matches!(self.work, Work::Idle) || self.is_writing()
    }

    pub fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// What goes on and how far it is, 0 to 1.
    pub fn progress(&self) -> Option<(String, f32)> {
        let writing = self.writing.as_ref();
        match &self.work {
            Work::Idle | Work::Asking(_) => {
                writing.map(|Writing { job, .. }| (job.phase(), job.progress()))
            }
            Work::Reading { job, .. } => Some((job.phase(), job.progress())),
            Work::Searching { job, .. } => Some((job.phase(), job.progress())),
            Work::Loading { job, .. } => Some((job.phase(), job.progress())),
        }
    }

    /// Opens no other workspace; what is open stays.
    pub fn cancel(&mut self) {
        self.work = Work::Idle;
    }

    /// The voxels of a layer are in this file now.
    pub fn note_written(&mut self, layer: LayerId, path: &Path, image: &Volume) {
        self.written
            .insert(layer, (path.to_owned(), image.identity()));
    }
}

impl App {
    pub(super) fn act_on_workspace(&mut self, request: Request) {
        match request {
            Request::OpenNow(path) => self.read_workspace(path),
            Request::Find => self.ask_where_files_are(),
            Request::LeaveOut => self.open_without_missing(),
            Request::GiveUp => {
                self.workspaces.cancel();
                self.dialog = None;
            }
            Request::SaveWithout { anew } => self.save_scene(anew),
            Request::WriteOver(path) => self.write_workspace(path, true, false),
            Request::SaveAndQuit => self.save_and_quit(),
        }
    }

    /// What a file dialog about workspaces answered.
    pub(super) fn take_workspace_path(&mut self, path: PathBuf, purpose: Purpose) {
        match purpose {
            Purpose::SaveWorkspace => self.save_workspace_to(path),
            Purpose::FindMissing => self.find_missing(path),
            _ => self.open_workspace(path),
        }
    }

    /// Looks at what goes on in the background.
    pub(super) fn advance_workspace(&mut self, ctx: &egui::Context) {
        let main = self.document.main().map(|layer| layer.id);
        if self
            .workspaces
            .open
            .as_ref()
            .is_some_and(|open| Some(open.main) != main)
        {
            self.workspaces.open = None;
        }
        match std::mem::take(&mut self.workspaces.work) {
            Work::Idle => {}
            Work::Reading { job, path } => self.poll_reading(job, path),
            Work::Asking(pending) => {
                if self.dialog.is_none() && self.picking.is_none() {
                    self.dialog = Some(Dialog::Missing);
                }
                self.workspaces.work = Work::Asking(pending);
            }
            Work::Searching { job, pending } => self.poll_searching(job, pending),
            Work::Loading { job, pending } => self.poll_loading(job, pending),
        }
        self.poll_writing(ctx);
    }

    /// Whether the open workspace is not as its file says; cursor and zoom do not count.
    pub(super) fn workspace_changed(&self) -> bool {
        let open = self.workspaces.open.as_ref();
        open.is_some_and(|open| !self.scene().0.shows_the_same(&open.saved))
    }

    /// The name of the open workspace, with a star when it has changes.
    pub(super) fn workspace_title(&self) -> Option<String> {
        let open = self.workspaces.open.as_ref()?;
        let name = open.path.file_stem().unwrap_or_default().to_string_lossy();
        let star = if self.workspace_changed() { "*" } else { "" };
        Some(format!("{name}{star}"))
    }

    /// For questions about what goes: changes of the workspace, if there are any.
    pub(super) fn workspace_text(&self) -> String {
        match &self.workspaces.open {
            Some(open) if self.workspace_changed() => {
                let name = open.path.file_name().unwrap_or_default().to_string_lossy();
                format!(" The workspace {name} has changes that are not saved.")
            }
            _ => String::new(),
        }
    }

    /// Proposes to save the workspace's changes; `otherwise` goes on without.
    pub(super) fn ask_to_save_workspace(
        &mut self,
        save: Message,
        otherwise: (&'static str, Message),
    ) {
        self.dialog = Some(Dialog::Confirm(Question {
            title: "Save the workspace?".to_owned(),
            text: self.workspace_text().trim_start().to_owned(),
            yes: "Save",
            then: Some(save),
            other: Some(Box::new(otherwise)),
        }));
    }
}
