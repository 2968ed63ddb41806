//! From what is open to a workspace file.

use super::{OpenWorkspace, Request, Writing};
use crate::app::dialogs::Dialog;
use crate::app::dialogs::confirm::Question;
use crate::app::message::Message;
use crate::app::picker::Ask;
use crate::app::saving::file_name;
use crate::app::{App, Purpose};
use crate::document::{Command, Layer};
use crate::jobs;
use crate::workspace;
use std::path::PathBuf;

impl App {
    /// Saves the workspace: where it is, or `anew` where the user says. Asks first when images are in
    /// no file.
    pub(in crate::app) fn save_workspace(&mut self, anew: bool) {
        let (scene, in_no_file) = self.scene();
        let Some((first, _)) = in_no_file.first() else {
            self.save_scene(anew);
            return;
        };
        let names: Vec<&str> = in_no_file.iter().map(|(_, name)| name.as_str()).collect();
        let leave_out = Message::Workspace(Request::SaveWithout { anew });
        let can_leave_out = !scene.layers.is_empty();
        self.dialog = Some(Dialog::Confirm(Question {
            title: "Save these images first?".to_owned(),
            text: format!(
                "A workspace names files, and these images are in none: {}. Save them beside the workspace to keep them, or leave them out.",
                names.join(", ")
            ),
            yes: "Save image…",
            then: Some(Message::SaveAs(*first)),
            other: can_leave_out.then(|| Box::new(("Leave them out", leave_out))),
        }));
    }

    pub(super) fn save_scene(&mut self, anew: bool) {
        match &self.workspaces.open {
            Some(open) if open.may_replace && !anew => {
                self.write_workspace(open.path.clone(), true, false);
            }
            _ => self.pick(Ask::NewFile, Purpose::SaveWorkspace),
        }
    }

    /// The open workspace's own file, or one named after the main image and beside it.
    pub(in crate::app) fn proposed_workspace(&self) -> PathBuf {
        if let Some(open) = &self.workspaces.open {
            return open.path.with_extension("warpscope");
        }
        let main = self.document.main();
        let file = main.and_then(|main| main.volume.meta().path.as_deref());
        let place = file.and_then(|file| std::path::absolute(file.parent()?).ok());
        let folder = place.unwrap_or_else(|| self.settings.start_folder());
        let name = main.map_or("workspace", |main| &main.name);
        folder.join(format!("{}.warpscope", file_name(name)))
    }

    /// Saves to a file the user named; asks before another is replaced.
    pub(in crate::app) fn save_workspace_to(&mut self, mut path: PathBuf) {
        if path.extension().is_none_or(|ending| ending != "warpscope") {
            path.as_mut_os_string().push(".warpscope");
        }
        if path.exists() {
            let then = Message::Workspace(Request::WriteOver(path.clone()));
            self.dialog = Some(Dialog::Confirm(Question::replace(&path, then)));
        } else {
            self.write_workspace(path, false, false);
        }
    }

    pub(super) fn save_and_quit(&mut self) {
        match &self.workspaces.open {
            Some(open) if open.may_replace => {
                self.write_workspace(open.path.clone(), true, true);
            }
            _ => self.save_workspace(true),
        }
    }

    pub(super) fn write_workspace(&mut self, path: PathBuf, overwrite: bool, then_quit: bool) {
        let (scene, _) = self.scene();
        let (written, target) = (scene.clone(), path.clone());
        let job = jobs::spawn("Saving the workspace", self.wake.clone(), move |_| {
            workspace::write(&written, &target, overwrite)
        });
        self.workspaces.writing = Some(Writing {
            job,
            path,
            scene,
            main: self.document.main().map(|main| main.id),
            then_quit,
        });
    }

    pub(super) fn poll_writing(&mut self, ctx: &egui::Context) {
        let Some(writing) = self.workspaces.writing.take() else {
            return;
        };
        match writing.job.poll() {
            None => self.workspaces.writing = Some(writing),
            Some(Ok(Ok(()))) => {
                let then_quit = writing.then_quit;
                self.workspace_written(writing);
                if then_quit {
                    self.quit(ctx);
                }
            }
            Some(Ok(Err(error))) => self.notices.error(error.to_string()),
            Some(Err(panicked)) => self.notices.error(panicked.to_string()),
        }
    }

    /// Other images may have been opened in the meantime.
    fn workspace_written(&mut self, writing: Writing) {
        let Writing {
            path, scene, main, ..
        } = writing;
        self.notices
            .done(format!("Saved the workspace: {}", path.display()));
        let is_file = |layer: &&Layer| {
            let base = self.document.base(layer.id);
            base.is_some_and(|base| !base.meta().derived) && self.source(layer).is_some()
        };
        let kept = self.document.layers().iter().filter(is_file);
        let marks = kept.filter_map(|layer| {
            let volume = self.document.settled(layer.id)?.clone();
            Some(Command::MarkSaved {
                layer: layer.id,
                volume,
            })
        });
        for mark in marks.collect::<Vec<_>>() {
            self.edit(mark);
        }
        let now = self.document.main().map(|main| main.id);
        if let Some(main) = main.filter(|main| Some(*main) == now) {
            self.note_workspace(&path);
            self.workspaces.open = Some(OpenWorkspace {
                path,
                may_replace: true,
                main,
                saved: scene,
            });
        }
    }
}
