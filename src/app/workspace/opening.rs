//! From a workspace file to its images on the screen.

use super::reading::{self, ReadLayers};
use super::{Pending, Request, Work};
use crate::app::dialogs::Dialog;
use crate::app::dialogs::confirm::Question;
use crate::app::message::Message;
use crate::app::picker::Ask;
use crate::app::{App, Purpose};
use crate::jobs::{self, Job, Panicked};
use crate::workspace::{self, Opened, Source, WorkspaceError};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

impl App {
    /// Opens a workspace; asks first when images are open.
    pub(in crate::app) fn open_workspace(&mut self, path: PathBuf) {
        if self.document.is_empty() {
            self.read_workspace(path);
            return;
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        self.dialog = Some(Dialog::Confirm(Question {
            title: format!("Open {name}?"),
            text: format!(
                "It takes the place of the images that are open.{}",
                self.unsaved_text()
            ),
            yes: "Open",
            then: Some(Message::Workspace(Request::OpenNow(path))),
            other: None,
        }));
    }

    pub(super) fn read_workspace(&mut self, path: PathBuf) {
        let file = path.clone();
        let job = jobs::spawn("Reading the workspace", self.wake.clone(), move |_| {
            workspace::read(&file)
        });
        self.workspaces.work = Work::Reading { job, path };
    }

    pub(super) fn poll_reading(&mut self, job: Job<Result<Opened, WorkspaceError>>, path: PathBuf) {
        match job.poll() {
            None => self.workspaces.work = Work::Reading { job, path },
            Some(Ok(Ok(mut opened))) => {
                for remark in opened.remarks.drain(..) {
                    self.notices.warning(remark);
                }
                let pending = Box::new(Pending {
                    path,
                    opened,
                    is_part: false,
                    is_moved: false,
                });
                self.load_or_ask(pending);
            }
            Some(Ok(Err(error))) => self.notices.error(error.to_string()),
            Some(Err(panicked)) => self.notices.error(panicked.to_string()),
        }
    }

    /// Reads the images when all files are there.
    fn load_or_ask(&mut self, pending: Box<Pending>) {
        if pending.opened.scene.missing().is_empty() {
            self.load(pending);
        } else {
            self.dialog = Some(Dialog::Missing);
            self.workspaces.work = Work::Asking(pending);
        }
    }

    fn load(&mut self, pending: Box<Pending>) {
        let layers = pending.opened.scene.layers.clone();
        let job = jobs::spawn("Opening the workspace", self.wake.clone(), move |handle| {
            reading::read_layers(&layers, handle)
        });
        self.workspaces.work = Work::Loading { job, pending };
    }

    pub(super) fn poll_loading(&mut self, job: Job<ReadLayers>, pending: Box<Pending>) {
        match job.poll() {
            None => self.workspaces.work = Work::Loading { job, pending },
            Some(Ok(read)) => self.show_scene(*pending, read),
            Some(Err(panicked)) => self.notices.error(panicked.to_string()),
        }
    }

    /// Asks for the folder where missing files may be.
    pub(super) fn ask_where_files_are(&mut self) {
        self.dialog = None;
        self.pick(Ask::Folder, Purpose::FindMissing);
    }

    /// The folder of the workspace whose files are missing.
    pub(in crate::app) fn search_start(&self) -> PathBuf {
        let folder = match &self.workspaces.work {
            Work::Asking(pending) => pending.path.parent().map(Path::to_owned),
            _ => None,
        };
        folder.unwrap_or_else(|| self.settings.start_folder())
    }

    /// Looks for the missing files below `folder`.
    pub(in crate::app) fn find_missing(&mut self, folder: PathBuf) {
        let Work::Asking(pending) = std::mem::take(&mut self.workspaces.work) else {
            return;
        };
        let wanted: Vec<PathBuf> = pending.missing().map(Path::to_owned).collect();
        let job = jobs::spawn("Looking for the files", self.wake.clone(), move |handle| {
            let cancelled = handle.cancel_flag();
            workspace::find_by_name(&folder, &wanted, || cancelled.load(Ordering::Relaxed))
        });
        self.dialog = None;
        self.workspaces.work = Work::Searching { job, pending };
    }

    pub(super) fn poll_searching(
        &mut self,
        job: Job<HashMap<PathBuf, PathBuf>>,
        mut pending: Box<Pending>,
    ) {
        match job.poll() {
            None => self.workspaces.work = Work::Searching { job, pending },
            Some(Ok(found)) => {
                if found.is_empty() {
                    self.notices
                        .warning("none of the missing files is in that folder");
                }
                pending.move_to(&found);
                self.load_or_ask(pending);
            }
            Some(Err(panicked)) => self.give_up_search(&panicked, pending),
        }
    }

    fn give_up_search(&mut self, panicked: &Panicked, pending: Box<Pending>) {
        self.notices.error(panicked.to_string());
        self.workspaces.work = Work::Asking(pending);
    }

    /// Opens what is there.
    pub(super) fn open_without_missing(&mut self) {
        self.dialog = None;
        if let Work::Asking(mut pending) = std::mem::take(&mut self.workspaces.work) {
            pending.leave_out_missing();
            if pending.opened.scene.layers.is_empty() {
                let path = pending.path.display();
                let text = "none of the workspace's images is there; find them and open it again";
                self.notices.error(format!("{text}: {path}"));
            } else {
                self.load(pending);
            }
        }
    }
}

impl Pending {
    /// Where missing files would be.
    pub(super) fn missing(&self) -> impl Iterator<Item = &Path> {
        let scene = &self.opened.scene;
        let missing = scene.missing().into_iter();
        missing.filter_map(|n| match &scene.layers.get(n)?.source {
            Source::File(file) => Some(file.path.as_path()),
            Source::BuiltIn(_) => None,
        })
    }

    /// Missing files are where they were found.
    fn move_to(&mut self, found: &HashMap<PathBuf, PathBuf>) {
        for layer in &mut self.opened.scene.layers {
            if let Source::File(file) = &mut layer.source
                && let Some(place) = found.get(&file.path)
            {
                file.path.clone_from(place);
                self.is_moved = true;
            }
        }
    }

    fn leave_out_missing(&mut self) {
        let scene = &mut self.opened.scene;
        let missing = scene.missing();
        let keep = |n: &usize| !missing.contains(n);
        let kept: Vec<usize> = (0..scene.layers.len()).filter(keep).collect();
        let place = |old: Option<usize>| kept.iter().position(|n| Some(*n) == old);
        (scene.shown, scene.selected) = (place(scene.shown), place(scene.selected));
        scene.layers = kept
            .iter()
            .filter_map(|n| scene.layers.get(*n).cloned())
            .collect();
        self.is_part = true;
    }
}
